//! A block of input bytes and where it came from.
//!
//! Readers make blocks, decoders and searchers read them. A block owns its bytes, so it can be kept by whatever
//! needs it after the worker has gone on (a sort, a drain).

/// One input as the user sees it.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Position of the input among all inputs of the run, from 0.
    pub(crate) index: u32,
    /// How messages and the `path` field name it: the path as given or walked, or `<stdin>`.
    pub(crate) name: String,
}

/// Bytes of one input that hold whole records (or whole lines), at `bytes[start..end]`.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Sequence number of the block in the run.
    pub(crate) seq: u64,
    /// Offset in the (decompressed, transcoded) input of `bytes[0]`.
    pub(crate) offset: u64,
    /// What was read; may hold more than the block's own records on both sides.
    pub(crate) bytes: Vec<u8>,
    /// First byte of the block's own records.
    pub(crate) start: usize,
    /// One past the last byte of the block's own records.
    pub(crate) end: usize,
    /// True where `end` is the end of the input.
    pub(crate) last: bool,
}

impl Block {
    /// The block's own records.
    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }
}
