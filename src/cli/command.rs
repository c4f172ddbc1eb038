//! The clap declaration of the whole command line.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

use crate::cli::{completions, globals, list, man, manual, process, search, stages, topics, version};

/// The command line of mytools.
pub(crate) fn build() -> Command {
    manual::attach(declared().mut_subcommands(manual::attach))
}

/// The same without what stands at the end of its help.
fn declared() -> Command {
    Command::new("mytools")
        .version(version::short())
        .long_version(version::long())
        .disable_version_flag(true)
        .about("Search text and turn data files into answers")
        .max_term_width(100)
        .arg_required_else_help(true)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .args([help_flag(), version_flag()])
        .args(globals::args())
        .subcommands([
            search::command(),
            process::command(),
            list::command(),
            completions::command(),
            man::command(),
            topics::command(),
        ])
}

/// The command line with fewer headings where `-h` seems to be asked for, so that each help fits on one screen; without
/// what stands at the end of help where none can be asked for, as putting it together takes time.
pub(crate) fn build_for(args: &[OsString]) -> Command {
    let short = |arg: &OsString| matches!(arg.as_encoded_bytes(), [b'-', b'a'..=b'z' | b'A'..=b'Z', ..]);
    let asks = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"-") && arg.as_encoded_bytes().contains(&b'h');
    // A command without arguments may print its help.
    let command = if args.len() < 3 || args.iter().any(asks) { build() } else { declared() };
    if !args.iter().any(|arg| short(arg) && arg.as_encoded_bytes().contains(&b'h')) {
        return command;
    }
    command.mut_subcommands(|inner| {
        inner.mut_args(|arg| {
            let heading = arg.get_help_heading().unwrap_or_default();
            match stages::short_heading(heading).or_else(|| search::short_heading(heading)) {
                Some(heading) => arg.help_heading(heading),
                None => arg,
            }
        })
    })
}

/// `-V` and `--version`.
fn version_flag() -> Arg {
    Arg::new("version")
        .long("version")
        .short('V')
        .action(ArgAction::Version)
        .help("Print the version; --version says more")
        .help_heading("Other")
}

/// Our own words for `-h` and `--help`.
fn help_flag() -> Arg {
    Arg::new("help")
        .long("help")
        .short('h')
        .action(ArgAction::Help)
        .global(true)
        .help("Print help: -h one screen, --help everything")
        .help_heading("Other")
}

#[cfg(test)]
mod tests {
    #[test]
    fn clap_finds_no_fault() {
        super::build().debug_assert();
    }
}
