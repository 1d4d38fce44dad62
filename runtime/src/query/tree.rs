//! The tree of a condition, read from its shape. It is walked without recursion: programs build conditions in loops.

use bindery_core::dialect::ListKind;

use super::shape::{ColumnPath, ShapeReader, op};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};

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
    /// A column, an operator and a value.
    Computed(ColumnPath, &'static str),
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

impl ShapeReader<'_> {
    /// Refuses assignments that databases understand in different ways, or not at all: MySQL computes with what an earlier
    /// assignment set, the others with what was stored.
    pub(crate) fn ensure_assignable(mut self, table: &TableSql) -> Result<()> {
        let mut set = Vec::new();
        while !self.is_at_end() {
            let column = self.path().index();
            let read = match read_operand(&mut self) {
                Operand::Value => None,
                Operand::Column(path) | Operand::Computed(path, _) => Some(path.index()),
            };
            refuse_assignment(table, &set, column, read)
                .map_or(Ok(()), |why| Err(Error::new(ErrorKind::Unsupported(why))))?;
            set.push(column);
        }
        Ok(())
    }
}

/// Why this column cannot be set after these, if so.
fn refuse_assignment(
    table: &TableSql,
    set: &[usize],
    column: usize,
    read: Option<usize>,
) -> Option<&'static str> {
    if table.touched.contains(&column) {
        return Some("a version or a time of the last change is set by every update itself");
    }
    if !table.writable.contains(&column) {
        return Some("a computed column cannot be set");
    }
    if set.contains(&column) {
        return Some("an update sets a column twice");
    }
    if read.is_some_and(|read| set.contains(&read)) {
        return Some("an assignment reads a column that an earlier one sets: put it before");
    }
    None
}

/// Reads the other side of a comparison or assignment.
pub(crate) fn read_operand(reader: &mut ShapeReader<'_>) -> Operand {
    match reader.byte() {
        op::COLUMN => Operand::Column(reader.path()),
        op::PLUS => Operand::Computed(reader.path(), " + "),
        op::MINUS => Operand::Computed(reader.path(), " - "),
        op::TIMES => Operand::Computed(reader.path(), " * "),
        _ => Operand::Value,
    }
}
