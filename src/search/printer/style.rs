//! How printed lines look: what the flags say, and what they leave to the terminal and the paths.

use std::path::Path;

use crate::core::input::select::Select;
use crate::core::pattern::terminator::Terminator;
use crate::search::config::Config;

/// How printed lines look.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Style {
    /// Whether there is colour.
    pub(crate) color: bool,
    /// Whether paths are printed.
    pub(crate) path: bool,
    /// Whether each line has its path.
    pub(crate) line_path: bool,
    /// Whether each line has its number.
    pub(crate) line_number: bool,
    /// Whether the path stands above its lines.
    pub(crate) heading: bool,
    /// Whether matches are printed alone.
    pub(crate) only_matching: bool,
    /// Whether the matches of a line must be known.
    pub(crate) needs_spans: bool,
    /// Whether lines that do not match are selected.
    pub(crate) invert: bool,
    /// What ends a line.
    pub(crate) terminator: Terminator,
    /// What stands between the lines of two files, the end of its line included.
    pub(crate) separator: Vec<u8>,
}

impl Style {
    /// The style that a configuration asks for.
    pub(crate) fn new(config: &Config) -> Self {
        let path = config.with_filename.unwrap_or(!is_one_file(&config.select));
        let heading = config.heading.unwrap_or(config.terminal);
        let separator = if heading {
            config.terminator.bytes().to_vec()
        } else if config.before > 0 || config.after > 0 {
            [b"--", config.terminator.bytes()].concat()
        } else {
            Vec::new()
        };
        Self {
            color: config.color,
            path,
            line_path: path && !heading,
            line_number: config.line_number.unwrap_or(config.terminal && !is_stdin_only(&config.select)),
            heading,
            only_matching: config.only_matching,
            needs_spans: config.color || config.only_matching || config.replacement.is_some(),
            invert: config.invert,
            terminator: config.terminator,
            separator,
        }
    }
}

fn is_stdin_only(select: &Select) -> bool {
    select.listed.is_none() && matches!(select.roots.as_slice(), [one] if one == Path::new("-"))
}

fn is_one_file(select: &Select) -> bool {
    let is_one = |path: &Path| path == Path::new("-") || !path.is_dir();
    select.listed.is_none() && matches!(select.roots.as_slice(), [one] if is_one(one))
}
