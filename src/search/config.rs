//! What a search is asked to do: the flags as types.
//!
//! The command line (or a caller of the library) fills a [`Config`] once; [`plan`](crate::search::plan) resolves what
//! it leaves open.

use std::path::PathBuf;
use std::sync::Arc;

use crate::core::exec::fault::Fault;
use crate::core::input::blocks::MAX_RECORD;
use crate::core::input::encoding::Decode;
use crate::core::input::select::Select;
use crate::core::output::naming::Naming;
use crate::core::pattern::syntax::{Bounds, Case, Reach};
use crate::core::pattern::terminator::Terminator;
use crate::core::terminal::progress::Bar;
use crate::search::look::Look;
use crate::search::rewrite::Rewrite;

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Lines that match.
    Lines,
    /// ripgrep's JSON events.
    Json,
    /// How many lines match, for each file.
    Count,
    /// How many matches there are, for each file.
    Matches,
    /// Paths of files with a match.
    Paths,
    /// Paths of files without one.
    Missing,
    /// Paths of files that would be searched.
    Files,
}

/// In which order files are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// By path.
    Path,
    /// As they come.
    None,
    /// By what was counted, the largest first; equal ones by path.
    Falling,
    /// By what was counted, the smallest first; equal ones by path.
    Rising,
}

/// What matches the patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Automata, in linear time.
    Automaton,
    /// Backtracking, with look-around and backreferences.
    Backtracker,
    /// Automata where they can read the patterns, otherwise backtracking.
    Auto,
}

/// What becomes of a file with a NUL byte in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// It is left out where it was found on the way, and searched but not printed where it was named.
    Skip,
    /// It is searched but not printed.
    Search,
    /// A NUL is a byte as any other.
    Text,
}

/// A command that makes the text of files.
#[derive(Debug, Clone)]
pub(crate) struct Preprocess {
    /// The command; it gets the path as its argument and the file as its standard input.
    pub(crate) command: PathBuf,
    /// Globs that choose the files it is for; all, where there are none.
    pub(crate) globs: Vec<String>,
}

/// A search.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Config {
    /// The patterns; none matches nothing.
    pub(crate) patterns: Vec<String>,
    /// Patterns that each selected line must match too.
    pub(crate) and: Vec<String>,
    /// Patterns that no selected line may match.
    pub(crate) not: Vec<String>,
    /// Patterns that each searched file must match somewhere.
    pub(crate) and_file: Vec<String>,
    /// Patterns that no searched file may match anywhere.
    pub(crate) not_file: Vec<String>,
    /// Whether patterns are plain text.
    pub(crate) fixed: bool,
    /// Letter case.
    pub(crate) case: Case,
    /// What must be around a match.
    pub(crate) bounds: Bounds,
    /// Whether lines that do not match are wanted.
    pub(crate) invert: bool,
    /// What to print.
    pub(crate) mode: Mode,
    /// Name of the format in which records are printed instead.
    pub(crate) format: Option<String>,
    /// Whether only the exit code is wanted.
    pub(crate) quiet: bool,
    /// Shows how far the search is.
    pub(crate) progress: Option<Arc<Bar>>,
    /// Where temporary files go; empty where the system has a place.
    pub(crate) temp_dir: PathBuf,
    /// Most matching lines in a file.
    pub(crate) max_count: Option<u64>,
    /// Lines of context before a match.
    pub(crate) before: usize,
    /// Lines of context after a match.
    pub(crate) after: usize,
    /// Whether matches are printed alone.
    pub(crate) only_matching: bool,
    /// What matches are replaced with in the output.
    pub(crate) replacement: Option<String>,
    /// Whether files are changed by the replacement, or the change is shown.
    pub(crate) rewrite: Option<Rewrite>,
    /// Whether each line has its path; by default where more than one file may be searched.
    pub(crate) with_filename: Option<bool>,
    /// Whether each line has its number; by default on a terminal.
    pub(crate) line_number: Option<bool>,
    /// Whether the path stands above its lines; by default on a terminal.
    pub(crate) heading: Option<bool>,
    /// How results look.
    pub(crate) look: Look,
    /// Whether to colour.
    pub(crate) color: bool,
    /// Whether standard output is a terminal.
    pub(crate) terminal: bool,
    /// Width of that terminal, for tables.
    pub(crate) width: Option<usize>,
    /// Which files.
    pub(crate) select: Select,
    /// Whether `-p` named the paths, so that a path that is not there gets a hint.
    pub(crate) path_flag: bool,
    /// What matches the patterns.
    pub(crate) engine: Engine,
    /// How far a match may reach.
    pub(crate) reach: Reach,
    /// Whether classes and letter case are those of Unicode.
    pub(crate) unicode: bool,
    /// Most bytes of the compiled patterns.
    pub(crate) size_limit: Option<usize>,
    /// Most bytes of the automaton that is built while searching.
    pub(crate) cache_limit: Option<usize>,
    /// Whether the first line that is not selected ends the search of a file, after one that is.
    pub(crate) stop_on_nonmatch: bool,
    /// Whether files are looked at for NULs as ripgrep does with memory maps; by default for up to ten files.
    pub(crate) glance: Option<bool>,
    /// What becomes UTF-8.
    pub(crate) decode: Decode,
    /// What ends a line.
    pub(crate) terminator: Terminator,
    /// What a NUL means.
    pub(crate) binary: Binary,
    /// Most results of the whole run.
    pub(crate) max_results: Option<u64>,
    /// Whether compressed files are decompressed.
    pub(crate) decompress: bool,
    /// The command whose output is searched instead of files.
    pub(crate) preprocess: Option<Preprocess>,
    /// The order of files.
    pub(crate) sort: Sort,
    /// Number of threads.
    pub(crate) threads: usize,
    /// Bytes of a range of a big file; files up to it are one piece. The engine's own sizes where none.
    pub(crate) block_size: Option<usize>,
    /// Where the search is to panic, for tests.
    pub(crate) fault: Fault,
    /// How files that are written take their names.
    pub(crate) naming: Naming,
    /// Bytes of the longest line, and of what must be in memory whole.
    pub(crate) longest: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            patterns: Vec::new(),
            and: Vec::new(),
            not: Vec::new(),
            and_file: Vec::new(),
            not_file: Vec::new(),
            fixed: false,
            case: Case::Sensitive,
            bounds: Bounds::None,
            invert: false,
            mode: Mode::Lines,
            format: None,
            quiet: false,
            progress: None,
            temp_dir: PathBuf::new(),
            max_count: None,
            before: 0,
            after: 0,
            only_matching: false,
            replacement: None,
            rewrite: None,
            with_filename: None,
            line_number: None,
            heading: None,
            look: Look::default(),
            color: false,
            terminal: false,
            width: None,
            select: Select::default(),
            path_flag: false,
            engine: Engine::Automaton,
            reach: Reach::Line,
            unicode: true,
            size_limit: None,
            cache_limit: None,
            stop_on_nonmatch: false,
            glance: None,
            decode: Decode::ByMark,
            terminator: Terminator::Lf,
            binary: Binary::Skip,
            max_results: None,
            decompress: false,
            preprocess: None,
            sort: Sort::Path,
            threads: 1,
            block_size: None,
            fault: Fault::default(),
            naming: Naming::default(),
            longest: MAX_RECORD,
        }
    }
}
