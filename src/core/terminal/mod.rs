//! What the terminal is like: colours and width.
//!
//! Nothing here reads the environment: `cli` does so once, into an [`Environment`].

pub(crate) mod color;
pub(crate) mod progress;
pub(crate) mod width;

use std::ffi::OsString;

/// The environment variables that say how to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    /// `NO_COLOR` is set to anything (no-color.org).
    pub(crate) no_color: bool,
    /// `CLICOLOR_FORCE` or `FORCE_COLOR` is set to anything but 0 (bixense.com/clicolors, force-color.org).
    pub(crate) force_color: bool,
    /// `TERM` names a terminal that can show colours.
    pub(crate) capable: bool,
    /// `COLUMNS`.
    pub(crate) columns: Option<usize>,
}

impl Environment {
    /// Reads the variables through `get`.
    pub(crate) fn read(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let forced = |name: &str| set(name).is_some_and(|value| value != "0");
        // Consoles on Windows need no TERM.
        let capable = get("TERM").map_or(cfg!(windows), |term| !term.is_empty() && term != "dumb");
        Self {
            no_color: set("NO_COLOR").is_some(),
            force_color: forced("CLICOLOR_FORCE") || forced("FORCE_COLOR"),
            capable,
            columns: set("COLUMNS").and_then(|value| value.to_str()?.parse().ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn empty_variables_count_as_unset() {
        let environment = Environment::read(|name| match name {
            "NO_COLOR" | "CLICOLOR_FORCE" => Some("".into()),
            "FORCE_COLOR" => Some("0".into()),
            "COLUMNS" => Some("120".into()),
            "TERM" => Some("xterm".into()),
            _ => None,
        });
        let expected = Environment { no_color: false, force_color: false, capable: true, columns: Some(120) };
        assert_eq!(environment, expected);
    }
}
