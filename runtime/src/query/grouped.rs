//! Counts, sums and means of the rows that refer to each row of a whole table. PostgreSQL looks for the rows of each one by
//! one where a subquery has them; it reads them once where they are joined in groups.

use bindery_core::dialect::Function;

use super::nodes::NodeWriter;
use super::related::Related;
use super::render::{Limit, Parts, Render, Wanted};
use super::scope::Name;
use super::tree::{Node, Tree};
use crate::error::Result;

/// The column with the value of a group.
const VALUE: &str = "bindery_value";

/// A selected value of related rows, and the name of the table of groups that has it.
pub(super) struct Grouped {
    pub(super) root: usize,
    name: Name,
}

impl Render<'_> {
    /// The selected values that are joined in groups. None where a row may be left out: a table of groups is of all rows.
    pub(super) fn grouped(&mut self, parts: &Parts<'_>, items: &Tree) -> Vec<Grouped> {
        if !self.nodes.sql.dialect().query_syntax().joins_groups || !is_of_all_rows(parts) {
            return Vec::new();
        }
        let roots = items.roots.iter().copied();
        let grouped = roots.filter(|&root| items.reads_each_once(root));
        let name = |root| (root, self.nodes.tables.free_name());
        let grouped = grouped.map(name);
        grouped.map(|(root, name)| Grouped { root, name }).collect()
    }

    /// Writes the value of the group of a row, and returns whether it has one: a row that none refers to has no group.
    pub(super) fn value_of_group(&mut self, items: &Tree, root: usize, all: &[Grouped]) -> bool {
        let Some(grouped) = all.iter().find(|grouped| grouped.root == root) else {
            return false;
        };
        let value = format!("{}.{VALUE}", grouped.name.alias());
        match items.aggregate_of(root) {
            Some((_, Function::CountRows | Function::Count | Function::CountDistinct, _)) => {
                self.push("coalesce(").push(&value).push(", 0)");
            }
            _ => {
                self.push(&value);
            }
        }
        true
    }

    /// Joins the tables of groups.
    pub(super) fn join_groups(&mut self, items: &Tree, all: &[Grouped]) -> Result<()> {
        for grouped in all {
            let (step, _, value) = items.aggregate_of(grouped.root).expect("it was one before");
            self.nodes.tables.open(&[step], items, &[value])?;
            self.push(" LEFT JOIN (SELECT ");
            let NodeWriter { sql, tables } = &mut self.nodes;
            tables.near_columns(sql, ", ", "");
            sql.push(", ");
            self.nodes.write(items, value)?;
            self.push(" AS ").push(VALUE).push(" FROM ");
            let NodeWriter { sql, tables } = &mut self.nodes;
            tables.from(sql);
            sql.push(" WHERE ");
            tables.near_columns(sql, " AND ", " IS NOT NULL");
            sql.push(" GROUP BY ");
            tables.near_columns(sql, ", ", "");
            tables.close_joined(sql, grouped.name);
        }
        Ok(())
    }
}

/// Whether no row of the table is left out, and none is locked: a row that waited for a lock is read anew, its groups are not.
fn is_of_all_rows(parts: &Parts<'_>) -> bool {
    parts.wanted == Wanted::Selected
        && parts.limit == Limit::All
        && !parts.offset
        && parts.condition.is_empty()
        && parts.source().is_none()
        && parts.extras.is_some_and(|extras| {
            !extras.is_folded()
                && extras.lock.is_none()
                && extras.joined().iter().all(|joined| !joined.is_inner)
        })
}

impl Tree {
    /// The aggregate that a node is, of all rows that refer to one: those rows, the function, and the node of that.
    pub(super) fn aggregate_of(&self, root: usize) -> Option<(Related, Function, usize)> {
        let Node::OfRows(steps, value, None) = &self.nodes[root] else {
            return None;
        };
        match (&steps[..], &self.nodes[*value]) {
            (
                &[step @ (Related::Referring(_) | Related::ReferringBy(..))],
                Node::Call(function, _),
            ) => Some((step, *function, *value)),
            _ => None,
        }
    }

    /// Whether a node is computed of each of the rows that refer to one, from their own columns: a least value is found by an
    /// index, and a value of the query has its place before those of joined tables.
    fn reads_each_once(&self, root: usize) -> bool {
        let Some((_, function, value)) = self.aggregate_of(root) else {
            return false;
        };
        let is_own = |at: usize| self.column(at).is_some_and(|path| path.is_own());
        let is_least_or_greatest = matches!(function, Function::Min | Function::Max);
        function.is_aggregate()
            && !is_least_or_greatest
            && self.nodes[value].children().into_iter().all(is_own)
    }
}

#[cfg(test)]
mod tests {
    use bindery_core::dialect::Dialect;

    use super::*;
    use crate::driver::{ReferenceSql, ReferencedSql, ReferredTable, TableSql};
    use crate::query::condition::Predicate;
    use crate::query::extras::Extras;
    use crate::query::related::RelatedModels;
    use crate::query::render::render;
    use crate::query::shape::op;

    static SHELVES: TableSql = TableSql {
        table: "shelves",
        columns: &["hall", "number"],
        key: &[0, 1],
        select: "SELECT hall, number FROM shelves",
        referenced: &[ReferencedSql {
            from: Some(&BOOKS),
            reference: 0,
        }],
        ..TableSql::NOTHING
    };

    static BOOKS: TableSql = TableSql {
        table: "books",
        columns: &["id", "hall", "shelf"],
        key: &[0],
        select: "SELECT id, hall, shelf FROM books",
        references: &[ReferenceSql {
            columns: &[1, 2],
            to: ReferredTable::At(&SHELVES),
            to_columns: &[],
        }],
        ..TableSql::NOTHING
    };

    /// The text of a query of an aggregate of the books of each shelf.
    fn aggregate_sql(
        dialect: Dialect,
        aggregate: &[u8],
        change: impl FnOnce(&mut Parts<'_>),
    ) -> String {
        const OF_BOOKS: [u8; 6] = [op::OF_ROWS, 1, 0, 0, 0, 0];
        let mut extras = Extras::new();
        extras.items = Predicate::new();
        extras.items.shape.extend(aggregate);
        extras.items.shape.fixed(OF_BOOKS);
        let mut parts = Parts {
            wanted: Wanted::Selected,
            table: &SHELVES,
            condition: &[],
            values: &[],
            order: &[],
            limit: Limit::All,
            offset: false,
            extras: Some(&extras),
        };
        change(&mut parts);
        render(dialect, &parts, &RelatedModels::NONE).unwrap()
    }

    const COUNT: [u8; 2] = [op::CALL, Function::CountRows as u8];
    /// Of the first column.
    const MIN: [u8; 6] = [op::COLUMN, 0, 0, 0, op::CALL, Function::Min as u8];

    #[test]
    fn counts_of_a_whole_table_are_joined_in_groups_where_the_database_does_not_do_so_itself() {
        let all = |_: &mut Parts<'_>| ();
        assert_eq!(
            aggregate_sql(Dialect::Postgres, &COUNT, all),
            "SELECT coalesce(t1.bindery_value, 0) AS \"bindery_selected_1\" FROM shelves AS t0 \
             LEFT JOIN (SELECT t2.hall, t2.shelf, count(*) AS bindery_value FROM books AS t2 \
             WHERE t2.hall IS NOT NULL AND t2.shelf IS NOT NULL GROUP BY t2.hall, t2.shelf) AS t1 \
             ON t1.hall = t0.hall AND t1.shelf = t0.number"
        );
        let subquery =
            "(SELECT count(*) FROM books AS t1 WHERE t1.hall = t0.hall AND t1.shelf = t0.number)";
        for dialect in [Dialect::Sqlite, Dialect::Mysql] {
            assert!(aggregate_sql(dialect, &COUNT, all).contains(subquery));
        }
        let of_some: [fn(&mut Parts<'_>); 3] = [
            |parts| parts.limit = Limit::Given,
            |parts| parts.offset = true,
            |parts| parts.condition = &[op::NEVER],
        ];
        for some in of_some {
            let text = aggregate_sql(Dialect::Postgres, &COUNT, some);
            assert!(text.contains(subquery), "{text}");
        }
        let least = aggregate_sql(Dialect::Postgres, &MIN, all);
        assert!(least.starts_with("SELECT (SELECT min(t1.id)"), "{least}");
    }
}
