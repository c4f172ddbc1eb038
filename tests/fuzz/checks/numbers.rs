//! Number parsing, printing and exact sums against big integers.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::choice;
use crate::core::block::Block;
use crate::core::data::batch::{Batch, Values};
use crate::core::data::cell::{Cell, Kind};
use crate::core::data::number::{MAX_SCALE, Number};
use crate::core::data::value::Value;
use crate::process::aggregate::{Accumulator, Intake, Named, resolve};

/// A decimal without bounds: `units / 10^scale`.
#[derive(Debug, Clone)]
struct Decimal {
    units: BigInt,
    scale: u32,
}

/// Texts on lines; the first byte says in what order and in how many parts they are summed.
pub fn numbers(data: &[u8]) {
    let (picks, text) = choice(data);
    let mut cells = Vec::new();
    let mut taken: Vec<Decimal> = Vec::new();
    let mut at = 0;
    for line in text.split(|byte| *byte == b'\n') {
        if let Some(number) = check(line) {
            cells.push(Cell::new(Kind::Bare, at, line.len()));
            taken.push(exact(number));
        }
        at += line.len() + 1;
    }
    let block = Block { end: text.len(), bytes: text.to_vec(), ..Block::default() };
    let batch = Batch { block, rows: cells.len(), ..Batch::default() };
    let sum = taken.iter().fold(Decimal { units: BigInt::ZERO, scale: 0 }, |sum, number| add(&sum, number));
    for pair in taken.windows(2).take(8) {
        let numbers = [&pair[0], &pair[1]].map(nearest_or_exact);
        let order = pair[0].units.clone() * ten(pair[1].scale);
        let order = order.cmp(&(pair[1].units.clone() * ten(pair[0].scale)));
        assert_eq!(numbers[0].compare(numbers[1]), order, "{numbers:?}");
    }
    if !taken.is_empty() {
        check_sum(&summed(&batch, &cells, picks, "sum"), &sum);
        check_mean(&summed(&batch, &cells, picks, "mean"), &sum, taken.len());
    }
}

/// Holds what a text is read as against what it says; the number, where it is finite.
fn check(text: &[u8]) -> Option<Number> {
    let number = Number::parse(text);
    let Some((units, scale)) = grammar(text) else {
        assert!(number.is_none(), "{} as {number:?}", text.escape_ascii());
        return None;
    };
    let number = number.unwrap_or_else(|| panic!("{} is a number", text.escape_ascii()));
    let mut printed = Vec::new();
    number.write(&mut printed);
    let printed = String::from_utf8(printed).unwrap();
    match number {
        Number::Exact { .. } => {
            let own = exact(number);
            let same = scale.is_none_or(|scale| equal(&own, &units, scale));
            assert!(same && (scale.is_some() || units == BigInt::ZERO), "{} as {number:?}", text.escape_ascii());
            let again = Number::parse(printed.as_bytes()).unwrap();
            assert!(matches!(again, Number::Exact { .. }) && again.compare(number) == Ordering::Equal, "{printed}");
        }
        Number::Float(float) => {
            let plain = std::str::from_utf8(text).unwrap().trim_start_matches('+').parse::<f64>().unwrap();
            assert_eq!(float.to_bits(), plain.to_bits(), "{}", text.escape_ascii());
            assert!(
                printed.parse::<f64>().is_ok_and(|again| again.to_bits() << 1 == float.to_bits() << 1),
                "{printed}"
            );
        }
    }
    let finite = !matches!(number, Number::Float(float) if !float.is_finite());
    finite.then_some(number)
}

/// The digits of numeric text and its scale, where that is not past all bounds; none where it is no number.
fn grammar(text: &[u8]) -> Option<(BigInt, Option<i64>)> {
    let text = std::str::from_utf8(text).ok()?;
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let power = match exponent {
        None => Some(0),
        Some(exponent) => {
            let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if unsigned.is_empty() || !digits(unsigned) {
                return None;
            }
            exponent.parse::<i64>().ok().filter(|power| power.abs() < 5000)
        }
    };
    let units: BigInt = format!("{whole}{fraction}").parse().unwrap();
    let scale = power.map(|power| fraction.len() as i64 - power);
    Some((if negative { -units } else { units }, scale))
}

/// The value of a finite number.
fn exact(number: Number) -> Decimal {
    match number {
        Number::Exact { units, scale } => Decimal { units: units.into(), scale: scale.into() },
        Number::Float(float) => {
            let bits = float.to_bits();
            let (sign, exponent) = (if bits >> 63 == 1 { -1 } else { 1 }, (bits >> 52 & 0x7FF) as i64);
            let fraction = bits & ((1 << 52) - 1);
            let mantissa = BigInt::from(if exponent == 0 { fraction } else { fraction | 1 << 52 }) * sign;
            let exponent = exponent.max(1) - 1075;
            if let Ok(up) = u32::try_from(exponent) {
                return Decimal { units: mantissa << up, scale: 0 };
            }
            let down = u32::try_from(-exponent).unwrap();
            Decimal { units: mantissa * BigInt::from(5).pow(down), scale: down }
        }
    }
}

fn ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

fn equal(own: &Decimal, units: &BigInt, scale: i64) -> bool {
    let own_scale = i64::from(own.scale);
    let up = |units: &BigInt, by: i64| units * ten(u32::try_from(by.max(0)).unwrap());
    up(&own.units, scale - own_scale) == up(units, own_scale - scale)
}

fn add(a: &Decimal, b: &Decimal) -> Decimal {
    let scale = a.scale.max(b.scale);
    Decimal { units: &a.units * ten(scale - a.scale) + &b.units * ten(scale - b.scale), scale }
}

fn nearest(number: &Decimal) -> f64 {
    format!("{}e-{}", number.units, number.scale).parse().unwrap()
}

/// The number again: as it was, since what was read came from one.
fn nearest_or_exact(number: &Decimal) -> Number {
    let exact = i128::try_from(&number.units).ok().zip(u8::try_from(number.scale).ok());
    match exact.filter(|(units, scale)| *scale <= MAX_SCALE && *units != i128::MIN) {
        Some((units, scale)) => Number::Exact { units, scale },
        None => Number::Float(nearest(number)),
    }
}

fn summed(batch: &Batch, cells: &[Cell], picks: usize, name: &str) -> Value<'static> {
    let named: Named = resolve(name).unwrap();
    let mut rows: Vec<u32> = (0..cells.len() as u32).collect();
    rows.rotate_left(picks % cells.len());
    if picks & 64 != 0 {
        rows.reverse();
    }
    let values = Values::Cells(cells.to_vec());
    let part = |rows: &[u32]| -> Box<dyn Accumulator> {
        let mut state = (named.row.item.state.build)();
        state.grow(1);
        let groups = vec![0; rows.len()];
        state.update(&Intake { batch, rows, groups: &groups, input: Some(&values), smalls: None, second: None });
        state
    };
    let size = 1 + picks % 5;
    let mut all = (named.row.item.state.build)();
    all.grow(1);
    for rows in rows.chunks(size) {
        all.merge(&*part(rows), &[0]);
    }
    all.settle(&[Vec::new()]).unwrap();
    (named.row.item.read)(&*all, 0, 0).into_owned()
}

fn check_sum(found: &Value<'_>, sum: &Decimal) {
    let double = nearest(sum);
    match found {
        Value::Number(Number::Float(float)) => assert_eq!(float.to_bits() << 1, double.to_bits() << 1, "{sum:?}"),
        Value::Number(number) => assert!(equal(&exact(*number), &sum.units, sum.scale.into()), "{number:?} {sum:?}"),
        other => assert!(!double.is_finite(), "{other:?} {sum:?}"),
    }
}

fn check_mean(found: &Value<'_>, sum: &Decimal, count: usize) {
    // So many digits that whether the rest is nothing is all that is left to know.
    let (scaled, count) = (&sum.units * ten(1200), BigInt::from(count));
    let rest = if (&scaled % &count) == BigInt::ZERO { "" } else { "1" };
    let places = sum.scale + 1200 + rest.len() as u32;
    let mean: f64 = format!("{}{rest}e-{places}", scaled / count).parse().unwrap();
    match found {
        Value::Number(number) => assert_eq!(number.to_f64().to_bits() << 1, mean.to_bits() << 1, "{sum:?}"),
        other => assert!(!mean.is_finite(), "{other:?} {sum:?}"),
    }
}
