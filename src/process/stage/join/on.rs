//! `--on a=b,c`: which columns of two inputs go together, and the keys they make.

use std::sync::Arc;

use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::Kind;
use crate::core::error::{Code, Problem, Result};
use crate::core::integer::narrow;
use crate::process::expr::Env;
use crate::process::stage::keys::found_value;
use crate::process::stage::names::{Found, Names, split, split_outside};
use crate::process::stage::{Columns, Written};

/// The key columns of both inputs, pair by pair.
#[derive(Debug)]
pub(in crate::process::stage) struct On {
    /// Of the records that pass through the stage.
    pub(in crate::process::stage) left: Arc<Names>,
    /// Of the second input.
    pub(in crate::process::stage) right: Arc<Names>,
}

impl On {
    /// Reads the `--on` flags of a stage.
    pub(in crate::process::stage) fn new(written: &Written, env: &Env) -> Result<Self> {
        let lists: Vec<&str> = values(written, "on").collect();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for item in lists.iter().flat_map(|list| split(list)) {
            match split_outside(item, "=").as_slice() {
                [both] => {
                    left.push(*both);
                    right.push(*both);
                }
                [ours, theirs] => {
                    left.push(ours.trim());
                    right.push(theirs.trim());
                }
                _ => {
                    let problem = Problem::new(Code::Usage, format!("'{item}' in --on is not a pair of columns"));
                    return Err(problem.hint("write --on id, or --on ours=theirs").into());
                }
            }
        }
        if left.is_empty() {
            let flag = &written.flag;
            let problem = Problem::new(Code::Usage, format!("--{flag} needs --on with the columns to match"));
            return Err(problem.hint(format!("write --{flag} {} --on id, or --on ours=theirs", written.value)).into());
        }
        Ok(Self {
            left: Arc::new(Names::new(&left.join(","), env)?),
            right: Arc::new(Names::new(&right.join(","), env)?),
        })
    }

    /// Pairs of columns.
    pub(in crate::process::stage) fn pairs(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        let left = self.left.get().iter().map(|name| name.text.as_str());
        left.zip(self.right.get().iter().map(|name| name.text.as_str())).collect::<Vec<_>>().into_iter()
    }

    /// Checks the columns of the second input.
    pub(in crate::process::stage) fn meet(&self, columns: &Columns, path: &str) -> Result<()> {
        self.right.check(columns).map_err(|error| match error {
            crate::core::error::Error::Problem(problem) if problem.path.is_none() => problem.at_path(path).into(),
            other => other,
        })
    }

    /// As written.
    pub(in crate::process::stage) fn text(&self) -> String {
        let pairs = self.pairs().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}={b}") });
        pairs.collect::<Vec<_>>().join(",")
    }
}

/// The values of an attached flag.
pub(in crate::process::stage) fn values<'a>(written: &'a Written, flag: &'a str) -> impl Iterator<Item = &'a str> {
    written.attached.iter().filter(move |(name, _)| name == flag).map(|(_, value)| value.as_str())
}

/// Gives each selected record and its key to `take`: none where a part of it is null. The key of one column is its text;
/// several are told apart by their lengths.
pub(in crate::process::stage) fn each_key(batch: &Batch, found: &[Found], mut take: impl FnMut(usize, Option<&[u8]>)) {
    let mut buffer = Vec::new();
    if let [one] = found {
        // Cells whose text is their source cost no copy.
        let cells = match one {
            Found::Column(column) => batch.columns.get(*column).map(|column| &column.values),
            Found::Values(values) => Some(values),
            Found::Absent => None,
        };
        for row in batch.rows() {
            if let Some(Values::Cells(cells)) = cells
                && let Some(cell) = cells.get(row)
                && matches!(cell.kind(), Kind::Bare | Kind::Quoted | Kind::Number | Kind::Text)
            {
                take(row, Some(batch.bytes(*cell)));
                continue;
            }
            let value = found_value(one, batch, row);
            let text = value.to_text();
            take(row, (!value.is_null()).then_some(&text));
        }
        return;
    }
    for row in batch.rows() {
        buffer.clear();
        let mut null = false;
        for found in found {
            let value = found_value(found, batch, row);
            null |= value.is_null();
            let text = value.to_text();
            buffer.extend_from_slice(&narrow(text.len()).to_le_bytes());
            buffer.extend_from_slice(&text);
        }
        take(row, (!null).then_some(&buffer));
    }
}
