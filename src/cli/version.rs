//! What `-V` and `--version` print: which sources, for which system, and what of the processor is used.

use crate::core::scan::features;

/// One line: the version, and the revision of the sources where it is known.
pub(super) fn short() -> String {
    concat!(env!("CARGO_PKG_VERSION"), env!("MYTOOLS_REVISION")).to_string()
}

/// The same with the target, and the features of the processor that fast paths ask for, each with + or -.
pub(super) fn long() -> String {
    let found = features::all();
    let features: Vec<String> =
        found.iter().map(|(name, present)| format!("{}{name}", if *present { '+' } else { '-' })).collect();
    let how = if features::has_vectors() { "vectorized" } else { "portable" };
    let features = if features.is_empty() { String::new() } else { format!(" {}", features.join(" ")) };
    format!("{}\ntarget: {}\nCPU:{features}; reads CSV and JSON by {how} code", short(), env!("MYTOOLS_TARGET"))
}
