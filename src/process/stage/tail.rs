//! `--tail`: the last records, of all or of each group.

use crate::core::error::Result;
use crate::core::registry::{Example, Row};
use crate::process::stage::best::Prefer;
use crate::process::stage::few::Few;
use crate::process::stage::{Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "tail",
    aliases: &[],
    usage: "--tail N, --tail 'N by COLUMNS'",
    summary: "Keep the last N records, or the last N of each group",
    examples: &[Example { input: "mytools process --tail '2 by host'", output: "the last two records of each host" }],
    item: StageKind { short: None, value: Some("N"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let explanation = format!("keep the last {}", written.value);
    Ok(Box::new(Few::new(&written.value, "tail", Prefer::Last, explanation, setup)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::{on_batches, stage};

    fn batches() -> Vec<Batch> {
        vec![csv("h,n\na,1\nb,2\na,3\n", 0), csv("h,n\n,4\na,5\n", 3), csv("h,n\nb,6\nb,7\n", 5)]
    }

    #[test]
    fn keeps_the_last_in_order() {
        assert_eq!(on_batches("tail", "3", batches()), ["h=a n=5", "h=b n=6", "h=b n=7"]);
        assert_eq!(on_batches("tail", "0", batches()), [""; 0]);
        assert_eq!(on_batches("tail", "99", batches()).len(), 7);
        assert_eq!(on_batches("tail", "1 by h", batches()), ["h= n=4", "h=a n=5", "h=b n=7"]);
    }

    #[test]
    fn says_what_is_no_number() {
        assert_eq!(stage("tail", "ten").err().unwrap().to_string(), "'ten' in --tail is not a number of records");
    }
}
