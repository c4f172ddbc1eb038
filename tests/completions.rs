//! The checked-in completion scripts are the ones the binary prints, and their shells accept them.
//! `MYTOOLS_BLESS=1` writes them anew.

use std::fs;
use std::process::Command;

use crate::harness::{mytools, repository, skip};

/// Shell and file below `completions/`.
const SCRIPTS: &[(&str, &str)] = &[
    ("bash", "mytools.bash"),
    ("zsh", "_mytools"),
    ("fish", "mytools.fish"),
    ("elvish", "mytools.elv"),
    ("powershell", "_mytools.ps1"),
    ("nushell", "mytools.nu"),
];

#[test]
fn checked_in_scripts_are_fresh() {
    for (shell, file) in SCRIPTS {
        let path = repository().join("completions").join(file);
        let script = mytools(["completions", shell]).ok();
        if std::env::var_os("MYTOOLS_BLESS").is_some() {
            fs::write(&path, &script).unwrap();
        }
        let checked_in = fs::read_to_string(&path).unwrap_or_default();
        assert!(script == checked_in, "{file} is out of date; MYTOOLS_BLESS=1 cargo test completions writes it anew");
    }
}

#[test]
fn shells_accept_their_scripts() {
    for (shell, file) in &SCRIPTS[..3] {
        let path = repository().join("completions").join(file);
        match Command::new(shell).arg("-n").arg(&path).output() {
            Ok(output) => {
                assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
            }
            Err(_) => skip(shell),
        }
    }
}
