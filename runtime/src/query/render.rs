//! From the shape of a query to its text. Runs once for each shape and thread.

use bindery_core::sql_writer::SqlWriter;

use super::extras::{Extras, FirstOfEach, JoinedPath};
use super::joins::Tables;
use super::nodes::NodeWriter;
use super::order::{Direction, Ordered};
use super::related::RelatedModels;
use super::shape::{ColumnPath, ShapeReader};
use super::shared::render_shared;
use super::tree::Tree;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// The result of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Rows, in an order.
    Rows = 1,
    /// Rows in no order.
    AnyRows = 2,
    /// The number of rows.
    Count = 3,
    /// A row, if there is one.
    Exists = 4,
    /// The columns and expressions of a selection.
    Selected = 5,
    /// The same with a name for each, as part of another query: in an order only where it is limited.
    Part = 6,
}

/// The parts of a query.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) wanted: Wanted,
    pub(crate) table: &'static TableSql,
    pub(crate) condition: &'a [u8],
    /// Those of the condition.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(
            dead_code,
            reason = "`placed` reads it, which exists with this feature alone"
        )
    )]
    pub(crate) values: &'a [u8],
    pub(crate) order: &'a [u8],
    pub(crate) limit: Limit,
    pub(crate) offset: bool,
    pub(crate) extras: Option<&'a Extras>,
}

/// How many rows a query returns at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    All = 0,
    /// As the program's `first` and `one` say: part of the text, so that databases plan by it.
    One = 1,
    Two = 2,
    /// A value of the query.
    Given = 3,
    /// One, and the program takes no other, whatever comes.
    First = 4,
}

impl<'a> Parts<'a> {
    /// The query whose groups it has the first rows of.
    pub(super) fn source(&self) -> Option<&'a FirstOfEach> {
        self.extras?.of.as_deref()
    }
}

/// The name of the place of a row in its group, as no column is called.
const PLACE: &str = "bindery_place";

impl Limit {
    #[inline]
    pub(crate) fn of(rows: u64) -> Self {
        match rows {
            u64::MAX => Self::All,
            1 => Self::One,
            2 => Self::Two,
            _ => Self::Given,
        }
    }
}

/// Writes one query.
pub(super) struct Render<'a> {
    pub(super) nodes: NodeWriter<'a>,
    pub(super) table: &'static TableSql,
}

/// The text of a query.
///
/// # Errors
/// It cannot be written in this dialect, or databases understand it in different ways.
pub(crate) fn render(
    dialect: Dialect,
    parts: &Parts<'_>,
    related: &RelatedModels<'_>,
) -> Result<String> {
    let sql = SqlWriter::new(dialect);
    render_into(sql, parts, related).map(SqlWriter::finish)
}

/// Writes a query after what was written before.
pub(super) fn render_into(
    sql: SqlWriter,
    parts: &Parts<'_>,
    related: &RelatedModels<'_>,
) -> Result<SqlWriter> {
    let sql = render_shared(sql, parts.extras, related)?;
    let mut render = Render::of(sql, parts.table, related);
    render.join_all(parts)?;
    match parts.extras {
        Some(extras) if extras.is_selected(parts.wanted) => render.selected(parts, extras)?,
        Some(_) | None => render.rows(parts)?,
    }
    let lock = parts.extras.and_then(|extras| extras.lock);
    if let Some(lock) = lock {
        if parts.source().is_some() {
            let why = "a lock on the first rows of each group";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        render.lock(parts.wanted, lock.0)?;
    }
    Ok(render.nodes.sql)
}

/// Refuses an order by a value over a window, which no window is in.
fn ensure_of_rows(order: &[u8]) -> Result<()> {
    let has_window = |(_, ordered): (Direction, Ordered<'_>)| match ordered {
        Ordered::Column(_) => false,
        Ordered::Expression(shape) => {
            let tree = Tree::read(shape);
            tree.has_window(tree.roots[0])
        }
    };
    if ShapeReader::new(order).orders().into_iter().any(has_window) {
        let why = "the first rows of each group in the order of a value over a window";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    Ok(())
}

impl<'a> Render<'a> {
    pub(super) fn new(
        dialect: Dialect,
        table: &'static TableSql,
        related: &'a RelatedModels<'a>,
    ) -> Self {
        Self::of(SqlWriter::new(dialect), table, related)
    }

    pub(super) fn of(
        sql: SqlWriter,
        table: &'static TableSql,
        related: &'a RelatedModels<'a>,
    ) -> Self {
        Self {
            nodes: NodeWriter {
                sql,
                tables: Tables::of(table, related),
            },
            table,
        }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut SqlWriter {
        self.nodes.sql.push(text)
    }

    /// Writes the tables of the query, and the condition on their rows.
    pub(super) fn tables_where(&mut self, parts: &Parts<'_>) -> Result<()> {
        let Some(of) = parts.source() else {
            self.nodes.tables.from(&mut self.nodes.sql);
            self.joins_if(parts)?;
            return self.condition(parts.condition, " WHERE ");
        };
        self.push("(");
        self.ranked(of)?;
        self.push(") AS ");
        self.nodes.tables.name_and_joins(&mut self.nodes.sql);
        self.joins_if(parts)?;
        self.push(" WHERE ").push(PLACE).push(" <= ").placeholder();
        let mut tree = Tree::read(parts.condition);
        let Some(root) = tree.condition() else {
            return Ok(());
        };
        self.push(" AND (");
        self.nodes.write_condition(&tree, root)?;
        self.push(")");
        Ok(())
    }

    /// The joins with conditions, which are of their rows alone.
    fn joins_if(&mut self, parts: &Parts<'_>) -> Result<()> {
        let on = parts
            .extras
            .map_or(&[][..], |extras| extras.on.shape.bytes());
        let tree = Tree::read(on);
        for (number, &root) in tree.roots.iter().enumerate() {
            let NodeWriter { sql, tables } = &mut self.nodes;
            tables.enter_join_if(sql, number);
            self.push(" AND (");
            self.nodes.write(&tree, root)?;
            self.push(")");
            self.nodes.tables.leave();
        }
        Ok(())
    }

    /// The rows of a query, each with its place among those of its group.
    fn ranked(&mut self, of: &FirstOfEach) -> Result<()> {
        let table = self.table;
        let parts = &of.query.parts(Wanted::Rows, table);
        let groups = Tree::read(of.groups.keys.shape.bytes());
        self.nodes.tables.open_all();
        self.join_all(parts)?;
        self.join_shape(of.groups.keys.shape.bytes())?;
        self.push("SELECT ");
        for column in 0..table.columns.len() {
            self.column(ColumnPath::own(column as u16));
            self.push(", ");
        }
        self.push("row_number() OVER (");
        self.groups(&groups, "PARTITION BY ")?;
        ensure_of_rows(parts.order)?;
        self.order(parts, true)?;
        let frame = self.nodes.sql.dialect().query_syntax().frame_of_places;
        self.push(frame).push(") AS ").push(PLACE).push(" FROM ");
        self.tables_where(parts)?;
        self.nodes.tables.close_all();
        Ok(())
    }

    /// The expressions that groups are by, after these words.
    pub(super) fn groups(&mut self, groups: &Tree, words: &str) -> Result<()> {
        let mut separator = words;
        for &root in &groups.roots {
            self.push(separator);
            self.nodes.write(groups, root)?;
            separator = ", ";
        }
        Ok(())
    }

    pub(super) fn column(&mut self, path: ColumnPath) {
        self.nodes.tables.column(&mut self.nodes.sql, path);
    }

    /// Joins the tables of all columns that the query has.
    pub(super) fn join_all(&mut self, parts: &Parts<'_>) -> Result<()> {
        if parts.source().is_some() {
            self.nodes.tables.qualify(true);
        }
        let mut shapes = vec![parts.condition];
        for (_, ordered) in ShapeReader::new(parts.order).orders() {
            match ordered {
                Ordered::Column(path) => self.nodes.tables.join_path(path, false)?,
                Ordered::Expression(shape) => shapes.push(shape),
            }
        }
        if let Some(extras) = parts.extras {
            shapes.extend(extras.predicates().map(|part| part.shape.bytes()));
            let ordering = extras.ordering(parts.order);
            shapes.extend(ordering.map(|of| of.groups.keys.shape.bytes()));
            let on = Tree::read(extras.on.shape.bytes());
            for JoinedPath {
                path,
                is_inner,
                condition,
            } in extras.joined()
            {
                match condition {
                    Some(number) => {
                        on.ensure_of_one_table(on.roots[number])?;
                        self.nodes.tables.join_if(path, number)?;
                    }
                    None => self.nodes.tables.join_path(path, is_inner)?,
                }
            }
        }
        shapes
            .into_iter()
            .try_for_each(|shape| self.join_shape(shape))
    }

    pub(super) fn join_shape(&mut self, shape: &[u8]) -> Result<()> {
        let tree = Tree::read(shape);
        let mut roots = tree.roots.iter();
        roots.try_for_each(|&root| self.nodes.tables.join_all(&tree, root))
    }

    fn select_count(&mut self, parts: &Parts<'_>) -> Result<()> {
        if self.nodes.tables.is_qualified() {
            self.push("SELECT count(*) FROM ");
            return self.tables_where(parts);
        }
        self.push(parts.table.count);
        self.condition(parts.condition, " WHERE ")
    }

    /// Whole rows, each with those that are joined to it.
    fn select_joined(&mut self, parts: &Parts<'_>, is_distinct: bool) -> Result<()> {
        let by_another = |(_, ordered): &(Direction, Ordered<'_>)| matches!(ordered, Ordered::Column(path) if !path.is_own());
        if is_distinct
            && ShapeReader::new(parts.order)
                .orders()
                .iter()
                .any(by_another)
        {
            let why = "distinct rows in the order of another model's column";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        self.push(if is_distinct {
            "SELECT DISTINCT "
        } else {
            "SELECT "
        });
        let NodeWriter { sql, tables } = &mut self.nodes;
        tables.own_row(sql);
        for joined in parts.extras.map(Extras::joined).unwrap_or_default() {
            sql.push(", ");
            tables.joined_row(sql, &joined);
        }
        self.push(" FROM ");
        self.tables_where(parts)
    }

    /// A query of whole rows, or of their number.
    fn rows(&mut self, parts: &Parts<'_>) -> Result<()> {
        let is_limited = parts.limit != Limit::All || parts.offset;
        match parts.wanted {
            Wanted::Rows | Wanted::Selected | Wanted::Part => {
                self.select_rows(parts)?;
                self.order(parts, is_limited || !parts.order.is_empty())?;
            }
            Wanted::AnyRows => self.select_rows(parts)?,
            Wanted::Count if is_limited => {
                self.push("SELECT count(*) FROM (");
                self.select_one(parts)?;
                self.limit(parts);
                self.push(") AS counted");
                return Ok(());
            }
            Wanted::Count => {
                self.select_count(parts)?;
            }
            Wanted::Exists => {
                self.select_one(parts)?;
                if parts.limit == Limit::All {
                    self.push(" LIMIT 1");
                }
            }
        }
        self.limit(parts);
        Ok(())
    }

    pub(super) fn select_rows(&mut self, parts: &Parts<'_>) -> Result<()> {
        let select = self.table.select;
        let is_distinct = parts.extras.is_some_and(|extras| extras.is_distinct);
        if self.nodes.tables.is_qualified() {
            return self.select_joined(parts, is_distinct);
        }
        match select.strip_prefix("SELECT ") {
            Some(columns) if is_distinct => self.push("SELECT DISTINCT ").push(columns),
            Some(_) | None => self.push(select),
        };
        self.condition(parts.condition, " WHERE ")
    }

    fn select_one(&mut self, parts: &Parts<'_>) -> Result<()> {
        self.push("SELECT 1 FROM ");
        self.tables_where(parts)
    }

    pub(super) fn limit(&mut self, parts: &Parts<'_>) {
        let sql = &mut self.nodes.sql;
        let syntax = sql.dialect().query_syntax();
        match parts.limit {
            Limit::All if parts.offset && parts.wanted != Wanted::Exists => {
                sql.push(syntax.no_limit);
            }
            Limit::All => {}
            // There is one, and servers make a step of a plan of the words.
            Limit::First
                if parts.extras.is_none()
                    && !parts.offset
                    && Tree::read(parts.condition).gives_a_key(parts.table) => {}
            Limit::One | Limit::First => {
                sql.push(" LIMIT 1");
            }
            Limit::Two => {
                sql.push(" LIMIT 2");
            }
            Limit::Given => {
                sql.push(syntax.limit).placeholder();
            }
        }
        if parts.offset {
            sql.push(" OFFSET ").placeholder();
        }
    }

    /// Writes a condition after this word, where there is one.
    pub(super) fn condition(&mut self, shape: &[u8], word: &str) -> Result<()> {
        let mut tree = Tree::read(shape);
        let Some(root) = tree.condition() else {
            return Ok(());
        };
        self.push(word);
        self.nodes.write_condition(&tree, root)
    }

    /// The order of the query; then by the key, so that equal rows come in the same order everywhere.
    pub(super) fn order(&mut self, parts: &Parts<'_>, by_key: bool) -> Result<()> {
        if self.by_groups(parts)? {
            return Ok(());
        }
        let key = if by_key { self.table.key } else { &[] };
        let mut separator = " ORDER BY ";
        for (direction, ordered) in Direction::all(parts.order, key) {
            self.push(separator);
            separator = ", ";
            self.order_by(direction, |render| render.ordered(ordered))?;
        }
        Ok(())
    }

    /// The first rows of each group, which have no other order: group by group, in the order that they are the first in.
    pub(super) fn by_groups(&mut self, parts: &Parts<'_>) -> Result<bool> {
        let of = parts.extras.and_then(|extras| extras.ordering(parts.order));
        let Some(of) = of else {
            return Ok(false);
        };
        let groups = Tree::read(of.groups.keys.shape.bytes());
        self.push(" ORDER BY ");
        for (&root, &nullable) in groups.roots.iter().zip(&of.groups.nullable) {
            let direction = Direction::new(false, nullable);
            self.order_by(direction, |render| render.nodes.write(&groups, root))?;
            self.push(", ");
        }
        self.within_groups(of)?;
        Ok(true)
    }

    /// The order of the first rows of a group: the one of the window again, which a server may know that they have, or their places
    /// if it has more than the columns of the model itself.
    fn within_groups(&mut self, of: &FirstOfEach) -> Result<()> {
        let orders = Direction::all(of.query.order(), self.table.key);
        let is_own = |(_, ordered): &_| matches!(ordered, Ordered::Column(path) if path.is_own());
        let knows = self.nodes.sql.dialect().query_syntax().windows_order;
        if !knows || orders.is_empty() || !orders.iter().all(is_own) {
            self.push(PLACE);
            return Ok(());
        }
        for (number, (direction, ordered)) in orders.into_iter().enumerate() {
            self.push(if number == 0 { "" } else { ", " });
            self.order_by(direction, |render| render.ordered(ordered))?;
        }
        Ok(())
    }

    fn ordered(&mut self, ordered: Ordered<'_>) -> Result<()> {
        match ordered {
            Ordered::Column(path) => {
                self.column(path);
                Ok(())
            }
            Ordered::Expression(shape) => {
                let tree = Tree::read(shape);
                self.nodes.write(&tree, tree.roots[0])
            }
        }
    }

    pub(super) fn order_by(
        &mut self,
        direction: Direction,
        mut write: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let words = direction.words(self.nodes.sql.dialect());
        if let Some(nulls) = words.before {
            write(self)?;
            self.push(nulls);
        }
        write(self)?;
        self.push(words.way).push(words.nulls);
        Ok(())
    }

    fn lock(&mut self, wanted: Wanted, lock: bindery_core::dialect::RowLock) -> Result<()> {
        let unsupported = |why| Error::new(ErrorKind::Unsupported(why));
        if matches!(wanted, Wanted::Count | Wanted::Exists) {
            return Err(unsupported("a lock on rows that are not returned"));
        }
        let dialect = self.nodes.sql.dialect();
        let clause = dialect.row_lock(lock);
        let clause = clause.ok_or_else(|| unsupported("SQLite has no locks on rows"))?;
        if self.nodes.tables.is_qualified() && dialect.query_syntax().locks_of_tables {
            // PostgreSQL cannot lock what may be missing.
            let waits = clause.match_indices(' ').nth(2);
            let (kind, waits) = clause.split_at(waits.map_or(clause.len(), |(at, _)| at));
            self.push(kind).push(" OF t0").push(waits);
        } else {
            self.push(clause);
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use bindery_core::dialect::TextSearch;
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
        ..TableSql::NOTHING
    };

    /// A plan that SQLite makes by a bound value is made again for each value.
    #[test]
    fn a_statement_of_a_query_is_prepared_once_whatever_is_bound() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX i ON notes (name)";
        connection.execute_batch(table).unwrap();
        crate::value::sqlite::like::add_like(&connection).unwrap();
        let name = Column::<Note, String>::at(1).path;
        let condition = |codes: &[u8]| {
            let mut predicate = crate::query::condition::Predicate::column(name);
            predicate.shape.extend(codes);
            predicate.shape
        };
        use crate::query::shape::op;
        for wanted in [Wanted::Rows, Wanted::AnyRows, Wanted::Count, Wanted::Exists] {
            for shape in [
                condition(&[op::VALUE, op::EQ]),
                condition(&[op::SEARCH, TextSearch::Pattern as u8, 0]),
                condition(&[op::SEARCH, TextSearch::Start as u8, 0]),
                condition(&[op::SEARCH, TextSearch::Part as u8, 0]),
                condition(&[op::SEARCH, TextSearch::End as u8, 0]),
            ] {
                for (limit, offset) in [
                    (Limit::All, false),
                    (Limit::One, false),
                    (Limit::Given, false),
                    (Limit::All, true),
                    (Limit::Given, true),
                ] {
                    let parts = Parts {
                        wanted,
                        table: &NOTES,
                        condition: shape.bytes(),
                        values: &[],
                        order: &[],
                        limit,
                        offset,
                        extras: None,
                    };
                    let related = RelatedModels::NONE;
                    let text = render(Dialect::Sqlite, &parts, &related).unwrap();
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
