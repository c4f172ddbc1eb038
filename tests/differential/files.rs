//! Which files are searched, against the real ripgrep: random trees with ignore files, from the root, a directory below, by
//! an absolute path, with `./` and with two roots, under random filter flags.
//!
//! `--hidden` goes with `--no-ignore-vcs`, because `.git` is left out otherwise, which is the one deliberate difference.

use std::path::Path;

use super::search::{Random, ripgrep, run_ripgrep};
use crate::harness::{Dir, mytools, skip};

/// Combinations to try.
const ROUNDS: u32 = 300;

const NAMES: [&str; 14] =
    ["a", "a+", "a.rs", "b.c", "B", ".hid", "c.py", "build", "target", "x.log", "y.txt", "z", "lib.rs", "X.LOG"];

const RULES: [&str; 22] = [
    "*.log",
    "build/",
    "/target",
    "!x.log",
    "a/**",
    "**/z",
    "*.py",
    "!*.rs",
    "/a/b.c",
    "b*",
    "!.hid",
    "# note",
    "",
    "a+/",
    "x.???",
    "[yz]*",
    "\\!x",
    "target/*",
    "!/target/a.rs",
    "**/a/**/c.py",
    "  ",
    "a.rs  ",
];

/// Flags that change which files are found.
const FLAGS: [&[&str]; 40] = [
    &["--no-ignore"],
    &["--no-ignore", "--ignore"],
    &["--no-ignore-vcs"],
    &["--no-ignore-dot"],
    &["--no-ignore-exclude"],
    &["--no-ignore-parent"],
    &["--no-ignore-global"],
    &["--no-ignore-files"],
    &["--ignore-vcs"],
    &["--ignore-dot"],
    &["--ignore-file", "rules"],
    &["--ignore-file", "rules", "--no-ignore-files"],
    &["--ignore-file-case-insensitive"],
    &["--no-require-git"],
    &["--require-git"],
    &["--hidden", "--no-ignore-vcs"],
    &["--no-hidden"],
    &["-u"],
    &["-uu"],
    &["-g", "*.rs"],
    &["-g", "!*.py"],
    &["-g", "!a"],
    &["-g", "a/**"],
    &["-g", "*.LOG"],
    &["--iglob", "*.LOG"],
    &["--iglob", "!B"],
    &["--glob-case-insensitive", "-g", "*.RS"],
    &["-t", "rust"],
    &["-T", "py"],
    &["-t", "all"],
    &["--type-add", "foo:*.log", "-t", "foo"],
    &["--type-clear", "rust"],
    &["--type-clear", "rust", "--type-add", "rust:*.c", "-t", "rust"],
    &["-d", "1"],
    &["-d", "2"],
    &["--max-filesize", "10"],
    &["--one-file-system"],
    &["-L"],
    &["--sortr", "path"],
    &["-0"],
];

/// A tree with ignore files of all kinds in it.
fn grow(random: &mut Random, dir: &Dir, at: &str, depth: usize) {
    for name in [".gitignore", ".ignore", ".rgignore"] {
        if random.chance(30) {
            let rules: Vec<&str> = (0..=random.below(4)).map(|_| *random.pick(&RULES)).collect();
            dir.file(&format!("{at}{name}"), rules.join("\n"));
        }
    }
    if random.chance(25) {
        dir.file(&format!("{at}.git/info/exclude"), *random.pick(&RULES));
    }
    for _ in 0..=random.below(8) {
        let path = format!("{at}{}", random.pick(&NAMES));
        if dir.path().join(&path).exists() {
            continue;
        }
        if depth > 0 && random.chance(50) {
            grow(random, dir, &format!("{path}/"), depth - 1);
        } else {
            let size = random.below(20);
            dir.file(&path, "x".repeat(size));
        }
    }
}

/// Where the search starts: the working directory below the tree, and the paths.
fn places(random: &mut Random, dir: &Dir) -> (String, Vec<String>) {
    let below = if dir.path().join("a").is_dir() { "a" } else { "." };
    let absolute = dir.path().canonicalize().unwrap().display().to_string();
    match random.below(7) {
        0 => (below.to_string(), Vec::new()),
        1 => (".".to_string(), vec!["./".to_string()]),
        2 => (".".to_string(), vec![absolute]),
        3 => (".".to_string(), vec![below.to_string(), ".".to_string()]),
        4 if below != "." => (".".to_string(), vec![format!("./{below}")]),
        5 if below != "." => (below.to_string(), vec!["..".to_string()]),
        _ => (".".to_string(), Vec::new()),
    }
}

#[test]
fn finds_the_files_that_ripgrep_finds() {
    let Some(rg) = ripgrep() else { return skip("ripgrep 15.2") };
    let mut random = Random::new(0x2545_F491_4F6C_DD1D, 0);
    let mut dir = Dir::new();
    for round in 0..ROUNDS {
        if round % 10 == 0 {
            dir = Dir::new();
            dir.file("rules", "*.c\n!b.c\nz\n");
            grow(&mut random, &dir, "", 3);
        }
        let mut args: Vec<String> =
            if random.chance(70) { vec!["--files".into()] } else { vec!["-c".into(), "x".into()] };
        for _ in 0..random.below(4) {
            args.extend(random.pick(&FLAGS).iter().map(ToString::to_string));
        }
        let (below, paths) = places(&mut random, &dir);
        // This order is over all roots at once, and equal paths have none.
        if paths.len() > 1 {
            args.retain(|arg| arg != "--sortr" && arg != "path");
        }
        // Where git's rules count again, `.git` is left out.
        if args.iter().any(|arg| arg == "-uu" || arg == "--hidden") {
            args.retain(|arg| arg != "--ignore-vcs" && arg != "--ignore");
        }
        args.extend(paths);
        let from = dir.path().join(Path::new(&below));
        let theirs = run_ripgrep(&rg, &from, &args);
        let threads = *random.pick(&["1", "2", "4"]);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ours = mytools(["search", "-j", threads]).dir(&from).args(&args).run();
        assert_eq!(
            (ours.text(), ours.code),
            (theirs.text(), theirs.code),
            "round {round}: {args:?} in {below}, -j {threads}, {}{}",
            ours.errors(),
            theirs.errors()
        );
    }
}
