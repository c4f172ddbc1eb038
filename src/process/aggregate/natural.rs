//! Natural numbers of any size, as limbs of 64 bits with the lowest first: what variances are computed with, exactly and
//! rarely, so the methods are those of paper and pencil.

use crate::core::integer::low_word;

/// The product.
pub(super) fn multiply(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut product = vec![0; a.len() + b.len()];
    for (at, x) in a.iter().enumerate().filter(|(_, x)| **x != 0) {
        let mut carry = 0;
        for (place, y) in product.iter_mut().skip(at).zip(b.iter().chain(std::iter::repeat(&0))) {
            let sum = u128::from(*place) + u128::from(*x) * u128::from(*y) + carry;
            *place = low_word(sum);
            carry = sum >> 64;
        }
    }
    product
}

/// Adds `more` times 2 to the `64 * at`. Room for the sum must be there.
pub(super) fn add(sum: &mut [u64], at: usize, more: &[u64]) {
    let mut carry = false;
    for (index, limb) in sum.iter_mut().skip(at).enumerate() {
        if index >= more.len() && !carry {
            break;
        }
        let (first, one) = limb.overflowing_add(more.get(index).copied().unwrap_or(0));
        let (second, two) = first.overflowing_add(u64::from(carry));
        (*limb, carry) = (second, one | two);
    }
}

/// Takes `less`, which is not greater, away.
pub(super) fn subtract(from: &mut [u64], less: &[u64]) {
    let mut borrow = false;
    for (index, limb) in from.iter_mut().enumerate() {
        let (first, one) = limb.overflowing_sub(less.get(index).copied().unwrap_or(0));
        let (second, two) = first.overflowing_sub(u64::from(borrow));
        (*limb, borrow) = (second, one | two);
    }
}

/// Times 2 to the `bits`.
pub(super) fn shift_left(number: &[u64], bits: usize) -> Vec<u64> {
    let (limbs, bits) = (bits / 64, bits % 64);
    let mut shifted = vec![0; limbs];
    let mut below = 0;
    for limb in number {
        shifted.push((limb << bits) | below);
        below = if bits == 0 { 0 } else { limb >> (64 - bits) };
    }
    shifted.push(below);
    shifted
}

/// 10 to the `power`.
pub(super) fn ten_to(power: u32) -> Vec<u64> {
    let mut number = vec![1];
    for _ in 0..power / 19 {
        number = multiply(&number, &[10_u64.pow(19)]);
    }
    multiply(&number, &[10_u64.pow(power % 19)])
}

#[cfg(test)]
mod tests {
    use super::{add, multiply, shift_left, subtract, ten_to};

    fn value(limbs: &[u64]) -> u128 {
        limbs.iter().rev().fold(0, |value, limb| (value << 64) | u128::from(*limb))
    }

    #[test]
    fn computes_as_128_bits_do() {
        let mut state = 5_u128;
        for _ in 0..2000 {
            state = state.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(7);
            let (a, b) = ((state >> 64) as u64, (state >> 30) as u32);
            assert_eq!(value(&multiply(&[a], &[u64::from(b)])), u128::from(a) * u128::from(b));
            let (x, y) = (state >> 1, state >> 9);
            let limbs = |x: u128| [x as u64, (x >> 64) as u64];
            let mut sum = limbs(x);
            add(&mut sum, 0, &limbs(y));
            assert_eq!(value(&sum), x + y);
            subtract(&mut sum, &limbs(y));
            assert_eq!(value(&sum), x);
            let bits = (state % 60) as usize;
            assert_eq!(value(&shift_left(&[a], bits)), u128::from(a) << bits);
        }
        assert_eq!(value(&ten_to(38)), 10_u128.pow(38));
        assert_eq!(shift_left(&[1], 130), [0, 0, 4, 0]);
    }
}
