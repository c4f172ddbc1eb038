//! Runs every case of `tests/cases`. `MYTOOLS_BLESS=1` rewrites what is expected to what came out, for review;
//! `MYTOOLS_CASE=text` runs only cases whose path or name holds the text, here and in `properties`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::{self, Case};
use crate::harness::Outcome;

#[test]
fn every_case_holds() {
    let cases = case::wanted("");
    let (outcomes, left): (Vec<Outcome>, Vec<Option<String>>) = run_all(&cases, |case| {
        let dir = case.dir();
        (case.run(&dir, &[]).run(), case.leaves(&dir))
    })
    .into_iter()
    .unzip();
    let differs = cases.iter().zip(&outcomes).filter_map(|(case, outcome)| case.differs(outcome));
    let failures: Vec<String> = differs.chain(left.into_iter().flatten()).collect();
    if failures.is_empty() {
        return;
    }
    if std::env::var_os("MYTOOLS_BLESS").is_some() && std::env::var_os("MYTOOLS_CASE").is_none() {
        bless(cases, &outcomes);
        return;
    }
    panic!("{} of {} cases differ:\n\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Runs all cases on a few threads; the results are in the order of the cases.
pub(crate) fn run_all<R: Send>(cases: &[Case], run: impl Fn(&Case) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((at, case)) = cases.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run(case);
                    results.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

fn bless(cases: Vec<Case>, outcomes: &[Outcome]) {
    let mut outcomes = outcomes.iter();
    for (path, cases) in case::by_file(cases) {
        let text: String = cases
            .iter()
            .map(|case| {
                let outcome = outcomes.next().unwrap();
                case.blessed(case.differs(outcome).is_some().then_some(outcome))
            })
            .collect();
        std::fs::write(path, text).unwrap();
    }
}
