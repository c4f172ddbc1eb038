//! The inputs of `process`: files, globs, directories and standard input, in the order given.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::core::error::{Code, Problem, Result};
use crate::core::input::decompress;
use crate::core::input::select::{IgnoreRules, Listed, Select};
use crate::core::input::walk::{Item, List, Walk, Walker, is_stdout, stdin_is_stdout};
use crate::core::text::units;

/// One input of `process`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input, `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// How messages and the source column name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "<stdin>".to_string(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// The inputs found, and what went wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    /// In the order given; within a directory or a glob in path order.
    pub(crate) inputs: Vec<Input>,
    /// Directories that could not be read, and arguments that stand for nothing.
    pub(crate) problems: Vec<Problem>,
}

/// The inputs that these arguments stand for. A directory gives every file below it that has one of these extensions,
/// in lower case and without the dot (a compression's extension may follow), without ignore rules and without hidden
/// files. An argument with `*`, `?`, `[` or `{` that names no file is a glob, for shells that do not expand them; it
/// gives files, and `**` crosses directories. A name without a file is kept: opening it will tell.
pub(crate) fn expand(arguments: &[impl AsRef<OsStr>], extensions: &[&str]) -> Result<Expansion> {
    let mut expansion = Expansion::default();
    for argument in arguments {
        let path = Path::new(argument);
        // Messages and globs are text; a name that is none is still opened as it is.
        let argument = path.to_string_lossy();
        if argument == "-" {
            if expansion.inputs.contains(&Input::Stdin) {
                let problem = Problem::new(Code::Usage, "standard input is read twice, by '-' and '-'");
                return Err(problem.hint("name a file for one of them").into());
            }
            expansion.inputs.push(Input::Stdin);
        } else if path.is_dir() {
            let select = Select { roots: vec![path.to_path_buf()], rules: IgnoreRules::none(), ..Select::default() };
            let wanted = |path: &Path| extension(path).is_some_and(|found| extensions.contains(&found.as_str()));
            let walked = expansion.walk(select, wanted)?;
            if walked.others > 0 {
                let others = units::count(walked.others);
                let problem = Problem::debug(format!("files left out, as no data files by their names: {others}"));
                expansion.problems.push(problem.at_path(argument.as_ref()));
            }
            if !walked.any {
                let problem = Problem::new(Code::Io, "no data files in this directory").at_path(argument.as_ref());
                expansion.problems.push(problem.hint(format!("these are read: {}", extensions.join(", "))));
            }
        } else if argument.contains(['*', '?', '[', '{']) && path.symlink_metadata().is_err() {
            let glob = glob(&argument)?;
            if !expansion.walk(select_for(path), |path| glob.is_match(path))?.any {
                expansion.problems.push(Problem::new(Code::Io, "no file matches this glob").at_path(argument.as_ref()));
            }
        } else {
            expansion.inputs.push(Input::File(path.to_path_buf()));
        }
    }
    Ok(expansion)
}

/// The paths of a list, which count as if they stood on the command line.
pub(crate) fn listed(list: &Listed) -> Result<Vec<OsString>> {
    let mut list = List::open(list)?;
    let mut paths = Vec::new();
    while let Some(more) = list.next()? {
        paths.extend(more.into_iter().map(PathBuf::into_os_string));
    }
    Ok(paths)
}

impl Input {
    /// Whether it is the file that standard output goes to.
    pub(crate) fn is_stdout(&self) -> bool {
        match self {
            Self::File(path) => is_stdout(path),
            Self::Stdin => stdin_is_stdout(),
        }
    }
}

/// What came of a walk.
#[derive(Debug, Clone, Copy, Default)]
struct Walked {
    /// Whether there was a wanted file or a problem.
    any: bool,
    /// Files that are not wanted.
    others: u64,
}

impl Expansion {
    /// Adds the wanted files of a walk.
    fn walk(&mut self, select: Select, wanted: impl Fn(&Path) -> bool) -> Result<Walked> {
        let walk = Walk::new(select)?;
        let mut walker = Walker::default();
        let mut walked = Walked::default();
        while let Some((_, run)) = walk.claim(&mut walker)? {
            for item in run.items {
                match item {
                    Item::File(entry) if wanted(&entry.path) => self.inputs.push(Input::File(entry.path)),
                    Item::Problem(problem) if concerns(&problem, &wanted) => self.problems.push(problem),
                    Item::File(_) => {
                        walked.others += 1;
                        continue;
                    }
                    Item::Problem(_) => continue,
                }
                walked.any = true;
            }
        }
        Ok(walked)
    }
}

/// Whether a problem is about a directory or a wanted file: a link to nowhere that nobody asked for is none.
fn concerns(problem: &Problem, wanted: impl Fn(&Path) -> bool) -> bool {
    problem.path.as_deref().map(Path::new).is_some_and(|path| wanted(path) || path.is_dir())
}

/// The extension that tells the format, in lower case; that of a compression does not count.
pub(crate) fn extension(path: &Path) -> Option<String> {
    let inner = match decompress::by_name(path) {
        Some(_) => Path::new(path.file_stem()?),
        None => path,
    };
    inner.extension()?.to_str().map(str::to_lowercase)
}

fn glob(pattern: &str) -> Result<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob =
        glob.map_err(|error| Problem::new(Code::Usage, format!("glob '{pattern}' is wrong: {}", error.kind())))?;
    Ok(glob.compile_matcher())
}

/// Where files that match a glob may be: below its part without wildcards, as deep as it has components.
fn select_for(pattern: &Path) -> Select {
    let is_wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let base: PathBuf = pattern.components().take_while(|part| !is_wild(part)).collect();
    let rest: Vec<Component<'_>> = pattern.components().skip_while(|part| !is_wild(part)).collect();
    // Alternatives may hold slashes.
    let any_depth = rest.iter().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part.contains("**") || part.contains('{')
    });
    let max_depth = if any_depth { None } else { Some(rest.len()) };
    let hidden = rest.iter().any(|part| part.as_os_str().as_encoded_bytes().first() == Some(&b'.'));
    let roots = if base.as_os_str().is_empty() { Vec::new() } else { vec![base] };
    Select { roots, rules: IgnoreRules::none(), hidden, follow: true, max_depth, ..Select::default() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::{Input, expand};

    #[test]
    fn expands_directories_globs_and_standard_input() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join("b/c")).unwrap();
        for name in
            ["z.csv", "a.JSONL.gz", "b/c/x.csv", "b/y.tsv", "b/readme.md", ".hidden.csv", "[1].csv", ".gitignore"]
        {
            fs::write(root.join(name), "z.csv\n").unwrap();
        }
        let base = root.to_str().unwrap();
        let names = |arguments: &[&str]| -> (Vec<String>, usize) {
            let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace('@', base)).collect();
            let expansion = expand(&arguments, &["csv", "jsonl"]).unwrap();
            let names = expansion.inputs.iter().map(Input::name);
            (names.map(|name| name.replace(&format!("{base}/"), "")).collect(), expansion.problems.len())
        };
        assert_eq!(names(&["@"]).0, ["[1].csv", "a.JSONL.gz", "b/c/x.csv", "z.csv"]);
        assert_eq!(names(&["@/*.csv", "-"]).0, ["[1].csv", "z.csv", "<stdin>"]);
        assert_eq!(names(&["@/**/*.csv"]).0, ["[1].csv", "b/c/x.csv", "z.csv"]);
        assert_eq!(names(&["@/b/*/{x,y}.csv", "@/b/?.tsv"]).0, ["b/c/x.csv", "b/y.tsv"]);
        assert_eq!(names(&["@/[1].csv", "@/.*.csv"]).0, ["[1].csv", ".hidden.csv"]);
        assert_eq!(names(&["@/missing.csv", "@/*.nope"]), (vec!["missing.csv".to_string()], 1));
        assert!(expand(&[format!("{base}/[z")], &[]).is_err());
    }
}
