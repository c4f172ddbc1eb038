//! Byte order marks, and other encodings read as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that are read in memory, and half the bytes of UTF-8.
const CHUNK: usize = 64 << 10;

/// Whether bytes become UTF-8 while they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decode {
    /// They stay as they are, byte order marks too.
    Never,
    /// Where a byte order mark says what they are.
    ByMark,
    /// From this encoding, where no byte order mark says another.
    From(&'static Encoding),
}

impl Decode {
    /// From the encoding of a label of the encoding standard; none for labels that nobody knows.
    pub(crate) fn labelled(label: &str) -> Option<Self> {
        Encoding::for_label_no_replacement(label.as_bytes()).map(Self::From)
    }
}

/// Encodings that people have; any label of the WHATWG standard may be given.
pub(crate) const ENCODINGS: &[&str] = &[
    "utf-8",
    "latin1",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-15",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
];

/// What is done with the bytes of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decoding {
    /// Bytes of a mark that is left out, before bytes that stay as they are.
    pub(crate) skip: usize,
    /// What they are decoded from.
    pub(crate) from: Option<&'static Encoding>,
}

/// Bytes of a UTF-8 byte order mark.
const UTF8_MARK: usize = 3;

/// What is done with an input that starts with `head`. Three bytes are enough.
pub(crate) fn decoding(head: &[u8], decode: Decode) -> Decoding {
    let as_is = Decoding { skip: 0, from: None };
    let from = |encoding| Decoding { skip: 0, from: Some(encoding) };
    match (decode, head) {
        (Decode::Never, _) => as_is,
        (_, [0xEF, 0xBB, 0xBF, ..]) => Decoding { skip: UTF8_MARK, from: None },
        (_, [0xFF, 0xFE, ..]) => from(UTF_16LE),
        (_, [0xFE, 0xFF, ..]) => from(UTF_16BE),
        (Decode::From(encoding), _) if encoding != UTF_8 => from(encoding),
        (Decode::ByMark | Decode::From(_), _) => as_is,
    }
}

/// A stream as UTF-8 without its mark. What is broken becomes U+FFFD, as the WHATWG encoding standard has it.
pub(crate) struct Transcoder<R> {
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

impl<R: Read> Transcoder<R> {
    /// Reads `source`, from its mark on if it has one.
    pub(crate) fn new(source: R, encoding: &'static Encoding) -> Self {
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

impl<R: Read> Read for Transcoder<R> {
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

    use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

    use super::{Decode, Decoding, Transcoder, decoding};

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
        let encoding = decoding(&bytes, Decode::ByMark).from.unwrap();
        let mut text = String::new();
        Drip(Transcoder::new(Drip(Cursor::new(bytes), drip), encoding), drip).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_mark_says_more_than_the_user() {
        let plain = |skip| Decoding { skip, from: None };
        let from = |encoding| Decoding { skip: 0, from: Some(encoding) };
        for decode in [Decode::ByMark, Decode::From(WINDOWS_1252), Decode::From(UTF_8)] {
            assert_eq!(decoding(b"\xEF\xBB\xBFa", decode), plain(3));
            assert_eq!(decoding(b"\xFF\xFE", decode), from(UTF_16LE));
            assert_eq!(decoding(b"\xFE\xFFa", decode), from(UTF_16BE));
            assert_eq!(decoding(b"\xEF\xBB\xBFa", Decode::Never), plain(0));
        }
        assert_eq!(decoding(b"ab", Decode::ByMark), plain(0));
        assert_eq!(decoding(b"ab", Decode::From(UTF_8)), plain(0));
        assert_eq!(decoding(b"ab", Decode::From(WINDOWS_1252)), from(WINDOWS_1252));
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
