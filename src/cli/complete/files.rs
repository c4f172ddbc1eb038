//! File names for a word.

use std::path::Path;

use crate::cli::complete::{Around, Candidate, Then};
use crate::process::glance::is_data;

/// Most entries of a directory that are looked at.
const ENTRIES: usize = 20_000;

/// Which files are offered, besides directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All.
    Any,
    /// None.
    Directories,
    /// Those that `process` can read, by their names; all where there are none.
    Data,
}

/// The files and directories that a word may become.
pub(super) fn files(word: &str, wanted: Wanted, around: &Around) -> Vec<Candidate> {
    let (folder, prefix) = word.rsplit_once('/').map_or(("", word), |(folder, prefix)| (folder, prefix));
    let before = word.strip_suffix(prefix).unwrap_or_default();
    let folder = if word.starts_with('/') && folder.is_empty() { "/" } else { folder };
    let path = around.path(&format!("{folder}/").replace("//", "/"));
    let path = if folder.is_empty() { Path::new(".").to_path_buf() } else { path };
    let path = around.directory.as_deref().map_or_else(|| path.clone(), |directory| directory.join(&path));
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut found: Vec<(String, bool)> = entries
        .take(ENTRIES)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            // Hidden files are offered once their dot is typed.
            let fits = name.starts_with(prefix) && (prefix.starts_with('.') || !name.starts_with('.'));
            fits.then(|| (name, entry.path().is_dir()))
        })
        .collect();
    found.sort();
    found.retain(|(_, folder)| *folder || wanted != Wanted::Directories);
    if wanted == Wanted::Data && found.iter().any(|(name, folder)| *folder || is_data(Path::new(name))) {
        found.retain(|(name, folder)| *folder || is_data(Path::new(name)));
    }
    let candidate = |(name, folder): (String, bool)| {
        let end = if folder { "/" } else { "" };
        let then = if folder { Then::More } else { Then::Space };
        Candidate::new(format!("{before}{name}{end}"), "").shown(format!("{name}{end}")).then(then)
    };
    found.into_iter().map(candidate).collect()
}
