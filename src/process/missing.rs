//! What may have been meant by an input that is not there.

use std::path::Path;

use crate::core::error::Problem;
use crate::core::registry::{find, nearest};
use crate::process::stage::STAGES;

/// Most entries of a directory that are looked at.
const ENTRIES: usize = 10_000;

/// The problem with a file that could not be opened, with a hint where it does not exist and something near it does.
pub(crate) fn with_hint(problem: Problem, path: &Path) -> Problem {
    if path.symlink_metadata().is_ok() {
        return problem;
    }
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return problem };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_none()
        && let Some(stage) = find(STAGES, name)
    {
        return problem.hint(format!("stages are flags: --{}", stage.name));
    }
    let Ok(entries) = folder.unwrap_or(Path::new(".")).read_dir() else { return problem };
    let names = entries.take(ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => problem.hint(format!("did you mean '{}'?", path.with_file_name(near).display())),
        None => problem,
    }
}
