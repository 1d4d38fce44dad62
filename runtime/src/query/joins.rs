//! The tables of a query: the one that it is of, those that are joined to it, and those of its subqueries.

use bindery_core::sql_writer::SqlWriter;

use super::extras::JoinedPath;
use super::related::{Related, RelatedModels};
use super::scope::{Join, Name, Relation, Scope, equal, prefix, push_alias, read_row};
use super::shape::ColumnPath;
use super::tree::Tree;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ColumnSet;

/// The SELECTs that are open, the outermost first.
pub(super) struct Tables<'a> {
    open: Vec<Scope>,
    names: usize,
    related: &'a RelatedModels<'a>,
    /// The names of the tables that were read beside the query's own.
    read: Vec<&'static str>,
    /// The columns of the query's own table by which subqueries find their rows.
    found_by: Vec<usize>,
    /// The columns that a row of an INSERT gives, where the query is of what is done if one with its key is there.
    inserted: Option<ColumnSet>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(table: &'static TableSql, related: &'a RelatedModels<'a>) -> Self {
        Self::with(Scope::new(table, Name::Number(0), false), related)
    }

    /// The tables that values of a changed one are computed from: what rows of it refer to is found by subqueries.
    pub(super) fn of_changed(table: &'static TableSql, related: &'a RelatedModels<'a>) -> Self {
        Self::with(Scope::new(table, Name::Own(table.table), true), related)
    }

    fn with(scope: Scope, related: &'a RelatedModels<'a>) -> Self {
        Self {
            names: scope.name.first_free(),
            open: vec![scope],
            related,
            read: Vec::new(),
            found_by: Vec::new(),
            inserted: None,
        }
    }

    /// The same where a row is changed in place of one with these columns that is not inserted.
    pub(super) fn of_conflict(
        table: &'static TableSql,
        related: &'a RelatedModels<'a>,
        inserted: ColumnSet,
    ) -> Self {
        Self {
            inserted: Some(inserted),
            ..Self::of_changed(table, related)
        }
    }

    /// The column of the row that is not inserted.
    ///
    /// # Errors
    /// There is no such row, or it does not give the column.
    pub(super) fn excluded(&self, column: usize) -> Result<&'static str> {
        let why = match &self.inserted {
            Some(given) if given.contains(column) => {
                return Ok(self.scope().table.columns[column]);
            }
            Some(_) => "`excluded` of a column that the new row leaves to the database",
            None => "`excluded` outside of what `insert_or_update` sets",
        };
        Err(Error::new(ErrorKind::Unsupported(why)))
    }

    /// Whether this table was read by a join or a subquery.
    pub(super) fn have_read(&self, table: &TableSql) -> bool {
        self.read.contains(&table.table)
    }

    /// The columns of the query's own table by which subqueries have found their rows since the last call.
    pub(super) fn take_found_by(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.found_by)
    }

    /// The SELECT that is open, or the row within it.
    pub(super) fn scope(&self) -> &Scope {
        self.open.last().expect("the outermost is never closed")
    }

    /// The SELECT around all others, or the row that is changed.
    #[cfg(feature = "postgres")]
    pub(super) fn outermost(&self) -> &Scope {
        self.open.first().expect("it is never closed")
    }

    fn scope_mut(&mut self) -> &mut Scope {
        self.open.last_mut().expect("the outermost is never closed")
    }

    /// Whether columns have the name of their table before them.
    pub(super) fn is_qualified(&self) -> bool {
        self.scope().is_qualified
    }

    pub(super) fn qualify(&mut self, is_qualified: bool) {
        self.scope_mut().is_qualified = is_qualified;
    }

    /// Joins the tables that a tree's columns are of.
    ///
    /// # Errors
    /// A path is too long.
    pub(super) fn join_all(&mut self, tree: &Tree, root: usize) -> Result<()> {
        for path in tree.columns(root, false) {
            self.join_path(path, false)?;
        }
        if tree.has_subquery(root) {
            self.qualify(true);
        }
        Ok(())
    }

    /// Joins the tables along a path. Where `is_needed`, rows for which one of them is missing are left out.
    ///
    /// # Errors
    /// It is too long.
    pub(super) fn join_path(&mut self, path: ColumnPath, is_needed: bool) -> Result<()> {
        if path.is_too_long() {
            let why = "a path of more than six references";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        if self.scope().is_changed() {
            self.find_referred(path.hops());
            return Ok(());
        }
        let mut is_inner = true;
        for hop in 0..path.hops().len() {
            is_inner = is_needed || (is_inner && !path.may_be_null(hop));
            is_inner = self.join_hop(&path.hops()[..=hop], is_inner);
        }
        Ok(())
    }

    /// Takes down what a subquery reads for the column at the end of a path from the changed table.
    fn find_referred(&mut self, hops: &[u8]) {
        let mut table = self.scope().table;
        for (at, &hop) in hops.iter().enumerate() {
            let reference = &table.references[usize::from(hop)];
            if at == 0 {
                self.found_by.extend(reference.columns);
            }
            table = reference.to();
            self.read.push(table.table);
        }
    }

    /// Joins the table that the last of these references leads to, and returns whether the join is an inner one.
    fn join_hop(&mut self, hops: &[u8], is_inner: bool) -> bool {
        let scope = self.scope_mut();
        scope.is_qualified = true;
        if let Some(join) = scope.joins.iter_mut().find(|join| join.is_at(hops)) {
            join.is_inner |= is_inner;
            return join.is_inner;
        }
        self.add_join(hops, (is_inner, None));
        is_inner
    }

    /// Joins the row at the end of a path where it meets the condition of this number.
    ///
    /// # Errors
    /// The path is too long.
    pub(super) fn join_if(&mut self, path: ColumnPath, condition: usize) -> Result<()> {
        self.join_path(path.parent(), false)?;
        self.scope_mut().is_qualified = true;
        self.add_join(path.hops(), (false, Some(condition)));
        Ok(())
    }

    fn add_join(&mut self, hops: &[u8], (is_inner, condition): (bool, Option<usize>)) {
        let name = self.free_name();
        let scope = self.scope_mut();
        let (&last, before) = hops
            .split_last()
            .expect("a path that is not the table's own");
        let (from_table, from) = scope.find(before);
        let reference = &from_table.references[usize::from(last)];
        scope.joins.push(Join {
            hops: hops.to_vec(),
            name,
            from,
            from_table,
            reference,
            is_inner,
            condition,
        });
        self.read.push(reference.to().table);
    }

    /// From here on everything is written of the row that a path leads to, until [`leave`](Self::leave).
    pub(super) fn enter(&mut self, path: ColumnPath) {
        let scope = self.scope();
        let join = scope.join(path.hops()).expect("it was joined before");
        self.open.push(scope.at(join));
    }

    pub(super) fn leave(&mut self) {
        self.open.pop();
    }

    /// The key of the rows of the open SELECT.
    pub(super) fn key(&self) -> &'static [usize] {
        self.scope().table.key
    }

    /// Writes a column.
    pub(super) fn column(&self, sql: &mut SqlWriter, path: ColumnPath) {
        let scope = self.scope();
        if scope.is_changed() && !path.is_own() {
            return self.referred(sql, path);
        }
        let (table, name) = scope.find(path.hops());
        if scope.is_qualified {
            sql.push(&prefix(name));
        }
        sql.push(table.columns[path.index()]);
    }

    /// Writes the column at the end of a path from the changed table, as a subquery.
    fn referred(&self, sql: &mut SqlWriter, path: ColumnPath) {
        let changed = self.scope();
        let name = |hop: usize| Name::Number(self.names + hop);
        let table = |hops: usize| changed.table.along(&path.hops()[..hops]);
        let reference = |hop: usize| &table(hop).references[usize::from(path.hops()[hop])];
        let end = path.hops().len();
        sql.push("(SELECT ").push(&prefix(name(end - 1)));
        sql.push(table(end).columns[path.index()]);
        sql.push(" FROM ").push(table(1).table);
        push_alias(sql, name(0));
        for hop in 1..end {
            sql.push(" JOIN ").push(table(hop + 1).table);
            push_alias(sql, name(hop));
            sql.push(" ON ");
            let to = (table(hop + 1), reference(hop).to_columns(), name(hop));
            equal(sql, to, (table(hop), reference(hop).columns, name(hop - 1)));
        }
        sql.push(" WHERE ");
        let to = (table(1), reference(0).to_columns(), name(0));
        equal(sql, to, (changed.table, reference(0).columns, changed.name));
        sql.push(")");
    }

    /// Writes the columns of the query's own row, as they are read.
    pub(super) fn own_row(&self, sql: &mut SqlWriter) {
        let Scope { table, name, .. } = self.scope();
        read_row(sql, table, *name);
    }

    /// Writes the columns of a row that comes with it, after whether there is one where there may be none.
    pub(super) fn joined_row(&self, sql: &mut SqlWriter, joined: &JoinedPath) {
        let is_it =
            |join: &&Join| join.hops == joined.path.hops() && join.condition == joined.condition;
        let join = self.scope().joins.iter().find(is_it);
        let join = join.expect("it was joined before");
        let table = join.reference.to();
        if let (false, Some(&column)) = (joined.is_inner, join.reference.to_columns().first()) {
            sql.push(&prefix(join.name)).push(table.columns[column]);
            sql.push(" IS NOT NULL, ");
        }
        read_row(sql, table, join.name);
    }

    /// Writes the table of the query, and the joins.
    pub(super) fn from(&self, sql: &mut SqlWriter) {
        let scope = self.scope();
        sql.push(scope.table.table);
        if !scope.is_qualified {
            return;
        }
        sql.push(" AS ");
        self.name_and_joins(sql);
    }

    /// Writes the name of the table of the query, and the joins without conditions.
    pub(super) fn name_and_joins(&self, sql: &mut SqlWriter) {
        let scope = self.scope();
        sql.push(&scope.name.alias());
        let plain = scope.joins.iter().filter(|join| join.condition.is_none());
        plain.for_each(|join| join.write(sql));
    }

    /// Writes the join with the condition of this number, up to the condition, which is of its row. Then [`leave`](Self::leave) it.
    pub(super) fn enter_join_if(&mut self, sql: &mut SqlWriter, condition: usize) {
        self.join_of(condition).write(sql);
        self.enter_if(condition);
    }

    /// Enters the row of the join with the condition of this number.
    pub(super) fn enter_if(&mut self, condition: usize) {
        let row = self.scope().at(self.join_of(condition));
        self.open.push(row);
    }

    fn join_of(&self, condition: usize) -> &Join {
        let mut joins = self.scope().joins.iter();
        let join = joins.find(|join| join.condition == Some(condition));
        join.expect("it was joined before")
    }

    /// Opens a subquery for all rows of this table.
    pub(super) fn open_all(&mut self) {
        let name = self.free_name();
        let all = Scope::new(self.scope().table, name, false);
        self.open.push(all);
    }

    /// Closes such a subquery.
    pub(super) fn close_all(&mut self) {
        self.open.pop();
    }

    /// Opens a subquery for the rows that these steps lead to from one of this table, with the tables that its parts need.
    ///
    /// # Errors
    /// They are on no engine of this dialect; a path of a column is too long.
    pub(super) fn open(&mut self, steps: &[Related], tree: &Tree, parts: &[usize]) -> Result<()> {
        let outer = self.scope();
        let (mut from, mut from_name) = (outer.table, outer.name);
        let mut relations = Vec::with_capacity(steps.len());
        for &step in steps {
            let (table, columns, to_columns) = self.related(from, step)?;
            if self.open.len() == 1 && relations.is_empty() {
                self.found_by.extend(to_columns);
            }
            let name = self.free_name();
            relations.push(Relation {
                to: (table, columns, name),
                from: (from, to_columns, from_name),
            });
            (from, from_name) = (table, name);
            self.read.push(table.table);
        }
        self.open.push(Scope {
            relations,
            ..Scope::new(from, from_name, true)
        });
        let mut parts = parts.iter();
        parts.try_for_each(|&root| self.join_all(tree, root))
    }

    /// Writes the tables of a subquery, and which of their rows are related to the row around it.
    pub(super) fn related_rows(&self, sql: &mut SqlWriter) {
        sql.push(" FROM ");
        self.from(sql);
        let Some((near, further)) = self.scope().relations.split_first() else {
            return;
        };
        for Relation { to, from } in further.iter().rev() {
            sql.push(" JOIN ").push(from.0.table);
            push_alias(sql, from.2);
            sql.push(" ON ");
            equal(sql, *to, *from);
        }
        if !near.to.1.is_empty() {
            sql.push(" WHERE ");
            equal(sql, near.to, near.from);
        }
    }

    /// A name that no table of the statement has.
    pub(super) const fn free_name(&mut self) -> Name {
        self.names += 1;
        Name::Number(self.names - 1)
    }

    /// Writes the columns by which the rows of a subquery refer to the row around it, with a word after each.
    pub(super) fn near_columns(&self, sql: &mut SqlWriter, separator: &str, word: &str) {
        let (table, columns, name) = self.scope().relations[0].to;
        sql.list(columns, separator, |sql, &column| {
            sql.push(&prefix(name)).push(table.columns[column]);
            sql.push(word);
        });
    }

    /// Closes a subquery that is joined under a name, by the same columns.
    pub(super) fn close_joined(&mut self, sql: &mut SqlWriter, name: Name) {
        let Relation { to, from } = &self.scope().relations[0];
        sql.push(")");
        push_alias(sql, name);
        sql.push(" ON ");
        equal(sql, (to.0, to.1, name), *from);
        self.open.pop();
    }

    /// The table of related rows, its columns, and those of the row that they are equal to.
    #[track_caller]
    fn related(
        &self,
        outer: &'static TableSql,
        related: Related,
    ) -> Result<(&'static TableSql, &'static [usize], &'static [usize])> {
        let (table, number) = match related {
            Related::Referring(number) => {
                let referenced = &outer.referenced[usize::from(number)];
                (referenced.from.ok_or_else(not_here)?, referenced.reference)
            }
            Related::ReferringBy(number, address) => {
                (self.related.table(address)?, usize::from(number))
            }
            Related::All(address) => return Ok((self.related.table(address)?, &[], &[])),
            Related::Referred(number) => {
                let reference = &outer.references[usize::from(number)];
                return Ok((reference.to(), reference.to_columns(), reference.columns));
            }
        };
        let reference = &table.references[number];
        Ok((table, reference.columns, reference.to_columns()))
    }

    /// Closes a subquery.
    pub(super) fn close(&mut self, sql: &mut SqlWriter) {
        self.open.pop();
        sql.push(")");
    }
}

#[cold]
fn not_here() -> Error {
    Error::new(ErrorKind::Unsupported(
        "a condition on rows of a model that is not on this engine",
    ))
}
