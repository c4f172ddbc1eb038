//! The expression language of `process`.

/// What expressions see of the outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env {
    /// The zone of times without one, `UTC` by default.
    pub(crate) tz: Option<String>,
    /// `--arg name=value`.
    pub(crate) args: Vec<(String, String)>,
    /// The process environment.
    pub(crate) vars: Vec<(String, String)>,
    /// Whether a value that is not a number is an error.
    pub(crate) strict: bool,
}
