//! What is lost between formats: one row for each thing that a format cannot say, with an example that a test runs.
//!
//! Pairs of formats that are not named lose nothing: CSV and TSV keep every byte of untouched records between inputs and
//! outputs of the same dialect and every value between different ones, JSON and JSON Lines keep the text of every value.
//! Formats for people (table, markdown, html, vertical, chart) are not meant to be read back: they show values as text,
//! with control characters escaped.

use std::borrow::Cow;

/// Something that does not come through.
#[derive(Debug)]
pub(crate) struct Loss {
    /// The formats it is lost from.
    pub(crate) from: &'static [&'static str],
    /// The formats that cannot say it.
    pub(crate) to: &'static [&'static str],
    /// What is lost, and what becomes of it.
    pub(crate) what: &'static str,
    /// An input in the first format of `from`.
    pub(crate) input: &'static [u8],
    /// What comes out in the first format of `to`.
    pub(crate) output: &'static str,
    /// The flag without which it is not lost.
    pub(crate) flag: Option<&'static str>,
}

impl Loss {
    /// What is lost, and with which flag.
    pub(crate) fn says(&self) -> Cow<'static, str> {
        match self.flag {
            Some(flag) => Cow::Owned(format!("{flag}: {}", self.what)),
            None => Cow::Borrowed(self.what),
        }
    }
}

/// Formats whose cells are text without types.
const TEXT: &[&str] = &["csv", "tsv"];

/// Formats with types and nesting.
const TYPED: &[&str] = &["jsonl", "json", "yaml"];

/// Every loss.
pub(crate) static LOSSES: &[Loss] = &[
    Loss {
        from: TEXT,
        to: TYPED,
        what: "quotes around cells: \"12\" and 12 are the same number; --schema COLUMN:str or --infer none keep text",
        input: b"a,b\n12,\"12\"\n",
        output: "{\"a\":12,\"b\":12}\n",
        flag: None,
    },
    Loss {
        from: TEXT,
        to: TYPED,
        what: "numbers that JSON readers would change stay text: leading zeros, more than 17 digits, +1, 0xff, NaN",
        input: b"a,b,c\n007,12345678901234567890,+1\n",
        output: "{\"a\":\"007\",\"b\":\"12345678901234567890\",\"c\":\"+1\"}\n",
        flag: None,
    },
    Loss {
        from: TEXT,
        to: TYPED,
        what: "bytes that are not UTF-8 become U+FFFD, which a note counts",
        input: b"a\n\xFFx\n",
        output: "{\"a\":\"\u{FFFD}x\"}\n",
        flag: None,
    },
    Loss {
        from: TEXT,
        to: TYPED,
        what: "the second of two columns of one name is called a_2, which a note tells",
        input: b"a,a\n1,2\n",
        output: "{\"a\":1,\"a_2\":2}\n",
        flag: None,
    },
    Loss {
        from: &["csv"],
        to: &["tsv"],
        what: "quotes that are not needed, and CR LF line ends",
        input: b"a,b\r\n\"x\",1\r\n",
        output: "a\tb\nx\t1\n",
        flag: None,
    },
    Loss {
        from: TEXT,
        to: TEXT,
        what: "carriage returns alone as line ends, which become line feeds, and the quotes in such files that are not needed",
        input: b"a,b\r1,x\r",
        output: "a,b\n1,x\n",
        flag: None,
    },
    Loss {
        from: &["csv", "tsv", "jsonl", "json", "yaml"],
        to: TEXT,
        what: "whether text that spreadsheets would run as a formula had an apostrophe in front: all of it gets one",
        input: b"a,b\n=1+1,-1\n",
        output: "a,b\n'=1+1,-1\n",
        flag: Some("--escape-formulas"),
    },
    Loss {
        from: TYPED,
        to: &["csv", "tsv", "logfmt"],
        what: "types: the number 1 and the text \"1\" are the same cell, as are true and \"true\"",
        input: b"{\"a\":1,\"b\":\"1\",\"c\":true,\"d\":\"true\"}\n",
        output: "a,b,c,d\n1,1,true,true\n",
        flag: None,
    },
    Loss {
        from: TYPED,
        to: TEXT,
        what: "whether a record has a column: a missing value and null are the same empty cell",
        input: b"{\"a\":1,\"b\":null}\n{\"a\":2}\n",
        output: "a,b\n1,\n2,\n",
        flag: None,
    },
    Loss {
        from: TYPED,
        to: &["csv", "tsv", "logfmt"],
        what: "nesting: the members of objects become columns with dotted names, arrays and empty objects their JSON text",
        input: b"{\"a\":{\"b\":1},\"t\":[1, 2],\"e\":{}}\n",
        output: "a.b,t,e\n1,\"[1,2]\",{}\n",
        flag: None,
    },
    Loss {
        from: TYPED,
        to: TEXT,
        what: "the order of the columns of each record: all have the order in which columns came first",
        input: b"{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n",
        output: "a,b\n1,2\n4,3\n",
        flag: None,
    },
    Loss {
        from: &["json", "jsonl"],
        to: &["csv", "tsv", "logfmt"],
        what: "repeated keys: the last value counts, in the place of the first",
        input: b"{\"a\":1,\"b\":2,\"a\":3}\n",
        output: "a,b\n3,2\n",
        flag: None,
    },
    Loss {
        from: &["json"],
        to: &["jsonl"],
        what: "blanks between the tokens of records that stood on several lines",
        input: b"[{\"a\":\n 1}, {\"b\": 2}]",
        output: "{\"a\":1}\n{\"b\": 2}\n",
        flag: None,
    },
    Loss {
        from: &["json", "jsonl"],
        to: &["yaml"],
        what: "whether a string was written with escapes; readers of YAML 1.1 take 1e5 for text",
        input: b"[{\"a\":\"\\u0041\",\"b\":1e5}]",
        output: "- a: A\n  b: 1e5\n",
        flag: None,
    },
    Loss {
        from: &["csv", "tsv", "jsonl", "json"],
        to: &["logfmt"],
        what: "quotes that are not needed",
        input: b"a,b\n\"x\",\"y z\"\n",
        output: "a=x b=\"y z\"\n",
        flag: None,
    },
    Loss {
        from: &["csv", "tsv", "jsonl", "json", "yaml", "logfmt"],
        to: &["lines"],
        what: "where a value ends that has line ends in it, and null from empty",
        input: b"a\n\"x\ny\"\n\"\"\nz\n",
        output: "x\ny\n\nz\n",
        flag: None,
    },
    Loss {
        from: &["yaml"],
        to: &["yaml", "json", "jsonl", "csv", "tsv", "logfmt", "lines"],
        what: "comments; anchors: an alias is what it stands for; tags that are not of the core schema. A note counts tags, \
               and all of them where the output is YAML",
        input: b"# why\na: &x !t 1\nb: *x\n",
        output: "- a: 1\n  b: 1\n",
        flag: None,
    },
    Loss {
        from: &["toml"],
        to: &["jsonl", "json", "yaml", "csv", "tsv", "logfmt", "lines"],
        what: "comments, how integers are written (1_000, 0xFF), and that dates, inf and nan are no text",
        input: b"a = 0xFF # why\nb = 2026-03-01\n",
        output: "{\"a\":255,\"b\":\"2026-03-01\"}\n",
        flag: None,
    },
];
