//! Literals that every match must contain.
//!
//! The regex library finds literals at the start of an expression; most patterns have a better one further in
//! (`\w+\s+Holmes`). [`required`] asks for the starts of every tail of every concatenation and keeps the best set.

use regex_syntax::hir::literal::{Extractor, Seq, rank};
use regex_syntax::hir::{Hir, HirKind};

use crate::core::integer::whole;
use crate::core::pattern::prefilter::Says;
use crate::core::pattern::rarity;

/// A set of literals, one of which is in every match, and what finding one says; none if no useful set was found.
pub(crate) fn required(hir: &Hir) -> Option<(Vec<Vec<u8>>, Says)> {
    let best = best(hir).filter(is_useful)?;
    // Every match starts with one of these.
    let starts = prefixes(hir).unwrap_or_default();
    let is_start = |start: &Vec<u8>| best.iter().any(|literal| start.starts_with(literal));
    let says = if !starts.is_empty() && starts.iter().all(is_start) { Says::Start } else { Says::Around };
    Some((best, says))
}

/// The literals of an expression that is nothing but literals, in order of preference.
pub(crate) fn exact(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let literal = |hir: &Hir| match hir.kind() {
        HirKind::Literal(literal) => Some(literal.0.to_vec()),
        _ => None,
    };
    match hir.kind() {
        HirKind::Literal(_) => literal(hir).map(|one| vec![one]),
        HirKind::Alternation(parts) => parts.iter().map(literal).collect(),
        _ => None,
    }
}

type Literals = Vec<Vec<u8>>;

/// The most literals a set may have: what the vectorised finders take.
const MOST: usize = 64;

/// How many parts of an expression are looked at from each of them on. Literals are no longer than so many bytes anyway.
const REACH: usize = 32;

fn best(hir: &Hir) -> Option<Literals> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(_) | HirKind::Class(_) => prefixes(hir),
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min == 0 => None,
        HirKind::Repetition(repetition) => better(prefixes(hir), best(&repetition.sub)),
        HirKind::Alternation(parts) => {
            let mut all = Literals::new();
            for part in parts {
                all.extend(best(part)?);
            }
            all.sort();
            all.dedup();
            better(prefixes(hir), (all.len() <= MOST).then_some(all))
        }
        HirKind::Concat(parts) => {
            let mut found = None;
            for at in 0..parts.len() {
                let tail = parts.get(at..(at + REACH).min(parts.len())).unwrap_or_default();
                let tail = Hir::concat(tail.to_vec());
                found = better(found, prefixes(&tail));
                found = better(found, parts.get(at).and_then(best));
            }
            found
        }
    }
}

/// The literals with which a match of the expression starts.
fn prefixes(hir: &Hir) -> Option<Literals> {
    let mut extractor = Extractor::new();
    extractor.limit_class(10).limit_total(MOST).limit_literal_len(REACH);
    let mut seq: Seq = extractor.extract(hir);
    seq.make_inexact();
    let literals: Literals = seq.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    (!literals.is_empty()).then_some(literals)
}

/// The set that will be found less often.
fn better(one: Option<Literals>, other: Option<Literals>) -> Option<Literals> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if score(&other) > score(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// Usefulness: first how rare they are, as far as it matters, then how few.
fn score(literals: &Literals) -> (bool, u64, std::cmp::Reverse<usize>, usize) {
    let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
    // Tenths of a bit.
    (is_useful(literals), whole(bits(literals) * 10.0), std::cmp::Reverse(literals.len()), shortest)
}

/// How rare a set is in common text, in bits, less what looking for several at once costs.
pub(crate) fn bits(literals: &[Vec<u8>]) -> f64 {
    let bits = rarity::of_any(literals.iter().map(|literal| rarity::of_text(literal))).min(rarity::ENOUGH);
    if literals.len() > 1 { (bits - SEVERAL).max(0.0) } else { bits }
}

/// What it costs, in bits, to look for several literals at once.
const SEVERAL: f64 = 3.0;

/// Whether looking for the set first is likely to pay: short literals must be few and rare.
fn is_useful(literals: &Literals) -> bool {
    let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
    match shortest {
        0 => false,
        1 => literals.len() <= 3 && literals.iter().all(|literal| literal.len() > 1 || rare(literal)),
        _ => literals.len() <= MOST,
    }
}

fn rare(literal: &[u8]) -> bool {
    literal.first().is_some_and(|byte| rank(*byte) < 200)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Says, exact, required};

    fn found(pattern: &str) -> Option<Vec<String>> {
        let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).unwrap();
        required(&hir)
            .map(|(literals, _)| literals.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect())
    }

    #[test]
    fn finds_the_literal_inside() {
        assert_eq!(found(r"\w+\s+Holmes\d*"), Some(vec!["Holmes".to_string()]));
        assert_eq!(found(r"\d+(?:GET|POST) "), Some(vec!["GET ".to_string(), "POST ".to_string()]));
        assert_eq!(found(r"4[0-9]4").map(|literals| literals.len()), Some(10));
        assert_eq!(found(r"\w+\s*"), None);
        assert_eq!(found(r"(?:foo)?"), None);
        assert_eq!(found(r"items/[0-9]+"), Some(vec!["items/".to_string()]));
    }

    #[test]
    fn knows_what_starts_a_match() {
        let says = |pattern: &str| required(&regex_syntax::parse(pattern).unwrap()).map(|(_, says)| says);
        assert_eq!(says("page=[0-9]+"), Some(Says::Start));
        assert_eq!(says("(?:GET|POST) /"), Some(Says::Start));
        assert_eq!(says(r"\w+page="), Some(Says::Around));
        assert_eq!(says("x?page="), Some(Says::Around));
    }

    #[test]
    fn exact_sets_are_literals_only() {
        let hir = regex_syntax::parse("foo|barz").unwrap();
        assert_eq!(exact(&hir).unwrap().len(), 2);
        assert!(exact(&regex_syntax::parse("foo.").unwrap()).is_none());
    }
}
