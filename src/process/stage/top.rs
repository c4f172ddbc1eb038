//! `--top`: the records with the largest (or smallest) values, of all or of each group.

use std::sync::Arc;

use crate::core::data::compare::SortOrder;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::best::{Best, Prefer};
use crate::process::stage::keys::KeyOf;
use crate::process::stage::names::{Names, count, split_by};
use crate::process::stage::order::OrderBy;
use crate::process::stage::{Columns, Needs, Operation, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "top",
    aliases: &[],
    usage: "--top 'N:KEY [by COLUMNS]'",
    summary: "Keep the N records with the largest values; ':asc' for the smallest, 'by' for each group",
    examples: &[Example { input: "mytools process --top '10:ms by host'", output: "the ten slowest of each host" }],
    item: StageKind { short: None, value: Some("N:KEY"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (head, by) = split_by(&written.value);
    let Some((number, keys)) = head.split_once(':') else {
        let problem = Problem::new(Code::Usage, format!("'{head}' in --top names no column"));
        return Err(problem.hint("write --top '10:ms' or --top '10:ms by host'").into());
    };
    let most = usize::try_from(count(number, "top")?).unwrap_or(usize::MAX);
    let largest = SortOrder { descending: true, ..SortOrder::default() };
    let order = OrderBy::new(keys, largest, &setup.env)?;
    let by = by.map(|by| Names::new(by, &setup.env)).transpose()?.map(Arc::new);
    Ok(Box::new(Top { text: written.value.clone(), most, order, by, setup: setup.clone() }))
}

struct Top {
    text: String,
    most: usize,
    order: OrderBy,
    by: Option<Arc<Names>>,
    setup: Setup,
}

impl Stage for Top {
    fn explain(&self) -> String {
        format!("keep the top {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.order.check(before)?;
        self.by.iter().try_for_each(|by| by.check(before))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        let keys = self.order.keys().into_iter().map(|key| key.name.text);
        after.and(keys.chain(self.by.iter().flat_map(|by| by.texts())))
    }

    fn operation(&self) -> Result<Operation> {
        let of = self.by.as_ref().map_or(KeyOf::Nothing, |by| KeyOf::Columns(Arc::clone(by)));
        let keys = self.order.keys().into();
        Ok(Operation::Gather(Box::new(Best {
            most: self.most,
            keys,
            of,
            prefer: Prefer::First,
            seed: Seed::default(),
            setup: self.setup.clone(),
        })))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::{on_batches, stage};

    fn batches() -> Vec<Batch> {
        vec![csv("h,ms\na,5\nb,70\na,x\n", 0), csv("h,ms\na,30\nb,70\n,4\na,\n", 3), csv("h,ms\nb,8\na,100\n", 7)]
    }

    #[test]
    fn keeps_the_largest_first() {
        assert_eq!(on_batches("top", "3:ms:num", batches()), ["h=a ms=100", "h=b ms=70", "h=b ms=70"]);
        assert_eq!(on_batches("top", "2:ms:asc", batches()), ["h= ms=4", "h=a ms=5"]);
        assert_eq!(on_batches("top", "0:ms", batches()), [""; 0]);
        assert_eq!(on_batches("top", "99:ms", batches()).last().unwrap(), "h=a ms=");
    }

    #[test]
    fn keeps_the_largest_of_each_group() {
        let expected = ["h=a ms=100", "h=a ms=30", "h=b ms=70", "h=b ms=70", "h= ms=4"];
        assert_eq!(on_batches("top", "2:ms:num by h", batches()), expected);
    }

    #[test]
    fn says_how_it_is_written() {
        let error = stage("top", "10").err().unwrap().to_string();
        assert_eq!(error, "'10' in --top names no column; write --top '10:ms' or --top '10:ms by host'");
    }
}
