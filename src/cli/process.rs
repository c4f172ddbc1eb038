//! `mytools process`: its arguments, and the request they become.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cli::environment::Environment;
use crate::cli::globals::Globals;
use crate::cli::stages;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::{FORMATS, Infer, Quoting, Ragged, ReadOptions, WriteOptions};
use crate::core::output::writer::{Buffering, Writer};
use crate::process::expr::Env;
use crate::process::plan::{self, Request};

const INPUT: &str = "Input";
const OUTPUT: &str = "Output";
const VALUES: &str = "Values";

const EXAMPLES: &str = "\
Examples:
  Count and total per user, the ten largest totals, as a table
    mytools process events.csv -g user_id -a 'n=count, total=sum(value)' -s total:desc -n 10 -t
  Failed requests as JSON Lines
    mytools process events.csv -w 'status >= 500' -c ts,path,status -f jsonl
  Convert; the output's extension gives the format
    mytools process events.jsonl -o events.csv
  From a pipe
    mytools search 'user=(?<user>\\w+)' app.log --format jsonl | mytools process --freq user -t";

const LONG: &str = "\
Stages apply left to right in the order written, each to the result of the one before. -a belongs to the -g directly before \
it; alone it aggregates everything; -g alone gives the count of each group.";

const AFTER: &str = "\
Formats, stages, functions and aggregates: mytools list formats|stages|functions|aggregates

Exit codes: 0 done, 1 no rows with --exit-status, 2 an error";

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("process")
        .visible_alias("p")
        .about("Turn data files into other formats and into answers")
        .long_about(format!("Turn data files into other formats and into answers.\n\n{LONG}"))
        .arg(
            Arg::new("input")
                .value_name("INPUT")
                .action(ArgAction::Append)
                .help("Files, directories, globs, or - for standard input (the default where that is no terminal)"),
        )
        .args(stages::args())
        .args(input_args())
        .args(output_args())
        .args(value_args())
        .after_help(EXAMPLES)
        .after_long_help(format!("{EXAMPLES}\n\n{AFTER}"))
}

fn option(name: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).help_heading(heading)
}

fn switch(name: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).help_heading(heading)
}

fn choice(
    name: &'static str,
    value: &'static str,
    choices: impl IntoIterator<Item = &'static str>,
    heading: &'static str,
    help: &'static str,
) -> Arg {
    let choices: Vec<&'static str> = choices.into_iter().collect();
    option(name, value, heading, help).value_parser(PossibleValuesParser::new(choices)).hide_possible_values(true)
}

fn input_args() -> Vec<Arg> {
    let readable = FORMATS.iter().filter(|row| row.item.reader.is_some());
    let readable = readable.flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()));
    vec![
        choice("from", "FORMAT", readable, INPUT, "Read this format [default: by extension, then by content]"),
        option("root", "PATH", INPUT, "Stream the array at this path of a JSON document: data.items"),
        option("delimiter", "CHAR", INPUT, "Between the cells of delimited input: a character, or tab")
            .short('d')
            .value_parser(single_byte),
        option("quote", "CHAR", INPUT, "Around cells, in input and output [default: \"]").value_parser(single_byte),
        switch("no-header", INPUT, "Delimited text has no header record: columns are c1, c2, ..."),
        option("header", "NAMES", INPUT, "Use these column names instead of the header record: a,b,c"),
        choice("ragged", "HOW", ["error", "pad", "skip"], INPUT, "Records of another length: error, pad, skip")
            .default_value("error"),
    ]
}

fn output_args() -> Vec<Arg> {
    let writable = FORMATS.iter().filter(|row| row.item.encoder.is_some());
    let writable = writable.flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()));
    let writable: Vec<&'static str> = writable.chain(["same"]).collect();
    vec![
        choice("format", "FORMAT", writable, OUTPUT, "Write this format [default: by the extension of -o, then json]")
            .short('f')
            .visible_alias("to"),
        Arg::new("table")
            .short('t')
            .action(ArgAction::SetTrue)
            .conflicts_with("format")
            .help("Write a table, as -f table")
            .help_heading(OUTPUT),
        option("output", "FILE", OUTPUT, "Write to this file, whole or not at all; it may be an input")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
        option("out-delimiter", "CHAR", OUTPUT, "Between the cells of delimited output").value_parser(single_byte),
        choice(
            "quoting",
            "STYLE",
            ["keep", "minimal", "all", "nonnumeric", "never"],
            OUTPUT,
            "When cells are quoted: keep (as they came), minimal, all, nonnumeric, never",
        )
        .default_value("keep"),
        switch("crlf", OUTPUT, "End the records of delimited output with CR LF"),
        switch("bom", OUTPUT, "Begin with a byte order mark, for spreadsheets"),
        option("indent", "N", OUTPUT, "Spaces per level of JSON [default: one record per line]")
            .value_parser(value_parser!(u8).range(0..=16)),
        switch("explain", OUTPUT, "Print the numbered plan instead of running it"),
        switch("exit-status", OUTPUT, "Exit with 1 where no rows come out"),
    ]
}

fn value_args() -> Vec<Arg> {
    vec![
        option("null-value", "TEXT", VALUES, "The text that stands for null, in input and output [default: empty]"),
        choice("infer", "WHAT", ["number", "none", "bool"], VALUES, "What cells become in JSON: number, none, bool")
            .default_value("number"),
        option("schema", "COLUMN:TYPE", VALUES, "Columns that stay text in JSON: zip:str,phone:str")
            .action(ArgAction::Append),
        option("precision", "N", VALUES, "Digits after the point of computed numbers").value_parser(value_parser!(u8)),
        switch("strict", VALUES, "A value that is not the number it is used as is an error"),
        option("tz", "ZONE", VALUES, "The zone of times without one [default: UTC]"),
        option("arg", "NAME=VALUE", VALUES, "A value for expressions, as arg('NAME')").action(ArgAction::Append),
    ]
}

/// Runs the command.
pub(crate) fn run(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<u8> {
    let request = request(matches, globals, environment)?;
    let diagnostics = Diagnostics::plain(Box::new(std::io::stderr()));
    let mut writer = match &request.output {
        Some(path) => Writer::create(path)?,
        None => Writer::stdout(Buffering::Block)?,
    };
    let outcome = plan::run(&request, &mut writer, &diagnostics);
    // What was written before an error stays on standard output, but never takes a file's place.
    match (&outcome, &request.output) {
        (Err(_), Some(_)) => {}
        _ => writer.finish()?,
    }
    let outcome = outcome?;
    Ok(match outcome.records {
        _ if diagnostics.had_errors() => 2,
        0 if matches.get_flag("exit-status") => 1,
        _ => 0,
    })
}

fn request(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<Request> {
    let format = if matches.get_flag("table") { Some("table".to_string()) } else { text(matches, "format") };
    let mut inputs: Vec<String> = matches.get_many("input").into_iter().flatten().cloned().collect();
    if inputs.is_empty() {
        inputs.push("-".to_string());
    }
    Ok(Request {
        inputs,
        stages: stages::written(matches)?,
        from: text(matches, "from"),
        format,
        output: matches.get_one::<PathBuf>("output").cloned().filter(|path| path.as_os_str() != "-"),
        read: read_options(matches),
        write: write_options(matches)?,
        explain: matches.get_flag("explain"),
        threads: globals.threads,
        block_size: environment.block_size(),
        env: Env {
            tz: text(matches, "tz"),
            args: arguments(matches)?,
            vars: environment.vars.clone(),
            strict: matches.get_flag("strict"),
            year: Some(jiff::Zoned::now().year()),
        },
        prompt: false,
    })
}

fn read_options(matches: &ArgMatches) -> ReadOptions {
    ReadOptions {
        delimiter: matches.get_one("delimiter").copied(),
        quote: matches.get_one("quote").copied(),
        no_header: matches.get_flag("no-header"),
        header: text(matches, "header").map(|names| names.split(',').map(|name| name.trim().to_string()).collect()),
        null_value: text(matches, "null-value"),
        ragged: match text(matches, "ragged").as_deref() {
            Some("pad") => Ragged::Pad,
            Some("skip") => Ragged::Skip,
            _ => Ragged::Error,
        },
        root: text(matches, "root"),
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
        null_value: text(matches, "null-value"),
        indent: matches.get_one::<u8>("indent").map(|spaces| usize::from(*spaces)),
        infer: match text(matches, "infer").as_deref() {
            Some("none") => Infer::None,
            Some("bool") => Infer::Bool,
            _ => Infer::Number,
        },
        text_columns: text_columns(matches)?,
        precision: matches.get_one("precision").copied(),
        width: None,
        color: false,
    })
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
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

/// A delimiter or quote: one byte, or its name.
fn single_byte(text: &str) -> Result<u8, String> {
    match text {
        "tab" | r"\t" => Ok(b'\t'),
        "space" => Ok(b' '),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(*byte),
            _ => Err("one ASCII character is needed (or tab, space, comma, semicolon, pipe)".to_string()),
        },
    }
}
