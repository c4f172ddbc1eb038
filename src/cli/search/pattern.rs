//! Flags that say what is looked for.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::cli::search::flags::{last, negation, option, switch};
use crate::core::error::{Code, Problem, Result};
use crate::core::pattern::syntax::{Bounds, Case};
use crate::search::config::{Config, Mode};

/// The heading of all flags about patterns.
pub(super) const PATTERNS: &str = "Pattern";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    vec![
        option('e', "regexp", "PATTERN", PATTERNS, "A pattern; may be given again, any of them matches")
            .action(ArgAction::Append)
            .allow_hyphen_values(true),
        option('f', "file", "FILE", PATTERNS, "Patterns from a file, one per line, or - for standard input")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf)),
        switch(Some('F'), "fixed-strings", PATTERNS, "Patterns are plain text"),
        negation("no-fixed-strings"),
        switch(Some('i'), "ignore-case", PATTERNS, "Ignore case").overrides_with_all(["case-sensitive", "smart-case"]),
        switch(Some('s'), "case-sensitive", PATTERNS, "Do not ignore case")
            .overrides_with_all(["ignore-case", "smart-case"]),
        switch(Some('S'), "smart-case", PATTERNS, "Ignore case where a pattern has no upper case letter")
            .overrides_with_all(["ignore-case", "case-sensitive"]),
        switch(Some('w'), "word-regexp", PATTERNS, "Match whole words").overrides_with("line-regexp"),
        switch(Some('x'), "line-regexp", PATTERNS, "Match whole lines").overrides_with("word-regexp"),
        switch(Some('v'), "invert-match", PATTERNS, "Select the lines that do not match"),
        negation("no-invert-match"),
        option('m', "max-count", "N", PATTERNS, "At most this many matching lines of a file")
            .value_parser(value_parser!(u64)),
    ]
}

/// Fills in what is looked for; the first positional argument is the pattern where no flag gives one. Says whether
/// standard input was read for patterns.
pub(super) fn fill(
    config: &mut Config,
    matches: &ArgMatches,
    positional: &mut impl Iterator<Item = OsString>,
) -> Result<Stdin> {
    let flag = |name: &str| matches.get_flag(name);
    let mut stdin = Stdin::Free;
    if config.mode != Mode::Files {
        config.patterns = patterns(matches, positional, &mut stdin)?;
    }
    config.fixed = last(matches, &["fixed-strings", "no-fixed-strings"]) == Some("fixed-strings");
    config.case = match (flag("ignore-case"), flag("smart-case")) {
        (true, _) => Case::Insensitive,
        (_, true) => Case::Smart,
        _ => Case::Sensitive,
    };
    config.bounds = match (flag("word-regexp"), flag("line-regexp")) {
        (true, _) => Bounds::Word,
        (_, true) => Bounds::Line,
        _ => Bounds::None,
    };
    config.invert = last(matches, &["invert-match", "no-invert-match"]) == Some("invert-match");
    config.max_count = matches.get_one::<u64>("max-count").copied();
    Ok(stdin)
}

/// Whether standard input still can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdin {
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
        let pattern = pattern.into_string().map_err(|_| {
            Problem::new(Code::Usage, "the pattern is not UTF-8").hint("write the bytes as (?-u:\\xFF)")
        })?;
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
