//! The tables of one SELECT, and how they are joined.

use bindery_core::sql_writer::SqlWriter;

use crate::driver::{ReferenceSql, TableSql};

/// The name of a table in a statement.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    /// By a number.
    Number(usize),
    /// By its own name: not every database has another for a table that is changed.
    Own(&'static str),
}

impl Name {
    pub(super) fn alias(self) -> String {
        match self {
            Self::Number(number) => format!("t{number}"),
            Self::Own(table) => table.to_owned(),
        }
    }

    /// The first number whose name no table in the statement has: that of a changed one may be `t1`.
    pub(super) fn first_free(self) -> usize {
        let Self::Own(table) = self else { return 1 };
        let name = table.trim_matches(['"', '`']);
        let number = name.strip_prefix(['t', 'T']).map(str::parse::<u32>);
        number.map_or(1, |number| number.map_or(1, |number| number as usize + 1))
    }
}

/// A table that a path leads to.
pub(super) struct Join {
    pub(super) hops: Vec<u8>,
    /// Its name, and that of the table that refers to it.
    pub(super) name: Name,
    pub(super) from: Name,
    pub(super) from_table: &'static TableSql,
    pub(super) reference: &'static ReferenceSql,
    /// Rows that refer to none are left out, or there are none.
    pub(super) is_inner: bool,
    /// The number of the condition that its rows have to meet, too. No column is of such a join but those of its row.
    pub(super) condition: Option<usize>,
}

/// Rows of a table that refer to those of another, or are referred to by them: of both, the columns that are equal and the
/// name.
pub(super) struct Relation {
    pub(super) to: Side,
    pub(super) from: Side,
}

pub(super) type Side = (&'static TableSql, &'static [usize], Name);

/// The tables of one SELECT.
pub(super) struct Scope {
    pub(super) table: &'static TableSql,
    pub(super) name: Name,
    /// Of a subquery: how the row around it leads to its own rows, the nearest table first.
    pub(super) relations: Vec<Relation>,
    /// Columns have the name of their table before them.
    pub(super) is_qualified: bool,
    pub(super) joins: Vec<Join>,
}

impl Join {
    /// Whether these references lead to it.
    pub(super) fn is_at(&self, hops: &[u8]) -> bool {
        self.condition.is_none() && self.hops == hops
    }

    pub(super) fn write(&self, sql: &mut SqlWriter) {
        let to = self.reference.to();
        sql.push(if self.is_inner {
            " JOIN "
        } else {
            " LEFT JOIN "
        });
        sql.push(to.table);
        push_alias(sql, self.name);
        sql.push(" ON ");
        let columns = (to, self.reference.to_columns(), self.name);
        let from = (self.from_table, self.reference.columns, self.from);
        equal(sql, columns, from);
    }
}

impl Scope {
    pub(super) fn new(table: &'static TableSql, name: Name, is_qualified: bool) -> Self {
        Self {
            table,
            name,
            relations: Vec::new(),
            is_qualified,
            joins: Vec::new(),
        }
    }

    pub(super) fn join(&self, hops: &[u8]) -> Option<&Join> {
        self.joins.iter().find(|join| join.is_at(hops))
    }

    /// The table of a join, as if the query were of that: expressions of its row are written there.
    pub(super) fn at(&self, join: &Join) -> Self {
        let further = |other: &Join| {
            let hops = other.hops.strip_prefix(join.hops.as_slice())?.to_vec();
            let is_further = !hops.is_empty() && other.condition.is_none();
            is_further.then_some(Join { hops, ..*other })
        };
        Self {
            joins: self.joins.iter().filter_map(further).collect(),
            ..Self::new(join.reference.to(), join.name, true)
        }
    }

    /// Whether it is changed, so that no other table can be joined to it.
    pub(super) const fn is_changed(&self) -> bool {
        matches!(self.name, Name::Own(_))
    }

    /// The table that these references lead to, and its name.
    pub(super) fn find(&self, hops: &[u8]) -> (&'static TableSql, Name) {
        match self.join(hops) {
            Some(join) => (join.reference.to(), join.name),
            None => {
                debug_assert!(hops.is_empty(), "a table of a query was not joined");
                (self.table, self.name)
            }
        }
    }
}

/// Writes the columns of a row, as they are read.
pub(super) fn read_row(sql: &mut SqlWriter, table: &TableSql, name: Name) {
    let prefix = prefix(name);
    sql.list(table.read_forms(), ", ", |sql, column| {
        sql.push(&prefix).push(column);
    });
    if table.columns.is_empty() {
        sql.push("1");
    }
}

/// Writes that columns of one table are equal to those of another; each is a table, its columns, and its name.
pub(super) fn equal(
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

pub(super) fn prefix(name: Name) -> String {
    name.alias() + "."
}

pub(super) fn push_alias(sql: &mut SqlWriter, name: Name) {
    sql.push(" AS ").push(&name.alias());
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
