//! How flags of `search` are declared: switches and options, each under the heading of its concern.

use clap::{Arg, ArgAction};

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
