//! Output: a buffered writer that knows about pipes and disks, and files that appear whole or not at all.

pub(crate) mod atomic;
pub(crate) mod naming;
pub(crate) mod spool;
pub(crate) mod writer;
