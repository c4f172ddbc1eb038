//! Seeded corpora for the benchmark: a log, events as CSV (plain and fully quoted), the same events as JSON Lines, names with
//! numbers, and the log in many compressed files.
//!
//! Each record is made from its number alone, so the files are the same on every machine, whatever the number of
//! threads, and the formats hold the same events.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use rayon::prelude::*;

/// Records per piece of work.
const CHUNK: u64 = 20_000;

/// Which file to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Corpus {
    /// Access log lines.
    Log,
    /// Events, 11 columns, no quotes.
    Csv,
    /// The same events, every cell quoted, some notes with commas and doubled quotes.
    QuotedCsv,
    /// As quoted, some notes with newlines too.
    NewlinesCsv,
    /// The same events with all fields and two more, one JSON object per line.
    JsonLines,
    /// The same events with five fields.
    NarrowJsonLines,
    /// Weather stations and temperatures, `name;value`, no header.
    Names,
}

impl Corpus {
    /// What comes before the first record.
    fn header(self) -> &'static str {
        match self {
            Self::Csv => "id,user_id,ts,value,name,status,path,ms,host,region,note\n",
            Self::QuotedCsv | Self::NewlinesCsv => {
                "\"id\",\"user_id\",\"ts\",\"value\",\"name\",\"status\",\"path\",\"ms\",\"host\",\"region\",\"note\"\n"
            }
            Self::Log | Self::JsonLines | Self::NarrowJsonLines | Self::Names => "",
        }
    }

    /// Appends the record of that number.
    fn record(self, number: u64, out: &mut Vec<u8>) {
        match self {
            Self::Log => log_line(number, out),
            Self::Csv => csv_record(&Event::new(number), out),
            Self::QuotedCsv => quoted_record(&Event::new(number), ", ", out),
            Self::NewlinesCsv => quoted_record(&Event::new(number), "\n", out),
            Self::JsonLines => json_record(&Event::new(number), out),
            Self::NarrowJsonLines => narrow_json_record(&Event::new(number), out),
            Self::Names => name_record(number, out),
        }
    }
}

/// How much to write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Size {
    /// This many records.
    Records(u64),
    /// Whole records up to at least this many bytes.
    Bytes(u64),
}

/// Writes a corpus, through a neighbouring temporary name so that an interrupted run leaves no half file.
pub(crate) fn write(corpus: Corpus, path: &Path, size: Size) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    out.write_all(corpus.header().as_bytes())?;
    let (records, mut bytes) = match size {
        Size::Records(records) => (records, u64::MAX),
        Size::Bytes(bytes) => (u64::MAX, bytes),
    };
    let round = CHUNK * 4 * rayon::current_num_threads() as u64;
    let mut number = 0;
    while number < records && bytes > 0 {
        let until = number.saturating_add(round).min(records);
        let chunks: Vec<Vec<u8>> = (number..until)
            .step_by(CHUNK as usize)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|start| {
                let mut chunk = Vec::with_capacity(CHUNK as usize * 320);
                for record in start..(start + CHUNK).min(until) {
                    corpus.record(record, &mut chunk);
                }
                chunk
            })
            .collect();
        for chunk in chunks {
            if bytes == 0 {
                break;
            }
            out.write_all(&chunk)?;
            bytes = bytes.saturating_sub(chunk.len() as u64);
        }
        number = until;
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()?;
    std::fs::rename(partial, path)
}

/// How the files of a directory are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// gzip at its usual level.
    Gzip,
    /// zstd at its usual level.
    Zstd,
}

/// Cuts a file into sixteen that hold whole lines and writes each compressed into a directory.
pub(crate) fn write_compressed(from: &Path, directory: &Path, compression: Compression) -> io::Result<()> {
    let partial = directory.with_extension("partial");
    std::fs::create_dir_all(&partial)?;
    let whole = std::fs::read(from)?;
    let mut rest = whole.as_slice();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let about = (whole.len() / 16 + 1).min(rest.len());
        let end = rest.iter().skip(about).position(|byte| *byte == b'\n').map_or(rest.len(), |end| about + end + 1);
        let (part, more) = rest.split_at(end);
        parts.push(part);
        rest = more;
    }
    parts.into_par_iter().enumerate().try_for_each(|(number, part)| match compression {
        Compression::Gzip => {
            let file = File::create(partial.join(format!("{number:02}.log.gz")))?;
            let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            out.write_all(part)?;
            out.finish().map(drop)
        }
        Compression::Zstd => {
            let file = File::create(partial.join(format!("{number:02}.log.zst")))?;
            zstd::stream::copy_encode(part, file, 0)
        }
    })?;
    std::fs::rename(partial, directory)
}

/// A small generator of good random bits (`SplitMix64`), seeded by the record's number.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.below(from.len() as u64) as usize;
        from.get(at).copied().unwrap_or_default()
    }
}

const REGIONS: [&str; 4] = ["eu-west", "us-east", "us-west", "ap-south"];
const NAMES: [&str; 16] = [
    "login",
    "logout",
    "page_view",
    "search",
    "add_to_cart",
    "checkout",
    "payment",
    "refund",
    "signup",
    "profile_edit",
    "upload",
    "download",
    "share",
    "comment",
    "like",
    "error",
];
const SECTIONS: [&str; 8] = ["items", "users", "orders", "search", "cart", "static", "api/v2/events", "help"];
const WORDS: [&str; 24] = [
    "quick", "retry", "after", "timeout", "cache", "miss", "from", "upstream", "slow", "disk", "queue", "drained",
    "client", "closed", "early", "token", "renewed", "batch", "import", "night", "shift", "manual", "check", "done",
];
const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36",
    "curl/8.5.0",
    "kube-probe/1.30",
];

/// One event; all formats print its fields.
struct Event {
    id: u64,
    user_id: u64,
    seconds: u64,
    /// Hundredths.
    value: i64,
    name: &'static str,
    status: u64,
    section: &'static str,
    item: u64,
    ms: u64,
    host: u64,
    region: &'static str,
    note: [&'static str; 4],
    odd: u64,
}

impl Event {
    fn new(id: u64) -> Self {
        let mut random = Random(id.wrapping_mul(0x2545_F491_4F6C_DD1D));
        let value = random.below(100_000) as i64 + 1;
        let ms = random.below(200) + 1;
        Self {
            id: id + 1,
            user_id: random.below(100_000) + 1,
            seconds: id + random.below(3),
            value: if random.below(50) == 0 { -value } else { value },
            name: random.pick(&NAMES),
            status: status(&mut random),
            section: random.pick(&SECTIONS),
            item: random.below(50_000),
            ms: if random.below(40) == 0 { ms * 37 } else { ms },
            host: random.below(48) + 1,
            region: random.pick(&REGIONS),
            note: [random.pick(&WORDS), random.pick(&WORDS), random.pick(&WORDS), random.pick(&WORDS)],
            odd: random.below(1000),
        }
    }
}

fn status(random: &mut Random) -> u64 {
    match random.below(100) {
        0..=1 => 500,
        2 => 503,
        3..=7 => 404,
        8..=11 => 302,
        12..=14 => 201,
        _ => 200,
    }
}

fn csv_record(event: &Event, out: &mut Vec<u8>) {
    number(event.id, out);
    out.push(b',');
    number(event.user_id, out);
    out.push(b',');
    timestamp(event.seconds, out);
    out.push(b',');
    decimal(event.value, out);
    out.push(b',');
    text(event.name, out);
    out.push(b',');
    number(event.status, out);
    out.push(b',');
    path(event, out);
    out.push(b',');
    number(event.ms, out);
    out.push(b',');
    host(event, out);
    out.push(b',');
    text(event.region, out);
    out.push(b',');
    note(event, " ", out);
    out.push(b'\n');
}

fn quoted_record(event: &Event, rarely: &'static str, out: &mut Vec<u8>) {
    out.push(b'"');
    number(event.id, out);
    text("\",\"", out);
    number(event.user_id, out);
    text("\",\"", out);
    timestamp(event.seconds, out);
    text("\",\"", out);
    decimal(event.value, out);
    text("\",\"", out);
    text(event.name, out);
    text("\",\"", out);
    number(event.status, out);
    text("\",\"", out);
    path(event, out);
    text("\",\"", out);
    number(event.ms, out);
    text("\",\"", out);
    host(event, out);
    text("\",\"", out);
    text(event.region, out);
    text("\",\"", out);
    let between = match event.odd {
        0..=99 => ", ",
        100..=129 => " \"\"",
        130..=134 => rarely,
        _ => " ",
    };
    note(event, between, out);
    if (100..=129).contains(&event.odd) {
        text("\"\"\"\"\"\"", out);
    }
    text("\"\n", out);
}

/// One of 413 names, made of the events' words, and a number with one decimal.
fn name_record(line: u64, out: &mut Vec<u8>) {
    let mut random = Random(line ^ 0x1234_5678_9ABC_DEF0);
    let name = random.below(413) as usize;
    text(WORDS.get(name % WORDS.len()).copied().unwrap_or_default(), out);
    out.push(b' ');
    text(NAMES.get(name / WORDS.len() % NAMES.len()).copied().unwrap_or_default(), out);
    number(name as u64 / 384, out);
    out.push(b';');
    let tenths = random.below(1600) as i64 - 600;
    if tenths < 0 {
        out.push(b'-');
    }
    number(tenths.unsigned_abs() / 10, out);
    out.push(b'.');
    number(tenths.unsigned_abs() % 10, out);
    out.push(b'\n');
}

fn json_record(event: &Event, out: &mut Vec<u8>) {
    json_head(event, out);
    text(",\"ts\":\"", out);
    timestamp(event.seconds, out);
    text("\",\"name\":\"", out);
    text(event.name, out);
    text("\",\"path\":\"", out);
    path(event, out);
    text("\",\"ms\":", out);
    number(event.ms, out);
    text(",\"host\":\"", out);
    host(event, out);
    text("\",\"note\":\"", out);
    note(event, " ", out);
    text("\",\"tags\":[\"", out);
    text(event.note[1], out);
    text("\",\"", out);
    text(event.note[2], out);
    text("\"],\"client\":{\"item\":", out);
    number(event.item, out);
    text(",\"ok\":", out);
    text(if event.status < 400 { "true" } else { "false" }, out);
    text("}}\n", out);
}

fn narrow_json_record(event: &Event, out: &mut Vec<u8>) {
    json_head(event, out);
    text("}\n", out);
}

fn json_head(event: &Event, out: &mut Vec<u8>) {
    text("{\"id\":", out);
    number(event.id, out);
    text(",\"user_id\":", out);
    number(event.user_id, out);
    text(",\"value\":", out);
    decimal(event.value, out);
    text(",\"status\":", out);
    number(event.status, out);
    text(",\"region\":\"", out);
    text(event.region, out);
    out.push(b'"');
}

/// A combined log line with the time taken, one in eight with a trace id; about one in 20,000 is a reset connection.
fn log_line(line: u64, out: &mut Vec<u8>) {
    let event = Event::new(line);
    let mut random = Random(line ^ 0x5DEE_CE66_D1CE_5EED);
    for at in 0..4 {
        if at > 0 {
            out.push(b'.');
        }
        number(random.below(254) + 1, out);
    }
    text(" - - [", out);
    timestamp(event.seconds / 8, out);
    text("] \"", out);
    text(random.pick(&["GET", "GET", "GET", "GET", "POST", "PUT", "DELETE"]), out);
    out.push(b' ');
    path(&event, out);
    text("?page=", out);
    number(random.below(90) + 1, out);
    text(" HTTP/1.1\" ", out);
    number(event.status, out);
    out.push(b' ');
    number(random.below(90_000) + 120, out);
    text(" \"-\" \"", out);
    text(random.pick(&AGENTS), out);
    text("\" ms=", out);
    number(event.ms, out);
    if random.below(8) == 0 {
        text(" trace=", out);
        text(&format!("{:016x}", random.next()), out);
    }
    if random.below(20_000) == 0 {
        text(" error=\"ConnectionResetError: peer closed\"", out);
    }
    out.push(b'\n');
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
}

fn number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn two(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
}

fn decimal(hundredths: i64, out: &mut Vec<u8>) {
    if hundredths < 0 {
        out.push(b'-');
    }
    number(hundredths.unsigned_abs() / 100, out);
    out.push(b'.');
    two(hundredths.unsigned_abs() % 100, out);
}

fn path(event: &Event, out: &mut Vec<u8>) {
    out.push(b'/');
    text(event.section, out);
    out.push(b'/');
    number(event.item, out);
}

fn host(event: &Event, out: &mut Vec<u8>) {
    text("web-", out);
    two(event.host, out);
    text(".example.net", out);
}

fn note(event: &Event, between: &str, out: &mut Vec<u8>) {
    for (at, word) in event.note.iter().enumerate() {
        if at > 0 {
            text(if at == 2 { between } else { " " }, out);
        }
        text(word, out);
    }
}

/// Seconds after the start of 2026 as RFC 3339, by the civil calendar algorithm of Howard Hinnant.
fn timestamp(seconds: u64, out: &mut Vec<u8>) {
    let (days, second) = (seconds / 86_400 + 20_454, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    number(year_of_era + era * 400 + u64::from(month <= 2), out);
    out.push(b'-');
    two(month, out);
    out.push(b'-');
    two(day, out);
    out.push(b'T');
    two(second / 3600, out);
    out.push(b':');
    two(second / 60 % 60, out);
    out.push(b':');
    two(second % 60, out);
    out.push(b'Z');
}
