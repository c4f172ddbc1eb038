//! Writes the values of one column as lines, without quotes or escapes, for other programs to read.

use std::io::Write;
use std::sync::Arc;

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::fields::each_record;
use crate::core::format::{Encoder, Layout, Spool, WriteOptions};

/// Makes the encoder.
#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
pub(super) fn encoder(options: &WriteOptions) -> Result<Box<dyn Encoder>> {
    let null = options.null_value.clone().unwrap_or_default().into_bytes();
    Ok(Box::new(Lines { precision: options.precision, null }))
}

struct Lines {
    precision: Option<u8>,
    null: Vec<u8>,
}

impl Encoder for Lines {
    fn layout(&self) -> Layout {
        Layout::Stream
    }

    fn start(&self, _: &[Arc<str>], _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn records(&self, batch: &Batch, _: &[Arc<str>], out: &mut Vec<u8>) -> Result<()> {
        each_record(batch, |fields| {
            if fields.len() > 1 {
                let names = fields.iter().filter_map(|(column, _)| Some(&*batch.columns.get(*column)?.name));
                let names = names.take(20).collect::<Vec<_>>().join(", ");
                let text = format!("lines are of one column, and a record has {}: {names}", fields.len());
                return Err(Problem::new(Code::Data, text).hint("choose one with -c").into());
            }
            match fields.first().map(|(_, value)| value) {
                None | Some(Value::Missing | Value::Null) => out.extend_from_slice(&self.null),
                Some(Value::Number(number)) => number.write_rounded(self.precision, out),
                Some(value) => out.extend_from_slice(&value.to_text()),
            }
            out.push(b'\n');
            Ok(())
        })
    }

    fn unspool(&self, _: &mut dyn Spool, _: usize, _: &[Arc<str>], _: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    fn end(&self, _: u64, _: &mut Vec<u8>) {}
}
