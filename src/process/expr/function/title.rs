//! Text with words that begin with a capital letter.

use super::super::node::Type;
use super::Function;
use super::on_text;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `title(text)`
pub(super) const ROW: Row<Function> = Row {
    name: "title",
    aliases: &["initcap"],
    usage: "title(text)",
    summary: "The text with each word in lower case but for its first letter",
    examples: &[Example { input: "title('hELLO wörld-wide')", output: "Hello Wörld-Wide" }],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| Ok(on_text(args, Type::Text, |text| text_value(titled(&String::from_utf8_lossy(&text))))),
    },
};

fn titled(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        if inside {
            result.extend(character.to_lowercase());
        } else {
            result.extend(character.to_uppercase());
        }
        inside = character.is_alphanumeric() || (inside && character == '\'');
    }
    result
}
