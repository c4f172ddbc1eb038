//! What YAML says beside its values: tags, anchors and comments. They are counted while records are made, and told at
//! the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use granit_parser::Tag;

use crate::core::block::Block;
use crate::core::data::batch::Batch;
use crate::core::error::Problem;
use crate::core::format::json::decoder::ValuesDecoder;
use crate::core::format::{Decoder, Fault, Format, Projection, Scratch};
use crate::core::input::boundary::Boundary;
use crate::core::registry::Row;

/// How much of it there was.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    /// Tags that are not of the core schema.
    tags: AtomicU64,
    /// Anchors, whose aliases were replaced by what they stand for.
    anchors: AtomicU64,
    /// Comments.
    pub(super) comments: AtomicU64,
}

impl Dropped {
    /// Counts what stands before a node.
    pub(super) fn node(&self, anchor: usize, tag: Option<&Tag>) {
        if anchor > 0 {
            self.anchors.fetch_add(1, Ordering::Relaxed);
        }
        if tag.is_some_and(|tag| tag.core_suffix().is_none() && tag.original() != "!") {
            self.tags.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Decodes the JSON that YAML has become.
pub(super) struct YamlDecoder {
    /// Decodes it.
    pub(super) values: ValuesDecoder,
    /// What is not in it.
    pub(super) dropped: Arc<Dropped>,
}

impl Decoder for YamlDecoder {
    fn boundary(&self) -> &dyn Boundary {
        self.values.boundary()
    }

    /// Tags say what a value is, so no output says the same without them. Anchors and comments are missed where the
    /// output is YAML again; no other format has them.
    fn lost(&self, written: &Row<Format>) -> Vec<Problem> {
        let count = |count: &AtomicU64, what: &str| match count.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(format!("1 {what}")),
            count => Some(format!("{count} {what}s")),
        };
        let again = written.name == "yaml";
        let tags = count(&self.dropped.tags, "tag");
        let rest = [count(&self.dropped.anchors, "anchor"), count(&self.dropped.comments, "comment")];
        let told = |list: Vec<String>| format!("not in the output: {}", list.join(", "));
        let all: Vec<String> = tags.clone().into_iter().chain(rest.iter().flatten().cloned()).collect();
        match (all.is_empty(), again, tags) {
            (true, ..) => Vec::new(),
            (false, true, _) => vec![Problem::note(told(all))],
            (false, false, Some(tags)) => {
                let rest: Vec<String> = rest.into_iter().flatten().collect();
                let debug = (!rest.is_empty()).then(|| Problem::debug(told(rest)));
                std::iter::once(Problem::note(told(vec![tags]))).chain(debug).collect()
            }
            (false, false, None) => vec![Problem::debug(told(all))],
        }
    }

    fn decode(&self, block: Block, projection: &Projection, scratch: &mut Scratch) -> (Batch, Option<Fault>) {
        self.values.decode(block, projection, scratch)
    }
}
