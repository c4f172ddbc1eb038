//! The parts of a page, in the order of man-pages(7).

use clap::{Arg, Command};

use crate::cli::document::{Block, entries, paragraphs};
use crate::cli::man::Page;
use crate::cli::man::roff::{Roff, bold, escape, italic};
use crate::cli::manual::{ENVIRONMENT, FILES, Manual, find};
use crate::cli::topics::{TOPICS, Topic};
use crate::core::error::Result;

/// The page of a command, which may be the whole program.
pub(super) fn of_command(command: &Command, root: &Command) -> Page {
    let whole = command.get_name() == root.get_name();
    let name = if whole { "mytools".to_string() } else { format!("mytools-{}", command.get_name()) };
    let manual = find(command.get_name());
    let mut roff = Roff::new(&name, 1);
    head(&mut roff, &name, &about(command));
    roff.section("Synopsis");
    synopsis(&mut roff, command);
    roff.section("Description");
    roff.paragraph(&sentence(&about(command)));
    roff.blocks(&paragraphs(manual.map_or(&[], |manual| manual.notes)));
    if whole {
        roff.section("Commands");
        for inner in command.get_subcommands() {
            let names: Vec<String> =
                std::iter::once(inner.get_name()).chain(inner.get_visible_aliases()).map(bold).collect();
            roff.term(&names.join(", "), &about(inner));
        }
    }
    options(&mut roff, command);
    if let Some(manual) = manual {
        tail(&mut roff, manual);
    }
    let mut others = vec![(String::from("mytools"), 1)];
    others.extend(root.get_subcommands().map(|inner| (format!("mytools-{}", inner.get_name()), 1)));
    let topics = TOPICS.iter().map(|topic| topic.name);
    let topics = topics.filter(|topic| whole || manual.is_some_and(|manual| manual.topics.contains(topic)));
    others.extend(topics.map(|topic| (format!("mytools-{topic}"), 7)));
    see_also(&mut roff, &name, others);
    Page { name, section: 1, text: roff.finish() }
}

/// The page of a topic.
pub(super) fn of_topic(topic: &Topic) -> Result<Page> {
    let name = format!("mytools-{}", topic.name);
    let mut roff = Roff::new(&name, 7);
    head(&mut roff, &name, topic.about);
    roff.section("Description");
    roff.blocks(&(topic.text)()?);
    let mut others =
        vec![("mytools".to_string(), 1), ("mytools-search".to_string(), 1), ("mytools-process".to_string(), 1)];
    others.extend(TOPICS.iter().map(|other| (format!("mytools-{}", other.name), 7)));
    see_also(&mut roff, &name, others);
    Ok(Page { name, section: 7, text: roff.finish() })
}

fn head(roff: &mut Roff, name: &str, about: &str) {
    roff.section("Name");
    roff.line(&format!("{} \\- {}", escape(name), escape(&lower_first(about))));
}

/// How the command is written. clap says it with the program's name in front.
fn synopsis(roff: &mut Roff, command: &Command) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let words: Vec<String> = usage
        .split(' ')
        .map(|word| if word.chars().all(char::is_lowercase) { bold(word) } else { escape(word) })
        .collect();
    roff.line(&words.join(" "));
}

/// The options under their headings, in the order of help.
fn options(roff: &mut Roff, command: &Command) {
    let mut headings: Vec<&str> = Vec::new();
    let shown: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    for arg in &shown {
        let heading = heading(arg);
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    roff.section("Options");
    for title in headings {
        roff.part(title);
        for arg in shown.iter().filter(|arg| heading(arg) == title) {
            roff.term(&option(arg), &explained(arg));
        }
    }
}

fn heading(arg: &Arg) -> &str {
    arg.get_help_heading().unwrap_or(if arg.is_positional() { "Arguments" } else { "Options" })
}

/// `-g, --glob GLOB`.
fn option(arg: &Arg) -> String {
    let value = arg.get_value_names().unwrap_or_default().iter().map(|name| italic(name)).collect::<Vec<_>>().join(" ");
    if arg.is_positional() {
        // One of `search` is called like two in brackets.
        return value.replace("] [", " ");
    }
    let short = arg.get_short().map(|short| bold(&format!("-{short}")));
    let long = arg.get_visible_aliases().unwrap_or_default();
    let long = arg.get_long().into_iter().chain(long).map(|long| bold(&format!("--{long}")));
    let names = short.into_iter().chain(long).collect::<Vec<_>>().join(", ");
    let takes = arg.get_action().takes_values() && arg.get_num_args().is_none_or(|range| range.takes_values());
    if takes { format!("{names} {value}") } else { names }
}

/// What an option is for, with its default where its help does not say it.
fn explained(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let shown = !arg.is_hide_default_value_set() && arg.get_action().takes_values() && !defaults.is_empty();
    if shown { format!("{help} [default: {}]", defaults.join(", ")) } else { help }
}

/// What stands behind the options.
fn tail(roff: &mut Roff, manual: &Manual) {
    let mut part = |title: &str, blocks: &[Block]| {
        if !blocks.is_empty() {
            roff.section(title);
            roff.blocks(blocks);
        }
    };
    part("Exit status", &entries(manual.exit));
    part("Environment", &entries(ENVIRONMENT));
    if matches!(manual.name, "mytools" | "search") {
        part("Files", &entries(FILES));
    }
    part("Examples", &manual.samples());
}

fn see_also(roff: &mut Roff, name: &str, others: Vec<(String, u8)>) {
    roff.section("See also");
    let others = others.into_iter().filter(|(other, _)| other != name);
    let others: Vec<String> = others.map(|(other, section)| format!("{}({section})", bold(&other))).collect();
    roff.line(&others.join(", "));
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// A summary within a sentence.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// A summary as a sentence.
fn sentence(text: &str) -> String {
    format!("{text}.")
}
