//! The `mytools` binary: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mytools::run(std::env::args_os())
}
