//! lz4 frames (lz4 frame format 1.6.4), one after the other, with skippable ones between them.
//!
//! The library decodes one frame, and takes an input that ends between two blocks for a whole one. So this looks for the
//! end of the input only between frames, and an end that the library meets inside of one is an error, but in the old kind
//! of frame, which has no other end.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::{Error, FrameDecoder};

/// The mark of the old kind of frame.
pub(super) const LEGACY: [u8; 4] = [0x02, 0x21, 0x4C, 0x18];

/// The text of all frames.
pub(super) struct Frames<R: BufRead> {
    decoder: FrameDecoder<Watched<R>>,
    place: Place,
}

/// Where in its input a decoder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Between,
    Inside,
    InsideLegacy,
}

impl<R: BufRead> Frames<R> {
    /// Starts to decode.
    pub(super) fn new(source: R) -> Self {
        Self { decoder: FrameDecoder::new(Watched { source, ended: false }), place: Place::Between }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.place == Place::Between {
                let head = self.decoder.get_mut().source.fill_buf()?;
                if head.is_empty() {
                    return Ok(0);
                }
                self.place = if head.starts_with(&LEGACY) { Place::InsideLegacy } else { Place::Inside };
            }
            match self.decoder.read(buffer) {
                Ok(0) if self.decoder.get_ref().ended && self.place == Place::Inside => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(0) => self.place = Place::Between,
                Ok(read) => return Ok(read),
                Err(error) => {
                    // What has been read of a skippable frame is its mark and its length.
                    let length = u64::from(skippable(&error).ok_or(error)?);
                    let source = &mut self.decoder.get_mut().source;
                    if io::copy(&mut source.take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.place = Place::Between;
                }
            }
        }
    }
}

/// How long the skippable frame is that an error speaks of.
fn skippable(error: &io::Error) -> Option<u32> {
    match error.get_ref()?.downcast_ref()? {
        Error::SkippableFrame(length) => Some(*length),
        _ => None,
    }
}

/// A source that notes that it has ended.
struct Watched<R> {
    source: R,
    ended: bool,
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}
