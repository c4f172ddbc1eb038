//! A cell: eight bytes that say where a value's source text is and what form it has.

use crate::core::integer::{high, low, narrow};

/// The form of a cell's source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The record has no such field (JSON).
    Missing,
    /// Null: an unquoted empty CSV cell, JSON `null`, a computed null.
    Null,
    /// Text of a format without types (CSV, TSV, logs); the span is the value. Whether it is a number is decided
    /// where it is used, by its text.
    Bare,
    /// A quoted CSV cell without doubled quotes; the span is the value, between the quotes.
    Quoted,
    /// A CSV cell with doubled or irregular quotes; the span is the whole source cell, quotes included.
    QuotedRaw,
    /// A JSON number, or a computed number, as written.
    Number,
    /// JSON or computed `true`.
    True,
    /// JSON or computed `false`.
    False,
    /// A JSON string without escapes, or computed text; the span is the value.
    Text,
    /// A JSON string with escapes; the span is its source, between the quotes.
    TextRaw,
    /// A JSON array or object, or a computed one; the span is its source text.
    Nested,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Missing,
        Self::Null,
        Self::Bare,
        Self::Quoted,
        Self::QuotedRaw,
        Self::Number,
        Self::True,
        Self::False,
        Self::Text,
        Self::TextRaw,
        Self::Nested,
    ];

    /// A bit of its own, to ask for several kinds at once.
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The kind of that number, by its lowest four bits.
    #[inline]
    pub(crate) fn from_bits(bits: u32) -> Self {
        Self::ALL.get((bits & 15) as usize).copied().unwrap_or(Self::Missing)
    }
}

/// Longest span of a cell in bytes.
pub(crate) const MAX_CELL: usize = (1 << 27) - 1;

const SIDE: u32 = 1 << 31;

/// A span of a batch's block (or of its side buffer) with its [`Kind`].
///
/// Layout of the second word: bit 31 side buffer, bits 27–30 kind, bits 0–26 length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    start: u32,
    word: u32,
}

impl Cell {
    /// A field that is not there.
    pub(crate) const MISSING: Self = Self { start: 0, word: 0 };
    /// A null without source text.
    pub(crate) const NULL: Self = Self { start: 0, word: (Kind::Null as u32) << 27 };

    /// A cell over bytes `start..start + len` of the block. `len` is at most [`MAX_CELL`], and blocks end before 4 GiB,
    /// which is checked once for all cells.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "what makes blocks and cells bounds both")]
    pub(crate) fn new(kind: Kind, start: usize, len: usize) -> Self {
        debug_assert!(len <= MAX_CELL && u32::try_from(start).is_ok());
        Self { start: start as u32, word: ((kind as u32) << 27) | (len as u32) }
    }

    /// A cell over bytes of the batch's side buffer. How long that becomes is up to the values that are computed.
    #[inline]
    pub(crate) fn side(kind: Kind, start: usize, len: usize) -> Self {
        let cell = Self::new(kind, 0, len);
        Self { start: narrow(start), word: cell.word | SIDE }
    }

    /// The cell as a number, to be kept outside of memory.
    pub(crate) fn to_bits(self) -> u64 {
        u64::from(self.start) | u64::from(self.word) << 32
    }

    /// The cell that was this number.
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self { start: low(bits), word: high(bits) }
    }

    /// A computed boolean.
    #[inline]
    pub(crate) fn boolean(value: bool) -> Self {
        Self::new(if value { Kind::True } else { Kind::False }, 0, 0)
    }

    /// The form of the source text.
    #[inline]
    pub(crate) fn kind(self) -> Kind {
        Kind::from_bits(self.word >> 27)
    }

    /// Whether its form is one of those with these bits.
    #[inline]
    pub(crate) fn is_any(self, kinds: u32) -> bool {
        kinds >> ((self.word >> 27) & 15) & 1 == 1
    }

    /// Whether the span lies in the side buffer.
    #[inline]
    pub(crate) fn in_side(self) -> bool {
        self.word & SIDE != 0
    }

    /// First byte of the span.
    #[inline]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    /// Length of the span in bytes.
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.word as usize & MAX_CELL
    }

    /// The cell over a copy of its bytes at the end of a side buffer.
    pub(crate) fn moved(self, bytes: &[u8], side: &mut Vec<u8>) -> Self {
        if bytes.is_empty() {
            return Self { word: self.word & !SIDE, start: 0 };
        }
        let start = side.len();
        side.extend_from_slice(bytes);
        Self::side(self.kind(), start, bytes.len())
    }

    /// Whether the cell is null or missing.
    #[inline]
    pub(crate) fn is_null(self) -> bool {
        self.is_any(Kind::Missing.bit() | Kind::Null.bit())
    }
}
