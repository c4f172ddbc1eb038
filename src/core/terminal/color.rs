//! Whether to print colours, decided for each stream by itself.

use crate::core::terminal::Environment;

/// What `--color` asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Where a person reads.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

impl Choice {
    /// The decision for a stream: `--color`, then `NO_COLOR`, then the variables that force colours, then whether the
    /// stream is a terminal that can show them.
    pub(crate) fn decide(self, environment: &Environment, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if environment.no_color => false,
            Self::Auto => environment.force_color || (is_terminal && environment.capable),
        }
    }
}

/// Ends all styles.
pub(crate) const RESET: &str = "\x1b[0m";

/// Errors and what is marked.
pub(crate) const ERROR: &str = "\x1b[1;31m";

/// Notes and `--debug` lines.
pub(crate) const NOTE: &str = "\x1b[1;36m";

#[cfg(test)]
mod tests {
    use super::Choice;
    use crate::core::terminal::Environment;

    #[test]
    fn flag_then_no_color_then_force_then_terminal() {
        let plain = Environment { capable: true, ..Environment::default() };
        let none = Environment { no_color: true, force_color: true, ..plain.clone() };
        let forced = Environment { force_color: true, capable: false, ..plain.clone() };
        let dumb = Environment::default();
        assert!(Choice::Always.decide(&none, false));
        assert!(!Choice::Never.decide(&forced, true));
        assert!(!Choice::Auto.decide(&none, true));
        assert!(Choice::Auto.decide(&forced, false));
        assert!(Choice::Auto.decide(&plain, true));
        assert!(!Choice::Auto.decide(&plain, false));
        assert!(!Choice::Auto.decide(&dumb, true));
    }
}
