//! What `search` and `process` share: inputs, the ordered parallel engine, data, formats, patterns, output.
//!
//! The floors inside, each importing only those before it:
//! `integer` `text` < `error` < `registry` `scan` `block` < `terminal` < `diagnostics` `exec`
//! < `pattern` `input` `output` `data` < `format`.

pub(crate) mod block;
pub(crate) mod data;
pub(crate) mod diagnostics;
pub(crate) mod error;
pub(crate) mod exec;
pub(crate) mod format;
pub(crate) mod input;
pub(crate) mod integer;
pub(crate) mod output;
pub(crate) mod pattern;
pub(crate) mod registry;
pub(crate) mod scan;
pub(crate) mod terminal;
pub(crate) mod text;
