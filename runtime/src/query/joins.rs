//! The tables of a query: the one that it is of, those that are joined to it, and those of its subqueries.

use bindery_core::sql_writer::SqlWriter;

use super::related::{Related, RelatedModels};
use super::shape::ColumnPath;
use super::tree::{Node, Tree};
use crate::driver::{ReferenceSql, TableSql};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ColumnSet;

/// The name of a table in a statement.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// By a number.
    Number(usize),
    /// By its own name: not every database has another for a table that is changed.
    Own(&'static str),
}

impl Name {
    fn alias(self) -> String {
        match self {
            Self::Number(number) => format!("t{number}"),
            Self::Own(table) => table.to_owned(),
        }
    }

    /// The first number whose name no table in the statement has: that of a changed one may be `t1`.
    fn first_free(self) -> usize {
        let Self::Own(table) = self else { return 1 };
        let name = table.trim_matches(['"', '`']);
        let number = name.strip_prefix(['t', 'T']).map(str::parse::<u32>);
        number.map_or(1, |number| number.map_or(1, |number| number as usize + 1))
    }
}

/// A table that a path leads to.
struct Join {
    hops: Vec<u8>,
    /// Its name, and that of the table that refers to it.
    name: Name,
    from: Name,
    from_table: &'static TableSql,
    reference: &'static ReferenceSql,
    /// Rows that refer to none are left out, or there are none.
    is_inner: bool,
}

/// Rows of a table that refer to those of another, or are referred to by them: of both, the columns that are equal and the
/// name.
struct Relation {
    to: Side,
    from: Side,
}

type Side = (&'static TableSql, &'static [usize], Name);

/// The tables of one SELECT.
struct Scope {
    table: &'static TableSql,
    name: Name,
    /// Of a subquery: how the row around it leads to its own rows, the nearest table first.
    relations: Vec<Relation>,
    /// Columns have the name of their table before them.
    is_qualified: bool,
    joins: Vec<Join>,
}

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

impl Scope {
    fn new(table: &'static TableSql, name: Name, is_qualified: bool) -> Self {
        Self {
            table,
            name,
            relations: Vec::new(),
            is_qualified,
            joins: Vec::new(),
        }
    }

    fn join(&self, hops: &[u8]) -> Option<&Join> {
        self.joins.iter().find(|join| join.hops == hops)
    }

    /// Whether it is changed, so that no other table can be joined to it.
    const fn is_changed(&self) -> bool {
        matches!(self.name, Name::Own(_))
    }

    /// The table that these references lead to, and its name.
    fn find(&self, hops: &[u8]) -> (&'static TableSql, Name) {
        match self.join(hops) {
            Some(join) => (join.reference.to(), join.name),
            None => {
                debug_assert!(hops.is_empty(), "a table of a query was not joined");
                (self.table, self.name)
            }
        }
    }
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

    fn scope(&self) -> &Scope {
        self.open.last().expect("the outermost is never closed")
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
        let name = Name::Number(self.names);
        let scope = self.scope_mut();
        scope.is_qualified = true;
        if let Some(join) = scope.joins.iter_mut().find(|join| join.hops == hops) {
            join.is_inner |= is_inner;
            return join.is_inner;
        }
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
        });
        self.names += 1;
        self.read.push(reference.to().table);
        is_inner
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

    /// Writes the columns of a row that these references lead to, as they are read.
    pub(super) fn row(&self, sql: &mut SqlWriter, hops: &[u8]) {
        let (table, name) = self.scope().find(hops);
        let prefix = prefix(name);
        let mut separator = "";
        for column in table.read_forms() {
            sql.push(separator).push(&prefix).push(column);
            separator = ", ";
        }
        if table.columns.is_empty() {
            sql.push("1");
        }
    }

    /// Writes whether there is a row that these references lead to.
    pub(super) fn presence(&self, sql: &mut SqlWriter, hops: &[u8]) {
        let referred = self.scope().join(hops).and_then(|join| {
            let column = join.reference.to_columns().first();
            column.map(|&column| (join.name, join.reference.to().columns[column]))
        });
        if let Some((name, column)) = referred {
            sql.push(&prefix(name)).push(column).push(" IS NOT NULL");
        }
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

    /// Writes the name of the table of the query, and the joins.
    pub(super) fn name_and_joins(&self, sql: &mut SqlWriter) {
        let scope = self.scope();
        sql.push(&scope.name.alias());
        for join in &scope.joins {
            let word = if join.is_inner {
                " JOIN "
            } else {
                " LEFT JOIN "
            };
            let to = join.reference.to();
            sql.push(word).push(to.table);
            push_alias(sql, join.name);
            sql.push(" ON ");
            let columns = (to, join.reference.to_columns(), join.name);
            let from = (join.from_table, join.reference.columns, join.from);
            equal(sql, columns, from);
        }
    }

    /// Opens a subquery for all rows of this table.
    pub(super) fn open_all(&mut self) {
        let all = Scope::new(self.scope().table, Name::Number(self.names), false);
        self.names += 1;
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
            let name = Name::Number(self.names);
            relations.push(Relation {
                to: (table, columns, name),
                from: (from, to_columns, from_name),
            });
            (from, from_name) = (table, name);
            self.names += 1;
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

/// Writes that columns of one table are equal to those of another; each is a table, its columns, and its name.
fn equal(
    sql: &mut SqlWriter,
    (left_table, left, left_name): (&TableSql, &[usize], Name),
    (right_table, right, right_name): (&TableSql, &[usize], Name),
) {
    let pairs = left.iter().zip(right);
    sql.list(pairs, " AND ", |sql, (&left, &right)| {
        sql.push(&prefix(left_name)).push(left_table.columns[left]);
        sql.push(" = ").push(&prefix(right_name));
        sql.push(right_table.columns[right]);
    });
}

fn prefix(name: Name) -> String {
    name.alias() + "."
}

fn push_alias(sql: &mut SqlWriter, name: Name) {
    sql.push(" AS ").push(&name.alias());
}

#[cold]
fn not_here() -> Error {
    Error::new(ErrorKind::Unsupported(
        "a condition on rows of a model that is not on this engine",
    ))
}

impl TableSql {
    /// The columns as they are read: by name, or as text. Generated code breaks the lines of long statements.
    pub(super) fn read_forms(&self) -> Vec<&'static str> {
        let is_between = |end: char| end == ',' || end.is_whitespace();
        let list = self.select.strip_prefix("SELECT").unwrap_or_default();
        let mut rest = list.trim_start();
        let mut forms = Vec::with_capacity(self.columns.len());
        for column in self.columns {
            let (_, after) = rest.split_at(column.len().min(rest.len()));
            let suffix = after.find(is_between).unwrap_or(after.len());
            let (form, next) = rest.split_at(rest.len() - after.len() + suffix);
            forms.push(form);
            rest = next.trim_start_matches(is_between);
        }
        forms
    }

    /// The table that these references lead to from this one.
    pub(crate) fn along(&'static self, hops: &[u8]) -> &'static Self {
        let follow = |table: &'static Self, &hop: &u8| table.references[usize::from(hop)].to();
        hops.iter().fold(self, follow)
    }
}

impl Tree {
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

    fn has_subquery(&self, root: usize) -> bool {
        self.any(root, true, |node| {
            matches!(node, Node::Any(..) | Node::OfRows(..) | Node::FirstRows(..))
        })
    }

    /// Whether something below a node needs more tables than the query's own.
    pub(super) fn needs_tables(&self, root: usize) -> bool {
        let mut columns = self.columns(root, false).into_iter();
        columns.any(|path| !path.is_own()) || self.has_subquery(root)
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
