//! From the parsed arguments of `process` to a [`Request`], and its run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::cli::environment::Environment;
use crate::cli::globals::Globals;
use crate::cli::{DONE, FAILED, NONE};
use crate::cli::{memory, signals, stages};
use crate::core::data::time::Time;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::exec::memory::Memory;
use crate::core::format::{Infer, Quoting, Ragged, ReadOptions, WriteOptions};
use crate::core::input::select::Listed;
use crate::core::integer::low_word;
use crate::core::output::writer::{Buffering, Writer};
use crate::process::expr::Env;
use crate::process::flags;
use crate::process::plan::{self, Outcome, Request};
use crate::process::split::Split;
use crate::process::stage::Written;

/// More records of default JSON than this on a terminal get a word about `-t`.
const MANY_RECORDS: u64 = 50;

/// Runs the command. `typed` holds what the command line itself says, without the file of defaults.
pub(crate) fn run(
    (matches, typed): (&ArgMatches, &ArgMatches),
    globals: &Globals,
    environment: &Environment,
    diagnostics: &Diagnostics,
) -> Result<u8> {
    let request = Request { given: given(typed), ..request(matches, globals, environment)? };
    let reads_stdin = matches.get_many::<OsString>("input").is_none() && request.listed.is_none();
    if reads_stdin && environment.stdin_is_terminal {
        let hint = "name a file, or pipe records in; `mytools process --help` has examples";
        return Err(Problem::new(Code::Usage, "no input").hint(hint).into());
    }
    let quiet = matches.get_flag("quiet") && !request.explain;
    let outcome = if quiet {
        plan::run(&request, &mut Writer::memory(), diagnostics)?
    } else {
        run_request(&request, globals, diagnostics, environment)?
    };
    if quiet && outcome.records > 0 && !diagnostics.had_violations() {
        // What was asked for is there, whatever else is wrong.
        return Ok(DONE);
    }
    if diagnostics.had_errors() {
        return Ok(FAILED);
    }
    if diagnostics.had_violations() {
        return Ok(NONE);
    }
    Ok(match outcome {
        Outcome { records: 0 } if (quiet || matches.get_flag("exit-status")) && !request.explain => NONE,
        Outcome { .. } => DONE,
    })
}

fn run_request(
    request: &Request,
    globals: &Globals,
    diagnostics: &Diagnostics,
    environment: &Environment,
) -> Result<Outcome> {
    if request.split.is_some() && !request.explain {
        // The run writes the files itself; there is nothing else to write.
        return plan::run(request, &mut Writer::memory(), diagnostics);
    }
    // A plan to look at is never written over a file.
    let Some(path) = request.output.as_ref().filter(|_| !request.explain) else {
        let mut writer = globals.stdout(Buffering::Block)?;
        let outcome = plan::run(request, &mut writer, diagnostics);
        // What came before an error is for the reader; so is the end of a cut JSON array.
        writer.finish()?;
        let outcome = outcome?;
        if environment.stdout_is_terminal && request.format.is_none() && outcome.records > MANY_RECORDS {
            diagnostics.emit(&Problem::note("-t prints records as a table"));
        }
        return Ok(outcome);
    };
    let mut writer = Writer::create(path)?.named_by(&request.naming);
    let outcome = plan::run(request, &mut writer, diagnostics)?;
    if diagnostics.had_errors() {
        // The file may be an input: a part of the answer must not take its place.
        let problem = Problem::new(Code::Io, "not written, because of the errors above");
        return Err(problem.at_path(path.display().to_string()).into());
    }
    writer.finish()?;
    Ok(outcome)
}

fn request(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<Request> {
    let format = if matches.get_flag("table") { Some("table".to_string()) } else { text(matches, "format") };
    let mut inputs: Vec<OsString> = matches.get_many("input").into_iter().flatten().cloned().collect();
    let listed = listed(matches);
    if listed.as_ref().is_some_and(|listed| listed.path == Path::new("-")) && inputs.iter().any(|input| input == "-") {
        let problem = Problem::new(Code::Usage, "standard input can be one thing only");
        return Err(problem.hint("a list of files (--files-from -) or records (-)").into());
    }
    if inputs.is_empty() && listed.is_none() {
        inputs.push("-".into());
    }
    let output = matches.get_one::<PathBuf>("output").cloned().filter(|path| path.as_os_str() != "-");
    let rows = matches.get_one::<u64>("split-rows").copied().map(Split::Rows);
    let split = text(matches, "split-by").map(Split::By).or(rows);
    split.iter().try_for_each(|split| split.check(output.as_deref()))?;
    Ok(Request {
        inputs,
        listed,
        stages: stages(matches)?,
        // A pattern can be meant for nothing else.
        from: text(matches, "from").or_else(|| matches.contains_id("pattern").then(|| "regex".to_string())),
        format,
        prints: output.is_none() && split.is_none() && !matches.get_flag("quiet") && !matches.get_flag("explain"),
        output,
        split,
        read: read_options(matches),
        given: Vec::new(),
        write: WriteOptions { width: globals.width, color: globals.color, ..write_options(matches)? },
        source_col: text(matches, "source-col"),
        rejects: matches.get_one::<PathBuf>("rejects").cloned(),
        explain: matches.get_flag("explain"),
        threads: globals.threads,
        memory: memory(matches, environment, globals.threads).shown_by(globals.progress.clone()),
        block_size: environment.block_size,
        naming: signals::naming(),
        env: Env {
            tz: text(matches, "tz"),
            args: arguments(matches)?,
            vars: environment.vars.clone(),
            strict: matches.get_flag("strict"),
            year: Some(local_year()),
            seed: seed(matches)?,
            now: now(),
        },
        prompt: environment.stdout_is_terminal || matches.get_flag("line-buffered"),
        progress: globals.progress.clone(),
    })
}

/// The flags written that say something about single formats.
fn given(matches: &ArgMatches) -> Vec<String> {
    let written = |flag: &&str| matches.value_source(flag) == Some(ValueSource::CommandLine);
    flags::of_formats().into_iter().filter(written).map(str::to_string).collect()
}

/// The stages, and one more where the first record is enough. Rules look at every record.
fn stages(matches: &ArgMatches) -> Result<Vec<Written>> {
    let mut stages = stages::written(matches)?;
    if matches.get_flag("quiet") && !stages.iter().any(|stage| stage.flag == "validate") {
        stages.push(Written { flag: "limit".to_string(), value: "1".to_string(), ..Written::default() });
    }
    Ok(stages)
}

/// The list of further inputs.
fn listed(matches: &ArgMatches) -> Option<Listed> {
    let from =
        |name: &str, separator| matches.get_one::<PathBuf>(name).map(|path| Listed { path: path.clone(), separator });
    from("files-from", b'\n').or_else(|| from("files0-from", 0))
}

/// How much memory the run may hold, and where the rest goes.
fn memory(matches: &ArgMatches, environment: &Environment, threads: usize) -> Memory {
    let directory = matches.get_one::<PathBuf>("temp-dir").unwrap_or(&environment.temp_dir);
    let limit = memory::limit(matches.get_one("memory").copied(), threads);
    Memory::new(limit, directory.clone()).failing_at(environment.fault)
}

/// `--seed N`, or another one each time for `--seed random`.
fn seed(matches: &ArgMatches) -> Result<u64> {
    match text(matches, "seed").as_deref() {
        None => Ok(0),
        Some("random") => Ok(low_word(jiff::Timestamp::now().as_nanosecond().cast_unsigned())),
        Some(seed) => seed.parse().map_err(|_| {
            Problem::new(Code::Usage, format!("'{seed}' in --seed is no seed"))
                .hint("write a whole number or 'random'")
                .into()
        }),
    }
}

/// The time on the system's clock.
fn now() -> Option<Time> {
    let now = jiff::Timestamp::now();
    Time::at(now.as_second(), now.subsec_nanosecond().unsigned_abs())
}

pub(super) fn read_options(matches: &ArgMatches) -> ReadOptions {
    ReadOptions {
        delimiter: matches.get_one("delimiter").copied(),
        quote: matches.get_one("quote").copied(),
        no_header: matches.get_flag("no-header"),
        header: text(matches, "header").map(|names| split_names(&names)),
        null_value: text(matches, "null-value"),
        ragged: match text(matches, "ragged").as_deref() {
            Some("pad") => Ragged::Pad,
            Some("skip") => Ragged::Skip,
            _ => Ragged::Error,
        },
        root: text(matches, "root"),
        skip_lines: matches.get_one("skip-lines").copied().unwrap_or_default(),
        rejects: matches.contains_id("rejects"),
        pattern: text(matches, "pattern"),
        comment: matches.get_one("comment").copied(),
        escape: matches.get_one("escape").copied(),
        encoding: text(matches, "encoding"),
        sheet: text(matches, "sheet"),
        longest: Some(memory::longest()),
    }
}

fn write_options(matches: &ArgMatches) -> Result<WriteOptions> {
    Ok(WriteOptions {
        delimiter: matches.get_one("out-delimiter").copied(),
        quote: matches.get_one("quote").copied(),
        // Invented names never reach the output: text that came without a header goes out without one.
        no_header: matches.get_flag("no-header") && !matches.contains_id("header"),
        quoting: match text(matches, "quoting").as_deref() {
            Some("minimal") => Quoting::Minimal,
            Some("all") => Quoting::All,
            Some("nonnumeric") => Quoting::NonNumeric,
            Some("never") => Quoting::Never,
            _ => Quoting::Keep,
        },
        crlf: matches.get_flag("crlf"),
        bom: matches.get_flag("bom"),
        escape_formulas: matches.get_flag("escape-formulas"),
        null_value: text(matches, "null-value"),
        indent: matches.get_one::<u8>("indent").map(|spaces| usize::from(*spaces)),
        infer: match text(matches, "infer").as_deref() {
            Some("none") => Infer::None,
            Some("bool") => Infer::Bool,
            Some("column") => Infer::Column,
            _ => Infer::Number,
        },
        text_columns: text_columns(matches)?,
        precision: matches.get_one("precision").copied(),
        ..WriteOptions::default()
    })
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

/// Splits names on commas outside double quotes and backticks, which are not part of the names.
fn split_names(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut quote = None;
    for character in list.chars() {
        match (quote, character) {
            (None, '"' | '`') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, ',') => names.push(String::new()),
            (_, character) => names.iter_mut().last().into_iter().for_each(|name| name.push(character)),
        }
    }
    names.into_iter().map(|name| name.trim().to_string()).collect()
}

/// `--schema zip:str,phone:str`.
fn text_columns(matches: &ArgMatches) -> Result<Vec<String>> {
    let entries = matches.get_many::<String>("schema").into_iter().flatten().flat_map(|list| list.split(','));
    entries
        .map(|entry| match entry.trim().rsplit_once(':') {
            Some((column, "str")) => Ok(column.to_string()),
            _ => Err(Problem::new(Code::Usage, format!("cannot use '{entry}' in --schema"))
                .hint("write COLUMN:str for columns that stay text")
                .into()),
        })
        .collect()
}

/// `--arg name=value`.
fn arguments(matches: &ArgMatches) -> Result<Vec<(String, String)>> {
    let entries = matches.get_many::<String>("arg").into_iter().flatten();
    entries
        .map(|entry| match entry.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_string(), value.to_string())),
            _ => {
                Err(Problem::new(Code::Usage, format!("cannot use '{entry}' in --arg")).hint("write NAME=VALUE").into())
            }
        })
        .collect()
}

/// The year it is here. The zones of the system are only looked through around New Year, when it matters: that takes
/// longer than all else before the first record is read.
fn local_year() -> i16 {
    let there = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    match (there.month(), there.day()) {
        (12, 31) | (1, 1) => jiff::Zoned::now().year(),
        _ => there.year(),
    }
}

#[cfg(test)]
mod tests {
    use super::split_names;

    #[test]
    fn names_split_outside_quotes() {
        assert_eq!(split_names("a, b,\"c,d\",`e f`"), ["a", "b", "c,d", "e f"]);
    }
}
