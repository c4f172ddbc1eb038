//! `--sample`: records picked at random, the same ones each time.
//!
//! Whether a record is picked depends on the seed and its number alone, so threads and blocks play no part: a share takes
//! the records whose number hashes low, a count those with the lowest hashes.

use crate::core::data::batch::{Batch, Selection};
use crate::core::data::number::Number;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::integer::{narrow, whole};
use crate::core::registry::{Example, Row};
use crate::process::stage::best::{Prefer, draw};
use crate::process::stage::few::Few;
use crate::process::stage::numbering::Numbering;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "sample",
    aliases: &[],
    usage: "--sample N, --sample 'N by COLUMNS', --sample P%",
    summary: "Pick N records or a share at random, the same each time",
    examples: &[Example { input: "mytools process --sample '100 by host'", output: "a hundred records of each host" }],
    item: StageKind { short: None, value: Some("N|P%"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (text, seed) = (written.value.trim(), setup.env.seed);
    if let Some(percent) = text.strip_suffix('%') {
        let share = Number::parse(percent.trim().as_bytes()).map(|percent| percent.to_f64() / 100.0);
        let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) else {
            let problem = Problem::new(Code::Usage, format!("'{text}' in --sample is not from 0% to 100%"));
            return Err(problem.into());
        };
        return Ok(Box::new(Share { part: share, seed, text: text.to_string(), cancel: setup.cancel.clone() }));
    }
    let explanation = format!("pick {text} at random");
    Ok(Box::new(Few::new(text, "sample", Prefer::Drawn(seed), explanation, setup)?))
}

struct Share {
    part: f64,
    seed: u64,
    text: String,
    cancel: Cancel,
}

impl Stage for Share {
    fn explain(&self) -> String {
        format!("pick {} at random", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        // The least number that is too high; all are picked where no number is.
        let bound = (self.part < 1.0).then_some(whole(self.part * 2_f64.powi(64)));
        Ok(Operation::Rows(Box::new(Picking { bound, seed: self.seed, numbering: Numbering::new(&self.cancel) })))
    }
}

struct Picking {
    bound: Option<u64>,
    seed: u64,
    numbering: Numbering,
}

impl Rows for Picking {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let before = self.numbering.before(batch, scope.seq)?;
        let Some(bound) = self.bound else { return Ok(()) };
        let mut kept = scope.scratch.take_indices();
        let numbered = (before..).zip(batch.rows());
        kept.extend(numbered.filter(|(number, _)| draw(self.seed, *number) < bound).map(|(_, row)| narrow(row)));
        if let Selection::Rows(old) = std::mem::replace(&mut batch.selection, Selection::Rows(kept)) {
            scope.scratch.keep_indices(old);
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::{on_batches, stage};

    fn batches(size: usize) -> Vec<Batch> {
        let rows: Vec<String> = (0..1000).map(|n| format!("{},{n}\n", n % 3)).collect();
        let batch = |(at, rows): (usize, &[String])| csv(&format!("h,n\n{}", rows.concat()), (at * size) as u64);
        rows.chunks(size).enumerate().map(batch).collect()
    }

    #[test]
    fn picks_the_same_at_any_split_in_input_order() {
        for sample in ["10%", "25", "5 by h", "0.5%", "0", "100%"] {
            let whole = on_batches("sample", sample, batches(1000));
            assert_eq!(whole, on_batches("sample", sample, batches(7)), "{sample}");
            let numbers = whole.iter().map(|line| line.rsplit('=').next().unwrap().parse::<u32>().unwrap());
            assert!(numbers.is_sorted(), "{sample}");
        }
        assert_eq!(on_batches("sample", "25", batches(50)).len(), 25);
        assert_eq!(on_batches("sample", "5 by h", batches(50)).len(), 15);
        assert_eq!(on_batches("sample", "100%", batches(50)).len(), 1000);
        let tenth = on_batches("sample", "10%", batches(50)).len();
        assert!((60..140).contains(&tenth), "{tenth}");
    }

    #[test]
    fn says_what_is_no_share() {
        assert!(stage("sample", "101%").err().unwrap().to_string().contains("is not from 0% to 100%"));
        assert!(stage("sample", "x").err().unwrap().to_string().contains("is not a number of records"));
    }
}
