//! Inputs that are not what they seem, or change while `search` reads or rewrites them: files of the system, pipes that come
//! slowly, a working directory that is gone, files that shrink and grow, and signals.

#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::harness::{Dir, MYTOOLS, interruptible, mytools};

/// A search that runs on its own, with its standard streams in our hands.
fn start(dir: &Path, args: &[&str]) -> Child {
    interruptible()
        .arg("search")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_the_system_that_say_they_are_empty_are_read() {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let version = fs::read_to_string("/proc/version").unwrap();
    assert_eq!(fs::metadata("/proc/version").unwrap().len(), 0);
    for block in ["7", "100000"] {
        let search = |args: &[&str]| {
            let run = mytools(["search"]).args(args).env("MYTOOLS_TEST_BLOCK", block);
            let outcome = run.run();
            assert_eq!((outcome.code, outcome.errors().as_str()), (0, ""), "{args:?}");
            outcome.text()
        };
        assert_eq!(search(&["^Linux", "/proc/version"]), version);
        assert_eq!(search(&["-U", r"^Linux.*\n", "/proc/version"]), version);
        assert_eq!(search(&["-c", "^MemTotal", "/proc/meminfo", "-j4"]), "1\n");
        assert_eq!(search(&["-U", "-c", r"MemTotal.*\nMem", "/proc/meminfo"]), "1\n");
        assert_eq!(search(&["-F", release.trim(), "/proc/version", "--mmap"]), version);
        // Found on the way, and of all kinds: some cannot be opened, none keeps the search from its end.
        let found = mytools(["search", "--no-messages", "-lF", release.trim(), "/proc/sys/kernel"]).run();
        assert!(found.text().lines().any(|line| line == "/proc/sys/kernel/osrelease"), "{}", found.text());
    }
}

#[test]
fn a_working_directory_that_is_gone_is_no_obstacle_to_paths() {
    let dir = Dir::new();
    dir.file("kept/a", "x\n");
    let gone = dir.path().join("gone");
    let file = dir.path().join("kept/a");
    let run = |args: &str| {
        fs::create_dir(&gone).unwrap();
        let script = format!("rmdir '{}' && exec {MYTOOLS} search {args}", gone.display());
        let run = Command::new("sh").args(["-c", &script]).current_dir(&gone).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (run.status.code(), text(&run.stdout), text(&run.stderr))
    };
    let (code, out, errors) = run(&format!("x '{}' '{}'", file.display(), dir.path().join("kept").display()));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(out, format!("{0}:x\n{0}:x\n", file.display()));
    let (code, out, errors) = run("x a");
    assert_eq!((code, out.as_str(), errors.as_str()), (Some(2), "", "mytools: a: No such file or directory\n"));
    // Nothing is in it.
    let (code, out, errors) = run("x");
    assert_eq!((code, out.as_str()), (Some(2), ""), "{errors}");
    assert!(errors.starts_with("mytools: "), "{errors}");
}

#[test]
fn standard_input_in_pieces_is_the_same_as_at_once() {
    let dir = Dir::new();
    let line =
        |at: usize| format!("{at} {}{}\n", "word ".repeat(at % 40), if at.is_multiple_of(7) { "needle" } else { "" });
    let text: String = (0..4_000).map(line).collect();
    let searches: [&[&str]; 4] =
        [&["-n", "needle"], &["-c", "needle"], &["-U", "needle\\n1"], &["-n", "-C1", "needle$"]];
    for args in searches {
        dir.file("text", &text);
        let at_once = mytools(["search", "-I"]).args(args).args(&["text"]).dir(dir.path()).ok();
        let mut child = start(dir.path(), args);
        let mut pipe = child.stdin.take().unwrap();
        let pieces = text.clone();
        let feeder = std::thread::spawn(move || {
            for piece in pieces.as_bytes().chunks(64 << 10) {
                pipe.write_all(piece).unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        assert!(output.stdout == at_once.as_bytes(), "{args:?}");
    }
    let text = b"a needle\n\nno\nneedle again\nlast needle";
    for args in searches {
        let mut child = start(dir.path(), args);
        let mut pipe = child.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || {
            for byte in text {
                pipe.write_all(&[*byte]).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        dir.file("text", text);
        let at_once = mytools(["search", "-I"]).args(args).args(&["text"]).dir(dir.path()).run();
        assert_eq!((output.status.code(), output.stdout), (Some(at_once.code), at_once.stdout), "{args:?}");
    }
}

#[test]
fn a_line_is_printed_before_the_next_one_comes() {
    let mut child = start(Path::new("/"), &["--line-buffered", "needle"]);
    let mut pipe = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    for at in 0..3 {
        pipe.write_all(format!("nothing\nneedle {at}\nhalf a line, ").as_bytes()).unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.ends_with(&format!("needle {at}\n")), "{line}");
    }
    drop(pipe);
    assert!(child.wait().unwrap().success());
}

/// Lines that tell their number.
fn numbered(lines: usize) -> String {
    (0..lines).map(|at| format!("{at:09} {}\n", "text ".repeat(20))).collect()
}

#[test]
fn a_file_that_shrinks_or_grows_while_it_is_read_ends_quietly() {
    let text = numbered(100_000);
    for args in [&["-j1", "text", "f"][..], &["-j1", "--mmap", "-n", "text", "f"], &["-j3", "--json", "text", "f"]] {
        for shrinks in [true, false] {
            let dir = Dir::new();
            dir.file("f", &text);
            // Its output is not taken at first, so that it stands in the middle of the file where it has one thread.
            let mut child = start(dir.path(), args);
            let mut out = child.stdout.take().unwrap();
            let mut head = [0; 100];
            out.read_exact(&mut head).unwrap();
            let file = OpenOptions::new().write(true).open(dir.path().join("f")).unwrap();
            if shrinks {
                file.set_len(text.len() as u64 / 2 + 13).unwrap();
            } else {
                let mut file = OpenOptions::new().append(true).open(dir.path().join("f")).unwrap();
                file.write_all(text.as_bytes()).unwrap();
            }
            let mut rest = Vec::new();
            out.read_to_end(&mut rest).unwrap();
            let output = child.wait_with_output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), errors.as_ref()), (Some(0), ""), "{args:?}, shrinks: {shrinks}");
            let found = [&head[..], &rest].concat();
            if args.contains(&"--json") {
                assert!(found.ends_with(b"}\n"));
                continue;
            }
            // Up to where it ended there is every line, and none twice.
            let numbers = String::from_utf8(found).unwrap();
            let number = |line: &str| line.rsplit(':').next().and_then(|line| line.get(..9)?.parse::<usize>().ok());
            let whole = numbers.lines().count() - 1;
            for (at, line) in numbers.lines().take(whole.min(100_000)).enumerate() {
                assert_eq!(number(line), Some(at), "{args:?}, shrinks: {shrinks}");
            }
            assert!(whole >= 100_000 / 2 - 10 && (shrinks || whole >= 100_000 - 1), "{whole} lines");
        }
    }
}

#[test]
fn pipes_sockets_and_devices_in_a_tree_never_block() {
    let dir = Dir::new();
    dir.file("a", "x\n").file("d/b", "x\n");
    assert!(Command::new("mkfifo").arg(dir.path().join("d/fifo")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("d/socket")).unwrap();
    symlink("/dev/zero", dir.path().join("zero")).unwrap();
    symlink("d/fifo", dir.path().join("pipe")).unwrap();
    for args in [&["x"][..], &["-L", "x"], &["-L", "-j1", "-z", "x"], &["-LU", "x\\n"], &["-L", "--and-file", "x", "x"]]
    {
        let outcome = mytools(["search"]).args(args).dir(dir.path()).run();
        assert_eq!((outcome.text().as_str(), outcome.errors().as_str()), ("a:x\nd/b:x\n", ""), "{args:?}");
        assert_eq!(outcome.code, 0);
    }
    let outcome = mytools(["search", "-L", "x", "-r", "y", "--write", "--no-messages"]).dir(dir.path()).run();
    assert_eq!(outcome.text(), "2 files changed, 2 replacements\n");
    assert!(fs::symlink_metadata(dir.path().join("d/fifo")).unwrap().file_type().is_fifo());
}

/// Starts to rewrite a big file and waits until its new version is being written; none where it was done before that was
/// seen.
#[cfg(target_os = "linux")]
fn rewriting(dir: &Dir) -> Option<Child> {
    let mut child = start(dir.path(), &["text", "-r", "other", "--write", "f"]);
    let open = format!("/proc/{}/fd", child.id());
    let is_new = |path: &Path| {
        let path = fs::read_link(path).unwrap_or_default();
        path.starts_with(dir.path()) && path != dir.path().join("f")
    };
    while child.try_wait().unwrap().is_none() {
        let Ok(entries) = fs::read_dir(&open) else { break };
        if entries.flatten().any(|entry| is_new(&entry.path())) {
            return Some(child);
        }
    }
    None
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_in_the_middle_of_a_rewrite_leaves_the_old_file_and_nothing_else() {
    let text = numbered(200_000);
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let caught = (0..20).any(|_| {
            let dir = Dir::new();
            dir.file("f", &text);
            let Some(child) = rewriting(&dir) else { return false };
            Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
            let output = child.wait_with_output().unwrap();
            let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, ["f"], "something was left behind");
            let kept = fs::read(dir.path().join("f")).unwrap();
            let was_ended = output.status.signal() == Some(number);
            assert!(was_ended || output.status.success(), "{:?}", output.status);
            let expected = if was_ended { text.clone() } else { text.replace("text", "other") };
            assert!(
                kept == expected.as_bytes() || kept == text.replace("text", "other").as_bytes(),
                "a part of a file"
            );
            was_ended && kept == text.as_bytes()
        });
        assert!(caught, "no run was ended by SIG{name} while it wrote");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_changes_while_it_is_rewritten_stays_as_the_others_made_it() {
    let text = numbered(200_000);
    let caught = (0..20).any(|_| {
        let dir = Dir::new();
        dir.file("f", &text);
        let Some(child) = rewriting(&dir) else { return false };
        let mut file = OpenOptions::new().append(true).open(dir.path().join("f")).unwrap();
        file.write_all(b"one line more\n").unwrap();
        drop(file);
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            return false;
        }
        let told = "mytools: f: changed while it was read and was left as it is; run again\n";
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(2), told));
        assert_eq!(output.stdout, b"0 files changed, 0 replacements\n");
        assert!(fs::read(dir.path().join("f")).unwrap() == format!("{text}one line more\n").as_bytes());
        true
    });
    assert!(caught, "no file was changed while it was rewritten");
}
