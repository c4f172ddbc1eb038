//! `mytools search` against the real ripgrep: the same bytes and the same exit code for random patterns, flags, paths,
//! block sizes and thread counts over small trees of awkward files.
//!
//! `MYTOOLS_SEED` sets the seed (it is fixed otherwise, and printed), `MYTOOLS_ROUNDS` how many combinations are tried,
//! `MYTOOLS_ROUND` tries a single one. A difference is shown with the fewest flags that still make it.
//!
//! The generator never makes what is different on purpose: `-p`, `.git` under `--hidden` (its repositories are empty
//! directories), `-P` (other engines). What it leaves out beyond that is in [`sensible`], each with its reason.

mod input_flags;
mod output_flags;
mod patterns;
mod random;
mod run;
mod trees;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) use self::random::Random;
use self::run::{Round, Stdin};
pub(super) use self::run::{ripgrep, run_ripgrep};
use self::trees::{KINDS, Kind, Tree};
use crate::harness::skip;

/// Combinations to try.
const ROUNDS: u64 = 2400;

/// Differences after which no more are looked for.
const ENOUGH: usize = 12;

/// Takes flags from a table, each row `often` times as often as it says.
fn draw(random: &mut Random, table: &[&[(usize, &str)]], often: usize, into: &mut Vec<String>) {
    for row in table {
        if let Some((_, flag)) = row.iter().find(|(percent, _)| random.chance(*percent * often)) {
            into.push((*flag).to_string());
        }
    }
}

fn flags(random: &mut Random, kind: Kind) -> Vec<String> {
    let mut flags = Vec::new();
    let files = random.chance(if kind == Kind::Ignored { 40 } else { 2 });
    if files {
        flags.push("--files".to_string());
    }
    // Few flags at a time find what many hide from each other.
    if random.chance(60) {
        draw(random, input_flags::PATTERN, 1, &mut flags);
    }
    draw(random, input_flags::SHOWN, 1, &mut flags);
    if random.chance(60) {
        draw(random, output_flags::OUTPUT, 1, &mut flags);
    }
    draw(random, input_flags::READ, 1, &mut flags);
    draw(random, input_flags::FILES, if kind == Kind::Ignored { 3 } else { 1 }, &mut flags);
    if kind == Kind::Ignored {
        draw(random, &[&[(15, "--ignore-file=more.rules"), (5, "--ignore-file=d/none")]], 1, &mut flags);
    }
    if kind == Kind::Encoded {
        draw(random, input_flags::ENCODING, 1, &mut flags);
    }
    if kind == Kind::Compressed {
        draw(random, &[&[(90, "-z")]], 1, &mut flags);
    }
    if random.chance(12) {
        // With -m0 ripgrep does not read the pattern, however wrong it is.
        flags.push(format!("-m{}", 1 + random.below(4)));
    }
    for context in ["-A", "-B", "-C"] {
        if random.chance(12) {
            flags.push(format!("{context}{}", random.below(4)));
        }
    }
    let multiline = random.chance(15);
    if multiline {
        flags.push("-U".to_string());
        if random.chance(30) {
            flags.push("--multiline-dotall".to_string());
        }
    }
    for _ in 0..*random.pick(&[1, 1, 1, 1, 2, 3]) {
        let pattern = patterns::pattern(random, multiline);
        // With -U ripgrep takes the end of a match for the start of the text.
        let looks_back = ["^", "\\A", "\\b", "\\B"].iter().any(|look| pattern.replace("[^", "").contains(look));
        if !(multiline && looks_back) {
            flags.push(format!("--regexp={pattern}"));
        }
    }
    if !flags.iter().any(|flag| flag.starts_with("--regexp")) {
        flags.push("--regexp=foo".to_string());
    }
    // The last flag wins, so their order is worth a try too.
    for at in (1..flags.len()).rev() {
        let other = random.below(at + 1);
        flags.swap(at, other);
    }
    flags
}

/// Where to stand, and the paths to search from there.
fn paths(random: &mut Random, tree: &Tree) -> (String, Vec<String>) {
    let name = |random: &mut Random| random.pick(&tree.names).clone();
    let root = tree.root();
    let (directory, paths) = match random.below(13) {
        0..=2 => ("", vec![]),
        3 => ("", vec![".".to_string()]),
        4 => ("", vec!["./".to_string()]),
        5 => ("d", vec![]),
        6 => ("d", vec![(*random.pick(&["..", "../a.txt", "../d/c.txt", "e", "./e/", "../d"])).to_string()]),
        7 => ("", vec![root.to_str().unwrap().to_string()]),
        8 => ("d", vec![root.join(name(random)).to_str().unwrap().to_string()]),
        9 => ("", vec![name(random), name(random)]),
        10 => ("", vec![format!("./{}", name(random).trim_start_matches('.'))]),
        11 => ("", vec![name(random), (*random.pick(&["nowhere", "d/", "d//e", "a.txt", "d/../d"])).to_string()]),
        _ => ("", vec![name(random)]),
    };
    (directory.to_string(), paths)
}

/// Flags that print lines around those that match.
const CONTEXT: [&str; 4] = ["--passthr", "-A", "-B", "-C"];

/// Flags that print how many bytes were read.
const BYTES: [&str; 2] = ["--stats", "--json"];

/// Takes out what is not worth to be like ripgrep in.
fn sensible(flags: &mut Vec<String>, tree: &Tree) {
    let has = |flags: &[String], some: &[&str]| flags.iter().any(|flag| some.iter().any(|one| flag.starts_with(one)));
    let drop = |flags: &mut Vec<String>, some: &[&str]| {
        flags.retain(|flag| !some.iter().any(|one| flag.starts_with(one)));
    };
    // How far ripgrep has read a file with a NUL in it depends on its buffer: where it prints every line, where it
    // counts context or keeps it in the buffer, and where it reads on although it has its answer.
    if matches!(tree.kind, Kind::Binary | Kind::Encoded | Kind::Compressed) {
        drop(flags, &["-B", "-C"]);
        if has(flags, &CONTEXT) {
            drop(flags, &["--stats", "--json", "--mmap"]);
        }
        if has(flags, &["-m", "-l", "-q", "--files-with", "--stats", "--json"]) {
            drop(flags, &["-v"]);
        }
    }
    // The same goes for the bytes it has read past the last line that it wants.
    if has(flags, &BYTES) && has(flags, &["-m"]) {
        drop(flags, &["-v", "-A", "-C", "--passthr"]);
    }
    // Which lines it prints as context past the limit depends on whether it maps the file.
    if has(flags, &["-m"]) && has(flags, &["-A", "-C", "--passthr"]) {
        drop(flags, &["-v"]);
    }
    // It puts marks of no colour around the matches in the start of a long line.
    if has(flags, &["--max-columns-preview"]) {
        drop(flags, &["--colors=match:none"]);
    }
    if has(flags, &["--stop-on-nonmatch"]) {
        // With -v it overlooks the line that is to stop it.
        drop(flags, &["--stats", "--json", "-v"]);
    }
    // Each match would print the whole long line again, gigabytes of it.
    if tree.kind == Kind::Large {
        drop(flags, &["--vimgrep"]);
    }
    // Between \r and \n there is a place for an empty word, and for one that is no word's.
    if flags.iter().any(|flag| flag.starts_with("--regexp=") && flag.contains("\\B")) {
        drop(flags, &["--crlf"]);
    }
    if has(flags, &["--crlf"]) {
        drop(flags, &["-w"]);
    }
    // An expression that must end where the text ends is looked for at the end of the file, and not in each record.
    if flags.iter().any(|flag| flag.starts_with("--regexp=") && flag.contains("\\z")) {
        drop(flags, &["--null-data"]);
    }
    // Links are told from paths as they are shown, and then there is no such file.
    if has(flags, &["--path-separator"]) {
        drop(flags, &["--hyperlink"]);
    }
    if flags.iter().any(|flag| flag == "-U") {
        // It takes the end of a match for the start of the text, which is the start of a word too.
        drop(flags, &["-x"]);
        let is_word =
            |flag: &String| flag.strip_prefix("--regexp=").is_none_or(|text| text.chars().all(char::is_alphanumeric));
        if !flags.iter().all(is_word) {
            drop(flags, &["-w"]);
        }
        // All lines between two matches are printed, however few -m allows.
        if has(flags, &["-m"]) {
            drop(flags, &["-v"]);
        }
        // What is printed of each match is not cut and coloured as it is without -U.
        drop(flags, &["-M", "--max-columns-preview", "--trim", "--colors=match:none"]);
        // Which line ends it prints depends on flags that have nothing to do with them.
        drop(flags, &["--crlf"]);
        if has(flags, &["-m"]) {
            drop(flags, &["--stats"]);
        }
        // Behind a replaced match that ends past the last one allowed it prints all the rest of the file, and in JSON it
        // panics.
        if has(flags, &["-m"]) {
            drop(flags, &["-r", "--json"]);
        }
        // Where nothing is left of the lines it still prints what stands above and between them.
        if has(flags, &["-r", "-o"]) {
            drop(flags, &["--heading", "--pretty", "-A", "-B", "-C"]);
        }
        // It prints the lines before an empty match that is behind the last line, and so on none.
        let patterns = flags.iter().filter_map(|flag| flag.strip_prefix("--regexp="));
        let mut compiled = patterns.filter_map(|pattern| regex::Regex::new(pattern).ok());
        if compiled.any(|regex| regex.is_match("")) {
            drop(flags, &["-B", "-C"]);
        }
    }
}

fn round(seed: u64, number: u64, trees: &[Tree]) -> Round {
    let random = &mut Random::new(seed, number);
    let at = random.below(trees.len());
    let tree = &trees[at];
    let mut flags = flags(random, tree.kind);
    sensible(&mut flags, tree);
    let (directory, mut paths) = paths(random, tree);
    // What has the same date comes in the order in which the system lists it.
    if paths.len() > 1 || flags.iter().any(|flag| flag == "-L") {
        flags.retain(|flag| !flag.ends_with("=modified"));
    }
    let mut stdin = Stdin::Null;
    // Standard input is decompressed too, by what is in it, where ripgrep goes by names.
    if tree.kind != Kind::Compressed && random.chance(8) {
        let files: Vec<&String> = tree.names.iter().filter(|name| tree.root().join(name).is_file()).collect();
        let name = (*random.pick(&files)).clone();
        // What ripgrep reads at once of a pipe depends on how it was filled, and it has a buffer of its own for a file
        // there; so no NULs.
        let binary = std::fs::read(tree.root().join(&name)).unwrap().contains(&0);
        let name = if binary { "a.txt".to_string() } else { name };
        stdin = if random.chance(50) { Stdin::File(name) } else { Stdin::Pipe(name) };
        paths = if random.chance(60) { vec![] } else { vec!["-".to_string()] };
    }
    let large = matches!(tree.kind, Kind::Large | Kind::Binary);
    // A byte at a time over the large files would take longer than all else together.
    let block = if large {
        *random.pick(&["", "", "1000", "5000", "32768", "65535", "65536", "65537"])
    } else {
        *random.pick(&["", "", "1", "2", "3", "7", "16", "33", "64", "100", "1000", "5000"])
    };
    let threads = *random.pick(&["1", "2", "4"]);
    Round { number, tree: at, directory, flags, paths, stdin, threads, block }
}

#[test]
fn prints_what_ripgrep_prints() {
    let Some(rg) = ripgrep() else { return skip("ripgrep 15.2") };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("MYTOOLS_SEED").unwrap_or(1520);
    let rounds = match number("MYTOOLS_ROUND") {
        Some(one) => one..one + 1,
        None => 0..number("MYTOOLS_ROUNDS").unwrap_or(ROUNDS),
    };
    println!("MYTOOLS_SEED={seed}, {} combinations", rounds.end - rounds.start);
    let trees: Vec<Tree> = (0..KINDS.len()).map(|number| Tree::new(seed, number)).collect();
    let next = AtomicUsize::new(0);
    let failed: Mutex<Vec<Round>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(number) = rounds.clone().nth(next.fetch_add(1, Ordering::Relaxed)) {
                    let round = round(seed, number, &trees);
                    if round.difference(&rg, &trees[round.tree]).is_some() {
                        failed.lock().unwrap().push(round);
                    }
                    if failed.lock().unwrap().len() >= ENOUGH {
                        break;
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    if failed.is_empty() {
        return;
    }
    failed.sort_by_key(|round| round.number);
    let told: Vec<String> = failed.iter().map(|round| tell(round, &rg, &trees[round.tree])).collect();
    trees.into_iter().for_each(Tree::keep);
    panic!("MYTOOLS_SEED={seed}: {} differences\n{}", failed.len(), told.join("\n"));
}

fn tell(round: &Round, rg: &std::path::Path, tree: &Tree) -> String {
    let shrunk = round.shrunk(rg, tree);
    let Round { number, flags, paths, stdin, threads, block, directory, .. } = &shrunk;
    let difference = shrunk.difference(rg, tree).unwrap_or_else(|| "gone when run again".to_string());
    let place = tree.root().join(directory);
    format!(
        "round {number}, {:?} tree {}: {flags:?} -- {paths:?}, stdin {stdin:?}, -j {threads}, block '{block}'\n{difference}",
        tree.kind,
        place.display(),
    )
}
