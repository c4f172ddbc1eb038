//! Byte kernels: structural masks, counting. The only unsafe code, each kernel tested against a plain version.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "bits of bytes are cut and turned on purpose, and masks stay within the bytes they were made of"
)]

pub(crate) mod append;
pub(crate) mod delimited;
pub(crate) mod features;
pub(crate) mod json;
pub(crate) mod json_masks;
pub(crate) mod json_strings;
pub(crate) mod lanes;
pub(crate) mod newlines;
pub(crate) mod number;
pub(crate) mod numbers;
#[cfg(test)]
mod testing;
pub(crate) mod window;
