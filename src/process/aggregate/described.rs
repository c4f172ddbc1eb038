//! What `--describe` says of a column beyond what aggregates by name give: the type of its values, how many different
//! ones there are, and the most frequent ones. Not in the table of aggregates, which expressions call.

use std::any::Any;

use crate::core::data::cell::Kind;
use crate::core::data::number::Number;
use crate::core::data::time::{Time, Zone};
use crate::core::data::value::Value;
use crate::process::aggregate::intake::{Item, each_value};
use crate::process::aggregate::kept::text;
use crate::process::aggregate::{Accumulator, Aggregate, Argument, Intake, NO_GROUP, State, frequencies, own};

/// The name of the type that all values have.
pub(crate) static TYPE: Aggregate = Aggregate {
    arguments: &[Argument::Value],
    optional: 0,
    preset: None,
    state: State { name: "forms", build: || Box::new(Forms::default()) },
    read: |state, group, _| match own::<Forms>(state).and_then(|state| state.forms.get(group)) {
        Some(forms) => Value::Text(type_of(*forms).as_bytes().into()),
        None => Value::Null,
    },
};

/// The number of different values.
pub(crate) static DISTINCT: Aggregate = Aggregate {
    arguments: &[Argument::Value],
    optional: 0,
    preset: None,
    state: frequencies::STATE,
    read: |state, group, _| {
        let different = frequencies::of(state).map_or(0, |state| state.different(group));
        Value::Number(Number::int(i128::from(different)))
    },
};

/// The most frequent values with their counts, `eu (96), us (52)`.
pub(crate) static TOP: Aggregate = Aggregate {
    arguments: &[Argument::Value],
    optional: 0,
    preset: Some(Number::Exact { units: MOST as i128, scale: 0 }),
    state: frequencies::STATE,
    read: |state, group, _| {
        let Some(state) = frequencies::of(state) else { return Value::Null };
        let values = state.counted(group).take(MOST).map(|(value, count)| format!("{} ({count})", shown(&value)));
        let listed = values.collect::<Vec<_>>().join(", ");
        if listed.is_empty() { Value::Null } else { Value::Text(listed.into_bytes().into()) }
    },
};

/// How many of the most frequent values are named.
const MOST: usize = 5;

/// Longest value named among the most frequent ones, in characters.
const SHOWN: usize = 40;

/// A value as it is named, cut where it is long.
fn shown(value: &Value<'_>) -> String {
    let text = value.to_text();
    let text = String::from_utf8_lossy(&text);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

const INT: u8 = 1;
const DECIMAL: u8 = 2;
const FLOAT: u8 = 4;
const BOOL: u8 = 8;
const DATE: u8 = 16;
const TIME: u8 = 32;
const TEXT: u8 = 64;
const NESTED: u8 = 128;

/// Which forms the values of each group have, as bits.
#[derive(Default)]
struct Forms {
    forms: Vec<u8>,
}

/// The type of values that have these forms.
fn type_of(forms: u8) -> &'static str {
    match forms {
        0 => "null",
        INT => "int",
        _ if forms & !(INT | DECIMAL) == 0 => "decimal",
        _ if forms & !(INT | DECIMAL | FLOAT) == 0 => "float",
        BOOL => "bool",
        DATE => "date",
        _ if forms & !(DATE | TIME) == 0 => "time",
        TEXT => "text",
        NESTED => "nested",
        _ => "mixed",
    }
}

/// The form of a value.
fn form(item: Item<'_>) -> u8 {
    match item {
        Item::Number(number) => match number.normal() {
            Number::Exact { scale: 0, .. } => INT,
            Number::Exact { .. } => DECIMAL,
            // As it prints: 6 / 2 is 3.
            float @ Number::Float(_) => {
                let mut text = Vec::new();
                float.write(&mut text);
                written(&text)
            }
        },
        Item::Cell { kind, bytes } => match kind {
            Kind::True | Kind::False => BOOL,
            Kind::Nested => NESTED,
            Kind::Number => written(bytes),
            Kind::Text | Kind::TextRaw => time(&text(kind, bytes)),
            _ => bare(&text(kind, bytes)),
        },
    }
}

/// The form of text in a format without types. Codes like `007` and `+49` are no numbers.
fn bare(text: &[u8]) -> u8 {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let code = matches!(digits, [b'+', ..] | [b'0', b'0'..=b'9', ..]);
    match text {
        b"true" | b"false" => BOOL,
        _ if !code && Number::parse(text).is_some() => written(text),
        _ => time(text),
    }
}

/// The form of a number by how it is written.
fn written(text: &[u8]) -> u8 {
    if text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        FLOAT
    } else if text.contains(&b'.') {
        DECIMAL
    } else {
        INT
    }
}

/// The form of other text: dates and times are those that start with the year.
fn time(text: &[u8]) -> u8 {
    if text.get(4) != Some(&b'-') || Time::parse(text, &Zone::default()).is_none() {
        TEXT
    } else if text.len() == "2026-03-01".len() {
        DATE
    } else {
        TIME
    }
}

impl Accumulator for Forms {
    fn grow(&mut self, groups: usize) {
        self.forms.resize(groups, 0);
    }

    fn update(&mut self, intake: &Intake<'_>) {
        each_value(intake, |group, _, item| {
            if let Some(forms) = self.forms.get_mut(group as usize)
                && type_of(*forms) != "mixed"
            {
                *forms |= form(item);
            }
        });
    }

    fn merge(&mut self, other: &dyn Accumulator, into: &[u32]) {
        let Some(other) = own::<Self>(other) else { return };
        for (more, group) in other.forms.iter().zip(into).filter(|(_, group)| **group != NO_GROUP) {
            if let Some(forms) = self.forms.get_mut(*group as usize) {
                *forms |= more;
            }
        }
    }

    fn memory(&self) -> usize {
        self.forms.capacity()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{DATE, DECIMAL, FLOAT, INT, TEXT, TIME, bare, shown, type_of};
    use crate::core::data::value::Value;

    #[test]
    fn forms_of_bare_text() {
        let cases = [
            ("0", INT),
            ("-12", INT),
            ("12345678901234567890", INT),
            ("1.10", DECIMAL),
            ("1e3", FLOAT),
            ("007", TEXT),
            ("-01", TEXT),
            ("+49", TEXT),
            ("2026-03-01", DATE),
            ("2026-13-01", TEXT),
            ("2026-03-01T12:00:00Z", TIME),
            ("abc", TEXT),
        ];
        for (text, form) in cases {
            assert_eq!(bare(text.as_bytes()), form, "{text}");
        }
    }

    #[test]
    fn types_take_in_narrower_ones() {
        let cases = [(0, "null"), (INT | DECIMAL, "decimal"), (INT | FLOAT, "float"), (DATE | TIME, "time")];
        for (forms, name) in cases.into_iter().chain([(INT | TEXT, "mixed"), (DATE | TEXT, "mixed")]) {
            assert_eq!(type_of(forms), name);
        }
    }

    #[test]
    fn long_values_are_cut_visibly() {
        let long = "é".repeat(41);
        assert_eq!(shown(&Value::Text(long.as_bytes().into())), format!("{}…", "é".repeat(40)));
        assert_eq!(shown(&Value::Text(b"a b".into())), "a b");
    }
}
