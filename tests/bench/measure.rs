//! Runs commands with their output in a pipe, and measures wall time, processor time and peak memory.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::answers::{Answers, Digest};

/// How often the peak memory of a running process is looked at; the system keeps the peak itself, so that only what
/// is taken in the last moment can be missed. (What it keeps beyond the end counts the parent's memory before the start.)
const LOOK: Duration = Duration::from_millis(4);

/// Who takes longer is measured once only.
const SLOW: Duration = Duration::from_secs(10);

/// One program's part in a job.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// The command line, program first.
    pub(crate) command: Vec<String>,
}

/// What came of running it.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    /// Median wall time.
    pub(crate) time: Duration,
    /// Median time until something was printed.
    pub(crate) first: Duration,
    /// Median processor time.
    pub(crate) cpu: Duration,
    /// Highest resident memory in KiB over all runs; 0 where the system does not say.
    pub(crate) memory: u64,
    /// What it printed the first time.
    pub(crate) answer: Digest,
}

/// One run.
struct Run {
    time: Duration,
    first: Duration,
    cpu: Duration,
    memory: u64,
}

/// Runs all contenders in turn, `runs` times each, so that a slow moment of the machine hits all of them.
pub(crate) fn in_turn(contenders: &[Contender], answers: Answers, runs: usize) -> io::Result<Vec<Measured>> {
    let mut all: Vec<Vec<Run>> = contenders.iter().map(|_| Vec::new()).collect();
    let mut digests = vec![Digest::new(answers); contenders.len()];
    let mut slow = vec![false; contenders.len()];
    for round in 0..=runs {
        for (((contender, all), digest), slow) in contenders.iter().zip(&mut all).zip(&mut digests).zip(&mut slow) {
            // The first round warms the caches and compares the answers, which takes time of its own.
            match round {
                0 => *slow = once(&contender.command, Some(digest))?.time > SLOW,
                1 => all.push(once(&contender.command, None)?),
                _ if *slow => {}
                _ => all.push(once(&contender.command, None)?),
            }
        }
    }
    let median = |runs: &[Run], of: fn(&Run) -> Duration| {
        let mut times: Vec<Duration> = runs.iter().map(of).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let measured = all.iter().zip(digests).map(|(runs, answer)| Measured {
        time: median(runs, |run| run.time),
        first: median(runs, |run| run.first),
        cpu: median(runs, |run| run.cpu),
        memory: runs.iter().map(|run| run.memory).max().unwrap_or_default(),
        answer,
    });
    Ok(measured.collect())
}

/// One run; its output is digested or only drained.
fn once(command: &[String], digest: Option<&mut Digest>) -> io::Result<Run> {
    let (program, args) = command.split_first().ok_or_else(|| io::Error::other("an empty command"))?;
    let started = Instant::now();
    let mut child = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut pipe = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
    let ended = AtomicBool::new(false);
    let id = child.id();
    let (first, ended, time, memory) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut memory = 0;
            while !ended.load(Ordering::Relaxed) {
                memory = memory.max(peak(id));
                std::thread::sleep(LOOK);
            }
            memory
        });
        let first = drain(&mut pipe, started, digest);
        let result = child.wait4();
        // Before the watcher is waited for, who may be asleep.
        let time = started.elapsed();
        ended.store(true, Ordering::Relaxed);
        (first, result, time, watcher.join().unwrap_or_default())
    });
    let ended = ended?;
    if ended.status.code().is_none_or(|code| code > 1) {
        return Err(io::Error::other(format!("{} failed: {}", command.join(" "), ended.status)));
    }
    Ok(Run { time, first: first?, cpu: ended.rusage.utime + ended.rusage.stime, memory })
}

/// Reads all; returns when the first of it came.
fn drain(pipe: &mut impl Read, started: Instant, mut digest: Option<&mut Digest>) -> io::Result<Duration> {
    let mut buffer = vec![0; 1 << 20];
    let mut first = None;
    loop {
        let read = pipe.read(&mut buffer)?;
        let came = *first.get_or_insert_with(|| started.elapsed());
        let bytes = buffer.get(..read).unwrap_or_default();
        match &mut digest {
            Some(digest) if bytes.is_empty() => digest.end(),
            Some(digest) => digest.take(bytes),
            None => {}
        }
        if bytes.is_empty() {
            return Ok(came);
        }
    }
}

/// Peak resident memory of a running process in KiB, where `/proc` tells.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
