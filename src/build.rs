//! Tells the crate what `--version` prints of its sources and its target.
//!
//! The revision is that of the git checkout whose top this is, or the one that cargo notes in packages; elsewhere there is
//! none. Nothing here depends on the time or the machine, so that the same sources give the same program.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    let revision = packaged().or_else(checked_out).map(|revision| format!(" ({revision})"));
    println!("cargo:rustc-env=MYTOOLS_REVISION={}", revision.unwrap_or_default());
    println!("cargo:rustc-env=MYTOOLS_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}

/// The revision that `cargo package` has noted.
fn packaged() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    rest.get(..7).filter(|revision| revision.bytes().all(|byte| byte.is_ascii_hexdigit())).map(str::to_string)
}

/// The revision that is checked out here, and not in some directory above.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    // This file grows with each commit and each change of branch.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo:rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=7", "HEAD"])
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string()).filter(|text| !text.is_empty())
}
