//! Text for people: marked snippets, escaping of control characters, and numbers with units.

pub(crate) mod caret;
pub(crate) mod escape;
pub(crate) mod units;
