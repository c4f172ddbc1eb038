//! A command line as a shell splits it, up to where its typing has come.

/// A line in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The words, without quotes and escapes; the one under the cursor ends there.
    pub(super) words: Vec<String>,
    /// The number of the word under the cursor.
    pub(super) index: usize,
    /// The quote that is open at the cursor.
    pub(super) quote: Option<char>,
    /// Bytes at the front of that word which readline leaves in place.
    pub(super) kept: usize,
}

/// Splits a line. `breaks` are the characters that break words for readline where they are not quoted.
pub(super) fn lex(line: &str, point: usize, breaks: &str) -> Line {
    let point = (0..=point.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = line.split_at(point);
    let mut splitter = Splitter { breaks, ..Splitter::default() };
    before.chars().for_each(|character| splitter.take(character));
    let (quote, kept) = (splitter.quote, splitter.kept);
    splitter.words.push(std::mem::take(&mut splitter.word));
    let mut words = splitter.words;
    let index = words.len() - 1;
    // The rest of the word does not count; the words behind it say which inputs there are.
    let rest = after.find(char::is_whitespace).and_then(|at| after.get(at..)).unwrap_or_default();
    let mut splitter = Splitter::default();
    rest.chars().for_each(|character| splitter.take(character));
    words.extend(splitter.words);
    if splitter.open {
        words.push(splitter.word);
    }
    Line { words, index, quote, kept }
}

#[derive(Default)]
struct Splitter<'b> {
    breaks: &'b str,
    words: Vec<String>,
    word: String,
    /// Whether a word has begun, be it empty.
    open: bool,
    quote: Option<char>,
    escaped: bool,
    kept: usize,
}

impl Splitter<'_> {
    fn take(&mut self, character: char) {
        if self.escaped {
            self.escaped = false;
            // Between double quotes a backslash escapes only these; elsewhere it stands for itself.
            if self.quote == Some('"') && !"\"\\$`".contains(character) {
                self.word.push('\\');
            }
            self.word.push(character);
            return;
        }
        match (self.quote, character) {
            (None, white) if white.is_whitespace() => {
                if std::mem::take(&mut self.open) {
                    self.words.push(std::mem::take(&mut self.word));
                }
                self.kept = 0;
                return;
            }
            (None | Some('"'), '\\') => self.escaped = true,
            (None, '\'' | '"') => self.quote = Some(character),
            (Some(open), close) if open == close => self.quote = None,
            (quote, other) => {
                self.word.push(other);
                if quote.is_none() && self.breaks.contains(other) {
                    self.kept = self.word.len();
                }
            }
        }
        self.open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::lex;

    fn split(line: &str, breaks: &str) -> (Vec<String>, usize, Option<char>, usize) {
        let point = line.find('|').unwrap_or(line.len());
        let line = lex(&line.replacen('|', "", 1), point, breaks);
        (line.words, line.index, line.quote, line.kept)
    }

    #[test]
    fn words_end_at_blanks_outside_quotes() {
        assert_eq!(split("a 'b c' d\\ e|", "").0, ["a", "b c", "d e"]);
        assert_eq!(split("a \"b\\\"c\\d\"|", "").0, ["a", "b\"c\\d"]);
        assert_eq!(split("a ''|", "").0, ["a", ""]);
    }

    #[test]
    fn the_cursor_may_stand_anywhere() {
        assert_eq!(split("a b|", ""), (vec!["a".into(), "b".into()], 1, None, 0));
        assert_eq!(split("a |", ""), (vec!["a".into(), String::new()], 1, None, 0));
        assert_eq!(split("a b|c d 'e", ""), (vec!["a".into(), "b".into(), "d".into(), "e".into()], 1, None, 0));
        assert_eq!(split("é 'x y|", "").2, Some('\''));
    }

    #[test]
    fn readline_keeps_what_stands_before_a_break() {
        assert_eq!(split("m --group-by=re|", "=:").3, 11);
        assert_eq!(split("m 'a=b|", "=:").3, 0, "not within quotes");
    }
}
