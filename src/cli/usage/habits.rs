//! What people type who come from other tools, and what it is called here.

/// Flags and subcommands of grep, jq, xan, Miller, SQL shells and others, without dashes, each with the flag of `process`
/// that is meant.
const PROCESS: [(&[&str], &str); 15] = [
    (&["take", "first", "slice"], "limit"),
    (&["last"], "tail"),
    (&["sort-by", "order"], "sort"),
    (&["columns", "cols", "fields", "field", "pick"], "select"),
    (&["map", "put", "compute", "transform", "eval"], "derive"),
    (&["uniq", "unique-by", "dedupe"], "distinct"),
    (&["groupby", "group_by"], "group-by"),
    (&["summary", "headers", "columns-of"], "describe"),
    (&["gather"], "unpivot"),
    (&["spread", "wide"], "pivot"),
    (&["concat", "append", "cat", "rows"], "union"),
    (&["delim", "sep", "separator", "fs", "ifs", "field-separator"], "delimiter"),
    (&["ofs", "output-delimiter"], "out-delimiter"),
    (&["out", "outfile"], "output"),
    (&["input-format", "in"], "from"),
];

/// The flag of `process` that a word of another tool stands for.
pub(super) fn flag_of_process(word: &str) -> Option<&'static str> {
    PROCESS.iter().find(|(words, _)| words.contains(&word)).map(|(_, flag)| *flag)
}

/// Flags that have no counterpart of one word: the command, the flags, and what to do.
const ADVICE: [(&str, &[&str], &str); 9] = [
    ("mytools", &["-r", "-R", "--recursive"], "mytools search PATTERN searches directories with all below them"),
    ("search", &["-R", "--recursive", "--dereference-recursive"], "directories are searched with all below them"),
    ("search", &["--include"], "write -g 'GLOB'"),
    ("search", &["--exclude", "--exclude-dir"], "write -g '!GLOB'"),
    ("search", &["--perl-regexp"], "write -P"),
    ("search", &["-G", "--extended-regexp", "--basic-regexp"], "patterns are regular expressions; -F for plain text"),
    ("process", &["-r", "--raw-output", "--raw"], "-f lines writes values without quotes"),
    ("process", &["--compact-output", "--slurp"], "-f jsonl writes a record per line, -f json an array"),
    ("process", &["--sql", "--query"], "queries are written as stages: mytools help stages"),
];

/// What to do where a flag of another tool has no counterpart.
pub(super) fn advice(command: &str, flag: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(name, flags, _)| *name == command && flags.contains(&flag)).map(|(.., advice)| *advice)
}
