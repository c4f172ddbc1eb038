//! Globs from the command line: `-g` and `--iglob` of `search`.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use crate::core::error::{Code, Problem, Result};

/// Globs of the command line, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Globs {
    /// From `-g`; a leading `!` leaves out what matches.
    pub(crate) exact: Vec<String>,
    /// From `--iglob`, which ignore case and come after the others.
    pub(crate) any_case: Vec<String>,
    /// Whether case does not matter in any of them.
    pub(crate) ignore_case: bool,
}

/// The matcher for these globs, which are relative to the working directory. Later ones win; a leading `!` leaves out what
/// matches; where any glob is without `!`, files that match none are left out.
pub(crate) fn overrides(globs: &Globs, working_directory: &Path) -> Result<Override> {
    if globs.exact.is_empty() && globs.any_case.is_empty() {
        return Ok(Override::empty());
    }
    let wrong = |error: ignore::Error| Problem::new(Code::Usage, error.to_string());
    let mut builder = OverrideBuilder::new(working_directory);
    // `-g '[a'` is a mistake to report; in ignore files such a glob is taken as it stands.
    builder.allow_unclosed_class(false);
    // It holds for the globs that are added after it.
    builder.case_insensitive(globs.ignore_case).map_err(wrong)?;
    for glob in &globs.exact {
        builder.add(glob).map_err(|error| problem(glob, &error))?;
    }
    builder.case_insensitive(true).map_err(wrong)?;
    for glob in &globs.any_case {
        builder.add(glob).map_err(|error| problem(glob, &error))?;
    }
    builder.build().map_err(|error| wrong(error).into())
}

fn problem(glob: &str, error: &ignore::Error) -> Problem {
    let reason = match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    Problem::new(Code::Usage, format!("glob '{glob}' is wrong: {reason}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{Globs, overrides};

    #[test]
    fn keeps_what_matches_and_drops_what_is_negated() {
        let exact = vec!["*.rs".to_string(), "!lib.rs".to_string()];
        let globs = overrides(&Globs { exact, ..Globs::default() }, Path::new("/w")).unwrap();
        assert!(globs.matched("src/a.rs", false).is_whitelist());
        assert!(globs.matched("src/lib.rs", false).is_ignore());
        assert!(globs.matched("src/a.c", false).is_ignore());
        assert!(globs.matched("src", true).is_none());
    }

    #[test]
    fn case_matters_as_asked() {
        let globs = Globs { exact: vec!["*.RS".into()], any_case: vec!["!Lib.rs".into()], ignore_case: false };
        let exact = overrides(&globs, Path::new("/w")).unwrap();
        assert!(exact.matched("a.rs", false).is_ignore() && exact.matched("a.RS", false).is_whitelist());
        assert!(exact.matched("LIB.RS", false).is_ignore());
        let any = overrides(&Globs { ignore_case: true, ..globs }, Path::new("/w")).unwrap();
        assert!(any.matched("a.rs", false).is_whitelist());
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = overrides(&Globs { exact: vec!["[a".into()], ..Globs::default() }, Path::new("/w")).unwrap_err();
        assert!(error.to_string().starts_with("glob '[a' is wrong: unclosed character class"), "{error}");
    }
}
