//! What mytools takes from its environment, read once.

use std::io::IsTerminal;

/// The environment of the run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// All variables whose name and value are text, for `env("NAME")`.
    pub(crate) vars: Vec<(String, String)>,
    /// Whether standard input is a terminal, so that there is nothing to read from it.
    pub(crate) stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn read() -> Self {
        Self {
            vars: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
        }
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Bytes per block, for tests that cut inputs at every place; the engine's own size where unset.
    pub(crate) fn block_size(&self) -> Option<usize> {
        self.get("MYTOOLS_TEST_BLOCK")?.parse().ok().filter(|size| *size > 0)
    }

    /// Whether the environment asks for colour (`Some(true)`), forbids it (`Some(false)`) or leaves it to the terminal:
    /// `NO_COLOR`, then `CLICOLOR_FORCE` and `FORCE_COLOR`, then `TERM=dumb`.
    pub(crate) fn color(&self) -> Option<bool> {
        let forced = |name: &str| self.get(name).is_some_and(|value| value != "0");
        if self.get("NO_COLOR").is_some() {
            Some(false)
        } else if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") {
            Some(true)
        } else if self.get("TERM") == Some("dumb") {
            Some(false)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    fn with(vars: &[(&str, &str)]) -> Environment {
        let vars = vars.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        Environment { vars, ..Environment::default() }
    }

    #[test]
    fn no_color_wins_over_force() {
        assert_eq!(with(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]).color(), Some(false));
        assert_eq!(with(&[("NO_COLOR", ""), ("FORCE_COLOR", "1")]).color(), Some(true));
        assert_eq!(with(&[("CLICOLOR_FORCE", "0"), ("TERM", "dumb")]).color(), Some(false));
        assert_eq!(with(&[("TERM", "xterm")]).color(), None);
    }

    #[test]
    fn the_block_size_is_a_positive_number() {
        assert_eq!(with(&[("MYTOOLS_TEST_BLOCK", "16")]).block_size(), Some(16));
        assert_eq!(with(&[("MYTOOLS_TEST_BLOCK", "0")]).block_size(), None);
    }
}
