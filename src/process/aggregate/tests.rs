//! Every aggregate against plain computation, in any order and split; the group table against a map.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use crate::core::block::Block;
use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::process::aggregate::group_table::GroupTable;
use crate::process::aggregate::key_set::Seed;
use crate::process::aggregate::smalls::Smalls;
use crate::process::aggregate::{AGGREGATES, Accumulator, Argument, Intake, NO_GROUP, Named, Parameters, resolve};

/// A small generator (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }
}

/// A batch of no columns over the cells' bytes, and the cells.
fn cells(first_row: u64, texts: &[(Kind, &str)]) -> (Batch, Values) {
    let (mut bytes, mut cells) = (Vec::new(), Vec::new());
    for (kind, text) in texts {
        cells.push(Cell::new(*kind, bytes.len(), text.len()));
        bytes.extend_from_slice(text.as_bytes());
    }
    let block = Block { end: bytes.len(), bytes, ..Block::default() };
    (Batch { block, rows: texts.len(), first_row, ..Batch::default() }, Values::Cells(cells))
}

fn named(name: &str) -> Named {
    resolve(name).unwrap()
}

/// An accumulator that has taken these rows of a column in.
fn taken(named: &Named, column: &[(Kind, &str)], rows: &[u32], groups: &[u32], count: usize) -> Box<dyn Accumulator> {
    let mut state = (named.row.item.state.build)();
    state.prepare(&[asked(named, None)]);
    state.grow(count);
    let (batch, values) = cells(0, column);
    let mut second = values.clone();
    if let Values::Cells(cells) = &mut second {
        cells.rotate_left(1);
    }
    let mut read = Smalls::default();
    for (at, (rows, groups)) in rows.chunks(3).zip(groups.chunks(3)).enumerate() {
        let smalls = if at % 3 == 0 { None } else { read.read(&batch, rows, &values) };
        state.update(&Intake { batch: &batch, rows, groups, input: Some(&values), smalls, second: Some(&second) });
    }
    state
}

/// Some parameters for an aggregate.
fn asked(named: &Named, q: Option<Number>) -> Parameters {
    let parameter = |argument: &Argument| match argument {
        Argument::Share => Some(Value::Number(q.unwrap_or(Number::ZERO))),
        Argument::Count => Some(Value::Number(Number::int(2))),
        Argument::Text => Some(Value::Text(b"|".into())),
        Argument::Value | Argument::Condition => None,
    };
    let preset = named.preset.into_iter().map(Value::Number);
    preset.chain(named.row.item.arguments.iter().filter_map(parameter)).collect()
}

fn printed(value: &Value<'_>) -> String {
    match value {
        Value::Null | Value::Missing => "null".to_string(),
        value => String::from_utf8(value.to_text().into_owned()).unwrap(),
    }
}

fn settled(named: &Named, state: &mut dyn Accumulator, q: Option<Number>, count: usize) -> Vec<String> {
    state.settle(&[asked(named, q)]).unwrap();
    (0..count).map(|group| printed(&(named.row.item.read)(state, group, 0))).collect()
}

/// A column of all sorts of values.
fn column(random: &mut Random, len: usize) -> Vec<(Kind, String)> {
    (0..len)
        .map(|_| {
            let integer = random.next() as i64 >> random.below(60);
            let text = match random.below(14) {
                0 => return (Kind::Null, String::new()),
                12 => return (Kind::True, String::new()),
                13 => return (Kind::Number, "7".to_string()),
                1 => ["n/a", "", "x", "1e999"][random.below(4)].to_string(),
                2 => format!("{integer}e300"),
                3 => format!("{integer}e-320"),
                4 => format!("{integer}.{:018}", random.next() % 1_000_000_000),
                5 => i128::from(integer).pow(2).to_string(),
                6 => format!("{}.{:030}", integer % 1000, random.next()),
                7 => format!("{}.50", integer % 10),
                8 => format!("-{}", i128::MAX),
                _ => (integer % 1000).to_string(),
            };
            ([Kind::Bare, Kind::Text][random.below(2)], text)
        })
        .collect()
}

#[test]
fn splitting_rows_over_accumulators_changes_nothing() {
    let mut random = Random(42);
    let mut names: Vec<(&str, Option<Number>)> = AGGREGATES.iter().map(|row| (row.name, None)).collect();
    names.retain(|(name, _)| *name != "quantile");
    names.extend([("p99", None), ("quantile", Some(Number::Exact { units: 125, scale: 3 }))]);
    for round in 0..60 {
        let len = 1 + random.below(80);
        let owned = column(&mut random, len);
        let column: Vec<(Kind, &str)> = owned.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        let groups: Vec<u32> = (0..len).map(|_| random.below(4) as u32).collect();
        let rows: Vec<u32> = (0..len as u32).collect();
        let parts = 1 + random.below(5);
        let part_of: Vec<usize> = (0..len).map(|_| random.below(parts)).collect();
        for (name, q) in &names {
            let named = named(name);
            let whole = &mut *taken(&named, &column, &rows, &groups, 4);
            let skipped = whole.skipped();
            let expected = settled(&named, whole, *q, 4);
            // Each part numbers the groups in its own way.
            let mut merged = (named.row.item.state.build)();
            merged.prepare(&[asked(&named, *q)]);
            merged.grow(4);
            for part in (0..parts).rev() {
                let mine: Vec<u32> = rows.iter().copied().filter(|row| part_of[*row as usize] == part).rev().collect();
                let turned: Vec<u32> = mine.iter().map(|row| (groups[*row as usize] + part as u32) % 4).collect();
                let state = taken(&named, &column, &mine, &turned, 4);
                let into: Vec<u32> = (0..4).map(|group| (group + 4 * parts as u32 - part as u32) % 4).collect();
                merged.merge(&*state, &into);
            }
            assert_eq!(merged.skipped(), skipped, "{name}");
            assert_eq!(settled(&named, &mut *merged, *q, 4), expected, "{name} in round {round}: {column:?}");
        }
    }
}

#[test]
fn only_groups_that_are_taken_are_merged() {
    let numbers = [(Kind::Bare, "1"), (Kind::Bare, "2"), (Kind::Bare, "3"), (Kind::Bare, "5")];
    let conditions = [(Kind::True, ""), (Kind::True, ""), (Kind::True, ""), (Kind::False, "")];
    for row in AGGREGATES.iter().filter(|row| row.name != "all") {
        let named = named(row.name);
        let q = Some(Number::ZERO);
        let column = if row.item.arguments == [Argument::Condition] { &conditions } else { &numbers };
        let state = taken(&named, column, &[0, 1, 2, 3], &[0, 1, 1, 2], 3);
        let mut merged = (row.item.state.build)();
        merged.prepare(&[asked(&named, q)]);
        merged.grow(2);
        merged.merge(&*state, &[NO_GROUP, 1, NO_GROUP]);
        let values = settled(&named, &mut *merged, q, 2);
        assert_ne!(values[1], values[0], "{}", row.name);
    }
}

#[test]
fn agrees_with_plain_computation() {
    let mut random = Random(7);
    for _ in 0..200 {
        let len = 1 + random.below(50);
        let scale = random.below(5);
        let units: Vec<i128> = (0..len).map(|_| i128::from(random.next() as i64 >> (8 + random.below(50)))).collect();
        let texts: Vec<String> = units
            .iter()
            .map(|units| {
                let digits = format!("{:0width$}", units.unsigned_abs(), width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let point = if scale == 0 { "" } else { "." };
                format!("{}{whole}{point}{fraction}", if *units < 0 { "-" } else { "" })
            })
            .collect();
        let column: Vec<(Kind, &str)> = texts.iter().map(|text| (Kind::Bare, text.as_str())).collect();
        let rows: Vec<u32> = (0..len as u32).collect();
        let value = |name: &str, q: Option<Number>| {
            let named = named(name);
            let mut state = taken(&named, &column, &rows, &vec![0; len], 1);
            settled(&named, &mut *state, q, 1).remove(0)
        };
        let exact = |units: i128, scale: usize| printed(&Value::Number(Number::Exact { units, scale: scale as u8 }));
        let total: i128 = units.iter().sum();
        assert_eq!(value("sum", None), exact(total, scale));
        let power = 10_i128.pow(scale as u32);
        if total.abs() < 1 << 53 {
            let mean = total as f64 / (power * len as i128) as f64;
            assert_eq!(value("mean", None), printed(&Value::Number(Number::Float(mean))), "{texts:?}");
        }
        let mut sorted: Vec<(i128, &str)> = units.iter().copied().zip(texts.iter().map(String::as_str)).collect();
        sorted.sort_unstable();
        assert_eq!(value("min", None), sorted[0].1);
        assert_eq!(value("max", None), sorted[len - 1].1);
        assert_eq!(value("first", None), texts[0]);
        assert_eq!(value("last", None), texts[len - 1]);
        assert_eq!(value("range", None), exact(sorted[len - 1].0 - sorted[0].0, scale));
        let json = |value: &String| serde_json::from_str::<Vec<serde_json::Value>>(value).unwrap().len();
        assert_eq!(json(&value("collect", None)), len);
        assert_eq!(value("concat", None), texts.join("|"));
        if len > 1 {
            assert_eq!(value("nth", None), texts[1]);
            let top: Vec<&str> = sorted.iter().rev().take(2).map(|(_, text)| *text).collect();
            assert_eq!(value("top", None), format!("[{}]", top.join(",")));
        }
        assert_eq!(value("count", None), len.to_string());
        assert_eq!(value("count_distinct", None), texts.iter().collect::<BTreeSet<_>>().len().to_string());
        let thousandths = random.below(1001);
        let (rank, rest) = ((len - 1) * thousandths / 1000, (len - 1) * thousandths % 1000);
        let (below, above) = (sorted[rank].0, sorted[(rank + 1).min(len - 1)].0);
        let expected = exact(below * 1000 + (above - below) * rest as i128, scale + 3);
        let q = Number::Exact { units: thousandths as i128, scale: 3 };
        assert_eq!(value("quantile", Some(q)), expected);
    }
}

#[test]
fn variances_are_those_of_unbounded_integers() {
    let mut random = Random(11);
    for round in 0..300 {
        let len = 2 + random.below(40);
        let shift = random.below(40);
        // Near to each other and far from zero, which is where rounding before the end shows.
        let base = random.next() as i64 >> 30;
        let units: Vec<i64> = (0..len).map(|_| base + (random.next() as i64 >> (24 + shift))).collect();
        let texts: Vec<String> = units.iter().map(|units| format!("{units}e-3")).collect();
        let column: Vec<(Kind, &str)> = texts.iter().map(|text| (Kind::Bare, text.as_str())).collect();
        let rows: Vec<u32> = (0..len as u32).collect();
        let named = named("var");
        let mut state = taken(&named, &column, &rows, &vec![0; len], 1);
        let found: f64 = settled(&named, &mut *state, None, 1)[0].parse().unwrap();
        let (n, sum) = (len as i128, units.iter().map(|x| i128::from(*x)).sum::<i128>());
        let squares: i128 = units.iter().map(|x| i128::from(*x).pow(2)).sum();
        let (numerator, divisor) = (n * squares - sum * sum, n * (n - 1) * 1_000_000);
        let mut expected = Number::int(numerator).divide(Number::int(divisor)).unwrap().to_f64();
        if numerator > 1 << 53 {
            // The operands are rounded before they are divided.
            assert!((found / expected - 1.0).abs() < 4e-16, "round {round}: {found} {expected}");
            expected = found;
        }
        assert_eq!(found.to_bits(), expected.to_bits(), "round {round}: {texts:?}");
    }
    let variance = |texts: &[&str]| {
        let column: Vec<(Kind, &str)> = texts.iter().map(|text| (Kind::Bare, *text)).collect();
        let rows: Vec<u32> = (0..texts.len() as u32).collect();
        let named = named("var");
        let mut state = taken(&named, &column, &rows, &vec![0; texts.len()], 1);
        settled(&named, &mut *state, None, 1).remove(0)
    };
    assert_eq!(variance(&["1e100", "3e100"]), "1.9999999999999996e+200");
    assert_eq!(variance(&["1e-100", "3e-100"]), "2e-200");
    assert_eq!(variance(&["12345678901234567890.1", "12345678901234567890.3"]), "0.02");
    assert_eq!(variance(&["1e300", "1e300"]), "0");
    assert_eq!(variance(&["5"]), "null");
}

#[test]
fn names_with_digits_are_quantiles() {
    let q = |name: &str| resolve(name).and_then(|named| named.preset).map(|q| printed(&Value::Number(q)));
    assert_eq!(q("p5").as_deref(), Some("0.05"));
    assert_eq!(q("p50").as_deref(), Some("0.5"));
    assert_eq!(q("p999").as_deref(), Some("0.999"));
    assert_eq!(q("p100").as_deref(), Some("1"));
    assert!(resolve("p").is_none() && resolve("pp").is_none() && resolve("summ").is_none());
}

#[test]
fn values_that_are_no_numbers_are_counted() {
    let column = [(Kind::Bare, "1"), (Kind::Null, ""), (Kind::Bare, "n/a"), (Kind::True, ""), (Kind::Bare, "2")];
    let state = taken(&named("sum"), &column, &[0, 1, 2, 3, 4], &[0; 5], 1);
    assert_eq!(state.skipped().count, 2);
    assert_eq!(state.skipped().first, Some((2, "n/a".to_string())));
}

#[test]
fn groups_are_those_of_a_map() {
    let mut random = Random(5);
    let pool: Vec<(Kind, String)> = (0..300)
        .map(|n| match n % 8 {
            0 => (Kind::Null, String::new()),
            1 => (Kind::Missing, String::new()),
            2 => (Kind::QuotedRaw, format!("\"a\"\"{}\"", n % 50)),
            3 => (Kind::TextRaw, format!("a\\\"{}", n % 50)),
            4 => (Kind::Number, (n % 30).to_string()),
            5 => (Kind::Text, (n % 30).to_string()),
            6 => (Kind::Quoted, "x".repeat(n % 40)),
            _ => (if n % 16 == 7 { Kind::True } else { Kind::Text }, if n % 16 == 7 { "" } else { "true" }.to_string()),
        })
        .collect();
    for keys in 1..=3 {
        let seed = Seed::default();
        let mut map: BTreeMap<Vec<Option<String>>, (u64, Vec<Value<'static>>)> = BTreeMap::new();
        let mut tables: Vec<GroupTable> = (0..3).map(|_| GroupTable::new(keys, seed.clone())).collect();
        let mut starts: Vec<u64> = (0..20).map(|batch| batch * 1000).collect();
        starts.swap(3, 11);
        for first_row in starts {
            let columns: Vec<Vec<(Kind, &str)>> = (0..keys)
                .map(|_| {
                    (0..700)
                        .map(|_| &pool[random.below(pool.len())])
                        .map(|(kind, text)| (*kind, text.as_str()))
                        .collect()
                })
                .collect();
            let all: Vec<(Kind, &str)> = columns.concat();
            let (batch, Values::Cells(cells)) = cells(first_row, &all) else { panic!("cells") };
            let values: Vec<Values> = cells.chunks(700).map(|cells| Values::Cells(cells.to_vec())).collect();
            let inputs: Vec<&Values> = values.iter().collect();
            let rows: Vec<u32> = (0..700).filter(|_| random.below(3) > 0).collect();
            let mut groups = Vec::new();
            tables[random.below(3)].assign(&batch, &rows, &inputs, &mut groups);
            assert_eq!(groups.len(), rows.len());
            for row in rows {
                let values: Vec<Value<'static>> = (0..keys)
                    .map(|key| match batch.cell_value(cells[key * 700 + row as usize]).into_owned() {
                        Value::Missing => Value::Null,
                        value => value,
                    })
                    .collect();
                let text = |value: &Value<'_>| (!value.is_null()).then(|| printed(value));
                let id = first_row + u64::from(row);
                let entry = map.entry(values.iter().map(text).collect()).or_insert_with(|| (id, values.clone()));
                if id < entry.0 {
                    *entry = (id, values);
                }
            }
        }
        let mut found: Vec<(u64, Vec<Value<'static>>)> = Vec::new();
        for part in 0..2 {
            let mut merged = GroupTable::new(keys, seed.clone());
            for table in &tables {
                let mut into = Vec::new();
                merged.merge(table, |group| (table.hash(group) >> 40) & 1 == part, &mut into);
                assert_eq!(into.len(), table.len());
            }
            found.extend((0..merged.len()).map(|group| {
                let keys = (0..keys).map(|key| merged.key(group, key).into_owned()).collect();
                (merged.first_row(group), keys)
            }));
        }
        found.sort_by_key(|(first, _)| *first);
        let mut expected: Vec<(u64, Vec<Value<'static>>)> = map.into_values().collect();
        expected.sort_by_key(|(first, _)| *first);
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
}

/// Nanoseconds that this thread has run, where the system tells; other processes do not count.
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or(0.0)
}

/// Nanoseconds per row of grouping, counting and summing: `cargo test --release measure -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout)]
fn measure() {
    let mut random = Random(3);
    for groups in [4, 1000, 100_000] {
        let batches: Vec<(Batch, Vec<Values>)> = (0..100)
            .map(|index| {
                let rows = 10_000;
                let names = ["checkout", "search", "login-service", "a"];
                let key = |n: usize| if groups == 4 { names[n].to_string() } else { format!("user{n}") };
                let mut texts: Vec<(Kind, String)> =
                    (0..rows).map(|_| (Kind::Bare, key(random.below(groups)))).collect();
                let amount = |n: usize| (Kind::Bare, format!("{}.{:02}", n / 100, n % 100));
                texts.extend((0..rows).map(|_| amount(random.below(1_000_000))));
                let borrowed: Vec<(Kind, &str)> = texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
                let (mut batch, Values::Cells(cells)) = cells(index * 10_000, &borrowed) else { panic!("cells") };
                batch.rows = rows;
                (batch, cells.chunks(rows).map(|cells| Values::Cells(cells.to_vec())).collect())
            })
            .collect();
        let rows: Vec<u32> = (0..10_000).collect();
        let mut table = GroupTable::new(1, Seed::default());
        let names = ["count", "sum", "min", "first", "count_distinct", "p99"];
        let mut states: Vec<Box<dyn Accumulator>> =
            names.iter().map(|name| (named(name).row.item.state.build)()).collect();
        let (mut of, start) = (vec![Vec::new(); batches.len()], busy());
        for _ in 0..10 {
            for ((batch, columns), of) in batches.iter().zip(&mut of) {
                of.clear();
                table.assign(batch, &rows, &[&columns[0]], of);
            }
        }
        println!("{groups} groups: table {:.1} ns", (busy() - start) / 1e7);
        for (index, state) in states.iter_mut().enumerate() {
            let start = busy();
            for _ in 0..10 {
                for ((batch, columns), of) in batches.iter().zip(&of) {
                    state.grow(table.len());
                    let input = (index > 0).then_some(&columns[1]);
                    state.update(&Intake { batch, rows: &rows, groups: of, input, smalls: None, second: None });
                }
            }
            println!("  {} {:.1} ns", names[index], (busy() - start) / 1e7);
        }
        let (start, q) = (std::time::Instant::now(), named("p99").preset.unwrap());
        states[5].settle(&[vec![Value::Number(q)]]).unwrap();
        println!("  settle p99 {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    }
}
