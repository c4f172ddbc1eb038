//! Exact numbers: integers and decimals as scaled 128-bit integers, doubles past that.

/// A number. `Exact` is `units / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// `units / 10^scale`, exactly; `scale` is at most 38.
    Exact {
        /// The digits without the point.
        units: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// A double: the result of `/` or a function, or a number past 128 bits.
    Float(f64),
}

impl Number {
    /// An integer.
    pub(crate) fn int(value: i128) -> Self {
        Self::Exact { units: value, scale: 0 }
    }

    /// Reads numeric text: optional sign, digits with optional fraction, optional exponent; leading zeros allowed; no
    /// hex, NaN, infinity, spaces or underscores. The whole text must be a number.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        text.parse::<f64>().ok().map(Self::Float)
    }

    /// Appends the number as printed: exact numbers with every digit and no trailing zeros, doubles in the shortest
    /// form that reads back the same.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{self:?}").as_bytes());
    }
}
