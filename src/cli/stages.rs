//! Stages in the order written: arguments from the table of stages, and the way back from what clap parsed.
//!
//! clap keeps no position for flags, so every stage is an option, those without a value too; the positions of all
//! occurrences are put in one line, and what belongs to the stage directly before it is attached to it.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};

use crate::cli::command;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{Row, find};
use crate::process::stage::{STAGES, StageKind, Written, task};

/// What the values of stages are called that are names of files.
const FILES: [&str; 2] = ["FILE", "OLD"];

/// The heading of all stages where headings take too much room.
pub(crate) fn short_heading(heading: &str) -> Option<&'static str> {
    heading.starts_with("Stages ").then_some("Stages, applied in the order written")
}

/// One argument per stage, and one per flag that only belongs to stages, behind the first of these.
pub(crate) fn args() -> Vec<Arg> {
    let attachments = attachments();
    let behind = |row: &'static Row<StageKind>| {
        let mine = attachments.iter().filter(|(_, owners)| owners.first() == Some(&row.name));
        std::iter::once(stage_arg(row)).chain(mine.map(attachment_arg)).collect::<Vec<_>>()
    };
    STAGES.iter().flat_map(behind).collect()
}

/// What the values of flags that belong to stages are.
const ATTACHED: [(&str, &str, &str); 4] = [
    ("keep", "WHICH", "Which record of equal ones: first (default) or last"),
    ("on", "COLUMNS", "The columns that must be equal: id, or this=other where names differ"),
    ("kind", "KIND", "inner (default), left, right, full, semi, anti or asof"),
    ("tolerance", "SPAN", "How far apart asof joins: 5m, 10"),
];

/// Flags that are no stages themselves, each with the stages they belong to.
fn attachments() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for (row, flag) in STAGES.iter().flat_map(|row| row.item.attach.iter().map(move |flag| (row, *flag))) {
        match all.iter_mut().find(|(known, _)| *known == flag) {
            Some((_, owners)) => owners.push(row.name),
            None if find(STAGES, flag).is_none() => all.push((flag, vec![row.name])),
            None => {}
        }
    }
    all
}

fn attachment_arg((flag, owners): &(&'static str, Vec<&'static str>)) -> Arg {
    let owner = owners.join(" or --");
    let known = ATTACHED.iter().find(|(name, ..)| name == flag);
    let (_, value, help) = known.copied().unwrap_or((flag, "VALUE", "Says more"));
    Arg::new(*flag)
        .long(*flag)
        .value_name(value)
        .help(help)
        .long_help(format!("{help}; belongs to the --{owner} directly before it"))
        .help_heading(owners.first().map_or("", |owner| task(owner)))
        .action(ArgAction::Append)
}

fn stage_arg(row: &'static Row<StageKind>) -> Arg {
    let arg = Arg::new(row.name)
        .long(row.name)
        .aliases(row.aliases.iter().copied())
        .help(row.summary.split(';').next().unwrap_or(row.summary))
        .long_help(row.summary)
        .help_heading(task(row.name))
        .action(ArgAction::Append)
        .allow_hyphen_values(true);
    let arg = match row.item.short {
        Some(short) => arg.short(short),
        None => arg,
    };
    match row.item.value {
        Some(value) => arg.value_name(value).value_parser(clap::value_parser!(OsString)),
        None => arg
            .allow_hyphen_values(false)
            .num_args(0)
            .value_parser(clap::value_parser!(bool))
            .default_missing_value("true"),
    }
}

/// The stages as written, each with what belongs to it.
pub(crate) fn written(matches: &ArgMatches) -> Result<Vec<Written>> {
    let mut occurrences: Vec<(usize, Occurrence)> = Vec::new();
    for row in STAGES {
        if matches.value_source(row.name) != Some(ValueSource::CommandLine) {
            continue;
        }
        let indices = matches.indices_of(row.name).into_iter().flatten();
        let values: Vec<OsString> = match row.item.value {
            Some(_) => values(matches, row)?,
            None => matches.get_many::<bool>(row.name).into_iter().flatten().map(|_| OsString::new()).collect(),
        };
        occurrences.extend(indices.zip(values).map(|(at, value)| {
            (
                at,
                Occurrence {
                    flag: row.name,
                    value: value.to_string_lossy().into_owned(),
                    odd: value.to_str().is_none().then_some(value),
                },
            )
        }));
    }
    for (flag, _) in attachments() {
        let indices = matches.indices_of(flag).into_iter().flatten();
        let values = matches.get_many::<String>(flag).into_iter().flatten().cloned();
        occurrences.extend(indices.zip(values).map(|(at, value)| (at, Occurrence { flag, value, odd: None })));
    }
    occurrences.sort_by_key(|(at, _)| *at);
    pair(occurrences.into_iter().map(|(_, occurrence)| occurrence).collect(), STAGES)
}

/// The values of a stage. One that is a flag itself means that the value was forgotten.
fn values(matches: &ArgMatches, row: &'static Row<StageKind>) -> Result<Vec<OsString>> {
    let values: Vec<OsString> = matches.get_many::<OsString>(row.name).into_iter().flatten().cloned().collect();
    for value in &values {
        let Some(value) = value.to_str() else {
            if row.item.value.is_some_and(|name| FILES.contains(&name)) {
                continue;
            }
            let message = format!("'{}' behind --{} is no text", value.display(), row.name);
            return Err(Problem::new(Code::Usage, message).hint("arguments are UTF-8, but for names of files").into());
        };
        if !value.starts_with('-') {
            continue;
        }
        if is_flag(value) {
            let flag = match row.item.short {
                Some(short) => format!("-{short}/--{}", row.name),
                None => format!("--{}", row.name),
            };
            let message = format!("'{value}' follows '{flag}', which needs a value");
            let hint = format!("write {flag} {}", row.item.value.unwrap_or("VALUE"));
            return Err(Problem::new(Code::Usage, message).hint(hint).into());
        }
    }
    Ok(values)
}

/// Whether a word is one of the flags of `process`.
fn is_flag(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or(word);
    command::build().find_subcommand("process").is_some_and(|process| {
        process.get_arguments().any(|arg| {
            let long = name.strip_prefix("--").is_some_and(|long| arg.get_long() == Some(long));
            let mut short = name.strip_prefix('-').into_iter().flat_map(str::chars);
            long || arg.get_short().is_some() && short.next() == arg.get_short() && short.next().is_none()
        })
    })
}

/// A flag with its value, as found on the command line.
#[derive(Debug, Clone)]
struct Occurrence {
    flag: &'static str,
    value: String,
    /// The value as it came, where it is no text.
    odd: Option<OsString>,
}

/// Attaches each flag that belongs to the stage directly before it. One that could belong to a stage which lacks it, but
/// is not written directly behind it, is an error: it would silently mean something else.
fn pair(occurrences: Vec<Occurrence>, table: &'static [Row<StageKind>]) -> Result<Vec<Written>> {
    let mut stages: Vec<Written> = Vec::new();
    for Occurrence { flag, value, odd } in occurrences {
        match stages.last_mut() {
            Some(owner) if attaches(table, &owner.flag, flag) => owner.attached.push((flag.to_string(), value)),
            _ => stages.push(Written { flag: flag.to_string(), value, attached: Vec::new(), odd }),
        }
    }
    for (at, stage) in stages.iter().enumerate() {
        if find(table, &stage.flag).is_none() {
            let owners = table.iter().filter(|row| row.item.attach.contains(&stage.flag.as_str()));
            let owners = owners.map(|row| format!("--{}", row.name)).collect::<Vec<_>>().join(" or ");
            let problem = Problem::new(Code::Plan, format!("{} has no stage", show(table, &stage.flag, &stage.value)));
            return Err(problem.hint(format!("write it directly behind {owners}")).into());
        }
        let lacks = |owner: &Written| attaches(table, &owner.flag, &stage.flag) && owner.attached.is_empty();
        let before = stages.iter().take(at).rposition(lacks);
        let owner = before.or_else(|| stages.iter().skip(at).position(lacks).map(|after| at + after));
        if let Some(owner) = owner {
            return Err(misplaced(table, &stages, at, owner).into());
        }
    }
    Ok(stages)
}

fn attaches(table: &'static [Row<StageKind>], owner: &str, flag: &str) -> bool {
    find(table, owner).is_some_and(|row| row.item.attach.contains(&flag))
}

/// The error for a flag at `at` that is not directly behind the stage at `owner`.
fn misplaced(table: &'static [Row<StageKind>], stages: &[Written], at: usize, owner: usize) -> Problem {
    let show = |index: usize| stages.get(index).map(|stage| show(table, &stage.flag, &stage.value)).unwrap_or_default();
    let (stage, target) = (show(at), show(owner));
    if owner > at {
        return Problem::new(Code::Plan, format!("{stage} comes before {target}, to which it belongs"))
            .hint(format!("write {target} {stage}"));
    }
    let between: Vec<String> = (owner + 1..at).map(show).collect();
    let between = between.join(" ");
    Problem::new(Code::Plan, format!("{stage} is separated from {target} by {between}"))
        .hint(format!("move {between} behind it: {target} {stage} {between}"))
}

/// A flag and its value as the shell would take them.
fn show(table: &'static [Row<StageKind>], flag: &str, value: &str) -> String {
    let name = match find(table, flag).and_then(|row| row.item.short) {
        Some(short) => format!("-{short}"),
        None => format!("--{flag}"),
    };
    if value.is_empty() {
        return name;
    }
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.,:/%+=@".contains(&byte));
    if plain { format!("{name} {value}") } else { format!("{name} '{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Occurrence, pair};
    use crate::core::error::{Code, Problem, Result};
    use crate::core::registry::Row;
    use crate::process::stage::{Setup, Stage, StageKind, Written};

    fn build(_: &Written, _: &Setup) -> Result<Box<dyn Stage>> {
        Err(Problem::new(Code::Internal, "not built in this test").into())
    }

    const fn row(name: &'static str, short: char, attach: &'static [&'static str]) -> Row<StageKind> {
        let item = StageKind { short: Some(short), value: Some("VALUE"), attach, build };
        Row { name, aliases: &[], usage: "", summary: "", examples: &[], item }
    }

    static TABLE: &[Row<StageKind>] =
        &[row("group-by", 'g', &["agg"]), row("agg", 'a', &[]), row("sort", 's', &[]), row("where", 'w', &[])];

    fn paired(flags: &[(&'static str, &str)]) -> Result<Vec<Written>> {
        pair(
            flags.iter().map(|(flag, value)| Occurrence { flag, value: (*value).to_string(), odd: None }).collect(),
            TABLE,
        )
    }

    #[test]
    fn an_agg_belongs_to_the_group_directly_before_it() {
        let stages = paired(&[("group-by", "host"), ("agg", "n=count"), ("agg", "m=max(ms)"), ("sort", "n")]).unwrap();
        assert_eq!(stages.len(), 2);
        assert_eq!(stages[0].attached, [("agg".into(), "n=count".into()), ("agg".into(), "m=max(ms)".into())]);
        assert_eq!(stages[1].flag, "sort");
    }

    #[test]
    fn an_agg_alone_stands_for_itself_also_after_a_group_that_has_its_own() {
        assert_eq!(paired(&[("where", "x > 1"), ("agg", "count")]).unwrap().len(), 2);
        let stages =
            paired(&[("group-by", "host"), ("agg", "n=count"), ("where", "n > 1"), ("agg", "sum(n)")]).unwrap();
        assert_eq!(stages.iter().map(|stage| stage.flag.as_str()).collect::<Vec<_>>(), ["group-by", "where", "agg"]);
    }

    #[test]
    fn a_separated_agg_says_what_to_move() {
        let error = paired(&[("group-by", "host"), ("sort", "n:desc"), ("agg", "n = count")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "-a 'n = count' is separated from -g host by -s n:desc; \
             move -s n:desc behind it: -g host -a 'n = count' -s n:desc"
        );
    }

    #[test]
    fn an_agg_before_its_group_says_so() {
        let error = paired(&[("agg", "n=count"), ("group-by", "host")]).unwrap_err();
        assert_eq!(error.to_string(), "-a n=count comes before -g host, to which it belongs; write -g host -a n=count");
    }
}
