//! `--skip`: all records but the first.

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::exec::cancel::Cancel;
use crate::core::registry::{Example, Row};
use crate::process::stage::names::count;
use crate::process::stage::numbering::{Numbering, keep};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "skip",
    aliases: &["offset"],
    usage: "--skip N",
    summary: "Leave out the first N records",
    examples: &[Example { input: "mytools process --skip 100 -n 10", output: "records 101 to 110" }],
    item: StageKind { short: None, value: Some("N"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    Ok(Box::new(Skip { number: count(&written.value, "skip")?, cancel: setup.cancel.clone() }))
}

struct Skip {
    number: u64,
    cancel: Cancel,
}

impl Stage for Skip {
    fn explain(&self) -> String {
        format!("skip the first {}", self.number)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Skipping { number: self.number, numbering: Numbering::new(&self.cancel) })))
    }
}

struct Skipping {
    number: u64,
    numbering: Numbering,
}

impl Rows for Skipping {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let before = self.numbering.before(batch, scope.seq)?;
        let from = usize::try_from(self.number.saturating_sub(before)).unwrap_or(usize::MAX);
        keep(batch, from..usize::MAX, scope);
        Ok(())
    }
}
