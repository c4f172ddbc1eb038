//! A few records of all or of each group, in input order: what `tail` and `sample` have in common.

use std::sync::Arc;

use crate::core::error::Result;
use crate::process::aggregate::key_set::Seed;
use crate::process::stage::best::{Best, Prefer};
use crate::process::stage::keys::KeyOf;
use crate::process::stage::names::{Names, count, split_by};
use crate::process::stage::{Columns, Needs, Operation, Setup, Stage};

/// Keeps a few records.
pub(crate) struct Few {
    most: usize,
    by: Option<Arc<Names>>,
    prefer: Prefer,
    explanation: String,
    setup: Setup,
}

impl Few {
    /// Reads `N` or `N by COLUMNS`, the value of `--flag`.
    pub(crate) fn new(value: &str, flag: &str, prefer: Prefer, explanation: String, setup: &Setup) -> Result<Self> {
        let (number, by) = split_by(value);
        let by = by.map(|by| Names::new(by, &setup.env)).transpose()?.map(Arc::new);
        let most = usize::try_from(count(number, flag)?).unwrap_or(usize::MAX);
        Ok(Self { most, by, prefer, explanation, setup: setup.clone() })
    }
}

impl Stage for Few {
    fn explain(&self) -> String {
        self.explanation.clone()
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.by.iter().try_for_each(|by| by.check(before))?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and(self.by.iter().flat_map(|by| by.texts()))
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Gather(Box::new(Best {
            most: self.most,
            keys: Arc::default(),
            of: self.by.as_ref().map_or(KeyOf::Nothing, |by| KeyOf::Columns(Arc::clone(by))),
            prefer: self.prefer,
            seed: Seed::default(),
            setup: self.setup.clone(),
        })))
    }
}
