//! The parallel engine of both commands: numbered claims, worked by all threads, drained in order.
//!
//! [`ordered::run`] is the engine; [`relay::Relay`] is how a worker learns what all blocks before its own add up
//! to; [`cancel::Cancel`] stops a run early; [`memory::Memory`] bounds what is kept, and [`spill::Spill`] takes the rest. Invariant: output never depends on which thread ran a block.

pub(crate) mod cancel;
pub(crate) mod fault;
pub(crate) mod memory;
pub(crate) mod ordered;
pub(crate) mod partitions;
pub(crate) mod relay;
pub(crate) mod spill;
