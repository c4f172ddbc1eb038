//! The state of `collect`, `concat` and `nth`: all values of all groups in the order of their rows.
//!
//! While rows come in, values are appended to one log per thread; merging only takes note of the other log, and settling
//! sorts by group and row.

use std::any::Any;
use std::sync::Arc;

use crate::core::data::cell::Kind;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::integer::narrow;
use crate::process::aggregate::intake::{Item, each_value, value};
use crate::process::aggregate::{Accumulator, Intake, NO_GROUP, Parameters, State, own};

pub(super) const STATE: State = State { name: "collected", build: || Box::new(Collected::default()) };

/// All values, then where each group's are.
#[derive(Default)]
pub(super) struct Collected {
    groups: usize,
    log: Arc<Log>,
    /// Logs of other threads, each with the group here of each of its groups.
    others: Vec<(Arc<Log>, Vec<u32>)>,
    /// Log and position of each value, by group and row.
    order: Vec<(u32, u32)>,
    /// Where each group ends in the order.
    ends: Vec<usize>,
    asked: Vec<Parameters>,
}

/// Values with their groups and rows.
#[derive(Default)]
struct Log {
    entries: Vec<Entry>,
    text: Vec<u8>,
}

struct Entry {
    row: u64,
    group: u32,
    kind: Kind,
    end: usize,
}

impl Log {
    fn push(&mut self, group: u32, row: u64, item: Item<'_>) {
        let kind = match item {
            Item::Cell { kind, bytes } => {
                self.text.extend_from_slice(bytes);
                kind
            }
            Item::Number(number) => {
                number.write(&mut self.text);
                Kind::Number
            }
        };
        self.entries.push(Entry { row, group, kind, end: self.text.len() });
    }

    fn value(&self, at: usize) -> Value<'_> {
        let start = at.checked_sub(1).and_then(|before| self.entries.get(before)).map_or(0, |entry| entry.end);
        let Some(entry) = self.entries.get(at) else { return Value::Null };
        value(entry.kind, self.text.get(start..entry.end).unwrap_or_default())
    }
}

/// The settled state, to read from.
pub(super) fn of(state: &dyn Accumulator) -> Option<&Collected> {
    own(state)
}

impl Collected {
    /// The values of a group in the order of their rows.
    pub(super) fn values(&self, group: usize) -> impl Iterator<Item = Value<'_>> {
        let start = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let order = self.ends.get(group).and_then(|end| self.order.get(start..*end)).unwrap_or_default();
        order.iter().map(|(log, at)| match self.others.get(*log as usize) {
            Some((log, _)) => log.value(*at as usize),
            None => Value::Null,
        })
    }

    /// The parameters of an aggregate that reads.
    pub(super) fn parameters(&self, asked: usize) -> &[Value<'static>] {
        self.asked.get(asked).map_or(&[], Vec::as_slice)
    }
}

impl Accumulator for Collected {
    fn grow(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, intake: &Intake<'_>) {
        if let Some(log) = Arc::get_mut(&mut self.log) {
            each_value(intake, |group, row, item| log.push(group, row, item));
        }
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        self.others.push((Arc::clone(&other.log), into.to_vec()));
    }

    fn settle(&mut self, asked: &[Parameters]) -> Result<()> {
        self.asked = asked.to_vec();
        self.others.push((std::mem::take(&mut self.log), (0..narrow(self.groups)).collect()));
        let mut order: Vec<(u32, u64, u32, u32)> = Vec::new();
        self.ends = vec![0; self.groups];
        for (number, (log, into)) in (0_u32..).zip(&self.others) {
            for (at, entry) in (0_u32..).zip(&log.entries) {
                let group = into.get(entry.group as usize).copied().unwrap_or(NO_GROUP);
                if let Some(end) = self.ends.get_mut(group as usize) {
                    *end += 1;
                    order.push((group, entry.row, number, at));
                }
            }
        }
        order.sort_unstable();
        self.order = order.into_iter().map(|(_, _, log, at)| (log, at)).collect();
        let mut total = 0;
        for end in &mut self.ends {
            total += *end;
            *end = total;
        }
        Ok(())
    }

    fn memory(&self) -> usize {
        self.log.entries.capacity() * size_of::<Entry>() + self.log.text.capacity()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
