//! Inputs: which ones (select, walk), how to open them (decompression, encodings), and how to cut them into blocks.

pub(crate) mod archive;
pub(crate) mod blocks;
pub(crate) mod boundary;
pub(crate) mod decompress;
pub(crate) mod encoding;
pub(crate) mod expand;
pub(crate) mod globs;
pub(crate) mod handle;
pub(crate) mod live;
pub(crate) mod open;
pub(crate) mod positional;
pub(crate) mod select;
pub(crate) mod types;
pub(crate) mod walk;
