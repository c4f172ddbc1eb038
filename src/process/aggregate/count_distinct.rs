//! `count_distinct(x)`: how many different values there are, compared as text like keys.

use std::any::Any;
use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::intake::{Item, each_value};
use crate::process::aggregate::kept::text;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::multiset::{Multiset, Seen, each_part};
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

/// All pairs of group and value: the group's number in [`GROUP`] bytes, then the text.
struct Distinct {
    pairs: Arc<Multiset>,
    /// Pairs of other threads, each with the group here of each of its groups.
    others: Vec<(Arc<Multiset>, Vec<u32>)>,
    /// Once it is settled, for each group the number of its values.
    counts: Vec<u64>,
    pair: Vec<u8>,
}

/// Bytes of a group's number.
const GROUP: usize = 4;

impl Distinct {
    fn new() -> Self {
        let pairs = Arc::new(Multiset::with_prefix(Seed::default(), GROUP));
        Self { pairs, others: Vec::new(), counts: Vec::new(), pair: Vec::new() }
    }
}

impl Accumulator for Distinct {
    fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        let Self { pairs, pair, .. } = self;
        let Some(pairs) = Arc::get_mut(pairs) else { return };
        each_value(intake, |group, row, item| {
            pair.clear();
            pair.extend_from_slice(&group.to_le_bytes());
            match item {
                Item::Cell { kind: Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text | Kind::Nested, bytes } => {
                    pair.extend_from_slice(bytes);
                }
                Item::Cell { kind, bytes } => pair.extend_from_slice(&text(kind, bytes)),
                Item::Number(number) => number.write(pair),
            }
            pairs.insert(pair, Seen::once(row, Kind::Bare));
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.others.push((Arc::clone(&other.pairs), into.to_vec()));
        for (pairs, theirs) in &other.others {
            let group = |there: &u32| into.get(*there as usize).copied().unwrap_or(NO_GROUP);
            self.others.push((Arc::clone(pairs), theirs.iter().map(group).collect()));
        }
    }

    fn settle(&mut self, _: &[Parameters]) -> Result<()> {
        let mut all: Vec<(Arc<Multiset>, Option<Vec<u32>>)> = vec![(Arc::clone(&self.pairs), None)];
        all.extend(std::mem::take(&mut self.others).into_iter().map(|(pairs, into)| (pairs, Some(into))));
        let multisets: Vec<&Multiset> = all.iter().map(|(pairs, _)| &**pairs).collect();
        let here = std::cell::RefCell::new(KeySet::new(Seed::default()));
        self.counts.fill(0);
        let (counts, key) = (&mut self.counts, &mut self.pair);
        let take = |at: usize, pair: &[u8], _| {
            let Some((group, text)) = pair.split_first_chunk() else { return };
            let mut group = u32::from_le_bytes(*group);
            if let Some((_, Some(into))) = all.get(at) {
                group = into.get(group as usize).copied().unwrap_or(NO_GROUP);
            }
            let Some(count) = counts.get_mut(group as usize) else { return };
            key.clear();
            key.extend_from_slice(&group.to_le_bytes());
            key.extend_from_slice(text);
            let mut here = here.borrow_mut();
            let (packed, before) = (here.pack(key), here.len());
            here.insert(packed, || key);
            *count += u64::from(here.len() > before);
        };
        each_part(&multisets, take, || here.borrow_mut().clear())?;
        self.pairs = Arc::new(Multiset::with_prefix(Seed::default(), GROUP));
        Ok(())
    }

    fn memory(&self) -> usize {
        self.pairs.memory() + self.counts.capacity() * size_of::<u64>()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        Arc::get_mut(&mut self.pairs).map_or(Ok(()), |pairs| pairs.spill(memory))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
