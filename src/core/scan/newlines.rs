//! Counting a byte: lines in a block, for line numbers and row counts.

/// How often `byte` occurs. memchr's counter is vectorised and dispatches at run time; nothing of ours beat it.
#[inline]
pub(crate) fn count_byte(bytes: &[u8], byte: u8) -> usize {
    memchr::memchr_iter(byte, bytes).count()
}

#[cfg(test)]
mod tests {
    use super::count_byte;
    use crate::core::scan::testing::{Random, rounds};

    #[test]
    fn counts_as_a_loop_does() {
        let mut random = Random(11);
        for _ in 0..rounds(2000) {
            let length = random.below(400);
            let bytes = random.text(b"\n\r\x0b\x8a\0ab", length);
            let from = random.below(length + 1);
            for byte in [b'\n', 0, 0x8a] {
                let plain = bytes[from..].iter().fold(0, |count, it| count + usize::from(*it == byte));
                assert_eq!(count_byte(&bytes[from..], byte), plain);
            }
        }
    }
}
