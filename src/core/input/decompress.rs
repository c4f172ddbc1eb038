//! Decompression by content.
