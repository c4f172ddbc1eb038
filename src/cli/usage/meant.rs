//! What somebody may have meant whose command line is not understood.

use std::ffi::OsString;
use std::path::Path;

use clap::{Arg, Command};

use crate::cli::config_file;
use crate::cli::usage::habits::{advice, flag_of_process};
use crate::core::format::{FORMATS, Format};
use crate::core::registry::{Row, find, nearest};
use crate::process::glance::is_data;
use crate::process::stage::STAGES;

/// A command line as typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Its words, the program's name first.
    pub(crate) args: &'a [OsString],
    /// What is known.
    pub(crate) root: &'a Command,
}

impl<'a> Line<'a> {
    /// The command that was typed; the whole program where none was.
    fn command(&self) -> &'a Command {
        config_file::find_command(self.args, self.root).map_or(self.root, |(_, command)| command)
    }

    /// A hint for a flag that the command does not have.
    pub(super) fn flag(&self, flag: &str) -> String {
        let command = self.command();
        if let Some(advice) = advice(command.get_name(), flag) {
            return advice.to_string();
        }
        if let Some(hint) = self.single_dash().or_else(|| of_formats(command, flag)) {
            return hint;
        }
        let word = flag.trim_start_matches('-');
        if command.get_name() == "process"
            && let Some(known) = flag_of_process(word)
        {
            return format!("did you mean '--{known}'?");
        }
        let long = flag.starts_with("--");
        let longs = || longs(command).chain(longs(self.root));
        if let Some(known) = nearest(word, longs().filter(|_| long)) {
            return format!("did you mean '--{known}'?");
        }
        self.elsewhere(flag).unwrap_or_else(|| "see --help".to_string())
    }

    /// The commands that have a flag which this one does not have.
    fn elsewhere(&self, flag: &str) -> Option<String> {
        let owns = |command: &&Command| command.get_arguments().any(|arg| is_written(arg, flag));
        let owners: Vec<&str> = self.root.get_subcommands().filter(owns).map(Command::get_name).collect();
        let here = self.command().get_name();
        match owners.as_slice() {
            [] => None,
            [one] if here == self.root.get_name() => Some(format!("write mytools {one} {flag} ...")),
            [..] if here == self.root.get_name() => {
                Some("write the command first: mytools search or mytools process".into())
            }
            [one, ..] => {
                let long =
                    self.root.find_subcommand(one)?.get_arguments().find(|arg| is_written(arg, flag))?.get_long()?;
                let called = if flag.starts_with("--") { String::new() } else { format!(" is --{long} and") };
                Some(format!("{flag}{called} belongs to mytools {one}"))
            }
        }
    }

    /// A hint where a long flag was written behind one dash, which makes a cluster of short ones of it.
    pub(crate) fn single_dash(&self) -> Option<String> {
        let command = self.command();
        for arg in self.args.iter().skip(1).take_while(|arg| *arg != "--") {
            let Some(word) = arg.to_str().and_then(|arg| arg.strip_prefix('-')) else { continue };
            let name = word.split('=').next().unwrap_or(word);
            if name.len() > 2 && longs(command).chain(longs(self.root)).any(|long| long == name) {
                return Some(format!("did you mean '--{name}', with two dashes?"));
            }
        }
        None
    }

    /// A hint for a first word that is no command.
    pub(super) fn word(&self, word: &str) -> String {
        let commands = self.root.get_subcommands().map(Command::get_name);
        if let Some(known) = nearest(word, commands) {
            return format!("did you mean '{known}'?");
        }
        let stage = find(STAGES, word).map(|row| row.name).or_else(|| flag_of_process(word));
        if let Some(stage) = stage {
            return format!("write mytools process FILE --{stage} ...");
        }
        let path = Path::new(word);
        if is_data(path) || path.is_file() && word.contains('.') {
            return format!("write mytools process {word}, or mytools search PATTERN {word}");
        }
        format!("to find it: mytools search '{}'", word.replace('\'', r"'\''"))
    }
}

/// The long names of flags.
fn longs(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().flat_map(|arg| arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default()))
}

/// Whether a flag is written so.
fn is_written(arg: &Arg, flag: &str) -> bool {
    match flag.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| flag.strip_prefix('-').is_some_and(|flag| flag.starts_with(short))),
    }
}

/// A hint for `--csv`, `--icsv` and `--ojson`.
fn of_formats(command: &Command, flag: &str) -> Option<String> {
    let name = flag.strip_prefix("--").filter(|_| ["mytools", "process"].contains(&command.get_name()))?;
    let row = |name: &str| -> Option<&'static Row<Format>> { find(FORMATS, name) };
    if let Some(format) = row(name) {
        let (reads, writes) = (format.item.reader.is_some(), format.item.encoder.is_some());
        return Some(match (reads, writes) {
            (true, true) => format!("process -f {name} writes it, --from {name} reads it"),
            (true, false) => format!("write process --from {name}"),
            _ => format!("write process -f {name}"),
        });
    }
    let read = name.strip_prefix('i').and_then(row).map(|format| format!("write --from {}", format.name));
    read.or_else(|| name.strip_prefix('o').and_then(row).map(|format| format!("write -f {}", format.name)))
}
