//! Globs: `-g` for search, and the file arguments of `process` that are patterns.
