//! Random tables and logs through the stages and formats that carry something from block to block: the same bytes, notes
//! and code wherever the input is cut, on any number of threads, from a file and from a pipe.

use std::fmt::Write;
use std::path::Path;

use proptest::prelude::*;

use crate::harness::{Dir, Outcome, mytools};

/// Stages whose answer depends on earlier or later records, over the columns `k`, `n` and `t`; `r.csv` is another table.
const STAGES: &[&[&str]] = &[
    &["--window", "d=n-lag(n), s=sum(n), m=mean(n, 3), f=first(t), i=row_number() by k"],
    &["--window", "s=sum(n), c=count(n), hi=max(n, 2), before=lag(t, 2, '-')"],
    &["--window", "r=rank(n), d=dense_rank(n, 'desc'), p=share(n), next=lead(t), all=total(n) by k"],
    &["-w", "n > 5", "--window", "s=sum(n) by k", "-s", "s:desc", "-n", "4"],
    &["--validate", "n is number, k unique, t not null, n in 0..50"],
    &["--validate", "k not null, t =~ '^[a-z]*$'", "--count"],
    &["--fill-down", "n,t by k"],
    &["--fill-down", "k", "-g", "k"],
    &["--fill", "n=0, t='none'"],
    &["--sample", "3"],
    &["--sample", "2 by k"],
    &["--sample", "40%"],
    &["--tail", "3"],
    &["--tail", "2 by k"],
    &["-n", "1 by k", "--tail", "2"],
    &["--skip", "2", "-n", "3"],
    &["--distinct", "k", "--keep", "last"],
    &["--top", "2:n by k"],
    &["--freq", "t"],
    &["--pivot", "k: n=count, s=sum(n) by t"],
    &["--unpivot", "n,t into what,v"],
    &["--cast", "n:int"],
    &["--explode", "t by ' '"],
    &["--union", "r.csv", "--window", "i=row_number() by k"],
    &["-g", "k", "-a", "m=mode(t), c=concat(t), p=p90(n), v=var(n), l=last(t), x=argmax(t, n)"],
    &["--diff", "r.csv", "--on", "k"],
    &["--join", "r.csv", "--on", "n", "--kind", "asof"],
    &["--join", "r.csv", "--on", "k,n", "--kind", "asof", "--tolerance", "3"],
];

/// Stages with something to tell of single records, and others that change which records there are.
const TELLING: &[&[&str]] = &[
    &["--cast", "n:int, t:date"],
    &["--derive", "x = n + 1, y = t * 2"],
    &["--derive", "huge = n * 1e30 * 10000000000000000000"],
    &["-w", "t > 'b' or n + 0 > 5 or k = 'a'"],
    &["--fill", "k = t + 1"],
    &["--parse", "t as json"],
    &["--validate", "n is number, k unique, t not null"],
    &["--window", "s = sum(n + 1), before = lag(t) + 1"],
    &["--explode", "t by 'a'"],
    &["--unpivot", "n,t into t,n"],
    &["--join", "r.csv", "--on", "k"],
    &["--union", "r.csv"],
    &["--skip", "1"],
    &["-n", "6"],
    &["-n", "3"],
    &["-n", "2 by k"],
];

/// Joins by key, of every kind.
const KINDS: &[&str] = &["inner", "left", "right", "full", "semi", "anti"];

/// A record: key, number and text, each perhaps null.
type Record = (Option<String>, Option<String>, Option<String>);

fn records() -> impl Strategy<Value = Vec<Record>> {
    let key = prop::option::weighted(0.8, "[ab]|long key that fills no slot|7");
    let number = prop::option::weighted(0.8, "-?[0-9]|[0-9]{2}|[0-9]{1,3}\\.[0-9]{1,2}|x");
    let text = prop::option::weighted(0.8, "[a-c]{1,3}|[a-c\", \n\r\\\\é]{1,7}");
    prop::collection::vec((key, number, text), 0..14)
}

fn as_csv(records: &[Record]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["k", "n", "t"]).unwrap();
    for (key, number, text) in records {
        writer.write_record([key, number, text].map(|cell| cell.as_deref().unwrap_or_default())).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Objects that have a field only where there is a value.
fn as_json_lines(records: &[Record]) -> Vec<u8> {
    let mut text = String::new();
    for (key, number, words) in records {
        let quoted = |name: &str, value: &String| format!("\"{name}\":{}", serde_json::Value::from(value.as_str()));
        let number = number.as_ref().map(|number| match number.parse::<f64>() {
            Ok(_) if !number.trim_start_matches('-').starts_with('0') => format!("\"n\":{number}"),
            _ => quoted("n", number),
        });
        let fields = [key.as_ref().map(|key| quoted("k", key)), number, words.as_ref().map(|words| quoted("t", words))];
        let fields: Vec<String> = fields.into_iter().flatten().collect();
        writeln!(text, "{{{}}}", fields.join(",")).unwrap();
    }
    text.into_bytes()
}

/// The run that is cut; the plain one has one thread and blocks of the usual size.
fn cut(dir: &Path, args: &[&str], block: usize, threads: usize) -> (Outcome, Outcome) {
    let run = |args: &[&str]| mytools(["process"]).args(args).dir(dir);
    let other = run(args).args(&["-j", &threads.to_string()]).env("MYTOOLS_TEST_BLOCK", block.to_string());
    (run(args).args(&["-j", "1"]).run(), other.run())
}

/// One line or record of a format, right or wrong.
fn piece(format: &'static str) -> BoxedStrategy<String> {
    let right = match format {
        "logfmt" => "(level=(info|error) )?msg=(\"[a-z \\\\n=]{0,9}\"|[a-z]{1,5}) ?(n=[0-9]{1,3})?( flag)?",
        "combined" => {
            "10\\.0\\.0\\.[0-9] - (-|ann) \\[1[0-9]/Mar/2026:09:0[0-9]:00 \\+0000\\] \"(GET|POST) /[a-z]{0,4}(\\?q=[a-z])? HTTP/1\\.1\" [2-5]0[0-4] (-|[0-9]{1,4}) \"-\" \"[a-z/ ]{0,6}\"( ms=[0-9]{1,3})?"
        }
        "syslog" => {
            "<[0-9]{1,2}>(1 2026-03-14T09:00:0[0-9]Z h app - - (-|\\[a@1 k=\"v w\"\\])|Mar 14 09:00:0[0-9] host app(\\[[0-9]{1,3}\\])?:) [a-z: ]{0,9}"
        }
        "regex" => "[0-9]{1,4}( [a-z]{1,5})?",
        "spaces" => "[a-z0-9-]{1,6} {1,4}[a-z]{1,4} {2,5}[0-9]{1,3}( [a-z ]{0,6})?",
        "yaml" => {
            "- k: [a-z]{1,4}\n  n: [0-9]{1,3}|---\nk: [a-z]{1,3}\nt: \\|\n  [a-z]{1,4}\n  [a-z]{1,4}\nl: \\[1, 0\\.10\\]|---|n: \"[a-z ]{0,5}\"|# [a-z]{0,5}"
        }
        _ => "[a-z\"', é]{0,12}",
    };
    let wrong = prop_oneof![Just(String::new()), "[a-z =\"\\[<:]{0,9}".prop_map(String::from)];
    prop_oneof![8 => right.prop_map(String::from), 1 => wrong].boxed()
}

fn text(format: &'static str) -> impl Strategy<Value = String> {
    let end = prop_oneof![8 => Just("\n"), 1 => Just("\r\n")];
    let lines = prop::collection::vec((piece(format), end), 0..12);
    (lines, any::<bool>()).prop_map(move |(lines, ended)| {
        let mut text = if format == "spaces" { "NAME    KIND    AGE  REST\n".to_string() } else { String::new() };
        for (line, end) in &lines {
            text.extend([line.as_str(), end]);
        }
        if !ended {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    })
}

/// How a format is asked for.
fn asked(format: &str) -> &'static [&'static str] {
    match format {
        "regex" => &["--pattern", "^(?<n>\\d+)(?: (?<w>[a-z]+))?$"],
        "logfmt" => &["--from", "logfmt"],
        "combined" => &["--from", "combined"],
        "syslog" => &["--from", "syslog"],
        "spaces" => &["--from", "spaces"],
        "yaml" => &["--from", "yaml"],
        _ => &["--from", "lines"],
    }
}

/// Every format that is read in lines or documents, with a text of it.
fn formatted() -> impl Strategy<Value = [(&'static str, String); 7]> {
    let formats = ["logfmt", "combined", "syslog", "regex", "spaces", "lines", "yaml"];
    formats.map(|format| (Just(format), text(format)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stages_carry_over_every_cut(left in records(), right in records(), block in 1_usize..65, threads in 1_usize..5) {
        let dir = Dir::new();
        dir.file("l.csv", as_csv(&left)).file("l.jsonl", as_json_lines(&left)).file("r.csv", as_csv(&right));
        for (at, stages) in STAGES.iter().enumerate() {
            // Each stage meets both formats over the cases; `to` is the one whose records differ in shape, or not.
            let (from, to) = if (at + block) % 2 == 0 { ("l.csv", "csv") } else { ("l.jsonl", "jsonl") };
            let args = [&[from], *stages, &["-f", to]].concat();
            let (whole, other) = cut(dir.path(), &args, block, threads);
            prop_assert_eq!(&whole, &other, "{:?} block {} threads {}", args, block, threads);
            // Records of JSON may lack a column altogether, and a key of both tables may be there twice.
            prop_assert!(whole.code < 2 || stages.contains(&"--diff") || from == "l.jsonl", "{:?} {}", args, whole.errors());
        }
        for kind in KINDS {
            let args = ["l.jsonl", "--join", "r.csv", "--on", "k", "--kind", kind, "-f", "jsonl"];
            let (whole, other) = cut(dir.path(), &args, block, threads);
            prop_assert_eq!(&whole, &other, "{:?} block {} threads {}", args, block, threads);
        }
    }

    #[test]
    fn notes_are_of_the_records_that_matter(
        left in records(),
        short in prop::collection::vec(0_usize..14, 0..4),
        right in records(),
        stages in prop::collection::vec(prop::sample::select(TELLING), 1..5),
        (most, block, threads, ragged) in (0_usize..8, 1_usize..65, 1_usize..5, 0_usize..3),
    ) {
        let dir = Dir::new();
        // Some lines are no records, or short ones.
        let mut lines = as_csv(&left);
        for (at, odd) in short.iter().zip(["\n", "q\n", "q,1,z,9\n", "\n\n"]) {
            let ends: Vec<usize> = (1..=lines.len()).filter(|end| lines[end - 1] == b'\n').collect();
            let end = ends[at % ends.len()];
            lines.splice(end..end, odd.bytes());
        }
        dir.file("l.csv", lines).file("r.csv", as_csv(&right));
        let most = most.to_string();
        let stages = stages.concat();
        let ragged = ["--ragged", ["pad", "skip", "skip"][ragged]];
        let args = [&["l.csv", "-f", "csv"], &ragged[..], &stages, &["-n", &most]].concat();
        let (whole, other) = cut(dir.path(), &args, block, threads);
        prop_assert_eq!(&whole, &other, "{:?} block {} threads {}", args, block, threads);
    }

    #[test]
    fn formats_are_read_over_every_cut(texts in formatted(), block in 1_usize..65, threads in 1_usize..5, ragged in 0_usize..3) {
        let dir = Dir::new();
        for (format, text) in &texts {
            dir.file("in", text);
            let ragged = ["--ragged", ["error", "skip", "pad"][ragged]];
            let args = [asked(format), if *format == "lines" || *format == "yaml" { &[] } else { &ragged }].concat();
            let named = [&["in"], args.as_slice(), &["-f", "jsonl"]].concat();
            let (whole, other) = cut(dir.path(), &named, block, threads);
            prop_assert_eq!(&whole, &other, "{:?} {:?} block {} threads {}", named, text, block, threads);
            let piped = [&["-"], args.as_slice(), &["-f", "jsonl"]].concat();
            let run = mytools(["process"]).args(&piped).env("MYTOOLS_TEST_BLOCK", block.to_string());
            let piped = run.stdin(text.as_bytes()).run();
            prop_assert_eq!((whole.code, whole.text()), (piped.code, piped.text()), "{:?} {:?} from a pipe", named, text);
        }
    }
}
