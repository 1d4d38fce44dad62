//! The tree of a condition, read from its shape. It is walked without recursion: programs build conditions in loops.

use bindery_core::dialect::ListKind;

use super::shape::{ColumnPath, ShapeReader, op};

/// One node; children are positions in [`Tree::nodes`].
#[derive(Debug)]
pub(crate) enum Node {
    Compare(&'static str, ColumnPath, Operand),
    Between(ColumnPath, Operand, Operand),
    Like(ColumnPath),
    StartsWith(ColumnPath),
    /// With the power of two that holds the number of values.
    In(ColumnPath, ListKind, u8),
    IsNull(ColumnPath),
    IsNotNull(ColumnPath),
    Never,
    And(usize, usize),
    Or(usize, usize),
    Not(usize),
}

/// The other side of a comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand {
    Value,
    Column(ColumnPath),
}

/// A condition. Several filters of one query are joined by AND.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: Option<usize>,
}

impl Tree {
    /// Reads a whole shape.
    pub(crate) fn read(shape: &[u8]) -> Self {
        let mut reader = ShapeReader::new(shape);
        let mut tree = Self::default();
        let mut stack = Vec::new();
        while !reader.is_at_end() {
            let node = read_node(&mut reader, &mut stack);
            stack.push(tree.add(node));
        }
        let mut filters = stack.into_iter();
        let first = filters.next();
        tree.root =
            first.map(|first| filters.fold(first, |all, filter| tree.add(Node::And(all, filter))));
        tree
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

fn read_node(reader: &mut ShapeReader<'_>, stack: &mut Vec<usize>) -> Node {
    let mut child = || stack.pop().expect("shapes are written whole");
    match reader.byte() {
        op::AND => {
            let right = child();
            Node::And(child(), right)
        }
        op::OR => {
            let right = child();
            Node::Or(child(), right)
        }
        op::NOT => Node::Not(child()),
        op::NEVER => Node::Never,
        leaf => read_leaf(leaf, reader),
    }
}

fn read_leaf(code: u8, reader: &mut ShapeReader<'_>) -> Node {
    let path = reader.path();
    match code {
        op::EQ => Node::Compare(" = ", path, read_operand(reader)),
        op::NE => Node::Compare(" <> ", path, read_operand(reader)),
        op::LT => Node::Compare(" < ", path, read_operand(reader)),
        op::LE => Node::Compare(" <= ", path, read_operand(reader)),
        op::GT => Node::Compare(" > ", path, read_operand(reader)),
        op::GE => Node::Compare(" >= ", path, read_operand(reader)),
        op::BETWEEN => Node::Between(path, read_operand(reader), read_operand(reader)),
        op::LIKE => Node::Like(path),
        op::STARTS_WITH => Node::StartsWith(path),
        op::IN => Node::In(path, ListKind::of_number(reader.byte()), reader.byte()),
        op::IS_NULL => Node::IsNull(path),
        op::IS_NOT_NULL => Node::IsNotNull(path),
        other => unreachable!("no condition has the code {other}"),
    }
}

fn read_operand(reader: &mut ShapeReader<'_>) -> Operand {
    if reader.byte() == op::COLUMN {
        Operand::Column(reader.path())
    } else {
        Operand::Value
    }
}
