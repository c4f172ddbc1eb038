//! Runs single stages on batches, for tests.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::testing::lines;
use crate::core::error::Result;
use crate::core::format::Scratch;
use crate::core::registry::find;
use crate::process::stage::{Columns, Operation, STAGES, Scope, Setup, Stage, Written};

/// A stage as written.
pub(crate) fn stage(flag: &str, value: &str) -> Result<Box<dyn Stage>> {
    stage_with(flag, value, &[])
}

/// A stage with attached flags.
pub(crate) fn stage_with(flag: &str, value: &str, attached: &[(&str, &str)]) -> Result<Box<dyn Stage>> {
    let attached = attached.iter().map(|(flag, value)| ((*flag).to_string(), (*value).to_string())).collect();
    let written = Written { flag: flag.to_string(), value: value.to_string(), attached, odd: None };
    (find(STAGES, flag).unwrap().item.build)(&written, &Setup { threads: 2, ..Setup::default() })
}

/// Known columns.
pub(crate) fn columns(names: &[&str]) -> Columns {
    Columns { names: names.iter().map(|name| Arc::from(*name)).collect(), ..Columns::default() }
}

/// The columns of inputs that do not say.
pub(crate) fn open() -> Columns {
    Columns { open: true, ..Columns::default() }
}

/// What a stage makes of batches. Gathering ones see them on three threads, so to speak.
pub(crate) fn apply(stage: &dyn Stage, batches: Vec<Batch>) -> Vec<Batch> {
    let mut scratch = Scratch::default();
    let mut results = Vec::new();
    match stage.operation().unwrap() {
        Operation::Rows(rows) => {
            for (seq, mut batch) in batches.into_iter().enumerate() {
                let mut scope = Scope::new(seq as u64, &mut scratch);
                rows.apply(&mut batch, &mut scope).unwrap();
                results.push(batch);
            }
        }
        Operation::Append(..) | Operation::Union => {
            unreachable!("stages with two inputs are tested through the binary")
        }
        Operation::Gather(gather) => {
            let mut gatherers = BTreeMap::new();
            for (seq, batch) in batches.into_iter().enumerate() {
                let gatherer = gatherers.entry(seq * 7 % 3).or_insert_with(|| gather.gatherer().unwrap());
                let mut scope = Scope::new(seq as u64, &mut scratch);
                gatherer.take(batch, &mut scope).unwrap();
            }
            let table = gather.finish(gatherers.into_values().collect()).unwrap();
            results.extend(table.all(&mut scratch).unwrap());
        }
    }
    results
}

/// What a stage makes of batches that all have the columns of the first, as lines.
pub(crate) fn on_batches(flag: &str, value: &str, batches: Vec<Batch>) -> Vec<String> {
    let stage = stage(flag, value).unwrap();
    let before = match batches.first() {
        Some(batch) if batch.shapes.is_none() => Columns {
            names: batch.columns.iter().map(|column| Arc::clone(&column.name)).collect(),
            ..Columns::default()
        },
        _ => open(),
    };
    stage.columns(&before).unwrap();
    apply(&*stage, batches).iter().flat_map(lines).collect()
}
