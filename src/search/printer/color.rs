//! Colours of search output: what `--colors` may say, and the bytes that start each.
//!
//! The syntax, the defaults and the bytes are ripgrep's: a reset, then bold, italic, underline, foreground, background.

use crate::core::registry::did_you_mean;

/// A piece of output that has a style of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Path,
    Line,
    Column,
    Match,
    Highlight,
}

/// What a `--colors` value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Clear,
    Foreground(Color),
    Background(Color),
    Bold(bool),
    Intense(bool),
    Underline(bool),
    Italic(bool),
}

/// A colour: one of the eight of every terminal, one of 256, or red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Color {
    Named(u8),
    Numbered(u8),
    Rgb(u8, u8, u8),
}

const PIECES: [(&str, Piece); 5] = [
    ("path", Piece::Path),
    ("line", Piece::Line),
    ("column", Piece::Column),
    ("match", Piece::Match),
    ("highlight", Piece::Highlight),
];

/// The colours by the digit that the terminal knows them by.
const COLORS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

const STYLES: [(&str, Change); 8] = [
    ("bold", Change::Bold(true)),
    ("nobold", Change::Bold(false)),
    ("intense", Change::Intense(true)),
    ("nointense", Change::Intense(false)),
    ("underline", Change::Underline(true)),
    ("nounderline", Change::Underline(false)),
    ("italic", Change::Italic(true)),
    ("noitalic", Change::Italic(false)),
];

/// A value of `--colors`: `PIECE:fg:COLOR`, `PIECE:bg:COLOR`, `PIECE:style:STYLE` or `PIECE:none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColorSpec {
    piece: Piece,
    change: Change,
}

impl ColorSpec {
    /// Reads a value. Fails with what would have been right.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let (piece, kind, value) = match parts[..] {
            [piece, kind] => (piece, kind, None),
            [piece, kind, value] => (piece, kind, Some(value)),
            _ => return Err("write PIECE:fg:COLOR, PIECE:bg:COLOR, PIECE:style:STYLE or PIECE:none".to_string()),
        };
        let piece = lookup("piece", piece, &PIECES)?;
        let kind = lookup("attribute", kind, &[("fg", 0), ("bg", 1), ("style", 2), ("none", 3)])?;
        let change = match (kind, value) {
            (3, _) => Change::Clear,
            (_, None) => return Err(format!("'{text}' lacks its third part")),
            (2, Some(style)) => lookup("style", style, &STYLES)?,
            (0, Some(color)) => Change::Foreground(color_named(color)?),
            (_, Some(color)) => Change::Background(color_named(color)?),
        };
        Ok(Self { piece, change })
    }
}

impl ColorSpec {
    /// What the beginning of a value may become: a piece, an attribute, a colour or style.
    pub(crate) fn continued(text: &str) -> Vec<String> {
        let pieces = || PIECES.iter().map(|(name, _)| *name);
        let parts: Vec<&str> = text.split(':').collect();
        let all: Vec<String> = match parts[..] {
            [_] => pieces().map(|piece| format!("{piece}:")).collect(),
            [piece, _] => ["fg:", "bg:", "style:", "none"].map(|kind| format!("{piece}:{kind}")).to_vec(),
            [piece, "style", _] => STYLES.iter().map(|(name, _)| format!("{piece}:style:{name}")).collect(),
            [piece, kind @ ("fg" | "bg"), _] => COLORS.iter().map(|name| format!("{piece}:{kind}:{name}")).collect(),
            _ => Vec::new(),
        };
        all.into_iter().filter(|word| word.starts_with(text)).collect()
    }
}

/// A name in a table, in any letter case.
fn lookup<T: Copy>(what: &str, name: &str, table: &[(&str, T)]) -> Result<T, String> {
    let lower = name.to_lowercase();
    table.iter().find(|(known, _)| *known == lower).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        let hint = did_you_mean(&lower, names.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("there are {}", names.join(", ")));
        format!("no {what} is called '{name}': {hint}")
    })
}

fn color_named(text: &str) -> Result<Color, String> {
    let lower = text.to_lowercase();
    if let Some((digit, _)) = (0..).zip(COLORS).find(|(_, name)| *name == lower) {
        return Ok(Color::Named(digit));
    }
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    let numbers: Option<Vec<u8>> = lower.split(',').map(number).collect();
    match numbers.as_deref() {
        Some([number]) => Ok(Color::Numbered(*number)),
        Some([red, green, blue]) => Ok(Color::Rgb(*red, *green, *blue)),
        _ => Err(format!(
            "'{text}' is no colour: write {}, a number up to 255 (0xff) or three of them (255,0,255)",
            COLORS.join(", ")
        )),
    }
}

/// The style of a piece while specs are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own")]
struct Attributes {
    foreground: Option<Color>,
    background: Option<Color>,
    bold: bool,
    intense: bool,
    underline: bool,
    italic: bool,
}

impl Attributes {
    fn apply(&mut self, change: Change) {
        match change {
            Change::Clear => *self = Self::default(),
            Change::Foreground(color) => self.foreground = Some(color),
            Change::Background(color) => self.background = Some(color),
            Change::Bold(on) => self.bold = on,
            Change::Intense(on) => self.intense = on,
            Change::Underline(on) => self.underline = on,
            Change::Italic(on) => self.italic = on,
        }
    }

    /// The bytes that start the style.
    fn paint(self) -> Paint {
        let mut start = RESET.to_vec();
        for (on, code) in [(self.bold, b"\x1b[1m"), (self.italic, b"\x1b[3m"), (self.underline, b"\x1b[4m")] {
            if on {
                start.extend_from_slice(code);
            }
        }
        for (color, plane) in [(self.foreground, 3), (self.background, 4)] {
            let code = match color {
                None => continue,
                Some(Color::Named(digit)) if self.intense => format!("\x1b[{plane}8;5;{}m", digit + 8),
                Some(Color::Named(digit)) => format!("\x1b[{plane}{digit}m"),
                Some(Color::Numbered(number)) => format!("\x1b[{plane}8;5;{number}m"),
                Some(Color::Rgb(red, green, blue)) => format!("\x1b[{plane}8;2;{red};{green};{blue}m"),
            };
            start.extend_from_slice(code.as_bytes());
        }
        Paint { start, is_none: self == Self::default() }
    }
}

/// Ends a style.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

/// A style as bytes.
#[derive(Debug, Clone)]
pub(crate) struct Paint {
    /// What starts it.
    pub(crate) start: Vec<u8>,
    /// Whether it changes nothing.
    pub(crate) is_none: bool,
}

impl Paint {
    /// Appends some text in this style.
    pub(crate) fn put(&self, text: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.start);
        out.extend_from_slice(text);
        out.extend_from_slice(RESET);
    }
}

/// The styles of all pieces.
#[derive(Debug, Clone)]
pub(crate) struct Palette {
    /// Paths.
    pub(crate) path: Paint,
    /// Line numbers.
    pub(crate) line: Paint,
    /// Columns and byte offsets.
    pub(crate) column: Paint,
    /// Matches.
    pub(crate) matched: Paint,
    /// The rest of a line with a match.
    pub(crate) highlight: Paint,
}

impl Palette {
    /// The default styles with these changes, in order.
    pub(crate) fn new(specs: &[ColorSpec]) -> Self {
        let defaults = [
            (Piece::Path, Change::Foreground(Color::Named(if cfg!(windows) { 6 } else { 5 }))),
            (Piece::Line, Change::Foreground(Color::Named(2))),
            (Piece::Match, Change::Foreground(Color::Named(1))),
            (Piece::Match, Change::Bold(true)),
        ];
        let changes = defaults.into_iter().chain(specs.iter().map(|spec| (spec.piece, spec.change)));
        let changes: Vec<(Piece, Change)> = changes.collect();
        let paint = |piece: Piece| {
            let mut attributes = Attributes::default();
            changes.iter().filter(|(of, _)| *of == piece).for_each(|(_, change)| attributes.apply(*change));
            attributes.paint()
        };
        Self {
            path: paint(Piece::Path),
            line: paint(Piece::Line),
            column: paint(Piece::Column),
            matched: paint(Piece::Match),
            highlight: paint(Piece::Highlight),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{ColorSpec, Palette};

    fn matched(specs: &[&str]) -> String {
        let specs: Vec<ColorSpec> = specs.iter().map(|spec| ColorSpec::parse(spec).unwrap()).collect();
        String::from_utf8(Palette::new(&specs).matched.start).unwrap()
    }

    #[test]
    fn specs_add_up() {
        assert_eq!(matched(&[]), "\x1b[0m\x1b[1m\x1b[31m");
        assert_eq!(matched(&["match:style:nobold", "match:bg:0xff,0x7f,0"]), "\x1b[0m\x1b[31m\x1b[48;2;255;127;0m");
        assert_eq!(matched(&["match:none", "MATCH:Fg:Blue", "match:style:intense"]), "\x1b[0m\x1b[38;5;12m");
        assert_eq!(matched(&["match:none:x"]), "\x1b[0m");
        assert!(Palette::new(&[ColorSpec::parse("match:none").unwrap()]).matched.is_none);
    }

    #[test]
    fn mistakes_are_named() {
        for (spec, word) in [
            ("match", "PIECE:fg:COLOR"),
            ("a:b:c:d", "PIECE:fg:COLOR"),
            ("mtch:fg:red", "did you mean 'match'?"),
            ("match:fore:red", "fg, bg, style, none"),
            ("match:fg:purple", "magenta"),
            ("match:fg:256", "255"),
            ("match:style:blink", "bold"),
            ("match:fg", "third part"),
        ] {
            let error = ColorSpec::parse(spec).unwrap_err();
            assert!(error.contains(word), "{spec}: {error}");
        }
    }
}
