//! `mytools search` against the real ripgrep: the same bytes and the same exit code for random patterns, flags, paths,
//! block sizes and thread counts over a small tree of awkward files.
//!
//! Left out are the deliberate differences, and corners of ripgrep that depend on where its buffer ends: the statistics
//! of context around a NUL past 64 KiB, `-v` with `-m`, `-l` or `-q` (it reads on after it has its answer), and NULs in
//! a pipe.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::differential::output_flags::OUTPUT;
use crate::harness::{Dir, Outcome, mytools, repository, skip};

/// Combinations to try.
const ROUNDS: u64 = 400;

const PATTERNS: [&str; 28] = [
    "foo",
    "bar",
    "foo|bar",
    "sam|samwise",
    "^",
    "$",
    "^foo",
    "bar$",
    "f.o",
    "[0-9]+",
    r"\w+",
    "(?i)foo",
    "é",
    "x*",
    "zzz",
    "",
    r"\bfoo\b",
    "a b",
    "fo+(b)?",
    "(f)(o+)",
    "ERROR",
    "Foo",
    "k",
    r"\s",
    "foo.*bar",
    "-bar",
    r"\W",
    "err|12",
];

const PATHS: [&[&str]; 14] = [
    &[],
    &["."],
    &["d"],
    &["a.txt"],
    &["a.txt", "b.rs"],
    &["d/nul.bin"],
    &["late.bin"],
    &["bom.txt"],
    &["d", "a.txt"],
    &["noeol"],
    &["big.txt"],
    &["u16.txt"],
    &["d/nul.bin", "d"],
    &["empty"],
];

/// A small generator (xorshift), so that a failure can be repeated.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

fn text(random: &mut Random, lines: usize) -> Vec<u8> {
    let words: [&[u8]; 15] = [
        b"foo",
        b"bar",
        b"Foo",
        b"foobar",
        b"error",
        b"x",
        b"a",
        b"ab",
        b"12",
        "été".as_bytes(),
        b"\xff",
        b"sam",
        b"samwise",
        b"",
        b"foo-bar",
    ];
    let mut text = Vec::new();
    for _ in 0..lines {
        for at in 0..random.below(6) {
            if at > 0 {
                text.push(b' ');
            }
            text.extend_from_slice(random.pick::<&[u8]>(&words));
        }
        text.extend_from_slice(if random.chance(10) { b"\r\n" } else { b"\n" });
    }
    text
}

fn tree(random: &mut Random) -> Dir {
    let dir = Dir::new();
    for name in ["a.txt", "b.rs", "d/c.txt", "d/e/f.md", "d+", "z.py", ".hid/x.txt", "ign.log", "d/k.txt"] {
        let lines = random.below(30);
        dir.file(name, text(random, lines));
    }
    let nul = [text(random, 12), b"foo \0 bar\nfoo again\n".to_vec(), text(random, 5)].concat();
    dir.file("d/nul.bin", nul);
    dir.file("late.bin", [text(random, 12_000), b"foo\0foo\nfoo\n".to_vec()].concat());
    dir.file("bom.txt", [b"\xef\xbb\xbffoo first\n".to_vec(), text(random, 9)].concat());
    let utf16: Vec<u8> = "\u{feff}foo ünï\nbar\nfoo\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    dir.file("u16.txt", utf16).file("empty", "").file("big.txt", text(random, 400)).file(".ignore", "ign.log\n");
    dir.file("noeol", [text(random, 9), b"foo end".to_vec()].concat());
    dir
}

fn flags(random: &mut Random) -> Vec<String> {
    let mut flags: Vec<String> = Vec::new();
    let mut one_of = |random: &mut Random, choices: &[(usize, &str)]| {
        if let Some((_, flag)) = choices.iter().find(|(percent, _)| random.chance(*percent)) {
            flags.push((*flag).to_string());
        }
    };
    one_of(random, &[(20, "-i"), (20, "-S")]);
    one_of(random, &[(12, "-w"), (10, "-x")]);
    one_of(random, &[(10, "-F")]);
    one_of(random, &[(50, "-n")]);
    one_of(random, &[(15, "-H"), (15, "-I")]);
    one_of(random, &[(15, "--heading")]);
    one_of(random, &[(20, "--color=always")]);
    one_of(random, &[(10, "-c"), (7, "-l"), (5, "-q"), (8, "--json")]);
    one_of(random, &[(15, "-o")]);
    one_of(random, &[(4, "-u"), (4, "-uu"), (4, "-uuu"), (5, "--hidden")]);
    one_of(random, &[(4, "-g*.txt"), (4, "-g!*.rs"), (4, "-trust"), (4, "-Tpy"), (4, "-d1")]);
    one_of(random, &[(4, "-rX"), (4, "-r[$0]"), (4, "-r$1$2"), (4, "-r${1}z"), (4, "-r$$")]);
    for row in OUTPUT {
        one_of(random, row);
    }
    // How far ripgrep has read a file with a NUL depends on its buffer when every line is printed.
    if flags.iter().any(|flag| flag.starts_with("--passthr")) {
        flags.retain(|flag| flag != "--stats" && flag != "--json");
    }
    if random.chance(20) {
        flags.push(format!("-m{}", random.below(5)));
    } else if random.chance(15) && !flags.iter().any(|flag| flag == "-l" || flag == "-q" || flag == "--stats") {
        flags.push("-v".to_string());
    }
    for context in ["-A", "-B", "-C"] {
        if random.chance(13) && !flags.iter().any(|flag| flag == "--json" || flag == "--stats") {
            flags.push(format!("{context}{}", random.below(4)));
        }
    }
    flags
}

/// An output from a little before it differs from another.
fn from_difference(whose: &str, code: i32, text: &str, other: &str) -> String {
    let same = text.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let shown: String = text.chars().skip(same.saturating_sub(80)).take(240).collect();
    format!("{whose} {code}: …{shown:?}…")
}

/// The real ripgrep 15.2, if it is there.
pub(super) fn ripgrep() -> Option<PathBuf> {
    let named = std::env::var_os("RG").map(PathBuf::from);
    let local = repository().join("target/peers/bin/rg");
    let candidates = named.into_iter().chain([local, PathBuf::from("rg")]);
    candidates.into_iter().find(|path| {
        let version = Command::new(path).arg("--version").output();
        version.is_ok_and(|output| output.stdout.starts_with(b"ripgrep 15.2"))
    })
}

pub(super) fn run_ripgrep(rg: &Path, dir: &Path, args: &[String]) -> Outcome {
    let output = Command::new(rg)
        .args(["--no-config", "--sort", "path"])
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
}

/// The output without the times that JSON events and statistics tell.
fn timeless(stdout: &[u8]) -> String {
    let text: String = stdout.iter().map(|byte| char::from(*byte)).collect();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\"elapsed") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = after.find('}').map_or("", |end| &after[end..]);
    }
    out.push_str(rest);
    // ripgrep counts what it prints without its colours, and we with ours.
    let colored = out.contains("\x1b[0m\x1b[");
    let differs = |line: &str| {
        line.ends_with(" seconds spent searching")
            || line.ends_with(" seconds total")
            || (colored && line.ends_with(" bytes printed"))
    };
    out.split_inclusive('\n').filter(|line| !differs(line.trim_end())).collect()
}

#[test]
fn prints_what_ripgrep_prints() {
    let Some(rg) = ripgrep() else { return skip("ripgrep 15.2") };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("MYTOOLS_SEED").unwrap_or(0x9E37_79B9_7F4A_7C15);
    let rounds = number("MYTOOLS_ROUNDS").unwrap_or(ROUNDS);
    println!("seed {seed}");
    let mut random = Random(seed);
    let dir = tree(&mut random);
    for round in 0..rounds {
        let mut args = flags(&mut random);
        args.extend(["-e".to_string(), (*random.pick(&PATTERNS)).to_string()]);
        if random.chance(10) {
            args.extend(["-e".to_string(), (*random.pick(&PATTERNS)).to_string()]);
        }
        args.push("--".to_string());
        args.extend(random.pick(&PATHS).iter().map(ToString::to_string));
        let threads = *random.pick(&["1", "2", "4"]);
        let mut block = *random.pick(&["", "", "1", "3", "7", "16", "33", "64", "100", "1000", "5000"]);
        // A byte at a time over the one large file would take longer than all else together.
        if block.len() < 3 && args.iter().any(|arg| arg == "late.bin" || arg == ".")
            || args.last().is_some_and(|arg| arg == "--")
        {
            block = "1000";
        }
        let theirs = run_ripgrep(&rg, dir.path(), &args);
        let mut run = mytools(["search", "-j", threads]).dir(dir.path());
        if !block.is_empty() {
            run = run.env("MYTOOLS_TEST_BLOCK", block);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ours = run.args(&args).run();
        let (found, expected) = (timeless(&ours.stdout), timeless(&theirs.stdout));
        // ripgrep calls it a success that a file is left out as binary, and lists nothing.
        let listless = args.contains(&"--files-without-match") && expected.is_empty();
        assert!(
            found == expected && (ours.code == theirs.code || listless),
            "round {round}: {args:?}, -j {threads}, block '{block}'\n{}\n{}\n{}",
            from_difference("ours", ours.code, &found, &expected),
            from_difference("ripgrep's", theirs.code, &expected, &found),
            ours.errors()
        );
    }
}
