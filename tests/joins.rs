//! Joins against plain nested loops, on random small tables, cut anywhere, on any number of threads.

use std::fmt::Write;

use proptest::prelude::*;

use crate::harness::{Dir, mytools};

/// Rows of a key and a number of their own; an empty key is null.
type Rows = Vec<(String, usize)>;

fn rows() -> impl Strategy<Value = Rows> {
    let key = prop_oneof![Just(String::new()), "[ab]", "[0-3]", Just("a long key that no slot holds".to_string())];
    prop::collection::vec(key, 0..12).prop_map(|keys| keys.into_iter().enumerate().map(|(n, key)| (key, n)).collect())
}

fn csv(header: &str, rows: &Rows) -> String {
    let mut text = format!("{header}\n");
    for (key, number) in rows {
        let _ = writeln!(text, "{key},{number}");
    }
    text
}

/// The join by two nested loops, as CSV without its header.
fn plain(left: &Rows, right: &Rows, kind: &str) -> Vec<String> {
    let matches = |a: &str, b: &str| !a.is_empty() && a == b;
    let mut lines = Vec::new();
    for (key, n) in left {
        let found: Vec<&(String, usize)> = right.iter().filter(|(other, _)| matches(key, other)).collect();
        match kind {
            "semi" if !found.is_empty() => lines.push(format!("{key},{n}")),
            "anti" if found.is_empty() => lines.push(format!("{key},{n}")),
            "semi" | "anti" => {}
            _ => lines.extend(found.iter().map(|(other, m)| format!("{key},{n},{other},{m}"))),
        }
        if found.is_empty() && matches!(kind, "left" | "full") {
            lines.push(format!("{key},{n},,"));
        }
    }
    for (key, m) in right.iter().filter(|(key, _)| !left.iter().any(|(other, _)| matches(key, other))) {
        if matches!(kind, "right" | "full") {
            lines.push(format!(",,{key},{m}"));
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_kind_is_what_nested_loops_give(left in rows(), right in rows(), block in 1_usize..65, threads in 1_usize..5,
        memory in prop_oneof![Just("1"), Just("2K"), Just("1G")]) {
        let dir = Dir::new();
        dir.file("l.csv", csv("k,n", &left)).file("r.csv", csv("q,m", &right));
        for kind in ["inner", "left", "right", "full", "semi", "anti"] {
            let joined = mytools(["process", "l.csv", "--join", "r.csv", "--on", "k=q", "--kind", kind, "-f", "csv"])
                .args(&["-j", &threads.to_string(), "--memory", memory])
                .env("MYTOOLS_TEST_BLOCK", block.to_string())
                .dir(dir.path())
                .ok();
            let lines: Vec<&str> = joined.lines().skip(1).collect();
            prop_assert_eq!(lines, plain(&left, &right, kind), "{} block {} threads {} memory {}", kind, block, threads, memory);
        }
    }

    #[test]
    fn asof_is_the_last_at_or_before(left in prop::collection::vec(0_i32..40, 0..10), right in prop::collection::vec(0_i32..40, 0..10),
        block in 1_usize..65, tolerance in 0_i32..20) {
        let dir = Dir::new();
        let table = |rows: &[i32]| rows.iter().enumerate().fold("x,n\n".to_string(), |text, (n, x)| text + &format!("{x},{n}\n"));
        dir.file("l.csv", table(&left)).file("r.csv", table(&right));
        let most = tolerance.to_string();
        let joined = mytools(["process", "l.csv", "--join", "r.csv", "--on", "x", "--kind", "asof", "--tolerance", &most, "-f", "csv"])
            .env("MYTOOLS_TEST_BLOCK", block.to_string())
            .dir(dir.path())
            .ok();
        let expected: Vec<String> = left.iter().enumerate().map(|(n, x)| {
            let near = right.iter().enumerate().filter(|(_, y)| **y <= *x && *x - **y <= tolerance);
            match near.max_by_key(|(m, y)| (**y, *m)) {
                Some((m, y)) => format!("{x},{n},{y},{m}"),
                None => format!("{x},{n},,"),
            }
        }).collect();
        prop_assert_eq!(joined.lines().skip(1).collect::<Vec<_>>(), expected);
    }
}

#[cfg(unix)]
#[test]
fn the_other_side_may_have_a_name_that_is_no_text() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;

    let dir = Dir::new();
    dir.file("a.csv", "id,n\n1,a\n2,b\n");
    let odd = OsStr::from_bytes(b"b\xFF.csv");
    std::fs::write(dir.path().join(odd), "id,n\n1,A\n").unwrap();
    let run = |stage: &str| {
        let mut args: Vec<OsString> = ["process", "a.csv", "-f", "csv", stage].iter().map(OsString::from).collect();
        args.push(odd.into());
        if stage != "--union" {
            args.extend(["--on".into(), "id".into()]);
        }
        mytools(args).dir(dir.path()).run()
    };
    assert_eq!(run("--join").text(), "id,n,n_right\n1,a,A\n");
    assert_eq!(run("--union").text(), "id,n\n1,a\n2,b\n1,A\n");
    assert_eq!(run("--diff").text(), "change,id,column,old,new\nchanged,1,n,A,a\nadded,2,n,,b\n");
    let other = mytools([OsStr::new("process"), OsStr::new("a.csv"), OsStr::new("-w"), odd]).dir(dir.path()).run();
    assert!(other.errors().contains("behind --where is no text"), "{}", other.errors());
}
