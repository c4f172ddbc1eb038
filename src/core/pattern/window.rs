//! The sets of bytes with which every match goes on for a while, for patterns that have no useful literal.
//!
//! [`required`] walks an expression and notes for each of the next few bytes which ones any match may have there, the
//! alternatives laid over each other: `[0-9]{4}"? [a-f]` gives four times a digit, then a quote or a space, then a space or
//! `a` to `f`. The result holds of every match and of other text too; where it holds of matches alone, `proof` says so.
//! Looking for it is [`crate::core::scan::window`]'s part.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use crate::core::pattern::prefilter::Says;
use crate::core::pattern::rarity;
use crate::core::pattern::terminator::Terminator;
use crate::core::scan::window::{PLACES, SETS, Set, Window};

/// A window, and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Required {
    /// What to look for.
    pub(crate) window: Window,
    /// What finding it says.
    pub(crate) says: Says,
    /// How rare it is in common text, in bits.
    pub(crate) bits: f64,
}

/// The best window of an expression, if one is worth looking for.
pub(crate) fn required(hir: &Hir, terminator: Terminator) -> Option<Required> {
    let whole = Places::of(hir);
    if let Some(proof) = whole.proof(terminator)
        && let Some(window) = Window::new(proof)
    {
        let beyond = proof.iter().any(|set| set.beyond);
        let says = if beyond { Says::Start } else { Says::Match };
        return Some(Required { window, says, bits: whole.bits(whole.len) });
    }
    let mut best = whole.best().map(|(bits, window)| Required { window, says: Says::Start, bits });
    for (last, rest) in tails(hir) {
        let tail = last.iter().chain(rest);
        let Some((bits, window)) = Places::of_parts(tail).best() else { continue };
        // What starts a match is checked there and then, without a look at the whole line.
        let enough = best.as_ref().map_or(0.0, |best| best.bits + if best.says == Says::Start { START } else { 0.0 });
        if bits > enough {
            best = Some(Required { window, says: Says::Around, bits });
        }
    }
    best.filter(|best| best.bits >= LEAST)
}

/// What it is worth, in bits, that a match starts at a candidate.
const START: f64 = 4.0;

/// How rare a window must be in common text, as bits, to be tried: once in eleven bytes. On the text at hand it may turn
/// out not to pay; then it is dropped.
const LEAST: f64 = 3.5;

/// How many parts of an expression are looked at from each of them on: what comes later says little, and looking at the
/// whole of a long expression from each of its parts on would take long.
const REACH: usize = 64;

/// What else every match holds: the expression from each of its parts but the first on, and where a part is repeated at
/// least so many times, from its last so many on, which stand before the rest.
fn tails(hir: &Hir) -> impl Iterator<Item = (Option<Hir>, &[Hir])> {
    let parts = match bare(hir).kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => &[],
    };
    (1..parts.len()).flat_map(move |at| {
        let rest = parts.get(at..(at + REACH).min(parts.len())).unwrap_or_default();
        let last = match parts.get(at - 1).map(Hir::kind) {
            Some(HirKind::Repetition(repetition)) if repetition.min > 0 && repetition.max != Some(repetition.min) => {
                Some(Hir::repetition(Repetition { max: Some(repetition.min), ..repetition.clone() }))
            }
            _ => None,
        };
        let repeated = last.map(|last| (Some(last), rest));
        repeated.into_iter().chain([(None, rest)])
    })
}

/// An expression without the groups around it.
fn bare(mut hir: &Hir) -> &Hir {
    while let HirKind::Capture(capture) = hir.kind() {
        hir = &capture.sub;
    }
    hir
}

/// What is known of the bytes of every match, one set after the other.
#[derive(Debug, Clone)]
struct Places {
    sets: [Set; PLACES],
    /// How many parts of the expression may stand at each place.
    parts: [u32; PLACES],
    /// Up to where a match has bytes.
    len: usize,
    /// Whether finding them may be all there is to a match: it may end there, and the expression does not look around.
    whole: bool,
    /// How many more parts of the expression are looked at. Repetitions of repetitions multiply them.
    patience: u32,
}

/// Parts of an expression that are looked at before nothing is said of it.
const PATIENCE: u32 = 20_000;

/// Places at which a part of the expression may start, a bit each; the last bit means behind all that are noted.
type Starts = u32;

/// The start behind all places that are noted.
const BEHIND: Starts = 1 << PLACES;

impl Places {
    /// Those of an expression.
    fn of(hir: &Hir) -> Self {
        let mut places = Self::of_parts([hir]);
        let properties = hir.properties();
        let ends = places.len < PLACES || properties.minimum_len() == Some(PLACES);
        places.whole = ends && places.len > 0 && properties.look_set().is_empty();
        places
    }

    /// Those of parts of an expression that follow each other.
    fn of_parts<'h>(parts: impl IntoIterator<Item = &'h Hir>) -> Self {
        let (sets, parts_of) = ([Set::default(); PLACES], [0; PLACES]);
        let mut places = Self { sets, parts: parts_of, len: 0, whole: false, patience: PATIENCE };
        let ends = parts.into_iter().fold(1, |starts, part| places.walk(part, starts));
        if places.patience > 0 {
            places.len = (ends.trailing_zeros() as usize).min(PLACES);
        }
        places
    }

    /// Notes what a part of the expression matches from each of the starts on; returns where what follows may start.
    fn walk(&mut self, hir: &Hir, starts: Starts) -> Starts {
        self.patience = self.patience.saturating_sub(1);
        if starts == BEHIND || self.patience == 0 {
            return starts;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => starts,
            HirKind::Literal(literal) => {
                literal.0.iter().fold(starts, |starts, byte| self.note(set_of([(*byte, *byte)]), starts))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges = class.ranges().iter().map(|range| (range.start(), range.end()));
                self.note(set_of(ranges), starts)
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.ranges().iter().map(|range| (byte_of(range.start()), byte_of(range.end())));
                self.note(set_of(ranges), starts)
            }
            HirKind::Capture(capture) => self.walk(&capture.sub, starts),
            HirKind::Concat(parts) => parts.iter().fold(starts, |starts, part| self.walk(part, starts)),
            HirKind::Alternation(parts) => parts.iter().fold(0, |ends, part| ends | self.walk(part, starts)),
            HirKind::Repetition(repetition) => {
                let mut ends = starts;
                for _ in 0..repetition.min {
                    let last = ends;
                    ends = self.walk(&repetition.sub, last);
                    if ends == last {
                        break;
                    }
                }
                let more = repetition.max.map_or(u32::MAX, |max| max - repetition.min);
                let mut last = ends;
                for _ in 0..more {
                    last = self.walk(&repetition.sub, last);
                    if last | ends == ends {
                        break;
                    }
                    ends |= last;
                }
                ends
            }
        }
    }

    /// Notes that a byte of `set` may stand at each of the starts.
    fn note(&mut self, set: Set, starts: Starts) -> Starts {
        for (at, (to, parts)) in self.sets.iter_mut().zip(&mut self.parts).enumerate() {
            if starts >> at & 1 == 1 {
                to.ascii |= set.ascii;
                to.beyond |= set.beyond;
                *parts += 1;
            }
        }
        // What starts behind all places ends there too.
        (starts << 1 | starts & BEHIND) & (BEHIND | (BEHIND - 1))
    }

    /// All places, where finding them proves a match, if no byte beyond ASCII was met.
    fn proof(&self, terminator: Terminator) -> Option<&[Set]> {
        let sets = self.sets.get(..self.len)?;
        let plain = |set: &Set| set.ascii >> terminator.byte() & 1 == 0;
        let alone = self.parts.iter().take(self.len).all(|parts| *parts == 1);
        let holds = self.whole && alone && sets.iter().all(plain);
        // A carriage return may belong to the end of the line.
        (holds && terminator != Terminator::CrLf).then_some(sets)
    }

    /// How rare the first places are in common text, in bits.
    fn bits(&self, len: usize) -> f64 {
        self.sets.iter().take(len).map(|set| rarity::of_set(*set)).sum::<f64>().min(rarity::ENOUGH)
    }

    /// The first places, as many as are of use, and how rare they are.
    fn best(&self) -> Option<(f64, Window)> {
        let mut kinds: Vec<u128> = Vec::new();
        let mut len = 0;
        for set in self.sets.iter().take(self.len) {
            if !kinds.contains(&set.ascii) {
                kinds.push(set.ascii);
            }
            if kinds.len() > SETS || self.bits(len) >= rarity::ENOUGH {
                break;
            }
            len += 1;
        }
        // A last place that lets nearly everything through costs more than it tells.
        while len > 1 && self.bits(len) - self.bits(len - 1) < 0.5 {
            len -= 1;
        }
        let window = self.sets.get(..len).and_then(Window::new)?;
        // A byte beyond ASCII lets the rest through, so no window is rarer than those.
        let beyond = self.sets.iter().take(len).any(|set| set.beyond);
        let bits = self.bits(len);
        Some((if beyond { bits.min(BEYOND) } else { bits }, window))
    }
}

/// How rare bytes that are not ASCII are in common text, in bits.
const BEYOND: f64 = 7.0;

fn byte_of(char: char) -> u8 {
    if char.is_ascii() { char as u8 } else { 0x80 }
}

fn set_of(ranges: impl IntoIterator<Item = (u8, u8)>) -> Set {
    let mut set = Set::default();
    for (first, last) in ranges {
        set.beyond |= !last.is_ascii();
        for byte in first..=last.min(0x7F) {
            set.ascii |= 1 << byte;
        }
    }
    set
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Places, Required, Says, required};
    use crate::core::pattern::terminator::Terminator;

    fn parse(pattern: &str) -> regex_syntax::hir::Hir {
        regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).unwrap()
    }

    /// The ASCII bytes of each place.
    fn places(pattern: &str) -> Vec<String> {
        let places = Places::of(&parse(pattern));
        let bytes = |ascii: u128| (0..128_u8).filter(|byte| ascii >> byte & 1 == 1).map(char::from).collect();
        places.sets.iter().take(places.len).map(|set| bytes(set.ascii)).collect()
    }

    #[test]
    fn lays_alternatives_over_each_other() {
        assert_eq!(places(r#"[0-2]{2}"? [ab]"#), ["012", "012", " \"", " ab"]);
        assert_eq!(places("(a|bc)d"), ["ab", "cd"]);
        assert_eq!(places("[ab]+c"), ["ab", "abc"]);
        assert_eq!(places("x*yz"), ["xy", "xyz"]);
        assert_eq!(
            places(r"\bab(?:cd){2,}e"),
            ["a", "b", "c", "d", "c", "d"].into_iter().chain(["ce"]).collect::<Vec<_>>()
        );
        assert!(places("a*").is_empty());
        assert_eq!(places("a{40}").len(), 16);
        assert_eq!(places(&format!("a{}", "{1,3}".repeat(3))).len(), 1);
        // As many as the parser lets through.
        assert!(places(&format!("a{}", "+".repeat(200))).is_empty());
        assert_eq!(places(&format!("a{}", "{2}".repeat(200))).len(), 16);
    }

    #[test]
    fn knows_what_a_find_says() {
        let says = |pattern: &str| required(&parse(pattern), Terminator::Lf).map(|Required { says, .. }| says);
        assert_eq!(says("[0-9]{5}"), Some(Says::Match));
        assert_eq!(says("[0-9]{5,}"), Some(Says::Match));
        assert_eq!(says("([0-9]{3}) ([0-9]{5})"), Some(Says::Match));
        assert_eq!(says(r"\d{5}"), Some(Says::Start));
        assert_eq!(says(r"\b[0-9]{5}"), Some(Says::Start));
        assert_eq!(says("[0-9]{3}(?:[a-f]|[A-F]x)[0-9]"), Some(Says::Start));
        assert_eq!(says("[0-9]{17}"), Some(Says::Start));
        assert_eq!(says(".*[0-9]{5}"), Some(Says::Around));
        assert_eq!(says(r"\w+"), Some(Says::Start));
        assert_eq!(says("[a-z]+=[0-9]+"), Some(Says::Around));
        assert_eq!(says(r"\b\w+"), None);
        assert_eq!(says("(?:[^a]{3}|b)"), None);
    }
}
