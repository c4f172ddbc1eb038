//! Text about mytools in pieces, for help on a terminal ([`to_text`]) and for manual pages (`man`): written once, shown
//! twice.

use std::fmt::Write;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// What the pieces up to the next heading are about.
    Heading(String),
    /// Sentences.
    Paragraph(String),
    /// Something with a name, and what there is to say about it.
    Term(String, String),
    /// The same in short, one of a list.
    Entry(String, String),
    /// What is written, and what comes of it.
    Example(String, String),
    /// What is wanted, and the command lines that do it.
    Sample(String, Vec<String>),
}

/// Paragraphs, of which those that start with `# ` are headings.
pub(super) fn paragraphs(paragraphs: &[&str]) -> Vec<Block> {
    let block = |paragraph: &&str| match paragraph.strip_prefix("# ") {
        Some(title) => Block::Heading(title.to_string()),
        None => Block::Paragraph((*paragraph).to_string()),
    };
    paragraphs.iter().map(block).collect()
}

/// Entries of a list.
pub(super) fn entries(entries: &[(&str, &str)]) -> Vec<Block> {
    entries.iter().map(|(name, text)| Block::Entry((*name).to_string(), (*text).to_string())).collect()
}

/// The pieces as plain text in lines of at most `width` characters, but for what is to be typed as it stands.
pub(super) fn to_text(blocks: &[Block], width: usize) -> String {
    let mut text = String::new();
    // Where a term stands, and where what belongs to the latest piece does.
    let (mut margin, mut inner) = (0, 4);
    for block in blocks {
        match block {
            Block::Heading(title) => {
                blank(&mut text);
                line(&mut text, 0, &format!("{title}:"));
                (margin, inner) = (2, 4);
            }
            Block::Paragraph(paragraph) => wrap(&mut text, paragraph, 2, 2, width),
            Block::Term(name, about) => {
                if !text.ends_with(":\n") {
                    blank(&mut text);
                }
                line(&mut text, margin, name);
                wrap(&mut text, about, margin + 4, margin + 4, width);
                inner = margin + 6;
            }
            Block::Entry(name, about) => wrap(&mut text, &format!("{name}: {about}"), 2, 6, width),
            Block::Example(input, output) => line(&mut text, inner, &format!("{input} → {output}")),
            Block::Sample(what, commands) => {
                line(&mut text, 2, what);
                for command in commands {
                    line(&mut text, 4, command);
                }
            }
        }
    }
    text
}

fn blank(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

fn line(text: &mut String, indent: usize, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{:indent$}{line}", "");
}

/// A paragraph in lines, the first after `first` blanks, the others after `indent`.
fn wrap(text: &mut String, paragraph: &str, first: usize, indent: usize, most: usize) {
    let mut width = 0;
    for word in paragraph.split(' ') {
        let len = word.chars().count();
        if width > 0 && width + 1 + len <= most {
            text.push(' ');
            width += 1 + len;
        } else {
            let indent = if width > 0 { indent } else { first };
            if width > 0 {
                text.push('\n');
            }
            text.extend(std::iter::repeat_n(' ', indent));
            width = indent + len;
        }
        text.push_str(word);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::{Block, entries, paragraphs, to_text};

    #[test]
    fn pieces_are_indented_below_their_headings() {
        let mut blocks = paragraphs(&["one two three", "# Title"]);
        blocks.push(Block::Term("name".into(), "about it".into()));
        blocks.push(Block::Example("in".into(), "out".into()));
        blocks.extend(entries(&[("a", "b c d e f")]));
        let text =
            "  one two\n  three\n\nTitle:\n  name\n      about\n      it\n        in → out\n  a: b c d\n      e f\n";
        assert_eq!(to_text(&blocks, 11), text);
    }
}
