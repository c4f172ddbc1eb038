//! `--union FILE`: the records of another file behind those that reach the stage.

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::{Columns, Gather, Needs, Operation, Second, Setup, Stage, StageKind, Written};

use std::collections::HashSet;
use std::ffi::OsString;
use std::sync::{Arc, OnceLock};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "union",
    aliases: &[],
    usage: "--union FILE",
    summary: "Put another file's records behind these; columns go by name; a glob or directory gives several files",
    examples: &[Example {
        input: "mytools process -w 'status >= 500' --union old-errors.csv",
        output: "the errors, then the records of old-errors.csv",
    }],
    item: StageKind { short: None, value: Some("FILE"), attach: &[], build },
};

#[expect(clippy::unnecessary_wraps, reason = "the table's type")]
fn build(written: &Written, _: &Setup) -> Result<Box<dyn Stage>> {
    Ok(Box::new(Union { paths: vec![written.path()], met: OnceLock::new() }))
}

struct Union {
    paths: Vec<OsString>,
    met: OnceLock<Columns>,
}

impl Stage for Union {
    fn explain(&self) -> String {
        format!("add the records of {}", self.paths.first().map(|path| path.to_string_lossy()).unwrap_or_default())
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let mut after = before.clone();
        let Some(met) = self.met.get() else { return Ok(after) };
        let mut known: HashSet<Arc<str>> = after.names.iter().cloned().collect();
        after.names.extend(met.names.iter().filter(|name| known.insert(Arc::clone(name))).cloned());
        after.open |= met.open;
        after.removed.retain(|(name, _)| !known.contains(name));
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Union)
    }

    fn second(&self) -> Option<&dyn Second> {
        Some(self)
    }
}

impl Second for Union {
    fn paths(&self) -> &[OsString] {
        &self.paths
    }

    fn meet(&self, columns: &Columns) -> Result<()> {
        let _ = self.met.set(columns.clone());
        Ok(())
    }

    fn needs(&self, after: &Needs) -> Needs {
        after.clone()
    }

    fn gather(&self) -> Option<Box<dyn Gather>> {
        None
    }
}
