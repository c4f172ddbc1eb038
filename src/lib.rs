//! mytools
mod core;
mod process;
