//! `--select`: the named columns, in the order written.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Column, Shapes};
use crate::core::error::{Code, Problem, Result};
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row};
use crate::process::stage::names::{Found, Name, glob_matches, is_glob, position, root, split, split_outside, unquote};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "select",
    aliases: &["cut"],
    usage: "-c/--select a,b,c*,new=path",
    summary: "Keep these columns, in this order; globs, new=old and paths into nested values work",
    examples: &[Example {
        input: "mytools process -c 'host, user=request.user.name, p*'",
        output: "host, user and every column that starts with p",
    }],
    item: StageKind { short: Some('c'), value: Some("COLUMNS"), attach: &[], build },
};

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let mut picks = Vec::new();
    for item in split(&written.value) {
        picks.push(pick(item, setup)?);
    }
    let stage = format!("--select {}", written.value);
    Ok(Box::new(Select { text: written.value.trim().to_string(), stage, picks, settled: OnceLock::new() }))
}

fn pick(item: &str, setup: &Setup) -> Result<Pick> {
    let parts = split_outside(item, "=");
    let (new, source) = match parts.as_slice() {
        [source] => (None, *source),
        [new, source] => (Some(unquote(new).0), *source),
        _ => {
            let problem = Problem::new(Code::Usage, format!("'{item}' in --select is not 'new=column'"));
            return Err(problem.hint("compute columns with --derive").into());
        }
    };
    if let Some(number) = position(source) {
        return Ok(Pick::Position(number, new));
    }
    let name = Name::new(source, &setup.env)?;
    if !name.exact && is_glob(&name.text) {
        return match new {
            None => Ok(Pick::Glob(name)),
            Some(new) => Err(Problem::new(Code::Usage, format!("'{new}' cannot name several columns")).into()),
        };
    }
    let new = new.unwrap_or_else(|| name.text.clone());
    if new.is_empty() {
        return Err(Problem::new(Code::Usage, "a column name is empty").into());
    }
    Ok(Pick::One(Arc::from(new), name))
}

/// One item of the list.
#[derive(Debug, Clone)]
enum Pick {
    /// A column or path under a name.
    One(Arc<str>, Name),
    /// Every column that fits and is not there yet.
    Glob(Name),
    /// The column at a place from 1.
    Position(usize, Option<String>),
}

impl Pick {
    /// The name it gives, where it is one.
    fn new_name(&self) -> Option<Arc<str>> {
        match self {
            Self::One(new, _) => Some(Arc::clone(new)),
            Self::Glob(_) | Self::Position(..) => None,
        }
    }
}

struct Select {
    text: String,
    stage: String,
    picks: Vec<Pick>,
    settled: OnceLock<Arc<Vec<Pick>>>,
}

impl Select {
    fn picks(&self) -> Arc<Vec<Pick>> {
        self.settled.get().cloned().unwrap_or_else(|| Arc::new(self.picks.clone()))
    }

    /// The items with everything put in that the columns before the stage decide.
    fn settle(&self, before: &Columns) -> Result<Vec<Pick>> {
        let known = |text: &str| before.names.iter().find(|name| ***name == *text);
        if let Some(name) = known(&self.text) {
            return Ok(vec![Pick::One(Arc::clone(name), Name::exactly(name))]);
        }
        let mut settled: Vec<Pick> = Vec::new();
        let has = |settled: &[Pick], name: &str| {
            settled.iter().any(|pick| matches!(pick, Pick::One(old, _) if **old == *name))
        };
        let later = |name: &str| self.picks.iter().any(|pick| matches!(pick, Pick::One(new, _) if **new == *name));
        for pick in &self.picks {
            match pick {
                Pick::One(new, name) => {
                    before.check(&name.text)?;
                    if has(&settled, new) {
                        return Err(Problem::new(Code::Plan, format!("column '{new}' is selected twice")).into());
                    }
                    settled.push(pick.clone());
                }
                Pick::Position(number, new) => {
                    let Some(name) = before.names.get(number - 1).filter(|_| !before.open) else {
                        return Err(Problem::new(Code::UnknownColumn, format!("there is no column {number}"))
                            .hint("positions work where the columns are known before reading")
                            .into());
                    };
                    let new = new.as_deref().unwrap_or(name);
                    settled.push(Pick::One(Arc::from(new), Name::exactly(name)));
                }
                Pick::Glob(glob) => match known(&glob.text) {
                    Some(name) => settled.push(Pick::One(Arc::clone(name), Name::exactly(name))),
                    None if before.open => settled.push(pick.clone()),
                    None => {
                        let fits = |name: &&Arc<str>| glob_matches(&glob.text, name);
                        let mut found = before.names.iter().filter(fits).peekable();
                        if found.peek().is_none() {
                            let problem = Problem::new(Code::UnknownColumn, format!("no column fits '{}'", glob.text));
                            return Err(problem.into());
                        }
                        let mut taken: HashSet<Arc<str>> = settled.iter().filter_map(Pick::new_name).collect();
                        for name in found.filter(|name| !later(name)) {
                            if taken.insert(Arc::clone(name)) {
                                settled.push(Pick::One(Arc::clone(name), Name::exactly(name)));
                            }
                        }
                    }
                },
            }
        }
        Ok(settled)
    }
}

impl Stage for Select {
    fn explain(&self) -> String {
        format!("select {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        let settled = self.settle(before)?;
        let mut after = Columns { names: Vec::new(), open: false, ..before.clone() };
        for pick in &settled {
            match pick {
                Pick::One(new, _) => after.names.push(Arc::clone(new)),
                Pick::Glob(_) | Pick::Position(..) => after.open = true,
            }
        }
        let kept: HashSet<&Arc<str>> = after.names.iter().collect();
        let gone = before.names.iter().filter(|name| !kept.contains(name));
        after.removed.extend(gone.map(|name| (Arc::clone(name), self.stage.clone())));
        let _ = self.settled.set(Arc::new(settled));
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        let wanted = match after.decoded() {
            Needs::Only(names) => Some(names),
            _ => None,
        };
        let mut needs = Needs::only([]);
        for pick in self.picks().iter() {
            match pick {
                Pick::One(new, name) => {
                    let used = wanted
                        .as_ref()
                        .is_none_or(|wanted| wanted.iter().any(|path| **path == **new || *root(path) == **new));
                    if used {
                        needs = needs.and([name.text.clone()]);
                    }
                }
                Pick::Glob(glob) => match &wanted {
                    None => return Needs::All,
                    Some(wanted) => {
                        let fits =
                            |path: &&String| glob_matches(&glob.text, path) || glob_matches(&glob.text, root(path));
                        needs = needs.and(wanted.iter().filter(fits).cloned());
                    }
                },
                Pick::Position(..) => return Needs::All,
            }
        }
        needs
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        Ok(Operation::Rows(Box::new(Selecting { picks: self.picks() })))
    }
}

struct Selecting {
    picks: Arc<Vec<Pick>>,
}

impl Rows for Selecting {
    fn apply(&self, batch: &mut Batch, _: &mut Scope<'_>) -> Result<()> {
        let mut columns: Vec<Column> = Vec::with_capacity(self.picks.len());
        // For each new column where it came from; for each item its new column, if it is one.
        let mut globbed: Vec<Option<usize>> = vec![None; batch.columns.len()];
        let mut placed = Vec::with_capacity(self.picks.len());
        let mut next = 0;
        let named = |columns: &[Column], name: &str| columns.iter().any(|column| *column.name == *name);
        for pick in self.picks.iter() {
            placed.push(None);
            match pick {
                Pick::One(new, name) => {
                    // Columns are mostly selected in their order.
                    let found = match batch.columns.get(next) {
                        Some(column) if *column.name == *name.text => Found::Column(next),
                        _ => name.find(batch),
                    };
                    if let Found::Column(at) = found {
                        next = at + 1;
                    }
                    let values = match found {
                        Found::Absent => continue,
                        Found::Values(values) => values,
                        Found::Column(at) => match batch.columns.get(at) {
                            Some(column) => column.values.clone(),
                            None => continue,
                        },
                    };
                    if let Some(place) = placed.last_mut() {
                        *place = Some(narrow(columns.len()));
                    }
                    columns.push(Column { name: Arc::clone(new), values });
                }
                Pick::Glob(glob) => {
                    for (column, place) in batch.columns.iter().zip(&mut globbed) {
                        let later =
                            self.picks.iter().any(|pick| matches!(pick, Pick::One(new, _) if *new == column.name));
                        if glob_matches(&glob.text, &column.name) && !later && !named(&columns, &column.name) {
                            *place = Some(columns.len());
                            columns.push(column.clone());
                        }
                    }
                }
                Pick::Position(..) => {}
            }
        }
        batch.shapes = match batch.shapes.take() {
            Some(shapes) if globbed.iter().any(Option::is_some) => {
                Some(self.shapes(shapes, &globbed, &placed, &columns))
            }
            _ => None,
        };
        batch.columns = columns;
        batch.raw = None;
        Ok(())
    }
}

impl Selecting {
    /// What globs find stands in each record's own order.
    fn shapes(&self, mut old: Shapes, globbed: &[Option<usize>], placed: &[Option<u32>], columns: &[Column]) -> Shapes {
        for order in &mut old.orders {
            let mut new: Vec<u32> = Vec::with_capacity(order.len());
            for (pick, place) in self.picks.iter().zip(placed) {
                match pick {
                    Pick::Glob(glob) => {
                        for place in order.iter().filter_map(|column| *globbed.get(*column as usize)?) {
                            let fits = columns.get(place).is_some_and(|column| glob_matches(&glob.text, &column.name));
                            if fits && !new.contains(&narrow(place)) {
                                new.push(narrow(place));
                            }
                        }
                    }
                    _ => new.extend(place),
                }
            }
            *order = new;
        }
        old
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::core::data::batch::Batch;
    use crate::core::data::testing::{csv, json, lines};
    use crate::process::stage::testing::{columns, on_batches, open, stage};

    fn selected(value: &str, batch: Batch) -> Vec<String> {
        on_batches("select", value, vec![batch])
    }

    #[test]
    fn orders_and_renames() {
        assert_eq!(selected("c,x=a", csv("a,b,c\n1,2,3\n", 0)), ["c=3 x=1"]);
        assert_eq!(selected("b*,*", csv("a,b1,b2\n1,2,3\n", 0)), ["b1=2 b2=3 a=1"]);
        assert_eq!(selected("*,a", csv("a,b\n1,2\n", 0)), ["b=2 a=1"]);
        assert_eq!(selected("col(2)", csv("a,b\n1,2\n", 0)), ["b=2"]);
    }

    #[test]
    fn keeps_the_order_of_each_record_under_globs() {
        let batch = json(&[&[("x1", "1"), ("x2", "2"), ("k", "0")], &[("x2", "3"), ("x1", "4")]], 0);
        let select = stage("select", "k,x*").unwrap();
        select.columns(&open()).unwrap();
        assert_eq!(
            lines(&crate::process::stage::testing::apply(&*select, vec![batch]).remove(0)),
            ["k=0 x1=1 x2=2", "x2=3 x1=4"]
        );
    }

    #[test]
    fn says_what_is_gone() {
        let after = stage("select", "a").unwrap().columns(&columns(&["a", "b"])).unwrap();
        assert_eq!(
            after.check("b").unwrap_err().to_string(),
            "column 'b' is gone after '--select a'; move that stage behind this one"
        );
        let twice = stage("select", "a,a").unwrap().columns(&columns(&["a", "b"])).unwrap_err();
        assert_eq!(twice.to_string(), "column 'a' is selected twice");
    }
}
