//! Numbers that look random and can be had again.

/// A small generator (xorshift over a mixed seed).
pub(in crate::differential) struct Random(u64);

impl Random {
    /// The generator of the `number`th thing that a seed makes, so that each can be made without the others.
    pub(in crate::differential) fn new(seed: u64, number: u64) -> Self {
        let mut mixed = seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for factor in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
        }
        Self((mixed ^ (mixed >> 31)) | 1)
    }

    pub(in crate::differential) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % limit as u64) as usize
    }

    pub(in crate::differential) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(in crate::differential) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
