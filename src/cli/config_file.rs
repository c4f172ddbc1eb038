//! The configuration file that `MYTOOLS_CONFIG_PATH` names: arguments that stand before those of the command line.
//!
//! One argument per line, as it is: nothing is quoted or expanded. Blank lines and lines that start with `#` do not
//! count. Lines behind `[search]` or `[process]` are for that command alone, those before, or behind `[all]`, for both.
//! What the command line says comes later, and so wins. `--no-config` leaves the file alone.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command};

use crate::cli::globals;
use crate::core::error::{Level, Problem};

/// The flag that leaves the file alone.
const OFF: &str = "no-config";

/// The commands that have a section.
const SECTIONS: [&str; 2] = ["search", "process"];

/// A command line with the arguments of the file in it.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// All arguments, the program's name first.
    pub(crate) args: Vec<OsString>,
    /// Where those of the file stand in it; they come behind the command's name.
    places: Vec<Place>,
    /// That the file could not be read.
    pub(crate) note: Option<Problem>,
}

/// A place in the file, from 1, the column in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: PathBuf,
    /// The line.
    pub(crate) line: u64,
    /// The column.
    pub(crate) column: u64,
}

impl Merged {
    /// Whether any argument is from the file.
    pub(crate) fn has_any(&self) -> bool {
        !self.places.is_empty()
    }

    /// The argument of the file that a mistake is about: the last of the fewest with which the same is wrong.
    pub(crate) fn place_of(&self, error: &clap::Error, command: &mut Command) -> Option<Place> {
        let said = error.to_string();
        let behind = self.args.get(2 + self.places.len()..)?;
        (1..=self.places.len()).find_map(|count| {
            let args = self.args.iter().take(2 + count).chain(behind);
            let found = command.try_get_matches_from_mut(args).err()?;
            if found.to_string() == said { self.places.get(count - 1).cloned() } else { None }
        })
    }
}

/// The flag's declaration.
pub(crate) fn arg() -> Arg {
    Arg::new(OFF)
        .long(OFF)
        .action(ArgAction::SetTrue)
        .help("Do not read the file that MYTOOLS_CONFIG_PATH names")
        .hide_short_help(true)
        .help_heading(globals::HEADING)
        .global(true)
}

/// Puts the arguments of the file behind the command's name. What stood before that name are options of all commands;
/// they come after the file's, which they overrule.
pub(crate) fn merge(args: &[OsString], file: Option<&Path>, command: &Command) -> Merged {
    let plain = || Merged { args: args.to_vec(), ..Merged::default() };
    let off = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--no-config");
    let (Some(file), false) = (file.filter(|file| !file.as_os_str().is_empty()), off) else { return plain() };
    let Some((at, found)) = find_command(args, command) else { return plain() };
    let name = found.get_name();
    if !SECTIONS.contains(&name) {
        return plain();
    }
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let problem = Problem::io(file.display().to_string(), &error);
            return Merged { note: Some(Problem { level: Level::Note, ..problem }), ..plain() };
        }
    };
    let added = arguments(&bytes, name);
    if added.is_empty() {
        return plain();
    }
    let mut merged = Vec::with_capacity(args.len() + added.len());
    merged.extend(args.first().cloned());
    merged.extend(args.get(at).cloned());
    let place = |(line, column)| Place { file: file.to_path_buf(), line, column };
    let places = added.iter().map(|(at, _)| place(*at)).collect();
    merged.extend(added.into_iter().map(|(_, argument)| argument));
    merged.extend(args.get(1..at).unwrap_or_default().iter().cloned());
    merged.extend(args.get(at + 1..).unwrap_or_default().iter().cloned());
    Merged { args: merged, places, note: None }
}

/// Where the command's name stands, and which command it is.
pub(super) fn find_command<'c>(args: &[OsString], command: &'c Command) -> Option<(usize, &'c Command)> {
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        if let Some(found) = command.find_subcommand(arg) {
            return Some((at, found));
        }
        if !arg.as_encoded_bytes().starts_with(b"-") || arg == "--" {
            return None;
        }
        at += if takes_next(arg, command) { 2 } else { 1 };
    }
    None
}

/// Whether an option's value is the argument after it.
fn takes_next(option: &OsStr, command: &Command) -> bool {
    let Some(text) = option.to_str() else { return false };
    let by_name = |arg: &Arg| match text.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| text.get(1..) == Some(short.encode_utf8(&mut [0; 4]))),
    };
    command.get_arguments().any(|arg| arg.get_action().takes_values() && by_name(arg))
}

/// A line and a column, from 1.
type Position = (u64, u64);

/// The arguments in a file that are for this command, each with its line and column.
fn arguments(bytes: &[u8], command: &str) -> Vec<(Position, OsString)> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut wanted = true;
    let mut arguments = Vec::new();
    for (number, whole) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let column = (whole.len() - whole.trim_ascii_start().len()) as u64 + 1;
        match whole.trim_ascii() {
            [] | [b'#', ..] => {}
            b"[all]" => wanted = true,
            [b'[', name @ .., b']'] if SECTIONS.iter().any(|section| section.as_bytes() == name) => {
                wanted = name == command.as_bytes();
            }
            line if wanted => arguments.push(((number, column), argument(line))),
            _ => {}
        }
    }
    arguments
}

/// An argument of any bytes.
#[cfg(unix)]
fn argument(line: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(line).to_os_string()
}

/// An argument, which is text here.
#[cfg(not(unix))]
fn argument(line: &[u8]) -> OsString {
    String::from_utf8_lossy(line).into_owned().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ffi::OsString;
    use std::fs;

    use super::{arguments, merge};
    use crate::cli::command;

    #[test]
    fn lines_go_to_their_command() {
        let file = b"\xEF\xBB\xBF# all\n-j\n2\n\n[search]\n  --smart-case \r\n[nothing]\n[process]\n--tz=UTC\n[all]\n--debug\n";
        let texts = |command| -> Vec<String> {
            arguments(file, command).into_iter().map(|(_, arg)| arg.into_string().unwrap()).collect()
        };
        assert_eq!(texts("search"), ["-j", "2", "--smart-case", "[nothing]", "--debug"]);
        assert_eq!(texts("process"), ["-j", "2", "--tz=UTC", "--debug"]);
        let places: Vec<_> = arguments(file, "search").into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [(2, 1), (3, 1), (6, 3), (7, 1), (11, 1)]);
    }

    #[test]
    fn the_file_comes_before_what_was_typed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("config");
        fs::write(&file, "-n\n").unwrap();
        let merged = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            merge(&args, Some(&file), &command::build()).args.join(" ".as_ref()).into_string().unwrap()
        };
        assert_eq!(merged("mytools search x"), "mytools search -n x");
        assert_eq!(merged("mytools -j 4 --color always s x"), "mytools s -n -j 4 --color always x");
        assert_eq!(merged("mytools --color=always p x"), "mytools p -n --color=always x");
        for line in ["mytools list types", "mytools -j search x", "mytools search x --no-config", "mytools"] {
            assert_eq!(merged(line), line);
        }
        let missing = directory.path().join("missing");
        assert!(merge(&["m".into(), "s".into()], Some(&missing), &command::build()).note.is_some());
    }
}
