//! `--flatten`: the members of objects as columns of their own, `a.b`, as flat formats get them.

use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::format::flatten::flatten;
use crate::core::registry::{Example, Row};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Stage, StageKind};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "flatten",
    aliases: &[],
    usage: "--flatten",
    summary: "Spread objects over columns named a.b; arrays stay as they are",
    examples: &[Example { input: "mytools process --flatten", output: "{\"a.b\": 1} of {\"a\": {\"b\": 1}}" }],
    item: StageKind { short: None, value: None, attach: &[], build: |_, _| Ok(Box::new(Flatten)) },
};

struct Flatten;

impl Stage for Flatten {
    fn explain(&self) -> String {
        "flatten objects".to_string()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        // Which members objects have is only known while reading.
        Ok(Columns { open: true, asked: Arc::clone(&before.asked), ..before.clone() })
    }

    fn needs(&self, _: Needs) -> Needs {
        Needs::All
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Flatten)))
    }
}

impl Rows for Flatten {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        if let Err(failure) = flatten(batch) {
            scope.fail(batch, failure);
            flatten(batch).map_err(|failure| failure.error)?;
        }
        Ok(())
    }
}
