//! The text of a query of columns and expressions, distinct or of groups.

use super::condition::Predicate;
use super::extras::Extras;
use super::order::{Direction, Nulls, Ordered};
use super::render::{Limit, Parts, Render, Wanted};
use super::shape::{ColumnPath, ShapeReader, op};
use super::tree::{Node, Tree};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};

/// The selection and its groups.
struct Selection<'a> {
    extras: &'a Extras,
    items: Tree,
    groups: Tree,
}

impl Render<'_> {
    /// Writes the query.
    ///
    /// # Errors
    /// Not every database has an answer to it, or the same one.
    pub(super) fn selected(&mut self, parts: &Parts<'_>, extras: &Extras) -> Result<()> {
        let selection = Selection {
            extras,
            items: Tree::read(extras.items.shape.bytes()),
            groups: Tree::read(extras.groups.shape.bytes()),
        };
        selection.ensure_grouped()?;
        selection.ensure_in_order(self.table)?;
        let before = match parts.wanted {
            Wanted::Count => "SELECT count(*) FROM (",
            Wanted::Exists => "SELECT 1 FROM (",
            Wanted::Part if parts.limit == Limit::All && !parts.offset => {
                return self.folded(parts, &selection);
            }
            Wanted::Selected | Wanted::Part | Wanted::Rows | Wanted::AnyRows => {
                selection.ensure_lockable()?;
                self.folded(parts, &selection)?;
                if extras.is_of_limited {
                    return Ok(());
                }
                self.order_of_selected(parts, &selection)?;
                self.limit(parts);
                return Ok(());
            }
        };
        self.push(before);
        self.folded(parts, &selection)?;
        let wanted = Wanted::Selected;
        self.limit(&Parts { wanted, ..*parts });
        self.push(") AS counted");
        if parts.wanted == Wanted::Exists {
            self.push(" LIMIT 1");
        }
        Ok(())
    }

    /// Up to the order.
    fn folded(&mut self, parts: &Parts<'_>, selection: &Selection<'_>) -> Result<()> {
        let extras = selection.extras;
        if selection.items.roots.is_empty() {
            return self.select_rows(parts);
        }
        self.push(if extras.is_distinct {
            "SELECT DISTINCT "
        } else {
            "SELECT "
        });
        let grouped = self.grouped(parts, &selection.items);
        for (position, &root) in selection.items.roots.iter().enumerate() {
            if position > 0 {
                self.push(", ");
            }
            if !self.value_of_group(&selection.items, root, &grouped) {
                self.item(parts, selection, root)?;
            }
            // A subquery has no name twice.
            let is_plain = selection.column(position).is_some();
            if !is_plain || parts.wanted != Wanted::Selected {
                self.push(" AS ").identifier(&alias(position));
            }
        }
        self.push(" FROM ");
        if extras.is_of_limited {
            self.push("(");
            self.select_rows(parts)?;
            self.order(parts, true)?;
            self.limit(parts);
            self.push(") AS limited");
            return Ok(());
        }
        self.tables_where(parts)?;
        self.join_groups(&selection.items, &grouped)?;
        self.groups(&selection.groups, " GROUP BY ")?;
        self.condition(extras.having.shape.bytes(), " HAVING ")
    }

    fn order_of_selected(&mut self, parts: &Parts<'_>, selection: &Selection<'_>) -> Result<()> {
        let is_ordered = parts.limit != Limit::All || parts.offset || !parts.order.is_empty();
        if !selection.extras.is_folded() {
            if self.by_groups(parts)? {
                return Ok(());
            }
            let key = if is_ordered { self.table.key } else { &[] };
            let orders = Direction::all(parts.order, key);
            return self.orders(orders, selection);
        }
        let mut orders = ShapeReader::new(parts.order).orders();
        for &(_, ordered) in &orders {
            selection.ensure_ordered(ordered)?;
        }
        let rest = selection.rest();
        let rest: Vec<&[u8]> = rest.iter().map(Vec::as_slice).collect();
        let by_rest = Direction {
            nullable: true,
            nulls: Nulls::Least,
            ..Direction::of_rest(&orders)
        };
        let rest = rest.into_iter().filter(|_| is_ordered);
        orders.extend(rest.map(|shape| (by_rest, Ordered::Expression(shape))));
        self.orders(orders, selection)
    }

    fn orders(
        &mut self,
        orders: Vec<(Direction, Ordered<'_>)>,
        selection: &Selection<'_>,
    ) -> Result<()> {
        let mut separator = " ORDER BY ";
        for (direction, ordered) in orders {
            self.push(separator);
            separator = ", ";
            self.order_by(direction, |render| render.ordered_by(ordered, selection))?;
        }
        Ok(())
    }

    fn ordered_by(&mut self, ordered: Ordered<'_>, selection: &Selection<'_>) -> Result<()> {
        let shape = match ordered {
            Ordered::Column(path) => {
                self.column(path);
                return Ok(());
            }
            Ordered::Expression(shape) => shape,
        };
        let tree = Tree::read(shape);
        let Node::Selected(position) = tree.nodes[tree.roots[0]] else {
            return self.nodes.write(&tree, tree.roots[0]);
        };
        let position = usize::from(position);
        match selection.column(position) {
            Some(path) => self.column(path),
            None => {
                self.nodes.sql.identifier(&alias(position));
            }
        }
        Ok(())
    }

    /// Writes what is selected; of rows that a limit leaves, it is outside of the query that joins tables.
    fn item(&mut self, parts: &Parts<'_>, selection: &Selection<'_>, root: usize) -> Result<()> {
        let is_qualified = self.nodes.tables.is_qualified();
        let is_outside = parts.extras.is_some_and(|extras| extras.is_of_limited);
        if is_outside && selection.items.needs_tables(root) {
            return Err(unsupported(
                "an aggregate through relations of rows that a limit leaves",
            ));
        }
        self.nodes.tables.qualify(is_qualified && !is_outside);
        self.nodes.write(&selection.items, root)?;
        self.nodes.tables.qualify(is_qualified);
        Ok(())
    }
}

/// The name of a selected expression, where the statement has to name it; an order by a column of that name would be by the
/// expression.
pub(super) fn alias(position: usize) -> String {
    format!("bindery_selected_{}", position + 1)
}

#[cold]
fn unsupported(why: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported(why))
}

impl Selection<'_> {
    /// The column that is selected at this position, where it is one.
    fn column(&self, position: usize) -> Option<ColumnPath> {
        self.items.column(*self.items.roots.get(position)?)
    }

    /// The position of what is selected, where a group is by that.
    fn selected_at(&self, group: usize) -> Option<usize> {
        if let Node::Selected(position) = self.groups.nodes[group] {
            Some(position.into())
        } else {
            None
        }
    }

    /// The columns that are grouped by.
    fn grouped(&self) -> Vec<ColumnPath> {
        let column = |&root: &usize| {
            let selected = || self.column(self.selected_at(root)?);
            self.groups.column(root).or_else(selected)
        };
        self.groups.roots.iter().filter_map(column).collect()
    }

    fn is_grouped_by(&self, position: usize) -> bool {
        let mut groups = self.groups.roots.iter();
        groups.any(|&root| self.selected_at(root) == Some(position))
    }

    /// Refuses a column that is read into another field than the one with its name, where that one gets another column.
    fn ensure_in_order(&self, table: &'static TableSql) -> Result<()> {
        let column = |&root: &usize| self.items.column(root);
        let name = |path: ColumnPath| table.along(path.hops()).columns[path.index()];
        let plain = |name: &'static str| name.trim_matches(['"', '`']);
        let names = self.items.roots.iter().map(column);
        let names: Vec<_> = names.map(|path| path.map(name).map(plain)).collect();
        let fields = self.extras.fields;
        let is_for_another = |(at, name): (usize, &Option<&str>)| {
            let field = name.and_then(|name| fields.iter().position(|field| *field == name));
            let other = field
                .filter(|field| *field != at)
                .and_then(|field| names[field]);
            other.is_some_and(|other| Some(other) != *name)
        };
        if !names.iter().enumerate().any(is_for_another) {
            return Ok(());
        }
        let why =
            "columns that are selected in another order than that of the fields with their names";
        Err(Error::new(ErrorKind::Unsupported(why)))
    }

    /// Refuses columns that have many values in a group: SQLite and older MySQL would take any of them.
    fn ensure_grouped(&self) -> Result<()> {
        if !self.extras.has_aggregate && self.groups.roots.is_empty() {
            return Ok(());
        }
        let grouped = self.grouped();
        for (position, &root) in self.items.roots.iter().enumerate() {
            if !self.is_grouped_by(position) && !is_within(&self.items, root, &grouped) {
                return Err(unsupported(
                    "a selected column, or value of related rows, that is neither grouped by nor within an aggregate: add the column to `group_by`, or make an aggregate of the value",
                ));
            }
        }
        let having = Tree::read(self.extras.having.shape.bytes());
        if having
            .roots
            .iter()
            .all(|&root| is_within(&having, root, &grouped))
        {
            Ok(())
        } else {
            Err(unsupported(
                "`having` on a column, or on related rows, that are neither grouped by nor within an aggregate: `filter` is for rows",
            ))
        }
    }

    /// Refuses orders by what a distinct row, or a group, has many values of.
    fn ensure_ordered(&self, ordered: Ordered<'_>) -> Result<()> {
        let selected = |path: ColumnPath| {
            let mut columns = (0..self.items.roots.len()).filter_map(|at| self.column(at));
            columns.any(|other| other.is_same(path))
        };
        let grouped = self.grouped();
        let is_single = match ordered {
            Ordered::Column(path) if self.extras.is_distinct => selected(path),
            Ordered::Column(path) => grouped.iter().any(|other| other.is_same(path)),
            Ordered::Expression(shape) => {
                let tree = Tree::read(shape);
                let root = tree.roots[0];
                let is_selected = matches!(tree.nodes[root], Node::Selected(_));
                is_selected || (!self.extras.is_distinct && is_within(&tree, root, &grouped))
            }
        };
        if is_single {
            Ok(())
        } else {
            Err(unsupported(
                "an order by something that is not selected, of distinct rows or of groups: select it, or group by it",
            ))
        }
    }

    fn ensure_lockable(&self) -> Result<()> {
        if self.extras.lock.is_some() && self.extras.is_folded() {
            return Err(unsupported("a lock on rows that are not returned"));
        }
        Ok(())
    }

    /// The shapes of what decides between rows that an order leaves equal: all that is selected of distinct rows, and what
    /// groups are by.
    fn rest(&self) -> Vec<Vec<u8>> {
        if self.extras.is_distinct {
            let positions = 0..self.items.roots.len() as u8;
            return positions.map(|at| vec![op::SELECTED, at]).collect();
        }
        let root = |&root: &usize| {
            if let Some(position) = self.selected_at(root) {
                return Some(vec![op::SELECTED, position as u8]);
            }
            let column = Predicate::column(self.groups.column(root)?);
            Some(column.shape.bytes().to_vec())
        };
        self.groups.roots.iter().filter_map(root).collect()
    }
}

/// Whether all columns of an expression that stand outside of aggregates are among these, and nothing there is of the rows that
/// are related to a single one.
fn is_within(tree: &Tree, root: usize, columns: &[ColumnPath]) -> bool {
    let bare = tree.columns(root, true);
    let is_one = |path: &ColumnPath| columns.iter().any(|other| other.is_same(*path));
    bare.iter().all(is_one) && !tree.is_of_one_row(root)
}
