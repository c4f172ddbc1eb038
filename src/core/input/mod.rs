//! Inputs: which ones (select, walk), how to open them (decompression, encodings), and how to cut them into blocks.

pub(crate) mod blocks;
pub(crate) mod boundary;
pub(crate) mod open;
pub(crate) mod positional;
