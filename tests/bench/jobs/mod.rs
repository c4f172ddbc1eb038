//! The jobs: what ours and each peer run, when two answers are the same, and what is to be reached.

mod process;
pub(crate) mod search;

use std::path::{Path, PathBuf};

use crate::answers::Answers;
use crate::measure::Contender;
use crate::peers::Peers;

/// How much data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// 10 MB.
    Small,
    /// 100 MB.
    Medium,
    /// 1 GB.
    Large,
}

impl Scale {
    /// Divides what the largest has.
    pub(crate) fn of(self, large: u64) -> u64 {
        match self {
            Self::Small => large / 100,
            Self::Medium => large / 10,
            Self::Large => large,
        }
    }
}

/// One row of the table.
pub(crate) struct Job {
    /// Its name, for `--only`.
    pub(crate) name: &'static str,
    /// Ours first, then the peers that were found.
    pub(crate) contenders: Vec<Contender>,
    /// When answers are the same.
    pub(crate) answers: Answers,
    /// What is to be reached.
    pub(crate) goals: Vec<Goal>,
}

/// How much faster than others ours is to be.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    /// Times as fast.
    pub(crate) least: f64,
    /// As the best of these.
    pub(crate) over: &'static [&'static str],
}

/// Where the inputs are.
pub(crate) struct Inputs {
    /// How large they are.
    pub(crate) scale: Scale,
    /// The log.
    pub(crate) log: PathBuf,
    /// The log in files compressed by gzip.
    pub(crate) gzip: PathBuf,
    /// The log in files compressed by zstd.
    pub(crate) zstd: PathBuf,
    /// A large source tree.
    pub(crate) tree: PathBuf,
    /// Events as CSV.
    pub(crate) csv: PathBuf,
    /// Events as fully quoted CSV.
    pub(crate) quoted: PathBuf,
    /// The same with newlines in cells.
    pub(crate) newlines: PathBuf,
    /// Events as JSON Lines.
    pub(crate) json: PathBuf,
    /// As many as in the CSV, with fewer fields.
    pub(crate) narrow_json: PathBuf,
    /// Names and numbers.
    pub(crate) names: PathBuf,
}

/// All jobs.
pub(crate) fn all(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let mut jobs = search::jobs(peers, inputs);
    jobs.extend(process::jobs(peers, inputs));
    jobs
}

/// A job that is being put together.
struct Builder<'a> {
    peers: &'a Peers,
    job: Job,
}

impl<'a> Builder<'a> {
    fn new(peers: &'a Peers, name: &'static str, answers: Answers, ours: &[&str]) -> Self {
        let contender = contender("mytools", &peers.ours, ours);
        Self { peers, job: Job { name, contenders: vec![contender], answers, goals: Vec::new() } }
    }

    fn with(mut self, name: &'static str, program: Option<&Vec<String>>, args: &[&str]) -> Self {
        if let Some(program) = program {
            self.job.contenders.push(contender(name, program, args));
        }
        self
    }

    fn ripgrep(self, args: &[&str]) -> Self {
        let program = self.peers.ripgrep.as_ref();
        self.with("ripgrep", program, args)
    }

    fn ugrep(self, args: &[&str]) -> Self {
        let program = self.peers.ugrep.as_ref();
        self.with("ugrep", program, args)
    }

    fn xan(self, args: &[&str]) -> Self {
        let program = self.peers.xan.as_ref();
        self.with("xan", program, args)
    }

    /// Miller runs a chain of verbs, in words without spaces of their own.
    fn miller(self, verbs: &str, input: &str) -> Self {
        let program = self.peers.miller.as_ref();
        let args: Vec<&str> = ["--icsv", "--ocsv"].into_iter().chain(verbs.split(' ')).chain([input]).collect();
        self.with("miller", program, &args)
    }

    /// datamash reads standard input only, so a shell runs it.
    fn datamash(self, script: &str) -> Self {
        let shell = self.peers.datamash.is_some().then(|| ["sh", "-c"].map(String::from).to_vec());
        self.with("datamash", shell.as_ref(), &[script])
    }

    /// `DuckDB` writes the result of a query in a form of `copy`.
    fn duckdb(self, query: &str, form: &str) -> Self {
        let sql = format!("set enable_progress_bar=false; copy ({query}) to '/dev/stdout' ({form})");
        let program = self.peers.duckdb.as_ref();
        self.with("duckdb", program, &[&sql])
    }

    /// Polars computes `frame`, an expression of Python, and writes CSV.
    fn polars(self, frame: &str) -> Self {
        let code = format!(
            "import sys, polars as pl\nc = pl.col\n({frame}).collect(engine='streaming').write_csv(sys.stdout.buffer)"
        );
        let program = self.peers.polars.as_ref();
        self.with("polars", program, &[&code])
    }

    /// Ours on one thread.
    fn alone(self, ours: &[&str]) -> Self {
        let peers = self.peers;
        let args: Vec<&str> = ours.iter().copied().chain(["-j", "1"]).collect();
        self.with("mytools -j 1", Some(&peers.ours), &args).goal(1.8, &["mytools -j 1"])
    }

    fn goal(mut self, least: f64, over: &'static [&'static str]) -> Self {
        self.job.goals.push(Goal { least, over });
        self
    }
}

fn contender(name: &'static str, program: &[String], args: &[&str]) -> Contender {
    let args = args.iter().map(ToString::to_string);
    Contender { name, command: program.iter().cloned().chain(args).collect() }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
