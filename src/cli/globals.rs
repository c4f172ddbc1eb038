//! The options that every command takes.

use std::sync::Arc;
use std::thread::available_parallelism;

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::config_file;
use crate::cli::environment::Environment;
use crate::core::diagnostics::{Diagnostics, Mode, Settings};
use crate::core::error::Result;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::terminal::color::Choice;
use crate::core::terminal::progress::Bar;
use crate::core::terminal::width;

/// The heading of global options in help.
pub(super) const HEADING: &str = "Other";

/// Most threads: more than any machine this is likely to run on, few enough to start.
const MAX_THREADS: u16 = 256;

/// The values of the options that every command takes.
#[derive(Debug, Clone)]
pub(crate) struct Globals {
    /// Number of threads.
    pub(crate) threads: usize,
    /// Whether standard output is to be coloured.
    pub(crate) color: bool,
    /// How problems are printed.
    pub(crate) settings: Settings,
    /// The bar that shows how far the run is, where one is wanted.
    pub(crate) progress: Option<Arc<Bar>>,
    /// Whether the bar goes before output does: both would be on one screen.
    progress_gives_way: bool,
    /// The width that tables are fitted into; none in pipes, where nothing is cut.
    pub(crate) width: Option<usize>,
}

impl Globals {
    /// Takes the options out of what was parsed.
    pub(crate) fn from_matches(matches: &ArgMatches, environment: &Environment) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let threads = match matches.get_one::<u16>("threads") {
            None | Some(0) => available_parallelism().map_or(1, usize::from).min(MAX_THREADS.into()),
            Some(threads) => usize::from(*threads),
        };
        let color = match text("color") {
            Some("always" | "ansi") => Choice::Always,
            Some("never") => Choice::Never,
            _ => Choice::Auto,
        };
        let decide = |is_terminal| color.decide(&environment.terminal, is_terminal);
        let quiet = matches.try_get_one::<bool>("quiet").ok().flatten().copied() == Some(true);
        let settings = Settings {
            mode: if text("error-format") == Some("json") { Mode::Json } else { Mode::Text },
            messages: !matches.get_flag("no-messages"),
            debug: matches.get_flag("debug"),
            color: decide(environment.stderr_is_terminal),
            summary: !quiet,
        };
        // Only commands that can show it have the option.
        let progress = matches.try_get_one::<String>("progress").ok().flatten().map(String::as_str);
        let wanted = environment.stderr_is_terminal
            && match progress {
                Some("always") => true,
                Some("auto") => environment.terminal.capable && !quiet,
                _ => false,
            };
        Self {
            threads,
            progress: wanted.then(|| Arc::new(Bar::start())),
            // Who reads the pipe may print to the same terminal.
            progress_gives_way: environment.stdout_is_terminal
                || (progress == Some("auto") && environment.stdout_is_followed),
            color: decide(environment.stdout_is_terminal),
            settings,
            width: width::of_stdout(&environment.terminal, environment.stdout_is_terminal),
        }
    }

    /// Standard output.
    pub(crate) fn stdout(&self, buffering: Buffering) -> Result<Writer> {
        let bar = self.progress.clone().filter(|_| self.progress_gives_way);
        Ok(Writer::stdout(buffering)?.instead_of(bar))
    }

    /// Where problems go: standard error.
    pub(crate) fn diagnostics(&self) -> Diagnostics {
        match &self.progress {
            Some(bar) => Diagnostics::new(Box::new(bar.over(std::io::stderr())), self.settings),
            None => Diagnostics::new(Box::new(std::io::stderr()), self.settings),
        }
    }
}

/// The arguments themselves.
pub(crate) fn args() -> [Arg; 6] {
    [
        Arg::new("threads")
            .long("threads")
            .short('j')
            .value_name("N")
            .value_parser(value_parser!(u16).range(..=i64::from(MAX_THREADS)))
            .help("Number of threads [default: one per core]")
            .help_heading(HEADING)
            .global(true),
        Arg::new("color")
            .long("color")
            .value_name("WHEN")
            .hide_default_value(true)
            .value_parser(PossibleValuesParser::new(["auto", "always", "ansi", "never"]))
            .default_value("auto")
            .hide_possible_values(true)
            .help("Colours: auto (default), always or never")
            .hide_short_help(true)
            .help_heading(HEADING)
            .global(true),
        Arg::new("error-format")
            .long("error-format")
            .value_name("FORMAT")
            .hide_default_value(true)
            .value_parser(PossibleValuesParser::new(["text", "json"]))
            .default_value("text")
            .hide_possible_values(true)
            .help("Problems as text or as json lines")
            .hide_short_help(true)
            .help_heading(HEADING)
            .global(true),
        Arg::new("no-messages")
            .long("no-messages")
            .action(ArgAction::SetTrue)
            .help("Keep quiet about files that cannot be read")
            .hide_short_help(true)
            .help_heading(HEADING)
            .global(true),
        Arg::new("debug")
            .long("debug")
            .action(ArgAction::SetTrue)
            .help("Print silent decisions on standard error")
            .hide_short_help(true)
            .help_heading(HEADING)
            .global(true),
        config_file::arg(),
    ]
}

/// The option of commands that show how far they are.
pub(super) fn progress_arg() -> Arg {
    Arg::new("progress")
        .long("progress")
        .value_name("WHEN")
        .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
        .default_value("auto")
        .hide_default_value(true)
        .hide_possible_values(true)
        .help("Show how far the run is: auto (default), always, never")
        .long_help(
            "Show how far the run is, on standard error, where that is a terminal and the run takes more than a second. \
             auto (default): until output goes to a terminal or a pipe, whose reader may print to the same terminal; with \
             output to a file to the end. always: beside output that goes to a pipe as well. never: not at all",
        )
        .help_heading(HEADING)
}

/// How problems are printed where the arguments do not parse: as asked for, as far as that can be told.
pub(crate) fn error_mode(args: &[OsString]) -> Mode {
    let json = |pair: &[OsString]| matches!(pair, [flag, value] if flag == "--error-format" && value == "json");
    if args.iter().any(|arg| arg == "--error-format=json") || args.windows(2).any(json) {
        Mode::Json
    } else {
        Mode::Text
    }
}
