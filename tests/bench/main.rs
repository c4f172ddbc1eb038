//! The side-by-side benchmark: ours and its peers on the same seeded data, in turn, in one table.
//!
//! ```text
//! cargo bench                                    all of it, on about 1 GB of each kind
//! cargo bench -- --quick                         in under three minutes, on 100 MB of each kind
//! cargo bench -- --scale small --only regex      10 MB; rows whose names hold a text
//! cargo bench -- --growth                        ours alone on 100 MB, 1 GB and 10 GB
//! cargo bench -- --install                       gets the peers first
//! ```
//!
//! The data is made once, in `target/bench-data`. Every program writes into a pipe that is drained; times are medians of
//! `--runs` after one run that warms the caches and in which the answers are compared. Who takes over ten seconds runs
//! twice. What ends with a goal that was missed says so in the table; answers that differ end with exit code 1.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout
)]

mod answers;
mod corpus;
mod growth;
mod jobs;
mod measure;
mod peers;
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use corpus::{Compression, Corpus, Size};
use jobs::{Inputs, Scale};
use measure::in_turn;
use peers::Peers;
use table::Table;

/// What the command line asks for.
struct Settings {
    data: PathBuf,
    tree: Option<PathBuf>,
    only: String,
    runs: usize,
    scale: Scale,
    install: bool,
    growth: bool,
}

impl Settings {
    fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            data: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data"),
            tree: None,
            only: String::new(),
            runs: 5,
            scale: Scale::Large,
            install: false,
            growth: false,
        };
        while let Some(flag) = args.next() {
            match flag.as_str() {
                "--bench" => continue,
                "--install" => {
                    settings.install = true;
                    continue;
                }
                "--growth" => {
                    settings.growth = true;
                    continue;
                }
                "--quick" => {
                    settings.scale = Scale::Medium;
                    settings.runs = 3;
                    continue;
                }
                _ => {}
            }
            let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
            match flag.as_str() {
                "--data" => settings.data = value.into(),
                "--tree" => settings.tree = Some(value.into()),
                "--only" => settings.only = value,
                "--runs" => settings.runs = value.parse().map_err(|_| format!("{flag} needs a number"))?,
                "--scale" => {
                    settings.scale = match value.as_str() {
                        "small" => Scale::Small,
                        "medium" => Scale::Medium,
                        "large" => Scale::Large,
                        _ => return Err("--scale is small, medium or large".to_string()),
                    }
                }
                _ => return Err(format!("unknown flag {flag}")),
            }
        }
        settings.runs = settings.runs.max(1);
        Ok(settings)
    }

    /// Makes what is not there yet.
    fn inputs(&self) -> io::Result<Inputs> {
        std::fs::create_dir_all(&self.data)?;
        let make = |name: &str, corpus: Corpus, size: Size| {
            let (Size::Bytes(number) | Size::Records(number)) = size;
            let path = self.data.join(name.replace('N', &number.to_string()));
            if !path.exists() {
                eprintln!("making {}", path.display());
                corpus::write(corpus, &path, size)?;
            }
            io::Result::Ok(path)
        };
        let rows = Size::Records(self.scale.of(10_000_000));
        let log = make("log-N.txt", Corpus::Log, Size::Bytes(self.scale.of(1 << 30)))?;
        let pack = |kind: &str, compression: Compression| {
            let path = log.with_extension(kind);
            if !path.exists() {
                eprintln!("making {}", path.display());
                corpus::write_compressed(&log, &path, compression)?;
            }
            io::Result::Ok(path)
        };
        // Crates that were unpacked for builds are a large source tree that is always there.
        let home = std::env::var("CARGO_HOME")
            .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
        Ok(Inputs {
            scale: self.scale,
            gzip: pack("gzip", Compression::Gzip)?,
            zstd: pack("zstd", Compression::Zstd)?,
            tree: self.tree.clone().unwrap_or_else(|| Path::new(&home).join("registry/src")),
            csv: make("events-N.csv", Corpus::Csv, rows)?,
            quoted: make("quoted-N.csv", Corpus::QuotedCsv, rows)?,
            newlines: make("newlines-N.csv", Corpus::NewlinesCsv, rows)?,
            json: make("events-N.jsonl", Corpus::JsonLines, Size::Records(self.scale.of(5_000_000)))?,
            narrow_json: make("narrow-N.jsonl", Corpus::NarrowJsonLines, rows)?,
            names: make("names-N.txt", Corpus::Names, Size::Records(self.scale.of(50_000_000)))?,
            log,
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
    if settings.install {
        peers::install()?;
    }
    let peers = Peers::find();
    if settings.growth {
        growth::run(&peers.ours, &settings.data, settings.runs)?;
        return Ok(true);
    }
    let inputs = settings.inputs()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{cores} cores; medians of {} runs, output into a pipe", settings.runs);
    println!("{}\n", peers.describe().join(", "));
    let mut table = Table::default();
    for job in jobs::all(&peers, &inputs) {
        if job.name.to_lowercase().contains(&settings.only.to_lowercase()) {
            let measured = in_turn(&job.contenders, job.answers, settings.runs)?;
            table.add(&job, &measured);
        }
    }
    table.print();
    Ok(table.agreed())
}
