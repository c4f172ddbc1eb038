//! What is told at the end about lines that did not become records as they are.

use crate::core::data::batch::Irregular;
use crate::core::error::Problem;

/// What to tell about an input's lines that did not become records as they are.
pub(crate) fn told(name: &str, lines: Irregular) -> Vec<Problem> {
    let counted = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let blank = counted(lines.blank, "blank line passed over", "blank lines passed over").map(Problem::debug);
    let notes = [
        counted(lines.padded, "short record was filled with nulls", "short records were filled with nulls"),
        counted(lines.cut, "long record lost its surplus fields", "long records lost their surplus fields"),
        counted(lines.skipped, "record of another length was left out", "records of another length were left out"),
        counted(lines.misfits, "line that does not fit was left out", "lines that do not fit were left out"),
        counted(lines.incomplete, "line was read only in part", "lines were read only in part"),
        counted(lines.rejected, "record was rejected", "records were rejected"),
    ];
    blank.into_iter().chain(notes.into_iter().flatten().map(Problem::note)).map(|note| note.at_path(name)).collect()
}
