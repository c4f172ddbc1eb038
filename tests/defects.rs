//! What a panic leaves behind: a message, exit code 2, what was printed before it, and no file that is not whole.
//!
//! Builds for tests panic where `MYTOOLS_TEST_PANIC` says; what users run knows nothing of it.

use std::fmt::Write as _;
use std::fs;

use crate::harness::{Dir, Outcome, mytools};

const OLD: &str = "what was there\n";

/// A directory with `a.csv` of many blocks, `out.csv`, and `tmp` for temporary files.
fn dir() -> Dir {
    let dir = Dir::new();
    let mut csv = "k,v\n".to_string();
    for n in 0..2000 {
        writeln!(csv, "k{},{}", n * 7919 % 1000, n * 31 % 997).unwrap();
    }
    dir.file("a.csv", csv).file("out.csv", OLD);
    fs::create_dir(dir.path().join("tmp")).unwrap();
    dir
}

fn run(dir: &Dir, args: &[&str], threads: &str, fault: &str) -> Outcome {
    let run = mytools(args).args(&["-j", threads]).dir(dir.path()).env("TMPDIR", dir.path().join("tmp"));
    run.env("MYTOOLS_TEST_BLOCK", "1000").env("MYTOOLS_TEST_PANIC", fault).run()
}

/// The names in a directory.
fn names(dir: &Dir, name: &str) -> Vec<String> {
    let entries = fs::read_dir(dir.path().join(name)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// That a run panicked and said so; what it printed is the start of what it should have.
fn ended_well(outcome: &Outcome, whole: &[u8], told: &str) {
    let errors = outcome.errors();
    assert!(errors.contains("a defect on purpose"), "{told}: {errors}");
    assert_eq!(outcome.code, 2, "{told}: {errors}");
    assert!(whole.starts_with(&outcome.stdout), "{told}: {}", outcome.text());
    let message = "mytools: a worker failed unexpectedly; this is a defect of mytools; please report it\n";
    assert!(errors.ends_with(message), "{told}: {errors}");
}

/// Whether the binary under test panics on request.
fn can_panic() -> bool {
    if !cfg!(debug_assertions) {
        println!("skipped: only builds for tests panic on request");
    }
    cfg!(debug_assertions)
}

#[test]
fn records_before_a_panic_are_printed_and_files_stay_as_they_were() {
    if !can_panic() {
        return;
    }
    let dir = dir();
    let commands: [&[&str]; 4] = [
        &["process", "a.csv", "-w", "v > 10", "-f", "jsonl"],
        &["process", "a.csv", "--sort", "v", "--memory", "1K", "-f", "csv"],
        &["process", "a.csv", "-g", "k", "-a", "n=count, v=median(v)", "--memory", "1K", "-f", "csv"],
        &["process", "a.csv", "--join", "a.csv", "--on", "k", "--memory", "1K", "-f", "csv"],
    ];
    for args in commands {
        let whole = run(&dir, args, "2", "");
        assert_eq!((whole.code, whole.errors().as_str()), (0, ""), "{args:?}");
        let mut faults = vec!["claim:3", "work:3", "drain:3", "end:0"];
        if args.contains(&"--memory") {
            faults.extend(["spill:0", "restore:0"]);
        }
        for fault in faults {
            for threads in ["1", "3"] {
                let told = format!("{args:?} -j {threads} {fault}");
                ended_well(&run(&dir, args, threads, fault), &whole.stdout, &told);
                let to_file = [args, &["-o", "out.csv"]].concat();
                ended_well(&run(&dir, &to_file, threads, fault), b"", &told);
                assert_eq!(fs::read_to_string(dir.path().join("out.csv")).unwrap(), OLD, "{told}");
                assert_eq!(names(&dir, "."), ["a.csv", "out.csv", "tmp"], "{told}");
                assert!(names(&dir, "tmp").is_empty(), "{told}");
            }
        }
    }
}

#[test]
fn a_search_that_panics_prints_what_came_before() {
    if !can_panic() {
        return;
    }
    let dir = dir();
    for args in [&["search", "9", "a.csv"][..], &["search", "--sort", "path", "k1", "."], &["search", "--count", "7"]] {
        let whole = run(&dir, args, "2", "");
        assert_eq!((whole.code, whole.errors().as_str()), (0, ""), "{args:?}");
        for fault in ["claim:0", "work:0", "drain:0", "end:0"] {
            for threads in ["1", "3"] {
                let told = format!("{args:?} -j {threads} {fault}");
                ended_well(&run(&dir, args, threads, fault), &whole.stdout, &told);
            }
        }
    }
}

#[test]
fn a_rewrite_that_panics_leaves_each_file_as_it_was_or_as_it_should_be() {
    if !can_panic() {
        return;
    }
    let old = "one\n".repeat(1000);
    let new = "two\n".repeat(1000);
    for fault in ["claim:0", "work:0", "drain:0", "end:0"] {
        for threads in ["1", "3"] {
            let dir = dir();
            for n in 0..100 {
                dir.file(&format!("in/{n}.txt"), &old);
            }
            let told = format!("-j {threads} {fault}");
            let args = ["search", "one", "-r", "two", "--write", "in"];
            let outcome = run(&dir, &args, threads, fault);
            ended_well(&outcome, &outcome.stdout, &told);
            assert_eq!(names(&dir, "in").len(), 100, "{told}");
            for n in 0..100 {
                let text = fs::read_to_string(dir.path().join(format!("in/{n}.txt"))).unwrap();
                assert!(text == old || text == new, "{told}: {n}.txt");
            }
            assert!(names(&dir, "tmp").is_empty(), "{told}");
        }
    }
}
