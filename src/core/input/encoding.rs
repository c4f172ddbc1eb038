//! Byte order marks and UTF-16.
