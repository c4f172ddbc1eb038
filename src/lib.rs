//! `mytools`: search text, and turn data files into answers.
//!
//! One binary with two commands on one core. `mytools search` finds text in source trees, logs and compressed files;
//! `mytools process` turns data files into other formats and into answers. This page is the map of the sources.
//!
//! # The tree is the sentence
//!
//! `cli` drives `search` and `process`, which share `core`.
//!
//! | folder | what it does |
//! | --- | --- |
//! | `cli` | declares the command line, flattens it once into each command's own configuration, reads the environment |
//! | `search` | plan; searcher, with parts of big inputs; region and context; reporter and printers; drain |
//! | `process` | `plan`: the command line's stages checked; `parts`: cut at those that gather, and run; `pipeline`: runs one part; `prepared` and `seconds`: inputs looked at before; `source`, `chain`, `sink` and `split`: the two ends |
//! | `process/stage` | what happens to records: the table `STAGES` and one file per stage |
//! | `process/aggregate` | the table `AGGREGATES`, one file per aggregate, and the table of groups |
//! | `process/expr` | the expression language; `function` holds the table `FUNCTIONS` and one file per function |
//! | `core/format` | the table `FORMATS` and one file or folder per format: decoder, encoder, where records end |
//! | `core/data` | values, exact numbers, cells, batches, the order of values, time |
//! | `core/pattern` | regexes and prefilters |
//! | `core/input` | which inputs (walk, globs, types), how to open them (compression, encodings), how to cut them into blocks |
//! | `core/output` | the buffered writer that knows about pipes and disks; files that appear whole or not at all |
//! | `core/exec` | the engine: numbered claims on all threads, the baton between neighbours, the drain in order |
//! | `core/diagnostics` | reports problems, as text or JSON |
//! | `core/terminal` | colours, width and the progress bar |
//! | `core/block`, `core/registry` | a piece of an input; the row type that all tables are made of |
//! | `core/scan` | byte kernels, and the only unsafe code |
//! | `core/error`, `core/text` | what can go wrong, with its place; escaping, carets, units |
//! | `core/integer` | numbers from one width to another, named for what it means to them |
//!
//! **Floors.** Imports go downward only, never sideways: `core` < `search`, `process` < `cli` < the crate's face. Inside
//! `core`: `integer`, `text` < `error` < `registry`, `scan`, `block` < `terminal` < `diagnostics`, `exec` < `pattern`,
//! `input`, `output`, `data` < `format`. Inside `process`: `expr`, `aggregate` < `stage` < the rest.
//! `tests/architecture.rs` holds the code to it.
//!
//! # How a run goes
//!
//! Both commands are tasks of `core::exec::ordered`: every thread claims a numbered piece of the input, reads it itself,
//! does the whole work on it, formatting included, and hands in finished bytes; whoever completes the head of the line
//! writes it and all that follow it. What a piece must know of those before it (lines so far, whether a quote is open,
//! rows so far) passes from neighbour to neighbour as a small baton, `core::exec::relay`.
//!
//! In `process` a piece is a `Block` of whole records. A decoder turns it into a `Batch`: columns of eight-byte cells
//! that point into the block, decoded only where the plan needs them, next to the span of each raw record. Stages change
//! batches or gather them into a table; an encoder prints what is selected, as raw bytes where nothing touched it.
//!
//! **Invariants.**
//! - A value is its source text until something computes with it.
//! - Output is the same bytes for any number of threads and any size of block, from a file and from a pipe.
//! - Accumulators are exact and commutative, so which thread saw which rows does not matter.
//! - Answers come with exit code 0; whatever may make an answer wrong is an error with a place, and exit code 2.
//! - Nothing below `cli` knows the environment, and nothing prints but through a writer or `Diagnostics` it was given.
//!
//! # How to add a thing
//!
//! Each is one new file and one line in its table. The table feeds parsing, `--help`, `mytools list`, completion and
//! the tests that run every row's examples; nothing else has to be touched.
//!
//! | thing | file | line |
//! | --- | --- | --- |
//! | format | `core/format/NAME.rs` with `ROW: Row<Format>`: a `Reader`, an `Encoder`, or both | `FORMATS` in `core/format/mod.rs` |
//! | stage | `process/stage/NAME.rs` with `ROW: Row<StageKind>`: builds a `Stage` from its flag's value | `STAGES` in `process/stage/mod.rs` |
//! | aggregate | `process/aggregate/NAME.rs` with `ROW: Row<Aggregate>`: builds an accumulator | `AGGREGATES` in `process/aggregate/mod.rs` |
//! | function | `process/expr/function/NAME.rs` with `ROW: Row<Function>`: binds to a closure over values | `FUNCTIONS` in `process/expr/function/mod.rs` |
//!
//! (With the `mod` declaration that Rust asks for above the table.) The smallest of each shows the shape:
//! `core/format/tsv.rs`, `process/stage/skip.rs`, `process/aggregate/max.rs`, `process/expr/function/upper.rs`.
//!
//! # Tests
//!
//! Behaviour is tested through the binary: `tests/cases` holds command lines with their files and outputs. Unit tests sit
//! at the bottom of the files whose pure parts they check; fast paths are tested there against the plain way on
//! random input. `tests/main.rs` lists the rest.

// Tests may stop where they find a defect; they and `core/scan` are what these lints leave out.
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::unreachable
    )
)]

mod cli;
mod core;
mod face;
mod process;
mod search;

/// What fuzzing runs; nothing else sees it.
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[path = "../tests/fuzz/checks/mod.rs"]
pub mod fuzz;

pub use face::{Failure, Process, Report, Search};

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Runs the command line `args`, of which the first is the program's name, with this process's standard streams.
///
/// The exit code is 0, 1 or 2 as `mytools --help` says. Nothing is read or printed before the arguments are checked.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    // What failed here is a defect of ours and has been told; the exit code is that of any other error.
    catch_unwind(AssertUnwindSafe(|| cli::run(args))).unwrap_or(ExitCode::from(2))
}
