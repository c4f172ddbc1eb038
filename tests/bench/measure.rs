//! Runs commands with their output in a pipe, and measures wall time and peak memory.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the peak memory of a running process is looked at; the system keeps the peak itself, so that only what
/// is taken in the last moment can be missed.
const LOOK: Duration = Duration::from_millis(4);

/// One program's part in a job.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// The command line, program first.
    pub(crate) command: Vec<String>,
}

/// What came of running it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// Median wall time.
    pub(crate) time: Duration,
    /// Highest resident memory in KiB over all runs; 0 where the system does not say.
    pub(crate) memory: u64,
    /// What it printed the first time.
    pub(crate) output: Vec<u8>,
}

/// Runs all contenders in turn, `runs` times each, so that a slow moment of the machine hits all of them.
pub(crate) fn in_turn(contenders: &[Contender], runs: usize) -> io::Result<Vec<Measured>> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contenders.len()];
    let mut measured = vec![Measured::default(); contenders.len()];
    for run in 0..runs {
        for ((contender, times), measured) in contenders.iter().zip(&mut times).zip(&mut measured) {
            let (time, memory, output) = once(&contender.command, run == 0)?;
            times.push(time);
            measured.memory = measured.memory.max(memory);
            if run == 0 {
                measured.output = output;
            }
        }
    }
    for (times, measured) in times.iter_mut().zip(&mut measured) {
        times.sort();
        measured.time = times.get(times.len() / 2).copied().unwrap_or_default();
    }
    Ok(measured)
}

/// One run; its output is kept or only drained.
fn once(command: &[String], keep: bool) -> io::Result<(Duration, u64, Vec<u8>)> {
    let (program, args) = command.split_first().ok_or_else(|| io::Error::other("an empty command"))?;
    let started = Instant::now();
    let mut child = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut pipe = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
    let mut output = Vec::new();
    let ended = AtomicBool::new(false);
    let id = child.id();
    let (status, memory) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut memory = 0;
            while !ended.load(Ordering::Relaxed) {
                memory = memory.max(peak(id));
                std::thread::sleep(LOOK);
            }
            memory
        });
        let drained = drain(&mut pipe, keep.then_some(&mut output));
        let status = child.wait();
        ended.store(true, Ordering::Relaxed);
        let memory = watcher.join().unwrap_or_default();
        (drained.and(status), memory)
    });
    let time = started.elapsed();
    let status = status?;
    if status.code().is_none_or(|code| code > 1) {
        return Err(io::Error::other(format!("{} failed: {status}", command.join(" "))));
    }
    Ok((time, memory, output))
}

fn drain(pipe: &mut impl Read, mut keep: Option<&mut Vec<u8>>) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = pipe.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        if let (Some(kept), Some(bytes)) = (&mut keep, buffer.get(..read)) {
            kept.extend_from_slice(bytes);
        }
    }
}

/// Peak resident memory of a running process in KiB, where `/proc` tells.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
