//! The state of `mode`, `most_common` and `collect_distinct`: the different values of each group, how often each came, and
//! where first.

use std::any::Any;
use std::cmp::Reverse;

use crate::core::data::cell::Kind;
use crate::core::data::value::Value;
use crate::process::aggregate::intake::{Item, each_value, value};
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, State, own};

pub(super) const STATE: State = State { name: "frequencies", build: || Box::new(Frequencies::new()) };

/// All pairs of group and value, in one set: the group's number in four bytes, then the text.
pub(super) struct Frequencies {
    groups: usize,
    pairs: KeySet,
    pair: Vec<u8>,
    seen: Vec<Seen>,
    /// The pairs by group, the most frequent first, of equally frequent ones the earliest.
    order: Vec<u32>,
    /// Where each group ends in the order.
    ends: Vec<usize>,
    asked: Vec<Parameters>,
}

/// How often a pair came, and its form where it came first.
#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    first: u64,
    kind: Kind,
}

/// The settled state, to read from.
pub(super) fn of(state: &dyn Accumulator) -> Option<&Frequencies> {
    own(state)
}

impl Frequencies {
    fn new() -> Self {
        Self {
            groups: 0,
            pairs: KeySet::new(Seed::default()),
            pair: Vec::new(),
            seen: Vec::new(),
            order: Vec::new(),
            ends: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// The different values of a group, the most frequent first, of equally frequent ones the earliest.
    pub(super) fn common(&self, group: usize) -> impl Iterator<Item = Value<'_>> {
        self.pairs_of(group).iter().map(|pair| self.value(*pair))
    }

    /// The different values of a group, the earliest first.
    pub(super) fn distinct(&self, group: usize) -> impl Iterator<Item = Value<'_>> {
        let mut pairs = self.pairs_of(group).to_vec();
        pairs.sort_unstable_by_key(|pair| self.seen.get(*pair as usize).map_or(0, |seen| seen.first));
        pairs.into_iter().map(|pair| self.value(pair))
    }

    /// The parameters of an aggregate that reads.
    pub(super) fn parameters(&self, asked: usize) -> &[Value<'static>] {
        self.asked.get(asked).map_or(&[], Vec::as_slice)
    }

    fn pairs_of(&self, group: usize) -> &[u32] {
        let start = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(group).and_then(|end| self.order.get(start..*end)).unwrap_or_default()
    }

    fn value(&self, pair: u32) -> Value<'_> {
        let kind = self.seen.get(pair as usize).map_or(Kind::Null, |seen| seen.kind);
        value(kind, self.pairs.key(pair as usize).get(4..).unwrap_or_default())
    }

    #[inline]
    fn add(&mut self, group: u32, seen: Seen, write: impl FnOnce(&mut Vec<u8>)) {
        self.pair.clear();
        self.pair.extend_from_slice(&group.to_le_bytes());
        write(&mut self.pair);
        let packed = self.pairs.pack(&self.pair);
        let number = self.pairs.insert(packed, || &self.pair) as usize;
        match self.seen.get_mut(number) {
            None => self.seen.push(seen),
            Some(old) => {
                old.count += seen.count;
                if seen.first < old.first {
                    (old.first, old.kind) = (seen.first, seen.kind);
                }
            }
        }
    }

    fn group_of(&self, pair: u32) -> u32 {
        self.pairs.key(pair as usize).first_chunk().map_or(NO_GROUP, |group| u32::from_le_bytes(*group))
    }
}

impl Accumulator for Frequencies {
    fn prepare(&mut self, asked: &[Parameters]) {
        self.asked = asked.to_vec();
    }

    fn grow(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_value(intake, |group, row, item| {
            let seen = |kind| Seen { count: 1, first: row, kind };
            match item {
                Item::Cell { kind: Kind::Bare | Kind::Quoted, bytes } => {
                    self.add(group, seen(Kind::Bare), |pair| pair.extend_from_slice(bytes));
                }
                Item::Cell { kind, bytes } => {
                    let plain = match kind {
                        Kind::QuotedRaw => Kind::Bare,
                        Kind::TextRaw => Kind::Text,
                        kind => kind,
                    };
                    self.add(group, seen(plain), |pair| pair.extend_from_slice(&text(kind, bytes)));
                }
                Item::Number(number) => self.add(group, seen(Kind::Number), |pair| number.write(pair)),
            }
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (number, seen) in (0_u32..).zip(&other.seen) {
            let group = into.get(other.group_of(number) as usize).copied().unwrap_or(NO_GROUP);
            let text = other.pairs.key(number as usize).get(4..).unwrap_or_default();
            if group != NO_GROUP {
                self.add(group, *seen, |pair| pair.extend_from_slice(text));
            }
        }
    }

    fn settle(&mut self, asked: &[Parameters]) {
        self.prepare(asked);
        let mut order: Vec<u32> = (0..self.seen.len() as u32).collect();
        order.sort_by_cached_key(|pair| {
            let seen = self.seen.get(*pair as usize);
            (self.group_of(*pair), seen.map(|seen| (Reverse(seen.count), seen.first)))
        });
        self.ends = vec![0; self.groups];
        for pair in &order {
            let group = self.group_of(*pair) as usize;
            if let Some(end) = self.ends.get_mut(group) {
                *end += 1;
            }
        }
        let mut total = 0;
        for end in &mut self.ends {
            total += *end;
            *end = total;
        }
        self.order = order;
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
