//! What a window function remembers of a group's records so far.

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::function::{Call, Function};
use crate::core::data::compare::SortOrder;
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::process::aggregate::running::RunningSum;

/// The state of one call in one group.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// The values that are still to come out.
    Delay(VecDeque<Value<'static>>),
    /// A sum, with the numbers in it where they go out again.
    Sum(RunningSum, VecDeque<Option<Number>>),
    /// A count, with what was counted where it goes out again.
    Count(u64, VecDeque<bool>),
    /// Candidates for the best value with the record each is of, best first, and how many records there were.
    Best(VecDeque<(u64, Value<'static>)>, u64),
    /// The first value.
    First(Option<Value<'static>>),
}

impl State {
    /// That of a call before any record.
    pub(super) fn new(call: &Call) -> Self {
        match call.function {
            Function::Lag | Function::Lead => {
                Self::Delay(std::iter::repeat_n(call.default.clone(), call.reach.unwrap_or(1)).collect())
            }
            Function::Sum | Function::Mean => Self::Sum(RunningSum::default(), VecDeque::new()),
            Function::Min | Function::Max => Self::Best(VecDeque::new(), 0),
            Function::First => Self::First(None),
            _ => Self::Count(0, VecDeque::new()),
        }
    }

    /// Takes the value of the next record, and gives the result for that record.
    pub(super) fn step(&mut self, call: &Call, value: Value<'_>) -> Value<'static> {
        match self {
            Self::Delay(waiting) => {
                waiting.push_back(value.into_owned());
                waiting.pop_front().unwrap_or(Value::Null)
            }
            Self::Sum(sum, inside) => {
                let number = value.to_number();
                if let Some(number) = number {
                    sum.add(number);
                }
                if let Some(reach) = call.reach {
                    inside.push_back(number);
                    if inside.len() > reach
                        && let Some(Some(gone)) = inside.pop_front()
                    {
                        sum.remove(gone);
                    }
                }
                let result = if call.function == Function::Mean { sum.mean() } else { sum.sum() };
                result.map_or(Value::Null, Value::Number)
            }
            Self::Count(count, inside) => {
                let counts = call.argument.is_none() || !value.is_null();
                *count += u64::from(counts);
                if let Some(reach) = call.reach {
                    inside.push_back(counts);
                    if inside.len() > reach && inside.pop_front() == Some(true) {
                        *count -= 1;
                    }
                }
                Value::Number(Number::int(i128::from(*count)))
            }
            Self::Best(candidates, records) => {
                let wanted = if call.function == Function::Min { Ordering::Less } else { Ordering::Greater };
                let order = SortOrder::default();
                if !value.is_null() {
                    // Without a reach only the best counts; with one, all that may be the best once better ones are out.
                    let is_beaten = |old: &Value<'_>| order.compare(&value, old) == wanted;
                    while candidates.back().is_some_and(|(_, old)| is_beaten(old)) {
                        candidates.pop_back();
                    }
                    if call.reach.is_some() || candidates.is_empty() {
                        candidates.push_back((*records, value.into_owned()));
                    }
                }
                *records += 1;
                if let Some(reach) = call.reach {
                    while candidates.front().is_some_and(|(at, _)| at + (reach as u64) < *records) {
                        candidates.pop_front();
                    }
                }
                candidates.front().map_or(Value::Null, |(_, best)| best.clone())
            }
            Self::First(first) => {
                if first.is_none() && !value.is_null() {
                    *first = Some(value.into_owned());
                }
                first.clone().unwrap_or(Value::Null)
            }
        }
    }
}
