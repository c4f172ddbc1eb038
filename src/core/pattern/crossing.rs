//! What an expression has to do with the ends of lines, and with NULs: whether it can match them, and taking them out.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::terminator::Terminator;

/// The expression without what ends lines in any class; an error where it is needed.
pub(crate) fn within_lines(hir: Hir, terminator: Terminator) -> Result<Hir> {
    terminator.banned().iter().try_fold(hir, |hir, banned| without(hir, *banned))
}

/// Whether a match may go past the end of a line, or look past it: then the text cannot be cut into lines first.
pub(crate) fn crosses_lines(hir: &Hir, terminator: Terminator) -> bool {
    terminator.banned().iter().any(|banned| reaches(hir, *banned))
}

/// Whether the expression sees in a block what it would not see in a line alone: the ends of the haystack; lines in
/// lines that end with NUL; the place between `\r` and `\n`, for an expression that matches nothing but places.
pub(crate) fn needs_lines(hir: &Hir, terminator: Terminator) -> bool {
    let properties = hir.properties();
    let looks = properties.look_set();
    looks.contains_anchor_haystack()
        || match terminator {
            Terminator::Lf => false,
            Terminator::CrLf => properties.minimum_len().is_none_or(|least| least == 0) && !looks.is_empty(),
            Terminator::Nul => looks.contains_anchor(),
        }
}

/// Whether some part of the expression can only match a NUL byte.
pub(crate) fn needs_nul(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&0),
        HirKind::Class(Class::Unicode(class)) => {
            matches!(class.ranges(), [range] if range.start() == '\0' && range.end() == '\0')
        }
        HirKind::Class(Class::Bytes(class)) => {
            matches!(class.ranges(), [range] if range.start() == 0 && range.end() == 0)
        }
        HirKind::Repetition(repetition) => needs_nul(&repetition.sub),
        HirKind::Capture(capture) => needs_nul(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(needs_nul),
    }
}

/// Whether an ASCII character can be in a match, or is what an anchor looks for.
fn reaches(hir: &Hir, banned: char) -> bool {
    let byte = banned as u8;
    match hir.kind() {
        HirKind::Empty => false,
        HirKind::Look(look) => match look {
            Look::Start | Look::End | Look::StartLF | Look::EndLF => byte == b'\n',
            Look::StartCRLF | Look::EndCRLF => matches!(byte, b'\r' | b'\n'),
            _ => false,
        },
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().any(|range| range.start() <= banned && banned <= range.end())
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| range.start() <= byte && byte <= range.end())
        }
        HirKind::Repetition(repetition) => repetition.max != Some(0) && reaches(&repetition.sub, banned),
        HirKind::Capture(capture) => reaches(&capture.sub, banned),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| reaches(part, banned)),
    }
}

/// The expression with an ASCII character taken out of every class; an error where a literal one is needed.
fn without(hir: Hir, banned: char) -> Result<Hir> {
    let byte = banned as u8;
    let needed = || {
        let name = banned.escape_default();
        Problem::new(Code::Pattern, format!("the literal '{name}' is a line end, and a match does not cross lines"))
            .hint("-U lets matches cross lines")
    };
    Ok(match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Literal(literal) => {
            if literal.0.contains(&byte) {
                return Err(needed().into());
            }
            Hir::literal(literal.0)
        }
        HirKind::Class(Class::Unicode(mut class)) => {
            if !class.ranges().is_empty() {
                class.difference(&ClassUnicode::new([ClassUnicodeRange::new(banned, banned)]));
                if class.ranges().is_empty() {
                    return Err(needed().into());
                }
            }
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(mut class)) => {
            if !class.ranges().is_empty() {
                class.difference(&ClassBytes::new([ClassBytesRange::new(byte, byte)]));
                if class.ranges().is_empty() {
                    return Err(needed().into());
                }
            }
            Hir::class(Class::Bytes(class))
        }
        HirKind::Repetition(mut repetition) => {
            repetition.sub = Box::new(without(*repetition.sub, banned)?);
            Hir::repetition(repetition)
        }
        HirKind::Capture(mut capture) => {
            capture.sub = Box::new(without(*capture.sub, banned)?);
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => {
            Hir::concat(parts.into_iter().map(|part| without(part, banned)).collect::<Result<_>>()?)
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(|part| without(part, banned)).collect::<Result<_>>()?)
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::crosses_lines;
    use crate::core::pattern::terminator::Terminator;

    fn crosses(pattern: &str, terminator: Terminator) -> bool {
        let hir = regex_syntax::ParserBuilder::new().multi_line(true).utf8(false).build().parse(pattern).unwrap();
        crosses_lines(&hir, terminator)
    }

    #[test]
    fn knows_what_may_cross_a_line() {
        for pattern in ["foo", "a.b", r"\w+ \w+", r"\bfoo\b", "[a-z]"] {
            assert!(!crosses(pattern, Terminator::Lf), "{pattern}");
        }
        for pattern in [r"foo\n", r"\s", "[^a]", "(?s)a.b", "^a", "a$", r"\W", r"(?-u)\xff|[^x]"] {
            assert!(crosses(pattern, Terminator::Lf), "{pattern}");
        }
        assert!(crosses(r"\r", Terminator::CrLf) && !crosses(r"\r", Terminator::Lf));
        assert!(crosses(".", Terminator::Nul) && !crosses("^a$", Terminator::Nul));
    }
}
