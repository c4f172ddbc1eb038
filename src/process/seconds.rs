//! The second inputs of stages: looked at before the run, checked against the plan, and read.
//!
//! They are inputs like the main ones (any readable format, compressed or not, globs, directories, `-`), but are told by
//! name and content: what the command line says of the main inputs' form does not concern them. What it says of values
//! (`--null-value`) and of ragged records does.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::format::{Encoder, Projection, ReadOptions};
use crate::core::input::blocks::BLOCK_SIZE;
use crate::core::input::expand::{Input, expand};
use crate::core::integer::narrow;
use crate::core::terminal::progress::Unit;
use crate::process::pipeline::{Reading, Running, gather};
use crate::process::plan::{Request, columns_of, readable, unknown};
use crate::process::prepared::{Prepared, prepare};
use crate::process::source::Inputs;
use crate::process::stage::{Columns, Needs, Second, Stage};

/// The second input of a stage, looked at.
pub(crate) struct Looked {
    inputs: Vec<Prepared>,
    /// Its columns. Its own set takes what is asked of it.
    pub(crate) columns: Columns,
}

/// Looks at the second inputs of all stages. One that cannot be read leaves nothing to run.
pub(crate) fn look(stages: &[Box<dyn Stage>], request: &Request, main: &[Prepared]) -> Result<Vec<Option<Looked>>> {
    let options = ReadOptions {
        null_value: request.read.null_value.clone(),
        ragged: request.read.ragged,
        longest: request.read.longest,
        ..ReadOptions::default()
    };
    let mut index = narrow(main.len());
    let mut stdin = request.inputs.iter().any(|input| input == "-");
    let mut all = Vec::with_capacity(stages.len());
    for stage in stages {
        let Some(second) = stage.second() else {
            all.push(None);
            continue;
        };
        let expansion = expand(second.paths(), &readable())?;
        if let Some(problem) = expansion.problems.into_iter().find(|problem| problem.code != Code::Info) {
            return Err(problem.into());
        }
        let mut inputs = Vec::new();
        for input in &expansion.inputs {
            if *input == Input::Stdin && std::mem::replace(&mut stdin, true) {
                let problem =
                    Problem::new(Code::Usage, format!("standard input is read twice, by '{}' too", stage.explain()));
                return Err(problem.hint("name a file for one of them").into());
            }
            let mut looked = prepare(input, index, None, &options)?;
            looked.close(input, None, &options);
            index += 1;
            inputs.push(looked);
        }
        let columns = columns_of(&inputs).0;
        all.push(Some(Looked { inputs, columns }));
    }
    Ok(all)
}

impl Looked {
    /// Its inputs.
    pub(crate) fn inputs(&self) -> &[Prepared] {
        &self.inputs
    }

    /// Lines of the plan that say what is read.
    pub(crate) fn explain(&self) -> String {
        let names: Vec<String> =
            self.inputs.iter().map(|input| format!("{} as {}", input.origin.name, input.format.name)).collect();
        names.join(", ")
    }

    /// What must be decoded where `needs` are the stage's.
    fn projection(&self, needs: Needs, all: Needs, encoder: &dyn Encoder, columns: &[Arc<str>]) -> Projection {
        let copies = self.inputs.iter().all(|input| input.copies(encoder, columns));
        let (needs, raw) = match needs {
            Needs::Raw(names) if copies => (Needs::Only(names), true),
            Needs::Raw(_) => (all, false),
            needs => (needs, false),
        };
        match needs {
            Needs::Only(names) | Needs::Raw(names) => Projection { columns: Some(names.into_iter().collect()), raw },
            Needs::All => Projection { columns: None, raw },
        }
    }
}

/// The second inputs of a run.
pub(crate) struct Seconds {
    /// By stage.
    feeds: Vec<Option<Feed>>,
}

/// One of them.
struct Feed {
    inputs: Inputs,
    /// What was asked of it alone.
    asked: BTreeSet<String>,
    sampled: Vec<Arc<str>>,
}

/// What second inputs are made into feeds with.
pub(crate) struct Making<'a> {
    /// What behind each stage is needed.
    pub(crate) needs: &'a [Needs],
    /// What an encoder needs that cannot copy.
    pub(crate) all: Needs,
    /// The encoder.
    pub(crate) encoder: &'a dyn Encoder,
    /// The columns of the output.
    pub(crate) columns: &'a [Arc<str>],
    /// What was asked of the records as a whole.
    pub(crate) wanted: &'a BTreeSet<String>,
}

impl Seconds {
    /// Feeds of these inputs.
    pub(crate) fn new(
        looked: Vec<Option<Looked>>,
        stages: &[Box<dyn Stage>],
        making: &Making<'_>,
        request: &Request,
        (cancel, diagnostics): (&Cancel, &Diagnostics),
    ) -> Self {
        let mut feeds = Vec::with_capacity(looked.len());
        for ((number, looked), (stage, after)) in (1..).zip(looked).zip(stages.iter().zip(making.needs)) {
            let (Some(mut looked), Some(second)) = (looked, stage.second()) else {
                feeds.push(None);
                continue;
            };
            let projection = looked.projection(second.needs(after), making.all.clone(), making.encoder, making.columns);
            for note in looked.inputs.iter_mut().flat_map(|input| std::mem::take(&mut input.notes)) {
                diagnostics.emit(&note);
            }
            let asked = looked.columns.asked.lock().map(|asked| asked.clone()).unwrap_or_default();
            let open = looked.inputs.iter_mut().find(|input| input.columns.is_none());
            let sampled = open.map(Prepared::sampled_columns).unwrap_or_default();
            let wanted: BTreeSet<String> = asked.union(making.wanted).cloned().collect();
            let block_size = request.block_size.unwrap_or(BLOCK_SIZE);
            let inputs = Inputs::new(looked.inputs, projection, wanted, block_size, cancel).numbered(number);
            feeds.push(Some(Feed { inputs, asked, sampled }));
        }
        Self { feeds }
    }

    /// The records of the second input of that stage.
    pub(crate) fn get(&self, stage: usize) -> Option<&Inputs> {
        self.feeds.get(stage)?.as_ref().map(|feed| &feed.inputs)
    }

    /// Lets a stage take its second input in.
    pub(crate) fn take_in(&self, stage: usize, stages: &[Box<dyn Stage>], running: &Running<'_>) -> Result<Reading> {
        let second = stages.get(stage).and_then(|stage| stage.second());
        let (Some(inputs), Some(gathering)) = (self.get(stage), second.and_then(Second::gather)) else {
            return Ok(Reading::Whole);
        };
        let what = stages.get(stage).map(|stage| stage.explain()).unwrap_or_default();
        running.enter(&what, Unit::Nothing, 0);
        let (_, reading) = gather(inputs, &[], gathering.as_ref(), &what, running)?;
        let strange = self.feeds.get(stage).and_then(Option::as_ref).is_some_and(|feed| !feed.strange().is_empty());
        Ok(if strange { Reading::Broken } else { reading })
    }

    /// Whether a column that the plan names came from one of them.
    pub(crate) fn have(&self, name: &str) -> bool {
        self.feeds.iter().flatten().any(|feed| !feed.inputs.never_seen().contains(&name))
    }

    /// Tells of lines that did not become records as they are, and of columns that were asked of one and never seen.
    pub(crate) fn tell(&self, diagnostics: &Diagnostics) {
        for feed in self.feeds.iter().flatten() {
            feed.inputs.notes().iter().for_each(|note| diagnostics.emit(note));
            for name in feed.strange() {
                diagnostics.emit(&unknown(name, &feed.sampled));
            }
        }
    }
}

impl Feed {
    /// The columns that were asked of it and that no record had.
    fn strange(&self) -> Vec<&str> {
        self.inputs.never_seen().into_iter().filter(|name| self.asked.contains(*name)).collect()
    }
}

/// The numbered lines of a plan.
pub(crate) fn numbered(lines: &[String]) -> String {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}. {line}", at + 1);
    }
    text
}
