//! Columns, functions and aggregates inside lists and expressions: the last name of what is typed is completed.

use crate::cli::complete::{Candidate, Then};
use crate::core::format::FORMATS;
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::function::FUNCTIONS;
use crate::process::glance::Glance;
use crate::process::stage::window_functions;

/// What the value of a flag is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names of columns, with commas between them.
    Columns,
    /// The same with words behind colons.
    Keys(&'static [&'static str]),
    /// Something else, with names of columns behind `by`.
    By,
    /// Names of columns mostly; functions where no column is meant.
    Groups,
    /// Expressions of columns and functions.
    Expressions,
    /// The same with aggregates.
    Aggregates,
    /// The same with the functions of windows.
    Windows,
    /// Conditions, and what rules are made of besides.
    Rules,
    /// A column, `as`, and a format that a column can be read as.
    As,
}

/// Where in a text the name under the cursor starts, and how it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name<'t> {
    /// The text before it, an opening backtick not included.
    head: &'t str,
    /// As far as it is typed.
    typed: &'t str,
    /// Where it stands.
    quote: Quote,
}

/// The quotes that a name stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    /// None.
    Bare,
    /// Backticks.
    Backtick,
    /// Those of `col("…")`, single or double.
    Col(char),
    /// Those of a text, which nothing is known about.
    Text,
}

/// What a text may become.
pub(super) fn complete(text: &str, kind: Kind, glance: &Glance) -> Vec<Candidate> {
    let mut found = Vec::new();
    let whole = match kind {
        Kind::Columns | Kind::Groups | Kind::Keys(_) => item(text),
        Kind::By | Kind::Expressions | Kind::Aggregates | Kind::Windows | Kind::Rules | Kind::As => None,
    };
    if let Some((head, typed)) = whole {
        // A name with blanks in it, as a whole item of a list.
        for name in glance.columns.iter().filter(|name| !is_bare(name) && name.starts_with(typed)) {
            let word = if head.is_empty() { name.to_string() } else { format!("{head}`{name}`") };
            found.push(Candidate::new(word, "column").shown(&**name).then(Then::More));
        }
    }
    if let Kind::Keys(words) = kind
        && let Some((head, typed)) = text.rsplit_once(':')
        && !typed.contains([' ', ','])
        && !head.ends_with(|last: char| last.is_ascii_digit() && !head.contains(|other: char| !other.is_ascii_digit()))
    {
        let words = words.iter().filter(|word| word.starts_with(typed));
        found.extend(words.map(|word| Candidate::new(format!("{head}:{word}"), "order").shown(*word).then(Then::More)));
        return found;
    }
    let name = last_name(text);
    if let Some(words) = words(kind, name) {
        let words = words.into_iter().filter(|word| word.starts_with(name.typed));
        return words
            .map(|word| Candidate::new(format!("{}{word}", name.head), "").shown(word).then(Then::More))
            .collect();
    }
    if kind == Kind::By && !is_behind_by(name.head) {
        return Vec::new();
    }
    for column in columns(name, glance) {
        if !found.iter().any(|other: &Candidate| other.shown == column.shown) {
            found.push(column);
        }
    }
    if name.quote == Quote::Bare {
        if kind == Kind::Aggregates {
            let rows = AGGREGATES.iter().map(|row| (row.name, row.summary));
            found.extend(calls(name, rows));
        }
        if kind == Kind::Windows {
            found.extend(calls(name, window_functions()));
        }
        let wanted = match kind {
            Kind::Aggregates | Kind::Expressions | Kind::Windows | Kind::Rules => true,
            Kind::Groups => found.is_empty(),
            Kind::Columns | Kind::Keys(_) | Kind::By | Kind::As => false,
        };
        if wanted && !name.typed.is_empty() {
            found.extend(calls(name, FUNCTIONS.iter().map(|row| (row.name, row.summary))));
        }
    }
    found
}

/// The words that may stand at a place where no name can: those between operands, and formats behind `as`.
fn words(kind: Kind, name: Name<'_>) -> Option<Vec<&'static str>> {
    if name.quote != Quote::Bare {
        return None;
    }
    let operand = is_operand(name.head);
    match kind {
        Kind::As if name.head.ends_with(" as ") => {
            Some(FORMATS.iter().filter(|row| row.item.parser.is_some()).map(|row| row.name).collect())
        }
        Kind::As if operand => Some(vec!["as"]),
        Kind::Rules if operand => {
            Some(["unique", "not null", "is int", "is number", "is date"].into_iter().chain(OPERATORS).collect())
        }
        Kind::Expressions | Kind::Aggregates | Kind::Windows if operand => Some(OPERATORS.to_vec()),
        _ => None,
    }
}

/// The operators that are words.
const OPERATORS: [&str; 6] = ["and", "or", "in", "between", "is null", "is not null"];

/// Whether a text ends in a name, a number, a bracket or a quote, and a blank.
fn is_operand(text: &str) -> bool {
    let operand = text.trim_end();
    let word = operand.rsplit(|last: char| !last.is_alphanumeric() && last != '_').next().unwrap_or_default();
    let ends = operand.ends_with([')', ']', '`', '"', '\'']) || !word.is_empty() && !WORDS.contains(&word);
    operand.len() < text.len() && ends
}

/// The columns that a name may be, and the paths into them once a dot or bracket is typed.
fn columns(name: Name<'_>, glance: &Glance) -> Vec<Candidate> {
    let columns = glance.columns.iter().map(|column| {
        let written = match name.quote {
            Quote::Bare if is_path(column) => column.to_string(),
            Quote::Bare | Quote::Backtick => format!("`{column}`"),
            Quote::Col(quote) => format!("{quote}{column}{quote})"),
            Quote::Text => String::new(),
        };
        (&**column, written)
    });
    let inside = name.quote == Quote::Bare && name.typed.contains(['.', '[']);
    let paths = glance.paths.iter().filter(|_| inside).map(|path| (path.as_str(), path.clone()));
    let fitting = columns.chain(paths).filter(|(shown, written)| shown.starts_with(name.typed) && !written.is_empty());
    let candidate = |(shown, written): (&str, String)| {
        Candidate::new(format!("{}{written}", name.head), "column").shown(shown).then(Then::More)
    };
    fitting.map(candidate).collect()
}

/// The functions that a name may be, with the bracket that follows.
fn calls(name: Name<'_>, rows: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<Candidate> {
    let offered = rows.filter(|(row, _)| row.starts_with(name.typed)).map(|(row, summary)| {
        Candidate::new(format!("{}{row}(", name.head), summary).shown(format!("{row}(")).then(Then::More)
    });
    offered.collect()
}

/// Where the last item of a list starts, and the quote that is open at the end.
fn scan(text: &str) -> (usize, Option<(usize, char)>) {
    let mut start = 0;
    let mut quote: Option<(usize, char)> = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '`' | '"' | '\'') => quote = Some((at, character)),
            (Some((_, open)), close) if open == close => quote = None,
            (None, ',') => start = at + 1,
            _ => {}
        }
    }
    (start, quote)
}

/// The last item of a list, with what stands before it.
fn item(text: &str) -> Option<(&str, &str)> {
    let (start, None) = scan(text) else { return None };
    let (_, item) = text.split_at(start);
    let blanks = item.len() - item.trim_start().len();
    Some(text.split_at(start + blanks))
}

/// The name that a text ends in, be it empty.
fn last_name(text: &str) -> Name<'_> {
    if let (_, Some((at, open))) = scan(text) {
        let (head, typed) = text.split_at(at);
        let typed = typed.get(open.len_utf8()..).unwrap_or_default();
        let quote = match open {
            '`' => Quote::Backtick,
            _ if head.trim_end().ends_with("col(") => Quote::Col(open),
            _ => Quote::Text,
        };
        return Name { head, typed, quote };
    }
    let part = |character: &char| character.is_alphanumeric() || matches!(character, '_' | '.' | '[' | ']');
    let length: usize = text.chars().rev().take_while(part).map(char::len_utf8).sum();
    let (head, typed) = text.split_at(text.len() - length);
    Name { head, typed, quote: Quote::Bare }
}

fn is_behind_by(head: &str) -> bool {
    head.split([' ', ',']).any(|word| word == "by")
}

/// Words that are not names in expressions.
const WORDS: [&str; 11] = ["and", "or", "not", "in", "is", "null", "true", "false", "between", "by", "like"];

/// Whether a name needs no quotes.
fn is_bare(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_alphanumeric() || character == '_')
        && !WORDS.contains(&name)
}

/// Whether a column or path needs no quotes.
fn is_path(path: &str) -> bool {
    path.split('.').all(is_bare)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Kind, OPERATORS, complete};
    use crate::process::glance::Glance;

    fn words(text: &str, kind: Kind) -> Vec<String> {
        let columns = ["host", "unit price", "url", "at"].map(Arc::from).to_vec();
        let paths = ["at.day", "at.hour", "url[\"x y\"]"].map(String::from).into();
        let found = complete(text, kind, &Glance { columns, paths });
        found.into_iter().map(|candidate| candidate.word).collect()
    }

    #[test]
    fn the_last_name_is_completed() {
        assert_eq!(words("u", Kind::Columns), ["unit price", "url"]);
        assert_eq!(words("host,u", Kind::Columns), ["host,`unit price`", "host,url"]);
        assert_eq!(words("host, unit p", Kind::Columns), ["host, `unit price`"]);
        assert_eq!(words("`uni", Kind::Columns), ["`unit price`"]);
        assert_eq!(words("at.", Kind::Columns), ["at.day", "at.hour"]);
        assert_eq!(words("url[", Kind::Columns), ["url[\"x y\"]"]);
    }

    #[test]
    fn expressions_have_functions_and_aggregates() {
        assert_eq!(words("x > 1 and ho", Kind::Expressions), ["x > 1 and host", "x > 1 and hour("]);
        assert_eq!(words("col(\"uni", Kind::Expressions), ["col(\"unit price\")"]);
        assert_eq!(words("at ", Kind::Expressions), OPERATORS.map(|word| format!("at {word}")));
        assert_eq!(words("at > 1 a", Kind::Expressions), ["at > 1 and"]);
        assert_eq!(words("at > ", Kind::Expressions), ["at > host", "at > `unit price`", "at > url", "at > at"]);
        assert_eq!(words("url un", Kind::Rules), ["url unique"]);
        assert_eq!(words("url as logf", Kind::As), ["url as logfmt"]);
        assert_eq!(words("x=la", Kind::Windows), ["x=lag("]);
        assert_eq!(words("host == 'u", Kind::Expressions), [""; 0]);
        assert!(words("n=cou", Kind::Aggregates).contains(&"n=count(".to_string()));
        assert!(words("n=", Kind::Aggregates).contains(&"n=sum(".to_string()));
    }

    #[test]
    fn orders_stand_behind_colons() {
        let orders = Kind::Keys(&["desc", "num"]);
        assert_eq!(words("host:", orders), ["host:desc", "host:num"]);
        assert_eq!(words("host:desc,a", orders), ["host:desc,at"]);
        assert_eq!(words("10:u", orders), ["10:`unit price`", "10:url"]);
        assert_eq!(words("3:at by ho", orders), ["3:at by host"]);
        assert_eq!(words("10 by ho", Kind::By), ["10 by host"]);
        assert_eq!(words("1", Kind::By), [""; 0]);
    }
}
