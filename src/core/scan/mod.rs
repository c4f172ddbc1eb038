//! Byte kernels: structural masks, counting. The only unsafe code, each kernel tested against a plain version.

pub(crate) mod append;
pub(crate) mod delimited;
pub(crate) mod features;
pub(crate) mod json;
pub(crate) mod json_masks;
pub(crate) mod lanes;
pub(crate) mod newlines;
pub(crate) mod number;
pub(crate) mod window;
