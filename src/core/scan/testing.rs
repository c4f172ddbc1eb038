//! What the tests of kernels share: random numbers, and how often to draw them.

/// Random numbers (xorshift), the same in each run.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// Any number.
    pub(super) fn any(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below a bound.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.any() as usize % bound
    }

    /// One of some bytes.
    pub(super) fn of(&mut self, bytes: &[u8]) -> u8 {
        bytes[self.below(bytes.len())]
    }

    /// So many of some bytes.
    pub(super) fn text(&mut self, bytes: &[u8], length: usize) -> Vec<u8> {
        (0..length).map(|_| self.of(bytes)).collect()
    }
}

/// How many rounds a test runs: fewer under Miri, which interprets.
pub(super) fn rounds(many: u64) -> u64 {
    if cfg!(miri) { many.div_ceil(200) } else { many }
}
