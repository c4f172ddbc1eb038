//! Flags that say something about single formats, each held against every format: what cannot apply is an error, and
//! nothing else is.

use crate::harness::{Dir, mytools};

/// Formats that are read, each with an input and the flags it needs.
const INPUTS: [(&str, &str, &[&str]); 13] = [
    ("csv", "a,b\n1,2\n", &[]),
    ("tsv", "a\tb\n1\t2\n", &[]),
    ("json", "{\"a\":[{\"b\":1}]}", &[]),
    ("jsonl", "{\"a\":[{\"b\":1}]}\n", &[]),
    ("yaml", "a:\n- b: 1\n", &[]),
    ("toml", "[[a]]\nb = 1\n", &[]),
    ("logfmt", "skipped=1\na=1\n", &[]),
    ("syslog", "<34>Oct 11 22:14:15 h su: x\n<34>Oct 11 22:14:15 h su: x\n", &[]),
    ("common", "h - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 1\n", &[]),
    ("combined", "h - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 1 \"r\" \"u\"\n", &[]),
    ("regex", "a1\n", &["--pattern", "(?<x>.*)"]),
    ("spaces", "a b\n1 2\n", &[]),
    ("lines", "a\nb\n", &[]),
];

const LINES: [&str; 6] = ["logfmt", "syslog", "common", "combined", "regex", "spaces"];

/// Flags of inputs, each with a value and the formats of [`INPUTS`] that it says something about.
fn reading() -> Vec<(&'static str, Option<&'static str>, Vec<&'static str>)> {
    let delimited = vec!["csv", "tsv"];
    let with = |more: &[&'static str]| [&delimited, more].concat();
    vec![
        ("--delimiter", Some(";"), delimited.clone()),
        ("--quote", Some("'"), delimited.clone()),
        ("--comment", Some("#"), delimited.clone()),
        ("--escape", Some("\\"), delimited.clone()),
        ("--null-value", Some("-"), delimited.clone()),
        ("--no-header", None, with(&["spaces"])),
        ("--header", Some("x,y"), with(&["spaces"])),
        ("--skip-lines", Some("0"), with(&[&LINES[..], &["lines"]].concat())),
        ("--ragged", Some("pad"), with(&LINES)),
        ("--rejects", Some("rejects.out"), with(&LINES)),
        ("--root", Some("a"), vec!["json", "jsonl", "yaml", "toml"]),
        ("--sheet", Some("1"), vec![]),
        ("--encoding", Some("utf-8"), INPUTS.iter().map(|(name, ..)| *name).collect()),
    ]
}

#[test]
fn flags_of_inputs_apply_or_are_errors() {
    let dir = Dir::new();
    for (format, text, needed) in INPUTS {
        dir.file(format, text);
        for (flag, value, formats) in reading() {
            let args = ["process", format, "--from", format, "-f", "jsonl", "-j", "1", flag];
            let run = mytools(args).args(value.as_slice()).args(needed).dir(dir.path()).run();
            let refused = run.errors().contains(&format!("{flag} has no meaning for input as {format}"));
            assert_eq!(refused, !formats.contains(&format), "{flag} {format}: {}", run.errors());
            assert_eq!(run.code == 2, refused, "{flag} {format}: {}", run.errors());
        }
        if format != "regex" {
            let run = mytools(["process", format, "--from", format, "--pattern", "x"]).dir(dir.path()).run();
            assert!(run.errors().contains("--pattern has no meaning"), "{}", run.errors());
        }
    }
}

#[test]
fn flags_of_output_apply_or_are_errors() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"a\":1}\n");
    let delimited = ["csv", "tsv"];
    let nulls = ["csv", "tsv", "logfmt", "lines", "table", "markdown", "html", "vertical"];
    let flags: [(&str, Option<&str>, &[&str]); 9] = [
        ("--out-delimiter", Some(";"), &delimited),
        ("--quoting", Some("all"), &delimited),
        ("--crlf", None, &delimited),
        ("--bom", None, &delimited),
        ("--escape-formulas", None, &delimited),
        ("--quote", Some("'"), &delimited),
        ("--no-header", None, &delimited),
        ("--indent", Some("2"), &["json"]),
        ("--null-value", Some("-"), &nulls),
    ];
    for format in ["json", "jsonl", "csv", "tsv", "yaml", "logfmt", "lines", "table", "markdown", "html", "vertical"] {
        for (flag, value, formats) in flags {
            let args = ["process", "a.jsonl", "-f", format, "-j", "1", flag];
            let run = mytools(args).args(value.as_slice()).dir(dir.path()).run();
            let refused = run.errors().contains(&format!("{flag} has no meaning for "));
            assert_eq!(refused, !formats.contains(&format), "{flag} {format}: {}", run.errors());
            assert_eq!(run.code == 2, refused, "{flag} {format}: {}", run.errors());
        }
    }
}

#[test]
fn one_input_of_several_is_enough_and_defaults_need_not_fit() {
    let dir = Dir::new();
    dir.file("a.csv", "a;b\n1;2\n")
        .file("b.jsonl", "{\"a\":3}\n")
        .file("defaults", "[process]\n--delimiter=;\n--crlf\n");
    let run = |args: &[&str]| mytools(["process"]).args(args).dir(dir.path()).run();
    assert_eq!(run(&["a.csv", "b.jsonl", "-d", ";", "-f", "jsonl"]).text(), "{\"a\":1,\"b\":2}\n{\"a\":3}\n");
    assert_eq!(run(&["b.jsonl", "-d", ";", "-f", "jsonl"]).code, 2);
    let defaults = mytools(["process", "b.jsonl", "-f", "jsonl"]).env("MYTOOLS_CONFIG_PATH", "defaults");
    assert_eq!(defaults.dir(dir.path()).ok(), "{\"a\":3}\n");
    let typed = mytools(["process", "b.jsonl", "-f", "jsonl", "--bom"]).env("MYTOOLS_CONFIG_PATH", "defaults");
    assert!(typed.dir(dir.path()).run().errors().contains("--bom has no meaning for output as jsonl"));
}
