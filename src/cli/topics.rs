//! `mytools help [TOPIC]`: a command's own help, or a subject, written from the tables where there are tables.

mod prose;

use std::fmt::Write;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches, Command};

use crate::cli::topics::prose::{EXIT_CODES, FORMATS as ABOUT_FORMATS, FUNCTIONS as ABOUT_FUNCTIONS, IGNORE, TYPES};
use crate::cli::{DONE, command, usage};
use crate::core::diagnostics::Mode;
use crate::core::error::Result;
use crate::core::format::losses::LOSSES;
use crate::core::format::{FORMATS, Format};
use crate::core::input::types;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::registry::Row;
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::function::FUNCTIONS;
use crate::process::expr::language::{SAMPLE, SECTIONS};
use crate::process::stage::STAGES;

/// The width of the text.
const WIDTH: usize = 100;

/// A subject: its name, what it is, and its text.
struct Topic {
    name: &'static str,
    about: &'static str,
    text: fn() -> Result<String>,
}

/// Every subject.
const TOPICS: [Topic; 8] = [
    Topic { name: "expressions", about: "How values and conditions are written", text: || Ok(expressions()) },
    Topic { name: "functions", about: "The functions of expressions", text: || Ok(functions()) },
    Topic { name: "aggregates", about: "What -a/--agg computes of groups", text: || Ok(aggregates()) },
    Topic { name: "stages", about: "What process does to records", text: || Ok(stages()) },
    Topic { name: "formats", about: "What is read and written, and what is lost between", text: || Ok(formats()) },
    Topic { name: "types", about: "The file types of search -t", text: file_types },
    Topic { name: "ignore", about: "Which files search passes over", text: || Ok(paragraphs(IGNORE)) },
    Topic { name: "exit-codes", about: "What the exit codes mean", text: || Ok(paragraphs(EXIT_CODES)) },
];

/// Commands whose help can be asked for, with their short names.
const COMMANDS: [(&str, &str); 4] = [("search", "s"), ("process", "p"), ("list", ""), ("completions", "")];

/// The declaration.
pub(crate) fn command() -> Command {
    let topics = TOPICS.iter().map(|topic| PossibleValue::new(topic.name).help(topic.about));
    let commands = COMMANDS.iter().map(|(name, short)| {
        let value = PossibleValue::new(*name).help(format!("The help of mytools {name}"));
        if short.is_empty() { value } else { value.alias(*short) }
    });
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Command::new("help").about("Print the help of a command, or about a topic").arg(
        Arg::new("topic")
            .value_name("TOPIC")
            .value_parser(PossibleValuesParser::new(topics.chain(commands)))
            .hide_possible_values(true)
            .help(format!("A command, or {}", names.join(", "))),
    )
}

/// Prints what was asked for.
pub(crate) fn run(matches: &ArgMatches) -> Result<u8> {
    let name = matches.get_one::<String>("topic").map(String::as_str);
    if let Some(topic) = TOPICS.iter().find(|topic| Some(topic.name) == name) {
        let mut out = Writer::stdout(Buffering::Block)?;
        out.put((topic.text)()?.as_bytes())?;
        out.finish()?;
        return Ok(DONE);
    }
    let words = ["mytools"].into_iter().chain(name).chain(["--help"]);
    Ok(match command::build().try_get_matches_from(words) {
        Err(error) => usage::report(&error, Mode::Text, None),
        Ok(_) => DONE,
    })
}

fn expressions() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        heading(&mut text, section.title);
        section.text.iter().for_each(|paragraph| wrap(&mut text, paragraph, 2));
        for example in section.examples {
            row(&mut text, "    ", &format!("{} → {}", example.input, example.output));
        }
    }
    heading(&mut text, "The record of the examples");
    wrap(&mut text, SAMPLE, 2);
    text
}

fn functions() -> String {
    let mut text = paragraphs(ABOUT_FUNCTIONS);
    documented(&mut text, FUNCTIONS);
    text
}

fn aggregates() -> String {
    let mut text = String::new();
    documented(&mut text, AGGREGATES);
    text
}

fn stages() -> String {
    let mut text = paragraphs(&[
        "Stages are flags of process. They apply left to right in the order written, each to the result of the one before.",
    ]);
    documented(&mut text, STAGES);
    text
}

fn formats() -> String {
    let mut text = paragraphs(ABOUT_FORMATS);
    for format in FORMATS {
        row(&mut text, "\n", &format!("{} ({})", names(format), ways(&format.item)));
        wrap(&mut text, format.summary, 4);
    }
    heading(&mut text, "What is lost between formats");
    for loss in LOSSES {
        row(&mut text, "  ", &format!("{} → {}", loss.from.join(", "), loss.to.join(", ")));
        wrap(&mut text, loss.what, 6);
    }
    text
}

/// Whether a format is read and written, and the extensions that tell it.
fn ways(format: &Format) -> String {
    let ways = match (format.reader.is_some(), format.encoder.is_some()) {
        (true, true) => "read and written",
        (true, false) => "read",
        _ => "written",
    };
    match format.extensions {
        [] => ways.to_string(),
        extensions => format!("{ways}; .{}", extensions.join(" .")),
    }
}

fn file_types() -> Result<String> {
    let mut text = paragraphs(TYPES);
    for (name, globs) in types::definitions(&[])? {
        wrap(&mut text, &format!("{name}: {}", globs.join(", ")), 2);
    }
    Ok(text)
}

/// The rows of a table: how each is written, what it does, and its examples.
fn documented<T>(text: &mut String, rows: &'static [Row<T>]) {
    for kind in rows {
        let start = if text.is_empty() { "" } else { "\n" };
        row(text, start, kind.usage);
        wrap(text, kind.summary, 4);
        for example in kind.examples {
            row(text, "      ", &format!("{} → {}", example.input, example.output));
        }
    }
}

/// A name with its other names.
fn names<T>(row: &Row<T>) -> String {
    std::iter::once(row.name).chain(row.aliases.iter().copied()).collect::<Vec<_>>().join(", ")
}

fn paragraphs(paragraphs: &[&str]) -> String {
    let mut text = String::new();
    for paragraph in paragraphs {
        match paragraph.strip_prefix("# ") {
            Some(title) => heading(&mut text, title),
            None => wrap(&mut text, paragraph, 2),
        }
    }
    text
}

fn heading(text: &mut String, title: &str) {
    row(text, if text.is_empty() { "" } else { "\n" }, &format!("{title}:"));
}

/// A line behind what starts it.
fn row(text: &mut String, start: &str, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{start}{line}");
}

/// A paragraph in lines of at most [`WIDTH`] characters, each after so many blanks.
fn wrap(text: &mut String, paragraph: &str, indent: usize) {
    let mut width = 0;
    for word in paragraph.split(' ') {
        let len = word.chars().count();
        if width > 0 && width + 1 + len <= WIDTH {
            text.push(' ');
            width += 1 + len;
        } else {
            if width > 0 {
                text.push('\n');
            }
            text.extend(std::iter::repeat_n(' ', indent));
            width = indent + len;
        }
        text.push_str(word);
    }
    text.push('\n');
}
