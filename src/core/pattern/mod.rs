//! Patterns: what `search` looks for, and the same regexes for anyone else.
//!
//! [`syntax`] turns the user's patterns into one expression, [`crossing`] keeps it within lines or says that it leaves
//! them, [`literals`] finds text that every match must contain, [`window`] sets of bytes where there is
//! no such text, [`prefilter`] looks for them, and [`matcher`] finds
//! lines and spans with them and an [`engine`]. Invariant: a prefilter never hides a match; it only says where one may be.

pub(crate) mod backtracker;
mod candidates;
pub(crate) mod conditions;
pub(crate) mod crossing;
pub(crate) mod engine;
pub(crate) mod literals;
pub(crate) mod matcher;
#[cfg(test)]
mod plain;
pub(crate) mod prefilter;
mod rarity;
mod steps;
pub(crate) mod syntax;
pub(crate) mod terminator;
pub(crate) mod window;
