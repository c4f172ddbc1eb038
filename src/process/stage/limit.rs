//! `--limit`: the first records, of all or of each group.

use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::Result;
use crate::core::exec::ordered::Flow;
use crate::core::registry::{Example, Row};
use crate::process::stage::keys::KeyOf;
use crate::process::stage::names::{Names, count, split_by};
use crate::process::stage::numbering::{Numbering, keep};
use crate::process::stage::quota::Quota;
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "limit",
    aliases: &["head"],
    usage: "-n/--limit N, -n 'N by COLUMNS'",
    summary: "Keep the first N records; with by, of each group",
    examples: &[Example { input: "mytools process -n '10 by host'", output: "the first ten records of each host" }],
    item: StageKind { short: Some('n'), value: Some("N"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (number, by) = split_by(&written.value);
    let by = by.map(|by| Names::new(by, &setup.env)).transpose()?.map(Arc::new);
    Ok(Box::new(Limit { most: count(number, "limit")?, by, text: written.value.clone(), setup: setup.clone() }))
}

struct Limit {
    most: u64,
    by: Option<Arc<Names>>,
    text: String,
    setup: Setup,
}

impl Stage for Limit {
    fn explain(&self) -> String {
        format!("keep the first {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.by.iter().try_for_each(|by| by.check(before))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and(self.by.iter().flat_map(|by| by.texts()))
    }

    fn keeps_file(&self) -> bool {
        self.by.is_none()
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(match &self.by {
            None => Box::new(Limiting { most: self.most, numbering: Numbering::new(&self.setup.cancel) }),
            Some(by) => Box::new(Quota::new(self.most, KeyOf::Columns(Arc::clone(by)), &self.setup)),
        }))
    }
}

struct Limiting {
    most: u64,
    numbering: Numbering,
}

impl Rows for Limiting {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let before = self.numbering.before(batch, scope.seq)?;
        let room = self.most.saturating_sub(before);
        let has_enough = batch.selected() as u64 >= room;
        keep(batch, 0..usize::try_from(room).unwrap_or(usize::MAX), scope);
        if has_enough {
            scope.flow = Flow::Stop;
            scope.remarks.end_at(batch.rows().last().map_or(0, |last| last + 1));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::{on_batches, stage};

    #[test]
    fn keeps_the_first_at_any_split() {
        let batches = || vec![csv("a\n1\n2\n", 0), csv("a\n", 2), csv("a\n3\n4\n", 2), csv("a\n5\n", 4)];
        assert_eq!(on_batches("limit", "3", batches()), ["a=1", "a=2", "a=3"]);
        assert_eq!(on_batches("limit", "0", batches()), [""; 0]);
        assert_eq!(on_batches("limit", "9", batches()).len(), 5);
        assert_eq!(on_batches("skip", "3", batches()), ["a=4", "a=5"]);
        assert_eq!(on_batches("skip", "0", batches()).len(), 5);
    }

    #[test]
    fn keeps_the_first_of_each_group() {
        let batches = vec![csv("h,n\na,1\nb,2\na,3\n", 0), csv("h,n\n,4\na,5\nb,6\nb,7\n,8\n", 3)];
        let expected = ["h=a n=1", "h=b n=2", "h=a n=3", "h= n=4", "h=b n=6", "h= n=8"];
        assert_eq!(on_batches("limit", "2 by h", batches), expected);
    }

    #[test]
    fn says_what_is_no_number() {
        assert_eq!(stage("limit", "ten").err().unwrap().to_string(), "'ten' in --limit is not a number of records");
    }
}
