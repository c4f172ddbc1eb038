//! About mytools itself, its small commands, and what all of them take from their surroundings.

use crate::cli::document::{Block, to_text};
use crate::cli::manual::{Manual, Sample};
use crate::cli::topics::TOPICS;

/// What is said about mytools.
pub(super) static MYTOOLS: Manual = Manual {
    name: "mytools",
    examples: &[
        Sample("Find text", &["mytools search 'fn main' src/"]),
        Sample("Ask a data file", &["mytools process events.csv -g user_id -a 'n=count, total=sum(value)' -t"]),
    ],
    first: 2,
    more: topics,
    notes: &[
        "mytools help TOPIC explains a subject, such as expressions; mytools man DIR writes all that help says as manual \
         pages.",
    ],
    exit: &[
        ("search", "0 a match, 1 no match, 2 an error (0 for -q with a match)"),
        ("process", "0 done, 1 no rows with --exit-status or a rule of --validate broken, 2 an error"),
        ("both", "a reader that goes away early (| head) is no error"),
    ],
    topics: &["exit-codes", "environment"],
};

/// What is said about `list`.
pub(super) static LIST: Manual = Manual {
    name: "list",
    examples: &[
        Sample("As a table", &["mytools list functions"]),
        Sample("For programs", &["mytools list formats -f json"]),
        Sample("What is lost from CSV to JSON", &["mytools list losses"]),
    ],
    first: 2,
    more: String::new,
    notes: &[],
    exit: DONE,
    topics: &["stages", "functions", "aggregates", "formats", "types"],
};

/// What is said about `completions`.
pub(super) static COMPLETIONS: Manual = Manual {
    name: "completions",
    examples: &[
        Sample(
            "bash",
            &["mkdir -p ~/.local/share/bash-completion/completions && \
               mytools completions bash > ~/.local/share/bash-completion/completions/mytools"],
        ),
        Sample("bash without the bash-completion package", &["echo 'source <(mytools completions bash)' >> ~/.bashrc"]),
        Sample("zsh", &["echo 'source <(mytools completions zsh)' >> ~/.zshrc"]),
        Sample(
            "fish",
            &["mkdir -p ~/.config/fish/completions && \
               mytools completions fish > ~/.config/fish/completions/mytools.fish"],
        ),
        Sample("elvish", &["mytools completions elvish >> ~/.config/elvish/rc.elv"]),
        Sample("PowerShell", &["mytools completions powershell >> $PROFILE"]),
        Sample("nushell", &["mytools completions nushell | save ~/.config/nushell/autoload/mytools.nu"]),
    ],
    first: 0,
    more: || "Where to put it: mytools completions --help".to_string(),
    notes: &[
        "In bash, zsh and fish Tab asks mytools itself, and so knows the columns of the files on the line. elvish, \
         PowerShell and nushell complete commands, flags and their values.",
    ],
    exit: DONE,
    topics: &[],
};

/// What is said about `man`.
pub(super) static MAN: Manual = Manual {
    name: "man",
    examples: &[
        Sample("For one user", &["mytools man ~/.local/share/man", "man mytools-process"]),
        Sample("For everybody", &["sudo mytools man /usr/local/share/man"]),
    ],
    first: 1,
    more: String::new,
    notes: &[
        "Pages of section 1 are about commands, those of section 7 about the topics of mytools help. Where the directory \
         is called man, they go into man1 and man7 in it; else all go right into the directory, which is made.",
    ],
    exit: DONE,
    topics: &[],
};

/// What is said about `help`.
pub(super) static HELP: Manual = Manual {
    name: "help",
    examples: &[Sample("A command", &["mytools help process"]), Sample("A subject", &["mytools help expressions"])],
    first: 2,
    more: topics,
    notes: &[],
    exit: DONE,
    topics: &["stages", "expressions", "functions", "aggregates", "formats", "types", "ignore", "exit-codes"],
};

/// The topics that can be asked about.
fn topics() -> String {
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    let text = format!("mytools help TOPIC: {}", names.join(", "));
    let lines = to_text(&[Block::Paragraph(text)], 78);
    lines.lines().fold(String::new(), |text, line| text + "\n" + line.trim_start())
}

/// The exit codes of commands that cannot find nothing.
const DONE: &[(&str, &str)] = &[("0", "done"), ("2", "an error")];

/// Variables, and what they do.
pub(in crate::cli) const ENVIRONMENT: &[(&str, &str)] = &[
    ("MYTOOLS_CONFIG_PATH", "a file with arguments to put before yours; --no-config leaves it alone"),
    ("NO_COLOR", "if it is not empty, no colours, unless --color says otherwise"),
    ("CLICOLOR_FORCE, FORCE_COLOR", "if neither empty nor 0, colours also in pipes and files"),
    ("TERM", "dumb stands for a terminal without colours and progress"),
    ("COLUMNS", "the width of tables where standard output is a terminal that does not tell its own"),
    ("TMPDIR", "where temporary files go, unless --temp-dir says otherwise"),
    ("HOME, XDG_CONFIG_HOME", "where the git configuration is, which may name a file of ignore rules"),
];

/// Files, and what they are for.
pub(in crate::cli) const FILES: &[(&str, &str)] = &[
    (".gitignore, .ignore, .rgignore", "rules for what search passes over: see mytools-ignore(7)"),
    (".git/info/exclude", "rules for one git repository"),
    ("$XDG_CONFIG_HOME/git/ignore", "rules for all of them, or the file that core.excludesFile names"),
];
