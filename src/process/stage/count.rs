//! `--count`: the number of records, in one record with the column `count`.

use std::any::Any;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::table::MemoryTable;
use crate::process::stage::{Columns, Gather, Gatherer, Needs, Operation, Scope, Stage, StageKind, Table};

pub(super) const ROW: Row<StageKind> = Row {
    name: "count",
    aliases: &[],
    usage: "--count",
    summary: "The number of records",
    examples: &[Example { input: "mytools process --count", output: "one record with the column count" }],
    item: StageKind { short: None, value: None, attach: &[], build: |_, _| Ok(Box::new(Count)) },
};

struct Count;

impl Stage for Count {
    fn explain(&self) -> String {
        "count records".to_string()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let gone = before.names.iter().map(|name| (Arc::clone(name), "--count".to_string()));
        let removed = before.removed.iter().cloned().chain(gone).filter(|(name, _)| &**name != "count").collect();
        Ok(Columns {
            names: vec!["count".into()],
            open: false,
            removed,
            asked: Arc::clone(&before.asked),
            ..Columns::default()
        })
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::only([])
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Gather(Box::new(Count)))
    }
}

impl Gather for Count {
    fn gatherer(&self) -> Result<Box<dyn Gatherer>> {
        Ok(Box::new(Counter { records: 0 }))
    }

    fn finish(&self, gathered: Vec<Box<dyn Gatherer>>) -> Result<Box<dyn Table>> {
        let counters = gathered.into_iter().filter_map(|gatherer| gatherer.into_any().downcast::<Counter>().ok());
        let records: i128 = counters.map(|counter| i128::from(counter.records)).sum();
        let mut table = MemoryTable::new(vec!["count".into()]);
        table.push([Value::Number(Number::int(records))]);
        Ok(Box::new(table))
    }
}

/// What one thread has counted.
struct Counter {
    records: u64,
}

impl Gatherer for Counter {
    fn take(&mut self, batch: Batch, scope: &mut Scope<'_>) -> Result<()> {
        self.records += batch.selected() as u64;
        scope.scratch.recycle(batch);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
