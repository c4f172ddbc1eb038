//! `mytools help [TOPIC]`: a command's own help, or a subject, written from the tables where there are tables.

mod prose;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches, Command};

use crate::cli::document::{Block, entries, paragraphs, to_text};
use crate::cli::manual::{ENVIRONMENT, MANUALS};
use crate::cli::topics::prose::{
    CONFIG, ERRORS, EXIT_CODES, FORMATS as ABOUT_FORMATS, FUNCTIONS as ABOUT_FUNCTIONS, IGNORE, STAGES as ABOUT_STAGES,
    TYPES,
};
use crate::cli::{DONE, FAILED, command, usage};
use crate::core::error::{CODES, Result};
use crate::core::format::losses::LOSSES;
use crate::core::format::{FORMATS, Format};
use crate::core::input::types;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::registry::Row;
use crate::process::aggregate::AGGREGATES;
use crate::process::expr::function::FUNCTIONS;
use crate::process::expr::language::{SAMPLE, SECTIONS};
use crate::process::stage::{STAGES, task};

/// The width of the text.
const WIDTH: usize = 100;

/// A subject: its name, what it is, and its text.
pub(super) struct Topic {
    /// What to type.
    pub(super) name: &'static str,
    /// A few words about it.
    pub(super) about: &'static str,
    /// Makes the text.
    pub(super) text: fn() -> Result<Vec<Block>>,
}

/// Every subject.
pub(super) static TOPICS: [Topic; 10] = [
    Topic { name: "expressions", about: "How values and conditions are written", text: || Ok(expressions()) },
    Topic { name: "functions", about: "The functions of expressions", text: || Ok(functions()) },
    Topic { name: "aggregates", about: "What -a/--agg computes of groups", text: || Ok(documented(AGGREGATES)) },
    Topic { name: "stages", about: "What process does to records", text: || Ok(stages()) },
    Topic { name: "formats", about: "What is read and written, and what is lost between", text: || Ok(formats()) },
    Topic { name: "types", about: "The file types of search -t", text: file_types },
    Topic { name: "ignore", about: "Which files search passes over", text: || Ok(paragraphs(IGNORE)) },
    Topic { name: "exit-codes", about: "What the exit codes mean", text: || Ok(paragraphs(EXIT_CODES)) },
    Topic { name: "errors", about: "What messages look like, and the codes of problems", text: || Ok(errors()) },
    Topic { name: "environment", about: "Variables, and the file of arguments", text: || Ok(environment()) },
];

/// The declaration.
pub(crate) fn command() -> Command {
    let topics = TOPICS.iter().map(|topic| PossibleValue::new(topic.name).help(topic.about));
    let commands = MANUALS.iter().filter(|manual| !["mytools", "help"].contains(&manual.name)).map(|manual| {
        let value = PossibleValue::new(manual.name).help(format!("The help of mytools {}", manual.name));
        match manual.name {
            "search" => value.alias("s"),
            "process" => value.alias("p"),
            _ => value,
        }
    });
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Command::new("help").about("Print the help of a command, or about a topic").arg(
        Arg::new("topic")
            .value_name("TOPIC")
            .value_parser(PossibleValuesParser::new(topics.chain(commands)))
            .hide_possible_values(true)
            .help("A command or a topic")
            .long_help(format!("A command, or {}", names.join(", "))),
    )
}

/// Prints what was asked for.
pub(crate) fn run(matches: &ArgMatches) -> Result<u8> {
    let name = matches.get_one::<String>("topic").map(String::as_str);
    if let Some(topic) = TOPICS.iter().find(|topic| Some(topic.name) == name) {
        let mut out = Writer::stdout(Buffering::Block)?;
        out.put(to_text(&(topic.text)()?, WIDTH).as_bytes())?;
        out.finish()?;
        return Ok(DONE);
    }
    let words = ["mytools"].into_iter().chain(name).chain(["--help"]);
    Ok(match command::build().try_get_matches_from(words) {
        Err(error) => usage::help(&error).unwrap_or(FAILED),
        Ok(_) => DONE,
    })
}

fn expressions() -> Vec<Block> {
    let mut blocks = Vec::new();
    for section in SECTIONS {
        blocks.push(Block::Heading(section.title.to_string()));
        blocks.extend(paragraphs(section.text));
        blocks
            .extend(section.examples.iter().map(|example| Block::Example(example.input.into(), example.output.into())));
    }
    blocks.extend(paragraphs(&["# The record of the examples", SAMPLE]));
    blocks
}

fn errors() -> Vec<Block> {
    let codes: Vec<(&str, &str)> = CODES.iter().map(|entry| (entry.name, entry.about)).collect();
    [paragraphs(ERRORS), entries(&codes)].concat()
}

fn functions() -> Vec<Block> {
    [paragraphs(ABOUT_FUNCTIONS), documented(FUNCTIONS)].concat()
}

fn stages() -> Vec<Block> {
    let mut blocks = paragraphs(ABOUT_STAGES);
    let mut last = "";
    for row in STAGES {
        let task = task(row.name);
        if task != last {
            blocks.push(Block::Heading(task.to_string()));
            last = task;
        }
        blocks.extend(described(row));
    }
    blocks
}

fn formats() -> Vec<Block> {
    let mut blocks = paragraphs(ABOUT_FORMATS);
    for format in FORMATS {
        let name = format!("{} ({})", names(format), ways(&format.item));
        let mut about = format!("{}.", format.summary);
        for (what, flags) in [("Reading", format.item.read_flags), ("Writing", format.item.write_flags)] {
            if !flags.is_empty() {
                about.push_str(&[" ", what, ": --", &flags.join(", --"), "."].concat());
            }
        }
        blocks.push(Block::Term(name, about));
    }
    blocks.push(Block::Heading("What is lost between formats".to_string()));
    for loss in LOSSES {
        let name = format!("{} → {}", loss.from.join(", "), loss.to.join(", "));
        blocks.push(Block::Entry(name, loss.says().into_owned()));
    }
    blocks
}

fn environment() -> Vec<Block> {
    [vec![Block::Heading("Variables".to_string())], entries(ENVIRONMENT), paragraphs(CONFIG)].concat()
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

fn file_types() -> Result<Vec<Block>> {
    let mut blocks = paragraphs(TYPES);
    let definitions = types::definitions(&[])?.into_iter();
    blocks.extend(definitions.map(|(name, globs)| Block::Entry(name, globs.join(", "))));
    Ok(blocks)
}

/// The rows of a table.
fn documented<T>(rows: &'static [Row<T>]) -> Vec<Block> {
    rows.iter().flat_map(described).collect()
}

/// How something is written, what it does, and its examples.
fn described<T>(row: &'static Row<T>) -> Vec<Block> {
    let examples = row.examples.iter().map(|example| Block::Example(example.input.into(), example.output.into()));
    std::iter::once(Block::Term(row.usage.into(), row.summary.into())).chain(examples).collect()
}

/// A name with its other names.
fn names<T>(row: &Row<T>) -> String {
    std::iter::once(row.name).chain(row.aliases.iter().copied()).collect::<Vec<_>>().join(", ")
}
