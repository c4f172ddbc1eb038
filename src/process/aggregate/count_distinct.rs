//! `count_distinct(x)`: how many different values there are, compared as text like keys.

use std::any::Any;

use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::{Item, each_value};
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::pairs::{Pair, Pairs};
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, Parameters, State, own};

pub(super) const ROW: Row<Aggregate> = Row {
    name: "count_distinct",
    aliases: &["distinct"],
    usage: "count_distinct(x)",
    summary: "The number of different values, compared as text; null is none",
    examples: &[Example { input: "count_distinct(x) of a, b, null, a", output: "2" }],
    item: Aggregate {
        arguments: &[Argument::Value],
        optional: 0,
        preset: None,
        state: State { name: "count_distinct", build: || Box::new(Distinct::new()) },
        read: |state, group, _| {
            let count = own::<Distinct>(state).and_then(|state| state.counts.get(group)).copied().unwrap_or(0);
            Value::Number(Number::int(i128::from(count)))
        },
    },
};

/// All pairs of group and value, in one set: the group's number in four bytes, then the text.
struct Distinct {
    pairs: KeySet,
    counts: Vec<u64>,
    pair: Vec<u8>,
    /// Pairs that memory did not hold; while there are any, the counts mean nothing until they are settled.
    written: Pairs,
    /// The memory that was too small.
    memory: Option<Memory>,
}

impl Distinct {
    fn new() -> Self {
        Self {
            pairs: KeySet::new(Seed::default()),
            counts: Vec::new(),
            pair: Vec::new(),
            written: Pairs::default(),
            memory: None,
        }
    }

    #[inline]
    fn add(&mut self, group: u32, write: impl FnOnce(&mut Vec<u8>)) {
        self.pair.clear();
        self.pair.extend_from_slice(&group.to_le_bytes());
        write(&mut self.pair);
        let (packed, before) = (self.pairs.pack(&self.pair), self.pairs.len());
        self.pairs.insert(packed, || &self.pair);
        if self.pairs.len() > before
            && let Some(count) = self.counts.get_mut(group as usize)
        {
            *count += 1;
        }
    }
}

impl Accumulator for Distinct {
    fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_value(intake, |group, _, item| match item {
            Item::Cell { kind: Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text | Kind::Nested, bytes } => {
                self.add(group, |pair| pair.extend_from_slice(bytes));
            }
            Item::Cell { kind, bytes } => self.add(group, |pair| pair.extend_from_slice(&text(kind, bytes))),
            Item::Number(number) => self.add(group, |pair| number.write(pair)),
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.written.merge(&other.written, into);
        self.memory = self.memory.take().or_else(|| other.memory.clone());
        for number in 0..other.pairs.len() {
            let Some((group, text)) = other.pairs.key(number).split_first_chunk() else { continue };
            let group = into.get(u32::from_le_bytes(*group) as usize).copied().unwrap_or(NO_GROUP);
            if group != NO_GROUP {
                self.add(group, |pair| pair.extend_from_slice(text));
            }
        }
    }

    fn settle(&mut self, _: &[Parameters]) -> Result<()> {
        if self.written.is_empty() {
            return Ok(());
        }
        if let Some(memory) = self.memory.take() {
            self.spill(&memory)?;
        }
        self.counts.fill(0);
        let counts = &mut self.counts;
        let mut text = Vec::new();
        let take = |set: &mut Option<KeySet>, pair: Pair<'_, 0>| {
            let set = set.get_or_insert_with(|| KeySet::new(Seed::default()));
            text.clear();
            text.extend_from_slice(&pair.group.to_le_bytes());
            text.extend_from_slice(pair.text);
            let before = set.len();
            set.insert(set.pack(&text), || &text);
            if set.len() > before
                && let Some(count) = counts.get_mut(pair.group as usize)
            {
                *count += 1;
            }
        };
        self.written.each(take, drop)
    }

    fn memory(&self) -> usize {
        self.pairs.memory() + self.counts.capacity() * size_of::<u64>()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        let pairs = std::mem::replace(&mut self.pairs, KeySet::new(Seed::default()));
        let pair = |number| {
            let (group, text) = pairs.key(number).split_first_chunk()?;
            Some(Pair { group: u32::from_le_bytes(*group), text, about: [] })
        };
        self.memory = Some(memory.clone());
        self.written.write(memory, (0..pairs.len()).filter_map(pair))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
