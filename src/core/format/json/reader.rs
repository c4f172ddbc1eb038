//! Looks at the head of a JSON input and decides how its records are found.

use std::sync::Arc;

use crate::core::error::{Code, Problem, Result};
use crate::core::format::json::array::Elements;
use crate::core::format::json::boundary::Values;
use crate::core::format::json::decoder::ValuesDecoder;
use crate::core::format::json::fault::What;
use crate::core::format::json::path::{self, Segment};
use crate::core::format::json::syntax::{Look, Nest, blanks, value};
use crate::core::format::{Fault, HEAD, Opening, ReadOptions, Reader, Unopened};

/// What stands in a line of an input that starts with an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Arrays hold records.
    Document,
    /// Where another value follows the first array, each value is a record.
    Lines,
}

/// The reader of both JSON and JSON Lines.
#[derive(Debug)]
pub(crate) struct JsonReader {
    style: Style,
    root: Option<(String, Vec<Segment>)>,
}

impl JsonReader {
    /// A reader; an error where `--root` is not a path.
    pub(crate) fn new(options: &ReadOptions, style: Style) -> Result<Self> {
        let root = match &options.root {
            None => None,
            Some(name) => Some((name.clone(), root(name)?)),
        };
        Ok(Self { style, root })
    }
}

/// The path of `--root`.
pub(crate) fn root(name: &str) -> Result<Vec<Segment>> {
    let wrong = |hint: &str| Problem::new(Code::Usage, format!("--root '{name}' is not a path")).hint(hint);
    let path = path::parse(name).ok_or_else(|| wrong("write keys and positions, as in data.items or pages[0].rows"))?;
    if path.iter().any(|segment| matches!(segment, Segment::Index(..0))) {
        return Err(wrong("positions count from the start, from 0").into());
    }
    Ok(path)
}

impl Reader for JsonReader {
    fn open(&self, head: &[u8], whole: bool) -> Result<Opening, Unopened> {
        let first = blanks(head, 0);
        let starts_array = head.get(first) == Some(&b'[');
        let lines = starts_array && self.style == Style::Lines && arrays_are_values(head, first);
        let open = starts_array && self.style == Style::Lines && !lines && head.len() < HEAD;
        if !whole && (first == head.len() || open) {
            return Err(Unopened::More(Fault::new(first, format!("no value in the first {} bytes", head.len()))));
        }
        let array = starts_array && !lines;
        let separated = array || self.root.is_some();
        let mut opening = Opening {
            decoder: Arc::new(ValuesDecoder { boundary: Values { separated } }),
            data_start: 0,
            columns: None,
            header: None,
            notes: Vec::new(),
            wrap: None,
        };
        if separated {
            let (name, path) = self.root.clone().unwrap_or_default();
            opening.wrap = Some(Box::new(move |inner| Box::new(Elements::new(inner, path, name))));
        }
        Ok(opening)
    }
}

/// Whether the array at `first` ends in the head and another value follows it.
fn arrays_are_values(head: &[u8], first: usize) -> bool {
    let end = path::value_end(head, first);
    blanks(head, end) < head.len()
}

/// Whether a head looks like JSON: an object, or an array without an error in what is there of it.
pub(crate) fn sniff(head: &[u8]) -> bool {
    let first = blanks(head, 0);
    match head.get(first) {
        Some(b'{') => matches!(head.get(blanks(head, first + 1)), Some(b'"' | b'}')),
        Some(b'[') => match value(&mut Look, head, first, &mut Nest::default()) {
            Ok(_) => true,
            Err(bad) => bad.at >= head.len() || bad.what == What::OpenString,
        },
        _ => false,
    }
}
