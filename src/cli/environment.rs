//! What mytools takes from its environment, read once.

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::core::exec::fault::Fault;
use crate::core::terminal;

/// The environment of the run.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each stream is a terminal or not by itself")]
pub(crate) struct Environment {
    /// All variables whose name and value are text, for `env("NAME")`.
    pub(crate) vars: Vec<(String, String)>,
    /// What the variables say about printing.
    pub(crate) terminal: terminal::Environment,
    /// Whether standard input is a terminal, so that there is nothing to read from it.
    pub(crate) stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
    /// Whether somebody may follow standard output: it is no file.
    pub(crate) stdout_is_followed: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr_is_terminal: bool,
    /// Bytes per block, for tests that cut inputs at every place (`MYTOOLS_TEST_BLOCK`); the engine's own size where
    /// unset.
    pub(crate) block_size: Option<usize>,
    /// Where a test wants a panic (`MYTOOLS_TEST_PANIC`), in builds for tests.
    pub(crate) fault: Fault,
    /// The file with arguments to put before those of the command line (`MYTOOLS_CONFIG_PATH`).
    pub(crate) config_path: Option<PathBuf>,
    /// Where temporary files go (`TMPDIR`).
    pub(crate) temp_dir: PathBuf,
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn read() -> Self {
        let block_size = std::env::var("MYTOOLS_TEST_BLOCK").ok().and_then(|value| value.parse().ok());
        Self {
            vars: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            terminal: terminal::Environment::read(|name| std::env::var_os(name)),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stdout_is_followed: stdout_is_followed(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            config_path: std::env::var_os("MYTOOLS_CONFIG_PATH").map(PathBuf::from),
            block_size: block_size.filter(|size| *size > 0),
            fault: std::env::var("MYTOOLS_TEST_PANIC").map_or(Fault::default(), |place| Fault::parse(&place)),
            temp_dir: std::env::temp_dir(),
        }
    }
}

/// Whether standard output goes to somebody: a terminal, a pipe or a socket.
#[cfg(unix)]
fn stdout_is_followed() -> bool {
    use rustix::fs::FileType;
    rustix::fs::fstat(std::io::stdout()).is_ok_and(|stat| match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo | FileType::Socket => true,
        FileType::CharacterDevice => std::io::stdout().is_terminal(),
        _ => false,
    })
}

/// Whether standard output goes to somebody; here nobody can tell.
#[cfg(not(unix))]
fn stdout_is_followed() -> bool {
    true
}
