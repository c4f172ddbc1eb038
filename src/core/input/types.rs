//! File types by name: `-t rust`, `-T json`.

use ignore::types::{Types, TypesBuilder};

use crate::core::error::{Code, Problem, Result};
use crate::core::registry::did_you_mean;

/// One `-t` or `-T`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeChange {
    /// Only files of this type, and of others selected.
    Select(String),
    /// No files of this type.
    Negate(String),
}

/// The matcher for these changes, applied in order; `all` stands for every type.
pub(crate) fn build(changes: &[TypeChange]) -> Result<Types> {
    if changes.is_empty() {
        return Ok(Types::empty());
    }
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for change in changes {
        match change {
            TypeChange::Select(name) => builder.select(name),
            TypeChange::Negate(name) => builder.negate(name),
        };
    }
    builder.build().map_err(|error| problem(&error).into())
}

fn problem(error: &ignore::Error) -> Problem {
    let ignore::Error::UnrecognizedFileType(name) = error else {
        return Problem::new(Code::Usage, error.to_string());
    };
    let problem = Problem::new(Code::Usage, format!("unknown file type '{name}'"));
    let known = definitions();
    match did_you_mean(name, known.iter().map(|(name, _)| name.as_str())) {
        Some(hint) => problem.hint(hint),
        None => problem.hint("`mytools list types` prints them"),
    }
}

/// Every type with its globs, in the order of their names.
pub(crate) fn definitions() -> Vec<(String, Vec<String>)> {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    builder.definitions().into_iter().map(|def| (def.name().to_string(), def.globs().to_vec())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{TypeChange, build, definitions};

    #[test]
    fn selects_and_negates_in_order() {
        let types = build(&[TypeChange::Select("rust".into()), TypeChange::Select("py".into())]).unwrap();
        assert!(types.matched("a.rs", false).is_whitelist());
        assert!(types.matched("a.c", false).is_ignore());
        let types = build(&[TypeChange::Negate("rust".into())]).unwrap();
        assert!(types.matched("a.rs", false).is_ignore());
        assert!(types.matched("a.c", false).is_none());
    }

    #[test]
    fn an_unknown_type_gets_a_suggestion() {
        let error = build(&[TypeChange::Select("rusty".into())]).unwrap_err();
        assert_eq!(error.to_string(), "unknown file type 'rusty'; did you mean 'rust'?");
        assert!(definitions().len() > 200);
    }
}
