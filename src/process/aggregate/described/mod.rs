//! What `--describe` says of a column, all of it computed from its different values and how often each came: the type, counts,
//! the range, the mean and the deviation, quantiles, the most frequent values.
//!
//! A [`Multiset`] counts the values as text. Each part of it makes a [`Summary`], and those are put together, so the
//! work that is done once per different value is divided among threads, and only one part of the values need be in memory.

mod form;
mod weighted;

use std::cmp::{Ordering, Reverse};

use rayon::prelude::*;

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::process::aggregate::Accumulator;
use crate::process::aggregate::described::form::{form, is_numeric, is_open, type_of};
use crate::process::aggregate::described::weighted::Weighted;
use crate::process::aggregate::intake::value;
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{Packed, Seed};
use crate::process::aggregate::moments::{Moments, Of, shown};
use crate::process::aggregate::multiset::{Counted, Multiset, Part, Seen, parts};
use crate::process::aggregate::total::Total;

/// The columns of the result behind the name of the column described.
pub(crate) const MEASURES: [&str; 12] =
    ["type", "count", "nulls", "distinct", "min", "max", "mean", "stddev", "p25", "p50", "p75", "top"];

/// The quantiles, in hundredths.
const QUANTILES: [i128; 3] = [25, 50, 75];

/// How many of the most frequent values are named.
const MOST: usize = 5;

/// Longest value named among the most frequent ones, in characters.
const SHOWN: usize = 40;

/// Values that are made ready together, so that the processor overlaps the memory accesses of neighbours.
const RUN: usize = 256;

/// Stands in [`Seen::forms`] for a computed double, which need not be what it prints.
const DOUBLE: u16 = 1 << 15;

/// Takes values of a batch in; null is none.
pub(crate) fn take(multiset: &mut Multiset, batch: &Batch, rows: &[u32], values: &Values) {
    let mut run: Vec<(Packed, Seen, &[u8])> = Vec::with_capacity(RUN);
    for rows in rows.chunks(RUN) {
        match values {
            Values::Cells(cells) => {
                for row in rows {
                    let Some(cell) = cells.get(*row as usize).copied().filter(|cell| !cell.is_null()) else { continue };
                    let seen = |kind| Seen::once(batch.id(*row as usize), kind);
                    let entry = match cell.kind() {
                        kind @ (Kind::Bare | Kind::Number | Kind::Text | Kind::Nested) => (kind, cell),
                        Kind::Quoted => (Kind::Bare, cell),
                        kind => {
                            let plain = match kind {
                                Kind::QuotedRaw => Kind::Bare,
                                Kind::TextRaw => Kind::Text,
                                kind => kind,
                            };
                            let text = text(kind, batch.bytes(cell));
                            multiset.add(multiset.set().pack(&text), &text, seen(plain));
                            continue;
                        }
                    };
                    let (kind, cell) = entry;
                    let source = if cell.in_side() { &batch.side } else { &batch.block.bytes };
                    let key = multiset.set().pack_at(source, cell.start(), cell.len());
                    run.push((key, seen(kind), batch.bytes(cell)));
                }
                for (key, seen, text) in run.drain(..) {
                    multiset.add(key, text, seen);
                }
            }
            Values::Numbers(numbers) => {
                let mut text = Vec::new();
                for row in rows {
                    let Some(Some(number)) = numbers.get(*row as usize) else { continue };
                    let mut seen = Seen::once(batch.id(*row as usize), Kind::Number);
                    if matches!(number, Number::Float(_)) {
                        seen.forms |= DOUBLE;
                    }
                    text.clear();
                    number.write(&mut text);
                    multiset.add(multiset.set().pack(&text), &text, seen);
                }
            }
        }
    }
}

/// What there is to say of a column that these multisets counted, of `records` records, in the order of [`MEASURES`].
pub(crate) fn describe(
    multisets: Vec<Multiset>,
    records: u64,
    seed: &Seed,
    memory: &Memory,
) -> Result<Vec<Value<'static>>> {
    let mut whole = Summary::new();
    let mut parts = parts(multisets).into_iter().peekable();
    let wave = 4 * rayon::current_num_threads().max(1);
    while parts.peek().is_some() {
        let some: Vec<Part> = parts.by_ref().take(wave).collect();
        let summarise = |counted: &mut Counted, part: Part| {
            part.count(counted)?;
            Ok(Summary::of(counted))
        };
        let some = some.into_par_iter().map_init(|| Counted::new(seed.clone()), summarise);
        for summary in some.collect::<Result<Vec<_>>>()? {
            whole.merge(summary);
        }
        whole.numbers.bound(memory)?;
    }
    whole.values(records)
}

/// What is known of some of a column's values.
struct Summary {
    count: u64,
    distinct: u64,
    forms: u8,
    least: Option<Edge>,
    greatest: Option<Edge>,
    total: Total,
    moments: Moments,
    numbers: Weighted,
    /// The most frequent values, the first of them first.
    top: Vec<(Reverse<u64>, u64, Vec<u8>)>,
}

/// The value at an end of the order.
struct Edge {
    number: Option<Number>,
    text: Vec<u8>,
    kind: Kind,
    first: u64,
}

impl Edge {
    /// Whether a value comes before this one in the order of sorts, or after it where `order` says so; of equal ones the
    /// first is kept.
    #[inline]
    fn yields(&self, number: Option<Number>, text: &[u8], first: u64, order: Ordering) -> bool {
        let found = match (number, self.number) {
            (Some(new), Some(old)) => new.compare(old),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text.cmp(&self.text),
        };
        found == order || (found == Ordering::Equal && first < self.first)
    }
}

/// Puts a value at an end of the order, where it belongs there.
#[inline]
fn offer(edge: &mut Option<Edge>, number: Option<Number>, text: &[u8], seen: Seen, order: Ordering) {
    if edge.as_ref().is_none_or(|edge| edge.yields(number, text, seen.first, order)) {
        *edge = Some(Edge { number, text: text.to_vec(), kind: seen.kind, first: seen.first });
    }
}

impl Summary {
    fn new() -> Self {
        let (mut total, mut moments) = (Total::default(), Moments::default());
        total.grow(1);
        moments.grow(1);
        Self {
            count: 0,
            distinct: 0,
            forms: 0,
            least: None,
            greatest: None,
            total,
            moments,
            numbers: Weighted::default(),
            top: Vec::new(),
        }
    }

    fn of(counted: &Counted) -> Self {
        let mut summary = Self::new();
        summary.distinct = counted.len() as u64;
        for (text, seen) in counted.iter() {
            summary.take(text, seen);
        }
        summary
    }

    fn take(&mut self, text: &[u8], seen: Seen) {
        self.count += seen.count;
        if is_open(self.forms) {
            self.take_forms(text, seen);
        }
        let number = match seen.kind {
            Kind::True | Kind::False | Kind::Nested => None,
            _ => Number::parse(text),
        };
        offer(&mut self.least, number, text, seen, Ordering::Less);
        offer(&mut self.greatest, number, text, seen, Ordering::Greater);
        self.offer_top(Reverse(seen.count), seen.first, text);
        let Some(number) = number else { return };
        let number = match number {
            Number::Float(float) if !float.is_finite() => return,
            _ if seen.forms == DOUBLE | 1 << Kind::Number as u16 => Number::Float(number.to_f64()),
            number => number,
        };
        self.total.add_times(number, seen.count);
        self.moments.add_times(number, seen.count);
        self.numbers.push(number, seen.count);
    }

    fn take_forms(&mut self, text: &[u8], seen: Seen) {
        for kind in (0..u16::BITS).filter(|kind| seen.forms & !DOUBLE & 1 << kind != 0) {
            self.forms |= form(Kind::from_bits(kind), text);
        }
    }

    #[inline]
    fn offer_top(&mut self, count: Reverse<u64>, first: u64, text: &[u8]) {
        if self.top.len() == MOST && self.top.last().is_some_and(|last| (last.0, last.1) <= (count, first)) {
            return;
        }
        let at = self.top.partition_point(|kept| (kept.0, kept.1) < (count, first));
        self.top.insert(at, (count, first, text.to_vec()));
        self.top.truncate(MOST);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.distinct += other.distinct;
        self.forms |= other.forms;
        for (edge, order) in [(&other.least, Ordering::Less), (&other.greatest, Ordering::Greater)] {
            let Some(Edge { number, text, kind, first }) = edge else { continue };
            let mine = if order == Ordering::Less { &mut self.least } else { &mut self.greatest };
            offer(mine, *number, text, Seen::once(*first, *kind), order);
        }
        self.total.merge(&other.total, &[0]);
        self.moments.merge(&other.moments, &[0]);
        self.numbers.merge(other.numbers);
        for (count, first, text) in &other.top {
            self.offer_top(*count, *first, text);
        }
    }

    /// The values, in the order of [`MEASURES`].
    fn values(self, records: u64) -> Result<Vec<Value<'static>>> {
        let integer = |count: u64| Value::Number(Number::int(i128::from(count)));
        let edge = |edge: Option<Edge>| edge.map_or(Value::Null, |edge| value(edge.kind, &edge.text).into_owned());
        let name = type_of(self.forms);
        let mut values = vec![
            Value::Text(name.as_bytes().into()),
            integer(self.count),
            integer(records.saturating_sub(self.count)),
            integer(self.distinct),
            edge(self.least),
            edge(self.greatest),
        ];
        if is_numeric(name) {
            values.push(self.total.mean(0));
            values.push(shown(Moments::variance(&self.moments, 0, Of::Sample).map(f64::sqrt)));
            let asked = QUANTILES.map(|units| Number::Exact { units, scale: 2 });
            let quantile = |quantile: Option<Number>| quantile.map_or(Value::Null, Value::Number);
            values.extend(self.numbers.quantiles(&asked)?.into_iter().map(quantile));
        } else {
            values.extend([const { Value::Null }; 2 + QUANTILES.len()]);
        }
        let top: Vec<String> = self.top.iter().map(|(count, _, text)| format!("{} ({})", cut(text), count.0)).collect();
        let top = top.join(", ");
        values.push(if top.is_empty() { Value::Null } else { Value::Text(top.into_bytes().into()) });
        Ok(values)
    }
}

/// A value as it is named, cut where it is long.
fn cut(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_values_are_cut_visibly() {
        let long = "é".repeat(41);
        assert_eq!(cut(long.as_bytes()), format!("{}…", "é".repeat(40)));
        assert_eq!(cut(b"a b"), "a b");
    }
}
