//! About `mytools search`.

use crate::cli::manual::{Manual, Sample};

/// What is said about it.
pub(super) static SEARCH: Manual = Manual {
    name: "search",
    examples: &[
        Sample("Lines with a text, in a tree, without what git ignores", &["mytools search 'fn main' src/"]),
        Sample("Whole words, ignoring case, with two lines of context", &["mytools search -wi -C2 error app.log"]),
        Sample("How often, for each file", &["mytools search -c TODO -t rust"]),
        Sample(
            "Lines with one word and another, but not a third, in files that import something and are not generated",
            &["mytools search retry --and timeout --not debug --and-file '^import http' --not-file @generated src/"],
        ),
        Sample("Hidden files too, but nothing in .git", &["mytools search --hidden TODO"]),
        Sample(
            "A change in many files: first as a diff, then for good",
            &[
                "mytools search 'colour(s?)' -r 'color$1' -g '*.md' --diff",
                "mytools search 'colour(s?)' -r 'color$1' -g '*.md' --write",
            ],
        ),
        Sample("The files with most of it first", &["mytools search -c TODO --sort count"]),
        Sample(
            "In the files of a list, and no more than the first ten lines of all",
            &["git diff --name-only -z | mytools search TODO --files0-from - --max-results 10"],
        ),
        Sample(
            "In compressed logs and in the members of archives, printed as backup.tar.gz:etc/hosts:...",
            &["mytools search -z 'timed out' logs/ backup.tar.gz -g '*.log' -g 'etc/**'"],
        ),
        Sample(
            "In what a command makes of some files",
            &["mytools search budget --pre pdf-to-text --pre-glob '*.pdf'"],
        ),
        Sample("How often in all files together", &["mytools search --count-total --count-matches TODO"]),
        Sample(
            "Where a function is called, with the function that calls it",
            &["mytools search -n --show-function 'parse\\(' src/"],
        ),
        Sample(
            "What is around a match in very long lines",
            &["mytools search -M120 --max-columns-centered needle dist/"],
        ),
        Sample(
            "Events for programs, with the groups of each match",
            &["mytools search --json-captures -e 'status=(?<code>\\d+)' -e 'ms=(?<ms>\\d+)' logs/"],
        ),
        Sample(
            "Fields of a log as records",
            &["mytools search 'status=(?<code>\\d{3}) .* ms=(?<ms>\\d+)' logs/ --format jsonl"],
        ),
    ],
    first: 2,
    more: || "All flags, by task: mytools search --help".to_string(),
    notes: &[
        "Files are printed in path order. Hidden files, binary files and what .gitignore, .ignore and .rgignore files name \
         are left out; -u, -uu and -uuu take them in, step by step ('mytools help ignore').",
        "--files-from reads paths as if they stood on the command line: they come in the order of the list, unless --sort \
         asks for another. -z searches the members of zip and tar archives, chosen by -g and -t, zip members by path, those \
         of tar as stored; archives in archives are not opened.",
        "MYTOOLS_CONFIG_PATH names a file with arguments to put before yours, one per line, behind [search] for this \
         command alone; --no-config leaves it alone.",
    ],
    exit: &[
        ("0", "a match; with -q also where something failed"),
        ("1", "no match"),
        ("2", "an error, even where there are matches"),
    ],
    topics: &["ignore", "types", "exit-codes", "environment"],
};
