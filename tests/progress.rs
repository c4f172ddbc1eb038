//! How far a run is: on a terminal, after a second, and never in the output.

#![cfg(unix)]

use std::process::{Command, Stdio};

use crate::harness::{Dir, MYTOOLS, mytools};
use crate::terminal::Terminal;

/// Which streams are the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Stderr,
    Both,
}

/// Takes the line away that a bar is on.
const CLEARED: &str = "\r\x1b[2K";

/// Runs a pipe into `mytools ARGS` whose writer pauses before its last line; what was on the terminal, and on standard
/// output where that is a pipe.
fn slowly(dir: &Dir, args: &str, on: On) -> (String, String) {
    let terminal = Terminal::new(100);
    let script = format!("(printf 'a,b\\n1,2\\n'; sleep 1.4; printf '3,4\\n') | {MYTOOLS} {args}");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(dir.path()).env_clear().env("PATH", std::env::var("PATH").unwrap());
    command.env("TERM", "xterm").stdin(Stdio::null()).stderr(terminal.end());
    command.stdout(if on == On::Both { terminal.end() } else { Stdio::piped() });
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert!(output.status.success(), "{args}");
    (terminal.screen(command), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn progress_is_shown_after_a_second_and_leaves_nothing_behind() {
    let dir = Dir::new();
    std::thread::scope(|scope| {
        for (args, what) in [("process --from csv -f csv > out1", "reading"), ("search 3 > out2", "searching")] {
            let dir = &dir;
            scope.spawn(move || {
                let (screen, _) = slowly(dir, args, On::Stderr);
                assert!(screen.contains(what) && screen.contains(" B/s"), "{screen:?}");
                assert!(screen.ends_with(CLEARED), "{screen:?}");
            });
        }
    });
    assert_eq!(std::fs::read_to_string(dir.path().join("out1")).unwrap(), "a,b\n1,2\n3,4\n");
    assert_eq!(std::fs::read_to_string(dir.path().join("out2")).unwrap(), "3,4\n");
}

#[test]
fn progress_is_gone_before_output_comes_to_the_same_terminal() {
    let dir = Dir::new();
    std::thread::scope(|scope| {
        for args in [
            "process --from csv -w 'a == 3' -f csv",
            "search --color never -e 'a,b' -e 3 -c",
            "process --from csv -s a -f csv",
        ] {
            let dir = &dir;
            scope.spawn(move || {
                let (screen, _) = slowly(dir, args, On::Both);
                let (before, output) = screen.rsplit_once(CLEARED).unwrap_or_else(|| panic!("{args}: {screen:?}"));
                assert!(before.contains("ing"), "{args}: {screen:?}");
                let expected = ["a,b\n3,4\n", "2\n", "a,b\n1,2\n3,4\n"];
                assert!(expected.contains(&output), "{args}: {screen:?}");
            });
        }
    });
}

#[test]
fn progress_stays_away_where_it_is_not_wanted() {
    let dir = Dir::new();
    std::thread::scope(|scope| {
        let nothing = [
            // Output has come before the second is over: to a pipe, and to the terminal itself.
            ("process --from csv -f csv", On::Stderr, "a,b\n1,2\n3,4\n"),
            ("search 1", On::Stderr, "1,2\n"),
            ("search --progress never 3", On::Stderr, "3,4\n"),
            ("process --from csv --progress never -s a -f csv", On::Stderr, "a,b\n1,2\n3,4\n"),
            ("search -q 3", On::Both, ""),
        ];
        for (args, on, expected) in nothing {
            let dir = &dir;
            scope.spawn(move || {
                let (screen, output) = slowly(dir, args, on);
                assert_eq!((screen.as_str(), output.as_str()), ("", expected), "{args}");
            });
        }
        scope.spawn(|| {
            let (screen, output) = slowly(&dir, "search 1 --progress always", On::Stderr);
            assert!(screen.contains("searching") && screen.ends_with(CLEARED), "{screen:?}");
            assert_eq!(output, "1,2\n");
        });
    });
}

#[test]
fn progress_needs_a_terminal() {
    let dir = Dir::new();
    let script = format!("(printf 'y\\n'; sleep 1.2) | {MYTOOLS} search y --progress always");
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"y\n"[..], &b""[..]));
    mytools(["process", "--progress", "always", "--from", "csv"]).stdin("a\n1\n").ok();
}
