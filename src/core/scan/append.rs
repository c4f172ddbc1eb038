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

    #[test]
    fn appends_as_extending_does() {
        let bytes: Vec<u8> = (0..100).collect();
        for start in 0..100 {
            for len in 0..=(100 - start) {
                let mut out = b"x".to_vec();
                append(&mut out, &bytes, start, len);
                assert_eq!(out[1..], bytes[start..start + len]);
            }
        }
    }
}
