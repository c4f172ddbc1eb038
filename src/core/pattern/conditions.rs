//! What else a line must hold and must not hold, next to the patterns that are looked for: `--and` and `--not`.
//!
//! For [`Matcher`], whose answers they narrow. Conditions are asked of candidate lines only; the candidates come from the
//! patterns, or from the first condition that finds its own faster. Where matches cross lines, the lines that one covers are
//! asked as one text.

use std::ops::ControlFlow;

use crate::core::pattern::matcher::{Matcher, Scratch};

/// The conditions of a matcher.
#[derive(Debug)]
pub(crate) struct Conditions {
    /// A pattern that every line must match and that finds candidates faster than the main ones.
    driver: Option<Matcher>,
    /// Patterns that every line must match.
    and: Vec<Matcher>,
    /// Patterns that no line may match.
    not: Vec<Matcher>,
}

/// What a thread needs to ask them.
#[derive(Debug)]
pub(crate) struct Asking {
    driver: Option<Scratch>,
    and: Vec<Scratch>,
    not: Vec<Scratch>,
}

impl Asking {
    /// Whether asking gave up since the last call.
    pub(super) fn take_gave_up(&mut self) -> bool {
        let driver = self.driver.as_mut().is_some_and(Scratch::take_gave_up);
        take_gave_up(&mut self.and, &mut self.not) || driver
    }
}

fn take_gave_up(and: &mut [Scratch], not: &mut [Scratch]) -> bool {
    // All are asked, so that each forgets.
    let gave_up = and.iter_mut().chain(not).filter_map(|scratch| scratch.take_gave_up().then_some(()));
    gave_up.count() > 0
}

impl Conditions {
    /// The conditions for candidates of `main`.
    pub(crate) fn new(main: &Matcher, mut and: Vec<Matcher>, not: Vec<Matcher>) -> Self {
        let faster = and.iter().position(Matcher::has_prefilter).filter(|_| !main.has_prefilter());
        Self { driver: faster.map(|at| and.remove(at)), and, not }
    }

    /// What a new thread needs.
    pub(crate) fn asking(&self) -> Asking {
        let scratches = |matchers: &[Matcher]| matchers.iter().map(Matcher::scratch).collect();
        Asking {
            driver: self.driver.as_ref().map(Matcher::scratch),
            and: scratches(&self.and),
            not: scratches(&self.not),
        }
    }

    /// Whether asking may give up.
    pub(crate) fn may_give_up(&self) -> bool {
        self.driver.iter().chain(&self.and).chain(&self.not).any(Matcher::may_give_up)
    }

    /// Whether a line, without its terminator, fulfils them all.
    pub(crate) fn hold(&self, asking: &mut Asking, line: &[u8]) -> bool {
        let driven = match (&self.driver, &mut asking.driver) {
            (Some(driver), Some(scratch)) => driver.is_match(scratch, line),
            _ => true,
        };
        driven && self.rest_hold(&mut asking.and, &mut asking.not, line)
    }

    /// Calls `found` with the lines of `block` that match `main` and fulfil the conditions. Returns the start of the line
    /// at which one of the conditions gave up.
    pub(crate) fn lines(
        &self,
        main: &Matcher,
        scratch: &mut Scratch,
        asking: &mut Asking,
        block: &[u8],
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Option<usize> {
        let Asking { driver, and, not } = asking;
        let mut broken = None;
        let (Some(matcher), Some(own)) = (&self.driver, driver) else {
            main.candidates(scratch, block, |start, end| {
                let holds = self.rest_hold(and, not, main.text(block, start, end));
                if take_gave_up(and, not) {
                    broken = Some(start);
                    return ControlFlow::Break(());
                }
                if holds { found(start, end) } else { ControlFlow::Continue(()) }
            });
            return broken;
        };
        matcher.candidates(own, block, |start, end| {
            let line = main.text(block, start, end);
            let holds = main.is_candidate(scratch, line) && self.rest_hold(and, not, line);
            if take_gave_up(and, not) || scratch.take_gave_up() {
                broken = Some(start);
                return ControlFlow::Break(());
            }
            if holds { found(start, end) } else { ControlFlow::Continue(()) }
        });
        broken.or(own.take_broken())
    }

    /// Adds what the patterns match that a line must match.
    pub(crate) fn marks(&self, asking: &mut Asking, line: &[u8], spans: &mut Vec<(usize, usize)>) {
        let driver = self.driver.iter().zip(&mut asking.driver);
        for (matcher, scratch) in driver.chain(self.and.iter().zip(&mut asking.and)) {
            if matcher.crosses() {
                matcher.prepare(scratch, line);
            }
            matcher.spans(scratch, line, 0, |start, end| {
                spans.push((start, end));
                ControlFlow::Continue(())
            });
        }
    }

    /// As `hold`, without the driver.
    fn rest_hold(&self, and: &mut [Scratch], not: &mut [Scratch], line: &[u8]) -> bool {
        self.and.iter().zip(and).all(|(matcher, scratch)| matcher.is_match(scratch, line))
            && !self.not.iter().zip(not).any(|(matcher, scratch)| matcher.is_match(scratch, line))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::ControlFlow;

    use crate::core::pattern::matcher::{Detail, Matcher};
    use crate::core::pattern::syntax::Syntax;

    #[test]
    fn lines_are_those_that_each_pattern_decides_alone() {
        let new = |pattern: &str| Matcher::new(&[pattern.to_string()], Syntax::default(), Detail::Spans).unwrap();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let patterns = ["ab", "[ab]+", "", "^c", "d$", r"\bb", "cd|a"];
        for _ in 0..300 {
            let text: Vec<u8> = (0..60).map(|_| b"abcd \n\n"[next(7)]).collect();
            let mut pick = |most: usize| -> Vec<&str> { (0..next(most)).map(|_| patterns[next(7)]).collect() };
            let (main, and, not) = (pick(2).first().copied().unwrap_or("[abc]"), pick(4), pick(3));
            let each = |patterns: &[&str]| patterns.iter().map(|pattern| new(pattern)).collect::<Vec<_>>();
            let matcher = new(main).narrowed(each(&and), each(&not));
            let mut found = Vec::new();
            matcher.lines(&mut matcher.scratch(), &text, |start, end| {
                found.push(&text[start..end]);
                ControlFlow::Continue(())
            });
            let alone = |pattern: &str, line: &[u8]| {
                let matcher = new(pattern);
                matcher.is_match(&mut matcher.scratch(), line)
            };
            let plain: Vec<&[u8]> = text
                .split_inclusive(|byte| *byte == b'\n')
                .filter(|line| {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    alone(main, line)
                        && and.iter().all(|pattern| alone(pattern, line))
                        && !not.iter().any(|pattern| alone(pattern, line))
                })
                .collect();
            assert_eq!(found, plain, "{main:?} and {and:?} not {not:?} in {:?}", String::from_utf8_lossy(&text));
            let mut scratch = matcher.scratch();
            for line in text.split(|byte| *byte == b'\n').filter(|line| !found.iter().any(|one| one.starts_with(line)))
            {
                matcher.spans(&mut scratch, line, 0, |_, _| unreachable!("a line that was not found has a match"));
            }
        }
    }
}
