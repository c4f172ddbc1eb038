//! Replacing in files, as far as case files cannot tell: modes and times, links, `patch`, random texts.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use crate::harness::{Dir, Outcome, mytools, skip};

fn rewrite(dir: &Dir, args: &[&str]) -> Outcome {
    mytools(["search"]).args(args).dir(dir.path()).run()
}

/// Applies a diff as a user would. False where there is no `patch`.
fn patch(dir: &Dir, diff: &[u8]) -> bool {
    let command = Command::new("patch")
        .args(["-p1", "--binary", "--fuzz=0", "--no-backup-if-mismatch"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = command else {
        skip("patch");
        return false;
    };
    child.stdin.take().unwrap().write_all(diff).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(diff));
    assert!(!told.contains("fuzz") && !told.contains("offset"), "{told}\n{}", String::from_utf8_lossy(diff));
    true
}

/// All files below a directory with their bytes.
fn content(dir: &Dir) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    names.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

#[cfg(unix)]
#[test]
fn mode_and_owner_stay_and_unchanged_files_are_not_touched() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let dir = Dir::new();
    dir.file("run.sh", "old\n").file("other", "text\n").file("same", "SAME\n");
    let path = |name: &str| dir.path().join(name);
    fs::set_permissions(path("run.sh"), fs::Permissions::from_mode(0o751)).unwrap();
    // Only root may give files away; for others the owner stays anyway.
    let _ = std::os::unix::fs::chown(path("run.sh"), Some(12), Some(34));
    let owner = |name: &str| (fs::metadata(path(name)).unwrap().uid(), fs::metadata(path(name)).unwrap().gid());
    let before = owner("run.sh");
    let stamp = |name: &str| {
        let metadata = fs::metadata(path(name)).unwrap();
        (metadata.ino(), metadata.modified().unwrap(), metadata.ctime_nsec())
    };
    let stamps = (stamp("other"), stamp("same"));
    let outcome = rewrite(&dir, &["-i", "old|same", "-r", "SAME", "--write"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (0, "1 file changed, 1 replacement\n"));
    assert_eq!(fs::read(path("run.sh")).unwrap(), b"SAME\n");
    assert_eq!(fs::metadata(path("run.sh")).unwrap().permissions().mode() & 0o7777, 0o751);
    assert_eq!(owner("run.sh"), before);
    assert_eq!((stamp("other"), stamp("same")), stamps);
    assert_eq!(content(&dir).len(), 3, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn links_are_followed_within_the_tree_only() {
    use std::os::unix::fs::symlink;
    let dir = Dir::new();
    dir.file("tree/real", "a\n").file("outside", "a\n");
    let tree = dir.path().join("tree");
    symlink("../outside", tree.join("away")).unwrap();
    symlink("real", tree.join("inner")).unwrap();
    let search = |args: &[&str]| mytools(["search"]).args(args).dir(&tree).run();
    // Links found on the way are not followed unless asked for.
    let outcome = search(&["a", "-r", "aa", "--diff"]);
    assert_eq!((outcome.code, outcome.text().lines().next()), (0, Some("--- a/real")));
    let outcome = search(&["a", "-r", "aa", "--diff", "-L"]);
    assert_eq!(outcome.code, 2, "{}", outcome.errors());
    assert_eq!(outcome.text().matches("--- a/real").count(), 1, "{}", outcome.text());
    let outcome = search(&["a", "-r", "aa", "--write", "-L"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (2, "1 file changed, 1 replacement\n"));
    assert!(outcome.errors().contains("away: is a symbolic link out of the tree"), "{}", outcome.errors());
    assert_eq!(fs::read(tree.join("real")).unwrap(), b"aa\n");
    assert_eq!(fs::read(dir.path().join("outside")).unwrap(), b"a\n");
    assert!(tree.join("inner").symlink_metadata().unwrap().is_symlink());
    // A link that was named is no other case.
    let outcome = search(&["a", "-r", "b", "--write", "away"]);
    assert_eq!(outcome.code, 2);
    let outcome = search(&["aa", "-r", "b", "--write", "inner"]);
    assert_eq!((outcome.code, outcome.errors().as_str()), (0, ""));
    assert_eq!(fs::read(tree.join("real")).unwrap(), b"b\n");
}

#[cfg(unix)]
#[test]
fn read_only_files_are_refused_and_other_names_are_told_of() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    dir.file("fixed", "a\n").file("linked", "a\n").file("plain", "a\n");
    fs::set_permissions(dir.path().join("fixed"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::hard_link(dir.path().join("linked"), dir.path().join("other.bak")).unwrap();
    let outcome = rewrite(&dir, &["a", "-r", "b", "--write", "-g", "!*.bak"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (2, "2 files changed, 2 replacements\n"));
    assert!(outcome.errors().contains("fixed: is read-only and was left as it is"), "{}", outcome.errors());
    assert!(
        outcome.errors().contains("linked: had 2 hard links; the others keep the old text"),
        "{}",
        outcome.errors()
    );
    let bytes = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert_eq!([bytes("fixed"), bytes("linked"), bytes("other.bak"), bytes("plain")], [b"a\n", b"b\n", b"a\n", b"b\n"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_can_be_patched() {
    use std::os::unix::ffi::OsStrExt;
    let dir = Dir::new();
    let path = dir.path().join(std::ffi::OsStr::from_bytes(b"\xFF \"x"));
    fs::write(&path, "a\n").unwrap();
    let outcome = rewrite(&dir, &["a", "-r", "b", "--diff"]);
    assert_eq!(outcome.code, 0);
    if patch(&dir, &outcome.stdout) {
        assert_eq!(fs::read(&path).unwrap(), b"b\n");
    }
}

#[test]
fn a_big_file_is_changed_in_pieces() {
    let dir = Dir::new();
    let text: String = (0..120_000).map(|line| format!("{line} some text that fills the line\n")).collect();
    dir.file("big", &text);
    let outcome = rewrite(&dir, &[r"^(\d+)999 some", "-r", "$1 any", "--write"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (0, "1 file changed, 119 replacements\n"));
    let changed = |line: &str| match line.split_once("999 some") {
        Some((number, rest)) if !number.is_empty() => format!("{number} any{rest}\n"),
        _ => format!("{line}\n"),
    };
    let expected: String = text.lines().map(changed).collect();
    assert!(fs::read(dir.path().join("big")).unwrap() == expected.as_bytes());
}

/// Lines of few letters, so that patterns match often, with any line ends and some bytes that are no text.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::collection::vec(prop::sample::select(b"aab c\xFF".to_vec()), 0..6);
    let end = prop::sample::select(vec![&b"\n"[..], b"\n", b"\n", b"\r\n"]);
    let mark = prop::sample::select(vec![&b""[..], b"", b"", b"\xEF\xBB\xBF"]);
    (mark, prop::collection::vec((line, end), 0..40), prop::bool::ANY).prop_map(|(mark, lines, ended)| {
        let mut text = mark.to_vec();
        for (line, end) in lines {
            text.extend([&line[..], end].concat());
        }
        if !ended {
            text.truncate(text.len() - usize::from(text.ends_with(b"\n")));
        }
        text
    })
}

fn pattern() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "a+", "b c", "^", "$", "", "(a)(b)?", ".*", "[^a]", r"\s", r"\b", "c$", "^a|b$", r"\r",
    ])
}

/// Patterns whose matches cross lines.
fn crossing() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r"\n",
        r"a\n",
        r"\na",
        r"a\s*b",
        "^",
        "$",
        r"\s+",
        r"\n\n",
        "[^b]+",
        r"(?s)(a).b",
        r"c\r?\n(a)?",
        r"(?m)^\s*\n",
    ])
}

fn flags() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(vec!["-w", "-i", "-m2", "-F", "--and=b", "--not=c", "--and-file=aa"], 0..4)
}

/// Applies the diff of a replacement to one copy of some files, writes it to another, and compares.
fn shows_what_it_writes(texts: &[Vec<u8>], args: &[&str], context: usize, block: usize) -> Result<(), TestCaseError> {
    let (shown, written) = (Dir::new(), Dir::new());
    for (at, text) in texts.iter().enumerate() {
        shown.file(&format!("f{at}"), text);
        written.file(&format!("f{at}"), text);
    }
    let run = |dir: &Dir, how: &[&str]| {
        let run = mytools(["search"]).args(args).args(how);
        run.env("MYTOOLS_TEST_BLOCK", block.to_string()).dir(dir.path()).run()
    };
    let diff = run(&shown, &["--diff", "-C", &context.to_string()]);
    let write = run(&written, &["--write"]);
    prop_assert_eq!((diff.code, diff.errors()), (write.code, write.errors()));
    if diff.code == 1 {
        prop_assert!(diff.stdout.is_empty());
    } else if !patch(&shown, &diff.stdout) {
        return Ok(());
    }
    prop_assert_eq!(content(&shown), content(&written), "{}", diff.text());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_diff_shows_is_what_is_written(
        texts in prop::collection::vec(text(), 1..4),
        pattern in pattern(),
        replacement in prop::sample::select(vec!["", "x", "$0$0", "<$1>", "a\nb", "\n"]),
        flags in flags(),
        context in 0_usize..5,
        block in 1_usize..65,
    ) {
        let args = [&["-e", pattern, "-r", replacement], &flags[..]].concat();
        shows_what_it_writes(&texts, &args, context, block)?;
    }

    #[test]
    fn what_the_diff_shows_is_what_is_written_where_matches_cross_lines(
        texts in prop::collection::vec(text(), 1..4),
        pattern in crossing(),
        replacement in prop::sample::select(vec!["", "x", "$0$0", "<$1>", "a\nb", "\n"]),
        flags in flags(),
        context in 0_usize..5,
    ) {
        let args = [&["-U", "-e", pattern, "-r", replacement], &flags[..]].concat();
        shows_what_it_writes(&texts, &args, context, 64)?;
    }

    #[test]
    fn replacing_by_the_match_itself_changes_nothing(
        text in text(),
        pattern in prop_oneof![pattern(), crossing()],
        flags in flags(),
        block in 1_usize..65,
    ) {
        let reach = if pattern.contains(r"\n") { "-U" } else { "--no-multiline" };
        let dir = Dir::new();
        dir.file("f", &text);
        let before = fs::metadata(dir.path().join("f")).unwrap().modified().unwrap();
        let run = mytools(["search", "-e", pattern, "-r", "$0", "--write", reach]).args(&flags);
        let outcome = run.env("MYTOOLS_TEST_BLOCK", block.to_string()).dir(dir.path()).run();
        prop_assert_eq!((outcome.code, outcome.text()), (1, "0 files changed, 0 replacements\n".to_string()));
        prop_assert_eq!(fs::read(dir.path().join("f")).unwrap(), text);
        prop_assert_eq!(fs::metadata(dir.path().join("f")).unwrap().modified().unwrap(), before);
    }
}
