//! How many columns standard output has.

use crate::core::terminal::Environment;

/// The width to fit tables into: the terminal's own, else `COLUMNS`. None where output is no terminal: nothing is cut
/// in a pipe.
pub(crate) fn of_stdout(environment: &Environment, is_terminal: bool) -> Option<usize> {
    if !is_terminal {
        return None;
    }
    let real = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    real.filter(|width| *width > 0).or(environment.columns)
}

#[cfg(test)]
mod tests {
    use super::of_stdout;
    use crate::core::terminal::Environment;

    #[test]
    fn a_pipe_has_no_width() {
        let environment = Environment { columns: Some(80), ..Environment::default() };
        assert_eq!(of_stdout(&environment, false), None);
    }
}
