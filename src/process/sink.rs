//! Where encoded records go: straight out where the encoder needs to know nothing first, else through a spool.
//!
//! Workers encode; the sink sees finished pieces in order. It writes the header, drops the separator in front of the
//! very first record, and at the end closes the output, also after an error, so that a cut JSON array still parses.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::data::batch::{Batch, Column, Selection, Values};
use crate::core::data::cell::Kind;
use crate::core::error::{Error, Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::core::format::flatten::flatten;
use crate::core::format::{Encoder, Layout};
use crate::core::integer::narrow;
use crate::core::output::spool::{BUFFER, Spooled};
use crate::core::output::writer::Writer;
use crate::process::split::{Part, Splitter};

/// The shared list of columns, in first-seen order.
pub(crate) type Names = Arc<Vec<Arc<str>>>;

/// Encodes batches, on all threads.
pub(crate) struct Encoding {
    encoder: Box<dyn Encoder>,
    columns: Known,
    /// Buffers that have been written out.
    pool: Mutex<Vec<Vec<u8>>>,
    splitter: Option<Splitter>,
    /// Where records wait that memory cannot hold.
    directory: PathBuf,
}

enum Known {
    /// Every column is known before the first record.
    All(Names),
    /// Columns are collected from the records, block by block.
    Growing(Relay<Names>),
}

/// The encoded records of one batch.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Number of records.
    pub(crate) records: u64,
    /// The columns they were encoded with.
    pub(crate) columns: Names,
    /// Why there are no more: the next record cannot be encoded.
    pub(crate) failure: Option<Error>,
    /// The records by file, where output is split; then there are none in `bytes`.
    pub(crate) parts: Vec<(Part, Encoded)>,
}

impl Encoded {
    /// Bytes it holds.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + self.parts.iter().map(|(_, part)| part.bytes.len()).sum::<usize>()
    }
}

impl Encoding {
    /// An encoding of records with these columns, or with whatever columns they turn out to have.
    pub(crate) fn new(encoder: Box<dyn Encoder>, columns: Option<Vec<Arc<str>>>, cancel: &Cancel) -> Self {
        let columns = match (encoder.layout(), columns) {
            (layout, _) if !layout.is_flat() => Known::All(Names::default()),
            (_, Some(columns)) => Known::All(Arc::new(columns)),
            (_, None) => Known::Growing(Relay::new(Names::default(), cancel.clone())),
        };
        Self { encoder, columns, pool: Mutex::default(), splitter: None, directory: PathBuf::new() }
    }

    /// The same, in parts.
    #[must_use]
    pub(crate) fn split_by(self, splitter: Option<Splitter>) -> Self {
        Self { splitter, ..self }
    }

    /// The same, with temporary files in this directory.
    #[must_use]
    pub(crate) fn waiting_in(self, directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), ..self }
    }

    /// The encoder.
    pub(crate) fn encoder(&self) -> &dyn Encoder {
        self.encoder.as_ref()
    }

    /// Encodes the selected records of batch number `seq`. Every number must come by exactly once.
    pub(crate) fn encode(&self, seq: u64, batch: &mut Batch) -> Result<Encoded> {
        let mut failure = None;
        if self.encoder.layout().is_flat()
            && let Err(found) = flatten(batch)
        {
            batch.truncate(found.row);
            failure = Some(found.error);
            flatten(batch).map_err(|failure| failure.error)?;
        }
        let columns = match &self.columns {
            Known::All(columns) => Arc::clone(columns),
            Known::Growing(relay) => relay.advance(seq, |columns| {
                extend(columns, batch);
                Arc::clone(columns)
            })?,
        };
        let Some(splitter) = &self.splitter else {
            let encoded = self.encode_selected(batch, columns);
            return Ok(Encoded { failure: encoded.failure.or(failure), ..encoded });
        };
        let mut parts = Vec::new();
        let mut records = 0;
        for (part, selection) in splitter.parts(seq, batch)? {
            batch.selection = selection;
            let mut encoded = self.encode_selected(batch, Arc::clone(&columns));
            failure = failure.or(encoded.failure.take());
            records += encoded.records;
            parts.push((part, encoded));
            if failure.is_some() {
                break;
            }
        }
        Ok(Encoded { records, failure, parts, ..Encoded::default() })
    }

    /// Encodes the selected records of a flat batch.
    fn encode_selected(&self, batch: &mut Batch, columns: Names) -> Encoded {
        let records = batch.selected() as u64;
        let mut bytes = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        bytes.clear();
        if records > 0
            && let Err(found) = self.encoder.records(batch, &columns, &mut bytes)
        {
            let records = self.before_failure(batch, &columns, &mut bytes);
            return Encoded { bytes, records, columns, failure: Some(found), parts: Vec::new() };
        }
        Encoded { bytes, records, columns, failure: None, parts: Vec::new() }
    }

    /// Encodes the records before the first that cannot be, one by one, so that what is written does not depend on
    /// where its batch began. Gives their number.
    fn before_failure(&self, batch: &mut Batch, columns: &[Arc<str>], bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        let mut records = 0;
        for row in batch.rows().collect::<Vec<_>>() {
            let end = bytes.len();
            batch.selection = Selection::Rows(vec![narrow(row)]);
            if self.encoder.records(batch, columns, bytes).is_err() {
                bytes.truncate(end);
                break;
            }
            records += 1;
        }
        records
    }

    /// Gives a written buffer back.
    fn reuse(&self, bytes: Vec<u8>) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < 32 {
            pool.push(bytes);
        }
    }
}

/// Adds the columns that the selected records have, in the order in which they have them.
fn extend(columns: &mut Names, batch: &Batch) {
    if batch.selected() == 0 {
        return;
    }
    let mut known = batch.known(columns);
    let mut add = |columns: &mut Names, index: u32| {
        if let (Some(column), Some(known)) = (batch.columns.get(index as usize), known.get_mut(index as usize))
            && !std::mem::replace(known, true)
        {
            Arc::make_mut(columns).push(Arc::clone(&column.name));
        }
    };
    match &batch.shapes {
        None => {
            // A record has its columns in the batch's order; those of earlier records come first.
            let first = |(index, column): (usize, &Column)| {
                let row = match &column.values {
                    Values::Numbers(_) => Some(0),
                    Values::Cells(cells) => {
                        batch.rows().position(|row| cells.get(row).is_some_and(|cell| cell.kind() != Kind::Missing))
                    }
                };
                row.map(|row| (row, narrow(index)))
            };
            let new = batch.columns.iter().enumerate().zip(batch.known(columns)).filter(|(_, known)| !known);
            let new = new.map(|(column, _)| column);
            let mut there: Vec<(usize, u32)> = new.filter_map(first).collect();
            there.sort_unstable();
            for (_, index) in there {
                add(columns, index);
            }
        }
        Some(shapes) => {
            let mut seen = vec![false; shapes.orders.len()];
            for row in batch.rows() {
                let shape = shapes.of_row.get(row).map_or(0, |shape| *shape as usize);
                if let (Some(seen), Some(order)) = (seen.get_mut(shape), shapes.orders.get(shape))
                    && !std::mem::replace(seen, true)
                {
                    for index in order {
                        add(columns, *index);
                    }
                }
            }
        }
    }
}

/// Takes encoded records in order.
pub(crate) struct Sink<'a> {
    encoding: &'a Encoding,
    writer: Target<'a>,
    header: Option<Vec<u8>>,
    spool: Option<Waiting>,
    started: bool,
    /// Records taken so far.
    pub(crate) records: u64,
}

/// What a sink writes to.
enum Target<'a> {
    Lent(&'a mut Writer),
    Owned(Box<Writer>),
}

impl Target<'_> {
    fn get(&mut self) -> &mut Writer {
        match self {
            Self::Lent(writer) => writer,
            Self::Owned(writer) => writer,
        }
    }
}

/// Records that wait for the header.
struct Waiting {
    bytes: Spooled,
    /// Runs of records that were encoded with the same number of columns: that number and the bytes.
    runs: Vec<(usize, u64)>,
    /// All columns of the records taken so far. Those of the encoding may have more, of records that never came.
    columns: Names,
}

impl<'a> Sink<'a> {
    /// A sink in front of a writer. `header` is the header record of the one input, for output in the same dialect.
    pub(crate) fn new(encoding: &'a Encoding, writer: &'a mut Writer, header: Option<Vec<u8>>) -> Self {
        Self::of(encoding, Target::Lent(writer), header)
    }

    /// A sink that has a writer of its own, which it hands back at the end.
    pub(crate) fn owning(encoding: &'a Encoding, writer: Writer, header: Option<Vec<u8>>) -> Self {
        Self::of(encoding, Target::Owned(Box::new(writer)), header)
    }

    fn of(encoding: &'a Encoding, writer: Target<'a>, header: Option<Vec<u8>>) -> Self {
        let layout = encoding.encoder.layout();
        let spools = match encoding.columns {
            Known::All(_) => layout.waits(),
            Known::Growing(_) => true,
        };
        let spool = spools.then(|| Waiting {
            bytes: Spooled::new(&encoding.directory),
            runs: Vec::new(),
            columns: Names::default(),
        });
        Self { encoding, writer, header, spool, started: false, records: 0 }
    }

    /// Takes the next piece.
    pub(crate) fn put(&mut self, encoded: Encoded) -> Result<()> {
        if encoded.records > 0 {
            if let Some(spool) = &mut self.spool {
                spool.take(&encoded)?;
            } else {
                let mut bytes = encoded.bytes.as_slice();
                if self.records == 0 {
                    self.start()?;
                    bytes = bytes.get(self.encoding.encoder.separator().len()..).unwrap_or_default();
                }
                self.writer.get().put(bytes)?;
            }
            self.records += encoded.records;
        }
        self.encoding.reuse(encoded.bytes);
        encoded.failure.map_or(Ok(()), Err)
    }

    /// Hands what was written to the system, where somebody may be waiting for it.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.writer.get().flush_all()
    }

    /// Writes what is still to be written. Gives the writer back that is its own.
    pub(crate) fn finish(mut self) -> Result<Option<Writer>> {
        match self.spool.take() {
            Some(spool) => self.unspool(spool)?,
            None => self.start()?,
        }
        let mut end = Vec::new();
        self.encoding.encoder.end(self.records, &mut end);
        self.writer.get().put(&end)?;
        Ok(match self.writer {
            Target::Lent(_) => None,
            Target::Owned(writer) => Some(*writer),
        })
    }

    fn start(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        let columns = match &self.encoding.columns {
            Known::All(columns) => Arc::clone(columns),
            Known::Growing(_) => Names::default(),
        };
        let mut start = Vec::new();
        self.encoding.encoder.start(&columns, self.header.as_deref(), &mut start);
        self.writer.get().put(&start)
    }

    fn unspool(&mut self, waiting: Waiting) -> Result<()> {
        let encoder = self.encoding.encoder.as_ref();
        let Waiting { bytes, runs, columns } = waiting;
        let columns = match &self.encoding.columns {
            Known::All(columns) => Arc::clone(columns),
            Known::Growing(_) => columns,
        };
        if encoder.layout() == Layout::Widths {
            return encoder.unspool(&mut bytes.read()?, columns.len(), &columns, self.writer.get());
        }
        if encoder.layout() == Layout::Types {
            self.start()?;
            let mut spool = bytes.read()?;
            let dropped = io::copy(&mut (&mut spool).take(encoder.separator().len() as u64), &mut io::sink());
            dropped.map_err(|error| Problem::io("temporary file", &error))?;
            return encoder.unspool(&mut spool, 0, &columns, self.writer.get());
        }
        let mut start = Vec::new();
        encoder.start(&columns, self.header.as_deref(), &mut start);
        self.writer.get().put(&start)?;
        let spooled = bytes.rewind()?;
        if spooled.is_rolled() {
            let file = spooled.into_file().map_err(|error| Problem::io("temporary file", &error))?;
            return self.unspool_runs(file, |file| Some(file), &runs, &columns);
        }
        self.unspool_runs(spooled, |_| None, &runs, &columns)
    }

    /// Writes runs of records that have all columns or some of them; `on_disk` is the file that they are in, if they are in
    /// one.
    fn unspool_runs<S: Read + Seek>(
        &mut self,
        mut spooled: S,
        on_disk: impl Fn(&S) -> Option<&File>,
        runs: &[(usize, u64)],
        columns: &Names,
    ) -> Result<()> {
        for (had, bytes) in runs {
            // A record with all columns is as it will be.
            if *had == columns.len()
                && let Some(file) = on_disk(&spooled)
                && self.writer.get().hand_over(file, *bytes)?
            {
                continue;
            }
            let mut run = BufReader::with_capacity(BUFFER, (&mut spooled).take(*bytes));
            self.encoding.encoder.unspool(&mut run, *had, columns, self.writer.get())?;
        }
        Ok(())
    }
}

impl Waiting {
    fn take(&mut self, encoded: &Encoded) -> Result<()> {
        self.bytes.put(&encoded.bytes)?;
        match self.runs.last_mut() {
            Some((had, bytes)) if *had == encoded.columns.len() => *bytes += encoded.bytes.len() as u64,
            _ => self.runs.push((encoded.columns.len(), encoded.bytes.len() as u64)),
        }
        if encoded.columns.len() > self.columns.len() {
            self.columns = Arc::clone(&encoded.columns);
        }
        Ok(())
    }
}
