//! Column names in the arguments of stages: lists, quotes, positions, paths, globs.
//!
//! Lists split on commas outside quotes, backticks and brackets. An argument that is exactly a column's name is that
//! column; a name in quotes, backticks or `col("…")` is never a path or a glob.

use std::sync::{Arc, OnceLock};

use crate::core::data::batch::{Batch, Values};
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::did_you_mean;
use crate::process::expr::{Env, Program, Tally, parse};
use crate::process::stage::Columns;

/// A column as an argument names it.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// The name or path.
    pub(crate) text: String,
    /// Whether it was quoted.
    pub(crate) exact: bool,
    path: Option<Arc<Program>>,
}

/// Where a column's values are.
#[derive(Debug)]
pub(crate) enum Found {
    /// In this column of the batch.
    Column(usize),
    /// Inside another column: these.
    Values(Values),
    /// Nowhere.
    Absent,
}

impl Name {
    /// Reads a name.
    pub(crate) fn new(text: &str, env: &Env) -> Result<Self> {
        let (name, exact) = unquote(text);
        if name.is_empty() {
            return Err(Problem::new(Code::Usage, "a column name is empty").into());
        }
        let mut path = None;
        if !exact
            && name.contains(['.', '['])
            && let Ok(parsed) = parse(&name)
            && parsed.column().is_some()
        {
            path = Some(Arc::new(Program::bind(&parsed, env, &[])?));
        }
        Ok(Self { text: name, exact, path })
    }

    /// A name that is taken as it is.
    pub(crate) fn exactly(text: &str) -> Self {
        Self { text: text.to_string(), exact: true, path: None }
    }

    /// Finds the values in a batch; a column of exactly that name wins over the path into one.
    pub(crate) fn find(&self, batch: &mut Batch) -> Found {
        if let Some(column) = batch.find(&self.text) {
            return Found::Column(column);
        }
        match &self.path {
            Some(path) => Found::Values(path.values(batch, &mut Tally::default())),
            None => Found::Absent,
        }
    }
}

/// A list of columns as written.
#[derive(Debug)]
pub(crate) struct Names {
    whole: String,
    listed: Vec<Name>,
    settled: OnceLock<Vec<Name>>,
}

impl Names {
    /// Reads a list.
    pub(crate) fn new(text: &str, env: &Env) -> Result<Self> {
        let listed = split(text).into_iter().map(|item| Name::new(item, env)).collect::<Result<Vec<_>>>()?;
        Ok(Self { whole: text.trim().to_string(), listed, settled: OnceLock::new() })
    }

    /// A list of columns that were found in an expression.
    pub(crate) fn of(names: &[String], env: &Env) -> Result<Self> {
        let listed = names.iter().map(|name| Name::new(name, env)).collect::<Result<Vec<_>>>()?;
        Ok(Self { whole: String::new(), listed, settled: OnceLock::new() })
    }

    /// Checks that the columns may exist, and decides whether the whole argument is one of them.
    pub(crate) fn check(&self, before: &Columns) -> Result<()> {
        self.check_but(before, |_| false)
    }

    /// The same, but without a look at some of them.
    pub(crate) fn check_but(&self, before: &Columns, skip: impl Fn(&Name) -> bool) -> Result<()> {
        if before.names.iter().any(|name| **name == *self.whole) {
            let _ = self.settled.set(vec![Name::exactly(&self.whole)]);
        }
        self.get().iter().filter(|name| !skip(name)).try_for_each(|name| before.check(&name.text))
    }

    /// The columns.
    pub(crate) fn get(&self) -> &[Name] {
        self.settled.get().unwrap_or(&self.listed)
    }

    /// Their texts, for needs.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        self.get().iter().map(|name| name.text.clone())
    }
}

/// Splits a list on commas outside quotes, backticks and brackets.
pub(crate) fn split(text: &str) -> Vec<&str> {
    split_outside(text, ",").into_iter().map(str::trim).collect()
}

/// A list of expressions in which names of known columns that do not read as such are quoted; none where there are none.
pub(crate) fn quoted(text: &str, before: &Columns) -> Option<String> {
    let known = |name: &str| before.names.iter().any(|column| **column == *name);
    let quote = quoted_name;
    let odd = |name: &str| known(name) && !parse(name).is_ok_and(|parsed| parsed.column() == Some(name));
    if odd(text.trim()) {
        return Some(quote(text.trim()));
    }
    let items = split(text);
    items.iter().any(|item| odd(item)).then(|| {
        let items: Vec<_> =
            items.into_iter().map(|item| if odd(item) { quote(item) } else { item.to_string() }).collect();
        items.join(", ")
    })
}

/// A column's name as an expression, whatever is in it.
pub(crate) fn quoted_name(name: &str) -> String {
    if name.contains('`') {
        format!("col(\"{}\")", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("`{name}`")
    }
}

/// Splits `10:ms by host` at the last `by` outside quotes.
pub(crate) fn split_by(text: &str) -> (&str, Option<&str>) {
    let parts = split_outside(text, " by ");
    match parts.last() {
        Some(last) if parts.len() > 1 => {
            let head = text.len() - last.len() - " by ".len();
            (text.get(..head).unwrap_or_default().trim(), Some(last.trim()))
        }
        _ => (text.trim(), None),
    }
}

/// Splits on a separator outside quotes, backticks and brackets. A quote that is never closed is a character like any
/// other.
pub(crate) fn split_outside<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        if depth == 0 && rest.starts_with(separator) {
            parts.push(text.get(start..at).unwrap_or_default());
            at += separator.len();
            start = at;
            continue;
        }
        match byte {
            b'"' | b'\'' | b'`' => {
                let close = bytes.iter().skip(at + 1).position(|other| *other == byte);
                at += close.map_or(0, |close| close + 1);
            }
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The name in quotes, backticks or `col("…")`, and whether there were any.
pub(crate) fn unquote(text: &str) -> (String, bool) {
    let text = text.trim();
    let call = text.strip_prefix("col(").and_then(|rest| rest.strip_suffix(')')).map(str::trim);
    let inner = call.unwrap_or(text);
    for quote in ['`', '"', '\''] {
        let inside = inner.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside
            && !inside.contains(quote)
        {
            return (inside.to_string(), true);
        }
    }
    (text.to_string(), false)
}

/// The number in `col(3)`, from 1.
pub(crate) fn position(text: &str) -> Option<usize> {
    text.trim().strip_prefix("col(")?.strip_suffix(')')?.trim().parse().ok().filter(|number| *number > 0)
}

/// Whether a name is a glob.
pub(crate) fn is_glob(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Whether a name fits a glob: `*` is any text, `?` any one character.
pub(crate) fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n) = (0, 0);
    let mut retry = None;
    while n < name.len() {
        match glob.get(g) {
            Some('*') => {
                retry = Some((g, n));
                g += 1;
            }
            Some(character) if *character == '?' || name.get(n) == Some(character) => {
                g += 1;
                n += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (g, n) = (star + 1, from + 1);
            }
        }
    }
    glob.iter().skip(g).all(|character| *character == '*')
}

/// The column that a path goes into: `a` of `a.b[0]`.
pub(crate) fn root(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// Reads a count of records.
pub(crate) fn count(text: &str, flag: &str) -> Result<u64> {
    text.trim().replace('_', "").parse().map_err(|_| {
        Problem::new(Code::Usage, format!("'{}' in --{flag} is not a number of records", text.trim())).into()
    })
}

/// What to say to whoever named a column that there is not: one of a similar name, the first columns, or `none` where
/// there are none.
pub(crate) fn suggestion(name: &str, columns: &[Arc<str>], none: &str) -> String {
    did_you_mean(name, columns.iter().map(|column| &**column)).unwrap_or_else(|| {
        let some: Vec<&str> = columns.iter().take(20).map(|column| &**column).collect();
        if some.is_empty() { none.to_string() } else { format!("columns: {}", some.join(", ")) }
    })
}

#[cfg(test)]
mod tests {
    use super::{glob_matches, position, split, split_by, unquote};

    #[test]
    fn splits_outside_quotes_and_brackets() {
        assert_eq!(split("a, `b,c`,col(\"d,e\"), f[0,1],g'"), ["a", "`b,c`", "col(\"d,e\")", "f[0,1]", "g'"]);
        assert_eq!(split_by("10:ms by host, zone"), ("10:ms", Some("host, zone")));
        assert_eq!(split_by("10:`a by b`"), ("10:`a by b`", None));
    }

    #[test]
    fn unquotes_names() {
        assert_eq!(unquote(" `a.b` "), ("a.b".into(), true));
        assert_eq!(unquote("col(\"x y\")"), ("x y".into(), true));
        assert_eq!(unquote("a b"), ("a b".into(), false));
        assert_eq!(position("col(3)"), Some(3));
        assert_eq!(position("col(\"3\")"), None);
    }

    #[test]
    fn matches_globs() {
        for (glob, name) in [("*", ""), ("a*", "abc"), ("*c", "abc"), ("a*c*e", "abcde"), ("a?c", "aéc")] {
            assert!(glob_matches(glob, name), "{glob} {name}");
        }
        for (glob, name) in [("a", "ab"), ("a*d", "abc"), ("?", ""), ("*b?", "ab")] {
            assert!(!glob_matches(glob, name), "{glob} {name}");
        }
    }
}
