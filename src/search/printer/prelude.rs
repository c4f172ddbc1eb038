//! What stands before the text of a line: path, number, column and offset, with their separators, colours and links.

use crate::search::printer::color::{Paint, Palette};
use crate::search::printer::hyperlink::CLOSE;
use crate::search::printer::style::{Style, link_target};

/// What stands between the fields of a line that encloses others, as in git.
pub(crate) const HEAD_SEPARATOR: &[u8] = b"=";

/// A printed line is one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line that was looked for.
    Match,
    /// A line around one.
    Context,
    /// A line that encloses some.
    Head,
}

/// What the lines of a file start with. Made once for a file, used for each of its lines.
#[derive(Debug, Default)]
pub(crate) struct Prelude {
    /// The path as it was given.
    path: Vec<u8>,
    /// What leads to it, where lines are links.
    target: Option<Vec<u8>>,
    /// The path with what follows it, before a match and before a line of context; empty where lines have no path.
    pub(crate) of_match: Vec<u8>,
    /// The same before a line of context.
    pub(crate) of_context: Vec<u8>,
    /// The same before a line that encloses others.
    pub(crate) of_head: Vec<u8>,
    /// Length of the path alone.
    bare: usize,
}

/// Where a line is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The number of the line.
    pub(crate) number: u64,
    /// The column of a match in it.
    pub(crate) column: Option<u64>,
    /// Offset of the line or the match.
    pub(crate) offset: u64,
}

impl Prelude {
    /// Makes ready for the lines of a file.
    pub(crate) fn enter(&mut self, style: &Style, path: &[u8]) {
        if self.path == path && !self.path.is_empty() {
            return;
        }
        self.path.clear();
        self.path.extend_from_slice(path);
        let links = style.hyperlinks.as_ref().filter(|links| style.path && (links.knows_lines() || !style.heading));
        self.target = links.and_then(|_| link_target(path));
        self.of_match.clear();
        self.of_context.clear();
        self.of_head.clear();
        if !style.line_path {
            return;
        }
        style.put_path(path, &mut self.of_match);
        self.bare = self.of_match.len();
        self.of_context.extend_from_slice(&self.of_match);
        self.of_head.extend_from_slice(&self.of_match);
        self.of_match.extend_from_slice(style.path_end.unwrap_or(&style.match_separator));
        self.of_context.extend_from_slice(style.path_end.unwrap_or(&style.context_separator));
        self.of_head.extend_from_slice(style.path_end.unwrap_or(HEAD_SEPARATOR));
    }

    /// Appends what a line starts with.
    pub(crate) fn put(&self, style: &Style, kind: Kind, place: Place, out: &mut Vec<u8>) {
        let (path, separator) = match kind {
            Kind::Match => (&self.of_match, style.match_separator.as_slice()),
            Kind::Context => (&self.of_context, style.context_separator.as_slice()),
            Kind::Head => (&self.of_head, HEAD_SEPARATOR),
        };
        let fields = Fields { style, separator, place };
        let Some((links, target)) = style.hyperlinks.as_ref().zip(self.target.as_deref()) else {
            out.extend_from_slice(path);
            if let Some(separator) = fields.put(&[], out) {
                put_separator(separator, out);
            }
            return;
        };
        // The last separator stands behind the link.
        links.open(target, style_number(style, place), place.column, out);
        let (bare, end) = path.split_at_checked(self.bare.min(path.len())).unwrap_or_default();
        out.extend_from_slice(bare);
        let last = fields.put(end, out);
        out.extend_from_slice(CLOSE);
        put_separator(last.unwrap_or(end), out);
    }
}

/// The number of a line as a link leads to it.
fn style_number(style: &Style, place: Place) -> Option<u64> {
    style.line_number.then_some(place.number)
}

/// The fields behind the path.
struct Fields<'s> {
    style: &'s Style,
    separator: &'s [u8],
    place: Place,
}

impl<'s> Fields<'s> {
    /// Appends the fields, each but the first behind a separator and the first behind `before`; returns what has to
    /// follow the last one, if there was any.
    fn put(&self, before: &[u8], out: &mut Vec<u8>) -> Option<&'s [u8]> {
        let Self { style, separator, place } = self;
        let palette = style.palette.as_ref();
        let mut any = false;
        let mut field = |value: u64, paint: fn(&Palette) -> &Paint| {
            put_separator(if any { separator } else { before }, out);
            any = true;
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(value).as_bytes();
            match palette {
                Some(palette) => paint(palette).put(digits, out),
                None => out.extend_from_slice(digits),
            }
        };
        if style.line_number {
            field(place.number, |palette| &palette.line);
        }
        if let Some(column) = place.column.filter(|_| style.column) {
            field(column, |palette| &palette.column);
        }
        if style.byte_offset {
            field(place.offset, |palette| &palette.column);
        }
        any.then_some(*separator)
    }
}

/// Appends a separator, which mostly is one byte.
#[inline]
pub(crate) fn put_separator(separator: &[u8], out: &mut Vec<u8>) {
    if let [byte] = separator {
        out.push(*byte);
    } else {
        out.extend_from_slice(separator);
    }
}
