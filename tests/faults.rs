//! Faults of the machine and of other programs: disks that are full, memory that is short, files and directories that change
//! under the reader, signals, readers that leave. What is told is told once; nothing old is lost and nothing new is left.

#![cfg(target_os = "linux")]

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Dir, MYTOOLS, Outcome, interruptible, mytools};

/// Runs a script with `$M` as the binary.
fn sh(dir: &Dir, script: &str) -> Outcome {
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", script]).current_dir(dir.path()).env_clear();
    command.env("PATH", std::env::var("PATH").unwrap()).env("M", MYTOOLS).stdin(Stdio::null());
    let output = command.output().unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
}

/// Runs a script with a disk of 256 KiB at `disk`, which is gone with the script, however that ends: only the script sees
/// it. None where the system lets us make none.
fn on_a_small_disk(dir: &Dir, script: &str) -> Option<Outcome> {
    fs::create_dir_all(dir.path().join("disk")).unwrap();
    dir.file("script", format!("mount -t tmpfs -o size=256k tmpfs disk || exit 77\n{script}"));
    let run = ["unshare -m", "unshare -rm"].map(|unshare| sh(dir, &format!("{unshare} bash --norc script")));
    let made = run.into_iter().find(|run| !matches!(run.code, 1 | 77 | 126 | 127));
    if made.is_none() {
        eprintln!("skipped: a file system of our own cannot be mounted here");
    }
    made
}

/// A table of many different rows.
fn table(rows: usize) -> String {
    let rows: String = (0..rows).map(|n| format!("{n},{},text that is said again\n", n * 7919 % 10_007)).collect();
    format!("n,k,t\n{rows}")
}

/// The names in a directory.
fn names(dir: &Dir, below: &str) -> Vec<String> {
    let entries = fs::read_dir(dir.path().join(below)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_takes_no_file_and_leaves_none() {
    let dir = Dir::new();
    dir.file("t.csv", table(60_000)).file("text", "old text\n".repeat(20_000));
    let room = "cannot keep records in a temporary file: No space left on device; give it a larger disk with --temp-dir, \
                or more memory with --memory";
    let spills = ["-s k", "-g n", "--distinct n", "--freq n", "--join t.csv --on n", "-a 'm=median(n)'"];
    let mut script = String::new();
    for spill in spills {
        script += &format!(
            "$M process t.csv --memory 64K --temp-dir disk -f csv {spill} | wc -l; echo ${{PIPESTATUS[0]}}; ls -A disk\n"
        );
    }
    script += "TMPDIR=disk $M process t.csv --memory 64K -s k -f csv; echo $?; ls -A disk\n";
    let Some(run) = on_a_small_disk(&dir, &script) else { return };
    assert!(run.errors().lines().all(|line| line == format!("mytools: disk: {room}")), "{}", run.errors());
    assert_eq!(run.errors().lines().count(), spills.len() + 1);
    // What streams has given what it could; what must see all has given nothing.
    let told: Vec<String> = run.text().lines().map(String::from).collect();
    let codes: Vec<&str> = told.iter().skip(1).step_by(2).map(String::as_str).collect();
    assert_eq!((codes, told.len()), (vec!["2"; spills.len()], 2 * spills.len() + 1), "{told:?}");
    assert_eq!([&told[0], &told[2], &told[6], &told[10]], ["0"; 4]);

    let script = "$M process t.csv -o disk/out.csv; echo $?; ls -A disk
        echo old > disk/out.csv; $M process t.csv -o disk/out.csv; echo $?; cat disk/out.csv; ls -A disk
        $M process t.csv -s n:desc -o disk/out.csv; echo $?; cat disk/out.csv; rm disk/*
        $M process t.csv --derive 'm = n % 3' --split-by m -o 'disk/{m}.csv' 2>/dev/null; echo $?; ls -A disk
        cp text disk; $M search old -r 'new and longer' --write disk/text; echo $?; cmp text disk/text; ls -A disk";
    let run = on_a_small_disk(&dir, script).unwrap();
    let expected = "2\n2\nold\nout.csv\n2\nold\n2\n0 files changed, 0 replacements\n2\ntext\n";
    assert_eq!(run.text(), expected, "{}", run.errors());
    let told = "mytools: disk/out.csv: No space left on device\n".repeat(3);
    assert_eq!(run.errors(), told + "mytools: disk/text: No space left on device\n");
    assert!(names(&dir, "disk").is_empty());
}

/// Starts a run whose output waits until it is taken.
fn start(dir: &Dir, args: &[&str]) -> Child {
    interruptible()
        .args(args)
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs in the middle of whose output something happens; its code, output and errors.
fn meanwhile(dir: &Dir, args: &[&str], happens: impl FnOnce()) -> Outcome {
    let mut child = start(dir, args);
    let mut out = child.stdout.take().unwrap();
    let mut stdout = vec![0; 100];
    out.read_exact(&mut stdout).unwrap();
    happens();
    out.read_to_end(&mut stdout).unwrap();
    let output = child.wait_with_output().unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout, stderr: output.stderr }
}

#[test]
fn a_file_that_changes_while_it_is_read_gives_what_it_was_or_an_error() {
    let text = table(150_000);
    let path = |dir: &Dir| dir.path().join("t.csv");
    // Longer than what is on its way: the pipe's mebibyte and a block for each thread.
    for args in [&["process", "-j1", "-f", "csv", "t.csv"][..], &["search", "-j1", "-N", "", "t.csv"]] {
        for how in ["shrinks", "grows", "is replaced", "is removed", "is emptied"] {
            let dir = Dir::new();
            dir.file("t.csv", &text).file("other", "n,k,t\n");
            let run = meanwhile(&dir, args, || match how {
                "shrinks" => {
                    OpenOptions::new().write(true).open(path(&dir)).unwrap().set_len(text.len() as u64 - 7).unwrap();
                }
                "is emptied" => OpenOptions::new().write(true).open(path(&dir)).unwrap().set_len(0).unwrap(),
                "grows" => {
                    OpenOptions::new().append(true).open(path(&dir)).unwrap().write_all(b"1,2,3\n").unwrap();
                }
                "is replaced" => fs::rename(dir.path().join("other"), path(&dir)).unwrap(),
                _ => fs::remove_file(path(&dir)).unwrap(),
            });
            let shorter = matches!(how, "shrinks" | "is emptied");
            if shorter && args[0] == "process" {
                let told = "mytools: t.csv: the file became shorter while it was read\n";
                assert_eq!((run.code, run.errors().as_str()), (2, told), "{args:?} {how}");
            } else {
                assert_eq!((run.code, run.errors().as_str()), (0, ""), "{args:?} {how}");
            }
            assert!(text.as_bytes().starts_with(run.stdout.strip_suffix(b"\n").unwrap_or_default()), "{args:?} {how}");
            if shorter {
                assert!(run.stdout.len() < text.len(), "{args:?} {how}");
            } else {
                assert!(run.stdout == text.as_bytes(), "{args:?} {how}");
            }
        }
    }
}

#[test]
fn an_answer_of_all_records_is_never_one_of_some() {
    let text = table(100_000);
    let whole = "count\n100000\n";
    for _ in 0..4 {
        let dir = Dir::new();
        dir.file("t.csv", &text);
        let child = start(&dir, &["process", "-j2", "-f", "csv", "t.csv", "-a", "count"]);
        let file = OpenOptions::new().write(true).open(dir.path().join("t.csv")).unwrap();
        file.set_len(text.len() as u64 / 2).unwrap();
        let output = child.wait_with_output().unwrap();
        let (found, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        match output.status.code() {
            Some(2) => assert_eq!(found, "", "{told}"),
            // It was opened after or read before.
            code => assert!(code == Some(0) && (found == whole || told.is_empty()), "{code:?} {found} {told}"),
        }
    }
}

#[test]
fn directories_that_vanish_during_the_walk_are_told_or_passed_over() {
    let dir = Dir::new();
    dir.file("a/big.txt", "x some text\n".repeat(200_000));
    for number in 0..50 {
        dir.file(&format!("b/{number:02}/c/f.txt"), "x\n").file(&format!("z/{number:02}.txt"), "x\n");
    }
    for args in [&["search", "-j1", "x", "."][..], &["search", "-j4", "x", "."], &["search", "--files", "a", "b", "z"]]
    {
        fs::create_dir_all(dir.path().join("b/00/c")).unwrap();
        let run = if args.contains(&"--files") {
            fs::remove_dir_all(dir.path().join("b")).unwrap();
            mytools(args).dir(dir.path()).run()
        } else {
            meanwhile(&dir, args, || fs::remove_dir_all(dir.path().join("b")).unwrap())
        };
        let told = run.errors();
        assert!(told.lines().all(|line| line.ends_with(": No such file or directory")), "{args:?} {told}");
        assert_eq!(run.code, if told.is_empty() { 0 } else { 2 }, "{args:?}");
        // What is still there is found.
        assert_eq!(run.text().lines().filter(|line| line.contains("z/")).count(), 50, "{args:?}");
    }
}

#[test]
fn data_directories_may_hold_anything() {
    let dir = Dir::new();
    dir.file("d/a.csv", "n\n1\n").file("d/sub/b.csv", "n\n2\n");
    assert!(Command::new("mkfifo").arg(dir.path().join("d/fifo.csv")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("d/socket.csv")).unwrap();
    symlink("/dev/zero", dir.path().join("d/zero.csv")).unwrap();
    symlink("loop.csv", dir.path().join("d/loop.csv")).unwrap();
    symlink("..", dir.path().join("d/sub/up")).unwrap();
    fs::create_dir(dir.path().join("d/directory.csv")).unwrap();
    let all = mytools(["process", "d", "-f", "csv"]).dir(dir.path()).run();
    assert_eq!((all.code, all.text().as_str(), all.errors().as_str()), (0, "n\n1\n2\n", ""));
    let named = mytools(["process", "d/loop.csv", "d/a.csv", "-f", "csv"]).dir(dir.path()).run();
    assert_eq!((named.code, named.text().as_str()), (2, "n\n1\n"));
    assert!(named.errors().starts_with("mytools: d/loop.csv: Too many levels of symbolic links"), "{}", named.errors());
}

#[test]
fn interrupted_calls_are_made_again() {
    // A signal with a handler makes waits and slow reads fail for the moment, as does a stop.
    let dir = Dir::new();
    let text = table(3000);
    for args in [&["process", "--from", "csv", "-f", "csv"][..], &["process", "-z", "-f", "csv"], &["search", "-N", ""]]
    {
        let args: Vec<&str> = args.iter().copied().filter(|arg| *arg != "-z").collect();
        let mut child = start(&dir, &args);
        let process = Pid::from_raw(child.id().cast_signed()).unwrap();
        let (mut stdin, text) = (child.stdin.take().unwrap(), text.clone());
        let feeder = std::thread::spawn(move || {
            for (at, piece) in text.as_bytes().chunks(2000).enumerate() {
                stdin.write_all(piece).unwrap();
                // From the first output on its handlers are there.
                if at > 20 {
                    let signals = if at % 5 == 0 { &[Signal::STOP, Signal::CONT][..] } else { &[Signal::XFSZ] };
                    for signal in signals {
                        kill_process(process, *signal).unwrap();
                    }
                }
                std::thread::sleep(Duration::from_millis(if at == 20 { 300 } else { 3 }));
            }
            text
        });
        let output = child.wait_with_output().unwrap();
        let text = feeder.join().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert!(output.status.success() && output.stdout == text.as_bytes(), "{args:?} {}", output.status);
    }
}

#[test]
fn readers_that_leave_end_every_format_and_stage_quietly() {
    let dir = Dir::new();
    dir.file("t.csv", table(30_000)).file("small.csv", "k,w\n1,a\n");
    let formats = mytools(["list", "formats", "-f", "jsonl"]).ok();
    let mut runs = Vec::new();
    for line in formats.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = row["name"].as_str().unwrap().to_string();
        // One column goes into every format.
        let written = mytools(["process", "small.csv", "-c", "w", "-f", &name]).dir(dir.path()).run().code == 0;
        if written {
            runs.push(format!("process t.csv -c t -f {name}"));
        }
    }
    assert!(runs.len() > 10, "{runs:?}");
    let stages = [
        "-s k",
        "-g n",
        "--distinct n",
        "--join t.csv --on n",
        "--window 'r = rank(k)'",
        "--unpivot 'n,k into a,b'",
        "--tail 39000",
        "-s k --memory 1M",
        "--union t.csv",
    ];
    runs.extend(stages.map(|stage| format!("process t.csv -f jsonl {stage}")));
    let searches = [
        "--json",
        "-o",
        "-n --heading -H",
        "--format csv",
        "--format table",
        "-C2",
        "--vimgrep",
        "-r y",
        "-r y --diff",
    ];
    runs.extend(searches.map(|how| format!("search x t.csv {how}")));
    for run in runs {
        let script = format!("$M {run} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}");
        let outcome = sh(&dir, &script);
        assert_eq!((outcome.text().as_str(), outcome.errors().as_str()), ("0\n", ""), "{run}");
    }
}

#[test]
fn signals_leave_files_with_one_name_only() {
    // A version that replaces a file has a name of its own for a moment.
    for signal in [Signal::INT, Signal::TERM].repeat(6) {
        let dir = Dir::new();
        for number in 0..300 {
            dir.file(&format!("f{number}"), "old\n");
        }
        let child = start(&dir, &["search", "-j8", "old", "-r", "new", "--write", "."]);
        let process = Pid::from_raw(child.id().cast_signed()).unwrap();
        let changed = || fs::read(dir.path().join("f1")).unwrap() == b"new\n";
        let begun = std::time::Instant::now();
        while !changed() && begun.elapsed() < Duration::from_secs(10) {}
        let _ = kill_process(process, signal);
        let output = child.wait_with_output().unwrap();
        let ended = output.status.signal() == Some(signal.as_raw()) || output.status.success();
        assert!(ended, "{:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
        assert_eq!(names(&dir, "").len(), 300, "{:?}", names(&dir, ""));
        for number in 0..300 {
            let text = fs::read(dir.path().join(format!("f{number}"))).unwrap();
            assert!(text == b"old\n" || text == b"new\n", "{number}");
        }
    }
}

#[test]
fn signals_that_are_ignored_stay_ignored() {
    let dir = Dir::new();
    for number in 0..200 {
        dir.file(&format!("f{number}"), "old\n");
    }
    let script = "trap '' INT; $M search -j2 old -r new --write & child=$!
        for n in 1 2 3 4 5 6 7 8; do kill -INT $child 2>/dev/null; sleep 0.01; done; wait $child; echo $?";
    let run = sh(&dir, script);
    assert_eq!((run.text().as_str(), run.errors().as_str()), ("200 files changed, 200 replacements\n0\n", ""));
}

#[test]
fn a_signal_while_output_is_split_leaves_no_file() {
    let dir = Dir::new();
    let mut child = start(&dir, &["process", "--from", "csv", "--split-by", "k", "-o", "part-{k}.csv"]);
    let rows: String = (0..100_000).map(|n| format!("{n},{}\n", n % 9)).collect();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("n,k\n{rows}").as_bytes()).unwrap();
    kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(names(&dir, "").is_empty(), "{:?}", names(&dir, ""));
}

#[test]
fn little_address_space_is_enough_for_much_data() {
    let dir = Dir::new();
    dir.file("t.csv", table(30_000));
    for stage in ["-g n -a 's=sum(k)'", "-s k", "--distinct k", "--join t.csv --on n"] {
        let run = |limit: &str, threads: u8| {
            sh(&dir, &format!("{limit} $M process t.csv -j{threads} -f csv {stage} | cksum"))
        };
        let whole = run("", 2);
        for (limit, threads) in [("ulimit -v 130000;", 1), ("ulimit -v 250000;", 2)] {
            let little = run(limit, threads);
            assert_eq!((little.text(), little.errors()), (whole.text(), String::new()), "{stage} {limit}");
        }
    }
}

#[test]
fn lines_that_memory_does_not_allow_are_errors() {
    let dir = Dir::new();
    let line = "x".repeat(13 << 20);
    dir.file("long", &line).file("short", "x\n");
    let told = |what: &str| format!("{what} is longer than 12 MiB; that is all that the limit on memory allows");
    let whole = "larger than 12 MiB, and -U has to read it whole";
    for (run, said) in [
        ("search x long", told("a line")),
        ("search -c y long short", told("a line")),
        ("search -z x < long", told("a line")),
        ("search -U 'x$' long", whole.to_string()),
        ("search --and-file y x long", told("a line")),
        ("search x -r y --write long", told("a line")),
        ("process long --from lines --count", told("a record")),
        ("process --from lines --count < <(cat long)", told("a record")),
        ("process long --from csv --no-header", "is longer than".to_string()),
        ("process long --from jsonl", told("a record")),
        ("process long --from toml", told("an input that must be read whole")),
        ("process long --from yaml", told("a value")),
    ] {
        let run = sh(&dir, &format!("ulimit -v 200000; $M {run}"));
        assert_eq!(run.code, 2, "{said}: {}", run.errors());
        assert!(run.errors().contains(&said), "{}", run.errors());
    }
    assert!(fs::read(dir.path().join("long")).unwrap() == line.as_bytes());
    // Without a limit it is a line as any other.
    assert_eq!(mytools(["search", "-c", "x", "long"]).dir(dir.path()).ok(), "1\n");
    assert_eq!(sh(&dir, "cat long | $M search -c 'x$'").text(), "1\n");
    assert_eq!(sh(&dir, "cat long | $M process --from lines --count -f csv").text(), "count\n1\n");
}

#[test]
fn what_must_not_be_read_is_told_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    dir.file("a.csv", "k,v\na,1\n").file("b.csv", "k,v\nb,2\n").file("shut/c.csv", "k,v\nc,3\n");
    let mode = |name: &str, mode| {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    // Whoever runs the tests may be allowed everything; the program then runs as nobody, from where nobody can reach it.
    fs::copy(MYTOOLS, dir.path().join("program")).unwrap();
    for (name, bits) in [("program", 0o755), ("", 0o755), ("b.csv", 0), ("shut", 0)] {
        mode(name, bits);
    }
    let root = rustix::process::geteuid().is_root();
    let who = if root { "setpriv --reuid=65534 --regid=65534 --clear-groups " } else { "" };
    let run = |args: &str| sh(&dir, &format!("{who}./program {args}"));
    if root && run("--version").code != 0 {
        mode("shut", 0o755);
        eprintln!("skipped: the program cannot be run as nobody here");
        return;
    }
    let denied = |name: &str| format!("mytools: {name}: Permission denied\n");
    let found = run("search -n , a.csv b.csv");
    assert_eq!((found.code, found.text()), (2, "a.csv:1:k,v\na.csv:2:a,1\n".to_string()));
    assert_eq!(found.errors(), denied("b.csv"));
    let found = run("search -c a,1 . -g '*.csv'");
    assert_eq!((found.code, found.text()), (2, "./a.csv:1\n".to_string()), "{}", found.errors());
    assert!(found.errors().contains("shut") && found.errors().contains("b.csv"), "{}", found.errors());
    let rows = run("process a.csv b.csv -f csv");
    assert_eq!((rows.code, rows.text()), (2, "k,v\na,1\n".to_string()));
    assert_eq!(rows.errors(), denied("b.csv"));
    let sum = run("process b.csv a.csv -a 's=sum(v)' -f csv -o shut/o.csv");
    assert_eq!((sum.code, sum.text()), (2, String::new()));
    mode("shut", 0o755);
    assert_eq!(names(&dir, "shut"), ["c.csv"]);
    assert_eq!(fs::read_to_string(dir.path().join("shut/c.csv")).unwrap(), "k,v\nc,3\n");
}
