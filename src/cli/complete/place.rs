//! What the word under the cursor is: a flag, a command, the value of a flag, or a positional argument.

use clap::{Arg, Command};

/// What a word is.
pub(super) enum Place<'c> {
    /// Something that clap's engine knows: a command, a flag.
    Engine,
    /// The value of an argument. What stands before it in the same word (`--sort=`, `-s`) is not part of it.
    Value {
        /// The argument.
        arg: &'c Arg,
        /// Bytes of the word before the value.
        before: usize,
    },
    /// The positional argument of that number, from 0.
    Positional(usize),
}

/// The command that a line has come to, by its name, and what the word under the cursor is.
pub(super) struct Found<'c> {
    /// The command.
    pub(super) command: &'c Command,
    /// What the word is.
    pub(super) place: Place<'c>,
    /// Number of the first word that belongs to it: a flag that stands before its value is one.
    pub(super) first: usize,
}

/// Finds out what word `index` is.
pub(super) fn find<'c>(root: &'c Command, words: &[String], index: usize) -> Found<'c> {
    let mut walk = Walk { root, command: root, pending: None, positionals: 0, only_positionals: false };
    for word in words.iter().take(index).skip(1) {
        walk.pass(word);
    }
    let word = words.get(index).map_or("", String::as_str);
    let found = |place, first| Found { command: walk.command, place, first };
    if let Some(arg) = walk.pending {
        return found(Place::Value { arg, before: 0 }, index - 1);
    }
    // A dash alone may be standard input, but who presses Tab behind it wants to see the flags.
    if walk.only_positionals || !word.starts_with('-') {
        let commands = walk.command.has_subcommands() && !walk.only_positionals;
        return found(if commands { Place::Engine } else { Place::Positional(walk.positionals) }, index);
    }
    if let Some((name, _)) = word.strip_prefix("--").and_then(|long| long.split_once('=')) {
        return match long(walk.command, root, name) {
            Some(arg) => found(Place::Value { arg, before: name.len() + 3 }, index),
            None => found(Place::Engine, index),
        };
    }
    match cluster(walk.command, root, word) {
        Some((arg, before)) if before < word.len() => found(Place::Value { arg, before }, index),
        _ => found(Place::Engine, index),
    }
}

/// Where a walk over the words has come.
struct Walk<'c> {
    /// The whole command line, whose arguments may stand anywhere.
    root: &'c Command,
    command: &'c Command,
    /// The argument whose value comes next.
    pending: Option<&'c Arg>,
    positionals: usize,
    only_positionals: bool,
}

impl Walk<'_> {
    fn pass(&mut self, word: &str) {
        let root = self.root;
        if self.pending.take().is_some() {
            return;
        }
        if self.only_positionals || !word.starts_with('-') || word == "-" {
            let inner = self.command.get_subcommands().find(|inner| is_called(inner, word));
            match inner.filter(|_| !self.only_positionals && self.positionals == 0) {
                Some(inner) => self.command = inner,
                None => self.positionals += 1,
            }
        } else if word == "--" {
            self.only_positionals = true;
        } else if let Some(name) = word.strip_prefix("--") {
            self.pending = if name.contains('=') { None } else { long(self.command, root, name) };
        } else if let Some((arg, before)) = cluster(self.command, root, word)
            && before == word.len()
        {
            self.pending = Some(arg);
        }
    }
}

fn is_called(command: &Command, word: &str) -> bool {
    command.get_name() == word || command.get_all_aliases().any(|alias| alias == word)
}

/// The argument with a value of that long name.
fn long<'c>(command: &'c Command, root: &'c Command, name: &str) -> Option<&'c Arg> {
    let is = |arg: &&Arg| arg.get_long() == Some(name) || arg.get_all_aliases().unwrap_or_default().contains(&name);
    let mut all = command.get_arguments().chain(root.get_arguments());
    all.find(is).filter(|arg| arg.get_action().takes_values() && takes(arg))
}

/// The first argument with a value in a word of short flags (`-ing`), and where the value starts.
fn cluster<'c>(command: &'c Command, root: &'c Command, word: &str) -> Option<(&'c Arg, usize)> {
    for (at, short) in word.char_indices().skip(1) {
        let mut all = command.get_arguments().chain(root.get_arguments());
        let arg = all.find(|arg| arg.get_short() == Some(short))?;
        if arg.get_action().takes_values() && takes(arg) {
            return Some((arg, at + short.len_utf8()));
        }
    }
    None
}

/// Whether an argument really has a value: stages without one are declared as options.
fn takes(arg: &Arg) -> bool {
    arg.get_num_args().is_none_or(|range| range.takes_values())
}

#[cfg(test)]
mod tests {
    use super::{Place, find};
    use crate::cli::command;

    fn place(line: &str) -> String {
        let root = command::build();
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        let found = find(&root, &words, words.len() - 1);
        let name = found.command.get_name();
        match found.place {
            Place::Engine => format!("{name}: engine"),
            Place::Value { arg, before } => format!("{name}: {} behind {before}", arg.get_id()),
            Place::Positional(number) => format!("{name}: positional {number}"),
        }
    }

    #[test]
    fn words_are_told_apart() {
        assert_eq!(place("mytools pro"), "mytools: engine");
        assert_eq!(place("mytools process "), "process: positional 0");
        assert_eq!(place("mytools p a.csv -g "), "process: group-by behind 0");
        assert_eq!(place("mytools p a.csv -greg"), "process: group-by behind 2");
        assert_eq!(place("mytools p a.csv --group-by=reg"), "process: group-by behind 11");
        assert_eq!(place("mytools p a.csv -t -s n -w "), "process: where behind 0");
        assert_eq!(place("mytools p a.csv --count b"), "process: positional 1");
        assert_eq!(place("mytools -j 2 search -i x "), "search: positional 1");
        assert_eq!(place("mytools search -it"), "search: engine");
        assert_eq!(place("mytools search -- -x"), "search: positional 0");
        assert_eq!(place("mytools process -"), "process: engine");
        assert_eq!(place("mytools process --fo"), "process: engine");
    }
}
