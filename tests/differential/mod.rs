//! Answers compared with those of other, independent programs.

mod csv;
mod files;
mod json;
mod search;
