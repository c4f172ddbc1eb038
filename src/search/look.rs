//! How results look: the flags of `search` that change what is printed of a line, not which lines are found.

use crate::search::printer::color::ColorSpec;
use crate::search::printer::hyperlink::Hyperlinks;

/// What becomes of lines longer than `--max-columns`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Excerpt {
    /// A word stands for them.
    #[default]
    Nothing,
    /// Their start is printed.
    Start,
    /// What is around their first match is printed.
    Centered,
}

/// How results look.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Look {
    /// Whether the column of the first match is printed; by default for each match on a line of its own.
    pub(crate) column: Option<bool>,
    /// Whether the offset of each line is printed.
    pub(crate) byte_offset: bool,
    /// Whether a line is printed for each match.
    pub(crate) per_match: bool,
    /// Whether a NUL follows paths.
    pub(crate) null: bool,
    /// Whether blanks at the start of lines are left out.
    pub(crate) trim: bool,
    /// Bytes of the longest line that is printed.
    pub(crate) max_columns: Option<u64>,
    /// What becomes of longer ones.
    pub(crate) excerpt: Excerpt,
    /// Whether lines that do not match are printed too.
    pub(crate) passthru: bool,
    /// Whether the line is printed that starts what a match is in.
    pub(crate) function: bool,
    /// Changes of the colours.
    pub(crate) colors: Vec<ColorSpec>,
    /// Links around paths and line numbers.
    pub(crate) hyperlinks: Option<Hyperlinks>,
    /// What stands between groups of lines, where anything does.
    pub(crate) group_separator: Option<Vec<u8>>,
    /// What stands between the fields of a line that matches.
    pub(crate) match_separator: Vec<u8>,
    /// What stands between the fields of a line of context.
    pub(crate) context_separator: Vec<u8>,
    /// The byte that stands between the parts of a path, where another than the system's is wanted.
    pub(crate) path_separator: Option<u8>,
    /// Whether files without a match are counted too.
    pub(crate) include_zero: bool,
    /// Whether one number is printed for all files.
    pub(crate) count_total: bool,
    /// Whether JSON events tell the groups of each match.
    pub(crate) captures: bool,
    /// Whether statistics are printed at the end.
    pub(crate) stats: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            column: None,
            byte_offset: false,
            per_match: false,
            null: false,
            trim: false,
            max_columns: None,
            excerpt: Excerpt::Nothing,
            passthru: false,
            function: false,
            colors: Vec::new(),
            hyperlinks: None,
            group_separator: Some(b"--".to_vec()),
            match_separator: b":".to_vec(),
            context_separator: b"-".to_vec(),
            path_separator: None,
            include_zero: false,
            count_total: false,
            captures: false,
            stats: false,
        }
    }
}
