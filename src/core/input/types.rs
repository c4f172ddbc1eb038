//! File types by name: `-t rust`, `-T json`.

use ignore::types::{Types, TypesBuilder};

use crate::core::error::{Code, Problem, Result};
use crate::core::registry::did_you_mean;

/// One `-t`, `-T`, `--type-add` or `--type-clear`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeChange {
    /// Only files of this type, and of others selected.
    Select(String),
    /// No files of this type.
    Negate(String),
    /// A type has another glob, `NAME:GLOB`, or those of other types too, `NAME:include:OTHER,OTHER`.
    Add(String),
    /// A type has no globs any more.
    Clear(String),
}

/// The matcher for these changes, applied in order; `all` stands for every type.
pub(crate) fn build(changes: &[TypeChange]) -> Result<Types> {
    if changes.is_empty() {
        return Ok(Types::empty());
    }
    builder(changes)?.build().map_err(|error| problem(&error, changes).into())
}

fn builder(changes: &[TypeChange]) -> Result<TypesBuilder> {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for change in changes {
        match change {
            TypeChange::Select(name) => {
                builder.select(name);
            }
            TypeChange::Negate(name) => {
                builder.negate(name);
            }
            TypeChange::Clear(name) => {
                builder.clear(name);
            }
            TypeChange::Add(definition) => builder.add_def(definition).map_err(|_| wrong(definition))?,
        }
    }
    Ok(builder)
}

fn wrong(definition: &str) -> Problem {
    Problem::new(Code::Usage, format!("cannot use '{definition}' as a file type"))
        .hint("write NAME:GLOB, as in web:*.html, or NAME:include:OTHER,OTHER with types that exist")
}

fn problem(error: &ignore::Error, changes: &[TypeChange]) -> Problem {
    let ignore::Error::UnrecognizedFileType(name) = error else {
        return Problem::new(Code::Usage, error.to_string());
    };
    let problem = Problem::new(Code::Usage, format!("unknown file type '{name}'"));
    let known = definitions(changes).unwrap_or_default();
    match did_you_mean(name, known.iter().map(|(name, _)| name.as_str())) {
        Some(hint) => problem.hint(hint),
        None => problem.hint("`mytools list types` prints them"),
    }
}

/// Every type with its globs after these changes, in the order of their names.
pub(crate) fn definitions(changes: &[TypeChange]) -> Result<Vec<(String, Vec<String>)>> {
    let definitions = builder(changes)?.definitions();
    Ok(definitions.into_iter().map(|def| (def.name().to_string(), def.globs().to_vec())).collect())
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
    fn types_change_in_order() {
        let add = |definition: &str| TypeChange::Add(definition.into());
        let changes = [add("web:*.htm"), add("web:include:css"), TypeChange::Clear("c".into()), add("c:*.cc")];
        let globs = definitions(&changes).unwrap();
        let of = |name: &str| globs.iter().find(|(found, _)| found == name).unwrap().1.join(" ");
        assert_eq!((of("web").as_str(), of("c").as_str()), ("*.css *.htm *.scss", "*.cc"));
        assert!(build(&[add("nothing")]).unwrap_err().to_string().starts_with("cannot use 'nothing' as a file type"));
    }

    #[test]
    fn an_unknown_type_gets_a_suggestion() {
        let error = build(&[TypeChange::Select("rusty".into())]).unwrap_err();
        assert_eq!(error.to_string(), "unknown file type 'rusty'; did you mean 'rust'?");
        assert!(definitions(&[]).unwrap().len() > 200);
    }
}
