//! The options that every command takes.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::core::diagnostics::{Diagnostics, Mode, Settings};

/// The heading of global options in help.
const HEADING: &str = "Other";

/// The values of the options that every command takes.
#[derive(Debug, Clone)]
pub(crate) struct Globals {
    /// Number of threads; all cores where none.
    pub(crate) threads: usize,
    /// When to colour.
    pub(crate) color: String,
    /// Whether problems are printed as JSON, one object per line.
    pub(crate) json_errors: bool,
    /// Whether problems with single files are printed at all.
    pub(crate) messages: bool,
    /// Whether silent decisions are printed.
    pub(crate) debug: bool,
    /// The width of the terminal that standard output is, if it is one.
    pub(crate) width: Option<usize>,
}

impl Globals {
    /// Takes the options out of what was parsed.
    pub(crate) fn from_matches(matches: &ArgMatches) -> Self {
        // A global option is found in the innermost command's matches as well as in the outermost's.
        let threads = matches.get_one::<u16>("threads").map_or(0, |threads| usize::from(*threads));
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
        Self {
            threads,
            color: text("color"),
            json_errors: text("error-format") == "json",
            messages: !matches.get_flag("no-messages"),
            debug: matches.get_flag("debug"),
            width: None,
        }
    }

    /// Where problems go: standard error.
    pub(crate) fn diagnostics(&self) -> Diagnostics {
        let mode = if self.json_errors { Mode::Json } else { Mode::Text };
        let settings = Settings { mode, messages: self.messages, debug: self.debug, color: false };
        Diagnostics::new(Box::new(std::io::stderr()), settings)
    }
}

/// The arguments themselves.
pub(crate) fn args() -> [Arg; 5] {
    [
        Arg::new("threads")
            .long("threads")
            .short('j')
            .value_name("N")
            .value_parser(value_parser!(u16))
            .help("Number of threads, 0 for one per core; the output is the same for any number")
            .help_heading(HEADING)
            .global(true),
        Arg::new("color")
            .long("color")
            .value_name("WHEN")
            .value_parser(PossibleValuesParser::new(["auto", "always", "ansi", "never"]))
            .default_value("auto")
            .hide_possible_values(true)
            .help("When to colour: auto, always, never")
            .help_heading(HEADING)
            .global(true),
        Arg::new("error-format")
            .long("error-format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(["text", "json"]))
            .default_value("text")
            .hide_possible_values(true)
            .help("How to print problems: text, or json with one object per line")
            .help_heading(HEADING)
            .global(true),
        Arg::new("no-messages")
            .long("no-messages")
            .action(ArgAction::SetTrue)
            .help("Keep quiet about files that cannot be read; the exit code still tells")
            .help_heading(HEADING)
            .global(true),
        Arg::new("debug")
            .long("debug")
            .action(ArgAction::SetTrue)
            .help("Tell on stderr what was decided silently")
            .help_heading(HEADING)
            .global(true),
    ]
}
