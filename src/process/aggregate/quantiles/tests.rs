//! Logs are packed, sorted and counted: the quantiles are those of a plain sort.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::log::{CHUNK, Large, Log, Placed};
use super::sorted::Room;
use super::span::Span;
use super::{Quantiles, Ranked, Writing, counts, histogram, sorted, take_large};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::exec::memory::Memory;
use crate::process::aggregate::intake::{Numbers, RUN, Small};
use crate::process::aggregate::{Accumulator, NO_GROUP, Skipped};

/// Numbers below a bound that look random.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ self.0 >> 29
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// What numbers are made.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Of one scale, from -`0` / 4 to 3/4 of it.
    Narrow(u64),
    /// Of one scale, any 64 bits.
    Any,
    /// Short ones of scales up to that.
    Mixed(u8),
    /// 64 bits of any scale: together they need more.
    Far,
    /// Some that are doubles or have more than 64 bits.
    Large,
}

impl Kind {
    fn number(self, random: &mut Random) -> Number {
        let exact = |units: i64, scale| Number::Exact { units: i128::from(units), scale };
        match self {
            Self::Narrow(width) => exact(random.below(width).cast_signed() - (width / 4).cast_signed(), 2),
            Self::Any => exact(random.next().cast_signed(), 0),
            Self::Mixed(finest) => {
                let scale = random.below(u64::from(finest) + 1) as u8;
                exact(random.below(2000).cast_signed() - 1000, scale)
            }
            Self::Far => exact(random.next().cast_signed(), random.below(19) as u8),
            Self::Large => match random.below(20) {
                0 => Number::Float(random.below(1000) as f64 / 7.0 - 50.0),
                1 => Number::Exact { units: i128::from(random.next()) << 50, scale: random.below(30) as u8 },
                _ => exact(random.below(900).cast_signed() - 300, 1),
            },
        }
    }
}

const KINDS: [Kind; 10] = [
    Kind::Narrow(1),
    Kind::Narrow(100),
    Kind::Narrow(60_000),
    Kind::Narrow(1 << 20),
    Kind::Narrow(1 << 40),
    Kind::Any,
    Kind::Mixed(3),
    Kind::Mixed(18),
    Kind::Far,
    Kind::Large,
];

/// Appends numbers in the ways in which they come.
fn take(log: &mut Log, large: &mut Large, numbers: &[(u32, Number)], random: &mut Random) {
    let mut skipped = Skipped::default();
    let mut writing = Writing { log, large, skipped: &mut skipped };
    let mut rest = numbers;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.len().min(1 + random.below(RUN as u64) as usize));
        rest = after;
        let small = |(group, number): &(u32, Number)| match number {
            Number::Exact { units, scale } if *scale <= 18 => {
                Some(Small { units: i64::try_from(*units).ok()?, group: *group, scale: *scale })
            }
            _ => None,
        };
        let smalls: Option<Vec<Small>> = run.iter().map(small).collect();
        match smalls {
            Some(smalls) if smalls.iter().all(|small| small.scale == smalls[0].scale) => {
                let groups: Vec<u32> = smalls.iter().map(|small| small.group).collect();
                let units: Vec<i64> = smalls.iter().map(|small| small.units).collect();
                writing.uniform(&groups, &units, smalls[0].scale);
            }
            Some(smalls) if random.below(2) == 0 => writing.small(&smalls),
            _ => run.iter().for_each(|(group, number)| writing.number(*group, *number)),
        }
    }
}

fn asked() -> Vec<Number> {
    [(0, 0), (25, 2), (5, 1), (987, 3), (1, 0)].map(|(units, scale)| Number::Exact { units, scale }).to_vec()
}

/// As they are printed, so that `1` and `1.0` are the same.
fn printed(found: &[Option<Number>]) -> Vec<String> {
    let number = |number: &Option<Number>| {
        let mut text = Vec::new();
        number.unwrap_or(Number::Float(f64::MAX)).normal().write(&mut text);
        String::from_utf8(text).unwrap()
    };
    found.iter().map(number).collect()
}

/// The quantiles of groups by sorting.
fn plain(groups: &[Vec<Number>]) -> Vec<Option<Number>> {
    let mut all = Vec::new();
    for numbers in groups {
        let mut numbers = numbers.clone();
        numbers.sort_by(|a, b| a.compare(*b));
        if numbers.is_empty() {
            all.extend(asked().iter().map(|_| None));
            continue;
        }
        let mut ranked = Ranked::new(&asked(), numbers.len());
        numbers.into_iter().enumerate().for_each(|(rank, number)| ranked.see(rank, 1, number));
        all.extend(ranked.quantiles());
    }
    all
}

/// Some logs whose groups go to those of two parts, and what comes out of it.
struct Case {
    logs: Vec<(Arc<Log>, Arc<Large>)>,
    /// For each part and log the group there of each group of the log.
    into: [Vec<Vec<u32>>; 2],
    /// For each part, its groups.
    groups: [Vec<Vec<Number>>; 2],
}

impl Case {
    /// `spilled` is the log that does not keep all in memory.
    fn new(kind: Kind, groups: u32, counts: &[usize], spilled: Option<(usize, &Memory)>, random: &mut Random) -> Self {
        let mut case = Self { logs: Vec::new(), into: [Vec::new(), Vec::new()], groups: [Vec::new(), Vec::new()] };
        for (part, all) in (0..).zip(&mut case.groups) {
            all.resize((0..groups).filter(|group| group % 3 / 2 == part).count(), Vec::new());
        }
        for (index, count) in counts.iter().enumerate() {
            // Each log has met the groups in another order.
            let real = |group: u32| (group + index as u32) % groups;
            let place = |group: u32| {
                if real(group) % 3 == 2 { (1, real(group) / 3) } else { (0, real(group) / 3 * 2 + real(group) % 3) }
            };
            for (part, into) in (0..).zip(&mut case.into) {
                let here = |group| if place(group).0 == part { place(group).1 } else { NO_GROUP };
                into.push((0..groups).map(here).collect());
            }
            let numbers: Vec<(u32, Number)> =
                (0..*count).map(|_| (random.below(groups.into()) as u32, kind.number(random))).collect();
            for (group, number) in &numbers {
                let (part, place) = place(*group);
                case.groups[part][place as usize].push(*number);
            }
            let (mut log, mut large) = (Log::default(), Large::default());
            let (early, late) = numbers.split_at(count / 2);
            take(&mut log, &mut large, early, random);
            if let Some((_, memory)) = spilled.filter(|(which, _)| *which == index) {
                log.spill(&mut large, memory).unwrap();
                assert!(log.memory() < 4096);
            }
            take(&mut log, &mut large, late, random);
            case.logs.push((Arc::new(log), Arc::new(large)));
        }
        case
    }

    fn placed(&self, part: usize) -> Vec<Placed> {
        let logs = self.logs.iter().zip(&self.into[part]);
        let placed = |((log, large), into): (&(Arc<Log>, Arc<Large>), &Vec<u32>)| Placed {
            log: Arc::clone(log),
            large: Arc::clone(large),
            into: into.clone(),
        };
        logs.map(placed).collect()
    }

    /// What the accumulators of the parts say.
    fn settled(&self, part: usize) -> Vec<Option<Number>> {
        let mut merged = Quantiles::default();
        merged.grow(self.groups[part].len());
        for Placed { log, large, into } in self.placed(part) {
            let other = Quantiles { groups: into.len(), log, large, ..Quantiles::default() };
            merged.merge(&other, &into);
        }
        let asked: Vec<_> = asked().into_iter().map(|share| vec![Value::Number(share)]).collect();
        merged.settle(&asked).unwrap();
        merged.settled
    }
}

#[test]
fn quantiles_are_those_of_a_plain_sort() {
    let mut random = Random(3);
    for kind in KINDS {
        for groups in [1, 3, 5000] {
            let lengths = [CHUNK * 2 + 300, 0, CHUNK - 1, 700];
            let case = Case::new(kind, groups, &lengths, None, &mut random);
            for part in 0..2 {
                let expected = printed(&plain(&case.groups[part]));
                let what = format!("{kind:?}, {groups} groups, part {part}");
                assert_eq!(printed(&case.settled(part)), expected, "{what}");
                let mut logs = case.placed(part);
                let large = take_large(&mut logs);
                let (numbers, span) = (counts(&logs, case.groups[part].len()), Span::of(&logs));
                if large.is_empty() {
                    assert_eq!(numbers, case.groups[part].iter().map(Vec::len).collect::<Vec<_>>());
                }
                for room in [(1 << 30, 1 << 30), (0, 1 << 30), (40_000, 1000), (0, 1)] {
                    let room = Room { bytes: room.0, places: room.1 };
                    if groups == 5000 && room.places == 1 {
                        continue;
                    }
                    let found = sorted::quantiles(&logs, (&numbers, &large), span, &asked(), room);
                    assert_eq!(printed(&found), expected, "{what}, {room:?}");
                }
                if let Kind::Large = kind {
                    continue;
                }
                let found = histogram::quantiles(&logs, &numbers, span, &asked());
                assert!(found.is_some() || groups != 3 || !matches!(kind, Kind::Narrow(..=100)), "{what}");
                if let Some(found) = found {
                    assert_eq!(printed(&found), expected, "{what}, counted");
                }
            }
        }
    }
}

#[test]
fn quantiles_of_numbers_on_disk_are_the_same() {
    let mut random = Random(8);
    let memory = Memory::new(1 << 20, std::env::temp_dir());
    for kind in KINDS {
        for groups in [3, 500] {
            let case = Case::new(kind, groups, &[CHUNK + 3000, 2 * CHUNK + 500], Some((1, &memory)), &mut random);
            for part in 0..2 {
                let expected = printed(&plain(&case.groups[part]));
                assert_eq!(printed(&case.settled(part)), expected, "{kind:?}, {groups} groups, part {part}");
            }
        }
    }
}

#[test]
fn memory_is_what_is_packed() {
    let mut random = Random(1);
    for (groups, width, bytes) in [(4, 4000, 2), (100_000, 7400, 4), (4, 200, 2), (1, 256, 1)] {
        let mut log = Log::default();
        let numbers: Vec<(u32, Number)> =
            (0..8 * CHUNK).map(|_| (random.below(groups) as u32, Kind::Narrow(width).number(&mut random))).collect();
        take(&mut log, &mut Large::default(), &numbers, &mut random);
        let fixed = 12 * 2 * CHUNK + 8 * 2 * groups as usize + 4096;
        let found = log.memory();
        assert!(found >= 7 * CHUNK * bytes && found <= 8 * CHUNK * bytes + fixed, "{found} for {groups} and {width}");
    }
}
