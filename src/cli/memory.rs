//! `--memory`: how much memory a run may hold, and what there is of it.

use crate::core::integer::{float, to_index, whole};
use std::fs;

use crate::core::input::blocks::MAX_RECORD;

/// The size that `--memory` gives: bytes, or with K, M, G or T so many times 1024, or with % a part of the machine's memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Size {
    /// Bytes.
    Bytes(usize),
    /// Hundredths of the memory there is.
    Percent(f64),
}

/// Reads a size.
pub(crate) fn parse(text: &str) -> Result<Size, String> {
    let wrong = || "a size is needed, as 512M, 4G or 25%".to_string();
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(at);
    let number: f64 = digits.parse().ok().filter(|number| *number > 0.0).ok_or_else(wrong)?;
    let unit = unit.trim().to_ascii_uppercase();
    let power = match unit.trim_end_matches('B').trim_end_matches('I') {
        "%" if number <= 100.0 => return Ok(Size::Percent(number)),
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return Err(wrong()),
    };
    Ok(Size::Bytes(to_index(whole(number * 1024_f64.powi(power)))))
}

/// The limit in bytes: as asked, else a quarter of the machine's memory, or half of what the process or its container is
/// allowed where that is less. Of a limit on the address space, what so many threads take of it without using it is
/// left out.
pub(crate) fn limit(asked: Option<Size>, threads: usize) -> usize {
    match asked {
        Some(Size::Bytes(bytes)) => bytes,
        Some(Size::Percent(percent)) => to_index(whole(float(available()) * percent / 100.0)),
        None => {
            let machine = machine().unwrap_or(DEFAULT_MACHINE) / 4;
            let process = process_limit().map(|limit| half_of_addresses(limit, threads));
            let container = container_limit().map(|limit| limit / 2);
            to_index(process.into_iter().chain(container).fold(machine, u64::min))
        }
    }
}

/// Half of an address space without the program itself and, for each thread, a stack and the heap that malloc reserves;
/// some of it anyway.
fn half_of_addresses(limit: u64, threads: usize) -> u64 {
    let reserved = PROGRAM + THREAD * threads as u64;
    limit.saturating_sub(reserved).max(limit / 16) / 2
}

/// Addresses of the program, its libraries and buffers.
const PROGRAM: u64 = 32 << 20;
/// Addresses that a thread reserves: 64 MiB for its heap (malloc(3)), and its stack.
const THREAD: u64 = 66 << 20;

/// The longest record or line in bytes, and the largest input that must be in memory whole: such is held several times
/// on its way, so a limit on the process or its container is one on it too.
pub(crate) fn longest() -> usize {
    let allowed = allowed().and_then(|allowed| usize::try_from(allowed / 16).ok());
    allowed.map_or(MAX_RECORD, |part| part.clamp(1 << 20, MAX_RECORD))
}

/// Where the system does not tell how much memory it has.
const DEFAULT_MACHINE: u64 = 4 << 30;

/// What the process may use at most: the machine's memory, or less where it is limited.
fn available() -> u64 {
    let machine = machine().unwrap_or(DEFAULT_MACHINE);
    allowed().map_or(machine, |allowed| machine.min(allowed))
}

/// The machine's memory in bytes (proc(5), `MemTotal`).
fn machine() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib << 10)
}

/// The lowest limit on this process and its container, where there is one.
fn allowed() -> Option<u64> {
    process_limit().into_iter().chain(container_limit()).min()
}

/// `RLIMIT_AS`.
#[cfg(unix)]
fn process_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
fn process_limit() -> Option<u64> {
    None
}

/// The lowest limit of the control groups that hold this process (cgroups(7)), in version 2 or 1. Inside a container the
/// path of the group may not be visible; its own limits are then those at the top.
fn container_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut lowest = None;
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            list if list.split(',').any(|name| name == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => continue,
        };
        let mut group = Some(path.trim_end_matches('/'));
        while let Some(path) = group {
            let text = fs::read_to_string(format!("{root}{path}/{file}")).ok();
            let limit = text.and_then(|text| text.trim().parse::<u64>().ok());
            lowest = limit.into_iter().chain(lowest).min();
            group = path.rsplit_once('/').map(|(above, _)| above);
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::{Size, half_of_addresses, limit, parse};

    #[test]
    fn reads_sizes() {
        assert_eq!(parse("512"), Ok(Size::Bytes(512)));
        assert_eq!(parse("64k"), Ok(Size::Bytes(64 << 10)));
        assert_eq!(parse("1.5MiB"), Ok(Size::Bytes(3 << 19)));
        assert_eq!(parse("2GB"), Ok(Size::Bytes(2 << 30)));
        assert_eq!(parse("1T"), Ok(Size::Bytes(1 << 40)));
        assert_eq!(parse("25%"), Ok(Size::Percent(25.0)));
        for wrong in ["", "M", "0", "-1", "12x", "101%", "1..2G"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_as_asked_or_a_part_of_what_there_is() {
        assert_eq!(limit(Some(Size::Bytes(1 << 20)), 1), 1 << 20);
        assert!(limit(Some(Size::Percent(50.0)), 1) > limit(Some(Size::Percent(10.0)), 1));
        assert!(limit(None, 2) > 1 << 20);
        assert_eq!(half_of_addresses(1 << 30, 2), 430 << 20);
        assert_eq!(half_of_addresses(64 << 20, 2), 2 << 20);
    }
}
