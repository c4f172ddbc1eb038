//! `search`: finds lines in files, on all threads, and prints them in order.
//!
//! [`plan`] compiles a [`config`]; [`searcher`] is the task that the ordered engine runs, with [`part`] for big inputs;
//! [`region`] and [`context`] find and shape the lines, [`reporter`] has the [`printer`] turn them into bytes, and
//! [`drain`] puts those together. Output, defaults and exit codes are those of ripgrep 15 wherever it has them.

pub(crate) mod binary;
pub(crate) mod busy;
pub(crate) mod config;
pub(crate) mod context;
pub(crate) mod drain;
pub(crate) mod gate;
pub(crate) mod look;
pub(crate) mod matches;
pub(crate) mod members;
pub(crate) mod outline;
pub(crate) mod part;
pub(crate) mod plan;
pub(crate) mod preprocess;
pub(crate) mod printer;
pub(crate) mod quota;
pub(crate) mod ranked;
pub(crate) mod region;
pub(crate) mod replace;
pub(crate) mod reporter;
pub(crate) mod rewrite;
pub(crate) mod searcher;
pub(crate) mod source;
pub(crate) mod whole;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::ordered::{DEFAULT_BUDGET, Options, run as run_ordered};
use crate::core::input::walk::Walk;
use crate::core::output::writer::Writer;
use crate::core::terminal::progress::Unit;
use crate::search::busy::Busy;
use crate::search::config::{Mode, Sort};
use crate::search::drain::{Drain, Pool};
use crate::search::plan::Plan;
use crate::search::searcher::Searcher;

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Whether anything was found.
    pub(crate) matched: bool,
}

/// Runs a search. Output goes to `target`, problems to `diagnostics`, in order.
pub(crate) fn run(plan: &Plan, target: &mut Writer, diagnostics: &Diagnostics) -> Result<Outcome> {
    let began = Instant::now();
    if plan.config.mode != Mode::Files && !plan.can_match() {
        return Ok(Outcome { matched: false });
    }
    if let Some(bar) = &plan.config.progress {
        bar.meter().enter("searching", Unit::Bytes, plan.size());
    }
    let cancel = Cancel::default();
    let walk = Walk::new(plan.config.select.clone())?.ended_by(cancel.clone());
    let pool = Pool::default();
    let drain = Mutex::new(Drain::new(plan, target, diagnostics, &pool)?);
    let early = (plan.config.sort == Sort::None).then_some(&drain);
    let (chunks, busy) = (Pool::default(), Busy::default());
    let searcher = Searcher { plan, walk, cancel: cancel.clone(), early, pool: &pool, chunks, busy };
    let options =
        Options { threads: plan.config.threads.max(1), budget: DEFAULT_BUDGET, cancel, fault: plan.config.fault };
    run_ordered(&searcher, &options, |output| {
        searcher.deliver(&mut drain.lock().unwrap_or_else(PoisonError::into_inner), output)
    })?;
    drop(searcher);
    let mut drain = drain.into_inner().unwrap_or_else(PoisonError::into_inner);
    if plan.implicit() && drain.stats.searches == 0 && plan.config.mode != Mode::Files {
        let problem = Problem::new(Code::Usage, "no files were searched, so a filter probably left out all of them")
            .hint("--debug tells why files are skipped");
        drain.problem(&problem);
    }
    drain.finish(began)?;
    Ok(Outcome { matched: drain.stats.found > 0 })
}
