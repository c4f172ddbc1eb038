//! How flags of `search` are declared: switches and options, each under the heading of its concern.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};

/// A flag without a value.
pub(super) fn switch(short: Option<char>, name: &'static str, heading: &'static str, help: &'static str) -> Arg {
    let arg = Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).help_heading(heading);
    match short {
        Some(short) => arg.short(short),
        None => arg,
    }
}

/// A flag with a value.
pub(super) fn option(
    short: char,
    name: &'static str,
    value: &'static str,
    heading: &'static str,
    help: &'static str,
) -> Arg {
    Arg::new(name).short(short).long(name).value_name(value).help(help).help_heading(heading)
}

/// A switch that takes another one back; it is not listed.
pub(super) fn negation(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).hide(true)
}

/// The one of several flags that was given last.
pub(super) fn last<'n>(matches: &ArgMatches, names: &[&'n str]) -> Option<&'n str> {
    let given = names.iter().filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine));
    given.max_by_key(|name| matches.indices_of(name).and_then(Iterator::max)).copied()
}
