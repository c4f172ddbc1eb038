//! `mytools search`: its arguments, and their flattening into a search configuration.
//!
//! Names, short forms and meanings are ripgrep's; `-p` is a path.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cli::environment::Environment;
use crate::cli::globals::Globals;
use crate::core::diagnostics::Diagnostics;
use crate::core::error::{Code, Problem, Result};
use crate::core::input::select::Select;
use crate::core::input::types::TypeChange;
use crate::core::output::writer::{Buffering, Writer};
use crate::core::pattern::syntax::{Bounds, Case};
use crate::search;
use crate::search::config::{Config, Mode, Sort};
use crate::search::plan::Plan;

const PATTERNS: &str = "Pattern";
const FILES: &str = "Which files";
const OUTPUT: &str = "Output";
const RESULTS: &str = "What to print instead of lines";

const EXAMPLES: &str = "\
Examples:
  Lines with a word, in a tree, without what git ignores
    mytools search 'fn main' src/
  Whole words, ignoring case, with two lines of context
    mytools search -wi -C2 error app.log
  How often, for each file
    mytools search -c TODO -t rust
  Fields of a log as records
    mytools search 'status=(?<code>\\d{3}) .* ms=(?<ms>\\d+)' logs/ --format jsonl";

const AFTER: &str = "\
Exit codes: 0 a match, 1 no match, 2 an error (0 for -q with a match)

Files are printed in path order. Hidden files, binary files and what .gitignore, .ignore and .rgignore files name are left \
out; -u, -uu and -uuu take them in, step by step.";

/// The declaration.
pub(crate) fn command() -> Command {
    Command::new("search")
        .visible_alias("s")
        .about("Find lines that match a pattern, in files, trees and pipes")
        .args_override_self(true)
        .arg(
            Arg::new("positional")
                .value_name("PATTERN] [PATH")
                .value_parser(value_parser!(OsString))
                .action(ArgAction::Append)
                .help("A regular expression, then files and directories, or - for standard input"),
        )
        .args(pattern_args())
        .args(file_args())
        .args(output_args())
        .args(result_args())
        .after_help(EXAMPLES)
        .after_long_help(format!("{EXAMPLES}\n\n{AFTER}"))
}

fn switch(short: Option<char>, name: &'static str, heading: &'static str, help: &'static str) -> Arg {
    let arg = Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).help_heading(heading);
    match short {
        Some(short) => arg.short(short),
        None => arg,
    }
}

fn option(short: char, name: &'static str, value: &'static str, heading: &'static str, help: &'static str) -> Arg {
    Arg::new(name).short(short).long(name).value_name(value).help(help).help_heading(heading)
}

fn pattern_args() -> Vec<Arg> {
    vec![
        option('e', "regexp", "PATTERN", PATTERNS, "A pattern; may be given again, any of them matches")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        option('f', "file", "FILE", PATTERNS, "Patterns from a file, one per line, or - for standard input")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf)),
        switch(Some('F'), "fixed-strings", PATTERNS, "Patterns are plain text"),
        switch(Some('i'), "ignore-case", PATTERNS, "Ignore case").overrides_with_all(["case-sensitive", "smart-case"]),
        switch(Some('s'), "case-sensitive", PATTERNS, "Do not ignore case")
            .overrides_with_all(["ignore-case", "smart-case"]),
        switch(Some('S'), "smart-case", PATTERNS, "Ignore case where a pattern has no upper case letter")
            .overrides_with_all(["ignore-case", "case-sensitive"]),
        switch(Some('w'), "word-regexp", PATTERNS, "Match whole words").overrides_with("line-regexp"),
        switch(Some('x'), "line-regexp", PATTERNS, "Match whole lines").overrides_with("word-regexp"),
        switch(Some('v'), "invert-match", PATTERNS, "Select the lines that do not match"),
        option('m', "max-count", "N", PATTERNS, "At most this many matching lines of a file")
            .value_parser(value_parser!(u64)),
    ]
}

fn file_args() -> Vec<Arg> {
    vec![
        option('p', "path", "PATH", FILES, "A file or directory to search, in addition to those behind the pattern")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf)),
        option('g', "glob", "GLOB", FILES, "Only files that match; with a leading !, only others; the last one wins")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        option('t', "type", "TYPE", FILES, "Only files of this type: rust, py, md, ...").action(ArgAction::Append),
        option('T', "type-not", "TYPE", FILES, "No files of this type").action(ArgAction::Append),
        switch(Some('.'), "hidden", FILES, "Hidden files and directories too"),
        Arg::new("unrestricted")
            .short('u')
            .long("unrestricted")
            .action(ArgAction::Count)
            .help("What ignore files name too; -uu: hidden files; -uuu: binary files")
            .help_heading(FILES),
        switch(Some('L'), "follow", FILES, "Follow symbolic links"),
        option('d', "max-depth", "N", FILES, "How deep to go: 1 is the files right in a directory")
            .visible_alias("maxdepth")
            .value_parser(value_parser!(usize)),
        switch(Some('z'), "search-zip", FILES, "Search in compressed files, known by their content"),
        Arg::new("sort")
            .long("sort")
            .value_name("ORDER")
            .value_parser(PossibleValuesParser::new(["path", "none"]))
            .default_value("path")
            .hide_possible_values(true)
            .help("Order of files: path, or none for first come")
            .help_heading(FILES),
    ]
}

fn output_args() -> Vec<Arg> {
    let lines = |short, name, help| option(short, name, "N", OUTPUT, help).value_parser(value_parser!(usize));
    vec![
        switch(Some('n'), "line-number", OUTPUT, "Print line numbers").overrides_with("no-line-number"),
        switch(Some('N'), "no-line-number", OUTPUT, "No line numbers").overrides_with("line-number"),
        switch(Some('H'), "with-filename", OUTPUT, "Print paths").overrides_with("no-filename"),
        switch(Some('I'), "no-filename", OUTPUT, "No paths").overrides_with("with-filename"),
        switch(None, "heading", OUTPUT, "Print the path above its lines").overrides_with("no-heading"),
        switch(None, "no-heading", OUTPUT, "Print the path on each line").overrides_with("heading"),
        lines('A', "after-context", "Lines after each match"),
        lines('B', "before-context", "Lines before each match"),
        lines('C', "context", "Lines before and after each match"),
        switch(Some('o'), "only-matching", OUTPUT, "Print the matches alone"),
        option('r', "replace", "TEXT", OUTPUT, "Print matches replaced: $1, $name, ${1}x; no file is changed")
            .allow_hyphen_values(true),
    ]
}

/// The flags of which the last one given decides what is printed.
const MODES: [&str; 3] = ["count", "files-with-matches", "json"];

fn result_args() -> Vec<Arg> {
    let mode = |short, name: &'static str, help| {
        switch(short, name, RESULTS, help).overrides_with_all(MODES.into_iter().filter(move |other| *other != name))
    };
    vec![
        mode(Some('c'), "count", "Print the number of matching lines of each file; with -o, of matches"),
        mode(Some('l'), "files-with-matches", "Print the paths of files that match"),
        mode(None, "json", "Print JSON events, as ripgrep does"),
        switch(None, "files", RESULTS, "Print the paths that would be searched"),
        switch(Some('q'), "quiet", RESULTS, "Print nothing; the exit code tells"),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(crate::cli::process::writable()))
            .hide_possible_values(true)
            .help("Print a record for each match: jsonl, json, csv, tsv, table, ...")
            .help_heading(RESULTS),
    ]
}

/// Runs the command; returns the exit code.
pub(crate) fn run(
    matches: &ArgMatches,
    globals: &Globals,
    environment: &Environment,
    diagnostics: &Diagnostics,
) -> Result<u8> {
    let config = config(matches, globals, environment)?;
    let quiet = config.quiet;
    let plan = Plan::new(config)?;
    let buffering = if environment.stdout_is_terminal { Buffering::Line } else { Buffering::Block };
    let mut output = Writer::stdout(buffering)?;
    let outcome = search::run(&plan, &mut output, diagnostics);
    let flushed = output.finish();
    let outcome = outcome?;
    flushed?;
    let failed = diagnostics.had_errors();
    Ok(match (outcome.matched, failed) {
        (true, false) => 0,
        (true, true) if quiet => 0,
        (_, true) => 2,
        (false, false) => 1,
    })
}

/// The flags as a configuration.
fn config(matches: &ArgMatches, globals: &Globals, environment: &Environment) -> Result<Config> {
    let flag = |name: &str| matches.get_flag(name);
    let mode = mode(matches);
    let mut positional = matches.get_many::<OsString>("positional").unwrap_or_default().cloned();
    let mut stdin = Stdin::Free;
    let patterns = match mode {
        Mode::Files => Vec::new(),
        _ => patterns(matches, &mut positional, &mut stdin)?,
    };
    let named: Vec<PathBuf> = matches.get_many::<PathBuf>("path").unwrap_or_default().cloned().collect();
    let path_flag = !named.is_empty();
    let mut roots: Vec<PathBuf> = positional.map(PathBuf::from).chain(named).collect();
    if stdin == Stdin::Taken && roots.iter().any(|root| root == Path::new("-")) {
        return Err(Problem::new(Code::Usage, "standard input cannot give both the patterns and the text").into());
    }
    if roots.is_empty() && mode != Mode::Files && stdin == Stdin::Free && stdin_has_data(environment) {
        roots.push(PathBuf::from("-"));
    }
    let lines = |name: &str| matches.get_one::<usize>(name).copied();
    let around = lines("context").unwrap_or(0);
    let either = |yes: &str, no: &str| match (flag(yes), flag(no)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    Ok(Config {
        patterns,
        fixed: flag("fixed-strings"),
        case: match (flag("ignore-case"), flag("smart-case")) {
            (true, _) => Case::Insensitive,
            (_, true) => Case::Smart,
            _ => Case::Sensitive,
        },
        bounds: match (flag("word-regexp"), flag("line-regexp")) {
            (true, _) => Bounds::Word,
            (_, true) => Bounds::Line,
            _ => Bounds::None,
        },
        invert: flag("invert-match"),
        mode,
        format: matches.get_one::<String>("format").cloned(),
        quiet: flag("quiet"),
        max_count: matches.get_one::<u64>("max-count").copied(),
        before: lines("before-context").unwrap_or(around),
        after: lines("after-context").unwrap_or(around),
        only_matching: flag("only-matching"),
        replacement: matches.get_one::<String>("replace").cloned(),
        with_filename: either("with-filename", "no-filename"),
        line_number: either("line-number", "no-line-number"),
        heading: either("heading", "no-heading"),
        color: globals.color,
        terminal: environment.stdout_is_terminal,
        width: globals.width,
        select: Select { tells_omitted: globals.settings.debug, ..select(matches, roots) },
        path_flag,
        binary: matches.get_count("unrestricted") >= 3,
        decompress: flag("search-zip"),
        sort: match matches.get_one::<String>("sort").map(String::as_str) {
            Some("none") => Sort::None,
            _ => Sort::Path,
        },
        threads: globals.threads,
        block_size: environment.block_size,
    })
}

/// What is printed, where one flag stands for it; of several the first here.
fn mode(matches: &ArgMatches) -> Mode {
    if matches.get_flag("files") {
        Mode::Files
    } else if matches.get_flag("count") {
        Mode::Count
    } else if matches.get_flag("files-with-matches") {
        Mode::Paths
    } else if matches.get_flag("json") {
        Mode::Json
    } else {
        Mode::Lines
    }
}

/// Whether standard input still can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stdin {
    Free,
    /// `-f -` has read it.
    Taken,
}

/// The patterns in the order given, without repetitions; the first positional argument where no flag gives one.
fn patterns(
    matches: &ArgMatches,
    positional: &mut impl Iterator<Item = OsString>,
    stdin: &mut Stdin,
) -> Result<Vec<String>> {
    let places = |name: &str| matches.indices_of(name).unwrap_or_default();
    let mut sources: Vec<(usize, Source<'_>)> = Vec::new();
    let texts = matches.get_many::<String>("regexp").unwrap_or_default();
    sources.extend(places("regexp").zip(texts).map(|(at, text)| (at, Source::Text(text))));
    let files = matches.get_many::<PathBuf>("file").unwrap_or_default();
    sources.extend(places("file").zip(files).map(|(at, path)| (at, Source::File(path))));
    sources.sort_by_key(|(at, _)| *at);
    if sources.is_empty() {
        let Some(pattern) = positional.next() else {
            let problem = Problem::new(Code::Usage, "a pattern is missing");
            return Err(problem.hint("mytools search PATTERN [PATH]...").into());
        };
        let pattern = pattern.into_string().map_err(|_| Problem::new(Code::Usage, "the pattern is not UTF-8"))?;
        return Ok(vec![pattern]);
    }
    let mut patterns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut add = |pattern: &str| {
        if seen.insert(pattern.to_string()) {
            patterns.push(pattern.to_string());
        }
    };
    for (_, source) in sources {
        match source {
            Source::Text(text) => add(text),
            Source::File(path) => {
                let text = read_patterns(path, stdin)?;
                text.lines().for_each(&mut add);
            }
        }
    }
    Ok(patterns)
}

/// Where patterns come from.
enum Source<'m> {
    Text(&'m String),
    File(&'m PathBuf),
}

fn read_patterns(path: &Path, stdin: &mut Stdin) -> Result<String> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        if *stdin == Stdin::Taken {
            return Err(Problem::new(Code::Usage, "-f - can be given once only").into());
        }
        *stdin = Stdin::Taken;
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| Problem::io("<stdin>", &error))?;
    } else {
        bytes = std::fs::read(path).map_err(|error| Problem::io(name.clone(), &error))?;
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        let problem = Problem::new(Code::Usage, "a pattern is not UTF-8").at_path(name).at_line(line);
        problem.hint("write the bytes as (?-u:\\xFF)").into()
    })
}

fn select(matches: &ArgMatches, roots: Vec<PathBuf>) -> Select {
    let strings = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned();
    let places = |name: &str| matches.indices_of(name).unwrap_or_default();
    let mut types: Vec<(usize, TypeChange)> = places("type").zip(strings("type").map(TypeChange::Select)).collect();
    types.extend(places("type-not").zip(strings("type-not").map(TypeChange::Negate)));
    types.sort_by_key(|(at, _)| *at);
    let mut select = Select {
        roots,
        hidden: matches.get_flag("hidden"),
        follow: matches.get_flag("follow"),
        max_depth: matches.get_one::<usize>("max-depth").copied(),
        globs: strings("glob").collect(),
        types: types.into_iter().map(|(_, change)| change).collect(),
        skip_stdout: !matches.get_flag("files"),
        ..Select::default()
    };
    select.unrestrict(matches.get_count("unrestricted"));
    select
}

/// Whether standard input is something that is there to be read: a file, a pipe or a socket.
#[cfg(unix)]
fn stdin_has_data(environment: &Environment) -> bool {
    use rustix::fs::FileType;
    !environment.stdin_is_terminal
        && rustix::fs::fstat(std::io::stdin()).is_ok_and(|stat| {
            let kind = FileType::from_raw_mode(stat.st_mode);
            matches!(kind, FileType::RegularFile | FileType::Fifo | FileType::Socket)
        })
}

/// Whether standard input is something that is there to be read.
#[cfg(not(unix))]
fn stdin_has_data(environment: &Environment) -> bool {
    !environment.stdin_is_terminal
}
