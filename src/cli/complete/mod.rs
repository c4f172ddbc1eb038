//! Tab completion: what the scripts of `mytools completions` ask the program itself, at each Tab.
//!
//! The scripts call `MYTOOLS_COMPLETE=SHELL mytools -- …` with the line being typed; [`lex`] splits it as the shell
//! would, [`place`] finds out what the word under the cursor is, and [`values`] and clap's engine say what it may
//! become. The answer is a line per candidate, in the form that the shell's script reads. Nothing fails here: where
//! nothing is known, nothing is offered. The protocol is that of the scripts, which are printed by the same program.

mod choices;
mod expression;
mod files;
mod lex;
mod place;
pub(super) mod scripts;
mod values;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::cli::complete::lex::{Line, lex};
use crate::cli::environment::Environment;
use crate::core::output::writer::{Buffering, Writer};

/// The variable that turns a run of the program into an answer to a shell.
pub(crate) const VARIABLE: &str = "MYTOOLS_COMPLETE";

/// What the word under the cursor may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The whole word, without quotes of the shell.
    word: String,
    /// The part of it that is shown in a list.
    shown: String,
    /// A few words about it.
    help: String,
    /// What may follow it.
    then: Then,
}

/// What follows a completed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// A space.
    Space,
    /// More of the same word.
    More,
}

impl Candidate {
    fn new(word: impl Into<String>, help: impl Into<String>) -> Self {
        let word = word.into();
        Self { shown: word.clone(), word, help: help.into(), then: Then::Space }
    }

    fn shown(mut self, shown: impl Into<String>) -> Self {
        self.shown = shown.into();
        self
    }

    fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }
}

/// What the shell's words and `~` are relative to.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    home: Option<PathBuf>,
    directory: Option<PathBuf>,
    /// The file of arguments.
    config: Option<PathBuf>,
    /// The variables that words may start with.
    vars: Vec<(String, String)>,
}

impl Around {
    /// A path as the shell would hand it over: with the home directory for `~/`, and its value for `$NAME/`.
    fn path(&self, word: &str) -> PathBuf {
        match (word.strip_prefix("~/"), &self.home, self.variable(word)) {
            (Some(rest), Some(home), _) => home.join(rest),
            (_, _, Some((front, value))) if !Path::new(word).exists() => {
                PathBuf::from(format!("{value}{}", word.get(front..).unwrap_or_default()))
            }
            _ => PathBuf::from(word),
        }
    }

    /// The length of a `$NAME` or `${NAME}` that a path starts with, and the value of the variable.
    fn variable(&self, word: &str) -> Option<(usize, &str)> {
        let front = word.find('/').unwrap_or(word.len());
        let name = word.get(..front)?.strip_prefix('$')?;
        let name = name.strip_prefix('{').map_or(Some(name), |name| name.strip_suffix('}'))?;
        self.vars.iter().find(|(known, _)| known == name).map(|(_, value)| (front, value.as_str()))
    }
}

/// Answers a shell; `args` are the program's name, `--`, and what the shell's script passes. Gives the exit code.
pub(super) fn run(shell: &OsStr, args: &[OsString]) -> u8 {
    let texts: Vec<String> = args.iter().skip(2).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let environment = Environment::read();
    let around = Around {
        home: std::env::home_dir(),
        directory: std::env::current_dir().ok(),
        config: environment.config_path,
        vars: environment.vars,
    };
    let out = match shell.to_str() {
        Some("bash") => bash(&texts, &around),
        Some("zsh") => zsh(&texts, &around),
        Some("fish") => fish(&texts, &around),
        _ => return super::FAILED,
    };
    let written = Writer::stdout(Buffering::Block).and_then(|mut writer| {
        writer.put(out.as_bytes())?;
        writer.finish()
    });
    if written.is_ok() { super::DONE } else { super::FAILED }
}

fn text(texts: &[String], index: usize) -> &str {
    texts.get(index).map_or("", String::as_str)
}

/// bash passes the line up to the cursor, the rest of it, and the characters at which readline breaks words. Readline
/// replaces what stands behind the last of those, so each candidate is cut there; it quotes nothing.
fn bash(texts: &[String], around: &Around) -> String {
    let (before, after) = (text(texts, 0), text(texts, 1));
    let line = lex(&format!("{before}{after}"), before.len(), text(texts, 2));
    let mut out = String::new();
    for candidate in candidates(&line, around) {
        let part = candidate.word.get(line.kept..).unwrap_or(&candidate.word);
        out.push(if candidate.then == Then::More { '+' } else { '-' });
        // A variable in front must stay one.
        let front = around.variable(&candidate.word).map_or(0, |(front, _)| front.saturating_sub(line.kept));
        let (front, rest) = part.split_at_checked(front).unwrap_or(("", part));
        if line.quote.is_some() {
            out.push_str(part);
        } else {
            out.push_str(front);
            out.push_str(&escaped(rest));
        }
        out.push('\n');
    }
    out
}

/// A word as bash reads it without quotes. A `~` in front stays the home directory.
fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for character in word.chars() {
        if !(character.is_alphanumeric() || "_-./,:=@%+~^".contains(character)) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// zsh passes the number of the word under the cursor and all words without their quotes; it quotes candidates itself.
fn zsh(texts: &[String], around: &Around) -> String {
    let index = text(texts, 0).parse().unwrap_or(0);
    let words = texts.get(1..).unwrap_or_default().to_vec();
    let mut found = candidates(&Line { words, index, quote: None, kept: 0 }, around);
    for candidate in &mut found {
        // Quoted, a variable would stand for itself.
        if let Some((front, value)) = around.variable(&candidate.word) {
            candidate.word = format!("{value}{}", candidate.word.get(front..).unwrap_or_default());
        }
    }
    described(&found)
}

/// fish passes the command line and the number of characters before the cursor; it quotes candidates itself.
fn fish(texts: &[String], around: &Around) -> String {
    let line = text(texts, 0);
    let characters: usize = text(texts, 1).parse().unwrap_or(usize::MAX);
    let point = line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let lines = candidates(&lex(line, point, ""), around).into_iter();
    lines.map(|candidate| one_line(&candidate.word) + "\t" + &one_line(&candidate.help) + "\n").collect()
}

/// A line per candidate: whether more of the word follows, the word, what is shown, a few words about it.
fn described(candidates: &[Candidate]) -> String {
    let line = |candidate: &Candidate| {
        let mark = if candidate.then == Then::More { '+' } else { '-' };
        let fields = [&candidate.word, &candidate.shown, &candidate.help].map(|field| one_line(field));
        format!("{mark}{}\n", fields.join("\t"))
    };
    candidates.iter().map(line).collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

/// What the word under the cursor may become.
fn candidates(line: &Line, around: &Around) -> Vec<Candidate> {
    let mut words = line.words.clone();
    // What stands before the program's name are variables for it.
    let program = words.iter().take(line.index).position(|word| is_program(word)).unwrap_or(0);
    words.drain(..program);
    let mut found = values::candidates(&words, line.index - program, around);
    // The answer is lines of words with tabs between them, and no shell shows others anyway.
    found.retain(|candidate| !candidate.word.contains(char::is_control));
    found
}

fn is_program(word: &str) -> bool {
    Path::new(word).file_stem().is_some_and(|name| name == "mytools")
}
