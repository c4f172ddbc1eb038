//! The functions of the expression language: one file and one row in [`FUNCTIONS`] each.

use crate::core::registry::Row;

/// Every function, in the order of `mytools list functions`.
pub(crate) static FUNCTIONS: &[Row<Function>] = &[];

/// How a function is called and bound.
#[derive(Debug)]
pub(crate) struct Function {
    /// Least and most number of arguments.
    pub(crate) arity: (usize, usize),
    /// Which argument is a regex, whose string literal is raw.
    pub(crate) regex: Option<usize>,
}

/// Whether the argument at that position is a regex, so that a string there is raw.
pub(super) fn takes_regex(name: &str, argument: usize) -> bool {
    crate::core::registry::find(FUNCTIONS, name).is_some_and(|row| row.item.regex == Some(argument))
}
