//! Where records end: what the block reader asks of a format.
//!
//! A file is claimed in ranges of equal size, by number and without a lock. Range *i* owns the records that start in
//! it. To find them, its reader must know in which [`State`] the range starts (inside quotes or outside). It
//! summarizes its own bytes for every possible start state first, without waiting; then the baton comes, it resolves
//! its summary, and passes the end state on. Stateless formats (plain lines) skip the exchange. Streams are read by
//! one thread at a time, which cuts each chunk at its last record start.

/// The state of a format's record machine between two bytes. 0 is the start of the data; the rest is the format's own.
pub(crate) type State = u8;

/// Bytes around a range.
///
/// `bytes` is the range and what was read after it; `before` is the byte in front of it, none at the start of the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    /// The byte before `bytes`, if any.
    pub(crate) before: Option<u8>,
    /// The range, then lookahead.
    pub(crate) bytes: &'a [u8],
    /// Length of the range; `bytes[len..]` is lookahead that belongs to later ranges.
    pub(crate) len: usize,
    /// Whether `bytes` reaches the end of the data.
    pub(crate) at_end: bool,
}

impl Window<'_> {
    /// The byte in front of an offset; none at the start of the data.
    pub(crate) fn byte_before(&self, offset: usize) -> Option<u8> {
        match offset.checked_sub(1) {
            Some(before) => self.bytes.get(before).copied(),
            None => self.before,
        }
    }
}

/// What a range would do to each start state: the format's own encoding in 64 bits.
pub(crate) type Summary = u64;

/// How a format's records end.
pub(crate) trait Boundary: Send + Sync {
    /// Whether ranges must know their start state. Where false, which is the default, `summarize` and `resolve` are not
    /// called and the state is always 0.
    fn stateful(&self) -> bool {
        false
    }

    /// Summarizes `window.bytes[..window.len]` for every start state. Runs without waiting for other ranges.
    fn summarize(&self, _window: &Window<'_>) -> Summary {
        0
    }

    /// The state at the end of the range, given the state at its start. Runs in range order, so it should be cheap
    /// where the summary answers it.
    fn resolve(&self, _start: State, _summary: Summary, _window: &Window<'_>) -> State {
        0
    }

    /// The first offset at or after `from` in `window.bytes` at which a record starts, given the state at `from`
    /// (which is 0, `window.len`, or any offset whose state is known). Offset 0 is a record start where the byte
    /// before it ended one. None where the bytes end before one is found.
    fn next_start(&self, state: State, window: &Window<'_>, from: usize) -> Option<usize>;

    /// Bytes past a range that it takes at least to tell whether a record starts in the range.
    fn lookahead(&self) -> usize {
        64
    }

    /// The last offset in `window.bytes` (0 excluded) at which a record starts or would start, given that one
    /// starts at offset 0; for streams.
    fn last_start(&self, window: &Window<'_>) -> Option<usize>;

    /// Whether a record may end in the bytes from `from` on, given that none ended before; for streams. May say yes where
    /// none does.
    fn may_end(&self, _window: &Window<'_>, _from: usize) -> bool {
        true
    }

    /// Whether `window.bytes` are whole records, given that one starts at offset 0; for streams that have nothing more to
    /// give for now. May say no where it takes too long to tell.
    fn is_whole(&self, window: &Window<'_>) -> bool {
        self.last_start(window) == Some(window.bytes.len())
    }
}

/// Lines that end at a byte: the boundary of formats whose records are lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    /// The byte.
    pub(crate) terminator: u8,
}

impl Boundary for Lines {
    fn next_start(&self, _: State, window: &Window<'_>, from: usize) -> Option<usize> {
        if window.byte_before(from).is_none_or(|byte| byte == self.terminator) {
            return Some(from);
        }
        memchr::memchr(self.terminator, window.bytes.get(from..)?).map(|at| from + at + 1)
    }

    fn last_start(&self, window: &Window<'_>) -> Option<usize> {
        memchr::memrchr(self.terminator, window.bytes).map(|at| at + 1)
    }

    fn may_end(&self, window: &Window<'_>, from: usize) -> bool {
        window.bytes.get(from..).is_some_and(|fresh| memchr::memchr(self.terminator, fresh).is_some())
    }
}
