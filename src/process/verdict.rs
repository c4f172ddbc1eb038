//! What each block must know of those before it: how many records there were, and whether its input has ended already.

/// What all earlier blocks add up to.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    rows: u64,
    /// The input of the last block, and the rows before it.
    input: Option<(u32, u64)>,
    /// The input whose records are at an end.
    failed: Option<u32>,
}

impl Verdict {
    /// Counts a block. Gives the number of rows before it and that of its last record in its input, or none where the
    /// input had ended before.
    pub(super) fn pass(&mut self, input: u32, rows: u64, failed: bool) -> Option<(u64, u64)> {
        if self.failed == Some(input) {
            return None;
        }
        let before = match self.input {
            Some((last, before)) if last == input => before,
            _ => self.rows,
        };
        self.input = Some((input, before));
        let first_row = self.rows;
        self.rows += rows;
        if failed {
            self.failed = Some(input);
        }
        Some((first_row, self.rows - before))
    }
}
