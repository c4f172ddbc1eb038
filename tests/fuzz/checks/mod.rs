//! The fuzz targets: functions that take any bytes and panic where mytools is wrong about them.
//!
//! They are a module of the library in its own tests and where `cfg(fuzzing)` is set, so that they reach what nobody else
//! can name. `tests/fuzz/fuzz_targets` hands each of them to libFuzzer; the test below hands them the checked-in corpora.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod csv;
mod expression;
mod json;
mod logs;
mod names;
mod numbers;
mod pipeline;
mod reading;
mod search;
mod split;
mod template;
mod whole;

pub use csv::csv;
pub use expression::expression;
pub use json::json;
pub use logs::logs;
pub use names::names;
pub use numbers::numbers;
pub use pipeline::pipeline;
pub use search::search;
pub use split::split;
pub use template::template;
pub use whole::whole;

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// All of them, each with the name of its corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("csv", csv),
    ("expression", expression),
    ("json", json),
    ("logs", logs),
    ("names", names),
    ("numbers", numbers),
    ("pipeline", pipeline),
    ("search", search),
    ("split", split),
    ("template", template),
    ("whole", whole),
];

/// The first byte, as a choice, and the rest.
fn choice(data: &[u8]) -> (usize, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::TARGETS;

    #[test]
    fn the_corpora_hold() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
        for (name, target) in TARGETS {
            let mut inputs: Vec<_> = std::fs::read_dir(fuzz.join("corpus").join(name)).unwrap().collect();
            assert!(inputs.len() > 3, "{name} has next to no corpus");
            inputs.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
            for entry in inputs {
                let path = entry.unwrap().path();
                eprintln!("{}", path.display());
                target(&std::fs::read(path).unwrap());
            }
        }
        let in_files = |dir: &str| -> BTreeSet<String> {
            let names = std::fs::read_dir(fuzz.join(dir)).unwrap();
            names.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
        };
        let all: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_string()).collect();
        assert_eq!(in_files("corpus"), all);
        assert_eq!(in_files("fuzz_targets"), all);
    }
}
