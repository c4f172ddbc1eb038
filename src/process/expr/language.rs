//! The expression language in words, for `mytools help expressions`: short sections whose examples run as tests.

use crate::core::registry::Example;

/// One subject of the language.
#[derive(Debug)]
pub(crate) struct Section {
    /// What it is about.
    pub(crate) title: &'static str,
    /// What there is to know, a paragraph each.
    pub(crate) text: &'static [&'static str],
    /// Expressions over [`SAMPLE`] and their values.
    pub(crate) examples: &'static [Example],
}

/// The record that the examples are computed on.
pub(crate) const SAMPLE: &str = r#"{"host":"web-1","ms":12.5,"zip":"007","odd name":3,"user":{"tags":["a","b"]},"note":null,"t":"2026-03-01T12:34:56Z"}"#;

/// What is written, and what comes of it.
const fn gives(input: &'static str, output: &'static str) -> Example {
    Example { input, output }
}

/// Every section, in the order in which they are printed.
pub(crate) static SECTIONS: &[Section] = &[
    Section {
        title: "Names",
        text: &[
            "A bare name is a column. Others are written col(\"odd name\") or `odd name`; col(3) is the third column. \
             a.b[0].c goes into nested values; a column of exactly that name wins. A name in front of a bracket is a \
             function: 'mytools help functions'.",
            "Put the whole expression into single quotes: > < * ! ` and $ mean something to the shell.",
        ],
        examples: &[
            gives("ms", "12.5"),
            gives("col(\"odd name\") + 1", "4"),
            gives("user.tags[1]", "b"),
            gives("col(1)", "web-1"),
        ],
    },
    Section {
        title: "Literals",
        text: &[
            "Numbers: 10, 0.5, 1e3. Text in either quote, with \\n \\t \\r \\\\ \\\" \\' and \\u{1F600}; right of =~ and \
             !~ it is a regex as it stands, without escapes. true, false, null.",
        ],
        examples: &[gives("\"it's\"", "it's"), gives("host =~ '^web-\\d+$'", "true")],
    },
    Section {
        title: "Operators, the tightest first",
        text: &[
            "-x   * / // %   + -   ++ (joins text)   ?? (the first that is not null)   == != < <= > >= =~ !~, in (a, b), \
             between a and b, is null, is not null   not   and   or",
            "&&, || and !x are and, or and not. = is only for names (x = EXPR); <> and like are not known. // is \
             division rounded down, % its remainder. if(c, a, b) and case(c1, a, c2, b, otherwise) choose.",
            "A filter must be a condition: 'ms' alone is none, 'ms > 0' is. Comparisons do not chain.",
        ],
        examples: &[
            gives("1 + 2 * 3", "7"),
            gives("7 // 2 ++ ' rest ' ++ 7 % 2", "3 rest 1"),
            gives("ms between 10 and 20 and host in ('web-1', 'web-2')", "true"),
            gives("not ms > 20", "true"),
            gives("if(ms > 10, 'slow', 'fast')", "slow"),
        ],
    },
    Section {
        title: "The literal decides",
        text: &[
            "x == 10 compares numbers, x == \"10\" compares text. Two columns are compared as numbers where both are \
             numbers written as text: sign, digits, fraction, exponent; leading zeros are allowed, 0xff, NaN and 1_000 are \
             no numbers. Text is compared by its bytes. A date() on either side makes it a comparison of times.",
        ],
        examples: &[gives("zip == 7", "true"), gives("zip == '7'", "false"), gives("t >= date('2026-03-01')", "true")],
    },
    Section {
        title: "Null",
        text: &[
            "A condition is true or false, never null. null == null is true; x != \"a\" keeps nulls; < <= > >= against null \
             are false. Arithmetic on null is null, ++ takes it as empty, aggregates pass over it. == \"\" and != \"\" take \
             null as blank, so email != \"\" drops both; is null tells them apart. A missing field is null.",
        ],
        examples: &[
            gives("note == null", "true"),
            gives("note != 'a'", "true"),
            gives("note < 5", "false"),
            gives("note == ''", "true"),
            gives("note + 1 ?? 'none'", "none"),
            gives("'<' ++ note ++ '>'", "<>"),
        ],
    },
    Section {
        title: "Numbers",
        text: &[
            "Numbers are exact: integers and decimals of up to 128 bits for + - * and sums; what is larger, / and \
             functions such as sqrt() are 64-bit floats. A value that nothing computes leaves as it came: 1.10 stays 1.10. \
             What is no number becomes null and is counted on standard error; --strict makes it an error.",
        ],
        examples: &[
            gives("0.1 + 0.2", "0.3"),
            gives("12345678901234567890 * 10", "123456789012345678900"),
            gives("1 / 4", "0.25"),
        ],
    },
    Section {
        title: "Time",
        text: &[
            "Functions read RFC 3339 and ISO 8601, the times of access logs and of syslog. A time without a zone is in that of \
             --tz (UTC). A difference of two times is in seconds; a time moves by seconds or by a span: '1h', '1mo'. bin() \
             rounds down and prints RFC 3339.",
        ],
        examples: &[
            gives("bin(t, '5m')", "2026-03-01T12:30:00Z"),
            gives("date(t) - date('2026-03-01')", "45296"),
            gives("date('2026-01-31') + '1mo'", "2026-02-28T00:00:00Z"),
        ],
    },
    Section {
        title: "Order and keys",
        text: &[
            "Sorting knows one order: numbers by value, then text by bytes, nulls last also where it falls (:desc). :text, \
             :num, :natural and :nulls-first change it. Keys of groups, joins and --distinct compare as text; null is a \
             group, but never joins.",
        ],
        examples: &[],
    },
    Section {
        title: "Lists",
        text: &[
            "Commas outside of quotes and brackets part items: 'a = x + 1, b = upper(host)'. Without a name an item is \
             called after what it computes, in a way that needs no quotes later: sum(ms) is sum_ms, p99(ms) is p99_ms. \
             count and count() are the same.",
        ],
        examples: &[],
    },
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{SAMPLE, SECTIONS};
    use crate::process::expr::testing::shown;

    #[test]
    fn examples_hold() {
        for example in SECTIONS.iter().flat_map(|section| section.examples) {
            assert_eq!(shown(example.input, SAMPLE), example.output, "{}", example.input);
        }
    }
}
