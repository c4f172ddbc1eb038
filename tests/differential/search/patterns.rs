//! The patterns that are searched for: known traps, and random ones of a small grammar.

use super::random::Random;

/// Empty matches, anchors, words, letter case beyond ASCII, and what has misled literal optimisations.
const LINES: [&str; 73] = [
    "foo",
    "bar",
    "foo|bar",
    "sam|samwise",
    "samwise|sam",
    "^",
    "$",
    "^$",
    "^foo",
    "bar$",
    "foo$",
    "^foo$",
    "f.o",
    "[0-9]+",
    r"\w+",
    "(?i)foo",
    "(?i:e.x|ex)",
    "(?i:ex)|foo",
    "(?i)k",
    "(?i)sam",
    "\u{e9}",
    "(?i)\u{c9}T",
    "x*",
    "zzz",
    "",
    r"\bfoo\b",
    r"\b",
    r"\B",
    r"foo\b|bar",
    "a b",
    "fo+(b)?",
    "(f)(o+)",
    "(?P<first>f)(?<rest>o+)",
    "ERROR",
    "Foo",
    "k",
    r"\s",
    r"\s+$",
    "foo.*bar",
    "foo.*?bar",
    "-bar",
    r"\W",
    "err|12",
    r"\w+\s+foo",
    r"\w{3}\s+\w{3}",
    r"[a-z]+\s[0-9]{2,4}",
    r"(foo|bar)\s+(foo|bar)",
    "f?o?o?",
    "(foo)?",
    "()",
    "(|foo)",
    "(a|ab)(c|bcd)?",
    "(a*)(ab)*(b*)",
    r"\pL+",
    r"\PL+",
    r"[^\s]+",
    "[^o]+",
    r"(?-u:\xff)",
    r"(?-u).x",
    ".",
    ".*",
    ".+",
    "o{2}",
    "o{2,}",
    "(?s).",
    r"\r",
    r"a\nb",
    r"[\n]",
    "(",
    "[a",
    "\u{1f600}|\u{65e5}",
    r"(?:^|\s)foo(?:\s|$)",
    "e\\.x",
];

/// Matches over several lines, for `-U`.
const BLOCKS: [&str; 24] = [
    r"foo\nbar",
    r"foo\r?\n",
    r"\n",
    r"\n\n",
    r"\n+",
    r"foo\n",
    r"(?s)foo.*bar",
    r"(?s)foo.*?bar",
    r"(?s).",
    r"(?s).*",
    r"o\s+",
    r"\s+",
    r"[^a]+",
    r"\w+\s+\w+",
    r"^\s*$",
    r"\Afoo",
    r"bar\z",
    r"x*\n?",
    r"a|\n",
    r"foo$\n",
    r"(?m)^foo$",
    r"(f)[^x]*(o)",
    r"$\n^",
    r"(?s)a.{1,20}b",
];

fn expression(random: &mut Random, depth: usize) -> String {
    let atoms = [
        "foo",
        "bar",
        "o",
        "a",
        "x",
        "e",
        "ex",
        "12",
        "\u{e9}",
        "k",
        ".",
        r"\w",
        r"\d",
        "[a-f]",
        "[^a-f]",
        r"\s",
        r"\b",
        "^",
        "$",
        "",
        "(?i:ex)",
        "(?i:foo)",
        r"\W",
        "sam",
        "-",
        "[[:upper:]]",
    ];
    if depth == 0 {
        return (*random.pick(&atoms)).to_string();
    }
    let part = |random: &mut Random| expression(random, depth - 1);
    match random.below(9) {
        0 | 1 => format!("{}{}", part(random), part(random)),
        2 => format!("{}|{}", part(random), part(random)),
        3 => format!("({})", part(random)),
        4 => format!("(?:{}){}", part(random), random.pick(&["*", "+", "?", "*?", "+?", "{2}", "{1,3}"])),
        5 => format!("(?:{}|{}){}", part(random), part(random), part(random)),
        6 => format!("{}(?i:{})", part(random), part(random)),
        7 => format!("{}{}{}", part(random), random.pick(&[r"\s+", ".*", " ", r"\b"]), part(random)),
        _ => part(random),
    }
}

/// Sets of bytes and repetitions of them one after the other, mostly without a literal in them.
fn classes(random: &mut Random) -> String {
    let sets = [
        "[0-9]",
        r"\d",
        "[a-f]",
        "[A-Z]",
        r"\w",
        r"\W",
        r"\s",
        r"\S",
        "[^ ]",
        "[^a-z]",
        ".",
        "[fo]",
        "[ao\u{e9}]",
        "(?i:[k-s])",
        r"\p{Lu}",
        r"(?-u:[\x80-\xff])",
        r"(?-u:[^o])",
        r"(?-u:\w)",
        "[:,=]",
        "(?:[a-f]|[0-9]{2})",
        "([a-z])",
        "(?:|[fb])",
    ];
    let repeats = ["", "", "", "", "{2}", "{3}", "{1,3}", "{2,}", "+", "+?", "?", "*", "{17}", "{0}"];
    let looks = ["", "", "", "", "", "", r"\b", r"\B", "^", "$", r"\b{start-half}", r"\b{end}", r"\b{start}"];
    let mut pattern = String::new();
    for _ in 0..=random.below(4) {
        for table in [looks.as_slice(), sets.as_slice(), repeats.as_slice()] {
            pattern += *random.pick(table);
        }
    }
    pattern + *random.pick(&looks)
}

/// A pattern; one over several lines where `multiline`.
pub(super) fn pattern(random: &mut Random, multiline: bool) -> String {
    if multiline && random.chance(60) {
        return (*random.pick(&BLOCKS)).to_string();
    }
    match random.below(4) {
        0 => classes(random),
        1 => {
            let depth = 1 + random.below(3);
            expression(random, depth)
        }
        _ => (*random.pick(&LINES)).to_string(),
    }
}
