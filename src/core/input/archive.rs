//! Archives: the files in zip and tar archives, one stream each, for `search -z`.
//!
//! A tar archive is a stream, which may be compressed, and its members come in its order. A zip archive is read at any
//! place, so its members come by path. Either way a member is read as it is decoded, and nothing is written anywhere: names
//! like `../x` are names and no more. Archives in archives are members as any others.

mod tar;
mod zip;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::core::error::{Code, Problem, plain_io_message};
use crate::core::input::decompress;
use crate::core::input::encoding::Decode;
use crate::core::input::open::{OpenOptions, Opened, Source, open, peek};
use crate::core::input::positional::{read_at, read_full_at};

/// First bytes that tell an archive.
const HEAD: usize = tar::BLOCK;

/// What names of archives end in besides those of compressed tar archives. Several kinds of documents and packages are zip
/// archives.
const SUFFIXES: [&str; 25] = [
    "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "tlz", "taz", "zip", "jar", "war", "ear", "apk", "aar", "whl", "nupkg",
    "vsix", "xpi", "epub", "docx", "xlsx", "pptx", "odt", "ods", "odp",
];

/// An archive that is being read.
pub(crate) enum Archive {
    /// Members come in the order of the stream.
    Tar(tar::Tar),
    /// Members come by path.
    Zip(zip::Zip),
}

/// A file in an archive.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its path, as the archive has it.
    pub(crate) name: Vec<u8>,
    /// Its number in a zip archive.
    index: usize,
}

impl Archive {
    /// The archive that an opened input is; the input again where it is none.
    pub(crate) fn of(opened: Opened) -> Result<Result<Self, Opened>, Problem> {
        let failed = |error: io::Error| Problem::new(Code::Io, plain_io_message(&error));
        match opened.source {
            Source::File { mut file, len, start } => {
                let mut head = [0; HEAD];
                let filled = read_full_at(&file, &mut head, start).map_err(failed)?;
                let head = head.get(..filled).unwrap_or_default();
                if zip::is_zip(head) {
                    return zip::Zip::open(Data::File(Arc::new(file)), start, len).map(|zip| Ok(Self::Zip(zip)));
                }
                if tar::is_tar(head) {
                    file.seek(SeekFrom::Start(start)).map_err(failed)?;
                    return Ok(Ok(Self::Tar(tar::Tar::new(Box::new(file)))));
                }
                Ok(Err(Opened { source: Source::File { file, len, start } }))
            }
            Source::Stream(mut stream) => {
                let (head, failure) = peek(&mut stream, HEAD);
                let is_tar = tar::is_tar(&head);
                let stream = stream.wrapped(|rest| Box::new(Cursor::new(head).chain(failure).chain(rest)));
                Ok(if is_tar {
                    Ok(Self::Tar(tar::Tar::new(stream.into_reader())))
                } else {
                    Err(Opened { source: Source::Stream(stream) })
                })
            }
        }
    }

    /// The archive that the whole text of an input is.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Result<Self, Problem>> {
        if zip::is_zip(bytes) {
            return Some(zip::Zip::open(Data::Bytes(bytes.into()), 0, bytes.len() as u64).map(Self::Zip));
        }
        tar::is_tar(bytes).then(|| Ok(Self::Tar(tar::Tar::new(Box::new(Cursor::new(bytes.to_vec()))))))
    }

    /// The next file in the archive; directories, links and the like are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Member>, Problem> {
        match self {
            Self::Tar(tar) => {
                let name = tar.next().map_err(|error| Problem::new(Code::Io, plain_io_message(&error)))?;
                Ok(name.map(|name| Member { name, index: 0 }))
            }
            Self::Zip(zip) => Ok(zip.next().map(|(name, index)| Member { name, index })),
        }
    }

    /// The text of a member, which must be the last that was asked for.
    pub(crate) fn read(&self, member: &Member) -> Result<Box<dyn Read + Send>, Problem> {
        match self {
            Self::Tar(tar) => Ok(tar.read()),
            Self::Zip(zip) => zip.read(member.index),
        }
    }

    /// Parts of the archive that can be read at the same time, in order.
    pub(crate) fn split(self) -> Vec<Self> {
        match self {
            Self::Tar(_) => vec![self],
            Self::Zip(zip) => zip.split().into_iter().map(Self::Zip).collect(),
        }
    }
}

/// Whether the file is an archive, by its content.
pub(crate) fn is_archive(path: &Path) -> bool {
    let options = OpenOptions { decompress: true, decode: Decode::Never };
    path.is_file() && open(path, options).is_ok_and(|opened| matches!(Archive::of(opened), Ok(Ok(_)) | Err(_)))
}

/// Whether the name is that of an archive.
pub(crate) fn has_archive_name(name: &Path) -> bool {
    let extension = |path: &Path| path.extension().and_then(|suffix| suffix.to_str()).map(str::to_ascii_lowercase);
    let Some(suffix) = extension(name) else { return false };
    let is_compressed_tar = || {
        decompress::by_name(name).is_some()
            && name.file_stem().is_some_and(|stem| extension(Path::new(stem)).as_deref() == Some("tar"))
    };
    SUFFIXES.contains(&suffix.as_str()) || is_compressed_tar()
}

/// Bytes that can be read at any place.
#[derive(Debug, Clone)]
enum Data {
    File(Arc<File>),
    Bytes(Arc<[u8]>),
}

/// A stretch of them, read from its start or sought in.
#[derive(Debug, Clone)]
struct Section {
    data: Data,
    start: u64,
    at: u64,
    end: u64,
}

impl Section {
    fn new(data: Data, start: u64, end: u64) -> Self {
        Self { data, start, at: start, end: end.max(start) }
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        let read = match &self.data {
            Data::File(file) => read_at(file, buffer, self.at)?,
            Data::Bytes(bytes) => {
                let from = usize::try_from(self.at).unwrap_or(usize::MAX);
                bytes.get(from..).unwrap_or_default().read(buffer)?
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => self.start.checked_add(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        let target = target.filter(|target| *target >= self.start);
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}

#[cfg(test)]
mod tests;
