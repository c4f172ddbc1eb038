//! `mytools process`: records in, stages in written order, records out.
//!
//! The floors inside: `expr` and `aggregate`, then `stage`, then the rest.

pub(crate) mod aggregate;
mod ahead;
mod chain;
pub(crate) mod expr;
pub(crate) mod flags;
pub(crate) mod glance;
mod irregular;
mod missing;
mod parts;
pub(crate) mod pipeline;
pub(crate) mod plan;
pub(crate) mod prepared;
mod seconds;
mod sight;
pub(crate) mod sink;
pub(crate) mod source;
pub(crate) mod split;
pub(crate) mod stage;
pub(crate) mod stored;
mod verdict;
