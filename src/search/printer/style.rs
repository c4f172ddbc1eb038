//! How printed lines look: what the flags say, and what they leave to the terminal and the paths.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::core::input::archive::is_archive;
use crate::core::input::select::Select;
use crate::core::pattern::terminator::Terminator;
use crate::core::text::escape::escape_bytes;
use crate::search::config::Config;
use crate::search::look::{Excerpt, Look};
use crate::search::printer::color::Palette;
use crate::search::printer::hyperlink::{CLOSE, Hyperlinks, target};

/// How printed lines look.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Style {
    /// The colours, where there are any.
    pub(crate) palette: Option<Palette>,
    /// The links, where there are any.
    pub(crate) hyperlinks: Option<Hyperlinks>,
    /// Whether paths are printed.
    pub(crate) path: bool,
    /// Whether each line has its path.
    pub(crate) line_path: bool,
    /// Whether the path stands above its lines.
    pub(crate) heading: bool,
    /// What follows a path instead of a separator or a line end.
    pub(crate) path_end: Option<&'static [u8]>,
    /// Whether control characters in paths are made visible, since they would act on the terminal.
    pub(crate) escape_paths: bool,
    /// The byte between the parts of a path, where it is changed.
    pub(crate) path_separator: Option<u8>,
    /// Whether each line has its number.
    pub(crate) line_number: bool,
    /// Whether lines with a match have its column.
    pub(crate) column: bool,
    /// Whether lines have their offset.
    pub(crate) byte_offset: bool,
    /// What stands between the fields of a line that matches.
    pub(crate) match_separator: Vec<u8>,
    /// What stands between the fields of a line of context.
    pub(crate) context_separator: Vec<u8>,
    /// What stands between groups of lines, with its line end.
    pub(crate) group_separator: Vec<u8>,
    /// What stands between the lines of two files, with its line end.
    pub(crate) file_separator: Vec<u8>,
    /// Whether matches are printed alone.
    pub(crate) only_matching: bool,
    /// Whether a line is printed for each match.
    pub(crate) per_match: bool,
    /// Whether blanks at the start of lines are left out.
    pub(crate) trim: bool,
    /// Bytes of the longest line that is printed, its end included.
    pub(crate) max_columns: Option<u64>,
    /// What becomes of longer ones.
    pub(crate) excerpt: Excerpt,
    /// Whether the matches of a line must be known.
    pub(crate) needs_spans: bool,
    /// Whether lines that do not match are selected.
    pub(crate) invert: bool,
    /// What ends a line.
    pub(crate) terminator: Terminator,
}

impl Style {
    /// The style that a configuration asks for.
    pub(crate) fn new(config: &Config) -> Self {
        let Config { look, terminator, .. } = config;
        let select = &config.select;
        let path = config.with_filename.unwrap_or(look.per_match || !is_one_file(config));
        let heading = config.heading.unwrap_or(config.terminal) && !look.per_match;
        let column = look.column.unwrap_or(look.per_match);
        let line_number = config.line_number;
        let palette = config.color.then(|| Palette::new(&look.colors));
        let group_separator = ended(look.group_separator.as_deref(), *terminator);
        let has_context = !look.passthru && (config.before > 0 || config.after > 0);
        let file_separator = match heading {
            true => terminator.bytes().to_vec(),
            false if has_context => group_separator.clone(),
            false => Vec::new(),
        };
        Self {
            path,
            line_path: path && !heading,
            heading,
            path_end: look.null.then_some(b"\0"),
            escape_paths: config.terminal,
            path_separator: look.path_separator,
            line_number: line_number.unwrap_or((config.terminal && !is_stdin_only(select)) || column || look.per_match),
            column,
            byte_offset: look.byte_offset,
            match_separator: look.match_separator.clone(),
            context_separator: look.context_separator.clone(),
            group_separator,
            file_separator,
            only_matching: config.only_matching,
            per_match: look.per_match,
            trim: look.trim,
            max_columns: look.max_columns,
            excerpt: look.excerpt,
            needs_spans: needs_spans(config, palette.as_ref(), column),
            invert: config.invert,
            terminator: *terminator,
            hyperlinks: look.hyperlinks.clone().filter(|links| config.color && links.is_active()),
            palette,
        }
    }

    /// A path as it is printed.
    pub(crate) fn shown<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        let Some(separator) = self.path_separator else { return Cow::Borrowed(path) };
        let between = |byte: u8| byte == b'/' || (cfg!(windows) && byte == b'\\');
        Cow::Owned(path.iter().map(|byte| if between(*byte) { separator } else { *byte }).collect())
    }

    /// Appends a path in its colour.
    pub(crate) fn put_path(&self, path: &[u8], out: &mut Vec<u8>) {
        let mut path = self.shown(path);
        if self.escape_paths
            && let Cow::Owned(visible) = escape_bytes(&path)
        {
            path = Cow::Owned(visible);
        }
        match &self.palette {
            Some(palette) => palette.path.put(&path, out),
            None => out.extend_from_slice(&path),
        }
    }

    /// Appends a path as a link to the file, where there are links.
    pub(crate) fn put_linked_path(&self, path: &[u8], out: &mut Vec<u8>) {
        match self.hyperlinks.as_ref().zip(link_target(path)) {
            Some((links, target)) => {
                links.open(&target, None, None, out);
                self.put_path(path, out);
                out.extend_from_slice(CLOSE);
            }
            None => self.put_path(path, out),
        }
    }

    /// Appends a path on a line of its own.
    pub(crate) fn put_path_line(&self, path: &[u8], out: &mut Vec<u8>) {
        self.put_linked_path(path, out);
        out.extend_from_slice(self.path_end.unwrap_or(self.terminator.bytes()));
    }
}

/// What leads to a file whose path was printed so. None where it leads nowhere.
pub(crate) fn link_target(path: &[u8]) -> Option<Vec<u8>> {
    target(&path_of(path))
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).to_path_buf()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Whether the matches of a line must be known: ripgrep looks for them in the same cases, which shows where long lines
/// are counted out.
fn needs_spans(config: &Config, palette: Option<&Palette>, column: bool) -> bool {
    let Look { per_match, stats, excerpt, max_columns, .. } = &config.look;
    palette.is_some_and(|palette| !palette.matched.is_none)
        || column
        || *per_match
        || *stats
        || config.only_matching
        || config.replacement.is_some()
        || (max_columns.is_some() && *excerpt == Excerpt::Centered)
}

fn ended(separator: Option<&[u8]>, terminator: Terminator) -> Vec<u8> {
    separator.map(|separator| [separator, terminator.bytes()].concat()).unwrap_or_default()
}

fn is_stdin_only(select: &Select) -> bool {
    select.listed.is_none() && matches!(select.roots.as_slice(), [one] if one == Path::new("-"))
}

fn is_one_file(config: &Config) -> bool {
    let select = &config.select;
    let holds_several = |path: &Path| path.is_dir() || (config.decompress && is_archive(path));
    let is_one = |path: &Path| path == Path::new("-") || !holds_several(path);
    select.listed.is_none() && matches!(select.roots.as_slice(), [one] if is_one(one))
}
