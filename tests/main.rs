//! All tests that go through the binary or read the sources, in one program.
//!
//! Behaviour is written down in `tests/cases`, one file per topic. What cannot be a case file is a module here.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod architecture;
mod case;
mod cases;
mod completions;
mod cuts;
mod defects;
mod differential;
mod editors;
mod faults;
mod files;
mod flags;
mod harness;
mod help;
mod hostile;
mod instructions;
mod joins;
mod limits;
mod live;
mod memory;
mod odd_inputs;
mod pipelines;
mod progress;
mod properties;
mod readme;
mod rewrite;
mod rules;
mod scripts;
mod shells;
mod spectrum;
mod streams;
#[cfg(unix)]
mod terminal;
mod workbooks;
