//! `mytools process`: its arguments. What becomes of them is in `request`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};

use crate::cli::{globals, memory, stages};
use crate::core::format::{FORMATS, Format};
use crate::core::input::encoding::{Decode, ENCODINGS};
use crate::core::registry::{Row, did_you_mean};

const INPUT: &str = "Input";
const OUTPUT: &str = "Output";
const VALUES: &str = "Values";
const RESOURCES: &str = "Resources";

/// The flags that `-h` lists, to fit on one screen; `--help` lists all.
const SHORT: [&str; 17] = [
    "where",
    "sort",
    "top",
    "limit",
    "select",
    "derive",
    "parse",
    "group-by",
    "agg",
    "freq",
    "join",
    "from",
    "no-header",
    "format",
    "table",
    "output",
    "explain",
];

/// Whether `-h` lists a flag.
pub(crate) fn on_screen(flag: &str) -> bool {
    SHORT.contains(&flag)
}

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("process")
        .visible_alias("p")
        .about("Turn data files into other formats and into answers")
        .args_override_self(true)
        .arg(
            Arg::new("input")
                .value_name("INPUT")
                .action(ArgAction::Append)
                .value_parser(value_parser!(OsString))
                .help("Files, directories, globs or - (standard input)"),
        )
        .args(stages::args())
        .args(input_args())
        .args(output_args())
        .args(value_args())
        .args(resource_args())
        .arg(globals::progress_arg())
        .mut_args(|arg| {
            let shown = on_screen(arg.get_id().as_str());
            arg.hide_short_help(!shown)
        })
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

/// Names of the formats that can be read.
fn readable() -> Vec<&'static str> {
    FORMATS.iter().filter(|row| row.item.reader.is_some()).flat_map(all_names).collect()
}

/// Names of the formats that can be written.
pub(crate) fn writable() -> Vec<&'static str> {
    FORMATS.iter().filter(|row| row.item.encoder.is_some()).flat_map(all_names).collect()
}

fn all_names(row: &'static Row<Format>) -> impl Iterator<Item = &'static str> {
    std::iter::once(row.name).chain(row.aliases.iter().copied())
}

fn input_args() -> Vec<Arg> {
    vec![
        choice("from", "FORMAT", readable(), INPUT, "Read this format [default: by name, then by content]"),
        option("root", "PATH", INPUT, "Stream the array at this path of a JSON document: data.items"),
        option("delimiter", "CHAR", INPUT, "Between cells: a character, or tab").short('d').value_parser(single_byte),
        option("quote", "CHAR", INPUT, "Around cells, in input and output").value_parser(single_byte),
        switch("no-header", INPUT, "The first record is data: columns are c1, c2, ..."),
        option("header", "NAMES", INPUT, "Names instead of those in the header: a,b,c"),
        choice("ragged", "HOW", ["error", "pad", "skip"], INPUT, "Short or long records: error, pad, skip")
            .default_value("error"),
        option("rejects", "FILE", INPUT, "Keep records that break the rules of their format in this file and go on")
            .value_parser(value_parser!(PathBuf)),
        option("skip-lines", "N", INPUT, "Pass over so many lines first").value_parser(value_parser!(u64)),
        option("comment", "CHAR", INPUT, "Lines of delimited text that start with this are comments")
            .value_parser(single_byte),
        option("escape", "CHAR", INPUT, "Takes the meaning from the character behind it, in delimited text")
            .value_parser(single_byte),
        option("encoding", "LABEL", INPUT, "The encoding of text that is not UTF-8: latin1, windows-1252, shift_jis")
            .value_parser(encoding),
        option("files-from", "FILE", INPUT, "Read the files listed in FILE too, one per line; - for stdin")
            .value_parser(value_parser!(PathBuf))
            .conflicts_with("files0-from"),
        option("files0-from", "FILE", INPUT, "The same, with a NUL between paths, as by find -print0")
            .value_parser(value_parser!(PathBuf)),
        option("source-col", "NAME", INPUT, "Add a first column of this name: the file each record came from"),
        option("sheet", "NAME|N", INPUT, "The sheet of a workbook, by name or number [default: the first]"),
        option("pattern", "REGEX", INPUT, "Read lines by this; its named groups are the columns (--from regex)"),
    ]
}

fn output_args() -> Vec<Arg> {
    vec![
        choice("format", "FORMAT", writable().into_iter().chain(["same"]), OUTPUT, "Write this format [default: json]")
            .long_help("Write this format [default: by the extension of -o, or json]")
            .short('f')
            .visible_alias("to"),
        Arg::new("table")
            .short('t')
            .action(ArgAction::SetTrue)
            .conflicts_with("format")
            .help("Write a table, as -f table")
            .help_heading(OUTPUT),
        option("output", "FILE", OUTPUT, "Write this file whole; it may be an input")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
        option("split-by", "COLUMN", OUTPUT, "A file per value, as -o '{col}.csv'").conflicts_with("split-rows"),
        option("split-rows", "N", OUTPUT, "A file per N records, as -o 'part{}.csv'").value_parser(value_parser!(u64)),
        option("out-delimiter", "CHAR", OUTPUT, "Between the cells of delimited output").value_parser(single_byte),
        choice(
            "quoting",
            "STYLE",
            ["keep", "minimal", "all", "nonnumeric", "never"],
            OUTPUT,
            "keep, minimal, all, nonnumeric or never",
        )
        .default_value("keep"),
        switch("crlf", OUTPUT, "End the records of delimited output with CR LF"),
        switch("bom", OUTPUT, "Begin with a byte order mark, for spreadsheets"),
        switch(
            "escape-formulas",
            OUTPUT,
            "Put ' before cells that spreadsheets would run as formulas",
        )
        .long_help(
            "Put ' before cells of delimited output that spreadsheets would run as formulas: those that start with =, +, -, \
             @, a tab or a line end, and are no numbers. For files that people open in a spreadsheet and that hold text \
             from elsewhere",
        ),
        option("indent", "N", OUTPUT, "Spaces per level of JSON").value_parser(value_parser!(u8).range(0..=16)),
        switch("explain", OUTPUT, "Print the numbered plan instead of running it"),
        switch("quiet", OUTPUT, "Write nothing; exit with 0 at the first row, with 1 where there is none")
            .short('q')
            .conflicts_with_all(["output", "split-by", "split-rows"]),
        switch("line-buffered", OUTPUT, "Hand over each line at once, as on a terminal").long_help(
            "Hand over each line at once, as on a terminal. What comes through a pipe is handed on as it comes also without \
             this, so that `tail -f app.csv | mytools process --from csv -w ... | ...` can be followed",
        ),
        switch("exit-status", OUTPUT, "Exit with 1 where no rows come out"),
    ]
}

fn value_args() -> Vec<Arg> {
    vec![
        option("null-value", "TEXT", VALUES, "Text that stands for null, in input and output"),
        choice(
            "infer",
            "WHAT",
            ["number", "none", "bool", "column"],
            VALUES,
            "What cells become in JSON: number, none, bool, column",
        )
        .long_help(
            "What cells without a type become in JSON and YAML: number (each cell that is one), none (all stay text), bool \
             (true and false too), column (numbers, where every cell of the column is one: output waits for the last \
             record) [default: number]",
        )
        .hide_default_value(true)
            .default_value("number"),
        option("schema", "COLUMN:TYPE", VALUES, "Columns that stay text in JSON: zip:str,id:str")
            .action(ArgAction::Append),
        option("precision", "N", VALUES, "Digits after the point of computed numbers").value_parser(value_parser!(u8)),
        switch("strict", VALUES, "A value that is not the number it should be is an error"),
        option("tz", "ZONE", VALUES, "The zone of times without one [default: UTC]"),
        option("seed", "N|random", VALUES, "What --sample picks by: the same seed, the same records [default: 0]"),
        option("arg", "NAME=VALUE", VALUES, "A value for expressions, as arg('NAME')").action(ArgAction::Append),
    ]
}

fn resource_args() -> Vec<Arg> {
    vec![
        option("memory", "SIZE", RESOURCES, "Memory for sorting, grouping, joining: 512M, 4G, 25% [default: 25%]")
            .long_help(
                "Memory for sorting, grouping, joining: 512M, 4G, 25% of what there is. What is more goes to temporary \
                 files that are gone when the run is. [default: a quarter of the machine's memory, or half of what the \
                 process or its container is allowed where that is less]",
            )
            .value_parser(memory::parse),
        option("temp-dir", "DIR", RESOURCES, "Where temporary files go [default: TMPDIR, or as the system has it]")
            .value_parser(value_parser!(PathBuf)),
    ]
}

/// A label of the WHATWG encoding standard.
fn encoding(label: &str) -> Result<String, String> {
    if Decode::labelled(label).is_some() {
        return Ok(label.to_string());
    }
    if let Some(hint) = did_you_mean(label, ENCODINGS.iter().copied()) {
        return Err(hint);
    }
    Err("labels are those of the WHATWG encoding standard: utf-8, utf-16le, latin1, shift_jis, gbk, …".to_string())
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
