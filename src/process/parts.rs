//! A plan cut into parts at the stages that gather, and its run, part by part.
//!
//! A part is fed by the inputs or by the table that the part before it gathered; stages with records of their own to add
//! are links in its chain of feeds. `plan` checks the stages first; `pipeline` runs each part.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::pool;
use crate::core::output::writer::Writer;
use crate::core::terminal::progress::Unit;
use crate::process::chain::{Chain, Records};
use crate::process::pipeline::{Reading, Running, gather, notes, write};
use crate::process::plan::{Outcome, Request, unknown};
use crate::process::seconds::Seconds;
use crate::process::sink::{Encoding, Sink};
use crate::process::source::Inputs;
use crate::process::split::{Files, Output};
use crate::process::stage::{Gather, Needs, Operation, Rows, Stage, Table};
use crate::process::stored::Stored;

/// What a run reads.
pub(crate) struct Feeds {
    /// The main inputs.
    pub(crate) main: Inputs,
    /// The columns that the main inputs themselves must have, as they are named before a second input comes in.
    pub(crate) own: BTreeSet<String>,
    /// The second inputs of stages.
    pub(crate) seconds: Seconds,
}

impl Feeds {
    /// Columns that the plan names and no record had.
    fn never_seen(&self) -> Vec<&str> {
        let names = self.main.never_seen().into_iter();
        names.filter(|name| self.own.contains(*name) || !self.seconds.have(name)).collect()
    }
}

/// The stages between two that gather, and the gathering one that ends them.
#[derive(Default)]
struct PlannedPart {
    /// Stages whose second inputs are taken in before the part is run.
    before: Vec<usize>,
    /// Stages that put records behind those they are given, each with the operations before it.
    links: Vec<(Vec<Box<dyn Rows>>, Behind)>,
    rows: Vec<Box<dyn Rows>>,
    gather: Option<Box<dyn Gather>>,
    /// What it does, in the words of the stage that gathers.
    what: String,
}

impl PlannedPart {
    /// Tells what the operations of its links have to say.
    fn notes(&self, diagnostics: &Diagnostics) {
        self.links.iter().for_each(|(rows, _)| notes(rows, diagnostics));
    }
}

/// What is put behind records.
enum Behind {
    Table(Arc<dyn Table>),
    /// The second input of this stage.
    Second(usize),
}

fn parts(stages: &[Box<dyn Stage>], needs: &[Needs]) -> Result<Vec<PlannedPart>> {
    let mut parts = Vec::new();
    let mut part = PlannedPart::default();
    for (number, stage) in stages.iter().enumerate() {
        if stage.second().is_some() {
            part.before.push(number);
        }
        match stage.operation_for(needs.get(number).unwrap_or(&Needs::All))? {
            Operation::Rows(operation) => part.rows.push(operation),
            Operation::Gather(gather) => {
                part.gather = Some(gather);
                part.what = stage.explain();
                parts.push(std::mem::take(&mut part));
            }
            Operation::Append(operation, table) => {
                part.rows.push(operation);
                part.links.push((std::mem::take(&mut part.rows), Behind::Table(table)));
            }
            Operation::Union => part.links.push((std::mem::take(&mut part.rows), Behind::Second(number))),
        }
    }
    part.what = "writing".to_string();
    parts.push(part);
    Ok(parts)
}

/// A plan, ready to be run.
pub(crate) struct Plan<'a> {
    stages: &'a [Box<dyn Stage>],
    parts: Vec<PlannedPart>,
    encoding: Encoding,
    header: Option<Vec<u8>>,
    /// Files that are written and do not appear yet.
    files: Mutex<Vec<Writer>>,
}

impl<'a> Plan<'a> {
    /// The plan of these stages, behind each of which so much is needed.
    pub(crate) fn new(
        stages: &'a [Box<dyn Stage>],
        needs: &[Needs],
        encoding: Encoding,
        header: Option<Vec<u8>>,
    ) -> Result<Self> {
        Ok(Self { stages, parts: parts(stages, needs)?, encoding, header, files: Mutex::default() })
    }

    /// Runs it, and tells what there is to tell.
    pub(crate) fn carry_out(
        self,
        mut feeds: Feeds,
        (writer, request): (&mut Writer, &Request),
        sampled: &[Arc<str>],
        (cancel, diagnostics): (&Cancel, &Diagnostics),
    ) -> Result<Outcome> {
        let mut run = || self.run(&feeds, writer, request, cancel, diagnostics);
        // What gathers works on in parallel as well when all is read.
        let outcome = if self.gathers() { pool(request.threads)?.install(run) } else { run() };
        if let Err(Error::Problem(problem)) = feeds.main.finish_rejects() {
            diagnostics.emit(&problem);
        }
        if matches!(outcome, Ok(_) | Err(Error::Problem(_))) {
            feeds.main.notes().iter().for_each(|note| diagnostics.emit(note));
            feeds.seconds.tell(diagnostics);
            for name in feeds.never_seen() {
                diagnostics.emit(&unknown(name, sampled));
            }
        }
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        if diagnostics.had_errors() || outcome.is_err() {
            if !files.is_empty() && outcome.is_ok() {
                diagnostics.emit(&Problem::new(Code::Io, "the files are not written, because of the errors above"));
            }
            return outcome;
        }
        files.into_iter().try_for_each(Writer::finish)?;
        outcome
    }

    /// Whether anything is taken in whole.
    fn gathers(&self) -> bool {
        self.parts.len() > 1 || self.parts.iter().any(|part| !part.before.is_empty())
    }

    fn run(
        &self,
        feeds: &Feeds,
        writer: &mut Writer,
        request: &Request,
        cancel: &Cancel,
        diagnostics: &Diagnostics,
    ) -> Result<Outcome> {
        let mut table: Option<Arc<dyn Table>> = None;
        let (threads, memory, progress) = (request.threads, request.memory.clone(), request.progress.clone());
        let running =
            Running { threads, memory, cancel: cancel.clone(), diagnostics, prompt: request.prompt, progress };
        for part in &self.parts {
            for stage in &part.before {
                cancel.reset();
                if feeds.seconds.take_in(*stage, self.stages, &running)? == Reading::Broken {
                    return Ok(Outcome { records: 0 });
                }
            }
            // A part that stopped early must not stop the next.
            cancel.reset();
            match &table {
                Some(table) => running.enter(&part.what, Unit::Pieces, known(table.chunks())),
                None => feeds.main.enter(),
            }
            let records = records(&part.links, feeds, table.take(), &running);
            let Some(gathering) = &part.gather else {
                return self.write_last(&records, part, (writer, request), &running);
            };
            let (gathered, read) = gather(&records, &part.rows, gathering.as_ref(), &part.what, &running)?;
            part.notes(diagnostics);
            // A column that no record has, or an input cut short, would make a wrong answer look right.
            if read == Reading::Broken || !feeds.never_seen().is_empty() {
                break;
            }
            table = Some(Arc::from(gathered));
        }
        Ok(Outcome { records: 0 })
    }

    /// Writes the records of the last part; closes the output also after an error.
    fn write_last(
        &self,
        feed: &Records<'_>,
        part: &PlannedPart,
        (writer, request): (&mut Writer, &Request),
        running: &Running<'_>,
    ) -> Result<Outcome> {
        let (encoding, header) = (&self.encoding, self.header.clone());
        let mut output = match (&request.split, request.output.as_deref()) {
            (Some(split), Some(template)) => {
                Output::Many(Files::new(encoding, split, (template, &request.naming), header))
            }
            _ => Output::One(Sink::new(encoding, writer, header)),
        };
        let result = write(feed, &part.rows, encoding, &mut output, running);
        part.notes(running.diagnostics);
        let records = output.records();
        if matches!(result, Ok(()) | Err(Error::Problem(_))) {
            let files = output.finish()?;
            *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files;
            encoding.encoder().notes().iter().for_each(|note| running.diagnostics.emit(note));
        }
        result.map(|()| Outcome { records })
    }
}

/// The number of a table's chunks for the progress bar; 0, which is unknown there, where only reading tells it.
fn known(chunks: usize) -> u64 {
    if chunks == usize::MAX { 0 } else { chunks as u64 }
}

/// The records that a part is given.
fn records<'a>(
    links: &'a [(Vec<Box<dyn Rows>>, Behind)],
    feeds: &'a Feeds,
    table: Option<Arc<dyn Table>>,
    running: &Running<'_>,
) -> Records<'a> {
    let mut records = match table {
        None => Records::Inputs(&feeds.main),
        Some(table) => Records::Stored(Stored::new(table).shown_by(running.progress.clone())),
    };
    for (rows, behind) in links {
        let second = match behind {
            Behind::Table(table) => Records::Stored(Stored::new(Arc::clone(table))),
            Behind::Second(stage) => match feeds.seconds.get(*stage) {
                Some(inputs) => Records::Inputs(inputs),
                None => continue,
            },
        };
        records = Records::Chain(Box::new(Chain::new(records, rows, second, &running.cancel)));
    }
    records
}
