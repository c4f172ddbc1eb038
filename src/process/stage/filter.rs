//! `--where`: keeps the records for which a condition holds.

use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::registry::{Example, Row, names};
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::{Parsed, Program, Tally, check_columns, parse};
use crate::process::stage::numbering::Numbering;
use crate::process::stage::remarks::Told;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "where",
    aliases: &["filter"],
    usage: "-w/--where EXPR",
    summary: "Keep the records for which a condition holds",
    examples: &[Example {
        input: "mytools process -w 'ms > 100 and host != \"b\"'",
        output: "the records of host a and others that took more than 100",
    }],
    item: StageKind { short: Some('w'), value: Some("EXPR"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let aggregates: Vec<&str> = names(AGGREGATES).collect();
    let parsed = parse(&written.value)?;
    let program = Arc::new(Program::predicate(&parsed, &setup.env, &aggregates)?);
    Ok(Box::new(Filter { text: written.value.clone(), parsed, program, cancel: setup.cancel.clone() }))
}

struct Filter {
    text: String,
    parsed: Parsed,
    program: Arc<Program>,
    cancel: Cancel,
}

impl Stage for Filter {
    fn explain(&self) -> String {
        format!("keep records where {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        check_columns(&self.parsed, |name| before.check(name))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        match self.program.columns() {
            Some(names) => after.and(names.iter().cloned()),
            None => Needs::All,
        }
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let numbering = self.program.counts_rows().then(|| Numbering::new(&self.cancel));
        let program = Arc::clone(&self.program);
        Ok(Operation::Rows(Box::new(Filtering { program, numbering, told: Told::default() })))
    }
}

struct Filtering {
    program: Arc<Program>,
    numbering: Option<Numbering>,
    told: Told<Tally>,
}

impl Rows for Filtering {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let mut tally = Tally::default();
        Numbering::numbered(self.numbering.as_ref(), batch, scope.seq, |batch| {
            self.program.filter(batch, &mut tally);
            Ok(())
        })?;
        if let Some(failure) = self.program.failure(&tally) {
            scope.fail(batch, failure);
        }
        self.told.add(tally, &mut scope.remarks);
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        self.told.look(|tally| self.program.notes(tally))
    }
}
