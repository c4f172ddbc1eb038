//! A text or an array backwards.

use super::super::node::{Type, text};
use super::Function;
use super::text_value;
use crate::core::data::value::Value;
use crate::core::format::json::path;
use crate::core::format::json::value::array;
use crate::core::registry::{Example, Row};

/// `reverse(x)`
pub(super) const ROW: Row<Function> = Row {
    name: "reverse",
    aliases: &[],
    usage: "reverse(x)",
    summary: "The characters of a text, or the elements of an array, from last to first",
    examples: &[
        Example { input: "reverse('añb')", output: "bña" },
        Example { input: "reverse(split('a;b', ';'))", output: "[\"b\",\"a\"]" },
    ],
    item: Function {
        arity: (1, 1),
        regex: None,
        bind: |args| {
            Ok(args.each(
                Type::Any,
                Box::new(|call| match call.value(0) {
                    Value::Nested(json) if json.first() == Some(&b'[') => {
                        let mut elements: Vec<Value<'_>> = path::elements(&json).collect();
                        elements.reverse();
                        let mut reversed = Vec::with_capacity(json.len());
                        array(elements, &mut reversed);
                        Value::Nested(reversed.into())
                    }
                    value => text(value).map_or(Value::Null, |text| {
                        text_value(String::from_utf8_lossy(&text).chars().rev().collect::<String>())
                    }),
                }),
            ))
        },
    },
};
