//! Tells the delimiter of text that nobody named one for.
//!
//! It is the comma, unless the header has none and exactly one of `;`, tab and `|` cuts every record of the head into the
//! same number of cells, two at least. In doubt it is the comma: one column too wide is seen, wrong columns may not be.

use std::ops::ControlFlow;

use crate::core::format::csv::machine::{self, Place};
use crate::core::format::{Fault, HEAD, Unopened};
use crate::core::scan::lanes::Marks;

/// What is looked for besides the comma.
const OTHERS: [u8; 3] = [b';', b'\t', b'|'];

/// The delimiter of the text in `head` where it is not the comma. `whole` says that there is no more of it.
pub(super) fn delimiter(head: &[u8], whole: bool, quote: u8, terminator: u8) -> Result<Option<u8>, Unopened> {
    let sample = head.get(..HEAD).unwrap_or(head);
    let ends = whole && head.len() <= HEAD;
    let marks = |delimiter| Marks { delimiter, quote, terminator };
    let header = |delimiter| counts(sample, ends, marks(delimiter)).next();
    if quote == b',' || header(b',').is_none_or(|cells| cells > 1) {
        return Ok(None);
    }
    let candidates: Vec<u8> =
        OTHERS.into_iter().filter(|other| *other != quote && header(*other).is_some_and(|cells| cells > 1)).collect();
    if candidates.is_empty() {
        return Ok(None);
    }
    if !whole && head.len() < HEAD {
        return Err(Unopened::More(Fault::new(0, "the delimiter is not told yet")));
    }
    let mut even = candidates.into_iter().filter(|candidate| {
        let mut counts = counts(sample, ends, marks(*candidate));
        let first = counts.next();
        let mut records = 0;
        counts.inspect(|_| records += 1).all(|cells| Some(cells) == first) && records > 0
    });
    match (even.next(), even.next()) {
        (Some(one), None) => Ok(Some(one)),
        _ => Ok(None),
    }
}

/// Text as the delimiter is told by: without the lines that `comment` starts, and with a letter for whatever `escape` takes
/// the meaning from. In cells over several lines such lines may be missed; then in doubt it is the comma. With it comes
/// whether there is no more of it.
pub(super) fn plain(
    head: &[u8],
    whole: bool,
    terminator: u8,
    (escape, comment): (Option<u8>, Option<u8>),
) -> (Vec<u8>, bool) {
    let sample = head.get(..HEAD).unwrap_or(head);
    let enough = head.len() >= HEAD;
    let mut plain = Vec::with_capacity(sample.len());
    for line in sample.split_inclusive(|byte| *byte == terminator) {
        // What may go on behind the sample is no record yet.
        let cut = line.last() != Some(&terminator) && (enough || !whole);
        if !cut && (comment.is_none() || line.first() != comment.as_ref()) {
            plain.extend_from_slice(line);
        }
    }
    if let Some(escape) = escape {
        let mut at = 0;
        while let Some(found) = plain.get(at..).and_then(|rest| memchr::memchr(escape, rest)) {
            let end = (at + found + 2).min(plain.len());
            plain.get_mut(at + found..end).unwrap_or_default().fill(b'x');
            at = end;
        }
    }
    (plain, whole || enough)
}

/// The numbers of cells of the records that are there to their ends, blank lines left out.
fn counts(sample: &[u8], ends: bool, marks: Marks) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = sample.get(at..).filter(|rest| !rest.is_empty())?;
            let (mut cells, mut end) = (1, None);
            machine::run(rest, Place::Start, marks, |at, byte| {
                if byte == marks.terminator {
                    end = Some(at);
                    return ControlFlow::Break(());
                }
                cells += 1;
                ControlFlow::Continue(())
            });
            let Some(len) = end.or(ends.then_some(rest.len())) else {
                at = sample.len();
                return None;
            };
            let blank = rest.get(..len).unwrap_or_default().trim_ascii().is_empty() && cells == 1;
            at += len + 1;
            if !blank {
                return Some(cells);
            }
        }
    })
}
