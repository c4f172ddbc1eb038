//! `--cast x:int`: values as a type; what is none of it becomes null and is counted, or is an error under `--strict`.

use std::sync::Arc;

use crate::core::data::batch::{Batch, RowFailure, Values, store};
use crate::core::data::cell::Cell;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::json::syntax::plain_number;
use crate::core::integer::narrow;
use crate::core::registry::{Example, Row, did_you_mean};
use crate::process::expr::Marks;
use crate::process::stage::names::{Name, Names, split};
use crate::process::stage::remarks::{Tell, Told};
use crate::process::stage::{Columns, Needs, Operation, Rows, Scope, Setup, Stage, StageKind, Written};

/// The row of the table.
pub(crate) const ROW: Row<StageKind> = Row {
    name: "cast",
    aliases: &[],
    usage: "--cast x:int,y:number,z:str",
    summary: "Give columns a type; int, number, float, str, bool, time or date; what does not fit becomes null and is counted",
    examples: &[
        Example { input: "mytools process --cast 'qty:int, zip:str'", output: "7 of 007, zip as text" },
        Example { input: "mytools process --strict --cast paid:bool", output: "an error for a value that is neither" },
    ],
    item: StageKind { short: None, value: Some("COLUMN:TYPE"), attach: &[], build },
};

/// What a value is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Number,
    Float,
    Str,
    Bool,
    Time,
    Date,
}

const TYPES: [(&str, Type); 11] = [
    ("int", Type::Int),
    ("number", Type::Number),
    ("float", Type::Float),
    ("str", Type::Str),
    ("bool", Type::Bool),
    ("time", Type::Time),
    ("date", Type::Date),
    ("integer", Type::Int),
    ("decimal", Type::Number),
    ("text", Type::Str),
    ("string", Type::Str),
];

impl Type {
    fn parse(text: &str) -> Result<Self> {
        TYPES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or_else(|| {
            let problem = Problem::new(Code::Usage, format!("unknown type '{text}' in --cast"));
            let hint = did_you_mean(text, TYPES.map(|(name, _)| name));
            problem.hint(hint.unwrap_or_else(|| "types: int, number, float, str, bool, time, date".to_string())).into()
        })
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Int => "an integer",
            Self::Number | Self::Float => "a number",
            Self::Str => "text",
            Self::Bool => "true or false",
            Self::Time => "a time",
            Self::Date => "a date",
        }
    }

    /// The value as this type; none where it is not of it.
    fn of<'a>(self, value: &Value<'a>, zone: &Zone) -> Option<Value<'a>> {
        Some(match self {
            Self::Int => Value::Number(Number::int(value.to_number()?.to_integer()?)),
            Self::Number => {
                let (number, text) = (value.to_number()?, value.to_text());
                // What JSON can hold keeps its digits.
                match plain_number(&text, 0) {
                    Ok(end) if end == text.len() => Value::Literal(text.into_owned().into()),
                    _ => Value::Number(number),
                }
            }
            Self::Float => Value::Number(Number::finite(value.to_number()?.to_f64())?),
            Self::Str => Value::Text(value.to_text().into_owned().into()),
            Self::Bool => Value::Bool(truth(value)?),
            Self::Time => {
                let mut text = Vec::new();
                Time::parse(&value.to_text(), zone)?.write(zone, &mut text);
                Value::Text(text.into())
            }
            Self::Date => {
                Value::Text(Time::parse(&value.to_text(), zone)?.format("%Y-%m-%d", zone)?.into_bytes().into())
            }
        })
    }
}

fn truth(value: &Value<'_>) -> Option<bool> {
    if let Value::Bool(truth) = value {
        return Some(*truth);
    }
    let text = value.to_text().to_ascii_lowercase();
    match text.as_slice() {
        b"true" | b"t" | b"yes" | b"y" | b"on" | b"1" => Some(true),
        b"false" | b"f" | b"no" | b"n" | b"off" | b"0" => Some(false),
        _ => None,
    }
}

fn build(written: &Written, setup: &Setup) -> Result<Box<dyn Stage>> {
    let (mut columns, mut types) = (Vec::new(), Vec::new());
    for item in split(&written.value) {
        let Some((column, kind)) = item.rsplit_once(':') else {
            let problem = Problem::new(Code::Usage, format!("'{item}' in --cast names no type"));
            return Err(problem
                .hint(format!("write --cast {item}:int, or number, float, str, bool, time, date"))
                .into());
        };
        columns.push(column.trim());
        types.push(Type::parse(kind.trim())?);
    }
    Ok(Box::new(Cast {
        text: written.value.clone(),
        names: Arc::new(Names::new(&columns.join(","), &setup.env)?),
        types,
        zone: Arc::new(Zone::new(setup.env.tz.as_deref(), setup.env.year)?),
        strict: setup.env.strict,
    }))
}

struct Cast {
    text: String,
    names: Arc<Names>,
    types: Vec<Type>,
    zone: Arc<Zone>,
    strict: bool,
}

impl Stage for Cast {
    fn explain(&self) -> String {
        format!("cast {}", self.text)
    }

    fn columns(&self, before: &Columns) -> Result<Columns> {
        self.names.check(before)?;
        Ok(before.clone())
    }

    fn needs(&self, after: Needs) -> Needs {
        after.decoded().and(self.names.texts())
    }

    fn keeps_file(&self) -> bool {
        true
    }

    fn operation(&self) -> Result<Operation> {
        let casts: Vec<(Name, Type)> = self.names.get().iter().cloned().zip(self.types.iter().copied()).collect();
        let told = Told::default();
        Ok(Operation::Rows(Box::new(Casting { casts, zone: Arc::clone(&self.zone), strict: self.strict, told })))
    }
}

struct Casting {
    casts: Vec<(Name, Type)>,
    zone: Arc<Zone>,
    strict: bool,
    told: Told<Vec<Misfits>>,
}

/// The values of a column that were not of the type.
#[derive(Debug, Default, Clone)]
struct Misfits {
    seen: Marks,
    /// The number of the first one's record, and its text.
    first: Option<(u64, String)>,
}

impl Misfits {
    fn add(&mut self, row: usize, record: u64, text: String) {
        self.seen.add(narrow(row));
        self.first.get_or_insert((record, text));
    }
}

impl Tell for Misfits {
    fn is_empty(&self) -> bool {
        self.seen.count() == 0
    }

    fn settle(&mut self, records: usize) {
        self.seen.settle(records);
        if self.seen.count() == 0 {
            self.first = None;
        }
    }

    fn merge(&mut self, other: Self) {
        self.seen.merge(&other.seen);
        if let Some(first) = other.first
            && self.first.as_ref().is_none_or(|known| first.0 < known.0)
        {
            self.first = Some(first);
        }
    }
}

impl Rows for Casting {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        batch.raw = None;
        let mut failure: Option<RowFailure> = None;
        let mut told = Vec::with_capacity(self.casts.len());
        for (name, kind) in &self.casts {
            let Some(at) = batch.find(&name.text) else {
                told.push(Misfits::default());
                continue;
            };
            let base = batch.side.len();
            let mut computed = Vec::new();
            let mut misfits = Misfits::default();
            let old = batch.columns.get(at).map(|column| column.values.clone());
            let rows: Vec<usize> = batch.rows().collect();
            let mut cells = vec![Cell::MISSING; batch.rows];
            for row in rows {
                let value = old.as_ref().map_or(Value::Missing, |old| batch.value_of(old, row));
                let cast = match kind.of(&value, &self.zone) {
                    _ if value.is_null() => value,
                    Some(cast) => cast,
                    None => {
                        let text = String::from_utf8_lossy(&value.to_text()).into_owned();
                        let record = batch.first_row + row as u64 + 1;
                        if self.strict && failure.as_ref().is_none_or(|first| row < first.row) {
                            let message =
                                format!("'{text}' in column '{}' is not {} (record {record})", name.text, kind.noun());
                            let problem = Problem::new(Code::Value, message).hint("without --strict it becomes null");
                            failure = Some(RowFailure { row, error: problem.into() });
                        }
                        misfits.add(row, record, text);
                        Value::Null
                    }
                };
                if let Some(cell) = cells.get_mut(row) {
                    *cell = store(&mut computed, &cast);
                }
            }
            batch.side.append(&mut computed);
            for cell in cells.iter_mut().filter(|cell| cell.in_side()) {
                *cell = Cell::side(cell.kind(), base + cell.start(), cell.len());
            }
            if let Some(column) = batch.columns.get_mut(at) {
                column.values = Values::Cells(cells);
            }
            told.push(misfits);
        }
        self.told.add(told, &mut scope.remarks);
        if let Some(failure) = failure {
            scope.fail(batch, failure);
        }
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        if self.strict {
            return Vec::new();
        }
        let note = |((name, kind), misfits): (&(Name, Type), &Misfits)| {
            let (record, text) = misfits.first.as_ref()?;
            let (name, noun) = (&name.text, kind.noun());
            Some(Problem::note(match misfits.seen.count() {
                1 => format!("1 value of '{name}' is not {noun} and became null ('{text}', record {record})"),
                count => format!(
                    "{count} values of '{name}' are not {noun} and became null (first: '{text}', record {record})"
                ),
            }))
        };
        self.told.look(|told| self.casts.iter().zip(told).filter_map(note).collect())
    }
}
