//! The jobs: what ours and each peer run, and when two answers are the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measure::Contender;

/// One row of the table.
pub(crate) struct Job {
    /// Its name, for `--only`.
    pub(crate) name: &'static str,
    /// Ours first, then the peers that were found.
    pub(crate) contenders: Vec<Contender>,
    /// When answers are the same.
    pub(crate) answers: Answers,
}

/// When two answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// The same lines, in any order.
    Lines,
    /// The same comma-separated rows, in any order; numbers by value, to 12 digits, as some peers sum in floats.
    Rows,
}

impl Answers {
    /// An answer in a form in which the same answers are equal.
    pub(crate) fn canonical(self, output: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(output);
        let mut lines: Vec<String> = match self {
            Self::Lines => text.lines().map(|line| line.trim_end_matches('\r').to_string()).collect(),
            Self::Rows => text.lines().map(canonical_row).collect(),
        };
        lines.sort_unstable();
        lines
    }
}

fn canonical_row(line: &str) -> String {
    let cells = line.trim_end().split(',').map(|cell| match cell.parse::<f64>() {
        Ok(number) => format!("{number:.11e}"),
        Err(_) => cell.trim_matches('"').to_string(),
    });
    cells.collect::<Vec<_>>().join(",")
}

/// The programs to compare with.
pub(crate) struct Peers {
    ours: String,
    ripgrep: Option<String>,
    xan: Option<String>,
    /// The start of a command line that takes SQL as its last word.
    duckdb: Option<Vec<String>>,
}

/// Runs SQL that ends in a table, and prints it as CSV.
const DUCKDB_IN_PYTHON: &str = "\
import sys, duckdb
duckdb.sql('set enable_progress_bar = false')
duckdb.sql(\"copy (\" + sys.argv[1] + \") to '/dev/stdout' (format csv, header)\")";

impl Peers {
    /// Looks for them: in `RG` and `XAN`, below `target/peers`, in `PATH`.
    pub(crate) fn find() -> Self {
        let program = |variable: &str, name: &str| {
            let candidates = [
                std::env::var(variable).unwrap_or_default(),
                format!("{}/target/peers/bin/{name}", env!("CARGO_MANIFEST_DIR")),
                name.to_string(),
            ];
            candidates.into_iter().find(|program| !program.is_empty() && answers(program, &["--version"]))
        };
        let duckdb = if answers("duckdb", &["--version"]) {
            Some(["duckdb", "-csv", "-c"].map(String::from).to_vec())
        } else {
            answers("python3", &["-c", "import duckdb"])
                .then(|| ["python3", "-c", DUCKDB_IN_PYTHON].map(String::from).to_vec())
        };
        Self {
            ours: env!("CARGO_BIN_EXE_mytools").to_string(),
            ripgrep: program("RG", "rg"),
            xan: program("XAN", "xan"),
            duckdb,
        }
    }

    fn job(&self, name: &'static str, answers: Answers, ours: &[&str]) -> Builder<'_> {
        let contender = Contender { name: "mytools", command: command(&self.ours, ours) };
        Builder { peers: self, job: Job { name, contenders: vec![contender], answers } }
    }
}

fn answers(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn command(program: &str, args: &[&str]) -> Vec<String> {
    std::iter::once(program).chain(args.iter().copied()).map(String::from).collect()
}

struct Builder<'a> {
    peers: &'a Peers,
    job: Job,
}

impl Builder<'_> {
    fn with(mut self, name: &'static str, program: Option<&String>, args: &[&str]) -> Self {
        if let Some(program) = program {
            self.job.contenders.push(Contender { name, command: command(program, args) });
        }
        self
    }

    fn ripgrep(self, name: &'static str, args: &[&str]) -> Self {
        let program = self.peers.ripgrep.as_ref();
        self.with(name, program, args)
    }

    fn xan(self, args: &[&str]) -> Self {
        let program = self.peers.xan.as_ref();
        self.with("xan", program, args)
    }

    fn duckdb(mut self, sql: String) -> Self {
        if let Some(start) = &self.peers.duckdb {
            let command = start.iter().cloned().chain([sql]).collect();
            self.job.contenders.push(Contender { name: "duckdb", command });
        }
        self
    }
}

/// Where the inputs are.
pub(crate) struct Inputs {
    /// The log.
    pub(crate) log: PathBuf,
    /// Events as CSV.
    pub(crate) csv: PathBuf,
    /// Events as fully quoted CSV.
    pub(crate) quoted: PathBuf,
    /// Events as JSON Lines.
    pub(crate) json: PathBuf,
    /// As many as in the CSV, with fewer fields.
    pub(crate) narrow_json: PathBuf,
    /// A large source tree.
    pub(crate) tree: PathBuf,
}

/// All jobs.
pub(crate) fn all(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (log, csv, quoted) = (text(&inputs.log), text(&inputs.csv), text(&inputs.quoted));
    let (json, tree) = (text(&inputs.json), text(&inputs.tree));
    let (log, csv, quoted, json, tree) = (log.as_str(), csv.as_str(), quoted.as_str(), json.as_str(), tree.as_str());
    let literal = "ConnectionResetError";
    let in_tree = "PhantomPinned";
    let mut jobs = vec![
        peers
            .job("literal in a log", Answers::Lines, &["search", literal, log])
            .ripgrep("ripgrep", &[literal, log])
            .job,
        peers
            .job("literal in a source tree", Answers::Lines, &["search", in_tree, tree])
            .ripgrep("ripgrep", &[in_tree, tree])
            .ripgrep("ripgrep --sort path", &["--sort", "path", in_tree, tree])
            .job,
    ];
    for (name, input, key) in [
        ("CSV group-by, 4 groups", csv, "region"),
        ("CSV group-by, 100,000 groups", csv, "user_id"),
        ("quoted CSV group-by, 4 groups", quoted, "region"),
    ] {
        let ours = ["process", input, "-g", key, "-a", "n=count, total=sum(value)", "-f", "csv"];
        let job = peers.job(name, Answers::Rows, &ours);
        let job = job.xan(&["groupby", "-p", key, "count() as n, sum(value) as total", input]);
        jobs.push(job.duckdb(csv_group(input, key)).job);
    }
    for (name, key) in [("JSON Lines group-by, 4 groups", "region"), ("JSON Lines group-by, 100,000 groups", "user_id")]
    {
        let ours = ["process", json, "-g", key, "-a", "n=count, total=sum(value)", "-f", "csv"];
        jobs.push(peers.job(name, Answers::Rows, &ours).duckdb(json_group(json, key)).job);
    }
    let group = |input: &str| ["process", input, "-g", "user_id", "-a", "n=count, total=sum(value)"].map(String::from);
    let narrow = text(&inputs.narrow_json);
    let mut same = peers.job("the same from CSV and JSON Lines", Answers::Lines, &[]).job;
    same.contenders = vec![
        Contender { name: "mytools on CSV", command: command(&peers.ours, &group(csv).each_ref().map(String::as_str)) },
        Contender {
            name: "mytools on JSON",
            command: command(&peers.ours, &group(&narrow).each_ref().map(String::as_str)),
        },
    ];
    jobs.push(same);
    let filter = peers.job("CSV filter to CSV", Answers::Lines, &["process", csv, "-w", "status >= 500", "-f", "csv"]);
    // Its filter is several times slower with `-p`.
    let filter = filter.xan(&["filter", "status >= 500", csv]);
    let sql = format!("select * from read_csv('{csv}', all_varchar=true) where status::int >= 500");
    jobs.push(filter.duckdb(sql).job);
    jobs
}

fn csv_group(input: &str, key: &str) -> String {
    format!(
        "select {key}, count(*) n, sum(value) total \
         from read_csv('{input}', types={{'value': 'DECIMAL(18,2)'}}) group by {key}"
    )
}

fn json_group(input: &str, key: &str) -> String {
    let kind = if key == "region" { "VARCHAR" } else { "BIGINT" };
    format!(
        "select {key}, count(*) n, sum(value) total from read_json('{input}', format='newline_delimited', \
         columns={{'{key}': '{kind}', 'value': 'DECIMAL(18,2)'}}) group by {key}"
    )
}
