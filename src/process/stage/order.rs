//! The keys of `sort` and `top`: what they look at and in which direction.

use std::sync::OnceLock;

use crate::core::data::compare::{SortMode, SortOrder};
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::did_you_mean;
use crate::process::expr::Env;
use crate::process::stage::Columns;
use crate::process::stage::names::{Name, split};

/// One key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// The column.
    pub(crate) name: Name,
    /// Its order.
    pub(crate) order: SortOrder,
}

/// The keys as written.
#[derive(Debug)]
pub(crate) struct OrderBy {
    items: Vec<(String, Key)>,
    whole: String,
    first: SortOrder,
    settled: OnceLock<Vec<Key>>,
}

/// The modifiers, for suggestions.
const MODIFIERS: &[&str] = &["desc", "asc", "num", "text", "natural", "nulls-first", "nulls-last"];

impl OrderBy {
    /// Reads keys, whose modifiers change the given order.
    pub(crate) fn new(text: &str, order: SortOrder, env: &Env) -> Result<Self> {
        let mut items = Vec::new();
        for item in split(text) {
            items.push((item.to_string(), key(item, order, env)?));
        }
        Ok(Self { items, whole: text.trim().to_string(), first: order, settled: OnceLock::new() })
    }

    /// Checks that the columns may exist, and decides which items are nothing but a column.
    pub(crate) fn check(&self, before: &Columns) -> Result<()> {
        let known = |text: &str| before.names.iter().any(|name| **name == *text);
        if let Some(key) = known_key(&self.whole, self.first, known) {
            let _ = self.settled.set(vec![key]);
            return Ok(());
        }
        let mut keys = Vec::new();
        for (item, key) in &self.items {
            if let Some(key) = known_key(item, self.first, known) {
                keys.push(key);
                continue;
            }
            if let Some((_, last)) = key.name.text.rsplit_once(':')
                && !key.name.exact
                && !known(&key.name.text)
            {
                let hint = did_you_mean(last, MODIFIERS.iter().copied())
                    .unwrap_or_else(|| format!("modifiers: {}", MODIFIERS.join(", ")));
                return Err(Problem::new(Code::Usage, format!("unknown sort modifier '{last}'")).hint(hint).into());
            }
            before.check(&key.name.text)?;
            keys.push(key.clone());
        }
        let _ = self.settled.set(keys);
        Ok(())
    }

    /// The keys.
    pub(crate) fn keys(&self) -> Vec<Key> {
        self.settled.get().cloned().unwrap_or_else(|| self.items.iter().map(|(_, key)| key.clone()).collect())
    }
}

/// Reads one key: modifiers are taken from the right.
fn key(item: &str, mut order: SortOrder, env: &Env) -> Result<Key> {
    let mut name = item;
    while let Some((rest, modifier)) = name.rsplit_once(':') {
        let Some(modified) = modified(order, modifier) else { break };
        (name, order) = (rest, modified);
    }
    Ok(Key { name: Name::new(name, env)?, order })
}

/// The key whose name is a known column, however much of it looks like modifiers.
fn known_key(item: &str, mut order: SortOrder, known: impl Fn(&str) -> bool) -> Option<Key> {
    let mut name = item;
    while !known(name) {
        let (rest, modifier) = name.rsplit_once(':')?;
        (name, order) = (rest.trim_end(), modified(order, modifier)?);
    }
    Some(Key { name: Name::exactly(name), order })
}

/// The order that a modifier makes of another; none where it is no modifier.
fn modified(mut order: SortOrder, modifier: &str) -> Option<SortOrder> {
    match modifier.trim() {
        "asc" => order.descending = false,
        "desc" => order.descending = true,
        "num" => order.mode = SortMode::Number,
        "text" => order.mode = SortMode::Text,
        "natural" => order.mode = SortMode::Natural,
        "nulls-first" => order.nulls_first = true,
        "nulls-last" => order.nulls_first = false,
        _ => return None,
    }
    Some(order)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{OrderBy, SortMode, SortOrder};
    use crate::process::expr::Env;
    use crate::process::stage::testing::columns;

    #[test]
    fn takes_modifiers_from_the_right() {
        let order =
            OrderBy::new("ms:desc,a:b:text:nulls-first, `x:desc`", SortOrder::default(), &Env::default()).unwrap();
        order.check(&columns(&["ms", "a:b", "x:desc"])).unwrap();
        let keys = order.keys();
        assert!(keys[0].order.descending && keys[0].name.text == "ms");
        assert!(keys[1].order.nulls_first && keys[1].order.mode == SortMode::Text && keys[1].name.text == "a:b");
        assert!(!keys[2].order.descending && keys[2].name.text == "x:desc");
    }

    #[test]
    fn a_column_of_that_name_wins() {
        let order = OrderBy::new("x:desc", SortOrder::default(), &Env::default()).unwrap();
        order.check(&columns(&["x", "x:desc"])).unwrap();
        assert_eq!(order.keys()[0].name.text, "x:desc");
    }

    #[test]
    fn suggests_modifiers() {
        let order = OrderBy::new("x:dessc", SortOrder::default(), &Env::default()).unwrap();
        let error = order.check(&columns(&["x"])).unwrap_err();
        assert_eq!(error.to_string(), "unknown sort modifier 'dessc'; did you mean 'desc'?");
    }
}
