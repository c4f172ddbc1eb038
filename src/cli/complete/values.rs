//! What each kind of word may become.

use std::ffi::OsString;

use clap::{ArgMatches, Command, ValueHint};
use clap_complete::engine;

use crate::cli::complete::choices::choices;
use crate::cli::complete::expression::{Kind, complete};
use crate::cli::complete::files::{Wanted, files};
use crate::cli::complete::place::{Found, Place, find};
use crate::cli::complete::{Around, Candidate, Then};
use crate::cli::{command, config_file, request, stages};
use crate::core::registry::find as find_row;
use crate::process::glance::{Glance, glance};
use crate::process::plan::Request;
use crate::process::stage::STAGES;

/// The orders of sort keys.
const ORDERS: &[&str] = &["desc", "text", "num", "natural", "nulls-first"];

/// The types of `--cast`.
const TYPES: &[&str] = &["int", "number", "float", "str", "bool", "time", "date"];

/// What word `index` may become.
pub(super) fn candidates(words: &[String], index: usize, around: &Around) -> Vec<Candidate> {
    let root = command::build();
    let found = find(&root, words, index);
    let word = words.get(index).map_or("", String::as_str);
    let named = found.command.get_name();
    match found.place {
        Place::Value { arg, before } => {
            let (front, value) = word.split_at_checked(before).unwrap_or(("", word));
            let id = arg.get_id().as_str();
            let mut values = if let Some(kind) = kind(named, id) {
                complete(value, kind, &glimpse(words, &found, index, around, side(id, value)))
            } else if let Some(names) = choices(named, id, value) {
                let fitting = names.into_iter().filter(|(name, _)| name.starts_with(value));
                fitting.map(|(name, help)| Candidate::new(name, help)).map(open_ended).collect()
            } else if named == "process" && ["join", "union", "diff"].contains(&id) {
                files(value, Wanted::Data, around)
            } else if arg.get_value_hint() == ValueHint::DirPath || id == "temp-dir" {
                files(value, Wanted::Directories, around)
            } else if matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath) {
                files(value, Wanted::Any, around)
            } else {
                return from_engine(words, index, around);
            };
            for candidate in &mut values {
                candidate.word.insert_str(0, front);
            }
            values
        }
        Place::Positional(_) if named == "process" => files(word, Wanted::Data, around),
        Place::Positional(_) if named == "man" => files(word, Wanted::Directories, around),
        Place::Positional(0) if named == "search" && !has_pattern(words, index) => Vec::new(),
        Place::Positional(_) if named == "search" => files(word, Wanted::Any, around),
        Place::Engine | Place::Positional(_) => from_engine(words, index, around),
    }
}

/// A word that ends in a colon goes on.
fn open_ended(candidate: Candidate) -> Candidate {
    let goes_on = candidate.word.ends_with([':', ',']);
    if goes_on { candidate.then(Then::More) } else { candidate }
}

/// What a value of an argument of `process` names, where that is columns.
fn kind(named: &str, id: &str) -> Option<Kind> {
    if named != "process" {
        return None;
    }
    let stage = find_row(STAGES, id).filter(|row| row.item.value.is_some());
    let attached = || STAGES.iter().any(|row| row.item.attach.contains(&id));
    match id {
        "sort" | "top" => Some(Kind::Keys(ORDERS)),
        "schema" => Some(Kind::Keys(&["str"])),
        "cast" => Some(Kind::Keys(TYPES)),
        "parse" => Some(Kind::As),
        "validate" => Some(Kind::Rules),
        "window" => Some(Kind::Windows),
        "limit" | "skip" | "tail" | "sample" => Some(Kind::By),
        "select" | "drop" | "rename" | "distinct" | "freq" | "unpivot" | "explode" | "fill-down" | "on"
        | "split-by" => Some(Kind::Columns),
        "group-by" => Some(Kind::Groups),
        "agg" | "pivot" => Some(Kind::Aggregates),
        "join" | "union" | "diff" | "keep" | "kind" | "tolerance" => None,
        _ if stage.is_some() || attached() => Some(Kind::Expressions),
        _ => None,
    }
}

/// Whether a flag says what is searched for, so that the first positional argument is a path.
fn has_pattern(words: &[String], index: usize) -> bool {
    let flags = ["-e", "-f", "--regexp", "--file", "--files", "--type-list"];
    words.iter().enumerate().any(|(at, word)| {
        let name = word.split('=').next().unwrap_or(word);
        at != index && (flags.contains(&name) || word.starts_with("-e") || word.starts_with("-f"))
    })
}

/// Whose columns are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Those of the inputs.
    Inputs,
    /// Those of the file of the latest `--join` or `--diff`.
    Other,
}

/// Behind `=`, `--on` names columns of the other file.
fn side(id: &str, value: &str) -> Side {
    let last = value.rsplit(',').next().unwrap_or_default();
    if id == "on" && last.contains('=') { Side::Other } else { Side::Inputs }
}

/// The columns at a place of the line: those of the inputs on it, behind the stages that are written before.
fn glimpse(words: &[String], found: &Found<'_>, index: usize, around: &Around, side: Side) -> Glance {
    let before = words.get(..found.first).unwrap_or_default();
    let after = words.get(index + 1..).unwrap_or_default();
    let everything: Vec<&String> = before.iter().chain(after).collect();
    let (Some(all), Some(before)) = (parse(everything.into_iter(), around), parse(before.iter(), around)) else {
        return Glance::default();
    };
    if side == Side::Other {
        let given = |name: &str| {
            let at = before.indices_of(name)?.max()?;
            before.get_raw(name)?.next_back().map(|file| (at, around.path(&file.to_string_lossy()).into()))
        };
        let inputs = ["join", "diff"].into_iter().filter_map(given).max().map(|(_, file)| file).into_iter().collect();
        return glance(&Request { inputs, read: request::read_options(&all), ..Request::default() });
    }
    let inputs = all.get_many::<OsString>("input").into_iter().flatten();
    let inputs = inputs.map(|input| around.path(&input.to_string_lossy()).into()).collect();
    let stages = stages::written(&before).unwrap_or_default();
    let from = all.get_one::<String>("from").cloned();
    glance(&Request { inputs, stages, from, read: request::read_options(&all), ..Request::default() })
}

/// The arguments of `process` in words that may not be complete.
fn parse<'w>(words: impl Iterator<Item = &'w String>, around: &Around) -> Option<ArgMatches> {
    let command = command::build();
    let words: Vec<OsString> = words.map(OsString::from).collect();
    // What the configuration file says of delimiters and headers holds here too; it may be anything, even a pipe.
    let file = around.config.as_deref().filter(|file| file.is_file());
    let words = config_file::merge(&words, file, &command).args;
    let parsed = command.ignore_errors(true).try_get_matches_from(words).ok()?;
    parsed.subcommand_matches("process").cloned()
}

/// What clap knows: commands, flags, the values it lists.
fn from_engine(words: &[String], index: usize, around: &Around) -> Vec<Candidate> {
    let mut command: Command = command::build();
    let words = words.iter().map(Into::into).collect();
    let found = engine::complete(&mut command, words, index, around.directory.as_deref()).unwrap_or_default();
    let offered = found.into_iter().filter(|candidate| !candidate.is_hide_set()).map(|candidate| {
        let word = candidate.get_value().to_string_lossy().into_owned();
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let then = if word.ends_with(['=', '/']) { Then::More } else { Then::Space };
        Candidate::new(word, help.lines().next().unwrap_or_default()).then(then)
    });
    offered.collect()
}
