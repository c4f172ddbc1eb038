//! zip archives (PKWARE's APPNOTE): the library reads the central directory, members are decoded here, each as a stream of
//! its own over the shared file, so that threads can read several at once.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use ::zip::{CompressionMethod, ZipArchive};

use crate::core::error::{Code, Problem};
use crate::core::input::decompress;

use super::{Data, Section};

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Most members of a part.
const PART: usize = 16;

/// Some of the members of an archive, in the order of their paths.
#[derive(Debug, Clone)]
pub(crate) struct Zip {
    data: Data,
    members: Arc<Vec<Packed>>,
    next: usize,
    end: usize,
}

/// A member as it is stored.
#[derive(Debug)]
struct Packed {
    name: Vec<u8>,
    start: u64,
    end: u64,
    size: u64,
    sum: u32,
    method: CompressionMethod,
    encrypted: bool,
}

/// Whether this begins as a zip archive does: with a member, or with the end of an empty directory.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

impl Zip {
    /// Reads the directory of the archive that is `start..end` of some data.
    pub(super) fn open(data: Data, start: u64, end: u64) -> Result<Self, Problem> {
        let broken = |_| Problem::new(Code::Io, "the zip archive is broken");
        let mut archive = ZipArchive::new(Section::new(data.clone(), start, end)).map_err(broken)?;
        let mut members = Vec::with_capacity(archive.len());
        for index in 0..archive.len() {
            let member = archive.by_index_raw(index).map_err(broken)?;
            if member.is_dir() || member.is_symlink() {
                continue;
            }
            let name = match member.name() {
                Ok(name) => name.as_bytes().to_vec(),
                Err(_) => member.name_raw().to_vec(),
            };
            let from = start + member.data_start().unwrap_or(end);
            members.push(Packed {
                name,
                start: from,
                end: from.saturating_add(member.compressed_size()).min(end),
                size: member.size(),
                sum: member.crc32(),
                method: member.compression(),
                encrypted: member.encrypted(),
            });
        }
        members.sort_by(|a, b| path(&a.name).cmp(path(&b.name)));
        let end = members.len();
        Ok(Self { data, members: Arc::new(members), next: 0, end })
    }

    /// The name and number of the next member.
    pub(super) fn next(&mut self) -> Option<(Vec<u8>, usize)> {
        let at = self.next;
        if at >= self.end {
            return None;
        }
        self.next += 1;
        self.members.get(at).map(|member| (member.name.clone(), at))
    }

    /// The content of a member.
    pub(super) fn read(&self, index: usize) -> Result<Box<dyn Read + Send>, Problem> {
        let Some(member) = self.members.get(index) else { return Ok(Box::new(io::empty())) };
        if member.encrypted {
            return Err(Problem::new(Code::Io, "encrypted, and so not searched"));
        }
        let packed = BufReader::with_capacity(CHUNK, Section::new(self.data.clone(), member.start, member.end));
        let unpacked: Box<dyn Read + Send> = match member.method {
            CompressionMethod::STORE => Box::new(packed),
            CompressionMethod::DEFLATE => Box::new(flate2::bufread::DeflateDecoder::new(packed)),
            method => match [
                (CompressionMethod::BZIP2, "bz2"),
                (CompressionMethod::ZSTD, "zst"),
                (CompressionMethod::XZ, "xz"),
            ]
            .iter()
            .find(|(known, _)| *known == method)
            .and_then(|(_, suffix)| decompress::by_name(Path::new(&format!("x.{suffix}"))))
            {
                Some(compression) => decompress::reader(packed, compression)
                    .map_err(|error| Problem::new(Code::Io, error.to_string()))?,
                None => return Err(Problem::new(Code::Io, "packed in a way that is not supported")),
            },
        };
        Ok(Box::new(Checked { unpacked, left: member.size, told: member.sum, sum: flate2::Crc::new() }))
    }

    /// Parts that threads can read at the same time.
    pub(super) fn split(self) -> Vec<Self> {
        let parts = (self.next..self.end).step_by(PART);
        parts.map(|next| Self { next, end: self.end.min(next + PART), ..self.clone() }).collect()
    }
}

/// A name as a path, to be compared component by component.
#[cfg(unix)]
fn path(name: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(name))
}

/// A name as a path, to be compared component by component.
#[cfg(not(unix))]
fn path(name: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(name).unwrap_or_default())
}

/// The content of a member, whose length and checksum must be what the directory says.
struct Checked {
    unpacked: Box<dyn Read + Send>,
    left: u64,
    told: u32,
    sum: flate2::Crc,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "this part of the zip archive is broken");
        let read = self.unpacked.read(buffer).map_err(|error| match error.raw_os_error() {
            Some(_) => error,
            None => broken(),
        })?;
        self.sum.update(buffer.get(..read).unwrap_or_default());
        self.left = self.left.checked_sub(read as u64).ok_or_else(broken)?;
        if read == 0 && !buffer.is_empty() && (self.left > 0 || self.sum.sum() != self.told) {
            return Err(broken());
        }
        Ok(read)
    }
}
