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
    long_option(name, value, heading, help).short(short)
}

/// A flag with a value and a long name only.
pub(super) fn long_option(name: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).help_heading(heading)
}

/// A switch that takes another one back; it is not listed.
pub(super) fn negation(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).hide(true)
}

/// The one of several flags that was given last.
pub(super) fn last<'n>(matches: &ArgMatches, names: &[&'n str]) -> Option<&'n str> {
    in_order(matches, names).pop()
}

/// Those of several flags that were given, each where it was given last, in that order.
pub(super) fn in_order<'n>(matches: &ArgMatches, names: &[&'n str]) -> Vec<&'n str> {
    let given = names.iter().filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine));
    let mut given: Vec<&'n str> = given.copied().collect();
    given.sort_by_key(|name| matches.indices_of(name).and_then(Iterator::max));
    given
}

/// Whether a switch was given, and not taken back by its negation behind it; none where neither was.
pub(super) fn either(matches: &ArgMatches, yes: &str, no: &str) -> Option<bool> {
    last(matches, &[yes, no]).map(|name| name == yes)
}

/// A number of bytes: `10`, `10K`, `10M`, `10G`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor: u64 = match text.get(digits.len()..).map(str::to_ascii_uppercase).as_deref() {
        Some("") => 1,
        Some("K") => 1 << 10,
        Some("M") => 1 << 20,
        Some("G") => 1 << 30,
        _ => 0,
    };
    let bytes = digits.parse::<u64>().ok().filter(|_| factor > 0).and_then(|number| number.checked_mul(factor));
    bytes.ok_or_else(|| "write bytes, or a number with K, M or G".to_string())
}
