//! `mytools completions SHELL`: the script that gives a shell its Tab completion.
//!
//! The same bytes are checked in under `completions/`; a test compares them.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::cli::command;
use crate::core::error::Result;
use crate::core::output::writer::{Buffering, Writer};

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("completions")
        .about("Print the completion script of a shell")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell))
                .help("The shell to print it for"),
        )
        .after_long_help(
            "Examples:\n  \
             mytools completions bash > ~/.local/share/bash-completion/completions/mytools\n  \
             mytools completions zsh > ~/.zfunc/_mytools\n  \
             mytools completions fish > ~/.config/fish/completions/mytools.fish",
        )
}

/// Prints the script.
pub(crate) fn run(matches: &ArgMatches) -> Result<u8> {
    let mut script = Vec::new();
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        clap_complete::generate(*shell, &mut command::build(), "mytools", &mut script);
    }
    let mut out = Writer::stdout(Buffering::Block)?;
    out.put(&script)?;
    out.finish()?;
    Ok(0)
}
