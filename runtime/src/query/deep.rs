//! Conditions in one another, deeper than databases take them: written as lists of decisions.
//!
//! SQLite refuses an expression of more than 1,000 levels (`SQLITE_MAX_EXPR_DEPTH`), and the parsers and stacks of servers have an end,
//! too. A CASE is one level, however many branches it has: `a AND (b OR (c AND …))` is `CASE WHEN (a) IS NOT TRUE THEN false WHEN (b) THEN
//! true WHEN (c) IS NOT TRUE THEN false … END` where it only matters which rows meet it. NOT is brought to the ends before: what is left can
//! only become true by one of its parts, so that a part that is NULL may count as one that is false.
//!
//! The largest of the conditions that an operator joins comes last (`Predicate::join`), so that a list is long and few lists are in one
//! another.

use super::nodes::{MOST_IN_A_ROW, NodeWriter};
use super::tree::{Node, Tree};
use crate::error::Result;

/// Conditions of fewer levels are written as they are.
const PLAIN: usize = 100;
/// The levels from which on a condition is written as decisions.
const DEEP: usize = 500;

/// A condition without NOT but at its ends.
enum Part {
    /// As it is, or its opposite.
    Plain {
        node: usize,
        is_negated: bool,
    },
    All(Vec<usize>),
    Any(Vec<usize>),
}

impl NodeWriter<'_> {
    /// Writes a condition of which only matters which rows meet it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn write_condition(&mut self, tree: &Tree, root: usize) -> Result<()> {
        let depths = tree.depths();
        if depths[root] < DEEP {
            return self.write(tree, root);
        }
        let parts = tree.parts(root, &depths);
        self.decisions(tree, &parts, parts.len() - 1)
    }

    fn decisions(&mut self, tree: &Tree, parts: &[Part], part: usize) -> Result<()> {
        let mut at = part;
        loop {
            let (below, then) = match &parts[at] {
                &Part::Plain { node, is_negated } => {
                    return self.last_decision(tree, (node, is_negated), at != part);
                }
                Part::All(below) => (below, ") IS NOT TRUE THEN false"),
                Part::Any(below) => (below, ") THEN true"),
            };
            self.sql.push(if at == part { "CASE" } else { "" });
            let (last, others) = below
                .split_last()
                .expect("an operator joins two conditions");
            for &other in others {
                self.sql.push(" WHEN (");
                self.decisions(tree, parts, other)?;
                self.sql.push(then);
            }
            at = *last;
        }
    }

    /// A plain condition: by itself, or at the end of a list.
    fn last_decision(
        &mut self,
        tree: &Tree,
        (node, is_negated): (usize, bool),
        is_of_list: bool,
    ) -> Result<()> {
        self.sql.push(if is_of_list { " ELSE (" } else { "" });
        self.sql.push(if is_negated { "NOT (" } else { "" });
        self.write(tree, node)?;
        self.sql.push(if is_negated { ")" } else { "" });
        self.sql.push(if is_of_list { ") END" } else { "" });
        Ok(())
    }
}

impl Tree {
    /// The parts of a condition, those below another before it.
    fn parts(&self, root: usize, depths: &[usize]) -> Vec<Part> {
        let mut parts = Vec::new();
        // Each condition is met twice: before those below it, and after them.
        let mut open = vec![(root, false, false)];
        let mut done = Vec::new();
        while let Some((node, is_negated, is_after)) = open.pop() {
            let part = match &self.nodes[node] {
                Node::Not(inner) if depths[node] >= PLAIN => {
                    open.push((*inner, !is_negated, false));
                    continue;
                }
                both @ (Node::And(..) | Node::Or(..)) if depths[node] >= PLAIN => {
                    let operands = self.operands(both);
                    if !is_after {
                        open.push((node, is_negated, true));
                        let below = operands.into_iter().rev();
                        open.extend(below.map(|below| (below, is_negated, false)));
                        continue;
                    }
                    let below = done.split_off(done.len() - operands.len());
                    if matches!(both, Node::And(..)) == is_negated {
                        Part::Any(below)
                    } else {
                        Part::All(below)
                    }
                }
                _ => Part::Plain { node, is_negated },
            };
            done.push(parts.len());
            parts.push(part);
        }
        parts
    }
}

/// How deep a node is as databases read it: a row of conditions that one operator joins is as deep as it is long, up to the length
/// from which on it is written in halves.
#[derive(Clone, Copy, Default)]
struct Depth {
    below: usize,
    row: usize,
}

impl Depth {
    fn whole(self) -> usize {
        self.below + self.row.min(MOST_IN_A_ROW) + 1
    }
}

impl Tree {
    /// The depth of each node.
    fn depths(&self) -> Vec<usize> {
        let mut depths: Vec<Depth> = Vec::with_capacity(self.nodes.len());
        // Children stand before what they are children of.
        for node in &self.nodes {
            let mut depth = Depth::default();
            for child in node.children() {
                let of = depths[child];
                if node.is_joined_as(&self.nodes[child]) {
                    depth.below = depth.below.max(of.below);
                    depth.row += of.row;
                } else {
                    depth.below = depth.below.max(of.whole());
                }
                depth.row += 1;
            }
            depths.push(depth);
        }
        depths.into_iter().map(Depth::whole).collect()
    }
}

impl Node {
    /// Whether one operator joins the conditions of both.
    const fn is_joined_as(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::And(..), Self::And(..)) | (Self::Or(..), Self::Or(..))
        )
    }
}
