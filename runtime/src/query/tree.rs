//! The tree of a shape: conditions and expressions. It is read and walked without recursion, as programs build conditions
//! in loops.

use bindery_core::dialect::{Function, IntegerKind, ListKind, TextSearch, ValueKind};

use super::fragment::read_pieces;
use super::integer::Computed;
use super::order::{Direction, Ordered};
use super::related::Related;
use super::render_change::READS_WHAT_IS_SET;
use super::shape::{ColumnPath, ShapeReader, op};
use super::window::Frame;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "postgres")]
use crate::value::recorded::of_places;

/// One node; children are positions in [`Tree::nodes`].
#[derive(Debug)]
pub(crate) enum Node {
    Column(ColumnPath),
    Value,
    /// A value within an expression.
    Typed(ValueKind),
    /// A small number of the text.
    Number(u8),
    /// The selection at this position.
    Selected(u8),
    Call(Function, Vec<usize>),
    /// Integer operators, and what is known of what they compute.
    Integer(Computed, usize),
    /// Conditions and what they give, then what is given else, where there is something.
    Case(Vec<usize>),
    /// A row of expressions, to be compared with another.
    Row(Vec<usize>),
    Compare(&'static str, usize, usize),
    Between(usize, usize, usize),
    /// A search in a text, for something with a NUL or without.
    Search(usize, TextSearch, bool),
    /// With the power of two that holds the number of values.
    In(usize, ListKind, u8),
    IsNull(usize),
    IsNotNull(usize),
    Never,
    /// The value of the new row in the column at this position.
    Excluded(usize),
    Fragment(Vec<Piece>),
    And(usize, usize),
    Or(usize, usize),
    Not(usize),
    /// Related rows, with a condition on them.
    Any(Related, Option<usize>),
    /// An aggregate over the rows that these steps lead to, with a condition on them.
    OfRows(Vec<Related>, usize, Option<usize>),
    /// The first of the rows of such a subquery in an order, as many as a value says.
    FirstRows(usize, Vec<(Direction, usize)>, usize),
    /// The texts of many rows, with a separator between them, in an order.
    StringAgg(usize, String, Vec<(Direction, usize)>),
    /// A function over a window.
    Over(Over),
    /// The values of the query under a name at this place, or the number of its rows.
    Shared(u8),
    SharedCount(u8),
    /// An expression of the row that a path leads to, whatever column the path ends at.
    At(ColumnPath, usize),
}

/// A function, and the window that it is over.
#[derive(Debug)]
pub(crate) struct Over {
    pub(super) function: Function,
    pub(super) arguments: Vec<usize>,
    pub(super) partition: Vec<usize>,
    pub(super) order: Vec<(Direction, usize)>,
    pub(super) frame: Option<Frame>,
}

/// A part of a fragment.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    Value,
    Column(ColumnPath),
}

/// Expressions and conditions that stand beside each other.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) roots: Vec<usize>,
    /// Something is over a window.
    pub(super) has_windows: bool,
    /// Nodes and their recorded values, where it was read with those.
    #[cfg(feature = "postgres")]
    values: Vec<(usize, Vec<u8>)>,
}

impl Tree {
    /// Reads a whole shape.
    pub(crate) fn read(shape: &[u8]) -> Self {
        let mut reader = ShapeReader::new(shape);
        let mut tree = Self::default();
        while !reader.is_at_end() {
            let node = tree.read_node(&mut reader);
            let at = tree.add(node);
            tree.roots.push(at);
        }
        tree
    }

    /// Reads a whole shape with its values, which are in the order of their nodes but for the number of first rows: that comes after their order.
    #[cfg(feature = "postgres")]
    pub(super) fn read_with(shape: &[u8], values: &[u8]) -> Self {
        let mut tree = Self::read(shape);
        let limits: Vec<usize> = tree.nodes.iter().filter_map(Node::limit).collect();
        let nodes = tree.nodes.iter().enumerate();
        let nodes = nodes.filter(|(at, _)| !limits.contains(at));
        let places: Vec<usize> = nodes
            .flat_map(|(at, node)| std::iter::repeat_n(at, node.places()))
            .collect();
        let values = of_places(values);
        // A mismatch in number leaves every value unknown, and a scope then refuses the statement.
        if places.len() == values.len() {
            let values = values.into_iter().map(<[u8]>::to_vec);
            tree.values = places.into_iter().zip(values).collect();
        }
        tree
    }

    /// Whether a part of it is SQL of the program's own.
    #[cfg(feature = "postgres")]
    pub(super) fn has_sql(&self) -> bool {
        let is_sql = |node: &Node| matches!(node, Node::Fragment(_));
        self.nodes.iter().any(is_sql)
    }

    /// The recorded value of a node, where it is known.
    #[cfg(feature = "postgres")]
    pub(super) fn value(&self, node: usize) -> Option<&[u8]> {
        let found = self.values.iter().find(|(at, _)| *at == node);
        found.map(|(_, value)| value.as_slice())
    }

    /// The condition; several filters of one query are joined by AND.
    pub(crate) fn condition(&mut self) -> Option<usize> {
        let filters = std::mem::take(&mut self.roots);
        let join = |all, filter| self.add(Node::And(all, filter));
        filters.into_iter().reduce(join)
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Whether the conditions leave one row, as they give every column of a key a value.
    pub(crate) fn gives_a_key(&self, table: &TableSql) -> bool {
        let given = self.given_columns();
        let is_given = |key: &[usize]| !key.is_empty() && key.iter().all(|at| given.contains(at));
        let uniques = table.uniques.iter().map(|unique| unique.columns);
        uniques.chain([table.key]).any(is_given)
    }

    /// The columns of the table itself that are to have a value of the query.
    fn given_columns(&self) -> Vec<usize> {
        let (mut given, mut open) = (Vec::new(), self.roots.clone());
        while let Some(at) = open.pop() {
            match self.nodes[at] {
                Node::And(left, right) => open.extend([left, right]),
                Node::Compare(" = ", column, value) if matches!(self.nodes[value], Node::Value) => {
                    let own = self.column(column).filter(|path| path.is_own());
                    given.extend(own.map(|path| path.index()));
                }
                _ => {}
            }
        }
        given
    }

    /// The column that a node is, where it is one.
    pub(crate) fn column(&self, at: usize) -> Option<ColumnPath> {
        if let Node::Column(path) = self.nodes[at] {
            Some(path)
        } else {
            None
        }
    }
}

#[cfg(feature = "postgres")]
impl Node {
    /// Of the first of some rows, the node of their number.
    fn limit(&self) -> Option<usize> {
        match self {
            Self::FirstRows(_, _, limit) => Some(*limit),
            _ => None,
        }
    }

    /// How many places of a statement it has by itself.
    fn places(&self) -> usize {
        match self {
            Self::Value
            | Self::Typed(_)
            | Self::Search(..)
            | Self::In(..)
            | Self::FirstRows(..) => 1,
            Self::Fragment(pieces) => {
                let values = pieces.iter().filter(|piece| matches!(piece, Piece::Value));
                values.count()
            }
            _ => 0,
        }
    }
}

impl Node {
    /// Whether it is computed of many rows.
    pub(super) fn is_aggregate(&self) -> bool {
        match self {
            Self::Call(function, _) => function.is_aggregate(),
            node => matches!(node, Self::StringAgg(..)),
        }
    }

    pub(crate) fn children(&self) -> Vec<usize> {
        match self {
            Self::Column(_)
            | Self::Value
            | Self::Typed(_)
            | Self::Number(_)
            | Self::Selected(_)
            | Self::Fragment(_)
            | Self::Never
            | Self::Excluded(_)
            | Self::Shared(_)
            | Self::SharedCount(_)
            // Their parts are of another table.
            | Self::Any(..)
            | Self::OfRows(..)
            | Self::FirstRows(..) => Vec::new(),
            Self::Call(_, children) | Self::Case(children) | Self::Row(children) => {
                children.clone()
            }
            Self::Between(value, low, high) => vec![*value, *low, *high],
            Self::Compare(_, left, right) | Self::And(left, right) | Self::Or(left, right) => {
                vec![*left, *right]
            }
            Self::StringAgg(child, _, order) => {
                let order = order.iter().map(|(_, at)| *at);
                [*child].into_iter().chain(order).collect()
            }
            Self::Over(over) => {
                let order = over.order.iter().map(|(_, at)| at);
                let all = over.arguments.iter().chain(&over.partition).chain(order);
                all.copied().collect()
            }
            Self::Search(child, ..)
            | Self::In(child, ..)
            | Self::IsNull(child)
            | Self::IsNotNull(child)
            | Self::Integer(_, child)
            | Self::At(_, child)
            | Self::Not(child) => vec![*child],
        }
    }
}

impl Tree {
    fn read_node(&mut self, reader: &mut ShapeReader<'_>) -> Node {
        match reader.peek() {
            op::OVER => return Node::Over(self.read_over(reader)),
            op::FIRST_ROWS => return self.read_first(reader),
            op::STRING_AGG => return self.read_string_agg(reader),
            _ => {}
        }
        match read_node(reader, &mut self.roots) {
            // A number computed of small integers may not be small.
            Node::Call(Function::SumSmallIntegers, arguments)
                if self.column(arguments[0]).is_none() =>
            {
                Node::Call(Function::SumIntegers, arguments)
            }
            Node::Integer(computed, operators) => self.computed(computed, operators),
            node => node,
        }
    }
}

impl Tree {
    fn read_over(&mut self, reader: &mut ShapeReader<'_>) -> Over {
        self.has_windows = true;
        reader.byte();
        let frame = reader.frame();
        let order = self.read_order(reader);
        let partition = pop_operands(&mut self.roots, usize::from(reader.byte()));
        let of = self.roots.pop().expect("shapes are written whole");
        let Node::Call(function, arguments) = std::mem::replace(&mut self.nodes[of], Node::Never)
        else {
            unreachable!("a window is of a function")
        };
        Over {
            function,
            arguments,
            partition,
            order,
            frame,
        }
    }

    fn read_first(&mut self, reader: &mut ShapeReader<'_>) -> Node {
        reader.byte();
        let order = self.read_order(reader);
        let both = pop_operands(&mut self.roots, 2);
        Node::FirstRows(both[0], order, both[1])
    }

    fn read_string_agg(&mut self, reader: &mut ShapeReader<'_>) -> Node {
        reader.byte();
        let separator = reader.text();
        let order = self.read_order(reader);
        let of = self.roots.pop().expect("shapes are written whole");
        Node::StringAgg(of, separator, order)
    }

    /// Reads an order that stands within the shape.
    fn read_order(&mut self, reader: &mut ShapeReader<'_>) -> Vec<(Direction, usize)> {
        let orders = reader.orders_within().into_iter();
        let read = |(direction, ordered)| match ordered {
            Ordered::Column(path) => (direction, self.add(Node::Column(path))),
            Ordered::Expression(shape) => (direction, self.read_expression(shape)),
        };
        orders.map(read).collect()
    }

    /// Reads the shape of one expression.
    fn read_expression(&mut self, shape: &[u8]) -> usize {
        let mut reader = ShapeReader::new(shape);
        while !reader.is_at_end() {
            let node = self.read_node(&mut reader);
            let at = self.add(node);
            self.roots.push(at);
        }
        self.roots.pop().expect("shapes are written whole")
    }
}

fn read_node(reader: &mut ShapeReader<'_>, stack: &mut Vec<usize>) -> Node {
    let mut one = || stack.pop().expect("shapes are written whole");
    let mut two = || {
        let right = one();
        (one(), right)
    };
    let mut compare = |operator| {
        let (left, right) = two();
        Node::Compare(operator, left, right)
    };
    match reader.byte() {
        op::COLUMN => Node::Column(reader.path()),
        op::VALUE => Node::Value,
        op::EQ => compare(" = "),
        op::NE => compare(" <> "),
        op::LT => compare(" < "),
        op::LE => compare(" <= "),
        op::GT => compare(" > "),
        op::GE => compare(" >= "),
        op::IN_ROWS => compare(" IN "),
        op::AND => {
            let (left, right) = two();
            Node::And(left, right)
        }
        op::OR => {
            let (left, right) = two();
            Node::Or(left, right)
        }
        op::BETWEEN => {
            let (low, high) = two();
            Node::Between(one(), low, high)
        }
        op::NOT => Node::Not(one()),
        op::SHARED => Node::Shared(reader.byte()),
        op::SHARED_COUNT => Node::SharedCount(reader.byte()),
        op::AT => Node::At(reader.path(), one()),
        op::NEVER => Node::Never,
        op::EXCLUDED => Node::Excluded(usize::from(u16::from_le_bytes([
            reader.byte(),
            reader.byte(),
        ]))),
        op::FRAGMENT => Node::Fragment(read_pieces(reader)),
        op::ANY => {
            let related = reader.related();
            Node::Any(related, (reader.byte() == 1).then(one))
        }
        op::OF_ROWS => {
            let steps = (0..reader.byte()).map(|_| reader.related()).collect();
            let condition = (reader.byte() == 1).then(&mut one);
            Node::OfRows(steps, one(), condition)
        }
        op::SEARCH => {
            let search = TextSearch::of_number(reader.byte());
            Node::Search(one(), search, reader.byte() == 1)
        }
        op::IN => Node::In(one(), ListKind::of_number(reader.byte()), reader.byte()),
        op::IS_NULL => Node::IsNull(one()),
        op::IS_NOT_NULL => Node::IsNotNull(one()),
        op::TYPED => Node::Typed(ValueKind::of_number(reader.byte())),
        op::NUMBER => Node::Number(reader.byte()),
        op::SELECTED => Node::Selected(reader.byte()),
        op::CALL => {
            let function = Function::of_number(reader.byte()).expect("shapes are written whole");
            Node::Call(function, pop_operands(stack, function.arity()))
        }
        op::INTEGER => {
            let kind = IntegerKind::of_number(reader.byte()).expect("shapes are written whole");
            Node::Integer(Computed::of(kind), one())
        }
        op::CASE => {
            let branches = usize::from(reader.byte()) * 2;
            Node::Case(pop_operands(stack, branches + usize::from(reader.byte())))
        }
        op::ROW => {
            let length = usize::from(reader.byte());
            Node::Row(pop_operands(stack, length))
        }
        other => unreachable!("no shape has the code {other}"),
    }
}

/// The last of what stands before, in its order.
fn pop_operands(stack: &mut Vec<usize>, count: usize) -> Vec<usize> {
    let first = stack.len().checked_sub(count);
    stack.split_off(first.expect("shapes are written whole"))
}

impl Tree {
    /// Refuses assignments, each a column and what it is set to, that databases understand in different ways, or not at all:
    /// MySQL computes with what an earlier assignment set, the others with what was stored.
    pub(crate) fn ensure_assignable(&self, table: &TableSql) -> Result<()> {
        let mut set = Vec::new();
        for (column, value) in self.assignments() {
            if !column.is_own() {
                return Err(Error::new(ErrorKind::Unsupported(
                    "an update sets columns of its own model",
                )));
            }
            let column = column.index();
            let read = self.columns(value, false);
            let own = read.iter().filter(|path| path.is_own());
            let read: Vec<usize> = own.map(ColumnPath::index).collect();
            refuse_assignment(table, &set, column, &read)
                .map_or(Ok(()), |why| Err(Error::new(ErrorKind::Unsupported(why))))?;
            set.push(column);
        }
        Ok(())
    }

    /// The columns of assignments, and the roots of what they are set to.
    pub(crate) fn assignments(&self) -> impl Iterator<Item = (ColumnPath, usize)> {
        let pairs = self.roots.chunks_exact(2);
        pairs.filter_map(|pair| Some((self.column(pair[0])?, pair[1])))
    }
}

/// Why this column cannot be set after these, if so.
fn refuse_assignment(
    table: &TableSql,
    set: &[usize],
    column: usize,
    read: &[usize],
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
    if read.iter().any(|read| set.contains(read)) {
        return Some(READS_WHAT_IS_SET);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::UniqueSql;
    use crate::query::condition::Predicate;

    static TABLE: TableSql = TableSql {
        columns: &["id", "name", "note"],
        key: &[0],
        uniques: &[UniqueSql {
            columns: &[1],
            find: "",
        }],
        ..TableSql::NOTHING
    };

    fn equal(column: u16) -> Predicate {
        let mut predicate = Predicate::column(ColumnPath::own(column));
        predicate.shape.fixed([op::VALUE, op::EQ]);
        predicate
    }

    fn both(code: u8) -> Predicate {
        let mut both = equal(2);
        both.join(equal(0), code);
        both
    }

    #[test]
    fn conditions_that_all_hold_give_a_key() {
        let gives = |condition: &Predicate| {
            let tree = Tree::read(condition.shape.bytes());
            tree.gives_a_key(&TABLE)
        };
        assert!(gives(&equal(0)) && gives(&equal(1)) && !gives(&equal(2)));
        assert!(gives(&both(op::AND)) && !gives(&both(op::OR)));
        let mut two_filters = equal(2);
        two_filters.append(&equal(0));
        assert!(gives(&two_filters));
        let mut opposite = equal(0);
        opposite.shape.push(op::NOT);
        assert!(!gives(&opposite));
    }
}
