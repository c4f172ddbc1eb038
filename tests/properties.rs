//! What must hold for every input: the same bytes for any block size and number of threads, from a file and from a pipe.

use proptest::prelude::*;

use crate::case::{self, Case};
use crate::cases::run_all;
use crate::harness::{Dir, Outcome, mytools};

/// Block sizes that put a boundary at every place of a small file: short ones, and around powers of two.
const BLOCKS: &[usize] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 17, 23, 31, 32, 33, 47, 61, 64];

fn cut(case: &Case, dir: &Dir, block: usize, threads: usize) -> Outcome {
    case.run(dir, &["-j", &threads.to_string()]).env("MYTOOLS_TEST_BLOCK", block.to_string()).run()
}

/// What may not change: the output and the code, and the problems.
fn same(case: &Case, whole: &Outcome, other: &Outcome, how: &str) -> Option<String> {
    (whole != other).then(|| {
        format!(
            "{}: {}: {how}\n  mytools {}\n  whole: {} {:?} {:?}\n  other: {} {:?} {:?}",
            case.path.display(),
            case.name,
            case.args,
            whole.code,
            whole.text(),
            whole.errors(),
            other.code,
            other.text(),
            other.errors()
        )
    })
}

#[test]
fn block_size_and_threads_do_not_matter() {
    let cases: Vec<Case> = ["process", "search"].into_iter().flat_map(case::wanted).collect();
    let failures = run_all(&cases, |case| {
        let mut dir = case.dir();
        let whole = case.run(&dir, &["-j", "1"]).run();
        BLOCKS.iter().enumerate().find_map(|(at, block)| {
            if !case.after.is_empty() {
                dir = case.dir();
            }
            // Every size runs on one of the thread counts; over all sizes each count meets many of them.
            let threads = at % 4 + 1;
            let other = cut(case, &dir, *block, threads);
            same(case, &whole, &other, &format!("block {block}, {threads} threads")).or_else(|| case.leaves(&dir))
        })
    });
    let failures: Vec<String> = failures.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_pipe_is_as_good_as_a_file() {
    let mut cases = case::wanted("process");
    // Cases of one file that is not named in what comes out.
    cases.retain(|case| case.files.len() == 1 && case.stdin.is_none() && case.stderr.is_empty());
    // Nor is it told from a file by its name.
    let names = ["--explain", "--source-col", "file()"];
    cases.retain(|case| !names.iter().any(|name| case.args.contains(name)));
    let failures = run_all(&cases, |case| {
        let (name, bytes) = &case.files[0];
        let extension = name.rsplit('.').next();
        let format = extension.filter(|format| ["csv", "tsv", "json", "jsonl"].contains(format))?;
        let dir = case.dir();
        let whole = case.run(&dir, &[]).run();
        let mut piped = case.clone();
        piped.args = case.args.replacen(name.as_str(), "-", 1);
        if !case.args.contains("--from ") {
            piped.args.push_str(" --from ");
            piped.args.push_str(format);
        }
        piped.stdin = Some(bytes.clone());
        let other = piped.run(&dir, &[]).run();
        same(&piped, &whole, &other, "from a pipe")
    });
    let failures: Vec<String> = failures.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}

/// Cells that are awkward in CSV: quotes, delimiters, line ends, blanks, numbers of all sorts.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        "-?[0-9]{1,20}",
        "-?[0-9]{1,4}\\.[0-9]{1,3}",
        "[a-z\", \n\r\\\\é]{0,8}",
        Just(String::new()),
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..5).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(cell(), columns), 1..30))
}

fn as_csv(rows: &[Vec<String>]) -> Vec<u8> {
    delimited(rows, b',')
}

fn delimited(rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let columns = rows.first().map_or(0, Vec::len);
    writer.write_record((0..columns).map(|column| format!("k{column}"))).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn csv_cut_anywhere_gives_the_same_bytes(rows in table(), block in 1_usize..65, threads in 1_usize..5) {
        let dir = Dir::new();
        dir.file("t.csv", as_csv(&rows));
        let all: &[&[&str]] = &[
            &["process", "t.csv", "-f", "jsonl"],
            &["process", "t.csv", "-f", "csv", "-w", "k0 != 'x'"],
            &["process", "t.csv", "-g", "k0", "-a", "n=count, s=sum(k0), lo=min(k0)"],
            &["process", "t.csv", "-s", "k0:desc", "-f", "csv"],
        ];
        for args in all {
            let whole = mytools(*args).args(&["-j", "1"]).dir(dir.path()).run();
            let cut = mytools(*args)
                .args(&["-j", &threads.to_string()])
                .env("MYTOOLS_TEST_BLOCK", block.to_string())
                .dir(dir.path())
                .run();
            prop_assert_eq!(&whole, &cut, "{:?} block {} threads {}", args, block, threads);
        }
    }

    #[test]
    fn untouched_records_come_back_byte_for_byte(rows in table(), block in 1_usize..65) {
        for (name, delimiter) in [("csv", b','), ("tsv", b'\t')] {
            let bytes = delimited(&rows, delimiter);
            let back = mytools(["process", "--from", name, "-f", name])
                .env("MYTOOLS_TEST_BLOCK", block.to_string())
                .stdin(bytes.clone())
                .run();
            prop_assert_eq!(back.text(), String::from_utf8_lossy(&bytes), "{}", name);
        }
    }

    #[test]
    fn csv_to_json_lines_and_back_keeps_every_value(rows in table(), block in 1_usize..65) {
        for typed in ["jsonl", "json"] {
            let run = mytools(["process", "--from", "csv", "-f", typed]).env("MYTOOLS_TEST_BLOCK", block.to_string());
            let there = run.stdin(as_csv(&rows)).run();
            prop_assert_eq!(there.code, 0, "{}", there.errors());
            let back = mytools(["process", "--from", typed, "-f", "csv"]).stdin(there.stdout).run();
            let mut reader = csv::Reader::from_reader(back.stdout.as_slice());
            let found: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
            prop_assert_eq!(&found, &rows, "{}", typed);
        }
    }
}

/// Stages that fit any table whose first column is `k0`, and leave such a table.
const STAGES: &[&[&str]] = &[
    &["-w", "k0 != ''"],
    &["-w", "is_number(k0) or k0 > 'm'"],
    &["-s", "k0"],
    &["-s", "k0:desc:text"],
    &["-n", "5"],
    &["-n", "1 by k0"],
    &["--skip", "2"],
    &["--tail", "3"],
    &["--distinct", "k0"],
    &["--derive", "d = k0 ++ 'x', r = row()"],
    &["--fill-down", "k0"],
    &["--fill", "k0=0"],
    &["--top", "3:k0"],
    &["--sample", "4"],
    &["--explode", "k0 by ' '"],
    &["--cast", "k0:int"],
    &["--window", "run = count(k0), before = lag(k0)"],
    &["--derive", "* = upper(_)"],
    &["-g", "k0", "-a", "n=count, least=min(k0)"],
    &["--freq", "k0"],
];

/// The records of CSV text, header first.
fn records(text: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.deserialize().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pipeline_gives_the_same_bytes(
        rows in table(),
        stages in prop::collection::vec(prop::sample::select(STAGES), 0..5),
        to in prop::sample::select(&["csv", "jsonl", "json", "table", "yaml"][..]),
        block in 1_usize..200,
        threads in 1_usize..5,
    ) {
        let dir = Dir::new();
        let text = as_csv(&rows);
        dir.file("t.csv", &text);
        let stages: Vec<&str> = stages.into_iter().flatten().copied().collect();
        let run = |input: &str, block: usize, threads: usize| {
            let run = mytools(["process", input, "--from", "csv", "-f", to]).args(&stages).dir(dir.path());
            run.args(&["-j", &threads.to_string()]).env("MYTOOLS_TEST_BLOCK", block.to_string())
        };
        let whole = run("t.csv", 1 << 20, 1).run();
        let cut = run("t.csv", block, threads).run();
        prop_assert_eq!(&whole, &cut, "{:?} block {} threads {}", stages, block, threads);
        let piped = run("-", block, threads).stdin(text).run();
        prop_assert_eq!((whole.code, whole.text()), (piped.code, piped.text()), "{:?} from a pipe", stages);
    }

    #[test]
    fn sorting_is_a_stable_permutation(rows in table(), block in 1_usize..65, falls: bool) {
        let key = if falls { "k0:desc" } else { "k0" };
        let sorted = mytools(["process", "--from", "csv", "--derive", "r = row()", "-s", key, "-f", "csv"])
            .env("MYTOOLS_TEST_BLOCK", block.to_string())
            .stdin(as_csv(&rows))
            .run();
        let sorted = records(&sorted.stdout);
        let order: Vec<usize> = sorted[1..].iter().map(|row| row.last().unwrap().parse::<usize>().unwrap() - 1).collect();
        let mut places = order.clone();
        places.sort_unstable();
        prop_assert_eq!(places, (0..rows.len()).collect::<Vec<_>>());
        for (row, place) in sorted[1..].iter().zip(&order) {
            prop_assert_eq!(&row[..row.len() - 1], rows[*place].as_slice());
        }
        for pair in order.windows(2) {
            prop_assert!(rows[pair[0]][0] != rows[pair[1]][0] || pair[0] < pair[1], "{:?}", order);
        }
    }

    #[test]
    fn groups_are_a_partition_of_the_rows(rows in table(), block in 1_usize..65) {
        let args = ["process", "--from", "csv", "--derive", "r = row()", "-g", "k0", "-a", "n=count, all=collect(r)"];
        let run = mytools(args).args(&["--infer", "none", "-f", "jsonl"]).env("MYTOOLS_TEST_BLOCK", block.to_string());
        let grouped = run.stdin(as_csv(&rows)).run().text();
        let mut taken = vec![false; rows.len()];
        let mut keys = std::collections::HashSet::new();
        for line in grouped.lines() {
            let group: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert!(keys.insert(group["k0"].to_string()), "{}", line);
            let members = group["all"].as_array().unwrap();
            prop_assert_eq!(group["n"].as_u64(), Some(members.len() as u64));
            let first = usize::try_from(members[0].as_u64().unwrap()).unwrap() - 1;
            for member in members {
                let place = usize::try_from(member.as_u64().unwrap()).unwrap() - 1;
                prop_assert!(!std::mem::replace(&mut taken[place], true), "{}", line);
                prop_assert_eq!(&rows[place][0], &rows[first][0]);
            }
        }
        prop_assert!(taken.into_iter().all(|taken| taken));
    }
}
