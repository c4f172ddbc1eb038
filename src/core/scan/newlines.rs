//! Counting a byte: lines in a block, for line numbers and row counts.

/// How often `byte` occurs. memchr's counter is vectorised and dispatches at run time; nothing of ours beat it.
#[inline]
pub(crate) fn count_byte(bytes: &[u8], byte: u8) -> usize {
    memchr::memchr_iter(byte, bytes).count()
}
