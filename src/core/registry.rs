//! One table row type for everything that comes in kinds: formats, stages, functions, aggregates.
//!
//! A kind is one file that exports one [`Row`], and one line in its folder's table. The table feeds parsing,
//! `--help`, `mytools list`, completion, the README and the test that runs every row's examples.

/// Something to try, and what it prints. What the two strings mean is the table's business: an expression and
/// its value for functions, a command line and its output for stages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    /// What to run.
    pub(crate) input: &'static str,
    /// What comes out.
    pub(crate) output: &'static str,
}

/// One kind of thing, with its documentation.
#[derive(Debug)]
pub(crate) struct Row<T: 'static> {
    /// The name users type.
    pub(crate) name: &'static str,
    /// Other names for the same thing.
    pub(crate) aliases: &'static [&'static str],
    /// How it is written: `substr(text, start, length?)`, `-w/--where EXPR`.
    pub(crate) usage: &'static str,
    /// One sentence, with a capital first letter and without a final period.
    pub(crate) summary: &'static str,
    /// Things to try, run by a test.
    pub(crate) examples: &'static [Example],
    /// The thing itself.
    pub(crate) item: T,
}

/// The row of that name or alias.
pub(crate) fn find<T>(rows: &'static [Row<T>], name: &str) -> Option<&'static Row<T>> {
    rows.iter().find(|row| row.name == name || row.aliases.contains(&name))
}

/// The candidate nearest to a mistyped name, if any is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near = candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| {
            let longest = lower.chars().count().max(candidate.chars().count());
            *distance <= (longest / 3).max(1) && *distance < longest
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate);
    // Who stops early means the whole, if there is only one.
    let mut longer =
        candidates.iter().filter(|candidate| lower.len() > 2 && candidate.to_lowercase().starts_with(&lower));
    near.or_else(|| longer.next().copied().filter(|_| longer.next().is_none()))
}

/// `; did you mean 'x'?` as a hint, where a name is near.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean '{candidate}'?"))
}

/// Every name and alias of a table.
pub(crate) fn names<T>(rows: &'static [Row<T>]) -> impl Iterator<Item = &'static str> {
    rows.iter().flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(did_you_mean("summ", ["sum", "mean"]).as_deref(), Some("did you mean 'sum'?"));
        assert_eq!(did_you_mean("desc", ["describe", "derive"]).as_deref(), Some("did you mean 'describe'?"));
        assert_eq!(did_you_mean("des", ["describe", "description"]), None);
        assert_eq!(did_you_mean("zzz", ["sum", "mean"]), None);
    }
}
