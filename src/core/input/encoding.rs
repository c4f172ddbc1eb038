//! Byte order marks, and UTF-16 read as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes of UTF-16 in memory, and half the bytes of UTF-8.
const CHUNK: usize = 64 << 10;

/// What the first bytes of an input say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing: UTF-8 or bytes.
    None,
    /// UTF-8 with a mark of 3 bytes.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// Whether this is a label of the encoding standard.
pub(crate) fn is_encoding(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()).is_some()
}

/// Whether this is a label of an encoding other than UTF-8.
pub(crate) fn is_foreign(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()).is_some_and(|encoding| encoding != UTF_8)
}

/// The byte order mark at the start of `head`. Three bytes are enough.
pub(crate) fn mark(head: &[u8]) -> Mark {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Mark::Utf8,
        [0xFF, 0xFE, ..] => Mark::Utf16Le,
        [0xFE, 0xFF, ..] => Mark::Utf16Be,
        _ => Mark::None,
    }
}

/// A stream of UTF-16 as UTF-8 without its mark. Lone surrogates and a last odd byte become U+FFFD, as the WHATWG
/// encoding standard has it.
pub(crate) struct Utf16Reader<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The bytes of `raw` that are read and not decoded.
    pending: std::ops::Range<usize>,
    text: Vec<u8>,
    /// The bytes of `text` that are decoded and not handed out.
    ready: std::ops::Range<usize>,
    source_ended: bool,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    /// Reads `source` from its mark on.
    pub(crate) fn new(source: R, mark: Mark) -> Self {
        let encoding = if mark == Mark::Utf16Be { UTF_16BE } else { UTF_16LE };
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            pending: 0..0,
            text: vec![0; CHUNK * 2],
            ready: 0..0,
            source_ended: false,
            ended: false,
        }
    }

    /// Reads `source` in the encoding of that label, unless a byte order mark says otherwise; none for UTF-8, which needs
    /// no decoding, and for labels that nobody knows.
    pub(crate) fn labelled(source: R, label: &str) -> Result<Self, R> {
        match Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_8) {
            Some(encoding) => Ok(Self { decoder: encoding.new_decoder(), ..Self::new(source, Mark::Utf16Le) }),
            None => Err(source),
        }
    }

    /// Decodes until there is text or the end.
    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.ended {
            if self.pending.is_empty() && !self.source_ended {
                let read = self.source.read(&mut self.raw)?;
                self.pending = 0..read;
                self.source_ended = read == 0;
            }
            let raw = self.raw.get(self.pending.clone()).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.source_ended);
            self.pending.start += read;
            self.ready = 0..written;
            self.ended = self.source_ended && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let ready = self.text.get(self.ready.clone()).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{self, Cursor, Read};

    use super::{Mark, Utf16Reader, mark};

    /// Gives at most so many bytes at a time.
    struct Drip<R>(R, usize);

    impl<R: Read> Read for Drip<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn decoded(units: &[u16], big: bool, drip: usize) -> String {
        let mut bytes: Vec<u8> = if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] };
        bytes.extend(units.iter().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
        let mark = mark(&bytes);
        let mut text = String::new();
        Drip(Utf16Reader::new(Drip(Cursor::new(bytes), drip), mark), drip).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn tells_marks() {
        assert_eq!(mark(b"\xEF\xBB\xBFa"), Mark::Utf8);
        assert_eq!(mark(b"\xFF\xFE"), Mark::Utf16Le);
        assert_eq!(mark(b"\xFE\xFFa"), Mark::Utf16Be);
        assert_eq!(mark(b"ab"), Mark::None);
    }

    #[test]
    fn decodes_at_any_chunk_size() {
        let text = "a,größe,東京,🦀\r\n".repeat(20_000);
        let units: Vec<u16> = text.encode_utf16().collect();
        for drip in [1, 2, 3, 7, 1 << 20] {
            for big in [false, true] {
                assert_eq!(decoded(&units, big, drip), text);
            }
        }
    }

    #[test]
    fn replaces_what_is_broken() {
        assert_eq!(decoded(&[0x61, 0xD800, 0x62, 0xDC00], false, 1), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(decoded(&[0xD83E], true, 3), "\u{FFFD}");
        assert_eq!(decoded(&[], true, 3), "");
    }
}
