//! Values put into a template.

use super::super::node::Type;
use super::super::template::{Piece, pieces};
use super::Function;
use super::MANY;
use super::text_value;
use crate::core::registry::{Example, Row};

/// `format('template', x, …)`
pub(super) const ROW: Row<Function> = Row {
    name: "format",
    aliases: &[],
    usage: "format('template', x, …)",
    summary: "The template with each {} replaced by the next value; {:>8} and {:<8} pad, {:08} fills with zeros, {:.2} sets digits after the point, {:,} groups thousands, {{ is a brace",
    examples: &[
        Example { input: "format('{}: {}', 'a', 1.50)", output: "a: 1.5" },
        Example { input: "format('{:>6.2}|{:05}|{:,}', 3.14159, 42, 1234567)", output: "  3.14|00042|1,234,567" },
    ],
    item: Function {
        arity: (1, MANY),
        regex: None,
        bind: |args| {
            let template = args.constant_text(0, "a template")?;
            let pieces =
                pieces(&template).map_err(|reason| args.problem(0, reason).hint("write it like '{} took {:.2} s'"))?;
            let wanted = pieces.iter().filter(|piece| matches!(piece, Piece::Value(_))).count();
            let given = args.nodes.len() - 1;
            if wanted != given {
                let plural = if given == 1 { "" } else { "s" };
                return Err(args.problem(0, format!("the template has {wanted} of {{}} for {given} value{plural}")));
            }
            Ok(args.each(
                Type::Text,
                Box::new(move |call| {
                    let mut out = String::new();
                    let mut next = 1;
                    for piece in &pieces {
                        match piece {
                            Piece::Text(text) => out.push_str(text),
                            Piece::Value(spec) => {
                                spec.write(&call.value(next), &mut out);
                                next += 1;
                            }
                        }
                    }
                    text_value(out)
                }),
            ))
        },
    },
};
