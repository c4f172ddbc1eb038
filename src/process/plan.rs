//! From what the user asked for to what is run.
//!
//! A [`Request`] is the command line in types. Planning looks at the inputs, builds the stages, checks the columns
//! from stage to stage, and works out which columns must be decoded; `parts` runs what comes of it.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::data::time::Zone;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::memory::Memory;
use crate::core::format::{Encoder, FORMATS, Format, Infer, Projection, ReadOptions, WriteOptions, encoder, named};
use crate::core::input::blocks::BLOCK_SIZE;
use crate::core::input::decompress;
use crate::core::input::expand::{expand, listed};
use crate::core::input::select::Listed;
use crate::core::integer::narrow;
use crate::core::output::naming::Naming;
use crate::core::output::writer::Writer;
use crate::core::registry::{Row, did_you_mean, find};
use crate::core::terminal::progress::Bar;
use crate::core::text::escape::escape_controls;
use crate::process::expr::Env;
use crate::process::flags;
use crate::process::parts::{Feeds, Plan};
use crate::process::prepared::{Prepared, format_by_name, prepare};
use crate::process::seconds::{Looked, Making, Seconds, look, numbered};
use crate::process::sink::Encoding;
use crate::process::source::Inputs;
use crate::process::split::{Split, Splitter};
use crate::process::stage::names::suggestion;
use crate::process::stage::{Columns, Needs, STAGES, Setup, Stage, Written};

/// Inputs that are kept open from the look at their heads on; more are opened again.
const OPEN_INPUTS: usize = 64;

/// What to do, as the command line says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// Files, globs, directories, `-`.
    pub(crate) inputs: Vec<OsString>,
    /// A list of further ones.
    pub(crate) listed: Option<Listed>,
    /// The stages in the order written.
    pub(crate) stages: Vec<Written>,
    /// The format of the inputs, where told.
    pub(crate) from: Option<String>,
    /// The format of the output, where told; `same` is that of the first input.
    pub(crate) format: Option<String>,
    /// The output file; none where the writer is given.
    pub(crate) output: Option<PathBuf>,
    /// Whether the writer is standard output, which must not be read.
    pub(crate) prints: bool,
    /// How output is split into files.
    pub(crate) split: Option<Split>,
    /// How inputs are read.
    pub(crate) read: ReadOptions,
    /// The flags written that say something about single formats.
    pub(crate) given: Vec<String>,
    /// The column that names the input of each record, where one is wanted.
    pub(crate) source_col: Option<String>,
    /// Where records that break the rules of their format are kept.
    pub(crate) rejects: Option<PathBuf>,
    /// How output is written.
    pub(crate) write: WriteOptions,
    /// Print the plan instead of running it.
    pub(crate) explain: bool,
    /// What expressions see of the outside.
    pub(crate) env: Env,
    /// Number of threads.
    pub(crate) threads: usize,
    /// The memory that stages may hold.
    pub(crate) memory: Memory,
    /// Bytes of a block; a default where none.
    pub(crate) block_size: Option<usize>,
    /// How output files take their names.
    pub(crate) naming: Naming,
    /// Whether somebody watches the output as it comes.
    pub(crate) prompt: bool,
    /// Shows how far the run is; taken away before output that somebody watches.
    pub(crate) progress: Option<Arc<Bar>>,
}

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Records written.
    pub(crate) records: u64,
}

/// Runs a request; its output goes to `writer`, what went wrong to `diagnostics`.
///
/// Errors that leave nothing to run are returned; others are reported, and the rest is done.
pub(crate) fn run(request: &Request, writer: &mut Writer, diagnostics: &Diagnostics) -> Result<Outcome> {
    let cancel = Cancel::default();
    let setup = Setup {
        env: Arc::new(request.env.clone()),
        cancel: cancel.clone(),
        threads: request.threads,
        memory: request.memory.clone(),
    };
    Zone::new(request.env.tz.as_deref(), request.env.year)?;
    let stages = request.stages.iter().map(|written| build(written, &setup)).collect::<Result<Vec<_>>>()?;
    let mut inputs = look_at_inputs(request, diagnostics)?;
    if inputs.is_empty() && diagnostics.had_errors() {
        // Nothing could be opened: there is nothing to check the plan against, and no answer.
        return Ok(Outcome { records: 0 });
    }
    let (mut before, header) = columns_of(&inputs);
    add_source(request, &mut before)?;
    let header = header.filter(|_| request.source_col.is_none());
    let looked = look(&stages, request, &inputs)?;
    let (after, own) = check(&stages, &before, &looked)?;
    check_schema(request, &after, diagnostics);
    let known = (!after.open).then(|| after.names.clone());
    let (format, encoder) = output(request, inputs.first())?;
    let formats = inputs.iter().chain(looked.iter().flatten().flat_map(Looked::inputs)).map(|input| input.format);
    flags::check(&request.given, &formats.collect::<Vec<_>>(), format)?;
    let header = header.filter(|_| after.names == before.names);
    if let Some(Split::By(column)) = &request.split {
        after.check(column)?;
    }
    let needs = needs(&stages, encoder.as_ref(), (&inputs, request), &after);
    let copies = copies(encoder.as_ref(), (&inputs, request), &after);
    let mut projection = projected(needs.first().cloned().unwrap_or(Needs::All), copies);
    let header = header.map(|header| ended(header, needs.first()));
    if request.explain {
        let text = explain(&stages, (&inputs, &looked), &projection, format.name);
        writer.put(text.as_bytes())?;
        return Ok(Outcome { records: 0 });
    }
    for note in inputs.iter_mut().flat_map(|input| std::mem::take(&mut input.notes)) {
        diagnostics.emit(&note);
    }
    let source_col = source_wanted(request.source_col.as_deref(), &mut projection);
    let wanted = before.asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    let sampled = match inputs.iter_mut().find(|input| input.columns.is_none()) {
        Some(input) if !wanted.is_empty() => input.sampled_columns(),
        _ => Vec::new(),
    };
    let behind: Vec<Needs> = needs.into_iter().skip(1).collect();
    let making = Making {
        needs: &behind,
        all: all_of(&after, encoder.as_ref()),
        encoder: encoder.as_ref(),
        columns: &after.names,
        wanted: &wanted,
    };
    let seconds = Seconds::new(looked, &stages, &making, request, (&cancel, diagnostics));
    let block_size = request.block_size.unwrap_or(BLOCK_SIZE);
    let rejects = rejects(request)?;
    let main = Inputs::new(inputs, projection, wanted, block_size, &cancel)
        .shown_by(request.progress.clone())
        .written_as(format)
        .ahead_with(request.threads, request.memory.limit() / 4)
        .rejecting_to(rejects)
        .naming_in(source_col);
    let feeds = Feeds { main, own, seconds };
    let splitter = request.split.clone().map(|split| Splitter::new(split, &cancel));
    let encoding = Encoding::new(encoder, known, &cancel).split_by(splitter).waiting_in(request.memory.directory());
    let plan = Plan::new(&stages, &behind, encoding, header)?;
    plan.carry_out(feeds, (writer, request), &sampled, (&cancel, diagnostics))
}

/// The error for a column that no record has, with the columns that the first ones have.
pub(crate) fn unknown(name: &str, sampled: &[Arc<str>]) -> Problem {
    let hint = suggestion(name, sampled, "the records have no columns");
    Problem::new(Code::UnknownColumn, format!("no record has column '{name}'")).hint(hint)
}

/// Extensions of the formats that can be read.
pub(crate) fn readable() -> Vec<&'static str> {
    let rows = FORMATS.iter().filter(|row| row.item.reader.is_some());
    rows.flat_map(|row| row.item.extensions.iter().copied()).collect()
}

/// Tells of columns of `--schema` that the output does not have.
fn check_schema(request: &Request, after: &Columns, diagnostics: &Diagnostics) {
    for name in request.write.text_columns.iter().filter(|_| !after.open) {
        if !after.names.iter().any(|known| **known == **name) {
            let note = Problem::note(format!("--schema names '{name}', which is no column of the output"));
            let hint = did_you_mean(name, after.names.iter().map(|name| &**name));
            diagnostics.emit(&hint.into_iter().fold(note, Problem::hint));
        }
    }
}

/// Builds a stage as written.
fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let row = find(STAGES, &written.flag)
        .ok_or_else(|| Error::from(Problem::new(Code::Usage, format!("unknown stage '--{}'", written.flag))))?;
    (row.item.build)(written, setup)
}

/// Opens all inputs and looks at their heads. Those that cannot be opened are reported and left out.
fn look_at_inputs(request: &Request, diagnostics: &Diagnostics) -> Result<Vec<Prepared>> {
    let mut prepared = Vec::new();
    let mut inputs = request.inputs.clone();
    if let Some(list) = &request.listed {
        inputs.extend(listed(list)?);
    }
    let expansion = expand(&inputs, &readable())?;
    for problem in &expansion.problems {
        diagnostics.emit(problem);
    }
    for (index, input) in expansion.inputs.iter().enumerate() {
        if request.prints && input.is_stdout() {
            let problem = Problem::new(Code::Io, "is the output too, so it is not read").at_path(input.name());
            diagnostics.emit(&problem.hint("-o FILE may be an input"));
            continue;
        }
        match prepare(input, narrow(index), request.from.as_deref(), &request.read) {
            Ok(mut looked) => {
                if prepared.len() >= OPEN_INPUTS {
                    looked.close(input, request.from.as_deref(), &request.read);
                }
                prepared.push(looked);
            }
            Err(problem) if problem.code == Code::Usage => return Err(problem.into()),
            Err(problem) => diagnostics.emit(&problem),
        }
    }
    Ok(prepared)
}

/// The file for records that break the rules. It must not take the place of an input or of the output.
fn rejects(request: &Request) -> Result<Option<Writer>> {
    let Some(path) = request.rejects.as_deref() else { return Ok(None) };
    let same = |other: &Path| {
        other == path || path.canonicalize().is_ok_and(|path| other.canonicalize().is_ok_and(|other| other == path))
    };
    let inputs = request.inputs.iter().map(Path::new);
    if inputs.chain(request.output.as_deref()).any(same) {
        let problem = Problem::new(Code::Usage, "--rejects is an input or the output itself");
        return Err(problem.at_path(path.display().to_string()).hint("name another file").into());
    }
    Ok(Some(Writer::create(path)?.named_by(&request.naming)))
}

/// The columns of all inputs together, and the header record where it speaks for all of them.
pub(crate) fn columns_of(inputs: &[Prepared]) -> (Columns, Option<Vec<u8>>) {
    let mut columns = Columns::default();
    let mut known: HashSet<&Arc<str>> = HashSet::new();
    let mut header = inputs.first().and_then(|input| input.header.clone());
    for input in inputs {
        match &input.columns {
            None => columns.open = true,
            Some(names) => {
                for name in names {
                    if known.insert(name) {
                        columns.names.push(Arc::clone(name));
                    }
                }
            }
        }
    }
    if inputs.iter().any(|input| input.columns.as_ref() != Some(&columns.names)) {
        header = None;
    }
    // Inputs without a known order of columns next to ones with: what comes first is only known while reading.
    if columns.open && inputs.iter().any(|input| input.columns.is_some()) {
        columns.names.clear();
    }
    (columns, header)
}

/// Puts the column that names the input of each record in front, where one is wanted.
fn add_source(request: &Request, columns: &mut Columns) -> Result<()> {
    let Some(name) = &request.source_col else { return Ok(()) };
    if columns.names.iter().any(|known| **known == **name) {
        let problem = Problem::new(Code::Usage, format!("--source-col '{name}' is a column of the input already"));
        return Err(problem.hint("name it otherwise").into());
    }
    columns.names.insert(0, Arc::from(name.as_str()));
    Ok(())
}

/// The name of that column, if it is needed; decoders know nothing of it.
fn source_wanted(name: Option<&str>, projection: &mut Projection) -> Option<Arc<str>> {
    let name = name?;
    if let Some(columns) = &mut projection.columns {
        let had = columns.len();
        columns.retain(|column| column != name);
        if columns.len() == had {
            return None;
        }
    }
    Some(Arc::from(name))
}

/// Checks the stages' columns; gives those after the last, and what only reading can tell and is asked of the main inputs
/// alone.
fn check(
    stages: &[Box<dyn Stage>],
    before: &Columns,
    looked: &[Option<Looked>],
) -> Result<(Columns, BTreeSet<String>)> {
    let asked = || before.asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    let mut columns = before.clone();
    let mut own = None;
    for (stage, looked) in stages.iter().zip(looked) {
        if let (Some(second), Some(looked)) = (stage.second(), looked) {
            second.meet(&looked.columns)?;
        }
        let unfiled = columns.unfiled.clone();
        columns = stage.columns(&columns)?;
        columns.unfiled = unfiled.or_else(|| (!stage.keeps_file()).then(|| stage.explain()));
        if looked.is_some() {
            own.get_or_insert_with(asked);
        }
    }
    Ok((columns, own.unwrap_or_else(asked)))
}

/// The format of the output, as told, by the output's name, or JSON; and its encoder.
fn output(request: &Request, first: Option<&Prepared>) -> Result<(&'static Row<Format>, Box<dyn Encoder>)> {
    if let Some(path) = request.output.as_deref()
        && decompress::by_name(path).is_some()
    {
        let ending = path.extension().unwrap_or_default().display();
        let problem = Problem::new(Code::Usage, format!("output is not compressed, but its name ends in .{ending}"));
        let hint = format!("write to a pipe into a compressor, or to '{}'", path.with_extension("").display());
        return Err(problem.at_path(path.display().to_string()).hint(hint).into());
    }
    if request.write.infer == Infer::Column && request.split.is_some() {
        let problem =
            Problem::new(Code::Usage, "--infer column looks at all records, and cannot split them into files");
        return Err(problem.hint("name columns of text: --schema zip:str").into());
    }
    let by_name = || request.output.as_deref().and_then(format_by_name);
    let format = match request.format.as_deref() {
        Some("same") => first.map_or_else(|| named("json"), |input| Ok(input.format))?,
        Some(name) => named(name)?,
        None => by_name().map_or_else(|| named("json"), Ok)?,
    };
    Ok((format, encoder(format, &request.write)?))
}

/// What is needed before each stage, and behind the last.
fn needs(
    stages: &[Box<dyn Stage>],
    encoder: &dyn Encoder,
    (inputs, request): (&[Prepared], &Request),
    after: &Columns,
) -> Vec<Needs> {
    let last = if copies(encoder, (inputs, request), after) {
        Needs::Raw(BTreeSet::default())
    } else {
        all_of(after, encoder)
    };
    let mut all = vec![match &request.split {
        Some(Split::By(column)) => last.and([column.clone()]),
        _ => last,
    }];
    for stage in stages.iter().rev() {
        let needs = all.last().cloned().unwrap_or(Needs::All);
        all.push(stage.needs(needs));
    }
    all.reverse();
    all
}

/// Whether raw records may be copied to the output.
fn copies(encoder: &dyn Encoder, (inputs, request): (&[Prepared], &Request), after: &Columns) -> bool {
    request.source_col.is_none() && !inputs.is_empty() && inputs.iter().all(|input| input.copies(encoder, &after.names))
}

/// A header record without its line end, but where records keep theirs.
fn ended(mut header: Vec<u8>, needs: Option<&Needs>) -> Vec<u8> {
    if !matches!(needs, Some(Needs::Raw(_))) && header.pop_if(|byte| *byte == b'\n').is_some() {
        header.pop_if(|byte| *byte == b'\r');
    }
    header
}

/// What must be decoded of the inputs.
fn projected(needs: Needs, copies: bool) -> Projection {
    match needs {
        Needs::All => Projection { columns: None, raw: copies },
        Needs::Only(names) => Projection { columns: Some(names.into_iter().collect()), raw: false },
        Needs::Raw(names) => Projection { columns: Some(names.into_iter().collect()), raw: true },
    }
}

/// What an encoder that prints every column needs: those, where they are known by name.
fn all_of(after: &Columns, encoder: &dyn Encoder) -> Needs {
    if after.open || !encoder.layout().is_flat() && after.names.is_empty() {
        Needs::All
    } else {
        Needs::only(after.names.iter().map(ToString::to_string))
    }
}

/// The numbered plan.
fn explain(
    stages: &[Box<dyn Stage>],
    (inputs, looked): (&[Prepared], &[Option<Looked>]),
    projection: &Projection,
    format: &str,
) -> String {
    let mut lines = Vec::new();
    let what = match (&projection.columns, projection.raw) {
        (None, _) => "all columns".to_string(),
        (Some(names), false) => format!("columns {}", names.join(", ")),
        (Some(names), true) if names.is_empty() => "whole records".to_string(),
        (Some(names), true) => format!("whole records, columns {}", names.join(", ")),
    };
    for input in inputs {
        lines.push(format!("read {} as {}: {what}", input.origin.name, input.format.name));
    }
    for (stage, looked) in stages.iter().zip(looked) {
        lines.extend(looked.iter().map(|looked| format!("read {}", looked.explain())));
        lines.push(stage.explain());
    }
    lines.push(format!("write {format}"));
    let shown: Vec<String> = lines.iter().map(|line| escape_controls(line).into_owned()).collect();
    numbered(&shown)
}
