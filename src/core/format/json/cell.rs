//! JSON in a cell of another format: one value, which takes the place of its text (`--parse 'col as json'`).

use crate::core::data::cell::{Cell, Kind};
use crate::core::format::json::syntax::{Look, Nest, blanks, value};
use crate::core::format::line::fields::Fields;
use crate::core::format::line::{LineParser, Miss, Names, miss};

/// Reads one JSON value.
pub(super) struct JsonCell;

impl LineParser for JsonCell {
    type Worker = Nest;

    fn worker(&self) -> Nest {
        Nest::default()
    }

    fn names(&self) -> Names {
        Names::Same
    }

    fn parse(&self, nest: &mut Nest, text: &[u8], fields: &mut Fields) -> Result<(), Miss> {
        let found = match value(&mut Look, text, blanks(text, 0), nest) {
            Ok(found) => found,
            Err(bad) => {
                *nest = Nest::default();
                return miss(bad.at, "no JSON value");
            }
        };
        if blanks(text, found.end) < text.len() {
            return miss(found.end, "text behind the value");
        }
        match found.kind {
            Kind::Null | Kind::True | Kind::False => fields.cell(0, Cell::new(found.kind, 0, 0)),
            Kind::Text => fields.text(0, found.start, found.stop),
            kind => fields.put(0, kind, found.start, found.stop),
        }
        Ok(())
    }
}
