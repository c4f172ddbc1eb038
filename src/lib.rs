//! mytools
mod core;
