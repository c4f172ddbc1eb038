//! Appends short texts without a call: encoders print mostly cells of a few bytes.

#![allow(unsafe_code)]

/// Appends `bytes[start..start + len]`. Short texts with enough bytes behind them are copied as one 32-byte move.
#[inline]
pub(crate) fn append(out: &mut Vec<u8>, bytes: &[u8], start: usize, len: usize) {
    if len <= 32
        && let Some(wide) = bytes.get(start..).and_then(|rest| rest.first_chunk::<32>())
    {
        out.reserve(32);
        // SAFETY: `wide` is 32 readable bytes that cannot overlap `out`, which is borrowed mutably; `out` has just got
        // room for 32 more; of them the first `len <= 32` are now initialised and become part of it.
        unsafe {
            std::ptr::copy_nonoverlapping(wide.as_ptr(), out.as_mut_ptr().add(out.len()), 32);
            out.set_len(out.len() + len);
        }
        return;
    }
    out.extend_from_slice(bytes.get(start..start.saturating_add(len)).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::append;
    use crate::core::scan::testing::{Random, rounds};

    #[test]
    fn appends_as_extending_does() {
        let bytes: Vec<u8> = (0..100).collect();
        for start in (0..100).step_by(if cfg!(miri) { 9 } else { 1 }) {
            for len in 0..=(100 - start) {
                let mut out = b"x".to_vec();
                append(&mut out, &bytes, start, len);
                assert_eq!(out, [b"x", &bytes[start..start + len]].concat());
            }
        }
    }

    #[test]
    fn appends_one_after_another_whatever_room_there_is() {
        let mut random = Random(7);
        let bytes = random.text(b"abcdefg\0\xff", 500);
        for _ in 0..rounds(2000) {
            let mut out = Vec::with_capacity(random.below(100));
            let mut plain = Vec::new();
            for _ in 0..random.below(20) {
                let start = random.below(bytes.len() + 1);
                let len = random.below(50).min(bytes.len() - start);
                append(&mut out, &bytes, start, len);
                plain.extend_from_slice(&bytes[start..start + len]);
            }
            assert_eq!(out, plain);
        }
    }
}
