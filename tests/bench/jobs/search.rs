//! Searching: one log, a tree of sources, directories of compressed logs.

use super::{Builder, Inputs, Job, Scale, text};
use crate::answers::Answers;
use crate::peers::Peers;

/// The patterns without a useful literal: their names in the table begin so.
pub(crate) const SHAPES: &str = "regex: ";

pub(super) fn jobs(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let mut jobs = in_the_log(peers, inputs);
    jobs.extend(shapes(peers, inputs));
    jobs.extend(in_many_files(peers, inputs));
    jobs
}

fn in_the_log(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let log = text(&inputs.log);
    let large = inputs.scale == Scale::Large;
    let row = |name, answers, args: &[&str], least: f64| {
        let ours: Vec<&str> = ["search"].iter().chain(args).copied().chain([log.as_str()]).collect();
        let theirs: Vec<&str> = args.iter().copied().chain([log.as_str()]).collect();
        let row = Builder::new(peers, name, answers, &ours).ripgrep(&theirs);
        let row = if answers == Answers::Matches { row } else { row.ugrep(&theirs) };
        row.goal(if large { least } else { 1.0 }, &["ripgrep"])
    };
    let lines = Answers::Lines;
    let first = row("count a literal", lines, &["-c", " 404 "], 1.7);
    let alone = ["search", "-c", " 404 ", &log];
    vec![
        if large { first.alone(&alone) } else { first }.job,
        row("rare literal", lines, &["ConnectionResetError"], 1.7).job,
        row("regex with a literal", lines, &["-c", r"GET /cart/[0-9]+5\?page=7[0-9] "], 1.7).job,
        row("-i alternation", lines, &["-i", "-c", r"connectionreset|kube-probe/1\.3|delete /orders"], 1.7).job,
        row("-n, every line", lines, &["-n", "HTTP/"], 2.0).job,
        row("--json, many hits", Answers::Matches, &["--json", "DELETE"], 2.0).job,
        row("-o, every line", lines, &["-o", "page=[0-9]+"], 3.0).goal(2.0, &["ugrep"]).job,
    ]
}

fn shapes(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let log = text(&inputs.log);
    let rows = [
        ("regex: digits, many lines", "[0-9]{3} [0-9]{5} "),
        ("regex: digits, few lines", "[0-9]{3} [0-9]{3} "),
        ("regex: digits, nearly all lines", "[0-9]{5}"),
        ("regex: numbers and dots", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}\.[0-9]{3}"),
        ("regex: hex, many lines", "[0-9a-f]{16}"),
        ("regex: hex, few lines", "[a-f]{5}[0-9]{5}"),
        ("regex: words, few lines", r"\w{14}"),
        ("regex: words, many lines", "[A-Z]{5,} "),
        ("regex: mixed case, many lines", "[A-Z][a-z]+[A-Z][a-z]+[A-Z]"),
    ];
    let job = |(name, pattern): (&'static str, &str)| {
        let args = ["-c", "-e", pattern, &log];
        let ours = ["search", "-c", "-e", pattern, &log];
        let row = Builder::new(peers, name, Answers::Lines, &ours).ripgrep(&args).ugrep(&args);
        row.goal(if inputs.scale == Scale::Large { 1.7 } else { 1.0 }, &["ripgrep", "ugrep"]).job
    };
    rows.map(job).into()
}

fn in_many_files(peers: &Peers, inputs: &Inputs) -> Vec<Job> {
    let tree = text(&inputs.tree);
    let literal = "PhantomPinned";
    let sorted = ["--sort", "path", literal, &tree];
    let sources = Builder::new(peers, "literal in a source tree", Answers::Lines, &["search", literal, &tree])
        .ripgrep(&[literal, &tree])
        .with("ripgrep --sort path", peers.ripgrep.as_ref(), &sorted)
        .ugrep(&["-r", "-I", "--ignore-files", literal, &tree])
        .goal(1.15, &["ripgrep"])
        .goal(2.2, &["ripgrep --sort path"]);
    let compressed = [("gzip logs", &inputs.gzip), ("zstd logs", &inputs.zstd)].map(|(name, directory)| {
        let directory = text(directory);
        let args = ["-z", "ConnectionResetError", &directory];
        let ours = ["search", "-z", "ConnectionResetError", &directory];
        Builder::new(peers, name, Answers::Lines, &ours)
            .ripgrep(&args)
            .ugrep(&["-r", "-z", "ConnectionResetError", &directory])
            .goal(2.0, &["ripgrep"])
            .job
    });
    std::iter::once(sources.job).chain(compressed).collect()
}
