//! The kinds of problem: names that programs can rely on.

/// The kinds of problem. [`CODES`] says what each is called and when it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Code {
    Io,
    Usage,
    Expression,
    UnknownColumn,
    Plan,
    Pattern,
    Data,
    Value,
    Violation,
    Ignore,
    Limit,
    Internal,
    Info,
}

/// A kind of problem with its documentation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The kind.
    pub(crate) code: Code,
    /// Its name, which never changes.
    pub(crate) name: &'static str,
    /// When it comes.
    pub(crate) about: &'static str,
}

const fn entry(code: Code, name: &'static str, about: &'static str) -> Entry {
    Entry { code, name, about }
}

/// Every kind, in the order of [`Code`].
pub(crate) const CODES: [Entry; 13] = [
    entry(Code::Io, "io", "a file could not be opened, read or written"),
    entry(Code::Usage, "usage", "the command line is wrong: a flag, a value, an argument"),
    entry(Code::Expression, "expression", "an expression does not parse, or does not fit what it is used for"),
    entry(Code::UnknownColumn, "unknown-column", "a column that no input has"),
    entry(Code::Plan, "plan", "the stages do not fit together"),
    entry(Code::Pattern, "pattern", "a pattern or a glob does not parse"),
    entry(Code::Data, "data", "an input breaks the rules of its format"),
    entry(Code::Value, "value", "a value cannot be read or written as what it must be"),
    entry(Code::Violation, "violation", "a record breaks a rule of --validate; exit code 1"),
    entry(Code::Ignore, "ignore", "an ignore file has a mistake"),
    entry(Code::Limit, "limit", "more than there is room for: memory, threads, the length of a line or value"),
    entry(Code::Internal, "internal", "a defect of mytools itself"),
    entry(Code::Info, "info", "no problem: a note on what was done, or a line of --debug"),
];

impl Code {
    /// The code as printed.
    pub(crate) fn name(self) -> &'static str {
        CODES.iter().find(|entry| entry.code == self).map_or("internal", |entry| entry.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CODES, Code};

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (at, entry) in CODES.iter().enumerate() {
            assert_eq!((entry.code as usize, entry.code.name()), (at, entry.name));
        }
        assert_eq!(CODES.len(), Code::Info as usize + 1);
        assert_eq!(CODES.iter().map(|entry| entry.name).collect::<HashSet<_>>().len(), CODES.len());
    }
}
