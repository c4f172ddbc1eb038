//! Which files are searched, where a case file cannot make them: links, repositories, pipes, times, commands, huge trees.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::harness::{Dir, MYTOOLS, mytools};

fn search(dir: &Dir, args: &[&str]) -> String {
    let outcome = mytools(["search"].iter().chain(args)).dir(dir.path()).env("HOME", "/nonexistent").run();
    assert!(outcome.code < 2, "{args:?}: {}", outcome.errors());
    outcome.text()
}

#[test]
fn links_are_followed_where_asked_and_loops_and_ends_are_told() {
    let dir = Dir::new();
    dir.file("d/f", "x\n").file("e/g", "x\n");
    symlink("..", dir.path().join("d/loop")).unwrap();
    symlink("nowhere", dir.path().join("broken")).unwrap();
    symlink("d/f", dir.path().join("link")).unwrap();
    assert_eq!(search(&dir, &["x"]), "d/f:x\ne/g:x\n");
    assert_eq!(search(&dir, &["x", "link"]), "x\n");
    assert_eq!(search(&dir, &["x", "-L", "--no-follow"]), "d/f:x\ne/g:x\n");
    let followed = mytools(["search", "-L", "x"]).dir(dir.path()).run();
    assert_eq!((followed.text().as_str(), followed.code), ("d/f:x\ne/g:x\nlink:x\n", 2));
    assert_eq!(
        followed.errors(),
        "mytools: broken: No such file or directory\n\
         mytools: d/loop: file system loop: the link leads up to '.'\n"
    );
}

#[test]
fn a_repository_has_its_own_rules() {
    let dir = Dir::new();
    dir.file("repo/.git/info/exclude", "excluded\n").file("repo/.git/config", "x\n");
    dir.file("repo/.gitignore", "ignored\n").file("repo/sub/.gitignore", "!ignored\n");
    for name in ["ignored", "excluded", "kept", "sub/ignored", "sub/excluded", ".hidden"] {
        dir.file(&format!("repo/{name}"), "x\n");
    }
    dir.file(".gitignore", "kept\n");
    let files = |args: &[&str]| search(&dir, &[&["--files"], args].concat());
    assert_eq!(files(&["repo"]), "repo/kept\nrepo/sub/ignored\n");
    assert_eq!(
        files(&["--no-ignore-exclude", "repo"]),
        "repo/excluded\nrepo/kept\nrepo/sub/excluded\nrepo/sub/ignored\n"
    );
    assert_eq!(files(&["--no-ignore-parent", "repo/sub"]), "repo/sub/excluded\nrepo/sub/ignored\n");
    // Git's own directory only where it is asked for.
    assert!(!files(&["--hidden", "repo"]).contains(".git/"));
    assert!(files(&["--hidden", "--no-ignore-vcs", "repo"]).contains("repo/.git/config"));
    assert!(files(&["-uu", "repo"]).contains("repo/.git/config"));
    // jj keeps no `.git` of its own, but reads the same rules.
    dir.file("jj/.jj/x", "").file("jj/.gitignore", "a\n").file("jj/a", "").file("jj/b", "");
    assert_eq!(files(&["jj"]), "jj/b\n");
    // A worktree shares what is excluded.
    dir.file("repo/.git/worktrees/w/commondir", "../..\n").file("tree/excluded", "").file("tree/kept", "");
    dir.file("tree/.git", format!("gitdir: {}\n", dir.path().join("repo/.git/worktrees/w").display()));
    assert_eq!(files(&["tree"]), "tree/kept\n");
}

#[test]
fn the_users_own_excludes_count_in_repositories() {
    let dir = Dir::new();
    dir.file("home/config", "[core]\n  excludesFile = ~/mine\n").file("home/mine", "*.log\n");
    dir.file("home/xdg/git/ignore", "*.txt\n").file("repo/.git/x", "").file("repo/a.log", "").file("repo/b.txt", "");
    let files = |env: &[(&str, &str)], args: &[&str]| {
        let run = mytools(["search", "--files", "repo"].iter().chain(args)).dir(dir.path());
        let run = run.env("HOME", dir.path().join("home").to_str().unwrap()).env("GIT_CONFIG_SYSTEM", "/nonexistent");
        let base = dir.path().to_str().unwrap();
        env.iter().fold(run, |run, (name, value)| run.env(name, value.replace('@', base))).ok()
    };
    let config = ("GIT_CONFIG_GLOBAL", "@/home/config");
    let xdg = ("XDG_CONFIG_HOME", "@/home/xdg");
    assert_eq!(files(&[config], &[]), "repo/b.txt\n");
    assert_eq!(files(&[xdg], &[]), "repo/a.log\n");
    assert_eq!(files(&[config, xdg], &[]), "repo/b.txt\n");
    assert_eq!(files(&[config], &["--no-ignore-global"]), "repo/a.log\nrepo/b.txt\n");
}

#[test]
fn files_come_by_their_times() {
    let dir = Dir::new();
    let now = SystemTime::now();
    for (name, age) in [("a", 20), ("b", 30), ("c", 10)] {
        dir.file(name, "x\n");
        let file = fs::File::options().write(true).open(dir.path().join(name)).unwrap();
        let time = now - Duration::from_secs(age);
        file.set_times(fs::FileTimes::new().set_modified(time).set_accessed(now + Duration::from_secs(age))).unwrap();
    }
    for threads in ["-j1", "-j4"] {
        assert_eq!(search(&dir, &["x", "--sort", "modified", threads]), "b:x\na:x\nc:x\n");
        assert_eq!(search(&dir, &["x", "--sortr", "modified", threads]), "c:x\na:x\nb:x\n");
        assert_eq!(search(&dir, &["--files", "--sort", "accessed", threads]), "c\na\nb\n");
    }
}

#[test]
fn a_command_makes_the_text() {
    let dir = Dir::new();
    dir.file("a.txt", "one\n").file("b.md", "one\n");
    dir.file("shout", "#!/bin/sh\ntr a-z A-Z\necho \"from $1\"\n")
        .file("fail", "#!/bin/sh\ncat\necho no >&2\necho way >&2\nexit 3\n");
    for name in ["shout", "fail"] {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert_eq!(
        search(&dir, &["ONE|from", "--pre", "./shout", "a.txt", "b.md"]),
        "a.txt:ONE\na.txt:from a.txt\nb.md:ONE\nb.md:from b.md\n"
    );
    let some = ["-i", "one", "--pre", "./shout", "--pre-glob", "*.txt", "a.txt", "b.md"];
    assert_eq!(search(&dir, &some), "a.txt:ONE\nb.md:one\n");
    assert_eq!(search(&dir, &["ONE", "--pre", "./shout", "--no-pre", "-g", "*.md"]), "");
    let failed = mytools(["search", "one", "--pre", "./fail", "a.txt"]).dir(dir.path()).run();
    assert_eq!((failed.text().as_str(), failed.code), ("one\n", 2));
    assert_eq!(failed.errors(), "mytools: a.txt: the command './fail' of --pre failed (exit status: 3): no; way\n");
    let missing = mytools(["search", "one", "--pre", "./nope", "a.txt"]).dir(dir.path()).run();
    assert_eq!(
        missing.errors(),
        "mytools: a.txt: cannot run the command './nope' of --pre: No such file or directory\n"
    );
    // One match is enough, and nobody waits for the rest.
    dir.file("endless", "#!/bin/sh\nyes one\n");
    fs::set_permissions(dir.path().join("endless"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(search(&dir, &["-m1", "one", "--pre", "./endless", "a.txt"]), "one\n");
}

/// A tree of many files, each with a match.
fn huge(files: usize) -> Dir {
    let dir = Dir::new();
    for at in 0..files {
        dir.file(&format!("d{:03}/f{at:05}.txt", at / 50), format!("needle {at}\n").repeat(20));
    }
    dir
}

#[test]
fn the_first_line_of_a_huge_tree_is_enough_for_head() {
    let dir = huge(5_000);
    for args in ["", "-j1", "-j4", "--sort none", "-c", "-l", "--json", "--heading -n"] {
        let script = format!("{MYTOOLS} search needle {args} | head -1; echo \"${{PIPESTATUS[0]}}\" >&2");
        let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n", "{args}");
        assert_eq!(memchr::memchr_iter(b'\n', &output.stdout).count(), 1, "{args}");
    }
}

#[test]
fn the_first_results_are_the_same_at_any_thread_count() {
    let dir = huge(300);
    let all = search(&dir, &["needle", "-n"]);
    for results in [1, 19, 20, 21, 333, 5_999, 6_000, 7_000] {
        let expected: String = all.split_inclusive('\n').take(results).collect();
        for threads in ["1", "2", "4"] {
            let found = search(&dir, &["needle", "-n", "-j", threads, "--max-results", &results.to_string()]);
            assert!(found == expected, "{results} results, {threads} threads");
        }
    }
}

#[test]
fn a_pipe_can_be_cut_too() {
    let dir = Dir::new();
    let script = format!(
        "yes needle | {MYTOOLS} search --max-results 3 needle; mkfifo p; (echo needle; echo needle) > p & {MYTOOLS} search needle p p.txt --max-results 1 2>/dev/null"
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "needle\nneedle\nneedle\np:needle\n");
}

#[test]
fn what_is_written_to_is_not_searched() {
    let dir = Dir::new();
    dir.file("a", "x\n");
    let script = format!("{MYTOOLS} search x > out; {MYTOOLS} search x > out; cat out");
    let output = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a:x\n");
}

#[test]
fn process_reads_names_that_are_no_text() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;

    let dir = Dir::new();
    let name = OsStr::from_bytes(b"caf\xE9.csv");
    fs::write(dir.path().join(name), "x\n1\n").unwrap();
    let args = |name: &OsStr| -> Vec<OsString> {
        let rest = ["--derive", "f = file()", "-f", "csv"].map(OsString::from);
        [OsString::from("process"), name.to_os_string()].into_iter().chain(rest).collect()
    };
    assert_eq!(mytools(args(name)).dir(dir.path()).ok(), "x,f\n1,caf\u{FFFD}.csv\n");
    let missing = mytools(args(OsStr::from_bytes(b"no\xFF.csv"))).dir(dir.path()).run();
    assert_eq!(missing.code, 2);
    assert!(missing.errors().starts_with("mytools: no\u{FFFD}.csv: "), "{}", missing.errors());
}
