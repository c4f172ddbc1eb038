//! The words that a value may be where clap does not know them, each with a few words about it.

use crate::core::data::time;
use crate::core::format::FORMATS;
use crate::core::input::encoding::ENCODINGS;
use crate::core::input::types;
use crate::process::stage::JOIN_KINDS;
use crate::search::printer::color::ColorSpec;
use crate::search::printer::hyperlink;

/// What the value of an argument of the command `named` may be, as far as it is typed; none where this is not known here.
pub(super) fn choices(named: &str, id: &str, typed: &str) -> Option<Vec<(String, String)>> {
    let bare = |words: &[&str]| words.iter().map(|word| ((*word).to_string(), String::new())).collect();
    let all: Vec<(String, String)> = match (named, id) {
        ("search", "type" | "type-not" | "type-clear") => file_types("", typed),
        ("search", "type-add") => match typed.split_once(":include:") {
            Some((name, others)) => {
                let front = others.rsplit_once(',').map_or(String::new(), |(others, _)| format!("{others},"));
                file_types(&format!("{name}:include:{front}"), typed)
            }
            None => Vec::new(),
        },
        ("search", "colors") => ColorSpec::continued(typed).into_iter().map(|word| (word, String::new())).collect(),
        ("search", "hyperlink-format") => bare(&hyperlink::names()),
        ("search", "encoding") => [bare(&["auto", "none"]), bare(ENCODINGS)].concat(),
        ("process", "encoding") => bare(ENCODINGS),
        ("process", "tz") => {
            // A zone is a path; there are too many of them to be shown at once.
            let zones = time::zones().into_iter();
            zones.filter(|zone| typed.len() > 1 || !zone.contains('/')).map(|zone| (zone, String::new())).collect()
        }
        ("process", "kind") => bare(&JOIN_KINDS),
        ("process", "keep") => bare(&["first", "last"]),
        ("process", "delimiter" | "out-delimiter") => bare(&["tab", "comma", "semicolon", "pipe", "space"]),
        ("process", "memory") => bare(&["512M", "1G", "4G", "25%", "50%"]),
        ("process", "seed") => bare(&["random"]),
        (_, "from" | "format") => formats(id, named, typed),
        _ => return None,
    };
    Some(all)
}

/// File types behind `front`, with their globs.
fn file_types(front: &str, typed: &str) -> Vec<(String, String)> {
    let types = types::definitions(&[]).unwrap_or_default().into_iter();
    let types = types.map(|(name, globs)| (format!("{front}{name}"), globs.join(" ")));
    types.filter(|(name, _)| name.starts_with(typed)).collect()
}

/// Formats that can be read or written, with what they are. Their other names are offered only to who has begun one.
fn formats(id: &str, named: &str, typed: &str) -> Vec<(String, String)> {
    let fits = |read: bool, written: bool| if id == "from" { read } else { written };
    let mut found = Vec::new();
    for row in FORMATS.iter().filter(|row| fits(row.item.reader.is_some(), row.item.encoder.is_some())) {
        let other =
            row.aliases.iter().filter(|name| !typed.is_empty() && !row.name.starts_with(typed) && !name.is_empty());
        found
            .extend(std::iter::once(&row.name).chain(other).map(|name| ((*name).to_string(), row.summary.to_string())));
    }
    if (named, id) == ("process", "format") {
        found.push(("same".to_string(), "As the input is".to_string()));
    }
    found
}
