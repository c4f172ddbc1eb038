//! Globs from the command line: `-g` of `search`.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use crate::core::error::{Code, Problem, Result};

/// The matcher for `-g` globs, which are relative to the working directory. Later ones win; a leading `!` leaves out
/// what matches; where any glob is without `!`, files that match none are left out.
pub(crate) fn overrides(globs: &[String], working_directory: &Path) -> Result<Override> {
    if globs.is_empty() {
        return Ok(Override::empty());
    }
    let mut builder = OverrideBuilder::new(working_directory);
    // `-g '[a'` is a mistake to report; in ignore files such a glob is taken as it stands.
    builder.allow_unclosed_class(false);
    for glob in globs {
        builder.add(glob).map_err(|error| problem(glob, &error))?;
    }
    builder.build().map_err(|error| Problem::new(Code::Usage, error.to_string()).into())
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

    use super::overrides;

    #[test]
    fn keeps_what_matches_and_drops_what_is_negated() {
        let globs = overrides(&["*.rs".to_string(), "!lib.rs".to_string()], Path::new("/w")).unwrap();
        assert!(globs.matched("src/a.rs", false).is_whitelist());
        assert!(globs.matched("src/lib.rs", false).is_ignore());
        assert!(globs.matched("src/a.c", false).is_ignore());
        assert!(globs.matched("src", true).is_none());
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = overrides(&["[a".to_string()], Path::new("/w")).unwrap_err();
        assert!(error.to_string().starts_with("glob '[a' is wrong: unclosed character class"), "{error}");
    }
}
