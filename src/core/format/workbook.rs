//! Workbooks (xlsx, xlsm, xlsb, xls, ods): one sheet, whose first row is the header.
//!
//! A workbook is read whole: memory holds the file, the cells of the sheet and their JSON, about ten times the file.
//! Numbers print as short as they read back, so whole ones have no fraction; dates are ISO 8601, without a time where it is
//! midnight; of formulas the values that were saved; empty cells are null. Cells that hold an error keep its name as text
//! and are noted.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Ods, Range, Reader as _, Sheets, Xls, Xlsb, Xlsx};

use crate::core::block::Block;
use crate::core::data::batch::Batch;
use crate::core::error::{Code, Problem, Result};
use crate::core::format::csv::distinct;
use crate::core::format::json::boundary::Values;
use crate::core::format::json::decoder::ValuesDecoder;
use crate::core::format::json::escape::quote;
use crate::core::format::{Decoder, Fault, Format, Opening, Projection, ReadOptions, Reader, Scratch, Unopened};
use crate::core::input::boundary::Boundary;
use crate::core::integer::whole;
use crate::core::registry::{Row, did_you_mean};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "xlsx",
    aliases: &["xlsm", "xlsb", "xls", "ods", "workbook"],
    usage: "xlsx",
    summary: "Workbooks of Excel and LibreOffice: the sheet that --sheet names, or the first",
    examples: &[],
    item: Format {
        extensions: &["xlsx", "xlsm", "xlsb", "xls", "ods"],
        reader: Some(reader),
        sniff: Some(sniff),
        read_flags: &["sheet", "no-header", "header", "skip-lines"],
        ..Format::NONE
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn reader(options: &ReadOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(WorkbookReader { options: options.clone() }))
}

/// What files of the old Excel start with, as all compound files do ([MS-CFB] 2.2).
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Whether the head is that of an archive whose first member is one of a workbook, or of an old workbook.
fn sniff(head: &[u8]) -> bool {
    if head.starts_with(COMPOUND) {
        return true;
    }
    let name = head.get(30..).unwrap_or_default();
    head.starts_with(b"PK\x03\x04")
        && (name.starts_with(b"[Content_Types].xml")
            || name.starts_with(b"xl/")
            || name.starts_with(b"docProps/")
            || name.starts_with(b"_rels/.rels")
            || name.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"))
}

struct WorkbookReader {
    options: ReadOptions,
}

impl Reader for WorkbookReader {
    fn reads_whole(&self) -> bool {
        true
    }

    fn open(&self, head: &[u8], _: bool) -> Result<Opening, Unopened> {
        let bytes: Arc<[u8]> = Arc::from(head);
        let failed =
            |error: calamine::Error| Problem::new(Code::Data, format!("no workbook that can be read: {error}"));
        let mut workbook = workbook(&bytes).map_err(failed)?;
        let name = self.sheet(&workbook)?;
        let range = workbook.worksheet_range(&name).map_err(failed)?;
        let mut notes = Vec::new();
        if self.options.sheet.is_none() && workbook.sheet_names().len() > 1 {
            let count = workbook.sheet_names().len();
            notes.push(Problem::debug(format!("sheet '{name}' of {count}; --sheet names another")));
        }
        let (columns, first) = self.columns(&range, &mut notes);
        let json = records(&range, &columns, first, &mut notes);
        Ok(Opening {
            decoder: Arc::new(SheetDecoder {
                values: ValuesDecoder { boundary: Values { separated: false } },
                columns: columns.clone(),
            }),
            data_start: 0,
            columns: Some(columns),
            header: None,
            notes,
            wrap: Some(Box::new(move |_| Box::new(Cursor::new(json)))),
        })
    }
}

/// Opens a workbook as what its content says it is, so that an error is about that.
fn workbook(bytes: &Arc<[u8]>) -> Result<Sheets<Cursor<Arc<[u8]>>>, calamine::Error> {
    let has = |member: &[u8]| memchr::memmem::find(bytes, member).is_some();
    let open = Cursor::new(Arc::clone(bytes));
    if bytes.starts_with(COMPOUND) {
        Ok(Sheets::Xls(Xls::new(open)?))
    } else if !bytes.starts_with(b"PK") {
        Err(calamine::Error::Msg("neither an archive nor an old workbook of Excel"))
    } else if has(b"vnd.oasis.opendocument.spreadsheet") {
        Ok(Sheets::Ods(Ods::new(open)?))
    } else if has(b"xl/workbook.bin") {
        Ok(Sheets::Xlsb(Xlsb::new(open)?))
    } else {
        Ok(Sheets::Xlsx(Xlsx::new(open)?))
    }
}

impl WorkbookReader {
    /// The name of the sheet that is asked for: a name wins over a number.
    fn sheet(&self, workbook: &Sheets<Cursor<Arc<[u8]>>>) -> Result<String, Problem> {
        let names = workbook.sheet_names();
        let Some(wanted) = &self.options.sheet else {
            return names.into_iter().next().ok_or_else(|| Problem::new(Code::Data, "the workbook has no sheet"));
        };
        let numbered = || wanted.parse::<usize>().ok()?.checked_sub(1).and_then(|at| names.get(at));
        if let Some(name) = names.iter().find(|name| *name == wanted).or_else(numbered) {
            return Ok(name.clone());
        }
        let hint = did_you_mean(wanted, names.iter().map(String::as_str));
        let all = || format!("sheets: {}", names.join(", "));
        Err(Problem::new(Code::Usage, format!("there is no sheet '{wanted}'")).hint(hint.unwrap_or_else(all)))
    }

    /// The columns, and the first row of records.
    fn columns(&self, range: &Range<Data>, notes: &mut Vec<Problem>) -> (Vec<Arc<str>>, usize) {
        let skipped = usize::try_from(self.options.skip_lines).unwrap_or(usize::MAX);
        let width = range.width();
        let numbered = |column: usize| Arc::from(format!("c{}", column + 1));
        let blank = |row: &[Data]| row.iter().all(|cell| *cell == Data::Empty);
        let row = range.rows().enumerate().skip(skipped).find(|(_, row)| !blank(row));
        let Some((at, header)) = row else { return (Vec::new(), range.height()) };
        let after = if self.options.no_header { at } else { at + 1 };
        let names: Vec<Arc<str>> = match &self.options.header {
            Some(names) => {
                let given = names.iter().map(|name| Arc::from(name.as_str()));
                given.chain((names.len()..width).map(numbered)).take(width.max(names.len())).collect()
            }
            None if self.options.no_header => (0..width).map(numbered).collect(),
            None => header
                .iter()
                .enumerate()
                .map(|(column, cell)| match text(cell) {
                    name if name.is_empty() => numbered(column),
                    name => Arc::from(name),
                })
                .collect(),
        };
        (distinct(names, notes), after)
    }
}

/// The rows as JSON Lines.
fn records(range: &Range<Data>, columns: &[Arc<str>], first: usize, notes: &mut Vec<Problem>) -> Vec<u8> {
    let keys: Vec<Vec<u8>> = columns
        .iter()
        .map(|name| {
            let mut key = Vec::new();
            quote(name, &mut key);
            key.push(b':');
            key
        })
        .collect();
    let mut json = Vec::new();
    let mut errors: Option<(u64, String)> = None;
    for row in range.rows().skip(first) {
        if row.iter().all(|cell| *cell == Data::Empty) {
            continue;
        }
        json.push(b'{');
        for (column, key) in keys.iter().enumerate() {
            if column > 0 {
                json.push(b',');
            }
            json.extend_from_slice(key);
            let cell = row.get(column).unwrap_or(&Data::Empty);
            if let Data::Error(error) = cell {
                errors.get_or_insert_with(|| (0, error.to_string())).0 += 1;
            }
            write_cell(cell, &mut json);
        }
        json.extend_from_slice(b"}\n");
    }
    if let Some((count, example)) = errors {
        let note = match count {
            1 => format!("1 cell holds an error, {example}; it is text"),
            count => format!("{count} cells hold errors, such as {example}; they are text"),
        };
        notes.push(Problem::note(note));
    }
    json
}

/// Appends a cell as JSON.
fn write_cell(cell: &Data, out: &mut Vec<u8>) {
    match cell {
        Data::Empty => out.extend_from_slice(b"null"),
        Data::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Data::Int(_) => out.extend_from_slice(text(cell).as_bytes()),
        Data::Float(number) if number.is_finite() => out.extend_from_slice(text(cell).as_bytes()),
        other => quote(&text(other), out),
    }
}

/// A cell as text; empty ones are empty.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        // `-0` is 0 in a workbook.
        Data::Float(number) => if *number == 0.0 { 0.0 } else { *number }.to_string(),
        Data::String(text) | Data::DateTimeIso(text) => text.clone(),
        Data::DurationIso(text) => clock(text).unwrap_or_else(|| text.clone()),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(time) => date(time),
        Data::Error(error) => error.to_string(),
    }
}

/// A serial number as a date, a time or both; a duration as hours, minutes and seconds.
fn date(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        let millis = whole((time.as_f64().abs() * 86_400_000.0).round());
        let sign = if time.as_f64() < 0.0 { "-" } else { "" };
        let (seconds, rest) = (millis / 1000, millis % 1000);
        let fraction = fraction(rest);
        return format!("{sign}{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}{}", fraction(milli.into()));
    match (time.as_f64() < 1.0, clock.as_str()) {
        (true, _) => clock,
        (false, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
        (false, _) => format!("{year:04}-{month:02}-{day:02}T{clock}"),
    }
}

/// A duration of an open document, `PT08H30M00S`, as it is in other workbooks: hours, minutes and seconds.
fn clock(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (hours, rest) = rest.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let (seconds, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let [hours, minutes, seconds] = [hours, minutes, seconds].map(|digits| digits.parse::<u64>().ok());
    let fraction = fraction.trim_end_matches('0');
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{:02}:{:02}:{:02}{point}{fraction}", hours?, minutes?, seconds?))
}

fn fraction(millis: u64) -> String {
    if millis == 0 { String::new() } else { format!(".{millis:03}").trim_end_matches('0').to_string() }
}

/// Reads the JSON of a sheet, whose columns are known, in their order.
struct SheetDecoder {
    values: ValuesDecoder,
    columns: Vec<Arc<str>>,
}

impl Decoder for SheetDecoder {
    fn boundary(&self) -> &dyn Boundary {
        self.values.boundary()
    }

    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>) {
        let known = |name: &&Arc<str>| match &projection.columns {
            Some(wanted) if !projection.raw => wanted.iter().any(|wanted| **wanted == ***name),
            _ => true,
        };
        let columns = self.columns.iter().filter(known).map(ToString::to_string).collect();
        self.values.decode(block, &Projection { columns: Some(columns), raw: false }, scratch)
    }
}
