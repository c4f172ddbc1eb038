//! Patterns: what `search` looks for, and the same regexes for anyone else.
//!
//! [`syntax`] turns the user's patterns into one expression that cannot match a line terminator, [`literals`] finds
//! text that every match must contain, [`prefilter`] looks for that text, and [`matcher`] finds lines and spans with
//! them. Invariant: a prefilter never hides a match; it only says where one may be.

pub(crate) mod conditions;
pub(crate) mod literals;
pub(crate) mod matcher;
pub(crate) mod prefilter;
pub(crate) mod syntax;
pub(crate) mod terminator;
