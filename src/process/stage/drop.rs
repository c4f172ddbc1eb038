//! `--drop`: all columns but the named ones.

use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::stage::names::{Names, glob_matches, is_glob, root};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "drop",
    aliases: &[],
    usage: "--drop a,b,c*",
    summary: "Remove these columns; globs work",
    examples: &[Example {
        input: "mytools process --drop 'debug*,note'",
        output: "every record without those columns",
    }],
    item: StageKind { short: None, value: Some("COLUMNS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let names = Arc::new(Names::new(&written.value, &setup.env)?);
    Ok(Box::new(Drop { text: written.value.clone(), names }))
}

struct Drop {
    text: String,
    names: Arc<Names>,
}

/// Whether a column is among those to drop.
fn dropped(names: &Names, column: &str) -> bool {
    let fits = |glob: &str| is_glob(glob) && glob_matches(glob, column);
    names.get().iter().any(|name| name.text == column || !name.exact && fits(&name.text))
}

fn inside(path: &str) -> Problem {
    Problem::new(Code::Plan, format!("'{path}' is inside column '{}', and --drop takes whole columns", root(path)))
        .hint("select the paths to keep with --select")
}

impl Stage for Drop {
    fn explain(&self) -> String {
        format!("drop {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.names.check_but(before, |name| !name.exact && is_glob(&name.text))?;
        let known = |text: &str| before.names.iter().any(|column| **column == *text);
        for name in self.names.get() {
            if !name.exact && is_glob(&name.text) {
                if !before.open && !before.names.iter().any(|column| glob_matches(&name.text, column)) {
                    return Err(Problem::new(Code::UnknownColumn, format!("no column fits '{}'", name.text)).into());
                }
            } else if !known(&name.text) && known(root(&name.text)) {
                return Err(inside(&name.text).into());
            }
        }
        let mut after = before.clone();
        let stage = format!("--drop {}", self.text);
        after.names.retain(|column| !dropped(&self.names, column));
        for column in before.names.iter().filter(|column| dropped(&self.names, column)) {
            after.removed.push((Arc::clone(column), stage.clone()));
        }
        if before.open {
            let named =
                self.names.get().iter().filter(|name| !known(&name.text) && (name.exact || !is_glob(&name.text)));
            after.removed.extend(named.map(|name| (Arc::from(name.text.as_str()), stage.clone())));
        }
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        after.decoded()
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Dropping { names: Arc::clone(&self.names) })))
    }
}

struct Dropping {
    names: Arc<Names>,
}

impl Rows for Dropping {
    fn apply(&self, batch: &mut Batch, _: &mut Scope<'_>) -> Result<()> {
        for name in self.names.get().iter().filter(|name| !name.exact) {
            let whole = batch.find(&name.text).is_some() || is_glob(&name.text);
            if !whole && root(&name.text) != name.text && batch.find(root(&name.text)).is_some() {
                return Err(inside(&name.text).into());
            }
        }
        let mut place = Vec::with_capacity(batch.columns.len());
        let mut kept = 0;
        batch.columns.retain(|column| {
            let keep = !dropped(&self.names, &column.name);
            place.push(keep.then_some(kept));
            kept += u32::from(keep);
            keep
        });
        if let Some(shapes) = &mut batch.shapes {
            for order in &mut shapes.orders {
                *order = order.iter().filter_map(|column| *place.get(*column as usize)?).collect();
            }
        }
        batch.raw = None;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::testing::{csv, json};
    use crate::process::stage::testing::{columns, on_batches, stage};

    #[test]
    fn drops_names_and_globs() {
        assert_eq!(on_batches("drop", "b,x*", vec![csv("a,b,x1,x2,c\n1,2,3,4,5\n", 0)]), ["a=1 c=5"]);
        let batch = json(&[&[("b", "1"), ("a", "2")], &[("a", "3"), ("c", "4")]], 0);
        assert_eq!(on_batches("drop", "a", vec![batch]), ["b=1", "c=4"]);
    }

    #[test]
    fn refuses_what_it_cannot_drop() {
        let error = |value: &str| stage("drop", value).unwrap().columns(&columns(&["a", "b"])).unwrap_err().to_string();
        assert_eq!(error("zzz"), "unknown column 'zzz'; columns: a, b");
        assert_eq!(error("x*"), "no column fits 'x*'");
        assert!(error("a.b").starts_with("'a.b' is inside column 'a'"));
    }
}
