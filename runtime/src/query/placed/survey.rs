//! Statements by the shapes that their texts are written from: their tables, and what is found of them.

use std::sync::Arc;

use bindery_core::cluster::Cluster;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

use super::super::condition::Predicate;
use super::super::extras::FirstOfEach;
use super::super::joins::Tables;
use super::super::related::RelatedModels;
use super::super::render::{Parts, Render, Wanted};
use super::super::tree::Tree;
use super::flow::{Flow, Reach, Use};
use super::walk::Walk;
use crate::driver::TableSql;
use crate::driver::shard_scope::ShardScope;
use crate::error::Result;

/// The dialect of the clusters that have tables on several servers.
const DIALECT: Dialect = Cluster::Citus.dialect();

/// A query within a statement that is found by columns of a row around it.
pub(super) struct Correlated {
    /// The tables that it reads.
    pub(super) own: Vec<Use>,
    /// Those of the rows around it.
    pub(super) around: Vec<Use>,
    /// It gives a value to a row that is changed.
    pub(super) is_of_changed: bool,
}

/// All that is found of a statement.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) flow: Flow,
    pub(super) correlated: Vec<Correlated>,
    /// The table whose shard column is set.
    pub(super) key_set: Option<Use>,
    /// The only shard that it may be of, where the connection is for one.
    pub(super) scope: Option<Arc<ShardScope>>,
    /// The table whose shard column is compared with another value than that.
    pub(super) other: Option<Use>,
    /// A part of it is SQL of the program's own.
    pub(super) has_sql: bool,
}

impl Survey {
    /// Reads a shape, with its values where they matter.
    pub(super) fn read(&self, shape: &[u8], values: &[u8]) -> Tree {
        match &self.scope {
            None => Tree::read(shape),
            Some(_) => Tree::read_with(shape, values),
        }
    }

    /// The same of a predicate.
    pub(super) fn tree(&self, of: &Predicate) -> Tree {
        self.read(of.shape.bytes(), of.values.bytes())
    }

    /// A SELECT.
    pub(super) fn select(&mut self, parts: &Parts<'_>, related: &RelatedModels<'_>) -> Result<()> {
        let base = match parts.source() {
            Some(of) => Some(self.ranked(of, parts.table, related)?),
            None => None,
        };
        let mut render = Render::of(SqlWriter::new(DIALECT), parts.table, related);
        render.join_all(parts)?;
        let extras = parts
            .extras
            .filter(|extras| extras.is_selected(parts.wanted));
        let items = extras.map_or_else(Tree::default, |extras| self.tree(&extras.items));
        let in_groups = render.grouped(parts, &items);
        let mut walk = Walk::new(self, render.nodes.tables);
        walk.open(base);
        walk.conditions_of_joins(parts.extras)?;
        for &root in &items.roots {
            let mut grouped = in_groups.iter();
            match grouped.any(|grouped| grouped.root == root) {
                true => walk.group(&items, root)?,
                false => walk.tree(&items, root, false)?,
            }
        }
        walk.rows(parts, extras)
    }

    /// The rows of a query of which the first of each group are taken. A condition of the rows that are left reaches it where the groups
    /// are by the shard column.
    fn ranked(
        &mut self,
        of: &FirstOfEach,
        table: &'static TableSql,
        related: &RelatedModels<'_>,
    ) -> Result<Use> {
        let parts = of.query.parts(Wanted::Rows, table);
        let groups = self.tree(&of.groups.keys);
        let mut render = Render::of(SqlWriter::new(DIALECT), table, related);
        render.join_all(&parts)?;
        render.join_shape(of.groups.keys.shape.bytes())?;
        let mut walk = Walk::new(self, render.nodes.tables);
        let within = walk.open(None);
        walk.trees(&groups, false)?;
        walk.rows(&parts, None)?;
        let key = self.flow.key(within).filter(|key| {
            let mut columns = groups.roots.iter().filter_map(|&root| groups.column(root));
            columns.any(|path| path.is_own() && path.index() == *key)
        });
        let made = self.flow.add_made(table, key);
        let key = key.as_slice();
        self.flow.equal((made, key), (within, key), Reach::Onward);
        Ok(made)
    }

    /// An update or delete of the rows that meet a condition.
    pub(super) fn change(
        &mut self,
        table: &'static TableSql,
        (set, condition): (&Predicate, &Predicate),
        related: &RelatedModels<'_>,
    ) -> Result<()> {
        let target = self.flow.add(table);
        self.assignments(target, &self.tree(set), related)?;
        let mut render = Render::of(SqlWriter::new(DIALECT), table, related);
        render.join_shape(condition.shape.bytes())?;
        let by_key = render.nodes.tables.is_qualified();
        let mut walk = Walk::new(self, render.nodes.tables);
        let found = walk.open((!by_key).then_some(target));
        walk.condition(condition.shape.bytes(), condition.values.bytes())?;
        // `WHERE key IN (SELECT key …)`
        self.flow
            .equal((target, table.key), (found, table.key), Reach::Both);
        Ok(())
    }

    fn assignments(&mut self, target: Use, set: &Tree, related: &RelatedModels<'_>) -> Result<()> {
        let table = self.flow.table(target);
        let key = self.flow.key(target);
        let mut walk = Walk::new(self, Tables::of_changed(table, related));
        walk.open(Some(target));
        for (column, value) in set.assignments() {
            let is_same = set.column(value).is_some_and(|path| path.is_same(column));
            if key == Some(column.index()) && !is_same {
                walk.survey.key_set = Some(target);
            }
            walk.tables.join_all(set, value)?;
            walk.tree(set, value, false)?;
        }
        Ok(())
    }

    /// How what is known of a row reaches what is found by its columns and that PostgreSQL does not hand it on to: the rows are of its shard all
    /// the same.
    pub(super) const fn reach_apart(&self) -> Reach {
        match self.scope {
            None => Reach::Neither,
            Some(_) => Reach::Onward,
        }
    }
}
