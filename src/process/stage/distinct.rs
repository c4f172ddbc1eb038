//! `--distinct`: one record for each value of some columns.

use std::sync::Arc;

use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row, did_you_mean};
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::best::{Best, Prefer};
use crate::process::stage::keys::KeyOf;
use crate::process::stage::names::Names;
use crate::process::stage::quota::Quota;
use crate::process::stage::{Columns, Needs, Operation, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "distinct",
    aliases: &["unique", "dedup"],
    usage: "--distinct COLUMNS [--keep first|last], --distinct '*'",
    summary: "Keep one record for each value of the columns; '*' compares whole records",
    examples: &[Example {
        input: "mytools process --distinct email --keep last",
        output: "the last record of each email",
    }],
    item: StageKind { short: None, value: Some("COLUMNS"), attach: &["keep"], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let of = match written.value.trim() {
        "*" => KeyOf::Record,
        columns => KeyOf::Columns(Arc::new(Names::new(columns, &setup.env)?)),
    };
    let keep = match written.attached.last().map(|(_, keep)| keep.trim()) {
        None | Some("first") => Prefer::First,
        Some("last") => Prefer::Last,
        Some(other) => {
            let problem = Problem::new(Code::Usage, format!("--keep is first or last, not '{other}'"));
            return Err(match did_you_mean(other, ["first", "last"]) {
                Some(hint) => problem.hint(hint).into(),
                None => problem.into(),
            });
        }
    };
    let text = written.value.clone();
    Ok(Box::new(Distinct { text, of, keep, setup: setup.clone() }))
}

struct Distinct {
    text: String,
    of: KeyOf,
    keep: Prefer,
    setup: Setup,
}

impl Stage for Distinct {
    fn explain(&self) -> String {
        let which = if self.keep == Prefer::First { "first" } else { "last" };
        format!("keep the {which} record of each {}", if self.text.trim() == "*" { "kind" } else { &self.text })
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        if let KeyOf::Columns(names) = &self.of {
            names.check(before)?;
        }
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        match &self.of {
            KeyOf::Columns(names) => after.and(names.texts()),
            _ => Needs::All,
        }
    }

    fn operation(&self) -> Result<Operation> {
        Ok(match self.keep {
            Prefer::First => Operation::Rows(Box::new(Quota::new(1, self.of.clone(), &self.setup))),
            Prefer::Last | Prefer::Drawn(_) => Operation::Gather(Box::new(Best {
                most: 1,
                keys: Arc::default(),
                of: self.of.clone(),
                prefer: Prefer::Last,
                seed: Seed::default(),
                setup: self.setup.clone(),
            })),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::testing::{csv, json, lines};
    use crate::process::stage::testing::{apply, on_batches, stage_with};

    #[test]
    fn keeps_the_first_or_the_last() {
        let batches = || vec![csv("h,n\na,1\nb,2\na,3\n", 0), csv("h,n\n,4\n\"\",5\na,6\n,7\n", 3)];
        assert_eq!(on_batches("distinct", "h", batches()), ["h=a n=1", "h=b n=2", "h= n=4", "h= n=5"]);
        let last = stage_with("distinct", "h", &[("keep", "last")]).unwrap();
        let rows: Vec<String> = apply(&*last, batches()).iter().flat_map(lines).collect();
        assert_eq!(rows, ["h=b n=2", "h= n=5", "h=a n=6", "h= n=7"]);
    }

    #[test]
    fn compares_whole_records_in_any_order_of_fields() {
        let batch = json(
            &[&[("a", "1"), ("b", "2")], &[("b", "2"), ("a", "1")], &[("a", "1")], &[("a", "1"), ("b", "null")]],
            0,
        );
        assert_eq!(on_batches("distinct", "*", vec![batch]), ["a=1 b=2", "a=1", "a=1 b="]);
    }
}
