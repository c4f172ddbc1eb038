//! The side-by-side benchmark.

mod corpus;

use std::path::Path;

use corpus::{Corpus, Size};

fn main() -> std::io::Result<()> {
    let to = std::env::args().nth(1).unwrap_or_else(|| "target/bench-data".into());
    let to = Path::new(&to);
    std::fs::create_dir_all(to)?;
    corpus::write(Corpus::Csv, &to.join("events10m.csv"), Size::Records(10_000_000))?;
    corpus::write(Corpus::JsonLines, &to.join("events5m.jsonl"), Size::Records(5_000_000))?;
    corpus::write(Corpus::Log, &to.join("log1g.txt"), Size::Bytes(1 << 30))?;
    corpus::write(Corpus::NarrowJsonLines, &to.join("events10m.jsonl"), Size::Records(10_000_000))?;
    corpus::write(Corpus::QuotedCsv, &to.join("quoted10m.csv"), Size::Records(10_000_000))
}
