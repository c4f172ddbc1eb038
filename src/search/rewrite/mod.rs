//! Replacing in files: `-r` with `--diff` shows the change, with `--write` makes it.
//!
//! Each file is read once, in chunks of whole lines, or as a whole where matches may cross lines ([`crossing`]); [`editor`]
//! finds the lines that a replacement changes and hands them to [`hunks`], which print a unified diff, or to [`version`], which writes a new file and puts it in the place of the old
//! one. What may be changed at all is decided by [`tree`]. Invariant: a file is either left as it was or replaced by
//! exactly what the diff shows.

pub(crate) mod crossing;
pub(crate) mod editor;
pub(crate) mod hunks;
pub(crate) mod printer;
pub(crate) mod tree;
pub(crate) mod version;

/// What becomes of replaced text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// The change is printed, with so many lines around it.
    Diff(usize),
    /// The files are changed.
    Write(Summary),
}

/// Whether it is said at the end how much was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Summary {
    /// It is.
    Printed,
    /// It is not.
    Silent,
}

impl Rewrite {
    /// Lines around a change.
    pub(crate) fn context(self) -> usize {
        match self {
            Self::Diff(context) => context,
            Self::Write(_) => 0,
        }
    }
}
