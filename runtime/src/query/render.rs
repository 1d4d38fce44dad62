//! From the shape of a query to its text. Runs once for each shape and thread.

use bindery_core::dialect::{ListForm, ListKind};
use bindery_core::sql_writer::SqlWriter;

use super::order::Direction;
use super::shape::{ColumnPath, ShapeReader};
use super::tree::{Node, Operand, Tree, read_operand};
use crate::driver::TableSql;
use bindery_core::dialect::Dialect;

/// What a query returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Rows, in an order.
    Rows = 1,
    /// Rows in no order.
    AnyRows = 2,
    /// Their number.
    Count = 3,
    /// A row, if there is one.
    Exists = 4,
}

/// The parts of a query.
pub(crate) struct Parts<'a> {
    pub(crate) wanted: Wanted,
    pub(crate) table: &'static TableSql,
    pub(crate) condition: &'a [u8],
    pub(crate) order: &'a [u8],
    pub(crate) limit: bool,
    pub(crate) offset: bool,
}

/// Writes one query.
struct Render<'a> {
    sql: SqlWriter,
    table: &'a TableSql,
}

/// The text of a query.
pub(crate) fn render(dialect: Dialect, parts: &Parts<'_>) -> String {
    let mut render = Render {
        sql: SqlWriter::new(dialect),
        table: parts.table,
    };
    let is_limited = parts.limit || parts.offset;
    match parts.wanted {
        Wanted::Rows => {
            render.sql.push(parts.table.select);
            render.condition(parts.condition);
            render.order(parts.order, is_limited || !parts.order.is_empty());
        }
        Wanted::AnyRows => {
            render.sql.push(parts.table.select);
            render.condition(parts.condition);
        }
        Wanted::Count if is_limited => {
            render.sql.push("SELECT count(*) FROM (");
            render.select_one(parts);
            render.limit(parts);
            render.sql.push(") AS counted");
            return render.sql.finish();
        }
        Wanted::Count => {
            render.sql.push(parts.table.count);
            render.condition(parts.condition);
        }
        Wanted::Exists => {
            render.select_one(parts);
            if !parts.limit {
                render.sql.push(" LIMIT 1");
            }
        }
    }
    render.limit(parts);
    render.sql.finish()
}

/// The text of an update of all rows that meet a condition.
pub(crate) fn render_update(
    dialect: Dialect,
    table: &TableSql,
    set: &[u8],
    condition: &[u8],
) -> String {
    let mut render = Render {
        sql: SqlWriter::new(dialect),
        table,
    };
    render.sql.push("UPDATE ").push(table.table).push(" SET ");
    let mut reader = ShapeReader::new(set);
    while !reader.is_at_end() {
        render.column(reader.path());
        render.sql.push(" = ");
        render.operand(read_operand(&mut reader));
        if !reader.is_at_end() {
            render.sql.push(", ");
        }
    }
    if !table.touch.is_empty() {
        render.sql.push(", ").push(table.touch);
    }
    render.condition(condition);
    render.sql.finish()
}

/// The text of a delete of all rows that meet a condition.
pub(crate) fn render_delete(dialect: Dialect, table: &TableSql, condition: &[u8]) -> String {
    let mut render = Render {
        sql: SqlWriter::new(dialect),
        table,
    };
    render.sql.push("DELETE FROM ").push(table.table);
    render.condition(condition);
    render.sql.finish()
}

impl Render<'_> {
    fn select_one(&mut self, parts: &Parts<'_>) {
        self.sql.push("SELECT 1 FROM ").push(self.table.table);
        self.condition(parts.condition);
    }

    fn limit(&mut self, parts: &Parts<'_>) {
        if parts.limit {
            let limit = self.sql.dialect().query_syntax().limit;
            self.sql.push(limit).placeholder();
        } else if parts.offset && parts.wanted != Wanted::Exists {
            let no_limit = self.sql.dialect().query_syntax().no_limit;
            self.sql.push(no_limit);
        }
        if parts.offset {
            self.sql.push(" OFFSET ").placeholder();
        }
    }

    fn condition(&mut self, shape: &[u8]) {
        let tree = Tree::read(shape);
        if let Some(root) = tree.root {
            self.sql.push(" WHERE ");
            self.tree(&tree, root);
        }
    }

    /// Writes a tree without recursion.
    fn tree(&mut self, tree: &Tree, root: usize) {
        enum Step {
            Write(usize),
            Push(&'static str),
        }
        let mut steps = vec![Step::Write(root)];
        while let Some(step) = steps.pop() {
            let node = match step {
                Step::Push(text) => {
                    self.sql.push(text);
                    continue;
                }
                Step::Write(at) => &tree.nodes[at],
            };
            let (word, children) = match node {
                Node::And(left, right) => (" AND ", [*left, *right]),
                Node::Or(left, right) => (" OR ", [*left, *right]),
                Node::Not(inner) => {
                    self.sql.push("NOT (");
                    steps.extend([Step::Push(")"), Step::Write(*inner)]);
                    continue;
                }
                leaf => {
                    self.leaf(leaf);
                    continue;
                }
            };
            let mut add = |child: usize| {
                if needs_parentheses(node, &tree.nodes[child]) {
                    steps.extend([Step::Push(")"), Step::Write(child), Step::Push("(")]);
                } else {
                    steps.push(Step::Write(child));
                }
            };
            // The last step that is added is the first that is taken.
            add(children[1]);
            steps.push(Step::Push(word));
            let mut add = |child: usize| {
                if needs_parentheses(node, &tree.nodes[child]) {
                    steps.extend([Step::Push(")"), Step::Write(child), Step::Push("(")]);
                } else {
                    steps.push(Step::Write(child));
                }
            };
            add(children[0]);
        }
    }

    fn leaf(&mut self, leaf: &Node) {
        match leaf {
            Node::Compare(operator, path, right) => {
                self.column(*path);
                self.sql.push(operator);
                self.operand(*right);
            }
            Node::Between(path, low, high) => {
                self.column(*path);
                self.sql.push(" BETWEEN ");
                self.operand(*low);
                self.sql.push(" AND ");
                self.operand(*high);
            }
            Node::Like(path) => self.pattern(*path),
            Node::StartsWith(path) if self.sql.dialect().matches_by_glob() => {
                self.sql.push("(");
                self.column(*path);
                self.sql.push(" >= ").placeholder().push(" AND ");
                self.column(*path);
                self.sql.push(" < ").placeholder().push(")");
            }
            Node::StartsWith(path) => self.pattern(*path),
            Node::In(path, kind, power) => self.list(*path, *kind, *power),
            Node::IsNull(path) => {
                self.column(*path);
                self.sql.push(" IS NULL");
            }
            Node::IsNotNull(path) => {
                self.column(*path);
                self.sql.push(" IS NOT NULL");
            }
            Node::Never | Node::And(..) | Node::Or(..) | Node::Not(_) => {
                self.sql.push("1 = 0");
            }
        }
    }

    fn pattern(&mut self, path: ColumnPath) {
        let (before, after) = self.sql.dialect().query_syntax().pattern;
        self.column(path);
        self.sql.push(before).placeholder().push(after);
    }

    fn list(&mut self, path: ColumnPath, kind: ListKind, power: u8) {
        let dialect = self.sql.dialect();
        self.column(path);
        match dialect.list_form(1 << power) {
            ListForm::Array => {
                self.sql.push(" = ANY(").placeholder().push(")");
            }
            ListForm::Json => {
                let (before, after) = dialect.json_values(kind);
                self.sql.push(" IN (").push(before).placeholder();
                self.sql.push(after).push(")");
            }
            ListForm::Placeholders(places) => {
                self.sql.push(" IN (").list(0..places, ", ", |sql, _| {
                    sql.placeholder();
                });
                self.sql.push(")");
            }
        }
    }

    fn operand(&mut self, operand: Operand) {
        match operand {
            Operand::Value => {
                self.sql.placeholder();
            }
            Operand::Column(path) => self.column(path),
            Operand::Computed(path, operator) => {
                self.column(path);
                self.sql.push(operator).placeholder();
            }
        }
    }

    fn column(&mut self, path: ColumnPath) {
        self.sql.push(self.table.columns[path.index()]);
    }

    /// The order of the query; then by the key, so that equal rows come in the same order everywhere.
    fn order(&mut self, shape: &[u8], by_key: bool) {
        let key = if by_key { self.table.key } else { &[] };
        let orders = Direction::all(shape, key);
        let mut separator = " ORDER BY ";
        for (direction, path) in orders {
            self.sql.push(separator);
            separator = ", ";
            self.order_by(direction, path);
        }
    }

    fn order_by(&mut self, direction: Direction, path: ColumnPath) {
        let syntax = self.sql.dialect().query_syntax();
        let by_itself = syntax.nulls_are_least != direction.descending;
        let is_said = direction.nullable && direction.nulls_first() != by_itself;
        if is_said && !syntax.nulls_words {
            self.column(path);
            self.sql.push(if direction.nulls_first() {
                " IS NOT NULL, "
            } else {
                " IS NULL, "
            });
        }
        self.column(path);
        self.sql
            .push(if direction.descending { " DESC" } else { "" });
        if is_said && syntax.nulls_words {
            self.sql.push(if direction.nulls_first() {
                " NULLS FIRST"
            } else {
                " NULLS LAST"
            });
        }
    }
}

fn needs_parentheses(parent: &Node, child: &Node) -> bool {
    match child {
        Node::And(..) => matches!(parent, Node::Or(..)),
        Node::Or(..) => matches!(parent, Node::And(..)),
        Node::Compare(..)
        | Node::Between(..)
        | Node::Like(_)
        | Node::StartsWith(_)
        | Node::In(..)
        | Node::IsNull(_)
        | Node::IsNotNull(_)
        | Node::Never
        | Node::Not(_) => false,
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use rusqlite::types::ValueRef;

    use super::*;
    use crate::query::Column;
    use crate::value::sqlite::statement::Statement;

    struct Note;

    static NOTES: TableSql = TableSql {
        table: "notes",
        columns: &["id", "name"],
        key: &[0],
        select: "SELECT id, name FROM notes",
        count: "SELECT count(*) FROM notes",
        ..TableSql::BARE
    };

    /// What SQLite plans by a bound value it plans again for each value.
    #[test]
    fn a_statement_of_a_query_is_prepared_once_whatever_is_bound() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX i ON notes (name)";
        connection.execute_batch(table).unwrap();
        let name = Column::<Note, String>::at(1).path;
        let condition = |codes: &[u8]| {
            let mut predicate = crate::query::condition::Predicate::leaf(codes[0], name);
            codes[1..]
                .iter()
                .for_each(|code| predicate.shape.push(*code));
            predicate.shape
        };
        use crate::query::shape::op;
        for wanted in [Wanted::Rows, Wanted::AnyRows, Wanted::Count, Wanted::Exists] {
            for shape in [
                condition(&[op::EQ, op::VALUE]),
                condition(&[op::LIKE]),
                condition(&[op::STARTS_WITH]),
            ] {
                for (limit, offset) in [(false, false), (true, false), (false, true), (true, true)]
                {
                    let parts = Parts {
                        wanted,
                        table: &NOTES,
                        condition: shape.bytes(),
                        order: &[],
                        limit,
                        offset,
                    };
                    let text = render(Dialect::Sqlite, &parts);
                    let mut statement = Statement::prepare(&connection, &text).unwrap();
                    let mut run = |values: std::ops::Range<i64>| {
                        for value in values {
                            for place in 1..=statement.places() {
                                let value = ValueRef::Integer(value);
                                statement.bind(place, value).unwrap();
                            }
                            while statement.step().unwrap() {}
                            statement.reset().unwrap();
                        }
                        statement.prepared_anew()
                    };
                    // The first runs may do so whatever the text is.
                    let at_first = run(1..4);
                    assert_eq!(run(4..8), at_first, "{text}");
                }
            }
        }
    }
}
