//! Defects made on purpose, for the tests of what a panic leaves behind: `MYTOOLS_TEST_PANIC=work:3`. Builds that are
//! not for tests know of none.

/// Where a panic may be set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// When a piece of work is claimed, by its number.
    Claim,
    /// While it is worked on.
    Work,
    /// While its result is drained.
    Drain,
    /// While bytes go to a temporary file, by the offset that they get.
    Spill,
    /// While they come back from there.
    Restore,
    /// When all is drained, on the thread that started the run.
    End,
}

/// The one place where a run is to panic, or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fault(Option<(Site, u64)>);

impl Fault {
    /// Reads `SITE:NUMBER`. What is not that, or comes to a build that is not for tests, is no fault.
    pub(crate) fn parse(text: &str) -> Self {
        let place = text.split_once(':').filter(|_| cfg!(debug_assertions)).and_then(|(site, number)| {
            let site = match site {
                "claim" => Site::Claim,
                "work" => Site::Work,
                "drain" => Site::Drain,
                "spill" => Site::Spill,
                "restore" => Site::Restore,
                "end" => Site::End,
                _ => return None,
            };
            Some((site, number.parse().ok()?))
        });
        Self(place)
    }

    /// Panics where this is the place.
    #[inline]
    pub(crate) fn reach(self, site: Site, number: u64) {
        debug_assert!(self.0 != Some((site, number)), "a defect on purpose");
    }
}
