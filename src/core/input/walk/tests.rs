//! The walk against the `ignore` crate's own, and at several thread counts.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::WalkBuilder;

use super::cursor::Next;
use super::{Item, Kind, Walk, Walker};
use crate::core::exec::cancel::Cancel;
use crate::core::input::globs::Globs;
use crate::core::input::select::{IgnoreRules, Select};
use crate::core::input::types::TypeChange;

/// A small generator of pseudo-random numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

const NAMES: &[&str] =
    &["a", "a+", "a.rs", "b.c", "B", ".hid", "c.py", "build", "target", "x.log", "y.txt", "z", "ä", ".git2", "lib.rs"];

const RULES: &[&str] = &[
    "*.log",
    "build/",
    "/target",
    "!x.log",
    "a/**",
    "**/z",
    "*.py",
    "!*.rs",
    "/a/b.c",
    "b*",
    "!.hid",
    "# note",
    "",
    "a+/",
    "x.???",
    "[yz]*",
    "\\!x",
    "target/*",
    "!/target/a.rs",
    "**/a/**/c.py",
];

/// A tree with ignore files of all kinds in it.
fn grow(random: &mut Random, directory: &Path, depth: u64) {
    fs::create_dir_all(directory).unwrap();
    for name in [".gitignore", ".ignore", ".rgignore"] {
        if random.below(4) == 0 {
            let rules: Vec<&str> = (0..=random.below(4)).map(|_| random.pick(RULES)).collect();
            fs::write(directory.join(name), rules.join("\n")).unwrap();
        }
    }
    if random.below(5) == 0 {
        fs::create_dir_all(directory.join(".git/info")).unwrap();
        fs::write(directory.join(".git/info/exclude"), random.pick(RULES)).unwrap();
    }
    for _ in 0..=random.below(8) {
        let path = directory.join(random.pick(NAMES));
        if path.exists() {
            continue;
        }
        if depth > 0 && random.below(2) == 0 {
            grow(random, &path, depth - 1);
        } else {
            fs::write(&path, "x").unwrap();
        }
    }
}

/// What our walk gives, files and problems, at this many threads.
fn ours(select: &Select, threads: usize) -> Vec<String> {
    let walk = Walk::new(select.clone()).unwrap();
    let runs = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut walker = Walker::default();
                while let Some((seq, run)) = walk.claim(&mut walker).unwrap() {
                    assert!(!run.items.is_empty() && run.items.len() <= super::cursor::RUN);
                    assert!(runs.lock().unwrap().insert(seq, run).is_none());
                }
            });
        }
    });
    let runs = runs.into_inner().unwrap();
    assert!(runs.keys().copied().eq(0..runs.len() as u64));
    let items = runs.into_values().flat_map(|run| run.items);
    items
        .map(|item| match item {
            Item::File(entry) => entry.path.display().to_string(),
            Item::Problem(problem) => format!("! {}", problem.path.unwrap()),
        })
        .collect()
}

/// What ripgrep's walker gives, set up as ripgrep does.
fn theirs(select: &Select) -> Vec<String> {
    let mut builder = WalkBuilder::new(&select.roots[0]);
    for root in &select.roots[1..] {
        builder.add(root);
    }
    let rules = &select.rules;
    let working_directory = std::env::current_dir().unwrap();
    builder
        .current_dir(&working_directory)
        .hidden(!select.hidden)
        .parents(rules.parents)
        .ignore(rules.dot)
        .git_ignore(rules.vcs)
        .git_exclude(rules.vcs && rules.exclude)
        .git_global(rules.vcs && rules.global)
        .require_git(rules.require_git)
        .follow_links(select.follow)
        .max_depth(select.max_depth)
        .overrides(crate::core::input::globs::overrides(&select.globs, &working_directory).unwrap())
        .types(crate::core::input::types::build(&select.types).unwrap())
        .sort_by_file_name(Ord::cmp);
    if rules.dot {
        builder.add_custom_ignore_filename(".rgignore");
    }
    let mut found = Vec::new();
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.depth() == 0 && !entry.path().is_dir() => found.push(entry.path().display().to_string()),
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                found.push(entry.path().display().to_string());
            }
            Ok(_) => {}
            Err(_) => found.push("!".to_string()),
        }
    }
    found
}

/// Selections that differ in every switch.
fn selections(root: &Path) -> Vec<Select> {
    let plain = Select { roots: vec![root.to_path_buf()], ..Select::default() };
    let rules = |change: fn(&mut IgnoreRules)| {
        let mut select = plain.clone();
        change(&mut select.rules);
        select
    };
    let globs = |globs: &[&str]| {
        let exact = globs.iter().map(ToString::to_string).collect();
        Select { globs: Globs { exact, ..Globs::default() }, ..plain.clone() }
    };
    vec![
        plain.clone(),
        Select { max_depth: Some(2), ..plain.clone() },
        Select { roots: vec![root.join("a"), root.join("B"), root.to_path_buf(), root.join("a.rs")], ..plain.clone() },
        Select { types: vec![TypeChange::Select("rust".into()), TypeChange::Select("c".into())], ..plain.clone() },
        Select { types: vec![TypeChange::Negate("py".into())], ..plain.clone() },
        // Hidden files together with git's rules differ on purpose where there is a `.git`.
        Select { hidden: true, rules: IgnoreRules { vcs: false, ..IgnoreRules::default() }, ..plain.clone() },
        Select { hidden: true, rules: IgnoreRules::none(), ..plain.clone() },
        rules(|rules| rules.vcs = false),
        rules(|rules| rules.dot = false),
        rules(|rules| rules.exclude = false),
        rules(|rules| rules.parents = false),
        rules(|rules| rules.require_git = false),
        rules(|rules| *rules = IgnoreRules::none()),
        globs(&["*.rs", "!lib.rs"]),
        globs(&["!a"]),
        globs(&[".hid", "**/build/**"]),
        globs(&["*.log", "*.py"]),
    ]
}

#[test]
fn walks_as_ripgrep_at_any_thread_count() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..12 {
        let directory = tempfile::tempdir().unwrap();
        let above = directory.path().join("above");
        grow(&mut random, &above, 0);
        let root = above.join("root");
        grow(&mut random, &root, 4);
        for select in selections(&root).into_iter().filter(|select| select.roots.iter().all(|root| root.exists())) {
            let expected = theirs(&select);
            for threads in [1, 2, 4] {
                assert_eq!(ours(&select, threads), expected, "{select:?}");
            }
        }
    }
}

#[test]
fn names_order_by_bytes_within_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["s/a/b", "s/a+", "s/B", "t", "s/a.c/d"] {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let select = Select { roots: vec![directory.path().to_path_buf()], ..Select::default() };
    let prefix = format!("{}/", directory.path().display());
    let names: Vec<String> = ours(&select, 2).iter().map(|path| path.replace(&prefix, "")).collect();
    assert_eq!(names, ["s/B", "s/a/b", "s/a+", "s/a.c/d", "t"]);
}

#[test]
fn what_the_user_names_stands_above_the_rules() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::write(root.join(".ignore"), "*\n").unwrap();
    fs::write(root.join(".secret"), "").unwrap();
    fs::write(root.join("plain"), "").unwrap();
    let select = Select {
        roots: vec![root.join(".secret"), PathBuf::from("-"), root.join("missing"), root.to_path_buf()],
        globs: Globs { exact: vec!["!*".into()], ..Globs::default() },
        ..Select::default()
    };
    let walk = Walk::new(select).unwrap();
    let (_, run) = walk.claim(&mut Walker::default()).unwrap().unwrap();
    let shown: Vec<String> = run
        .items
        .iter()
        .map(|item| match item {
            Item::File(entry) => format!("{:?} {}", entry.kind, entry.explicit),
            Item::Problem(problem) => problem.message.clone(),
        })
        .collect();
    assert_eq!(shown, ["File true", "Stdin true", "No such file or directory"]);
    assert!(walk.claim(&mut Walker::default()).unwrap().is_none());
}

#[test]
fn a_git_directory_is_read_only_where_asked() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().to_path_buf();
    fs::create_dir(root.join(".git")).unwrap();
    fs::write(root.join(".git/config"), "").unwrap();
    fs::write(root.join(".env"), "").unwrap();
    let mut select = Select { roots: vec![root.clone()], hidden: true, ..Select::default() };
    assert_eq!(ours(&select, 1), [root.join(".env").display().to_string()]);
    select.rules = IgnoreRules::none();
    assert_eq!(ours(&select, 1).len(), 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_where_asked_and_loops_end() {
    use std::os::unix::fs::symlink;
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir_all(root.join("d/e")).unwrap();
    fs::write(root.join("d/f"), "").unwrap();
    symlink("..", root.join("d/e/loop")).unwrap();
    symlink("nowhere", root.join("broken")).unwrap();
    symlink("d/f", root.join("link")).unwrap();
    let strip = |found: Vec<String>| -> Vec<String> {
        found.iter().map(|path| path.replace(&format!("{}/", root.display()), "")).collect()
    };
    let select = Select { roots: vec![root.to_path_buf()], ..Select::default() };
    assert_eq!(strip(ours(&select, 2)), ["d/f"]);
    let select = Select { follow: true, ..select };
    assert_eq!(strip(ours(&select, 2)), ["! broken", "! d/e/loop", "d/f", "link"]);
    let select = Select { roots: vec![root.join("link")], ..Select::default() };
    assert_eq!(strip(ours(&select, 1)), ["link"]);
    let walk = Walk::new(select).unwrap();
    let (_, run) = walk.claim(&mut Walker::default()).unwrap().unwrap();
    assert!(matches!(&run.items[0], Item::File(entry) if entry.kind == Kind::File));
}

#[test]
fn nobody_waits_for_a_listing_that_never_comes() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("inner")).unwrap();
    let cancel = Cancel::default();
    let select = Select { roots: vec![directory.path().to_path_buf()], ..Select::default() };
    let walk = Walk::new(select).unwrap().ended_by(cancel.clone());
    // Somebody took the root to list it, and is gone.
    assert!(matches!(walk.lock().next(&mut Vec::new()), Next::List(_)));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| walk.claim(&mut Walker::default()).unwrap().is_none());
        cancel.stop();
        assert!(waiting.join().unwrap());
    });
}
