//! How rare bytes are in common text, very roughly: prose, sources and logs alike. For choosing what to look for; what the
//! text at hand is like shows when it is searched.

use crate::core::scan::window::Set;

/// What is certain not to be the rarest thing to look for is not looked for: bits beyond this make no difference.
pub(super) const ENOUGH: f64 = 20.0;

/// How rare the bytes of a set are, in bits: a set of every second byte has one.
pub(super) fn of_set(set: Set) -> f64 {
    let ascii: f64 = (0..128_u8).filter(|byte| set.ascii >> byte & 1 == 1).map(share).sum();
    let beyond = if set.beyond { BEYOND } else { 0.0 };
    -(ascii + beyond).clamp(0.000_01, 1.0).log2()
}

/// How rare a text is, in bits.
pub(super) fn of_text(text: &[u8]) -> f64 {
    text.iter().map(|byte| -share(*byte).log2()).sum()
}

/// How rare it is that one of several things occurs.
pub(super) fn of_any(bits: impl IntoIterator<Item = f64>) -> f64 {
    -bits.into_iter().map(|bits| (-bits).exp2()).sum::<f64>().log2()
}

/// The share of all bytes that are not ASCII.
const BEYOND: f64 = 0.008;

fn share(byte: u8) -> f64 {
    match byte {
        b' ' => 0.12,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 0.05,
        b'a'..=b'z' => 0.014,
        b'0'..=b'9' => 0.015,
        b'A'..=b'Z' => 0.003,
        b'\n' | b'\t' => 0.02,
        b'!'..=b'~' => 0.004,
        0..=b'\x7f' => 0.0001,
        _ => BEYOND / 8.0,
    }
}
