//! What the language means, expression by expression.

#![allow(clippy::unwrap_used)]

use super::ast::default_name;
use super::testing::{bound, column, env, record, shown, table};
use super::{Item, Program, Tally, parse, parse_list, replace_column, split};
use crate::core::data::batch::{Batch, Column, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::error::Error;

/// Runs expressions over one JSON record each.
fn check(json: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(text, json), *expected, "{text} over {json}");
    }
}

#[test]
fn precedence_is_that_of_python() {
    check(
        "{}",
        &[
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("-2 * 3", "-6"),
            ("2 - -3", "5"),
            ("7 // 2 * 2", "6"),
            ("-7 // 2", "-4"),
            ("-7 % 3", "2"),
            ("1 ++ 2 + 3", "15"),
            ("null ?? 1 ++ 2", "12"),
            ("not len('') > 1 or false", "true"),
            ("true or false and false", "true"),
            ("not true and false", "false"),
            ("not (true and false)", "true"),
            ("len('ab') + 1 > 2 and not false", "true"),
            ("!false && !false || false", "true"),
            ("len('a') between 0 and 1 and true", "true"),
            ("len('a') not in (2, 3)", "true"),
            ("len('a') + 1 in [2, 3]", "true"),
            ("null ?? 'x' == str('x')", "true"),
        ],
    );
}

#[test]
fn numbers_are_exact() {
    check(
        r#"{"a":"0.1","b":0.2,"big":12345678901234567890,"t":"n/a","n":null,"e":"","p":"+1","h":"0x1f"}"#,
        &[
            ("a + b", "0.3"),
            ("big + 1", "12345678901234567891"),
            ("a * 3", "0.3"),
            ("6 / 2", "3"),
            ("1 / 3", "0.3333333333333333"),
            ("b / a", "2"),
            ("1 / 0", ""),
            ("1 % 0", ""),
            ("t + 1", ""),
            ("n + 1", ""),
            ("e + 1", ""),
            ("p + 1", "2"),
            ("h + 1", ""),
            ("-b", "-0.2"),
            ("1e3 + 0", "1000"),
            (".5 + .5", "1"),
            ("big", "12345678901234567890"),
            ("missing + 1", ""),
            ("170141183460469231731687303715884105727 + 1", "1.7014118346046923e+38"),
            ("1.10 ++ ''", "1.1"),
        ],
    );
}

#[test]
fn the_literal_decides() {
    let json = r#"{"z":"007","s":"10","n":10,"d":"10.0","w":"abc","u":null,"b":true,"e":"","x":"9"}"#;
    check(
        json,
        &[
            ("z == 7", "true"),
            ("z == '7'", "false"),
            ("z == '007'", "true"),
            ("n == '10'", "true"),
            ("n == 10.0", "true"),
            ("s == d", "true"),
            ("s ++ '' == d", "true"),
            ("d == '10'", "false"),
            ("x < s", "true"),
            ("x < '10'", "false"),
            ("x < 10", "true"),
            ("10 > x", "true"),
            ("w < 10", "false"),
            ("w > 10", "false"),
            ("w != 10", "true"),
            ("w > s", "true"),
            ("w > n * 2", "false"),
            ("b == true", "true"),
            ("b == 'true'", "true"),
            ("b != false", "true"),
            ("x in (9, 'z')", "true"),
            ("z in ('7', 8)", "false"),
            ("z in (7)", "true"),
            ("x between 5 and 10", "true"),
            ("x between '5' and '91'", "true"),
            ("x not between 5 and 10", "false"),
            ("s in [x, n]", "true"),
            ("s in []", "false"),
        ],
    );
}

#[test]
fn null_has_two_values() {
    check(
        r#"{"u":null,"v":null,"e":"","w":"a"}"#,
        &[
            ("u == v", "true"),
            ("u == gone", "true"),
            ("u != v", "false"),
            ("u == w", "false"),
            ("u != w", "true"),
            ("u != 'a'", "true"),
            ("u == 'a'", "false"),
            ("u < 1", "false"),
            ("u >= 1", "false"),
            ("u != 1", "true"),
            ("u < w", "false"),
            ("u < 'b'", "false"),
            ("u == ''", "true"),
            ("u != ''", "false"),
            ("e == ''", "true"),
            ("e != ''", "false"),
            ("w != ''", "true"),
            ("u >= ''", "false"),
            ("u == e", "false"),
            ("u is null", "true"),
            ("e is null", "false"),
            ("e is not null", "true"),
            ("gone is null", "true"),
            ("u == null", "true"),
            ("e != null", "true"),
            ("u in ('a', null)", "true"),
            ("u in ('')", "true"),
            ("u in ('a')", "false"),
            ("u ++ 'x' ++ v", "x"),
            ("u ++ v", ""),
            ("(u ++ v) is null", "false"),
            ("u ?? v ?? 'z'", "z"),
            ("u =~ 'a'", "false"),
            ("u !~ 'a'", "true"),
            ("u between 1 and 2", "false"),
            ("lower(u)", ""),
            ("lower(u) is null", "true"),
            ("contains(u, '')", "false"),
        ],
    );
}

#[test]
fn columns_have_odd_names_and_paths() {
    check(
        r#"{"odd name":1,"a":{"b":[{"c":5},{"c":6}],"k.x":7},"a.b":2,"o":{"and":3},"@t":4,"zähler":8,"q`":9}"#,
        &[
            ("col('odd name')", "1"),
            ("`odd name` + 1", "2"),
            ("a.b", "2"),
            ("a.b[1].c", ""),
            ("a['b'][1].c", "6"),
            ("a['b'][-1].c", "6"),
            ("a['k.x']", "7"),
            ("col('a.b')", "2"),
            ("col(1)", "1"),
            ("col(99) is null", "true"),
            ("@t", "4"),
            ("zähler", "8"),
            ("`q```", "9"),
            ("col('o').and", "3"),
            ("a.nothing.at.all is null", "true"),
        ],
    );
    check(r#"{"a":{"b":[{"c":5}]}}"#, &[("a.b[0].c * 2", "10"), ("a.b", r#"[{"c":5}]"#)]);
}

#[test]
fn strings_and_regexes() {
    check(
        r#"{"t":"a\tb","p":"/x/15","q":"it's"}"#,
        &[
            (r"'a\tb' ++ ''", "a\tb"),
            (r#""\u{e9}\\\"\n" ++ """#, "é\\\"\n"),
            (r"t == 'a\tb'", "true"),
            (r"p =~ '^/x/\d+$'", "true"),
            (r#"p =~ "\bx\b""#, "true"),
            (r"p !~ '\d{3}'", "true"),
            (r#"q == "it's""#, "true"),
            (r"q == 'it\'s'", "true"),
            (r"extract(p, '(\d)(\d)', 2)", "5"),
            (r"q =~ 'it\'s'", "true"),
        ],
    );
}

#[test]
fn choices_take_one_branch() {
    check(
        r#"{"n":5,"t":"n/a"}"#,
        &[
            ("if(n > 3, 'big', 'small')", "big"),
            ("if(n > 9, 'big')", ""),
            ("case(n > 9, 'x', n > 4, 'y', 'z')", "y"),
            ("case(n > 9, 'x', n > 8, 'y')", ""),
            ("if(n > 3, n * 2, 0) + 1", "11"),
            ("if(true, n > 3, false) and true", "true"),
            ("coalesce(gone, t)", "n/a"),
            ("if(is_null(gone), 1, 2)", "1"),
        ],
    );
    let (_, program) = bound("if(t == 'n/a', 0, t * 2)").unwrap();
    let mut tally = Tally::default();
    program.values(&mut record(r#"{"t":"n/a"}"#), &mut tally);
    assert!(tally.is_empty());
}

#[test]
fn times_compare_as_times() {
    check(
        r#"{"t":"2026-03-01T01:30:00+01:00","u":"2026-03-01 00:45","bad":"soon","c":"01/Mar/2026:00:30:00 +0000"}"#,
        &[
            ("t < date('2026-03-01')", "false"),
            ("t >= date('2026-03-01')", "true"),
            ("date(t) == c", "true"),
            ("t == c", "false"),
            ("date(u) - date(t)", "900"),
            ("date(t) - u", "-900"),
            ("date(t) + 3600", "2026-03-01T01:30:00Z"),
            ("date(t) - 0.5", "2026-03-01T00:29:59.5Z"),
            ("t between date('2026-03-01') and date('2026-03-02')", "true"),
            ("bin(t, '1h')", "2026-03-01T00:00:00Z"),
            ("bad < date('2026-03-01')", "false"),
            ("bad != date('2026-03-01')", "true"),
            ("hour(t)", "0"),
            ("date(bad) is null", "true"),
        ],
    );
}

#[test]
fn outside_values() {
    check(
        r#"{"x":9}"#,
        &[
            ("x < arg('min')", "true"),
            ("arg('none', 3) + 1", "4"),
            ("env('HOME')", "/root"),
            ("env('UNSET') is null", "true"),
        ],
    );
    assert!(shown("arg('none')", "{}").contains("there is no argument 'none'"));
}

/// What an expression's error says, with the text under its caret.
fn fault(text: &str) -> (String, String) {
    let error = match bound(text) {
        Ok(_) => match Program::predicate(&parse(text).unwrap(), &env(), &["count", "sum"]) {
            Ok(_) => return ("fine".to_string(), String::new()),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let Error::Problem(problem) = error else { return (error.to_string(), String::new()) };
    let caret = problem.caret.as_ref().map_or("", |caret| &caret.text[caret.start..caret.end]);
    (problem.to_string(), caret.to_string())
}

#[test]
fn errors_name_the_fix_and_the_place() {
    for (text, message, caret) in [
        ("a = 1", "'=' does not compare; write '=='", "="),
        ("a <> 1", "there is no '<>'; write '!='", "<>"),
        ("a like 'x%'", "there is no 'like'; use contains(x, 'text') or x =~ 'regex'", "like"),
        ("a == 1 AND b == 2", "unexpected 'AND'; write 'and'", "AND"),
        ("ms", "'ms' is not a condition; is 'ms' the whole filter? quote it: 'ms > 100'", "ms"),
        ("ms + 1", "'ms + 1' is not a condition; compare it with something", "ms + 1"),
        ("1 == 2", "both sides of this comparison are constants; compare a column with something", "1 == 2"),
        (
            "'status' == 200",
            "both sides of this comparison are constants; is 'status' a column? write it without quotes, or col(\"status\")",
            "'status' == 200",
        ),
        ("loweer(a) == 'x'", "unknown function 'loweer'; did you mean 'lower'?", "loweer"),
        ("sum(a) > 1", "'sum' is an aggregate, which works on groups of records; use it in -a/--agg", "sum"),
        ("substr(a) == 'x'", "'substr' does not take 1 argument; write substr(text, start, length?)", "substr(a)"),
        ("a == 'x", "this string has no closing quote", "'x"),
        ("(a == 1", "this bracket has no closing ')'", "("),
        ("a == 1)", "this ')' closes nothing", ")"),
        ("a ==", "expected a value, found the end", ""),
        ("a < b < c", "comparisons do not chain; join them with 'and', or write 'x between a and b'", "<"),
        (r"a == '\d'", "unknown escape '\\d'; write '\\\\d' for a backslash", r"\d"),
        ("a =~ '('", "the regex does not parse: unclosed group", "'('"),
        ("a =~ b", "a regex must be a constant; write x =~ 'regex' or arg('name')", "b"),
        ("a == 1 b", "expected an operator or the end of the expression, found 'b'", "b"),
        ("a # 1", "unexpected '#' in the expression; odd column names are written col(\"…\")", "#"),
        ("12ab == 1", "'12ab' is not a number; quote it if it is text, or write col(\"…\") if it is a column", "12ab"),
        ("a + 'x' == 1", "'x' is not a number; join text with '++'", "'x'"),
        ("not a", "'a' is not a condition; write 'a == true', 'a is not null' or another comparison", "a"),
        ("a is 3", "expected 'null' after 'is', found '3'; write 'is null', 'is not null' or '=='", "3"),
        ("a in 'x'", "expected a list after 'in', found 'x'; write x in ('a', 'b')", "'x'"),
        ("a < date('soon')", "'soon' is not a time", "date('soon')"),
        ("a + arg('word') > 1", "arg('word') is not a number; join text with '++'", "arg('word')"),
        ("date(a) > 'x'", "'x' is not a time; write it like date(\"2026-03-01\")", "'x'"),
        ("bin(a, '5 moons') == 1", "'5 moons' is no width of a bin; write bin(time, '5m') or bin(x, 10)", "'5 moons'"),
        (
            "date(a) * 2 > 1",
            "times are only subtracted, or moved by seconds; date(a) - date(b) is in seconds; date(a) + '1h' is an hour later, date(a) + '1mo' a month",
            "date(a) * 2",
        ),
        ("", "expected a value, found the end", ""),
        ("col() == 1", "col takes the name or the position of a column; col(\"odd name\"), col(3)", "col()"),
    ] {
        let (said, marked) = fault(text);
        assert_eq!((said.replace("''x''", "'x'").as_str(), marked.as_str()), (message, caret), "{text}");
    }
    assert!(fault(&"(".repeat(5000)).0.contains("nested too deeply"));
    assert!(fault(&"not ".repeat(5000)).0.contains("nested too deeply"));
    assert!(fault(&"-".repeat(5000)).0.contains("nested too deeply"));
}

#[test]
fn lists_have_names_and_right_spans() {
    let items =
        parse_list(r#"n = count, `odd, name`=sum(ms), t=bin(time, "5m"), host, a.b = x == 1, * = trim(_)"#).unwrap();
    let names: Vec<_> = items.iter().map(Item::result_name).collect();
    assert_eq!(names, ["n", "odd, name", "t", "host", "a.b", "*"]);
    assert_eq!(items[2].value.text(), "bin(time, \"5m\")");
    assert_eq!(items[3].name, None);
    let problem = parse_list("a = 1, b = 2 +").unwrap_err();
    assert_eq!(problem.caret.map(|caret| (caret.start, caret.end)), Some((14, 14)));
    let trimmed = replace_column(&items[5].value, "_", "odd name");
    assert_eq!(super::columns(&trimmed.expr), ["odd name"]);
}

#[test]
fn default_names_need_no_quoting() {
    for (text, name) in [
        ("sum(ms)", "sum_ms"),
        ("p99(ms)", "p99_ms"),
        ("count", "count"),
        ("count()", "count"),
        ("host", "host"),
        ("a.b[0]", "a.b[0]"),
        ("col('odd name')", "odd name"),
        ("round(sum(ms) / count, 2)", "round_sum_ms_count_2"),
        ("bin(time, '5m')", "bin_time_5m"),
        ("2 * x", "_2_x"),
        ("'-'", "value"),
    ] {
        assert_eq!(default_name(&parse(text).unwrap()), name, "{text}");
    }
}

#[test]
fn aggregates_are_split_off() {
    let is_aggregate = |name: &str| matches!(name, "sum" | "count" | "p99");
    let parsed = parse("round(sum(ms * 2) / count, 2) + sum(ms * 2) ++ host").unwrap();
    let split_up = split(&parsed, &is_aggregate).unwrap();
    let calls: Vec<_> = split_up.calls.iter().map(|call| (call.name.as_str(), call.args.len())).collect();
    assert_eq!(calls, [("sum", 1), ("count", 0)]);
    assert_eq!(split_up.calls[0].args[0].text(), "ms * 2");
    assert_eq!(super::columns(&split_up.rest.expr), ["host"]);
    assert!(split(&parse("count").unwrap(), &is_aggregate).unwrap().is_one_call());
    assert!(split(&parse("sum(sum(ms))").unwrap(), &is_aggregate).is_err());

    let program = Program::bind(&split_up.rest, &env(), &[]).unwrap();
    let mut groups = table("host,\u{0}0,\u{0}1", &["a,10,4", "b,7,2"]);
    let values = program.values(&mut groups, &mut Tally::default());
    groups.columns.push(Column { name: "r".into(), values });
    assert_eq!(&*groups.value(3, 0).to_text(), b"12.5a");
    assert_eq!(&*groups.value(3, 1).to_text(), b"10.5b");
}

#[test]
fn misfits_are_counted_once_with_the_first_example() {
    let (_, program) = bound("ms * 2 + ms").unwrap();
    let mut tally = Tally::default();
    let mut second = table("ms", &["1", "x"]);
    second.block.seq = 1;
    program.values(&mut second, &mut tally);
    let mut other = Tally::default();
    program.values(&mut table("ms", &["n/a", "", "3", "n/a"]), &mut other);
    tally.merge(other);
    let notes: Vec<_> = program.notes(&tally).iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["6 values of 'ms' are not numbers and became null (first: 'n/a')"]);

    let strict = super::Env { strict: true, ..env() };
    let program = Program::bind(&parse("ms * 2").unwrap(), &strict, &[]).unwrap();
    let mut tally = Tally::default();
    program.values(&mut table("ms", &["1", "x", "y"]), &mut tally);
    let failure = program.failure(&tally).unwrap();
    assert_eq!(failure.row, 1);
    assert_eq!(failure.error.to_string(), "'x' in 'ms' is not a number; without --strict it becomes null");
}

#[test]
fn rows_count_from_one_among_the_selected() {
    let mut batch = table("a", &["x", "y", "x", "x"]);
    batch.first_row = 10;
    let (_, filter) = bound("a == 'x'").unwrap();
    filter.filter(&mut batch, &mut Tally::default());
    assert_eq!(batch.selected(), 3);
    let (_, program) = bound("row()").unwrap();
    assert!(program.counts_rows());
    assert_eq!(column("row()", &mut batch).unwrap(), ["11", "", "12", "13"]);
}

#[test]
fn results_are_numbers_where_they_can_be() {
    let values = |text: &str| {
        let (_, program) = bound(text).unwrap();
        program.values(&mut table("a,b", &["1,x", "2,"]), &mut Tally::default())
    };
    assert!(matches!(values("a + 1"), Values::Numbers(_)));
    assert!(matches!(values("if(a > 1, a * 2)"), Values::Numbers(_)));
    assert!(matches!(values("b ?? a"), Values::Cells(_)));
    assert!(matches!(values("a"), Values::Cells(_)));
}

/// Random cells of every kind, over texts that are numbers, nearly numbers, and not.
fn random_batch(seed: u64) -> Batch {
    let mut state = seed;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    let texts: [&[u8]; 22] = [
        b"",
        b"0",
        b"7",
        b"007",
        b"-7",
        b"7.0",
        b"7.50",
        b"+7.5",
        b"10",
        b"9.99",
        b"1e1",
        b"70e-1",
        b"abc",
        b"ab",
        b".5",
        b"12345678901234567890",
        b"7.00000000000000000000000000000001",
        b"1e400",
        b"true",
        b"7x",
        b"a\xFFb",
        b"-",
    ];
    let kinds = [Kind::Bare, Kind::Quoted, Kind::QuotedRaw, Kind::Number, Kind::Text, Kind::TextRaw, Kind::Nested];
    let mut batch = Batch { rows: 500, ..Batch::default() };
    let mut cells = Vec::new();
    for _ in 0..batch.rows {
        let cell = match next(10) {
            0 => Cell::NULL,
            1 => Cell::MISSING,
            2 => Cell::boolean(next(2) == 0),
            _ => {
                let (kind, text) = (kinds[next(kinds.len())], texts[next(texts.len())]);
                let start = batch.side.len();
                match kind {
                    Kind::QuotedRaw => batch.side.extend([b"\"", text, b"\""].concat()),
                    Kind::TextRaw if !text.is_empty() => {
                        batch.side.extend(format!("\\u{:04x}", text[0]).bytes());
                        batch.side.extend(&text[1..]);
                    }
                    _ => batch.side.extend(text),
                }
                Cell::side(kind, start, batch.side.len() - start)
            }
        };
        cells.push(cell);
    }
    batch.columns.push(Column { name: "x".into(), values: Values::Cells(cells) });
    batch
}

#[test]
fn kernels_agree_with_the_plain_path() {
    let operators = ["==", "!=", "<", "<=", ">", ">="];
    let literals = ["7", "7.5", "-7", "0", "10.00", "1e30", "7.00000000000000000000000000000001", "1e-50", "9e400"];
    let texts = ["''", "'7'", "'abc'", "'true'", "'a'"];
    let mut pairs: Vec<(String, String)> = Vec::new();
    for operator in operators {
        for literal in literals.iter().chain(&texts) {
            // `x ?? null` is x, but no column, so it takes the path over values.
            pairs.push((format!("x {operator} {literal}"), format!("(x ?? null) {operator} {literal}")));
        }
    }
    for list in ["('7', 'abc')", "('', 'x')", "('7', null)", "(7, 10)", "(7, 'abc', null)"] {
        pairs.push((format!("x in {list}"), format!("(x ?? null) in {list}")));
    }
    pairs.push(("x is null".to_string(), "(x ?? null) is null".to_string()));
    pairs.push(("x > 7 and x != 'abc'".to_string(), "not (not x > 7 or x == 'abc')".to_string()));
    pairs.push(("x + 1".to_string(), "(x ?? null) + 1".to_string()));
    for seed in 1..6 {
        for (fast, plain) in &pairs {
            let mut batch = random_batch(seed * 0x9E37_79B9);
            let fast_values = column(fast, &mut batch).unwrap();
            assert_eq!(fast_values, column(plain, &mut batch).unwrap(), "{fast}");
        }
    }
}

/// Runs an expression on a stack half as large as that of a worker; frames that nothing optimised are several times larger.
fn on_a_small_stack(text: String) -> String {
    let run = move || shown(&text, r#"{"a":7999,"b":"x"}"#);
    std::thread::Builder::new()
        .stack_size(if cfg!(debug_assertions) { 32 << 20 } else { 1 << 20 })
        .spawn(run)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn long_expressions_compute() {
    let either: Vec<String> = (0..8000).map(|number| format!("a == {number}")).collect();
    assert_eq!(on_a_small_stack(either.join(" or ")), "true");
    assert_eq!(on_a_small_stack(either.join(" and ")), "false");
    assert_eq!(on_a_small_stack(vec!["b"; 20_000].join(" ++ ")).len(), 20_000);
    assert_eq!(on_a_small_stack(format!("b in ({})", vec!["a"; 20_000].join(", "))), "false");
    assert_eq!(on_a_small_stack(vec!["a"; 501].join(" + ")), "4007499");
    assert_eq!(on_a_small_stack(vec!["a"; 501].join(" - ")), "-3991501");
    assert_eq!(on_a_small_stack(vec!["c"; 500].join(" ?? ") + " ?? 1"), "1");
}

#[test]
fn deep_expressions_compute_or_are_refused() {
    for (most, open, inner, close, value) in [
        (99, "(", "a", ")", "7999"),
        (99, "not ", "a == 1", "", "true"),
        (99, "- ", "a", "", "-7999"),
        (99, "abs(1 + ", "a", ")", "8098"),
        (49, "not (false or b == 'y' or true and ", "a == 1", ")", "true"),
    ] {
        let nested = |levels: usize| format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
        assert_eq!(on_a_small_stack(nested(most)), value, "{open}");
        for levels in [101, 50_000] {
            assert!(on_a_small_stack(nested(levels)).contains("nested too deeply"), "{open}");
        }
    }
    // As deep and as long as can be at once.
    let deepest = format!("{}a{}{}", "(0 + ".repeat(99), ")".repeat(99), " + a".repeat(400));
    assert_eq!(on_a_small_stack(deepest), "3207599");
    let list: Vec<String> = (0..600).map(|number| format!("n{number} = a + {number}")).collect();
    assert_eq!(parse_list(&list.join(", ")).unwrap().len(), 600);
    for operator in ["+", "??", "*"] {
        assert!(on_a_small_stack(vec!["a"; 60_000].join(operator)).contains("too long"), "{operator}");
    }
}

#[test]
fn a_text_that_no_cell_can_hold_is_an_error() {
    let mut batch = table("a", &["x", "y"]);
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(70 << 20));
    let (_, program) = bound("a ++ a").unwrap();
    let mut tally = Tally::default();
    program.values(&mut batch, &mut tally);
    assert!(program.failure(&tally).is_none());
    program.values(&mut record(&long), &mut tally);
    let failure = program.failure(&tally).unwrap();
    assert_eq!((failure.row, failure.error.to_string().as_str()), (0, "a value is longer than 127 MiB"));
}
