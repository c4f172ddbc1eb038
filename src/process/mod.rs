//! `mytools process`: records in, stages in written order, records out.
//!
//! The floors inside: `expr` and `aggregate`, then `stage`, then the rest.

pub(crate) mod aggregate;
pub(crate) mod expr;
pub(crate) mod stage;
