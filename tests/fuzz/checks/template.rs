//! Replacement templates against `Regex::replace_all`, and the other templates of the command line.

use super::choice;
use super::search::oracle;
use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::Syntax;
use crate::search::context::Line;
use crate::search::printer::hyperlink::Format;
use crate::search::replace::Replacer;

/// Three lines: the pattern, the template, the text.
pub fn template(data: &[u8]) {
    let (flags, rest) = choice(data);
    let Ok(rest) = std::str::from_utf8(rest) else { return };
    let mut lines = rest.splitn(3, '\n');
    let (pattern, template) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let text = lines.next().unwrap_or_default().lines().next().unwrap_or_default();
    let _ = Format::parse(template);
    let syntax = Syntax { fixed: flags & 1 != 0, size_limit: 1 << 20, ..Syntax::default() };
    let Ok(matcher) = Matcher::new(&[pattern.to_string()], syntax, Detail::Spans) else { return };
    let Some(regex) = oracle(pattern, syntax) else { return };
    let mut replacer = Replacer::new(template);
    let line = Line { bytes: text.as_bytes(), offset: 0, number: 1, within: None, spans: None };
    let replaced = replacer.replace(&matcher, &mut matcher.scratch(), &line);
    // An empty match behind the last byte of a line is on no line, as for ripgrep.
    let on_line = regex.find_iter(text.as_bytes()).take_while(|found| found.start() < text.len()).count();
    let wanted = if on_line == 0 {
        text.as_bytes().into()
    } else {
        regex.replacen(text.as_bytes(), on_line, template.as_bytes())
    };
    assert_eq!(replaced, on_line > 0, "{pattern:?} {template:?} {text:?}");
    let found = replacer.text.escape_ascii().to_string();
    assert_eq!(found, wanted.escape_ascii().to_string(), "{pattern:?} {template:?} {text:?}");
    assert_eq!(replacer.spans.len(), on_line);
}
