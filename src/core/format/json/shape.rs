//! What the records of a batch look like so far: a tree of the exact bytes between values.
//!
//! A path from the root is the text `{"id":`, `,"name":`, …, `}` of a record that was read before, each step with what to
//! do with the value that follows it. Where a record follows such a path, each key costs one vector comparison: equal
//! bytes need no second validation. Where it leaves the path, the reader parses and adds a branch.

use hashbrown::HashMap;

use crate::core::integer::narrow;
use crate::core::scan::json::Needle;

/// No node.
pub(crate) const NONE: u32 = u32::MAX;

/// Most nodes of a tree; records of further shapes are parsed key by key.
const MAX_NODES: usize = 2048;

/// Most steps that may follow one step; where more follow, keys are data, and comparing with each would not pay.
const MAX_SIBLINGS: usize = 16;

/// What to do with the value after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Check it, no more.
    Skip,
    /// It is this column's.
    Column(u32),
    /// It, or parts of it, belong to several columns: the index of a list of targets.
    Targets(u32),
    /// The record has ended; its order of columns.
    End(u32),
}

/// One step of a path.
#[derive(Debug)]
pub(crate) struct Node {
    /// The text between two values, or its first 32 bytes.
    pub(crate) text: Needle,
    /// Length of the text.
    pub(crate) len: u32,
    /// Where in the block the text was first seen.
    pub(crate) seen: u32,
    /// What follows.
    pub(crate) action: Action,
    /// The first step that may come next.
    pub(crate) child: u32,
    /// Another step that may come instead of this one.
    pub(crate) sibling: u32,
    parent: u32,
}

/// All paths of a batch.
#[derive(Debug)]
pub(crate) struct Shapes {
    /// The nodes; the first is the root.
    pub(crate) nodes: Vec<Node>,
    /// The distinct orders of columns.
    pub(crate) orders: Vec<Vec<u32>>,
    known: HashMap<Vec<u32>, u32, foldhash::fast::RandomState>,
}

impl Shapes {
    /// Nothing seen yet.
    pub(crate) fn new() -> Self {
        let root = Node {
            text: Needle::new(b""),
            len: 0,
            seen: 0,
            action: Action::Skip,
            child: NONE,
            sibling: NONE,
            parent: NONE,
        };
        Self { nodes: vec![root], orders: Vec::new(), known: HashMap::default() }
    }

    /// The first step that may come after a node.
    pub(crate) fn child(&self, node: u32) -> u32 {
        self.nodes.get(node as usize).map_or(NONE, |node| node.child)
    }

    /// Adds a step after `parent`; [`NONE`] where the tree is full.
    pub(crate) fn add(&mut self, parent: u32, text: &[u8], seen: usize, action: Action) -> u32 {
        let index = self.nodes.len();
        if parent == NONE || index >= MAX_NODES {
            return NONE;
        }
        let mut last = NONE;
        let mut next = self.nodes.get(parent as usize).map_or(NONE, |parent| parent.child);
        let mut siblings = 0;
        while let Some(node) = self.nodes.get(next as usize) {
            last = next;
            next = node.sibling;
            siblings += 1;
        }
        if siblings >= MAX_SIBLINGS {
            return NONE;
        }
        let index = narrow(index);
        if let Some(last) = self.nodes.get_mut(last as usize) {
            last.sibling = index;
        } else if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.child = index;
        }
        let text_start = Needle::new(text);
        self.nodes.push(Node {
            text: text_start,
            len: narrow(text.len()),
            seen: narrow(seen),
            action,
            child: NONE,
            sibling: NONE,
            parent,
        });
        index
    }

    /// Appends the columns of the steps down to `node`, in order.
    pub(crate) fn columns_to(&self, node: u32, order: &mut Vec<u32>) {
        let start = order.len();
        let mut next = node;
        while let Some(node) = self.nodes.get(next as usize) {
            if let Action::Column(column) = node.action {
                order.push(column);
            }
            next = node.parent;
        }
        if let Some(added) = order.get_mut(start..) {
            added.reverse();
        }
    }

    /// The index of an order of columns. Of a column that comes twice, the first position counts.
    pub(crate) fn order(&mut self, mut columns: Vec<u32>) -> u32 {
        let mut seen = vec![false; columns.iter().max().map_or(0, |most| *most as usize + 1)];
        columns.retain(|column| match seen.get_mut(*column as usize) {
            Some(seen) => !std::mem::replace(seen, true),
            None => false,
        });
        if let Some(index) = self.known.get(&columns) {
            return *index;
        }
        let index = narrow(self.orders.len());
        self.orders.push(columns.clone());
        self.known.insert(columns, index);
        index
    }
}
