//! Which rows of a batch may be among the best few of all, told by the short plain numbers of their first key before any of
//! them is looked at closely.
//!
//! A row is left out where a number of the same scale says that so many rows of its own batch are better, or that what was
//! kept so far is. Rows without such a number are always worth a look.

use crate::core::data::batch::{Batch, Values};
use crate::core::data::compare::{Rank, SortMode, SortOrder};
use crate::core::data::number::Number;
use crate::process::aggregate::smalls::Smalls;

/// The rows among `rows` that may be among the best `most` by `values` in this order, where `worst` is the last of those
/// already kept if they are so many. `None` where numbers do not tell.
pub(super) fn promising(
    (batch, rows): (&Batch, &[u32]),
    values: &Values,
    (order, most): (SortOrder, usize),
    worst: Option<&Rank<'_>>,
    smalls: &mut Smalls,
) -> Option<Vec<u32>> {
    if !matches!(order.mode, SortMode::Auto | SortMode::Number) || most == 0 || rows.len() < most.saturating_mul(4) {
        return None;
    }
    let smalls = smalls.read(batch, rows, values)?;
    let scale = smalls.iter().flatten().map(|(_, scale)| scale).next()?;
    // The least are the best; eighteen digits leave room for the sign.
    let place = |units: i64| if order.descending { -units } else { units };
    let bound = match worst {
        Some(Rank::Number(Number::Exact { units, scale: same })) if *same == scale => {
            i64::try_from(*units).ok().and_then(|units| units.checked_abs().map(|_| place(units)))
        }
        _ => None,
    };
    let bound = bound.unwrap_or(i64::MAX);
    let place = |small: Option<(i64, u8)>| small.filter(|(_, of)| *of == scale).map(|(units, _)| place(units));
    let mut places: Vec<i64> = smalls.iter().filter_map(place).filter(|place| *place <= bound).collect();
    let bound = if places.len() > most { *places.select_nth_unstable(most - 1).1 } else { bound };
    let worth = |small: Option<(i64, u8)>| place(small).is_none_or(|place| place <= bound);
    Some(rows.iter().zip(smalls.iter()).filter(|(_, small)| worth(*small)).map(|(row, _)| *row).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cmp::Ordering;

    use super::promising;
    use crate::core::data::compare::{SortMode, SortOrder};
    use crate::core::data::testing::csv;
    use crate::process::aggregate::smalls::Smalls;

    #[test]
    fn leaves_out_only_what_so_many_rows_are_better_than() {
        let mut state = 17_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut left_out = 0;
        for round in 0..300 {
            let most = 1 + next(8) as usize;
            let odd = round % 3;
            let mut text = "x,y\n".to_string();
            for _ in 0..100 {
                let number = next(400) as i64 - 200;
                let cell = match next(12) * odd {
                    1 => ",".to_string(),
                    2 => "text,".to_string(),
                    3 => format!("{number}e1,"),
                    4 => format!("{number}.50,"),
                    _ => format!("{number},"),
                };
                text.push_str(&cell);
                text.push('\n');
            }
            let mode = [SortMode::Auto, SortMode::Number][next(2) as usize];
            let order = SortOrder { mode, descending: next(2) == 0, nulls_first: next(2) == 0 };
            let batch = csv(&text, 0);
            let rows: Vec<u32> = (0..100).filter(|_| next(9) > 0).collect();
            let worst = batch.value(0, 7);
            let worst = (next(2) == 0).then(|| order.rank(&worst));
            let values = &batch.columns[0].values;
            let found = promising((&batch, &rows), values, (order, most), worst.as_ref(), &mut Smalls::default());
            let Some(found) = found else { continue };
            for row in rows.iter().filter(|row| !found.contains(row)) {
                let value = batch.value(0, *row as usize);
                let better = |other: &&u32| order.compare(&batch.value(0, **other as usize), &value) == Ordering::Less;
                let after = worst.as_ref().is_some_and(|worst| order.compare_ranks(&order.rank(&value), worst).is_gt());
                assert!(after || rows.iter().filter(better).count() >= most, "row {row} of {text}");
                left_out += 1;
            }
        }
        assert!(left_out > 5000, "{left_out}");
    }
}
