//! Grouping stages end to end on small batches.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Column, Selection, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::error::{Error, Problem, Result};
use crate::core::format::Scratch;
use crate::core::registry::find;
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::Env;
use crate::process::stage::{Columns, Needs, Operation, STAGES, Scope, Setup, Stage, Written};

/// Records as a CSV reader decodes them: an empty cell is null.
fn batch(first_row: u64, columns: &[&str], rows: &[&str]) -> Batch {
    let (mut bytes, mut cells) = (Vec::new(), vec![Vec::new(); columns.len()]);
    for row in rows {
        for (cells, text) in cells.iter_mut().zip(row.split(',')) {
            let kind = if text.is_empty() { Kind::Null } else { Kind::Bare };
            cells.push(Cell::new(kind, bytes.len(), text.len()));
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    let names = columns.iter().map(|name| Arc::from(*name));
    Batch {
        block: Block { end: bytes.len(), bytes, ..Block::default() },
        rows: rows.len(),
        first_row,
        columns: names.zip(cells).map(|(name, cells)| Column { name, values: Values::Cells(cells) }).collect(),
        ..Batch::default()
    }
}

fn written(arguments: &[&str]) -> (&'static str, Written) {
    let name = arguments[0];
    let value = arguments.get(1).copied().unwrap_or_default().to_string();
    let attached = arguments.get(2).map(|list| ("agg".to_string(), (*list).to_string())).into_iter().collect();
    let row = find(STAGES, name).unwrap();
    (row.name, Written { flag: name.to_string(), value, attached, odd: None })
}

fn stage(arguments: &[&str], setup: &Setup) -> Result<Box<dyn Stage>> {
    let (name, written) = written(arguments);
    (find(STAGES, name).unwrap().item.build)(&written, setup)
}

/// The result of a stage with its header, one line per record, and the notes.
fn run(arguments: &[&str], setup: &Setup, batches: Vec<Batch>) -> (String, Vec<Problem>) {
    let stage = stage(arguments, setup).unwrap_or_else(|error| panic!("{error}"));
    let Operation::Gather(gather) = stage.operation().unwrap() else { panic!("not gathering") };
    let mut gatherers: Vec<_> = (0..setup.threads.max(1)).map(|_| gather.gatherer().unwrap()).collect();
    let (mut scratch, count) = (Scratch::default(), gatherers.len());
    for (index, batch) in batches.into_iter().enumerate() {
        let mut scope = Scope::new(index as u64, &mut scratch);
        gatherers[index * 7 % count].take(batch, &mut scope).unwrap();
    }
    let table = gather.finish(gatherers).unwrap();
    let empty = Columns { open: true, ..Columns::default() };
    let names = stage.columns(&empty).unwrap().names;
    let mut out = names.join(",");
    for batch in table.all(&mut scratch).unwrap() {
        assert_eq!(
            batch.columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
            names.iter().collect::<Vec<_>>()
        );
        for row in batch.rows() {
            let values: Vec<String> = (0..names.len())
                .map(|column| String::from_utf8(batch.value(column, row).to_text().into_owned()).unwrap())
                .collect();
            out.push('\n');
            out.push_str(&values.join(","));
        }
    }
    (out, gather.notes())
}

fn output(arguments: &[&str], batches: Vec<Batch>) -> String {
    run(arguments, &Setup { threads: 3, ..Setup::default() }, batches).0
}

fn events() -> Vec<Batch> {
    let columns = ["host", "ms"];
    vec![batch(4, &columns, &["b,7", ",0.1", "a,n/a"]), batch(0, &columns, &["b,1.50", "a,2", ",0.2", "c,"])]
}

fn problem(arguments: &[&str]) -> Problem {
    match stage(arguments, &Setup::default()) {
        Err(Error::Problem(problem)) => *problem,
        _ => panic!("{arguments:?} should not bind"),
    }
}

#[test]
fn groups_come_by_first_appearance() {
    assert_eq!(output(&["group-by", "host"], events()), "host,count\nb,2\na,2\n,2\nc,1");
    let list = "n=count, sum(ms), mean(ms), lo=min(ms), p50(ms)";
    assert_eq!(
        output(&["group-by", "host", list], events()),
        "host,n,sum_ms,mean_ms,lo,p50_ms\nb,2,8.5,4.25,1.50,4.25\na,2,2,2,2,2\n,2,0.3,0.15,0.1,0.15\nc,1,,,,"
    );
}

#[test]
fn expressions_stand_around_aggregates_and_inside() {
    let list = "rate=sum(ms * 2) / count, who=host ++ \"!\", n=count + 1, last=last(ms)";
    assert_eq!(
        output(&["group-by", "host=upper(host)", list], events()),
        "host,rate,who,n,last\nB,8.5,B!,3,7\nA,2,A!,3,n/a\n,0.3,!,3,0.1\nC,,C!,2,"
    );
}

#[test]
fn no_keys_make_one_record() {
    assert_eq!(output(&["agg", "n=count, count(ms), sum(ms)"], events()), "n,count_ms,sum_ms\n7,6,10.8");
    assert_eq!(output(&["agg", "n=count, sum(ms), count_distinct(ms)"], vec![]), "n,sum_ms,count_distinct_ms\n0,,0");
    assert_eq!(output(&["group-by", "host"], vec![]), "host,count");
    assert_eq!(output(&["count"], events()), "count\n7");
    assert_eq!(output(&["count"], vec![]), "count\n0");
}

#[test]
fn only_selected_rows_count() {
    let mut batches = events();
    batches[0].selection = Selection::Rows(vec![0, 2]);
    assert_eq!(output(&["group-by", "host"], batches), "host,count\nb,2\na,2\n,1\nc,1");
}

#[test]
fn frequencies_fall() {
    let batches = vec![batch(0, &["host"], &["a", "b", "c", "b", "c"])];
    assert_eq!(output(&["freq", "host"], batches), "host,count\nb,2\nc,2\na,1");
}

#[test]
fn values_that_are_no_numbers_are_told() {
    let setup = Setup { threads: 2, ..Setup::default() };
    let (_, notes) = run(&["agg", "sum(ms)"], &setup, events());
    assert_eq!(notes[0].message, "sum(ms): 'n/a' is not a number and was left out");
    let env = Arc::new(Env { strict: true, ..Env::default() });
    let stage = stage(&["agg", "sum(ms)"], &Setup { env, ..Setup::default() }).unwrap();
    let Operation::Gather(gather) = stage.operation().unwrap() else { panic!("not gathering") };
    let mut gatherer = gather.gatherer().unwrap();
    for batch in events() {
        let mut scratch = Scratch::default();
        let mut scope = Scope::new(0, &mut scratch);
        gatherer.take(batch, &mut scope).unwrap();
    }
    assert!(gather.finish(vec![gatherer]).is_err());
}

#[test]
fn examples_of_aggregates_hold() {
    for row in AGGREGATES {
        assert!(!row.examples.is_empty(), "{} has no example", row.name);
        for example in row.examples {
            let (call, values) = example.input.split_once(" of ").unwrap();
            let rows: Vec<&str> = values.split(", ").map(|text| if text == "null" { "" } else { text }).collect();
            let found = output(&["agg", &format!("r={call}")], vec![batch(0, &["x"], &rows)]);
            assert_eq!(found, format!("r\n{}", example.output), "{}", example.input);
        }
    }
}

#[test]
fn threads_change_nothing() {
    let batches = || {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let mut rows: Vec<String> =
            (0..40_000).map(|_| format!("k{},{}e{}", next() % 9000, next(), next() % 40)).collect();
        rows.extend((0..1000).map(|n| format!("new{n},{n}.25")));
        rows.extend((0..50).map(|n| format!("k{n},n/a")));
        rows.chunks(700)
            .enumerate()
            .map(|(index, rows)| {
                let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
                batch(700 * index as u64, &["key", "v"], &rows)
            })
            .collect::<Vec<_>>()
    };
    let list = "n=count, sum(v), mean(v), min(v), max(v), median(v), count_distinct(v), \
                first(v), last(v), stddev(v), var_pop(v), mode(v), most_common(3, v), collect_distinct(v), collect(v), \
                concat(v, '|'), nth(v, 2), top(2, v), bottom(2, v), argmax(v, -v), argmin(key, v), range(v), \
                count_if(v > 3), ratio(v > 3), any(v > 9), all(v > 1)";
    let one = run(&["group-by", "key", list], &Setup { threads: 1, ..Setup::default() }, batches());
    for threads in [2, 3, 5] {
        let many = run(&["group-by", "key", list], &Setup { threads, ..Setup::default() }, batches());
        assert!(one == many, "{threads} threads");
    }
}

#[test]
fn columns_are_checked_and_gone_afterwards() {
    let before = Columns { names: vec!["host".into(), "ms".into()], ..Columns::default() };
    let setup = Setup::default();
    let grouped = stage(&["group-by", "host", "total=sum(ms)"], &setup).unwrap();
    let after = grouped.columns(&before).unwrap();
    assert_eq!(after.names.iter().map(|name| &**name).collect::<Vec<_>>(), ["host", "total"]);
    assert!(after.check("ms").unwrap_err().to_string().contains("gone after '-g host'"));
    assert_eq!(grouped.needs(Needs::All), Needs::only(["host".to_string(), "ms".to_string()]));
    let unknown = stage(&["group-by", "hots"], &setup).unwrap().columns(&before).unwrap_err();
    assert!(unknown.to_string().contains("did you mean 'host'"), "{unknown}");
}

#[test]
fn mistakes_are_explained() {
    let found = problem(&["group-by", "host", "n=count, x=ms"]);
    assert_eq!(found.to_string(), "'ms' is a column, not an aggregate; first(ms), or add it to -g");
    assert_eq!(found.caret.as_ref().map(|caret| (caret.start, caret.end)), Some((11, 13)));
    assert_eq!(problem(&["agg", "summ(ms)"]).to_string(), "unknown aggregate 'summ'; did you mean 'sum'?");
    assert_eq!(problem(&["agg", "sum(ms), sum(ms)"]).message, "two columns of the result are named 'sum_ms'");
    assert!(problem(&["agg", "sum()"]).message.contains("does not take 0 arguments"));
    let mistyped = problem(&["group-by", "host", "n=cuont"]);
    assert_eq!(mistyped.to_string(), "'cuont' is neither a key nor an aggregate; did you mean 'count'?");
    assert_eq!(mistyped.caret.as_ref().map(|caret| (caret.start, caret.end)), Some((2, 7)));
    assert!(problem(&["agg", "top(ms, 3)"]).message.contains("needs a constant count"));
    assert!(problem(&["agg", "concat(ms, ms)"]).message.contains("needs a constant text"));
    assert_eq!(problem(&["agg", "count_if(ms)"]).message, "'ms' is not a condition");
    assert!(problem(&["agg", "quantile(ms, 2)"]).message.contains("constant from 0 to 1"));
    assert!(problem(&["agg", "quantile(ms, ms)"]).message.contains("constant from 0 to 1"));
    let q = Number::Exact { units: 25, scale: 2 };
    let shared = stage(&["agg", "quantile(ms, 1/4), p50(ms), median(ms), a=sum(ms), b=mean(ms)"], &Setup::default());
    assert!(shared.is_ok(), "{q:?}");
}
