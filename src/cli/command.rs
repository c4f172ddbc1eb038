//! The clap declaration of the whole command line.

use clap::{Arg, ArgAction, Command};

use crate::cli::{completions, globals, list, process, search, topics};

/// The examples under `mytools` and `mytools -h`.
const EXAMPLES: &str = "\
Examples:
  mytools search 'fn main' src/
  mytools process events.csv -g user_id -a 'n=count, total=sum(value)' -t";

/// The command line of mytools.
pub(crate) fn build() -> Command {
    Command::new("mytools")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Search text and turn data files into answers")
        .max_term_width(100)
        .arg_required_else_help(true)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help_flag())
        .args(globals::args())
        .subcommand(search::command())
        .subcommand(process::command())
        .subcommand(list::command())
        .subcommand(completions::command())
        .subcommand(topics::command())
        .after_help(EXAMPLES)
        .after_long_help(format!("{EXAMPLES}\n\n{EXIT_CODES}"))
}

/// What the exit codes mean, at the end of the long help.
const EXIT_CODES: &str = "\
Exit codes:
  search   0 a match, 1 no match, 2 an error (0 for -q with a match)
  process  0 done, 1 no rows with --exit-status or rules of --validate broken, 2 an error
  A reader that goes away early (`| head`) is no error.

Environment:
  NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM   whether to colour
  MYTOOLS_CONFIG_PATH   a file with arguments to put before yours, one per line as it is, # for comments;
                        lines behind [search] or [process] are for that command alone";

/// Our own words for `-h` and `--help`.
fn help_flag() -> Arg {
    Arg::new("help")
        .long("help")
        .short('h')
        .action(ArgAction::Help)
        .global(true)
        .help("Print help: -h on one screen, --help with details and examples")
        .help_heading("Other")
}

#[cfg(test)]
mod tests {
    #[test]
    fn clap_finds_no_fault() {
        super::build().debug_assert();
    }
}
