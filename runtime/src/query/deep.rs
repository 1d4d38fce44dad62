//! Conditions in one another, deeper than databases take them: written as lists of decisions.
//!
//! SQLite refuses an expression of more than 1,000 levels (`SQLITE_MAX_EXPR_DEPTH`), and PostgreSQL's parser and stack have an end,
//! too. A CASE is one level, however many branches it has: `a AND (b OR (c AND …))` is `CASE WHEN (a) IS NOT TRUE THEN 0 WHEN b THEN 1 WHEN (c)
//! IS NOT TRUE THEN 0 … END` where it only matters which rows meet it. NOT is brought to the ends before: what is left can only become true
//! by one of its parts, so that a part that is NULL may count as one that is false.

use super::nodes::{MOST_IN_A_ROW, NodeWriter};
use super::tree::{Node, Tree};
use crate::error::Result;

/// Conditions of fewer levels are written as they are.
const PLAIN: usize = 100;
/// The levels from which on a condition is written as decisions.
const DEEP: usize = 500;

/// A condition without NOT but at its ends.
struct Part {
    what: What,
    /// The number of plain conditions below it.
    size: usize,
}

enum What {
    /// As it is, or its opposite.
    Plain {
        node: usize,
        is_negated: bool,
    },
    All(Vec<usize>),
    Any(Vec<usize>),
}

/// The parts of a condition, those below another before it.
struct Parts(Vec<Part>);

impl NodeWriter<'_> {
    /// Writes a condition of which only matters which rows meet it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn write_condition(&mut self, tree: &Tree, root: usize) -> Result<()> {
        let depths = tree.depths();
        if depths[root] < DEEP || !self.sql.dialect().query_syntax().placeholders_have_numbers {
            return self.write(tree, root);
        }
        let parts = Parts::of(tree, root, &depths);
        let texts = self.plain_texts(tree, &parts)?;
        let text = parts.decisions(parts.0.len() - 1, &texts);
        self.sql.push(&text);
        Ok(())
    }

    /// The texts of the plain parts, written in the order of their values.
    fn plain_texts(&mut self, tree: &Tree, parts: &Parts) -> Result<Vec<String>> {
        self.sql.number_all();
        let mut texts = vec![String::new(); parts.0.len()];
        for (part, text) in parts.0.iter().zip(&mut texts) {
            if let What::Plain { node, is_negated } = part.what {
                let begin = self.sql.length();
                self.sql.push(if is_negated { "NOT (" } else { "" });
                self.write(tree, node)?;
                self.sql.push(if is_negated { ")" } else { "" });
                *text = self.sql.cut(begin);
            }
        }
        Ok(texts)
    }
}

impl Parts {
    fn of(tree: &Tree, root: usize, depths: &[usize]) -> Self {
        let mut parts = Self(Vec::new());
        // Each condition is met twice: before those below it, and after them.
        let mut open = vec![(root, false, false)];
        let mut done = Vec::new();
        while let Some((node, is_negated, is_after)) = open.pop() {
            let part = match &tree.nodes[node] {
                _ if depths[node] < PLAIN => Part::plain(node, is_negated),
                Node::Not(inner) => {
                    open.push((*inner, !is_negated, false));
                    continue;
                }
                both @ (Node::And(..) | Node::Or(..)) => {
                    let operands = tree.operands(both);
                    if !is_after {
                        open.push((node, is_negated, true));
                        let below = operands.into_iter().rev();
                        open.extend(below.map(|below| (below, is_negated, false)));
                        continue;
                    }
                    let below = done.split_off(done.len() - operands.len());
                    let is_all = matches!(both, Node::And(..)) != is_negated;
                    parts.joined(is_all, below)
                }
                _ => Part::plain(node, is_negated),
            };
            done.push(parts.0.len());
            parts.0.push(part);
        }
        parts
    }

    fn joined(&self, is_all: bool, below: Vec<usize>) -> Part {
        Part {
            size: below.iter().map(|&at| self.0[at].size).sum(),
            what: if is_all {
                What::All(below)
            } else {
                What::Any(below)
            },
        }
    }

    /// The text of a part. It calls itself for smaller halves alone.
    fn decisions(&self, part: usize, texts: &[String]) -> String {
        let mut text = String::from("CASE");
        let mut at = part;
        loop {
            let (below, before, then) = match &self.0[at].what {
                What::Plain { .. } if at == part => return texts[at].clone(),
                What::Plain { .. } => {
                    return text + " ELSE (" + &texts[at] + ") END";
                }
                What::All(below) => (below, " WHEN (", ") IS NOT TRUE THEN false"),
                What::Any(below) => (below, " WHEN (", ") THEN true"),
            };
            let largest = below
                .iter()
                .copied()
                .max_by_key(|&below| self.0[below].size);
            let largest = largest.expect("an operator joins two conditions");
            for &other in below.iter().filter(|below| **below != largest) {
                text += before;
                text += &self.decisions(other, texts);
                text += then;
            }
            at = largest;
        }
    }
}

impl Part {
    const fn plain(node: usize, is_negated: bool) -> Self {
        Self {
            what: What::Plain { node, is_negated },
            size: 1,
        }
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
