//! `--join FILE --on a=b`: records with the rows of another input that have the same key.
//!
//! The other input is taken in first (`build`); then batches are matched on all threads and stay in order (`probe`). Keys
//! compare as text and null matches nothing. A column of both sides gets the suffix `_right`; a key column of the other
//! side that has the name of ours is not repeated. Where memory does not hold the other input, both go to disk and are joined
//! part by part (`divide`, `apart`); for `asof` it is always held. Records that match very many rows are given out in pieces
//! (`pieces`).

mod apart;
pub(super) mod asof;
pub(super) mod build;
pub(super) mod divide;
mod naming;
pub(super) mod on;
mod pieces;
mod probe;

use std::borrow::Cow;
use std::ffi::OsString;
use std::sync::{Arc, OnceLock};

use crate::core::data::number::Number;
use crate::core::data::time::Zone;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Example, Row};
use crate::process::stage::join::apart::{Apart, Behind};
use crate::process::stage::join::asof::{Reading, tolerance};
use crate::process::stage::join::build::{Building, Shared};
use crate::process::stage::join::divide::Dividing;
use crate::process::stage::join::naming::Naming;
use crate::process::stage::join::on::{On, values};
use crate::process::stage::join::probe::{Matching, Probe};
use crate::process::stage::{Columns, Gather, Needs, Operation, Second, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "join",
    aliases: &[],
    usage: "--join FILE --on a=b,c [--kind inner|left|right|full|semi|anti|asof] [--tolerance 5m]",
    summary: "Add the columns of another file's rows; in input order, a column of both gets the suffix _right",
    examples: &[
        Example { input: "mytools process --join users.csv --on user_id=id", output: "events with their users" },
        Example {
            input: "mytools process --join users.csv --on id --kind anti",
            output: "records whose id is not in users.csv",
        },
        Example {
            input: "mytools process --join quotes.csv --on symbol,ts --kind asof --tolerance 5m",
            output: "trades with the last quote of their symbol at or before ts",
        },
    ],
    item: StageKind { short: None, value: Some("FILE"), attach: &["on", "kind", "tolerance"], build },
};

/// Which records a join gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inner,
    Left,
    Right,
    Full,
    Semi,
    Anti,
    Asof,
}

/// The names of all kinds of joins.
pub(crate) const KINDS: [&str; 7] = ["inner", "left", "right", "full", "semi", "anti", "asof"];

impl Kind {
    const ALL: [(&'static str, Self); 7] = [
        ("inner", Self::Inner),
        ("left", Self::Left),
        ("right", Self::Right),
        ("full", Self::Full),
        ("semi", Self::Semi),
        ("anti", Self::Anti),
        ("asof", Self::Asof),
    ];

    fn parse(text: &str) -> Result<Self> {
        let name = text.trim();
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).ok_or_else(|| {
            let names = Self::ALL.map(|(name, _)| name);
            let problem = Problem::new(Code::Usage, format!("unknown kind of join '{name}'"));
            let hint = crate::core::registry::did_you_mean(name, names);
            problem.hint(hint.unwrap_or_else(|| format!("kinds: {}", names.join(", ")))).into()
        })
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether records stay as they are, and only some are kept.
    fn only_filters(self) -> bool {
        matches!(self, Self::Semi | Self::Anti)
    }

    /// Whether rows of the other side that nothing matched follow.
    fn adds_unmatched(self) -> bool {
        matches!(self, Self::Right | Self::Full)
    }
}

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let on = On::new(written, &setup.env)?;
    let kind = values(written, "kind").last().map_or(Ok(Kind::Inner), Kind::parse)?;
    let tolerance = values(written, "tolerance").last().map(tolerance).transpose()?;
    if tolerance.is_some() && kind != Kind::Asof {
        let problem =
            Problem::new(Code::Usage, format!("--tolerance has no meaning for a join of kind {}", kind.name()));
        return Err(problem.hint("add --kind asof").into());
    }
    let reading = Reading::new(Zone::new(setup.env.tz.as_deref(), setup.env.year)?);
    Ok(Box::new(Join {
        paths: vec![written.path()],
        on: Arc::new(on),
        kind,
        tolerance,
        reading,
        setup: setup.clone(),
        met: OnceLock::new(),
        naming: OnceLock::new(),
        shared: Shared::default(),
    }))
}

struct Join {
    paths: Vec<OsString>,
    on: Arc<On>,
    kind: Kind,
    tolerance: Option<Number>,
    reading: Reading,
    setup: Setup,
    /// The columns of the other input.
    met: OnceLock<Columns>,
    naming: OnceLock<Arc<Naming>>,
    shared: Shared,
}

impl Join {
    fn path(&self) -> Cow<'_, str> {
        self.paths.first().map_or(Cow::Borrowed(""), |path| path.to_string_lossy())
    }

    /// How many keys are compared for equality.
    fn equal(&self) -> usize {
        self.on.left.get().len() - usize::from(self.kind == Kind::Asof)
    }

    fn naming(&self) -> Arc<Naming> {
        self.naming.get().cloned().unwrap_or_default()
    }
}

impl Stage for Join {
    fn explain(&self) -> String {
        format!("{} join with {} on {}", self.kind.name(), self.path(), self.on.text())
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.on.left.check(before)?;
        let met = self.met.get().cloned().unwrap_or_default();
        let naming = Naming::new(before, &met, &self.on, self.equal());
        if self.kind.only_filters() {
            let _ = self.naming.set(Arc::new(naming));
            return Ok(before.clone());
        }
        let mut after = before.clone();
        for name in naming.outputs()? {
            if !after.names.contains(&name) {
                after.names.push(name);
            }
        }
        after.open |= met.open;
        let names = &after.names;
        after.removed.retain(|(name, _)| !names.contains(name));
        let _ = self.naming.set(Arc::new(naming));
        Ok(after)
    }

    fn needs(&self, after: Needs) -> Needs {
        if self.kind.only_filters() {
            return after.and(self.on.left.texts());
        }
        self.naming().left_needs(after.decoded()).and(self.on.left.texts())
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let matching = Arc::new(Matching {
            on: Arc::clone(&self.on),
            kind: self.kind,
            equal: self.equal(),
            asof: (self.kind == Kind::Asof).then(|| (self.reading.clone(), self.tolerance)),
            naming: self.naming(),
            named: OnceLock::new(),
            shared: Arc::clone(&self.shared),
        });
        let apart = Arc::new(Apart::new(&self.setup.cancel));
        let probe = Box::new(Probe::new(&matching, &apart, &self.setup));
        Ok(if self.kind.adds_unmatched() {
            Operation::Append(probe, Arc::new(Behind { matching, apart, joined: OnceLock::new() }))
        } else {
            Operation::Rows(probe)
        })
    }

    fn second(&self) -> Option<&dyn Second> {
        Some(self)
    }
}

impl Second for Join {
    fn paths(&self) -> &[OsString] {
        &self.paths
    }

    fn meet(&self, columns: &Columns) -> Result<()> {
        self.on.meet(columns, &self.path())?;
        let _ = self.met.set(columns.clone());
        Ok(())
    }

    fn needs(&self, after: &Needs) -> Needs {
        let keys = self.on.right.texts();
        if self.kind.only_filters() {
            return Needs::only(keys);
        }
        self.naming().right_needs(after.clone().decoded()).and(keys)
    }

    fn gather(&self) -> Option<Box<dyn Gather>> {
        Some(Box::new(Building {
            keys: Arc::clone(&self.on.right),
            equal: self.equal(),
            moment: (self.kind == Kind::Asof).then(|| self.reading.clone()),
            shared: Arc::clone(&self.shared),
            dividing: (self.kind != Kind::Asof).then(|| Dividing::new(&self.setup)),
        }))
    }
}
