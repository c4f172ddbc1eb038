//! The rules of the shell, each through real pipes, descriptors, signals and limits: what scripts rely on.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Dir, MYTOOLS, Outcome, interruptible, mytools};
use crate::terminal::Terminal;

/// A directory with a table and a text.
fn files() -> Dir {
    let dir = Dir::new();
    dir.file("a.csv", "n,w\n1,a\n2,b\n3,c\n").file("t.txt", "x\ny1\ny2\n");
    dir
}

/// A bash in a directory, where `mytools` is ours, with nothing of our environment.
fn bash(dir: &Dir, script: &str) -> Command {
    let mut command = Command::new("bash");
    let script = format!("mytools() {{ {MYTOOLS} \"$@\"; }}\n{script}");
    command.args(["--norc", "-c", &script]).current_dir(dir.path()).env_clear();
    command.env("PATH", std::env::var("PATH").unwrap()).env("MYTOOLS", MYTOOLS).stdin(Stdio::null());
    command
}

/// What a script comes to.
fn sh(dir: &Dir, script: &str) -> Outcome {
    let output = bash(dir, script).output().unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
}

/// Checks the code and both streams of a script.
#[track_caller]
fn expect(dir: &Dir, script: &str, code: i32, stdout: &str, stderr: &str) {
    let outcome = sh(dir, script);
    assert_eq!((outcome.text().as_str(), outcome.errors().as_str()), (stdout, stderr), "{script}");
    assert_eq!(outcome.code, code, "{script}");
}

const MISSING: &str = "mytools: nosuch: No such file or directory\n";

#[test]
fn exit_codes_of_search_are_those_of_ripgrep() {
    let dir = files();
    expect(&dir, "mytools search y1 t.txt", 0, "y1\n", "");
    expect(&dir, "mytools search z t.txt", 1, "", "");
    expect(&dir, "mytools search y1 t.txt nosuch", 2, "t.txt:y1\n", MISSING);
    expect(&dir, "mytools search -q y1 t.txt nosuch 2>/dev/null", 0, "", "");
    expect(&dir, "mytools search -q z t.txt nosuch", 2, "", MISSING);
    expect(&dir, "mytools search --no-messages z nosuch", 2, "", "");
}

#[test]
fn exit_codes_of_process_tell_whether_it_went_well() {
    let dir = files();
    expect(&dir, "mytools process a.csv -n 1 -f csv", 0, "n,w\n1,a\n", "");
    expect(&dir, "mytools process a.csv -w 'n > 5' -f csv", 0, "n,w\n", "");
    expect(&dir, "mytools process a.csv -w 'n > 5' -f csv --exit-status", 1, "n,w\n", "");
    expect(&dir, "mytools process a.csv nosuch -n 1 -f csv", 2, "n,w\n1,a\n", MISSING);
    expect(&dir, "mytools process nosuch --no-messages", 2, "", "");
}

#[test]
fn a_quiet_process_tells_whether_there_is_a_row() {
    let dir = files();
    expect(&dir, "mytools process a.csv -w 'n == 2' -q", 0, "", "");
    expect(&dir, "mytools process a.csv -w 'n == 9' --quiet", 1, "", "");
    expect(&dir, "mytools process a.csv -g w -w 'count > 1' -q", 1, "", "");
    expect(&dir, "mytools process nosuch a.csv -q", 0, "", MISSING);
    expect(&dir, "mytools process nosuch -q", 2, "", MISSING);
    expect(&dir, "mytools process a.csv -q --validate 'n in 1..2' 2>/dev/null", 1, "", "");
    expect(&dir, "mytools process a.csv -q -w 'n >' 2>/dev/null", 2, "", "");
    // The first row is enough.
    expect(&dir, "(echo n; yes 7) | mytools process --from csv -w 'n == 7' -q", 0, "", "");
}

#[test]
fn closed_descriptors_are_as_the_null_device() {
    let dir = files();
    expect(&dir, "mytools search y1 t.txt >&-", 0, "", "");
    expect(&dir, "mytools search z t.txt >&-", 1, "", "");
    expect(&dir, "mytools process a.csv >&-", 0, "", "");
    expect(&dir, "mytools process a.csv -f csv -o out.csv >&- <&- 2>&-; cat out.csv", 0, "n,w\n1,a\n2,b\n3,c\n", "");
    expect(&dir, "mytools search y - <&-", 1, "", "");
    expect(&dir, "mytools search y1 t.txt <&-", 0, "y1\n", "");
    expect(&dir, "mytools process - <&-", 0, "[]\n", "");
    expect(&dir, "mytools process a.csv -n 1 -f csv <&-", 0, "n,w\n1,a\n", "");
    expect(&dir, "mytools search y1 t.txt nosuch 2>&-", 2, "t.txt:y1\n", "");
    expect(&dir, "mytools process -w 'n >' a.csv 2>&-", 2, "", "");
    expect(&dir, "mytools process a.csv nosuch -n 1 -f csv 2>/dev/full", 2, "n,w\n1,a\n", "");
}

#[test]
fn a_reader_that_is_killed_ends_us_quietly() {
    let dir = files();
    for run in [
        "search --json y",
        "search -c y",
        "process --from lines -f jsonl",
        "process --from lines -f csv",
        "process --from lines -f yaml",
    ] {
        // Counting has nothing to say before the end, so it gets one.
        let writer = if run.contains("-c") { "yes y | head -99" } else { "yes y" };
        let script = format!(
            "({writer} | mytools {run} 2>err; echo ${{PIPESTATUS[@]: -1}} >code) | (read line; kill -9 $BASHPID) 2>/dev/null; cat code err"
        );
        assert_eq!(sh(&dir, &script).text(), "0\n", "{run}");
    }
    dir.file("many", "y\n".repeat(200_000));
    expect(&dir, "set -o pipefail; mytools search y many | head -1", 0, "y\n", "");
    expect(&dir, "set -o pipefail; mytools process --from lines many -f jsonl | true", 0, "", "");
}

#[test]
fn full_disks_are_errors_at_any_time() {
    if !fs::exists("/dev/full").unwrap() {
        return;
    }
    let dir = files();
    let full = "mytools: <stdout>: No space left on device\n";
    for run in [
        "search y t.txt",
        "search --files",
        "search --json y t.txt",
        "search --line-buffered y t.txt",
        "process a.csv -t",
        "process a.csv --line-buffered -f csv",
        "process a.csv --explain",
        "help errors",
    ] {
        expect(&dir, &format!("mytools {run} >/dev/full"), 2, "", full);
    }
    expect(&dir, "mytools process a.csv -f csv -o /dev/full", 2, "", "mytools: /dev/full: No space left on device\n");
}

#[test]
fn signals_end_the_run_and_leave_nothing_half_written() {
    for (signal, number) in [(Signal::INT, 2), (Signal::TERM, 15)] {
        for args in [
            &["process", "--from", "csv", "-o", "out.csv"][..],
            &["process", "--from", "csv", "-s", "n", "--memory", "1", "--temp-dir", "tmp", "-o", "out.csv"],
            &["search", "y"],
        ] {
            let dir = files();
            dir.file("out.csv", "old\n").file("tmp/keep", "");
            let mut command = interruptible();
            let command = command.args(args).current_dir(dir.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            // More than the pipe holds: when all is written, the run is at it.
            let lines: String = (0..200_000).map(|n| format!("{n}\n")).collect();
            stdin.write_all(format!("n\n{lines}").as_bytes()).unwrap();
            kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), signal).unwrap();
            let status = child.wait().unwrap();
            assert_eq!(status.signal(), Some(number), "{args:?}");
            assert_eq!(fs::read_to_string(dir.path().join("out.csv")).unwrap(), "old\n");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4, "{args:?}");
            assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 1, "{args:?}");
        }
    }
}

#[test]
fn a_shell_sees_130_after_ctrl_c() {
    let dir = files();
    expect(
        &dir,
        "env --default-signal=INT bash -c '
            set -m; sleep 5 | $MYTOOLS search y - & sleep 0.5; kill -INT %1; wait %1 2>/dev/null; echo $?'",
        0,
        "130\n",
        "",
    );
}

#[test]
fn a_dash_is_standard_input_wherever_a_file_is_read() {
    let dir = files();
    expect(&dir, "cat a.csv | mytools process - -n 1 -f csv", 0, "n,w\n1,a\n", "");
    expect(&dir, "cat a.csv | mytools process a.csv -w 'n == 1' --join - --on n -f csv", 0, "n,w,w_right\n1,a,a\n", "");
    expect(&dir, "cat a.csv | mytools process a.csv -n 1 --union - -n 2 -f csv", 0, "n,w\n1,a\n1,a\n", "");
    expect(&dir, "mytools process a.csv -n 1 -f csv -o -", 0, "n,w\n1,a\n", "");
    expect(&dir, "echo a.csv | mytools process --files-from - -n 1 -f csv", 0, "n,w\n1,a\n", "");
    expect(&dir, "cat t.txt | mytools search y1 -", 0, "y1\n", "");
    expect(&dir, "echo y1 | mytools search -f - t.txt", 0, "y1\n", "");
    expect(&dir, "echo t.txt | mytools search y1 --files-from -", 0, "t.txt:y1\n", "");
}

#[test]
fn standard_input_is_read_once() {
    let dir = files();
    for script in [
        "process - -",
        "process - --join - --on n",
        "process a.csv --join - --on n --union -",
        "process - --files-from -",
        "search -f - y -",
        "search -f - --files-from -",
        "search y - --files0-from -",
    ] {
        let outcome = sh(&dir, &format!("cat a.csv | mytools {script}"));
        assert_eq!((outcome.code, outcome.text().as_str()), (2, ""), "{script}");
        let said = outcome.errors();
        assert!(said.contains("standard input") && said.lines().count() == 1, "{script}: {said}");
    }
}

#[test]
fn names_that_start_with_a_dash_come_after_two() {
    let dir = files();
    dir.file("-w.csv", "n\n5\n").file("-y.txt", "y\n");
    expect(&dir, "mytools process -f csv -- -w.csv", 0, "n\n5\n", "");
    expect(&dir, "mytools process -f csv ./-w.csv", 0, "n\n5\n", "");
    expect(&dir, "mytools search -N -- y -y.txt", 0, "y\n", "");
    expect(&dir, "mytools search -c -e -x -- t.txt", 1, "", "");
}

#[test]
fn paths_go_through_nuls() {
    let dir = Dir::new();
    dir.file("a b\n.csv", "n\n1\n").file("c.csv", "n\n2\n");
    let sorted = "LC_ALL=C sort -z";
    expect(
        &dir,
        &format!("find . -name '*.csv' -print0 | {sorted} | mytools process --files0-from - -f csv"),
        0,
        "n\n1\n2\n",
        "",
    );
    expect(
        &dir,
        &format!("find . -name '*.csv' -print0 | {sorted} | mytools search -I 2 --files0-from -"),
        0,
        "2\n",
        "",
    );
    expect(
        &dir,
        &format!("find . -name '*.csv' -print0 | {sorted} | xargs -0 $MYTOOLS process -f csv"),
        0,
        "n\n1\n2\n",
        "",
    );
    expect(&dir, "mytools search -l0 n | xargs -0 $MYTOOLS process -a 's=sum(n)' -f csv", 0, "s\n3\n", "");
    expect(&dir, "printf '' | mytools process --files0-from - -f csv", 0, "", "");
    expect(&dir, "printf 'nosuch\\0c.csv\\0' | mytools process --files0-from - -f csv", 2, "n\n2\n", MISSING);
    expect(&dir, "mytools process --files-from nosuch", 2, "", MISSING);
}

#[test]
fn long_lists_of_arguments_are_taken() {
    let dir = Dir::new();
    let names: Vec<String> = (0..3000).map(|n| format!("some/rather/long/directory/of/data/file-{n:05}.csv")).collect();
    for name in &names {
        dir.file(name, "n\n1\n");
    }
    expect(&dir, "mytools process some/rather/long/directory/of/data/*.csv --count -f csv", 0, "count\n3000\n", "");
    expect(
        &dir,
        "ulimit -n 256; mytools process some/rather/long/directory/of/data/*.csv --count -f csv",
        0,
        "count\n3000\n",
        "",
    );
    expect(&dir, "mytools search --count-total 1 some/rather/long/directory/of/data/*.csv", 0, "3000\n", "");
}

#[test]
fn what_a_process_substitution_gives_is_read() {
    let dir = files();
    expect(&dir, "mytools process <(cat a.csv) -n 1 -f csv", 0, "n,w\n1,a\n", "");
    expect(&dir, "mytools process <(cat a.csv) <(cat a.csv) --count -f csv", 0, "count\n6\n", "");
    expect(&dir, "mytools process a.csv -n 1 --join <(cat a.csv) --on n -f csv", 0, "n,w,w_right\n1,a,a\n", "");
    expect(&dir, "mytools process <(gzip -c a.csv) -n 1 -f csv", 0, "n,w\n1,a\n", "");
    expect(&dir, "mytools search -I y1 <(cat t.txt) t.txt", 0, "y1\ny1\n", "");
    expect(&dir, "mytools search -z y1 <(gzip -c t.txt)", 0, "y1\n", "");
    expect(&dir, "mytools search -f <(echo y1) t.txt", 0, "y1\n", "");
    expect(&dir, "mytools process a.csv -n 1 -f csv -o >(cat) | cat", 0, "n,w\n1,a\n", "");
}

#[test]
fn the_output_is_no_input() {
    let dir = files();
    let told = "mytools: a.csv: is the output too, so it is not read; -o FILE may be an input\n";
    expect(&dir, "mytools process a.csv -f csv >> a.csv; echo $?; cat a.csv", 0, "2\nn,w\n1,a\n2,b\n3,c\n", told);
    let told = told.replace("a.csv", "<stdin>");
    expect(&dir, "mytools process --from csv -f csv < a.csv >> a.csv; echo $?; wc -l < a.csv", 0, "2\n4\n", &told);
    expect(&dir, "mytools search y >> t.txt; cat t.txt", 0, "x\ny1\ny2\n", "");
    expect(&dir, "mytools process a.csv -w 'n > 2' -o a.csv; cat a.csv", 0, "n,w\n3,c\n", "");
}

#[test]
fn arguments_need_not_be_text() {
    let dir = files();
    fs::write(dir.path().join(OsStr::from_bytes(b"odd\xff.csv")), "n\n1\n").unwrap();
    expect(&dir, r"mytools process $'odd\xff.csv' -f csv", 0, "n\n1\n", "");
    let outcome = sh(&dir, r"mytools search -H 1 $'odd\xff.csv'");
    assert_eq!((outcome.code, outcome.stdout.as_slice()), (0, &b"odd\xff.csv:1\n"[..]));
    let told = "mytools: the pattern is not UTF-8; write the bytes as (?-u:\\xFF)\n";
    expect(&dir, r"mytools search $'\xff' t.txt", 2, "", told);
    let outcome = sh(&dir, r#"mytools process a.csv -w $'w == "\xff"'"#);
    assert_eq!(
        (outcome.code, outcome.text().as_str(), outcome.errors().lines().count()),
        (2, "", 1),
        "{}",
        outcome.errors()
    );
}

/// Something of standard output and of standard error.
type Both = (bool, bool);

#[test]
fn colours_are_decided_for_each_stream_by_itself() {
    let dir = files();
    // The variables and flags, whether standard output and error are terminals, and whether they are coloured.
    let cases: &[(&str, &str, Both, Both)] = &[
        ("TERM=xterm", "", (true, true), (true, true)),
        ("TERM=xterm", "", (false, true), (false, true)),
        ("TERM=xterm", "", (true, false), (true, false)),
        ("TERM=xterm", "", (false, false), (false, false)),
        ("TERM=dumb", "", (true, true), (false, false)),
        ("A=", "", (true, true), (false, false)),
        ("TERM=xterm NO_COLOR=1", "", (true, true), (false, false)),
        ("TERM=xterm NO_COLOR=", "", (true, true), (true, true)),
        ("TERM=dumb CLICOLOR_FORCE=1", "", (false, false), (true, true)),
        ("FORCE_COLOR=1", "", (false, false), (true, true)),
        ("FORCE_COLOR=0 CLICOLOR_FORCE=0", "", (false, false), (false, false)),
        ("NO_COLOR=1 FORCE_COLOR=1", "", (false, false), (false, false)),
        ("NO_COLOR=1", "--color always", (false, false), (true, true)),
        ("NO_COLOR=1", "--color ansi", (false, false), (true, true)),
        ("TERM=xterm FORCE_COLOR=1", "--color never", (true, true), (false, false)),
        ("TERM=xterm", "--color auto", (true, true), (true, true)),
    ];
    for (variables, flags, (out, err), (colours, colours_err)) in cases {
        for run in ["search y1 t.txt nosuch", "process a.csv nosuch -t"] {
            let (shown, told) = (Terminal::new(80), Terminal::new(80));
            let mut command = bash(&dir, &format!("{variables} {MYTOOLS} {run} {flags}; true"));
            command.stdout(if *out { shown.end() } else { Stdio::piped() });
            command.stderr(if *err { told.end() } else { Stdio::piped() });
            let output = command.spawn().unwrap().wait_with_output().unwrap();
            drop(command);
            let text = |terminal: Terminal, piped: Vec<u8>| {
                terminal.screen(Command::new("true")) + &String::from_utf8(piped).unwrap()
            };
            let (shown, told) = (text(shown, output.stdout), text(told, output.stderr));
            assert_eq!(shown.contains("\x1b["), *colours, "{variables} {run} {flags} {out}: {shown:?}");
            assert_eq!(told.contains("\x1b["), *colours_err, "{variables} {run} {flags} {err}: {told:?}");
        }
    }
}

#[test]
fn tables_fit_the_terminal_and_nothing_is_cut_in_a_pipe() {
    let dir = Dir::new();
    dir.file("wide.csv", format!("a,b\n{},{}\n", "x".repeat(60), "y".repeat(60)));
    let widest = |columns: u16, variables: &str| {
        let terminal = Terminal::new(columns);
        let mut command = bash(&dir, &format!("TERM=dumb {variables} {MYTOOLS} process wide.csv -t"));
        command.stdout(terminal.end());
        assert!(command.status().unwrap().success());
        terminal.screen(command).lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert!(widest(40, "COLUMNS=90") <= 40);
    assert!((41..=90).contains(&widest(0, "COLUMNS=90")));
    assert!(widest(0, "") > 100);
    let piped = sh(&dir, "COLUMNS=40 mytools process wide.csv -t").text();
    assert!(piped.lines().any(|line| line.len() > 100), "{piped}");
}

#[test]
fn a_configuration_file_stands_before_the_command_line() {
    let dir = files();
    dir.file("config", "# for both\n-j1\n\n[search]\n  --line-number\n[process]\n--format\ncsv\n");
    let with = |run: &str| format!("MYTOOLS_CONFIG_PATH=config {MYTOOLS} {run}");
    expect(&dir, &with("search y1 t.txt"), 0, "2:y1\n", "");
    expect(&dir, &with("search -N y1 t.txt"), 0, "y1\n", "");
    expect(&dir, &with("search --no-config y1 t.txt"), 0, "y1\n", "");
    expect(&dir, &with("process a.csv -n1"), 0, "n,w\n1,a\n", "");
    expect(&dir, &with("process a.csv -n1 -f tsv"), 0, "n\tw\n1\ta\n", "");
    let missing = "mytools: note: gone: No such file or directory\n";
    expect(&dir, "MYTOOLS_CONFIG_PATH=gone mytools search y1 t.txt", 0, "y1\n", missing);
    expect(&dir, "MYTOOLS_CONFIG_PATH=gone mytools process a.csv -n1 -f csv", 0, "n,w\n1,a\n", missing);
}

#[test]
fn mistakes_in_a_configuration_file_have_a_place() {
    let dir = files();
    let with = |run: &str| format!("MYTOOLS_CONFIG_PATH=config {MYTOOLS} {run}");
    dir.file("config", "-j1\n[process]\n\n  --formt=csv\n[search]\n\t--colr\n");
    let unknown = |place: &str, flag: &str, meant: &str| {
        format!("mytools: config:{place}: unknown flag '{flag}'; did you mean '{meant}'?\n")
    };
    expect(&dir, &with("process a.csv"), 2, "", &unknown("4:3", "--formt", "--format"));
    expect(&dir, &with("search y t.txt"), 2, "", &unknown("6:2", "--colr", "--color"));
    dir.file("config", "--tz\nUTC\n-j\nmany\n");
    let outcome = sh(&dir, &with("process a.csv"));
    assert!(outcome.errors().starts_with("mytools: config:4:1: 'many' does not fit --threads"), "{}", outcome.errors());
    // A mistake of the command line is its own.
    dir.file("config", "-j1\n");
    expect(
        &dir,
        &with("process a.csv --formt=csv"),
        2,
        "",
        "mytools: unknown flag '--formt'; did you mean '--format'?\n",
    );
}

#[test]
fn neither_home_nor_a_temporary_directory_is_needed() {
    let dir = files();
    for variables in ["HOME=/nonexistent", "HOME=", "HOME=/proc XDG_CONFIG_HOME=/proc", "TMPDIR=/nonexistent"] {
        expect(&dir, &format!("{variables} {MYTOOLS} search y1"), 0, "t.txt:y1\n", "");
        expect(&dir, &format!("{variables} {MYTOOLS} process a.csv -s n:desc -n 1 -f csv"), 0, "n,w\n3,c\n", "");
        expect(
            &dir,
            &format!("{variables} {MYTOOLS} process a.csv -s n:desc -n 1 -o out.csv; cat out.csv; rm out.csv"),
            0,
            "n,w\n3,c\n",
            "",
        );
    }
    // What memory does not hold needs one.
    let outcome = sh(&dir, "seq 200000 | TMPDIR=/nonexistent $MYTOOLS process --from lines -s line --memory 1K -f csv");
    let told = "mytools: /nonexistent: cannot keep records in a temporary file: No such file or directory; \
                name a directory to write in with --temp-dir\n";
    assert_eq!((outcome.code, outcome.errors().as_str()), (2, told));
}

#[test]
fn the_locale_changes_nothing() {
    let dir = Dir::new();
    dir.file("a.csv", "n,w\n1.5,Iı\n\"1,5\",äZ\n10,b\n");
    let run = |locale: &str| {
        let script = format!(
            "LC_ALL={locale} {MYTOOLS} process a.csv -s w --derive 'u=lower(w), d=n*2' -t; LC_ALL={locale} {MYTOOLS} search -i ı a.csv; LC_ALL={locale} {MYTOOLS} search x nosuch"
        );
        let outcome = sh(&dir, &script);
        (outcome.text(), outcome.errors())
    };
    let plain = run("C");
    for locale in ["de_DE.UTF-8", "tr_TR.UTF-8", "POSIX", "nonsense"] {
        assert_eq!(run(locale), plain, "{locale}");
    }
}

#[test]
fn few_descriptors_are_enough_or_are_told() {
    let dir = files();
    // Three besides the standard streams: what a run of a static or a dynamic build needs to start at all.
    for run in ["search y1 t.txt", "search y1 .", "process a.csv -n 1 -f csv", "process a.csv a.csv -n 1 -f csv"] {
        let outcome = sh(&dir, &format!("ulimit -n 6; mytools {run}"));
        assert_eq!((outcome.code, outcome.errors().as_str()), (0, ""), "{run}");
    }
    let outcome = sh(&dir, "ulimit -n 4; mytools process a.csv");
    assert_eq!((outcome.code, outcome.errors().as_str()), (2, "mytools: a.csv: Too many open files\n"));
    let outcome = sh(&dir, "ulimit -n 4; mytools search y1 t.txt; mytools search y1 .; true");
    assert!(outcome.errors().lines().all(|line| line.ends_with(": Too many open files")), "{}", outcome.errors());
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_with_a_message() {
    let dir = files();
    let told = |name: &str| format!("mytools: {name}: File too large\n");
    for run in ["search --color never [0-9]", "process --from lines -f jsonl"] {
        let script = format!("ulimit -f 100; seq 200000 | mytools {run} > out; echo $? >&2");
        let outcome = sh(&dir, &script);
        assert_eq!(outcome.errors(), told("<stdout>") + "2\n", "{run}");
    }
    expect(&dir, "ulimit -f 100; seq 200000 | mytools process --from lines -o out.csv", 2, "", &told("out.csv"));
    assert!(!dir.path().join("out.csv").exists());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
    let outcome =
        sh(&dir, "ulimit -f 8; seq 200000 | mytools process --from lines -s line:desc --memory 1K -n 1 -f csv");
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.errors().contains("cannot keep records in a temporary file: File too large"),
        "{}",
        outcome.errors()
    );
}

#[test]
fn fewer_threads_than_asked_for_do_the_same() {
    let dir = files();
    for run in ["process a.csv -s n:desc -f csv", "process a.csv -g w -s w:desc -c w -f csv", "search y t.txt"] {
        let plain = sh(&dir, &format!("mytools {run}"));
        // The stacks of so many threads are more than the address space. Those that did start may still fill it, which
        // nothing survives, but not every time.
        let done = (0..30).any(|_| {
            let outcome = sh(&dir, &format!("ulimit -v 450000; mytools {run} -j 250"));
            let full = |message| outcome.errors().contains(message);
            let told = ["memory allocation", "Cannot allocate memory", "out of memory"].into_iter().any(full);
            let aborted = outcome.code == 134 && told;
            assert!(aborted || outcome == plain, "{run}: {}", outcome.errors());
            !aborted
        });
        assert!(done, "{run}");
    }
}

#[test]
fn every_code_of_a_problem_is_documented_and_comes() {
    let dir = files();
    dir.file("bad.csv", "a,b\n1\n").file("r/.ignore", "{a\n").file("r/x", "").file("aa.txt", "a".repeat(60) + "!\n");
    let help = mytools(["help", "errors"]).ok();
    let codes = help.split("\nCodes:\n").nth(1).unwrap();
    let codes: Vec<&str> =
        codes.lines().filter_map(|line| Some(line.strip_prefix("  ")?.split_once(": ")?.0)).collect();
    assert_eq!(codes.len(), 13, "{codes:?}");
    let runs = [
        ("io", "search y nosuch"),
        ("io", "process nosuch"),
        ("usage", "process a.csv --bogus"),
        ("usage", "search y t.txt -A x"),
        ("expression", "process a.csv -w 'n >'"),
        ("unknown-column", "process a.csv -c nn"),
        ("plan", "process a.csv -a 'x=count' -g w"),
        ("pattern", "search '(' t.txt"),
        ("data", "process bad.csv"),
        ("value", "process a.csv --cast w:int --strict"),
        ("violation", "process a.csv --validate 'n in 1..2'"),
        ("ignore", "search y r"),
        ("limit", "search -P '(a*)*\\1b(?<=z)' aa.txt"),
        ("info", "process a.csv --schema zz:str"),
    ];
    for (code, run) in runs {
        let outcome = sh(&dir, &format!("mytools {run} --error-format json"));
        let mut seen = Vec::new();
        for line in outcome.errors().lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{run}: {line}"));
            let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
            assert_eq!(keys.len(), 7, "{keys:?}");
            for key in ["level", "code", "message", "path", "line", "column", "hint"] {
                assert!(object.get(key).is_some(), "{run}: {line}");
            }
            seen.push(object["code"].as_str().unwrap().to_string());
        }
        assert!(seen.iter().any(|seen| seen == code), "{run}: {}", outcome.errors());
        assert!(seen.iter().all(|seen| codes.contains(&seen.as_str())), "{run}: {seen:?}");
    }
    let untried: Vec<&&str> = codes.iter().filter(|code| !runs.iter().any(|run| run.0 == **code)).collect();
    assert_eq!(untried, [&"internal"]);
}

#[test]
fn messages_of_many_files_end_with_their_number() {
    let dir = files();
    let names: Vec<String> = (0..1500).map(|n| format!("gone{n}")).collect();
    let outcome = sh(&dir, &format!("mytools search y t.txt {}", names.join(" ")));
    assert_eq!((outcome.code, outcome.text().as_str()), (2, "t.txt:y1\nt.txt:y2\n"));
    assert!(outcome.errors().ends_with("mytools: note: 1,500 files had errors\n"));
    let outcome = sh(&dir, &format!("mytools search -q z t.txt {}", names.join(" ")));
    assert!(!outcome.errors().contains("files had errors"));
    let outcome = sh(&dir, &format!("mytools search --no-messages z t.txt {}", names.join(" ")));
    assert_eq!(outcome.errors(), "");
}

#[test]
fn what_comes_through_a_pager_keeps_its_colours() {
    let dir = files();
    // As `less -R` gets it: a pipe, and colours asked for.
    let outcome =
        sh(&dir, "mytools search --color always y1 t.txt | cat; mytools process a.csv -t --color always | cat");
    assert!(outcome.text().contains("\x1b[31my1") && outcome.text().contains("\x1b[1m"), "{:?}", outcome.text());
    let mut child =
        Command::new(MYTOOLS).args(["search", "y", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // A pager that is left before the end.
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(b"y\n").unwrap();
    let mut said = String::new();
    child.stderr.take().into_iter().for_each(|mut stderr| drop(stderr.read_to_string(&mut said)));
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}
