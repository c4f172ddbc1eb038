//! From the user's patterns to one expression.
//!
//! Patterns are joined leftmost-first. Unless matches may cross lines, a line terminator is taken out of every class,
//! and a literal one is an error, so that whole blocks can be searched at once.

use regex_syntax::ast::{self, Ast};
use regex_syntax::hir::{self, Hir, Look};

use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::crossing::{crosses_lines, needs_nul, within_lines};
use crate::core::pattern::literals;
use crate::core::pattern::terminator::Terminator;

/// How letters are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Case {
    /// As written.
    #[default]
    Sensitive,
    /// Ignoring case.
    Insensitive,
    /// Ignoring case unless a pattern has an upper case letter.
    Smart,
}

/// What must be around a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// Anything.
    #[default]
    None,
    /// No word character on the outside.
    Word,
    /// The whole line.
    Line,
}

/// How far a match may reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the end of its line.
    #[default]
    Line,
    /// Over several lines.
    Lines,
    /// Over several lines, and `.` matches the end of a line too.
    Dotall,
}

/// How patterns are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    /// Letter case.
    pub(crate) case: Case,
    /// Boundaries of matches.
    pub(crate) bounds: Bounds,
    /// Whether patterns are plain text.
    pub(crate) fixed: bool,
    /// Whether a pattern that needs a NUL byte is an error.
    pub(crate) ban_nul: bool,
    /// What ends a line.
    pub(crate) terminator: Terminator,
    /// How far a match may reach.
    pub(crate) reach: Reach,
    /// Whether classes and letter case are those of Unicode.
    pub(crate) unicode: bool,
    /// Most bytes of the compiled patterns.
    pub(crate) size_limit: usize,
    /// Most bytes of the automaton that is built while searching.
    pub(crate) cache_limit: usize,
}

impl Default for Syntax {
    fn default() -> Self {
        Self {
            case: Case::Sensitive,
            bounds: Bounds::None,
            fixed: false,
            ban_nul: false,
            terminator: Terminator::Lf,
            reach: Reach::Line,
            unicode: true,
            size_limit: 100 << 20,
            cache_limit: 100 << 20,
        }
    }
}

/// The expressions of a set of patterns.
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    /// All patterns as one alternation, groups numbered through.
    pub(crate) joined: Hir,
    /// Each pattern on its own.
    pub(crate) each: Vec<Hir>,
    /// The texts that match, in order of preference, where the patterns are nothing but text.
    pub(crate) exact: Option<Vec<Vec<u8>>>,
    /// Whether a match may reach past its line.
    pub(crate) crosses: bool,
}

/// Parses the patterns.
pub(crate) fn parse(patterns: &[String], syntax: Syntax) -> Result<Parsed> {
    if is_plain(patterns, syntax) {
        let each: Vec<Hir> = patterns.iter().map(|pattern| Hir::literal(pattern.as_bytes())).collect();
        let joined = bounded(Hir::alternation(each.clone()), syntax);
        let texts = patterns.iter().map(|pattern| pattern.clone().into_bytes()).collect();
        return Ok(Parsed {
            crosses: syntax.reach != Reach::Line && crosses_lines(&joined, syntax.terminator),
            joined,
            each: each.into_iter().map(|hir| bounded(hir, syntax)).collect(),
            exact: only_text(texts, syntax.bounds),
        });
    }
    let source = |pattern: &str| if syntax.fixed { regex_syntax::escape(pattern) } else { pattern.to_string() };
    let sources: Vec<String> = patterns.iter().map(|pattern| source(pattern)).collect();
    let asts = sources.iter().map(|source| parse_ast(source)).collect::<Result<Vec<Ast>>>()?;
    let ignore_case = match syntax.case {
        Case::Sensitive => false,
        Case::Insensitive => true,
        Case::Smart => smart_ignores_case(&asts),
    };
    let alone = sources.iter().zip(&asts).map(|(source, ast)| translate(source, ast, ignore_case, syntax));
    let alone: Vec<Result<Hir>> = alone.collect();
    let (joined, each) = if let [Ok(one)] = alone.as_slice() {
        (one.clone(), vec![one.clone()])
    } else {
        let text = sources.iter().map(|source| format!("(?:{source})")).collect::<Vec<_>>().join("|");
        match translate(&text, &parse_ast(&text)?, ignore_case, syntax) {
            // Next to others a single character is part of a class, from which the end of a line is taken out; alone it
            // matches nothing then.
            Ok(joined) => (joined, alone.into_iter().map(|hir| hir.unwrap_or_else(|_| Hir::fail())).collect()),
            // What is wrong is told of the pattern itself.
            Err(error) => return Err(alone.into_iter().find_map(Result::err).unwrap_or(error)),
        }
    };
    let exact = literals::exact(&joined).and_then(|texts| only_text(texts, syntax.bounds));
    let crosses = syntax.reach != Reach::Line && crosses_lines(&joined, syntax.terminator);
    Ok(Parsed { joined, each, exact, crosses })
}

/// The texts, if finding them is all there is to matching.
fn only_text(texts: Vec<Vec<u8>>, bounds: Bounds) -> Option<Vec<Vec<u8>>> {
    (bounds == Bounds::None && !texts.is_empty() && texts.iter().all(|text| !text.is_empty())).then_some(texts)
}

/// Whether all patterns are text without any meaning, so that parsing can be left out.
fn is_plain(patterns: &[String], syntax: Syntax) -> bool {
    syntax.case == Case::Sensitive
        && patterns.iter().all(|pattern| {
            (syntax.reach != Reach::Line || !pattern.contains(syntax.terminator.banned()))
                && (syntax.fixed || !pattern.chars().any(regex_syntax::is_meta_character))
        })
}

fn parse_ast(source: &str) -> Result<Ast> {
    ast::parse::ParserBuilder::new()
        .nest_limit(250)
        .build()
        .parse(source)
        .map_err(|error| syntax_problem(source, &error.kind().to_string(), error.span()).into())
}

fn translate(source: &str, ast: &Ast, ignore_case: bool, syntax: Syntax) -> Result<Hir> {
    let hir = hir::translate::TranslatorBuilder::new()
        .utf8(false)
        .case_insensitive(ignore_case)
        .multi_line(true)
        .unicode(syntax.unicode)
        .dot_matches_new_line(syntax.reach == Reach::Dotall)
        .crlf(syntax.terminator == Terminator::CrLf)
        .build()
        .translate(source, ast)
        .map_err(|error| syntax_problem(source, &error.kind().to_string(), error.span()))?;
    if syntax.ban_nul && needs_nul(&hir) {
        return Err(Problem::new(Code::Pattern, "the pattern has a NUL byte, which no searched line can have")
            .hint("-a searches binary files as text, and takes NULs in patterns")
            .into());
    }
    Ok(bounded(if syntax.reach == Reach::Line { within_lines(hir, syntax.terminator)? } else { hir }, syntax))
}

/// A syntax error with the stretch of the pattern it is about.
fn syntax_problem(source: &str, message: &str, span: &ast::Span) -> Problem {
    let mut problem = Problem::new(Code::Pattern, format!("regex: {message}"))
        .caret(source, span.start.offset, span.end.offset.max(span.start.offset + 1))
        .hint("use -F to search for the text as it is");
    if message.contains("backreferences") || message.contains("look-around") {
        problem = problem.hint("-P has backreferences and look-around");
    }
    problem
}

/// Smart case: some literal, and none in upper case. `\S` and `\pL` are not literals.
fn smart_ignores_case(asts: &[Ast]) -> bool {
    #[derive(Default)]
    struct Letters {
        any: bool,
        upper: bool,
    }
    impl Letters {
        fn see(&mut self, literal: &ast::Literal) {
            self.any = true;
            self.upper |= literal.c.is_uppercase();
        }
    }
    impl ast::Visitor for &mut Letters {
        type Output = ();
        type Err = std::convert::Infallible;

        fn finish(self) -> std::result::Result<(), Self::Err> {
            Ok(())
        }

        fn visit_pre(&mut self, ast: &Ast) -> std::result::Result<(), Self::Err> {
            if let Ast::Literal(literal) = ast {
                self.see(literal);
            }
            Ok(())
        }

        fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> std::result::Result<(), Self::Err> {
            match item {
                ast::ClassSetItem::Literal(literal) => self.see(literal),
                ast::ClassSetItem::Range(range) => {
                    self.see(&range.start);
                    self.see(&range.end);
                }
                _ => {}
            }
            Ok(())
        }
    }
    let mut letters = Letters::default();
    for ast in asts {
        let Ok(()) = ast::visit(ast, &mut letters);
    }
    letters.any && !letters.upper
}

/// Puts the boundaries around an expression.
fn bounded(hir: Hir, syntax: Syntax) -> Hir {
    let (start, end) = match (syntax.bounds, syntax.terminator) {
        (Bounds::None, _) => return hir,
        (Bounds::Word, _) if syntax.unicode => (Look::WordStartHalfUnicode, Look::WordEndHalfUnicode),
        (Bounds::Word, _) => (Look::WordStartHalfAscii, Look::WordEndHalfAscii),
        (Bounds::Line, Terminator::CrLf) => (Look::StartCRLF, Look::EndCRLF),
        (Bounds::Line, Terminator::Lf | Terminator::Nul) => (Look::StartLF, Look::EndLF),
    };
    Hir::concat(vec![Hir::look(start), hir, Hir::look(end)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Case, Syntax, parse};

    fn parses(pattern: &str) -> bool {
        parse(&[pattern.to_string()], Syntax { ban_nul: true, ..Syntax::default() }).is_ok()
    }

    #[test]
    fn a_line_end_is_refused_only_where_it_is_needed() {
        assert!(!parses("a\\nb"));
        assert!(!parses("[\\n]"));
        assert!(parses("a\\sb"));
        assert!(parses("[^x]"));
        assert!(!parses("a\\x00"));
        assert!(parses("[^a]"));
    }

    #[test]
    fn a_line_end_next_to_other_characters_is_left_out() {
        let parsed = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            parse(&patterns, Syntax::default())
        };
        let both = parsed(&["[\\n]", "o"]).unwrap();
        assert_eq!(both.joined, parsed(&["o"]).unwrap().joined);
        assert_eq!(both.each.len(), 2);
        assert!(parsed(&["[\\n]x", "o"]).is_err());
    }

    #[test]
    fn smart_case_looks_at_literals_only() {
        let ignores = |pattern: &str| {
            let syntax = Syntax { case: Case::Smart, ..Syntax::default() };
            let sensitive = parse(&[pattern.to_string()], Syntax::default()).unwrap();
            parse(&[pattern.to_string()], syntax).unwrap().joined != sensitive.joined
        };
        assert!(ignores("foo\\S"));
        assert!(!ignores("Foo"));
        assert!(!ignores("\\pL"));
        assert!(!ignores("[A-z]x"));
    }
}
