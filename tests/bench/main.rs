//! The side-by-side benchmark: ours and its peers on the same seeded data, in turn, in one table.
//!
//! `cargo bench` runs all of it; `cargo bench -- --only csv --runs 3 --rows 1000000` a part. The data is made once, in
//! `target/bench-data`. Every program writes into a pipe that is drained; times are medians; answers must agree.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod corpus;
mod jobs;
mod measure;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use corpus::{Corpus, Size};
use jobs::{Inputs, Job, Peers};
use measure::{Contender, Measured, in_turn};

/// What the command line asks for.
struct Settings {
    data: PathBuf,
    tree: Option<PathBuf>,
    only: String,
    runs: usize,
    log_bytes: u64,
    rows: u64,
    json_rows: u64,
}

impl Settings {
    fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            data: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data"),
            tree: None,
            only: String::new(),
            runs: 5,
            log_bytes: 1 << 30,
            rows: 10_000_000,
            json_rows: 5_000_000,
        };
        while let Some(flag) = args.next() {
            if flag == "--bench" {
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{flag} needs a number"));
            match flag.as_str() {
                "--data" => settings.data = value.into(),
                "--tree" => settings.tree = Some(value.into()),
                "--only" => settings.only = value,
                "--runs" => settings.runs = number()?.max(1) as usize,
                "--log-bytes" => settings.log_bytes = number()?,
                "--rows" => settings.rows = number()?,
                "--json-rows" => settings.json_rows = number()?,
                _ => return Err(format!("unknown flag {flag}")),
            }
        }
        Ok(settings)
    }

    /// Makes what is not there yet.
    fn inputs(&self) -> io::Result<Inputs> {
        std::fs::create_dir_all(&self.data)?;
        let make = |name: String, corpus: Corpus, size: Size| {
            let path = self.data.join(name);
            if !path.exists() {
                println!("making {}", path.display());
                corpus::write(corpus, &path, size)?;
            }
            io::Result::Ok(path)
        };
        let rows = Size::Records(self.rows);
        // Crates that were unpacked for builds are a large source tree that is always there.
        let home = std::env::var("CARGO_HOME")
            .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
        Ok(Inputs {
            log: make(format!("log-{}.txt", self.log_bytes), Corpus::Log, Size::Bytes(self.log_bytes))?,
            csv: make(format!("events-{}.csv", self.rows), Corpus::Csv, rows)?,
            quoted: make(format!("quoted-{}.csv", self.rows), Corpus::QuotedCsv, rows)?,
            json: make(format!("events-{}.jsonl", self.json_rows), Corpus::JsonLines, Size::Records(self.json_rows))?,
            narrow_json: make(format!("narrow-{}.jsonl", self.rows), Corpus::NarrowJsonLines, rows)?,
            tree: self.tree.clone().unwrap_or_else(|| Path::new(&home).join("registry/src")),
        })
    }
}

fn main() -> ExitCode {
    match Settings::from_args(std::env::args().skip(1)).map_err(io::Error::other).and_then(|settings| run(&settings)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Runs the jobs; false where answers differ.
fn run(settings: &Settings) -> io::Result<bool> {
    let inputs = settings.inputs()?;
    let peers = Peers::find();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{cores} cores, median of {} runs, output into a pipe\n", settings.runs);
    println!("{:<36} {:<20} {:>8} {:>7} {:>9}  answer", "job", "program", "seconds", "ratio", "MiB");
    let mut agreed = true;
    for job in jobs::all(&peers, &inputs) {
        if !job.name.to_lowercase().contains(&settings.only.to_lowercase()) {
            continue;
        }
        let measured = in_turn(&job.contenders, settings.runs)?;
        agreed &= print(&job, &measured);
    }
    Ok(agreed)
}

/// Prints a job's rows; false where a peer's answer is another one.
fn print(job: &Job, measured: &[Measured]) -> bool {
    let Some(ours) = measured.first() else { return true };
    let answer = job.answers.canonical(&ours.output);
    let mut agreed = true;
    for (at, (Contender { name, .. }, measured)) in job.contenders.iter().zip(measured).enumerate() {
        let same = at == 0 || job.answers.canonical(&measured.output) == answer;
        agreed &= same;
        let ratio = measured.time.as_secs_f64() / ours.time.as_secs_f64();
        println!(
            "{:<36} {name:<20} {:>8.3} {ratio:>6.2}x {:>9.1}  {}",
            if at == 0 { job.name } else { "" },
            measured.time.as_secs_f64(),
            measured.memory as f64 / 1024.0,
            if at == 0 {
                format!("{} lines", answer.len())
            } else if same {
                "same".to_string()
            } else {
                "DIFFERENT".to_string()
            },
        );
    }
    agreed
}
