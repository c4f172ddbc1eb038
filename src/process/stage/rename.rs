//! `--rename`: other names for columns, all at once, so that two can be swapped.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::core::data::batch::Batch;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::stage::names::{root, split, split_outside, unquote};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "rename",
    aliases: &[],
    usage: "--rename new=old,…",
    summary: "Give columns other names; they stay in their places",
    examples: &[Example {
        input: "mytools process --rename 'user=uid, ms=duration'",
        output: "uid is user, duration is ms",
    }],
    item: StageKind { short: None, value: Some("NAMES"), attach: &[], build },
};

fn build(written: &Written, _: &Setup) -> Result<Box<dyn Stage>> {
    let mut pairs: Vec<Pair> = Vec::new();
    for item in split(&written.value) {
        let parts: Vec<String> = split_outside(item, "=").into_iter().map(|part| unquote(part).0).collect();
        let [new, old] = parts.as_slice() else {
            let problem = Problem::new(Code::Usage, format!("'{item}' in --rename is not 'new=old'"));
            return Err(problem.hint("write --rename new=old").into());
        };
        if new.is_empty() || old.is_empty() {
            return Err(Problem::new(Code::Usage, "a column name is empty").into());
        }
        if pairs.iter().any(|pair| *pair.new == **new || *pair.old == **old) {
            return Err(Problem::new(Code::Plan, format!("'{item}' in --rename names a column twice")).into());
        }
        pairs.push(Pair { new: Arc::from(new.as_str()), old: Arc::from(old.as_str()) });
    }
    Ok(Box::new(Rename { text: written.value.clone(), pairs: Arc::new(pairs), before: OnceLock::new() }))
}

struct Pair {
    new: Arc<str>,
    old: Arc<str>,
}

struct Rename {
    text: String,
    pairs: Arc<Vec<Pair>>,
    before: OnceLock<BTreeSet<Arc<str>>>,
}

/// The new name of a column, if it gets one.
fn renamed<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a Arc<str>> {
    pairs.iter().find(|pair| *pair.old == *name).map(|pair| &pair.new)
}

fn taken(new: &str) -> Problem {
    Problem::new(Code::Plan, format!("there is a column '{new}' already")).hint(format!("--drop {new} before --rename"))
}

impl Stage for Rename {
    fn explain(&self) -> String {
        format!("rename {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let _ = self.before.set(before.names.iter().cloned().collect());
        let mut after = before.clone();
        for pair in self.pairs.iter() {
            before.check(&pair.old)?;
            let known = |name: &str| before.names.iter().any(|column| **column == *name);
            if !known(&pair.old) && known(root(&pair.old)) {
                return Err(Problem::new(Code::Plan, format!("'{}' is inside a column", pair.old))
                    .hint(format!("select it: --select '…, {}={}'", pair.new, pair.old))
                    .into());
            }
            if known(&pair.new) && renamed(&self.pairs, &pair.new).is_none() {
                return Err(taken(&pair.new).into());
            }
            after.removed.push((Arc::clone(&pair.old), format!("--rename {}", self.text)));
            if before.open && !known(&pair.old) {
                after.names.push(Arc::clone(&pair.new));
            }
        }
        for name in &mut after.names {
            if let Some(new) = renamed(&self.pairs, name).filter(|_| before.names.contains(name)) {
                *name = Arc::clone(new);
            }
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        let Needs::Only(names) = after.decoded() else {
            return Needs::All;
        };
        let known = self.before.get();
        let old = |path: String| {
            let exact = known.is_some_and(|known| known.contains(path.as_str()));
            for pair in self.pairs.iter() {
                if *path == *pair.new || !exact && root(&path) == &*pair.new {
                    return format!("{}{}", pair.old, path.get(pair.new.len()..).unwrap_or_default());
                }
            }
            path
        };
        Needs::only(names.into_iter().map(old))
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Renaming { pairs: Arc::clone(&self.pairs) })))
    }
}

struct Renaming {
    pairs: Arc<Vec<Pair>>,
}

impl Rows for Renaming {
    fn apply(&self, batch: &mut Batch, _: &mut Scope<'_>) -> Result<()> {
        for pair in self.pairs.iter() {
            let moves = batch.find(&pair.old).is_some();
            if moves && batch.find(&pair.new).is_some() && renamed(&self.pairs, &pair.new).is_none() {
                return Err(taken(&pair.new).into());
            }
        }
        for column in &mut batch.columns {
            if let Some(new) = renamed(&self.pairs, &column.name) {
                column.name = Arc::clone(new);
            } else if let Some(tail) = column.name.get(root(&column.name).len()..).filter(|tail| !tail.is_empty()) {
                // A path that was read in place of its column moves with it.
                if let Some(new) = renamed(&self.pairs, root(&column.name)) {
                    column.name = Arc::from(format!("{new}{tail}"));
                }
            }
        }
        batch.raw = None;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::testing::csv;
    use crate::process::stage::testing::{columns, on_batches, stage};

    #[test]
    fn renames_all_at_once() {
        assert_eq!(on_batches("rename", "a=b,b=a,z=c", vec![csv("a,b,c\n1,2,3\n", 0)]), ["b=1 a=2 z=3"]);
    }

    #[test]
    fn refuses_taken_and_unknown_names() {
        let error =
            |value: &str| stage("rename", value).unwrap().columns(&columns(&["a", "b"])).unwrap_err().to_string();
        assert_eq!(error("b=a"), "there is a column 'b' already; --drop b before --rename");
        assert_eq!(error("x=q"), "unknown column 'q'; columns: a, b");
    }
}
