//! The state of `mode`, `most_common` and `collect_distinct`: the different values of each group, how often each came, and
//! where first.

use std::any::Any;
use std::cmp::Reverse;

use crate::core::data::cell::Kind;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::integer::narrow;
use crate::process::aggregate::intake::{Item, each_value, value};
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::pairs::{Pair, Pairs};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, State, count_of, own};

/// The state of those that ask for a few of the most frequent values.
pub(super) const STATE: State = State { name: "frequencies", build: || Box::new(Frequencies::new(Keep::Best)) };

/// The state of those that ask for all values.
pub(super) const ALL: State = State { name: "values", build: || Box::new(Frequencies::new(Keep::All)) };

/// Which values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// All of them: the answer holds them, so memory must.
    All,
    /// The most frequent ones, so that the others need not stay in memory.
    Best,
}

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
    keep: Keep,
    /// Pairs that memory did not hold.
    written: Pairs,
    /// The memory that was too small.
    memory: Option<Memory>,
    /// For each group, the number of different values, where that is not the number of pairs.
    counted: Option<Vec<u64>>,
}

/// How often a pair came, and its form where it came first.
#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    first: u64,
    kind: Kind,
}

/// Bytes of a [`Seen`] on disk.
const SEEN: usize = 17;

impl Seen {
    fn to_bytes(self) -> [u8; SEEN] {
        let mut bytes = [self.kind as u8; SEEN];
        let words = self.count.to_le_bytes().into_iter().chain(self.first.to_le_bytes());
        bytes.iter_mut().zip(words).for_each(|(byte, word)| *byte = word);
        bytes
    }

    fn from_bytes(bytes: [u8; SEEN]) -> Self {
        let word =
            |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u64::from_le_bytes(*word));
        Self { count: word(0), first: word(8), kind: Kind::from_bits(u32::from(bytes[SEEN - 1])) }
    }
}

/// The settled state, to read from.
pub(super) fn of(state: &dyn Accumulator) -> Option<&Frequencies> {
    own(state)
}

impl Frequencies {
    fn new(keep: Keep) -> Self {
        Self {
            groups: 0,
            pairs: KeySet::new(Seed::default()),
            pair: Vec::new(),
            seen: Vec::new(),
            order: Vec::new(),
            ends: Vec::new(),
            asked: Vec::new(),
            keep,
            written: Pairs::default(),
            memory: None,
            counted: None,
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

    /// The number of different values of a group.
    fn different(&self, group: usize) -> u64 {
        match &self.counted {
            Some(counted) => counted.get(group).copied().unwrap_or(0),
            None => self.pairs_of(group).len() as u64,
        }
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

    /// Orders the pairs.
    fn arrange(&mut self) {
        let mut order: Vec<u32> = (0..narrow(self.seen.len())).collect();
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

    /// Puts all that was written together, partition by partition, and keeps what may be asked for.
    fn read_back(&mut self) -> Result<()> {
        if let Some(memory) = self.memory.take() {
            self.spill(&memory)?;
        }
        // `mode` has no parameter and asks for one.
        let count = |parameters: &Parameters| if parameters.is_empty() { 1 } else { count_of(parameters) };
        let most = self.asked.iter().map(count).max().unwrap_or(1);
        let written = std::mem::take(&mut self.written);
        let mut counted = vec![0; self.groups];
        let (groups, mut best) = (self.groups, std::mem::replace(self, Self::new(Keep::Best)));
        let take = |here: &mut Option<Self>, pair: Pair<'_, SEEN>| {
            let here = here.get_or_insert_with(|| Self::new(Keep::Best));
            here.add(pair.group, Seen::from_bytes(pair.about), |text| text.extend_from_slice(pair.text));
        };
        let done = |here: Option<Self>| {
            let Some(mut here) = here else { return };
            here.groups = groups;
            here.arrange();
            for (group, counted) in counted.iter_mut().enumerate() {
                *counted += here.different(group);
                for pair in here.pairs_of(group).iter().take(most) {
                    let Some(seen) = here.seen.get(*pair as usize) else { continue };
                    let text = here.pairs.key(*pair as usize).get(4..).unwrap_or_default();
                    best.add(narrow(group), *seen, |pair| pair.extend_from_slice(text));
                }
            }
        };
        written.each(take, done)?;
        *self = best;
        self.counted = Some(counted);
        Ok(())
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
        self.written.merge(&other.written, into);
        self.memory = self.memory.take().or_else(|| other.memory.clone());
        for (number, seen) in (0_u32..).zip(&other.seen) {
            let group = into.get(other.group_of(number) as usize).copied().unwrap_or(NO_GROUP);
            let text = other.pairs.key(number as usize).get(4..).unwrap_or_default();
            if group != NO_GROUP {
                self.add(group, *seen, |pair| pair.extend_from_slice(text));
            }
        }
    }

    fn settle(&mut self, asked: &[Parameters]) -> Result<()> {
        self.prepare(asked);
        if !self.written.is_empty() {
            self.read_back()?;
        }
        self.arrange();
        Ok(())
    }

    fn memory(&self) -> usize {
        self.pairs.memory() + self.seen.capacity() * size_of::<Seen>()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        if self.keep == Keep::All {
            return Ok(());
        }
        let pairs = std::mem::replace(&mut self.pairs, KeySet::new(Seed::default()));
        let seen = std::mem::take(&mut self.seen);
        let pair = |(number, seen): (usize, Seen)| {
            let (group, text) = pairs.key(number).split_first_chunk()?;
            Some(Pair { group: u32::from_le_bytes(*group), text, about: seen.to_bytes() })
        };
        self.memory = Some(memory.clone());
        self.written.write(memory, seen.into_iter().enumerate().filter_map(pair))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
