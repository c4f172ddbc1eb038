//! All tests through the binary, in one program.
