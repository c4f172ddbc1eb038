//! The engine of `-P`: look-around, backreferences, atomic groups, by bounded backtracking.
//!
//! Invariant: a search ends. One that takes too many steps is a [`GaveUp`], never a wrong answer. The library steps over
//! whole characters and goes astray in text that is not UTF-8, so it never sees any: [`Subject`].

use fancy_regex::{BytesMode, Regex, RegexBuilder};

use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::syntax::{Bounds, Case, Reach, Syntax};
use crate::core::pattern::terminator::Terminator;

/// Steps back that one search may take.
const STEPS: usize = 1_000_000;

/// A search that took too many steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GaveUp;

impl GaveUp {
    /// What the user is told, of a line at this offset.
    pub(crate) fn problem(offset: u64) -> Problem {
        hinted(format!("the pattern took more than {STEPS} steps back in the line at byte {offset}"))
    }

    /// What the user is told where a file could not be decided on.
    pub(crate) fn problem_of_a_file() -> Problem {
        hinted(format!("a pattern of --and-file or --not-file took more than {STEPS} steps back"))
    }
}

fn hinted(what: String) -> Problem {
    Problem::new(Code::Limit, what).hint("make its repetitions possessive (a++) or less ambiguous, or leave out -P")
}

/// A text as the engine sees it: each byte that is not UTF-8 is the control character SUBSTITUTE, so that offsets stay.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    /// Where the text was and how long, to know it again.
    place: (usize, usize),
    /// The text with substitutes, where it needs any.
    copy: Option<Vec<u8>>,
}

/// What stands for a byte that is not UTF-8.
const SUBSTITUTE: u8 = 0x1A;

impl Subject {
    /// Looks at a text; those that were looked at before are forgotten.
    pub(crate) fn prepare(&mut self, text: &[u8]) {
        self.place = (text.as_ptr().addr(), text.len());
        self.copy = std::str::from_utf8(text).is_err().then(|| {
            let mut copy = Vec::with_capacity(text.len());
            for chunk in text.utf8_chunks() {
                copy.extend_from_slice(chunk.valid().as_bytes());
                copy.resize(copy.len() + chunk.invalid().len(), SUBSTITUTE);
            }
            copy
        });
    }

    /// The text as the engine sees it, looked at now if it is not the one that was looked at last.
    pub(crate) fn of<'t>(&'t mut self, text: &'t [u8]) -> &'t [u8] {
        if self.place != (text.as_ptr().addr(), text.len()) {
            self.prepare(text);
        }
        self.copy.as_deref().unwrap_or(text)
    }
}

/// The spans of a match and its groups.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// A set of patterns of which the leftmost match counts, and the first of them at one place.
#[derive(Debug)]
pub(crate) struct Backtracker {
    regexes: Vec<Regex>,
}

impl Backtracker {
    /// Compiles patterns as one expression, with groups numbered through.
    pub(crate) fn joined(patterns: &[String], syntax: Syntax) -> Result<Self> {
        let source = |pattern: &String| format!("(?:{})", text(pattern, syntax));
        let whole = match patterns {
            [one] => text(one, syntax),
            _ => patterns.iter().map(source).collect::<Vec<_>>().join("|"),
        };
        Ok(Self { regexes: vec![compile(&whole, ignores_case(patterns, syntax), syntax)?] })
    }

    /// Compiles each pattern for itself.
    pub(crate) fn each(patterns: &[String], syntax: Syntax) -> Result<Self> {
        let ignore_case = ignores_case(patterns, syntax);
        let regexes = patterns.iter().map(|pattern| compile(&text(pattern, syntax), ignore_case, syntax));
        Ok(Self { regexes: regexes.collect::<Result<_>>()? })
    }

    /// The names of each pattern's groups, the whole match first, which has none.
    pub(crate) fn names(&self) -> Vec<Vec<Option<String>>> {
        let names = |regex: &Regex| regex.capture_names().map(|name| name.map(String::from)).collect();
        self.regexes.iter().map(names).collect()
    }

    /// The first match at or after `from`.
    pub(crate) fn find(&self, haystack: &[u8], from: usize) -> std::result::Result<Option<(usize, usize)>, GaveUp> {
        let from = boundary(haystack, from);
        let mut best: Option<(usize, usize)> = None;
        for regex in &self.regexes {
            let found = regex.find_from_pos(haystack, from).map_err(|_| GaveUp)?;
            if let Some(found) = found.map(|found| (found.start(), found.end()))
                && best.is_none_or(|best| found.0 < best.0)
            {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// The first match at or after `from`, with the number of its pattern and its groups.
    pub(crate) fn captures(
        &self,
        haystack: &[u8],
        from: usize,
    ) -> std::result::Result<Option<(usize, Groups)>, GaveUp> {
        let from = boundary(haystack, from);
        let mut best: Option<(usize, Groups)> = None;
        let start = |groups: &Groups| groups.first().copied().flatten().map(|(start, _)| start);
        for (pattern, regex) in self.regexes.iter().enumerate() {
            let Some(found) = regex.captures_from_pos(haystack, from).map_err(|_| GaveUp)? else { continue };
            let groups: Groups = found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect();
            if best.as_ref().is_none_or(|(_, best)| start(&groups) < start(best)) {
                best = Some((pattern, groups));
            }
        }
        Ok(best)
    }
}

/// The first place at or after `from` that is not inside a character.
fn boundary(haystack: &[u8], from: usize) -> usize {
    let rest = haystack.get(from..).unwrap_or_default();
    from + rest.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count()
}

fn text(pattern: &str, syntax: Syntax) -> String {
    if syntax.fixed { fancy_regex::escape(pattern).into_owned() } else { pattern.to_string() }
}

fn compile(source: &str, ignore_case: bool, syntax: Syntax) -> Result<Regex> {
    let whole = match syntax.bounds {
        Bounds::None => source.to_string(),
        Bounds::Word => format!(r"(?<!\w)(?:{source})(?!\w)"),
        Bounds::Line => format!("^(?:{source})$"),
    };
    RegexBuilder::new(&whole)
        .multi_line(true)
        .case_insensitive(ignore_case)
        .crlf(syntax.terminator == Terminator::CrLf)
        .dot_matches_new_line(syntax.reach == Reach::Dotall)
        .bytes_mode(if syntax.unicode { BytesMode::UnicodeBytes } else { BytesMode::Ascii })
        .backtrack_limit(STEPS)
        .delegate_size_limit(syntax.size_limit)
        .delegate_dfa_size_limit(syntax.cache_limit)
        .max_prog_size(syntax.size_limit / 32)
        .build()
        .map_err(|error| {
            let problem = Problem::new(Code::Pattern, format!("regex: {}", lower_first(&error.to_string())));
            match &error {
                fancy_regex::Error::ParseError(at, _) if syntax.bounds == Bounds::None && *at <= source.len() => {
                    problem.caret(source, *at, at + 1).into()
                }
                _ => problem.into(),
            }
        })
}

/// Whether letter case counts; smart case looks at all that is not escaped.
fn ignores_case(patterns: &[String], syntax: Syntax) -> bool {
    let has_upper = |pattern: &String| {
        let mut chars = pattern.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' if !syntax.fixed => drop(chars.next()),
                _ if char.is_uppercase() => return true,
                _ => {}
            }
        }
        false
    };
    match syntax.case {
        Case::Sensitive => false,
        Case::Insensitive => true,
        Case::Smart => !patterns.iter().any(has_upper),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Backtracker, Groups, Subject};
    use crate::core::pattern::syntax::{Bounds, Case, Syntax};

    fn find(pattern: &str, syntax: Syntax, text: &[u8]) -> Option<(usize, usize)> {
        let pattern = Backtracker::joined(&[pattern.to_string()], syntax).unwrap();
        pattern.find(Subject::default().of(text), 0).unwrap()
    }

    #[test]
    fn looks_around_in_bytes() {
        let plain = Syntax::default();
        assert_eq!(find(r"(?<=\$)\d+", plain, b"\xff $12"), Some((3, 5)));
        assert_eq!(find(r"(\w)\1", plain, "aé éé".as_bytes()), Some((4, 8)));
        assert_eq!(find(r"b", Syntax { bounds: Bounds::Word, ..plain }, b"ab -b-"), Some((4, 5)));
        assert_eq!(find(r"ab(?!c)", Syntax { case: Case::Smart, ..plain }, b"ABC AB"), Some((4, 6)));
    }

    #[test]
    fn the_leftmost_pattern_wins() {
        let patterns = ["b(?=c)".to_string(), "a(?=b)(b)".to_string()];
        let each = Backtracker::each(&patterns, Syntax::default()).unwrap();
        let groups: Groups = vec![Some((0, 2)), Some((1, 2))];
        assert_eq!(each.captures(b"abc", 0).unwrap(), Some((1, groups)));
    }

    #[test]
    fn a_search_that_backtracks_too_much_gives_up() {
        let pattern = Backtracker::joined(&[r"(a*)*\1b(?<=z)".to_string()], Syntax::default()).unwrap();
        assert!(pattern.find([b"a".repeat(60).as_slice(), b"b"].concat().as_slice(), 0).is_err());
    }
}
