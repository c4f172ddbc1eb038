//! `mytools man DIR`: manual pages of the commands (section 1) and of the topics of help (section 7).
//!
//! Pages are made of the same declarations and texts as help, so they cannot say anything else.

mod page;
mod roff;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};

use crate::cli::{DONE, command, topics};
use crate::core::error::{Problem, Result};

/// The declaration.
pub(super) fn command() -> Command {
    Command::new("man").about("Write manual pages into a directory").arg(
        Arg::new("directory")
            .value_name("DIR")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .help("Where to write them; it is made if it is not there"),
    )
}

/// A manual page.
struct Page {
    /// `mytools-search`.
    name: String,
    /// Its section: 1 for commands, 7 for topics.
    section: u8,
    /// What is in it, for man.
    text: String,
}

/// Writes the pages.
pub(super) fn run(matches: &ArgMatches) -> Result<u8> {
    let Some(directory) = matches.get_one::<PathBuf>("directory") else { return Ok(DONE) };
    // Where man looks for pages, each section has a directory of its own.
    let parted = directory.file_name().is_some_and(|name| name == "man");
    for page in pages()? {
        let folder = if parted { directory.join(format!("man{}", page.section)) } else { directory.clone() };
        let file = folder.join(format!("{}.{}", page.name, page.section));
        write(&folder, &file, &page.text)?;
    }
    Ok(DONE)
}

fn write(folder: &Path, file: &Path, text: &str) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Problem::io(folder.display().to_string(), &error))?;
    std::fs::write(file, text).map_err(|error| Problem::io(file.display().to_string(), &error))?;
    Ok(())
}

/// All pages.
fn pages() -> Result<Vec<Page>> {
    let mut root = command::build();
    root.build();
    let mut pages = vec![page::of_command(&root, &root)];
    pages.extend(root.get_subcommands().map(|command| page::of_command(command, &root)));
    for topic in &topics::TOPICS {
        pages.push(page::of_topic(topic)?);
    }
    Ok(pages)
}
