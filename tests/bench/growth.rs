//! Whether time grows with the input and memory does not: ours alone, on 100 MB, 1 GB and 10 GB of the same kind.

use std::io;
use std::path::Path;

use crate::answers::Answers;
use crate::corpus::{self, Corpus, Size};
use crate::measure::{Contender, in_turn};

/// A job, and what its input is made of: the number of bytes or records of about a gigabyte.
struct Job {
    name: &'static str,
    corpus: Corpus,
    size: Size,
    args: &'static [&'static str],
}

const JOBS: &[Job] = &[
    Job {
        name: "count a literal",
        corpus: Corpus::Log,
        size: Size::Bytes(1 << 30),
        args: &["search", "-c", " 404 ", "INPUT"],
    },
    Job {
        name: "-n, every line",
        corpus: Corpus::Log,
        size: Size::Bytes(1 << 30),
        args: &["search", "-n", "HTTP/", "INPUT"],
    },
    Job {
        name: "CSV, 100,000 groups",
        corpus: Corpus::Csv,
        size: Size::Records(10_000_000),
        args: &["process", "INPUT", "-g", "user_id", "-a", "n=count, total=sum(value)", "-f", "csv"],
    },
    Job {
        name: "filter CSV to CSV",
        corpus: Corpus::Csv,
        size: Size::Records(10_000_000),
        args: &["process", "INPUT", "-w", "status >= 500", "-f", "csv"],
    },
    Job {
        name: "top 10",
        corpus: Corpus::Csv,
        size: Size::Records(10_000_000),
        args: &["process", "INPUT", "--top", "10:id", "-f", "csv"],
    },
];

/// Runs all jobs on each size, and prints a table. What was made for the largest size is removed again.
pub(crate) fn run(ours: &[String], data: &Path, runs: usize) -> io::Result<()> {
    println!("| job | 100 MB: s, MiB | 1 GB: s, MiB | 10 GB: s, MiB | 10 GB : 100 MB |");
    println!("| --- | --- | --- | --- | --- |");
    std::fs::create_dir_all(data)?;
    for kind in [Corpus::Log, Corpus::Csv] {
        let jobs: Vec<&Job> = JOBS.iter().filter(|job| job.corpus == kind).collect();
        let mut rows = vec![Vec::new(); jobs.len()];
        for (times, over) in [(1, 10), (1, 1), (10, 1)] {
            let Some(job) = jobs.first() else { continue };
            let (name, size) = match job.size {
                Size::Bytes(bytes) => (format!("log-{}.txt", bytes * times / over), Size::Bytes(bytes * times / over)),
                Size::Records(rows) => {
                    (format!("events-{}.csv", rows * times / over), Size::Records(rows * times / over))
                }
            };
            let path = data.join(name);
            if !path.exists() {
                eprintln!("making {}", path.display());
                corpus::write(kind, &path, size)?;
            }
            let bytes = std::fs::metadata(&path)?.len() as f64;
            for (job, row) in jobs.iter().zip(&mut rows) {
                let args = job.args.iter().map(|arg| arg.replace("INPUT", &path.to_string_lossy()));
                let command = ours.iter().cloned().chain(args).collect();
                let contender = Contender { name: "mytools", command };
                for measured in in_turn(&[contender], Answers::Any, runs)? {
                    row.push((measured.time.as_secs_f64(), measured.memory as f64 / 1024.0, bytes));
                }
            }
            if times > 1 {
                std::fs::remove_file(&path)?;
            }
        }
        for (job, row) in jobs.iter().zip(rows) {
            let cells: Vec<String> = row.iter().map(|(time, memory, _)| format!("{time:.3}, {memory:.0}")).collect();
            let per_byte: Vec<f64> = row.iter().map(|(time, _, bytes)| time / bytes).collect();
            let (Some(first), Some(last)) = (per_byte.first(), per_byte.last()) else { continue };
            println!("| {} | {} | {:.2} times the time per byte |", job.name, cells.join(" | "), last / first);
        }
    }
    Ok(())
}
