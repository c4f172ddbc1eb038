//! Looking up many columns of a batch at once: a search for each would take the square of their number.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::core::data::batch::Batch;

impl Batch {
    /// Positions of the columns of these names. Most stand behind one another, in this order too; a table of names is
    /// made only where they do not.
    pub(crate) fn find_all(&self, names: &[Arc<str>]) -> Vec<Option<usize>> {
        let mut table: Option<HashMap<&str, usize, foldhash::fast::RandomState>> = None;
        let mut next = 0;
        names
            .iter()
            .map(|name| {
                if self.columns.get(next).is_none_or(|column| column.name != *name) {
                    let table = table.get_or_insert_with(|| {
                        // The first of a name counts.
                        self.columns.iter().enumerate().rev().map(|(at, column)| (&*column.name, at)).collect()
                    });
                    next = *table.get(&**name)?;
                }
                next += 1;
                Some(next - 1)
            })
            .collect()
    }

    /// For each column, whether its name is one of these.
    pub(crate) fn known(&self, names: &[Arc<str>]) -> Vec<bool> {
        let mut known = vec![false; self.columns.len()];
        for at in self.find_all(names).into_iter().flatten() {
            if let Some(known) = known.get_mut(at) {
                *known = true;
            }
        }
        known
    }
}
