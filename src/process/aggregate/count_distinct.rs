//! `count_distinct(x)`: how many different values there are, compared as text like keys.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::exec::memory::Memory;
use crate::core::registry::{Example, Row};
use crate::process::aggregate::extreme::item_text;
use crate::process::aggregate::intake::{Item, each_value};
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::aggregate::marks::{self, Marks};
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

/// What one thread has taken in: marks while there are few values, and pairs of group and value, the group's number in
/// [`GROUP`] bytes, then the text.
struct Taken {
    marks: Option<Marks>,
    pairs: Multiset,
}

/// The values of all groups.
struct Distinct {
    taken: Arc<Taken>,
    /// What other threads took in, each with the group here of each of its groups.
    others: Vec<(Arc<Taken>, Vec<u32>)>,
    /// Once it is settled, for each group the number of its values.
    counts: Vec<u64>,
    pair: Vec<u8>,
}

/// Bytes of a group's number.
const GROUP: usize = 4;

impl Taken {
    fn new() -> Self {
        Self { marks: Some(Marks::new()), pairs: Multiset::with_prefix(Seed::default(), GROUP) }
    }

    /// Turns marks into pairs.
    fn leave_marks(&mut self) {
        if let Some(mut marks) = self.marks.take() {
            marks.set();
            add_pairs(&marks, None, &mut self.pairs);
        }
    }

    /// Takes a value of a group in; `pair` is room to put them together.
    #[inline]
    fn add(&mut self, group: u32, row: u64, text: &[u8], pair: &mut Vec<u8>) {
        if let Some(marks) = &mut self.marks {
            if marks.add(group, text).is_ok() {
                return;
            }
            self.leave_marks();
        }
        put(group, text, pair);
        self.pairs.insert(pair, Seen::once(row, Kind::Bare));
    }

    fn memory(&self) -> usize {
        self.pairs.memory() + self.marks.as_ref().map_or(0, Marks::memory)
    }
}

/// Adds the pairs that are marked, those of groups that are mapped to one where that is told.
fn add_pairs(marks: &Marks, into: Option<&[u32]>, pairs: &mut Multiset) {
    let mut pair = Vec::new();
    marks.each(|group, text| {
        if into.is_some_and(|into| into.get(group as usize).is_none_or(|group| *group == NO_GROUP)) {
            return;
        }
        put(group, text, &mut pair);
        pairs.insert(&pair, Seen::once(0, Kind::Bare));
    });
}

/// A pair in place of what `pair` held.
#[inline]
fn put(group: u32, text: &[u8], pair: &mut Vec<u8>) {
    pair.clear();
    pair.extend_from_slice(&group.to_le_bytes());
    pair.extend_from_slice(text);
}

impl Distinct {
    fn new() -> Self {
        Self { taken: Arc::new(Taken::new()), others: Vec::new(), counts: Vec::new(), pair: Vec::new() }
    }

    /// Counts pairs; marks are turned into pairs before.
    fn count_pairs(&mut self, all: &[(Arc<Taken>, Option<Vec<u32>>)]) -> Result<()> {
        let unmarked: Vec<(Multiset, &Option<Vec<u32>>)> = all
            .iter()
            .filter_map(|(taken, into)| {
                let mut pairs = Multiset::with_prefix(Seed::default(), GROUP);
                add_pairs(taken.marks.as_ref()?, into.as_deref(), &mut pairs);
                Some((pairs, into))
            })
            .collect();
        let listed = all.iter().map(|(taken, into)| (&taken.pairs, into));
        let (multisets, maps): (Vec<&Multiset>, Vec<&Option<Vec<u32>>>) =
            listed.chain(unmarked.iter().map(|(pairs, into)| (pairs, *into))).unzip();
        let here = RefCell::new(KeySet::new(Seed::default()));
        self.counts.fill(0);
        let (counts, key) = (&mut self.counts, &mut self.pair);
        let take = |at: usize, pair: &[u8], _| {
            let Some((group, text)) = pair.split_first_chunk() else { return };
            let mut group = u32::from_le_bytes(*group);
            if let Some(Some(into)) = maps.get(at) {
                group = into.get(group as usize).copied().unwrap_or(NO_GROUP);
            }
            let Some(count) = counts.get_mut(group as usize) else { return };
            put(group, text, key);
            let mut here = here.borrow_mut();
            let (packed, before) = (here.pack(key), here.len());
            here.insert(packed, || key);
            *count += u64::from(here.len() > before);
        };
        each_part(&multisets, take, || here.borrow_mut().clear())
    }
}

/// How many values each group has, where all that was taken in is marked.
fn count_marks(all: &[(Arc<Taken>, Option<Vec<u32>>)], groups: usize) -> Option<Vec<u64>> {
    let marks: Option<Vec<_>> =
        all.iter().map(|(taken, into)| Some((taken.marks.as_ref()?, into.as_deref()))).collect();
    marks::count(&marks?, groups)
}

impl Accumulator for Distinct {
    fn grow(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        let Self { taken, pair, counts, .. } = self;
        let Some(taken) = Arc::get_mut(taken) else { return };
        if taken.marks.as_mut().is_some_and(|marks| marks.expect(counts.len(), intake.rows.len()).is_err()) {
            taken.leave_marks();
        }
        each_value(intake, |group, row, item| match item {
            Item::Cell { kind: Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text | Kind::Nested, bytes } => {
                taken.add(group, row, bytes, pair);
            }
            item => taken.add(group, row, &item_text(item), pair),
        });
        if let Some(marks) = &mut taken.marks {
            marks.set();
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.others.push((Arc::clone(&other.taken), into.to_vec()));
        for (taken, theirs) in &other.others {
            let group = |there: &u32| into.get(*there as usize).copied().unwrap_or(NO_GROUP);
            self.others.push((Arc::clone(taken), theirs.iter().map(group).collect()));
        }
    }

    fn settle(&mut self, _: &[Parameters]) -> Result<()> {
        let own = std::mem::replace(&mut self.taken, Arc::new(Taken::new()));
        let mut all: Vec<(Arc<Taken>, Option<Vec<u32>>)> = vec![(own, None)];
        all.extend(std::mem::take(&mut self.others).into_iter().map(|(taken, into)| (taken, Some(into))));
        if let Some(counts) = count_marks(&all, self.counts.len()) {
            self.counts = counts;
            return Ok(());
        }
        self.count_pairs(&all)
    }

    fn memory(&self) -> usize {
        self.taken.memory() + self.counts.capacity() * size_of::<u64>()
    }

    fn spill(&mut self, memory: &Memory) -> Result<()> {
        Arc::get_mut(&mut self.taken).map_or(Ok(()), |taken| {
            taken.leave_marks();
            taken.pairs.spill(memory)
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
