//! `mytools completions SHELL`: the script that gives a shell its Tab completion.
//!
//! Those of bash, zsh and fish ask the program at each Tab (`complete`); the others are static lists of flags.
//!
//! The same bytes are checked in under `completions/`; a test compares them.

use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;
use clap_complete_nushell::Nushell;

use crate::cli::command;
use crate::cli::complete::scripts;
use crate::core::error::Result;
use crate::core::output::writer::{Buffering, Writer};

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("completions").about("Print the completion script of a shell").arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(["bash", "zsh", "fish", "elvish", "powershell", "nushell"])
            .hide_possible_values(true)
            .help("bash, zsh, fish, elvish, powershell or nushell"),
    )
}

/// Prints the script.
pub(crate) fn run(matches: &ArgMatches) -> Result<u8> {
    let mut script = Vec::new();
    let mut command = command::build();
    match matches.get_one::<String>("shell").map_or("", String::as_str) {
        "bash" => script.extend_from_slice(scripts::BASH.as_bytes()),
        "zsh" => script.extend_from_slice(scripts::ZSH.as_bytes()),
        "fish" => script.extend_from_slice(scripts::FISH.as_bytes()),
        "elvish" => clap_complete::generate(Shell::Elvish, &mut command, "mytools", &mut script),
        "powershell" => clap_complete::generate(Shell::PowerShell, &mut command, "mytools", &mut script),
        _ => clap_complete::generate(Nushell, &mut command, "mytools", &mut script),
    }
    let mut out = Writer::stdout(Buffering::Block)?;
    out.put(&script)?;
    out.finish()?;
    Ok(0)
}
