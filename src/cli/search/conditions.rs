//! Flags that narrow what is found: by line, and by file.

use clap::{Arg, ArgAction, ArgMatches};

use crate::core::error::{Code, Problem, Result};
use crate::search::config::{Config, Mode};

pub(super) const CONDITIONS: &str = "Further conditions, with the same -i, -S, -F, -w and -x";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let condition = |name: &'static str, help, long| {
        Arg::new(name)
            .long(name)
            .value_name("PATTERN")
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .help(help)
            .long_help(long)
            .help_heading(CONDITIONS)
    };
    vec![
        condition(
            "and",
            "Only lines that match this too; may be given again",
            "Only lines that match this too; may be given again, each must match. What this matches is coloured, but \
             -o, -r, --count-matches, --json and --format tell of the matches of the main pattern only. With -v the \
             lines are selected that do not fulfil all conditions together. With -U all lines that a match \
             covers are looked at as one text, and passed over as one",
        ),
        condition(
            "not",
            "No lines that match this; may be given again",
            "No lines that match this; may be given again, none may match. With -v the lines are selected that do not \
             fulfil all conditions together. With -U all lines that a match covers are looked at as one text, and passed \
             over as one",
        ),
        condition(
            "and-file",
            "Only files with a line that matches this; may be given again",
            "Only files with a line that matches this; may be given again, on the same line or another. Other files are \
             left out as if a glob had named them, also for -v and --files-without-match. What comes from a pipe is \
             kept until the answer is known",
        ),
        condition(
            "not-file",
            "No files with a line that matches this; may be given again",
            "No files with a line that matches this; may be given again. Such files are left out as if a glob had named \
             them, also for -v and --files-without-match",
        ),
    ]
}

/// Fills in the conditions.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches) -> Result<()> {
    let strings = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned().collect::<Vec<_>>();
    config.and = strings("and");
    config.not = strings("not");
    config.and_file = strings("and-file");
    config.not_file = strings("not-file");
    let given = ["and", "not", "and-file", "not-file"].into_iter().find(|name| matches.contains_id(name));
    if let (Mode::Files, Some(name)) = (&config.mode, given) {
        let problem = Problem::new(Code::Usage, format!("--{name} looks into files, --files only lists them"));
        return Err(problem.hint("-l with a pattern prints the paths of files that match").into());
    }
    Ok(())
}
