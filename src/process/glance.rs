//! A glance at a plan, for Tab completion: which columns there are behind its stages.
//!
//! Nothing is waited for and nothing fails: only regular files are opened, only their heads are read, and a stage that
//! cannot be planned is passed over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::data::value::Value;
use crate::core::format::json::path::members;
use crate::core::input::expand::Input;
use crate::core::registry::find;
use crate::process::plan::Request;
use crate::process::prepared::{Prepared, format_by_name, prepare};
use crate::process::stage::{Columns, STAGES, Setup, Stage};

/// Most inputs that are looked at.
const INPUTS: usize = 4;

/// Most entries of a directory that are looked at to find one data file.
const ENTRIES: usize = 10_000;

/// Most records of a sample whose nested values are looked into, and how deep.
const RECORDS: usize = 100;
const LEVELS: usize = 4;

/// What can be named behind the stages of a request.
#[derive(Debug, Default)]
pub(crate) struct Glance {
    /// The columns, in order.
    pub(crate) columns: Vec<Arc<str>>,
    /// Paths into their values as they are written (`a.b`, `a["odd name"]`), in order of the text.
    pub(crate) paths: BTreeSet<String>,
}

/// Looks at the heads of a request's inputs and at its stages.
pub(crate) fn glance(request: &Request) -> Glance {
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut paths = BTreeSet::new();
    let files = request.inputs.iter().filter_map(|input| regular_file(Path::new(input)));
    for path in files.take(INPUTS) {
        let Ok(mut prepared) = prepare(&Input::File(path), 0, request.from.as_deref(), &request.read) else { continue };
        for name in columns_of(&mut prepared, &mut paths) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let before = Columns { names, ..Columns::default() };
    let columns = behind(request, before);
    paths.retain(|path| columns.iter().any(|name| path.starts_with(&**name)));
    Glance { columns, paths }
}

/// The file to look at: the path itself, or the first data file of a directory, by name.
fn regular_file(path: &Path) -> Option<PathBuf> {
    let kind = std::fs::metadata(path).ok()?;
    if kind.is_file() {
        return Some(path.to_path_buf());
    }
    if !kind.is_dir() {
        return None;
    }
    let readable = |path: &PathBuf| is_data(path) && path.is_file();
    let entries = std::fs::read_dir(path).ok()?.take(ENTRIES).filter_map(|entry| Some(entry.ok()?.path()));
    entries.filter(readable).min()
}

/// Whether a name is that of a data file, compressed or not.
pub(crate) fn is_data(path: &Path) -> bool {
    format_by_name(path).is_some_and(|format| format.item.reader.is_some())
}

fn columns_of(prepared: &mut Prepared, paths: &mut BTreeSet<String>) -> Vec<Arc<str>> {
    if let Some(columns) = &prepared.columns {
        return columns.clone();
    }
    let batch = prepared.sample();
    for (index, column) in batch.columns.iter().enumerate() {
        for row in 0..batch.rows.min(RECORDS) {
            if let Value::Nested(json) = batch.value(index, row) {
                nested(&column.name, &json, LEVELS, paths);
            }
        }
    }
    batch.columns.into_iter().map(|column| column.name).collect()
}

/// Adds the paths of an object's members.
fn nested(prefix: &str, json: &[u8], levels: usize, paths: &mut BTreeSet<String>) {
    for (key, value) in members(json) {
        let Ok(key) = std::str::from_utf8(&key) else { continue };
        let plain = !key.is_empty() && key.chars().all(|part| part.is_alphanumeric() || part == '_');
        let path = if plain { format!("{prefix}.{key}") } else { format!("{prefix}[{key:?}]") };
        if let (Value::Nested(inner), true) = (&value, levels > 1) {
            nested(&path, inner, levels - 1, paths);
        }
        paths.insert(path);
    }
}

/// The columns behind the stages, as far as these can be planned.
fn behind(request: &Request, before: Columns) -> Vec<Arc<str>> {
    let setup = Setup { env: Arc::new(request.env.clone()), ..Setup::default() };
    let mut columns = before;
    for written in &request.stages {
        let built = find(STAGES, &written.flag).and_then(|row| (row.item.build)(written, &setup).ok());
        if let Some(after) = built.and_then(|stage: Box<dyn Stage>| stage.columns(&columns).ok()) {
            columns = after;
        }
    }
    columns.names
}
