//! Pieces of text as roff with the macros of man(7), which groff and mandoc read.

use std::fmt::Write;

use crate::cli::document::Block;

/// Text in which nothing is a request or an escape. What is not ASCII is named by its code point, so that pages read the
/// same whatever encoding a reader expects.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        match character {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '"' => out.push_str("\\(dq"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '`' => out.push_str("\\(ga"),
            '.' if at == 0 => out.push_str("\\&."),
            // Long lists may be broken behind their commas.
            ',' => out.push_str(",\\:"),
            '→' => out.push_str("\\(->"),
            other if other.is_ascii() => out.push(other),
            other => {
                let _ = write!(out, "\\[u{:04X}]", u32::from(other));
            }
        }
    }
    out
}

/// A name to be typed as it is.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escape(text))
}

/// A name that stands for something else.
pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escape(text))
}

/// A page under construction.
pub(super) struct Roff {
    text: String,
}

impl Roff {
    /// The start of a page: what stands in its head and foot.
    pub(super) fn new(name: &str, section: u8) -> Self {
        let kind = if section == 1 { "User Commands" } else { "Miscellaneous" };
        let version = env!("CARGO_PKG_VERSION");
        let mut roff = Self { text: String::new() };
        roff.line(&format!(".TH {} {section} \"\" \"mytools {version}\" \"{kind}\"", escape(&name.to_uppercase())));
        // Neither hyphens nor stretched blanks in what may be copied.
        roff.line(".nh");
        roff.line(".ad l");
        roff
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A line of roff as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A section.
    pub(super) fn section(&mut self, title: &str) {
        self.line(&format!(".SH \"{}\"", escape(&title.to_uppercase())));
    }

    /// A part of a section.
    pub(super) fn part(&mut self, title: &str) {
        self.line(&format!(".SS \"{}\"", escape(title)));
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        // Behind a heading there is room already.
        if !self.text.lines().last().is_some_and(|line| line.starts_with(".S")) {
            self.line(".PP");
        }
        self.line(&escape(text));
    }

    /// Something with a name, which is roff already, and what there is to say about it.
    pub(super) fn term(&mut self, name: &str, about: &str) {
        self.line(".TP");
        self.line(name);
        self.line(&escape(about));
    }

    /// Lines that are printed as they stand.
    fn verbatim(&mut self, lines: &[String], indent: u8) {
        self.line(&format!(".RS {indent}"));
        self.line(".EX");
        for line in lines {
            self.line(&escape(line));
        }
        self.line(".EE");
        self.line(".RE");
    }

    /// Pieces of a text.
    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        let mut blocks = blocks.iter().peekable();
        let mut indent = 4;
        while let Some(block) = blocks.next() {
            indent = match block {
                Block::Term(..) => 9,
                Block::Example(..) => indent,
                _ => 4,
            };
            match block {
                Block::Heading(title) => self.part(title),
                Block::Paragraph(text) => self.paragraph(text),
                Block::Term(name, about) | Block::Entry(name, about) => self.term(&bold(name), about),
                Block::Example(..) => {
                    let mut lines = shown(block).into_iter().collect::<Vec<_>>();
                    while let Some(line) = blocks.peek().and_then(|next| shown(next)) {
                        lines.push(line);
                        blocks.next();
                    }
                    self.verbatim(&lines, indent);
                }
                Block::Sample(what, commands) => {
                    self.paragraph(&format!("{what}:"));
                    self.verbatim(commands, indent);
                }
            }
        }
    }
}

/// The line of an example.
fn shown(block: &Block) -> Option<String> {
    match block {
        Block::Example(input, output) => Some(format!("{input} → {output}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_is_a_request_or_an_escape() {
        assert_eq!(escape("a,b"), "a,\\:b");
        assert_eq!(escape(".ignore \\d+ -x 'a' \"b\" é"), "\\&.ignore \\ed+ \\-x \\(aqa\\(aq \\(dqb\\(dq \\[u00E9]");
    }
}
