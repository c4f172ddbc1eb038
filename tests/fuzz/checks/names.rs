//! Globs and file types from the command line: nothing panics, and a single glob says what `globset` says.

use std::path::Path;

use globset::GlobBuilder;

use super::choice;
use crate::core::input::globs::{Globs, overrides};
use crate::core::input::types::{TypeChange, build, definitions};

const PATHS: [&str; 10] =
    ["a", "a.rs", "src/a.rs", "src/.hidden", "x/y/z.tar.gz", "A.RS", "a b", "é/ü", "[a]", "deep/deep/deep/x.c"];

/// The first byte picks globs or types; each line is one.
pub fn names(data: &[u8]) {
    let (pick, text) = choice(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    if pick % 2 == 1 {
        types(text);
        return;
    }
    let exact: Vec<String> = text.lines().map(ToString::to_string).collect();
    let globs = Globs { exact, any_case: Vec::new(), ignore_case: pick & 2 != 0 };
    let Ok(matcher) = overrides(&globs, Path::new("/work")) else { return };
    for path in PATHS {
        let found = matcher.matched(path, false);
        if let [glob] = globs.exact.as_slice()
            && !glob.is_empty()
            && glob.chars().all(|char| {
                char.is_alphanumeric() || matches!(char, '*' | '?' | '[' | ']' | '{' | '}' | ',' | '-' | '.')
            })
            && let Ok(plain) =
                GlobBuilder::new(glob).literal_separator(true).case_insensitive(globs.ignore_case).build()
        {
            // Without a slash it is the last part of the path that must match, or the name of a directory above it.
            let wanted = Path::new(path).iter().any(|part| plain.compile_matcher().is_match(part));
            assert!(wanted || !found.is_whitelist(), "{glob:?} {path:?}");
            let last = Path::new(path).file_name().unwrap();
            assert!(found.is_whitelist() || !plain.compile_matcher().is_match(last), "{glob:?} {path:?}");
        }
    }
}

fn types(text: &str) {
    let change = |line: &str| {
        let rest = || line.get(1..).unwrap_or_default().to_string();
        match line.as_bytes().first() {
            Some(b'-') => TypeChange::Negate(rest()),
            Some(b'+') => TypeChange::Add(rest()),
            Some(b'!') => TypeChange::Clear(rest()),
            _ => TypeChange::Select(line.to_string()),
        }
    };
    let changes: Vec<TypeChange> = text.lines().map(change).collect();
    let _ = definitions(&changes);
    if let Ok(types) = build(&changes) {
        for path in PATHS {
            let _ = types.matched(path, false);
        }
    }
}
