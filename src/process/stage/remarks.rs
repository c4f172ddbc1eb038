//! What operations have to tell of the records of a batch, kept until it is known which of the records matter.
//!
//! Behind a `--limit` that has enough, the records of a batch that come after its last one do not matter, and how many of
//! them there are depends on where the block ends. So nothing is counted when it is found: it goes with the batch, each
//! remark with the records that it is about, and is settled in input order once the batch has gone through all operations.

use std::sync::{Arc, Mutex, PoisonError};

use crate::core::error::Problem;
use crate::process::expr::{Marks, Tally};

/// Something that can be told of some records of a batch, and added up.
pub(crate) trait Tell: Send + 'static {
    /// Whether there is nothing to tell.
    fn is_empty(&self) -> bool;

    /// Forgets what is about others than the first so many records of the batch, and which records it is about.
    fn settle(&mut self, records: usize);

    /// Adds what another batch has to tell. Both are settled.
    fn merge(&mut self, other: Self);
}

impl Tell for Tally {
    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }

    fn settle(&mut self, records: usize) {
        Self::settle(self, records);
    }

    fn merge(&mut self, other: Self) {
        Self::merge(self, other);
    }
}

impl Tell for Marks {
    fn is_empty(&self) -> bool {
        self.count() == 0
    }

    fn settle(&mut self, records: usize) {
        Self::settle(self, records);
    }

    fn merge(&mut self, other: Self) {
        Self::merge(self, &other);
    }
}

/// One for each part of an operation.
impl<T: Tell> Tell for Vec<T> {
    fn is_empty(&self) -> bool {
        self.iter().all(Tell::is_empty)
    }

    fn settle(&mut self, records: usize) {
        for part in self {
            part.settle(records);
        }
    }

    fn merge(&mut self, other: Self) {
        for (number, part) in other.into_iter().enumerate() {
            match self.get_mut(number) {
                Some(_) if part.is_empty() => {}
                Some(all) => all.merge(part),
                None => self.push(part),
            }
        }
    }
}

/// What an operation has to tell at the end.
#[derive(Debug, Default)]
pub(crate) struct Told<T>(Arc<Mutex<T>>);

impl<T: Tell> Told<T> {
    /// Adds what a batch has to tell, as far as it will matter.
    pub(crate) fn add(&self, told: T, remarks: &mut Remarks) {
        if !told.is_empty() {
            let depth = remarks.origins.len();
            remarks.told.push((depth, Box::new(Remark { told, of: Arc::clone(&self.0) })));
        }
    }

    /// Adds what is settled.
    pub(crate) fn merge(&self, told: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).merge(told);
    }

    /// Looks at what there is.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Clone for Told<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What goes with a batch.
#[derive(Default)]
pub(crate) struct Remarks {
    /// Each with how often the records had been made anew when it was found.
    told: Vec<(usize, Box<dyn Settle>)>,
    /// Problems with single records, in the order to print them, with the same and the index of the record.
    problems: Vec<(usize, usize, Problem)>,
    /// For each time that records were made of others: of which. They never fall.
    origins: Vec<Vec<u32>>,
    /// How many of the records mattered, with how often they had been made anew.
    ends: Vec<(usize, usize)>,
}

/// A remark of some operation.
trait Settle: Send {
    /// Counts what is about the first so many records.
    fn settle(self: Box<Self>, records: usize);
}

struct Remark<T> {
    told: T,
    of: Arc<Mutex<T>>,
}

impl<T: Tell> Settle for Remark<T> {
    fn settle(mut self: Box<Self>, records: usize) {
        self.told.settle(records);
        if !self.told.is_empty() {
            self.of.lock().unwrap_or_else(PoisonError::into_inner).merge(self.told);
        }
    }
}

impl Remarks {
    /// Tells of a problem with a record.
    pub(crate) fn problem(&mut self, row: usize, problem: Problem) {
        self.problems.push((self.origins.len(), row, problem));
    }

    /// From here on the records of the batch are made of these.
    pub(crate) fn remade(&mut self, from: &[u32]) {
        self.origins.push(from.to_vec());
    }

    /// Of the records as they are now, only the first so many matter.
    pub(crate) fn end_at(&mut self, records: usize) {
        self.ends.push((self.origins.len(), records));
    }

    /// How many records mattered as they were before each time that they were made anew, and at last; `usize::MAX` for
    /// all.
    fn ends(&self) -> Vec<usize> {
        let depths = self.origins.len();
        let mut ends = vec![usize::MAX; depths + 1];
        for (depth, records) in &self.ends {
            if let Some(end) = ends.get_mut(*depth) {
                *end = (*end).min(*records);
            }
        }
        for (depth, origin) in self.origins.iter().enumerate().rev() {
            let made = ends.get(depth + 1).and_then(|end| origin.get(..*end));
            let before = made.map_or(usize::MAX, |from| from.last().map_or(0, |row| *row as usize + 1));
            if let Some(end) = ends.get_mut(depth) {
                *end = (*end).min(before);
            }
        }
        ends
    }

    /// How many of the records matter that the batch came with.
    pub(crate) fn records(&self) -> usize {
        self.ends().first().copied().unwrap_or(usize::MAX)
    }

    /// Counts what is about records that matter, and gives the problems that are.
    pub(crate) fn settle(self) -> Vec<Problem> {
        let ends = self.ends();
        let end = |depth: usize| ends.get(depth).copied().unwrap_or(usize::MAX);
        for (depth, told) in self.told {
            told.settle(end(depth));
        }
        // Several operations may have problems with the same records: in input order, wherever the block was cut.
        let origins = &self.origins;
        let first = |depth: usize, row: usize| {
            let before = origins.iter().take(depth).rev();
            before.fold(row, |row, origin| origin.get(row).map_or(row, |row| *row as usize))
        };
        let mut problems = self.problems;
        problems.retain(|(depth, row, _)| *row < end(*depth));
        problems.sort_by_key(|(depth, row, _)| first(*depth, *row));
        problems.into_iter().map(|(_, _, problem)| problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Remarks, Tell, Told};
    use crate::core::error::Problem;

    #[derive(Debug, Default)]
    struct Rows(Vec<usize>);

    impl Tell for Rows {
        fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        fn settle(&mut self, records: usize) {
            self.0.retain(|row| *row < records);
        }

        fn merge(&mut self, other: Self) {
            self.0.extend(other.0);
        }
    }

    /// What is told before and behind the place where records are made anew, where so many of them matter, at most 3.
    fn told(records: usize) -> (Vec<usize>, Vec<usize>, usize) {
        let (before, behind) = (Told::<Rows>::default(), Told::<Rows>::default());
        let mut remarks = Remarks::default();
        before.add(Rows(vec![0, 1, 3]), &mut remarks);
        remarks.problem(2, Problem::note("two"));
        // The second record becomes two, the third none.
        remarks.remade(&[0, 1, 1, 3]);
        behind.add(Rows(vec![1, 2]), &mut remarks);
        remarks.end_at(records);
        remarks.end_at(3);
        let problems = remarks.settle();
        (before.look(|rows| rows.0.clone()), behind.look(|rows| rows.0.clone()), problems.len())
    }

    #[test]
    fn only_what_is_about_the_first_records_is_told() {
        assert_eq!(told(0), (vec![], vec![], 0));
        assert_eq!(told(1), (vec![0], vec![], 0));
        assert_eq!(told(2), (vec![0, 1], vec![1], 0));
        assert_eq!(told(3), (vec![0, 1], vec![1, 2], 0));
        assert_eq!(told(4), told(3));
    }
}
