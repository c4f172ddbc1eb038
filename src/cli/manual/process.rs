//! About `mytools process`.

use crate::cli::document::{Block, to_text};
use crate::cli::manual::{Manual, Sample};
use crate::cli::process::on_screen;
use crate::process::stage::STAGES;

/// What is said about it.
pub(super) static PROCESS: Manual = Manual {
    name: "process",
    examples: &[
        Sample(
            "Failed requests as JSON Lines",
            &["mytools process events.csv -w 'status >= 500' -c ts,path,status -f jsonl"],
        ),
        Sample(
            "Count and total per user, the largest totals first, as a table",
            &["mytools process events.csv -g user_id -a 'total=sum(value)' -s total:desc -t"],
        ),
        Sample("Convert; the output's extension gives the format", &["mytools process events.jsonl -o events.csv"]),
        Sample(
            "From a pipe",
            &["mytools search 'user=(?<user>\\w+)' app.log --format jsonl | mytools process --freq user -t"],
        ),
        Sample(
            "The columns of a file: types, nulls, ranges, frequent values",
            &["mytools process events.csv --describe -t"],
        ),
        Sample(
            "Errors and the 99th percentile per five minutes",
            &["mytools process events.csv -g 't=bin(ts, \"5m\")' -a 'errors=count_if(status >= 500), p99=p99(ms)' -t"],
        ),
        Sample(
            "The columns of another file, by a key of two names",
            &["mytools process events.csv --join users.csv --on user_id=id --kind left -o joined.csv"],
        ),
        Sample(
            "What a program prints in columns",
            &["kubectl get pods | mytools process --from spaces -w 'STATUS != \"Running\"' -t"],
        ),
    ],
    first: 2,
    more: more_stages,
    notes: &[
        "Stages apply left to right in the order written, each to the result of the one before. -a belongs to the -g \
         directly before it; alone it aggregates everything; -g alone gives the count of each group. --explain prints the \
         plan.",
        "Topics: mytools help stages, expressions, functions, aggregates, formats. The same as data: mytools list.",
        "MYTOOLS_CONFIG_PATH names a file with arguments to put before yours, one per line, behind [process] for this \
         command alone; --no-config leaves it alone.",
    ],
    exit: &[("0", "done"), ("1", "no rows with --exit-status or -q, or rules of --validate broken"), ("2", "an error")],
    topics: &["stages", "expressions", "functions", "aggregates", "formats", "exit-codes", "environment"],
};

/// The stages that `-h` has no line for, and where they have one.
fn more_stages() -> String {
    let names: Vec<String> =
        STAGES.iter().filter(|row| !on_screen(row.name)).map(|row| format!("--{}", row.name)).collect();
    let stages = to_text(&[Block::Paragraph(format!("More stages: {}", names.join(" ")))], 78);
    let lines: Vec<&str> = stages.lines().map(str::trim_start).collect();
    format!("\n{}\nAll flags: mytools process --help. More: mytools help TOPIC", lines.join("\n"))
}
