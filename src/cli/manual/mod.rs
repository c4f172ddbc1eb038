//! What there is to say about each command besides its flags: examples, notes, exit codes. Help and manual pages show it.

mod process;
mod rest;
mod search;

use clap::Command;

use crate::cli::document::{Block, entries, paragraphs, to_text};
use crate::cli::manual::process::PROCESS;
use crate::cli::manual::rest::{COMPLETIONS, HELP, LIST, MAN, MYTOOLS};
use crate::cli::manual::search::SEARCH;

pub(super) use crate::cli::manual::rest::{ENVIRONMENT, FILES};

/// What is said about a command.
#[derive(Debug)]
pub(super) struct Manual {
    /// Its name.
    pub(super) name: &'static str,
    /// Things to try, the first ones for `-h`.
    pub(super) examples: &'static [Sample],
    /// How many of them `-h` shows.
    pub(super) first: usize,
    /// Makes the last lines of `-h`.
    pub(super) more: fn() -> String,
    /// What else there is to know, a paragraph each.
    pub(super) notes: &'static [&'static str],
    /// What the exit codes mean.
    pub(super) exit: &'static [(&'static str, &'static str)],
    /// Topics that say more.
    pub(super) topics: &'static [&'static str],
}

/// What is wanted, and the command lines that do it.
#[derive(Debug)]
pub(super) struct Sample(pub(super) &'static str, pub(super) &'static [&'static str]);

/// What is said about each command, and about mytools itself.
pub(super) static MANUALS: [&Manual; 7] = [&MYTOOLS, &SEARCH, &PROCESS, &LIST, &COMPLETIONS, &MAN, &HELP];

impl Manual {
    /// The examples.
    pub(super) fn samples(&self) -> Vec<Block> {
        let sample = |Sample(what, commands): &Sample| {
            Block::Sample((*what).to_string(), commands.iter().map(ToString::to_string).collect())
        };
        self.examples.iter().map(sample).collect()
    }

    /// The end of `-h`.
    fn short(&self) -> String {
        let commands = self.examples.iter().take(self.first).flat_map(|sample| sample.1);
        let lines: Vec<&str> = commands.copied().collect();
        let examples = if lines.is_empty() { String::new() } else { format!("Examples:\n  {}\n", lines.join("\n  ")) };
        format!("{examples}{}", (self.more)()).trim_end().to_string()
    }

    /// The end of `--help`.
    fn long(&self) -> String {
        let mut blocks = Vec::new();
        let mut section = |title: &str, inside: Vec<Block>| {
            if !inside.is_empty() {
                blocks.push(Block::Heading(title.to_string()));
                blocks.extend(inside);
            }
        };
        section("Examples", self.samples());
        section("Notes", paragraphs(self.notes));
        section("Exit codes", entries(self.exit));
        if self.name == MYTOOLS.name {
            section("Environment", entries(ENVIRONMENT));
        }
        // clap breaks the lines.
        to_text(&blocks, usize::MAX).trim_end().to_string()
    }
}

/// What is said about a command.
pub(super) fn find(name: &str) -> Option<&'static Manual> {
    MANUALS.iter().copied().find(|manual| manual.name == name)
}

/// The command with what is said about it at the end of its help.
pub(super) fn attach(command: Command) -> Command {
    match find(command.get_name()) {
        Some(manual) => command.after_help(manual.short()).after_long_help(manual.long()),
        None => command,
    }
}
