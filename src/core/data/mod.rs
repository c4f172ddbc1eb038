//! Values, numbers, columns and batches: what decoders make, stages change and encoders print.
//!
//! The rule of the house is that a value is its source text until something computes with it, so cells are spans of
//! the input and only computed values have a type of their own.

pub(crate) mod batch;
pub(crate) mod cell;
pub(crate) mod compare;
pub(crate) mod irregular;
mod lookup;
pub(crate) mod number;
pub(crate) mod saved;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod time;
pub(crate) mod value;
