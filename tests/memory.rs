//! What is bounded by `--memory` gives the same bytes from disk as from memory.

use proptest::prelude::*;

use crate::harness::{Dir, Outcome, mytools};

/// Few and many different keys, numbers of several forms, nulls, quotes.
fn record() -> impl Strategy<Value = (String, String, String)> {
    let key = prop_oneof!["[a-c]", "[a-z]{1,20}", "[0-9]{1,3}", Just(String::new())];
    let value = prop_oneof![
        "-?[0-9]{1,4}",
        "-?[0-9]{1,3}\\.[0-9]{1,3}",
        "[0-9]{19,25}",
        "[a-z\", \n]{0,5}",
        Just("1e3".to_string()),
        Just(String::new())
    ];
    (key.clone(), key, value)
}

/// A directory with the records as a CSV file.
fn table(rows: &[(String, String, String)]) -> Dir {
    let dir = Dir::new();
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(["k", "l", "v"]).unwrap();
    for (k, l, v) in rows {
        writer.write_record([k, l, v]).unwrap();
    }
    dir.file("t.csv", writer.into_inner().unwrap());
    dir
}

/// What a command line gives on one thread with all the memory it wants, and in blocks, on threads, with little memory.
fn both(dir: &Dir, args: &[&str], threads: usize, memory: usize, block: usize) -> (Outcome, Outcome) {
    let whole = mytools(args).args(&["-j", "1"]).dir(dir.path()).run();
    let parts = mytools(args)
        .args(&["-j", &threads.to_string(), "--memory", &memory.to_string()])
        .env("MYTOOLS_TEST_BLOCK", block.to_string())
        .dir(dir.path())
        .run();
    (whole, parts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn little_memory_changes_nothing(
        rows in prop::collection::vec(record(), 1..400),
        block in 1_usize..400,
        threads in 1_usize..5,
        memory in prop_oneof![Just(1_usize), 1000_usize..100_000],
    ) {
        let dir = table(&rows);
        let all: &[&[&str]] = &[
            &["-s", "v:desc,k", "-f", "csv"],
            &["-s", "k:natural", "-f", "jsonl"],
            &["--distinct", "k", "-f", "csv"],
            &["--distinct", "k,v", "--keep", "last", "-f", "csv"],
            &["-n", "70", "--distinct", "k", "-f", "csv"],
            &["-n", "70", "--distinct", "k,v", "-n", "40", "--count", "-f", "csv"],
            &["-n", "2 by l", "--derive", "r=row()", "-f", "csv"],
            &["--top", "2:v by k", "-f", "csv"],
            &["-g", "k,l", "-a", "n=count, s=sum(v), d=count_distinct(v), m=median(v), first(v), collect(v)", "-f", "csv"],
            &["-a", "p99(v), median(v), count_distinct(k), mode(v), most_common(3, k), p10(v / 7)", "-f", "csv"],
            &["-g", "l", "-a", "approx_count_distinct(v), approx_quantile(v, 0.9)", "-f", "csv"],
            &["--freq", "k", "-f", "csv"],
            &["-c", "k,v", "--pivot", "k: count, max(v) by v", "-f", "jsonl"],
            &["--describe", "-f", "jsonl"],
        ];
        for args in all {
            let args: Vec<&str> = ["process", "t.csv"].iter().chain(args.iter()).copied().collect();
            let (whole, spilled) = both(&dir, &args, threads, memory, block);
            prop_assert_eq!(&whole, &spilled, "{:?} block {} threads {} memory {}", args, block, threads, memory);
        }
    }

    #[test]
    fn little_memory_changes_no_join(
        rows in prop::collection::vec(record(), 1..40),
        block in 20_usize..400,
        threads in 1_usize..5,
        memory in prop_oneof![Just(1_usize), 1000_usize..20_000],
    ) {
        let dir = table(&rows);
        let all: &[&[&str]] = &[
            &["--distinct", "k,v", "--union", "t.csv", "-f", "csv"],
            &["--distinct", "k", "--join", "t.csv", "--on", "k=l", "--kind", "full", "-f", "csv"],
            &["-s", "v", "--join", "t.csv", "--on", "k,l", "--kind", "left", "--derive", "r=row()", "-f", "csv"],
            &["--join", "t.csv", "--on", "k", "--kind", "anti", "-f", "csv"],
            &["-n", "20", "--join", "t.csv", "--on", "k", "-f", "csv"],
            &["-n", "20", "--join", "t.csv", "--on", "k", "-n", "30", "--distinct", "v", "-f", "csv"],
            &["--join", "t.csv", "--on", "v=k", "--kind", "right", "--window", "n=row_number() by l", "-f", "csv"],
        ];
        for args in all {
            let args: Vec<&str> = ["process", "t.csv"].iter().chain(args.iter()).copied().collect();
            let (whole, spilled) = both(&dir, &args, threads, memory, block);
            prop_assert_eq!(&whole, &spilled, "{:?} block {} threads {} memory {}", args, block, threads, memory);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn describing_does_not_depend_on_who_sees_what(
        rows in prop::collection::vec(prop::collection::vec(("[a-f]", "[0-9]{1,2}"), 0..5), 1..80),
        block in 1_usize..100,
        threads in 1_usize..5,
        memory in prop_oneof![Just(1_usize), Just(1_000_000)],
    ) {
        let dir = Dir::new();
        let mut text = String::new();
        for mut row in rows {
            let mut seen = std::collections::BTreeSet::new();
            row.retain(|(name, _)| seen.insert(name.clone()));
            let fields: Vec<String> = row.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
            text.extend(["{", &fields.join(","), "}\n"]);
        }
        dir.file("t.jsonl", text);
        let args = ["process", "t.jsonl", "--describe", "-f", "csv"];
        let (whole, parts) = both(&dir, &args, threads, memory, block);
        prop_assert_eq!(whole, parts);
    }
}

#[test]
fn a_limit_that_ends_the_first_pass_does_not_keep_the_second_waiting() {
    // The numbers of blocks that were at work when the first limit had enough must reach the second limit all the same.
    let rows: Vec<(String, String, String)> =
        (0..111).map(|n| ((n * 7 % 100).to_string(), format!("some text {n}"), (n % 13).to_string())).collect();
    let dir = table(&rows);
    for _ in 0..40 {
        let args = ["process", "t.csv", "-n", "70", "--distinct", "k,v", "-n", "40", "--count", "-f", "csv"];
        let (whole, parts) = both(&dir, &args, 4, 4610, 100);
        assert_eq!(whole, parts);
    }
}

#[test]
fn nothing_stays_in_the_temporary_directory() {
    let dir = Dir::new();
    let rows: String = (0..20_000).map(|n| format!("{},{n}\n", n * 7919 % 10_007)).collect();
    dir.file("t.csv", format!("k,n\n{rows}")).file("tmp/keep", "").file("bad.csv", format!("k,n\n{rows}1,2,3\n"));
    for (input, code) in [("t.csv", 0), ("bad.csv", 2)] {
        for stage in [["-s", "k"], ["--distinct", "k"], ["-g", "k"]] {
            let mut args = vec!["process", input, "--memory", "64K", "--temp-dir", "tmp"];
            args.extend(stage);
            assert_eq!(mytools(args).dir(dir.path()).run().code, code);
            assert_eq!(std::fs::read_dir(dir.path().join("tmp")).unwrap().count(), 1);
        }
    }
}

#[test]
fn every_stage_ends_with_a_byte_of_memory() {
    let dir = Dir::new();
    dir.file("t.csv", "k,w,n\na,x,1\nb,y,2\na,y,3\n").file("u.csv", "k,n\na,3\nc,2\na,1\n");
    let mut all: Vec<Vec<&str>> = vec![
        vec!["-s", "n:desc"],
        vec!["--distinct", "k"],
        vec!["--distinct", "k", "--keep", "last"],
        vec!["-g", "k", "-a", "sum(n), median(n), collect(w), count_distinct(w)"],
        vec!["-a", "sum(n), p90(n), mode(w)"],
        vec!["--freq", "w"],
        vec!["--top", "2:n"],
        vec!["--top", "1:n by k"],
        vec!["-n", "1 by k"],
        vec!["--tail", "2"],
        vec!["--sample", "1 by k"],
        vec!["--pivot", "w: sum(n)"],
        vec!["--pivot", "w: sum(n) by k", "--pivot", "k: count by x"],
        vec!["--unpivot", "w,n into name,value"],
        vec!["--describe"],
        vec!["--window", "d=lag(n), r=rank(n), s=share(n), m=mean(n) by k"],
        vec!["--diff", "u.csv", "--on", "k,n"],
        vec!["--union", "u.csv", "-s", "n"],
        vec!["--validate", "n unique"],
        vec!["--join", "u.csv", "--on", "k,n", "--kind", "asof"],
    ];
    let kinds = ["inner", "left", "right", "full", "semi", "anti"];
    all.extend(kinds.map(|kind| vec!["--join", "u.csv", "--on", "k", "--kind", kind]));
    for stage in all {
        let args: Vec<&str> = ["process", "t.csv", "-f", "csv"].into_iter().chain(stage).collect();
        let (whole, spilled) = both(&dir, &args, 2, 1, 4);
        assert_eq!(whole.code, 0, "{args:?}: {whole:?}");
        assert_eq!(whole, spilled, "{args:?}");
    }
}

#[test]
fn records_that_match_very_many_rows_come_in_pieces() {
    let dir = Dir::new();
    let rows = |count: usize, name: &str| (0..count).map(|n| format!("{},{name}{n}\n", n % 7 / 5)).collect::<String>();
    dir.file("l.csv", format!("k,n\n{}9,z\n", rows(300, "l"))).file("r.csv", format!("k,m\n{}8,y\n", rows(100, "r")));
    for kind in ["inner", "left", "right", "full"] {
        let args =
            ["process", "l.csv", "--join", "r.csv", "--on", "k", "--kind", kind, "--derive", "r=row()", "-f", "csv"];
        for (memory, block, threads) in [(200_000, 100, 3), (200_000, 1 << 20, 1), (1, 64, 2)] {
            let (whole, parts) = both(&dir, &args, threads, memory, block);
            assert_eq!(whole.code, 0, "{args:?}: {whole:?}");
            assert!(whole.stdout.len() > 200_000);
            assert!(whole == parts, "{args:?} memory {memory} block {block}");
        }
    }
}
