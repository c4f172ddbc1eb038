//! `--validate`: records that break a rule are told, with their place, and left out; the others pass.
//!
//! Each batch finds what breaks its rules on its own thread; what was seen before (for `unique`) and how many were told
//! passes from batch to batch. The first ten of each rule are told one by one, the rest counted.

mod rule;

use std::sync::Arc;

use crate::core::data::batch::{Batch, Selection, Values};
use crate::core::data::cell::Kind;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::core::text::units;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::expr::{Marks, Tally};
use crate::process::stage::keys::{KeyOf, Keys, found_value};
use crate::process::stage::names::Names;
use crate::process::stage::remarks::Told;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

use rule::{Rule, Test, rules};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "validate",
    aliases: &[],
    usage: "--validate 'id unique, email not null, qty in 0..100, x is int'",
    summary: "Tell records that break a rule and leave them out; exit code 1",
    examples: &[Example {
        input: "mytools process --validate 'id unique, email not null, status in (\"a\", \"b\"), end >= start'",
        output: "the records that keep the rules; the others on standard error with file and line",
    }],
    item: StageKind { short: None, value: Some("RULES"), attach: &[], build },
};

/// How many violations of a rule are told one by one.
const TOLD: u64 = 10;

/// Longest value in a message, in characters.
const SHOWN: usize = 40;

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let rules = rules(&written.value, setup)?.into();
    Ok(Box::new(Validate { text: written.value.clone(), rules, cancel: setup.cancel.clone() }))
}

struct Validate {
    text: String,
    rules: Arc<[Rule]>,
    cancel: Cancel,
}

impl Stage for Validate {
    fn explain(&self) -> String {
        format!("keep records for which {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.rules.iter().try_for_each(|rule| rule.check(before))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and(self.rules.iter().flat_map(|rule| rule.columns.iter().flat_map(|names| names.texts())))
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let seed = Seed::default();
        let state = |_: &Rule| Known { keys: KeySet::new(seed.clone()), broken: 0 };
        Ok(Operation::Rows(Box::new(Validating {
            rules: Arc::clone(&self.rules),
            known: Relay::new(self.rules.iter().map(state).collect(), self.cancel.clone()),
            told: Told::default(),
            seed,
        })))
    }
}

/// What is known about a rule from all records before.
#[derive(Debug)]
struct Known {
    /// The keys of `unique`.
    keys: KeySet,
    /// How many records broke it.
    broken: u64,
}

struct Validating {
    rules: Arc<[Rule]>,
    known: Relay<Vec<Known>>,
    /// How many records broke each rule.
    told: Told<Vec<Marks>>,
    seed: Seed,
}

/// What a batch says about a rule.
enum Found {
    /// These places of the selection break it.
    Broken(Vec<usize>),
    /// For each place of the selection, its key; none for null.
    Keys(KeySet, Vec<Option<usize>>),
}

impl Rows for Validating {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let found: Vec<Found> = self.rules.iter().map(|rule| self.find(rule, batch)).collect();
        let found = self.known.advance(scope.seq, |known| {
            let rules = found.into_iter().zip(known);
            rules.map(|(found, known)| known.take(found)).collect::<Vec<(u64, Vec<usize>)>>()
        })?;
        let rows: Vec<usize> = batch.rows().collect();
        let mut bad = vec![false; rows.len()];
        let mut told: Vec<(usize, usize)> = Vec::new();
        let mut broken = vec![Marks::default(); self.rules.len()];
        for (number, (before, places)) in found.into_iter().enumerate() {
            if let Some(marks) = broken.get_mut(number) {
                places.iter().filter_map(|place| rows.get(*place)).for_each(|row| marks.add(narrow(*row)));
            }
            let room = usize::try_from(TOLD.saturating_sub(before)).unwrap_or(0);
            told.extend(places.iter().take(room).map(|place| (*place, number)));
            for place in places {
                if let Some(bad) = bad.get_mut(place) {
                    *bad = true;
                }
            }
        }
        self.told.add(broken, &mut scope.remarks);
        told.sort_unstable();
        for (place, number) in told {
            if let (Some(row), Some(rule)) = (rows.get(place), self.rules.get(number)) {
                let problem = Problem::new(Code::Violation, violation(rule, batch, *row));
                let problem = scope.located(problem, batch, *row);
                scope.remarks.problem(*row, problem);
            }
        }
        if bad.contains(&true) {
            let kept = rows.iter().zip(&bad).filter(|(_, bad)| !**bad).map(|(row, _)| narrow(*row)).collect();
            batch.selection = Selection::Rows(kept);
        }
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        let more = |(rule, marks): (&Rule, &Marks)| {
            let more = marks.count().checked_sub(TOLD).filter(|more| *more > 0)?;
            let records = if more == 1 { "record breaks" } else { "records break" };
            Some(Problem::new(Code::Violation, format!("{} more {records} '{}'", units::count(more), rule.text)))
        };
        self.told.look(|broken| self.rules.iter().zip(broken).filter_map(more).collect())
    }
}

impl Validating {
    fn find(&self, rule: &Rule, batch: &mut Batch) -> Found {
        match &rule.test {
            Test::Unique(names) => {
                let mut here = KeySet::new(self.seed.clone());
                let null = nulls(names, batch);
                let keys = Keys::new(&KeyOf::Columns(Arc::clone(names)), batch);
                let number = |(key, null): (&[u8], bool)| if null { None } else { Some(here.number(key)) };
                let numbers = keys.iter().zip(null).map(number).collect();
                Found::Keys(here, numbers)
            }
            Test::Condition { program, nulls_pass } => {
                // What does not compare breaks the rule; it is told as such.
                let values = program.values(batch, &mut Tally::default());
                let null = match &rule.columns {
                    Some(names) if *nulls_pass => nulls(names, batch),
                    _ => vec![false; batch.selected()],
                };
                let Values::Cells(cells) = values else { return Found::Broken(Vec::new()) };
                let holds = |row: usize| cells.get(row).is_some_and(|cell| cell.kind() == Kind::True);
                let places = batch.rows().zip(null).enumerate();
                Found::Broken(places.filter(|(_, (row, null))| !null && !holds(*row)).map(|(place, _)| place).collect())
            }
        }
    }
}

impl Known {
    /// Adds a batch; gives how many broke the rule before it, and which places of it do.
    fn take(&mut self, found: Found) -> (u64, Vec<usize>) {
        let places = match found {
            Found::Broken(places) => places,
            Found::Keys(here, numbers) => {
                let known = self.keys.len();
                let mut seen: Vec<bool> = self.keys.number_all(&here).into_iter().map(|key| key < known).collect();
                let is_again = |number: &Option<usize>| {
                    number.and_then(|number| seen.get_mut(number)).is_some_and(|seen| std::mem::replace(seen, true))
                };
                let again: Vec<bool> = numbers.iter().map(is_again).collect();
                again.iter().enumerate().filter(|(_, again)| **again).map(|(place, _)| place).collect()
            }
        };
        let before = self.broken;
        self.broken += places.len() as u64;
        (before, places)
    }
}

/// For each selected record, whether one of the columns is null.
fn nulls(names: &Names, batch: &mut Batch) -> Vec<bool> {
    let found: Vec<_> = names.get().iter().map(|name| name.find(batch)).collect();
    let batch = &*batch;
    batch.rows().map(|row| found.iter().any(|found| found_value(found, batch, row).is_null())).collect()
}

/// What a record does wrong.
fn violation(rule: &Rule, batch: &mut Batch, row: usize) -> String {
    let names = rule.columns.as_ref().map(|names| names.get()).unwrap_or_default();
    let [name] = names else { return format!("the record breaks '{}'", rule.text) };
    let found = name.find(batch);
    let value = found_value(&found, batch, row);
    if value.is_null() {
        return format!("null breaks '{}'", rule.text);
    }
    let text = String::from_utf8_lossy(&value.to_text()).into_owned();
    let short: String = text.chars().take(SHOWN).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("'{short}{dots}' breaks '{}'", rule.text)
}
