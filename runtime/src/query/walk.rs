//! Walks over a tree: its columns, and whether something stands below a node.

use super::related::Related;
use super::shape::ColumnPath;
use super::tree::{Node, Piece, Tree};
use crate::error::{Error, ErrorKind, Result};

impl Tree {
    /// The columns below a node, as they are seen from the table of the query, without those within an aggregate where
    /// `only_bare`.
    pub(crate) fn columns(&self, root: usize, only_bare: bool) -> Vec<ColumnPath> {
        let mut columns = Vec::new();
        let mut open = vec![(root, ColumnPath::own(0))];
        while let Some((at, from)) = open.pop() {
            match &self.nodes[at] {
                Node::Column(path) => columns.push(path.after(from)),
                Node::Fragment(pieces) => {
                    let own = pieces.iter().filter_map(Piece::column);
                    columns.extend(own.map(|path| path.after(from)));
                }
                Node::At(path, child) => {
                    let path = path.after(from);
                    columns.push(path);
                    open.push((*child, path));
                }
                node if only_bare && node.is_aggregate() => {}
                node => open.extend(node.children().into_iter().map(|child| (child, from))),
            }
        }
        columns
    }

    /// The conditions that an AND or OR joins, with those of the same operator below it.
    pub(super) fn operands(&self, node: &Node) -> Vec<usize> {
        let joined_by = |other: &Node| match (node, other) {
            (Node::And(..), &Node::And(left, right)) | (Node::Or(..), &Node::Or(left, right)) => {
                Some([right, left])
            }
            _ => None,
        };
        let mut operands = Vec::new();
        let mut open = Vec::from(joined_by(node).unwrap_or_default());
        while let Some(at) = open.pop() {
            match joined_by(&self.nodes[at]) {
                Some(both) => open.extend(both),
                None => operands.push(at),
            }
        }
        operands
    }

    /// Whether something below a node, in the same SELECT, is so.
    fn any(&self, root: usize, in_aggregates: bool, is: impl Fn(&Node) -> bool) -> bool {
        let mut open = vec![root];
        while let Some(at) = open.pop() {
            match &self.nodes[at] {
                node if is(node) => return true,
                node if !in_aggregates && node.is_aggregate() => {}
                node => open.extend(node.children()),
            }
        }
        false
    }

    pub(super) fn has_subquery(&self, root: usize) -> bool {
        self.any(root, true, |node| {
            matches!(node, Node::Any(..) | Node::OfRows(..) | Node::FirstRows(..))
        })
    }

    /// Whether something below a node needs more tables than the query's own.
    pub(super) fn needs_tables(&self, root: usize) -> bool {
        let mut columns = self.columns(root, false).into_iter();
        columns.any(|path| !path.is_own()) || self.has_subquery(root)
    }

    /// Refuses columns of other tables in the condition of a join.
    pub(super) fn ensure_of_one_table(&self, root: usize) -> Result<()> {
        if self.columns(root, false).iter().all(|path| path.is_own()) {
            return Ok(());
        }
        let why = "a join on a condition with columns of further rows: filter by those";
        Err(Error::new(ErrorKind::Unsupported(why)))
    }

    pub(super) fn has_window(&self, root: usize) -> bool {
        self.any(root, true, |node| matches!(node, Node::Over(_)))
    }

    /// Whether something below a node, outside of aggregates, is of the rows that are related to one row, or over a window of
    /// rows.
    pub(super) fn is_of_one_row(&self, root: usize) -> bool {
        self.any(root, false, |node| match node {
            Node::Any(..) | Node::Over(_) => true,
            Node::OfRows(steps, ..) => !matches!(steps[..], [Related::All(_)]),
            _ => false,
        })
    }
}

impl Piece {
    fn column(&self) -> Option<ColumnPath> {
        match self {
            Self::Column(path) => Some(*path),
            Self::Text(_) | Self::Value => None,
        }
    }
}
