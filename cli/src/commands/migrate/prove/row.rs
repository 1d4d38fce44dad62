//! The values of one row that may fit: by type, foreign keys and checks. The same number gives equal values in columns of one type, so that
//! a foreign key that a later migration adds finds its rows.

use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::column_type::TypeClass;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{ColumnShape, TableShape};
use bindery_schema::model::{Column, ColumnId, ForeignKey, Generated, Model, Table, TableName};
use bindery_schema::sql_writer::SqlWriter;

use super::values::{Values, is_spatial};

/// Combinations of values that are tried.
const COMBINATIONS: usize = 256;

/// A column of a row.
pub(super) struct Field<'m> {
    pub(super) column: &'m Column,
    shape: &'m ColumnShape,
    value: Value<'m>,
}

#[derive(Debug, Clone)]
enum Value<'m> {
    /// In the text form that the database reads.
    Text(String),
    Null,
    /// Of a row of another table.
    Of(Referred<'m>),
}

/// A column of a row of the table that a foreign key leads to.
#[derive(Debug, Clone)]
struct Referred<'m> {
    table: &'m TableName,
    column: &'m str,
    /// Columns of the key, which give the rows an order.
    key: Vec<&'m str>,
    /// The row in that order, from 0.
    row: u64,
}

/// A column with the values to try, the most usual first.
struct Choice<'m> {
    column: &'m Column,
    shape: &'m ColumnShape,
    values: Vec<Value<'m>>,
    /// A row without it is refused.
    is_required: bool,
}

/// Rows to try.
pub(super) struct Attempts<'m> {
    choices: Vec<Choice<'m>>,
    /// Rows of required columns alone come first.
    is_short: bool,
}

impl<'m> Attempts<'m> {
    /// The rows of a number, from 1. `parents` are the numbers of rows that the tables of the foreign keys have.
    pub(super) fn new(
        (model, table, shape): (&'m Model, &'m Table, &'m TableShape),
        parents: &[u64],
        number: u64,
    ) -> Result<Self, String> {
        let source = Source {
            model,
            table,
            number,
        };
        let mut referred = source.referred(parents)?;
        let own = source.own_keys();
        let values = Values::new(model, table, number);
        let mut choices = Vec::new();
        for (at, column) in table.columns.iter().enumerate() {
            let id = ColumnId(at as u32);
            let is_left = match &column.generated {
                Generated::No => false,
                Generated::Key { .. } => !own.contains(&id) && !referred.contains_key(&id),
                Generated::Computed { .. } => true,
            };
            let shape = shape.column(&column.name, table.source_dialect);
            let Some(shape) = shape.filter(|_| !is_left) else {
                continue;
            };
            let is_required = !column.nullable && column.default.is_none();
            let usual = || values.of(column).into_iter().map(Value::Text).collect();
            let mut values: Vec<Value<'m>> = match referred.remove(&id) {
                Some(value) => vec![value],
                None => usual(),
            };
            // Other columns are NULL in rows of required columns alone.
            if column.nullable && (values.len() > 1 || values.is_empty()) {
                values.push(Value::Null);
            }
            if values.is_empty() && is_required {
                return Err(format!(
                    "no value is known for the type `{}` of its column `{}`",
                    column.sql_type, column.name
                ));
            }
            if !values.is_empty() {
                choices.push(Choice {
                    column,
                    shape,
                    values,
                    is_required,
                });
            }
        }
        let is_short = number % 3 == 2;
        Ok(Self { choices, is_short })
    }

    /// The rows, one after the other: the fewer unusual values they have, the earlier.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<Field<'m>>> {
        let kinds = [self.is_short, !self.is_short];
        kinds.into_iter().flat_map(|is_short| {
            let chosen = self.choices.iter();
            let chosen = chosen.filter(move |choice| choice.is_required || !is_short);
            let chosen: Vec<&Choice<'m>> = chosen.collect();
            let most: Vec<usize> = chosen.iter().map(|one| one.values.len() - 1).collect();
            let combinations = combinations(&most).into_iter();
            combinations.map(move |values| {
                let fields = chosen.iter().zip(values);
                fields.map(|(choice, at)| choice.field(at)).collect()
            })
        })
    }
}

impl<'m> Choice<'m> {
    fn field(&self, value: usize) -> Field<'m> {
        Field {
            column: self.column,
            shape: self.shape,
            value: self.values[value].clone(),
        }
    }
}

/// Numbers up to `most` of each, those with the least sum first, no more than there are to be.
fn combinations(most: &[usize]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for sum in 0..=most.iter().sum() {
        with_sum(most, sum, &mut Vec::new(), &mut all);
    }
    all
}

fn with_sum(most: &[usize], sum: usize, begun: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
    if all.len() >= COMBINATIONS || sum > most.iter().sum() {
        return;
    }
    let Some((first, rest)) = most.split_first() else {
        return all.push(begun.clone());
    };
    for number in 0..=(*first).min(sum) {
        begun.push(number);
        with_sum(rest, sum - number, begun, all);
        begun.pop();
    }
}

/// The table of a row, and its number.
struct Source<'m> {
    model: &'m Model,
    table: &'m Table,
    number: u64,
}

impl<'m> Source<'m> {
    /// Keys with more columns first: those of one column are parts of them.
    fn keys(&self) -> Vec<(usize, &'m ForeignKey)> {
        let mut keys: Vec<_> = self.table.foreign_keys.iter().enumerate().collect();
        keys.sort_by_key(|(_, key)| std::cmp::Reverse(key.columns.len()));
        keys
    }

    fn is_own(&self, key: &ForeignKey) -> bool {
        std::ptr::eq(self.model.table(key.table), self.table)
    }

    fn is_nullable(&self, key: &ForeignKey) -> bool {
        let mut columns = key.columns.iter();
        columns.any(|id| self.table.column(*id).nullable)
    }

    /// The columns of foreign keys. A key to the table itself is NULL, or leads to its own row.
    fn referred(&self, parents: &[u64]) -> Result<BTreeMap<ColumnId, Value<'m>>, String> {
        let mut found = BTreeMap::new();
        for (at, key) in self.keys() {
            let parent = self.model.table(key.table);
            let is_null = match (self.is_own(key), self.is_nullable(key)) {
                (true, false) => continue,
                (true, true) => true,
                (false, is_nullable) if parents[at] == 0 => {
                    if !is_nullable {
                        return Err(format!("`{}`, to which it refers, has no row", parent.name));
                    }
                    true
                }
                (false, _) => false,
            };
            let names = key.referred.iter().map(|id| parent.column(*id));
            let names: Vec<&str> = names.map(|column| column.name.as_str()).collect();
            for (id, column) in key.columns.iter().zip(&names) {
                let value = if !is_null {
                    Value::Of(Referred {
                        table: &parent.name,
                        column,
                        key: names.clone(),
                        row: (self.number - 1) % parents[at],
                    })
                } else if self.table.column(*id).nullable {
                    Value::Null
                } else {
                    continue;
                };
                found.entry(*id).or_insert(value);
            }
        }
        Ok(found)
    }

    /// Generated columns that get a value all the same, as the row refers to itself by them.
    fn own_keys(&self) -> BTreeSet<ColumnId> {
        let keys = self.table.foreign_keys.iter();
        let own = keys.filter(|key| self.is_own(key) && !self.is_nullable(key));
        own.flat_map(|key| key.referred.iter().copied()).collect()
    }
}

impl Field<'_> {
    /// Writes the value; that of a placeholder goes to `values`.
    pub(super) fn write(&self, sql: &mut SqlWriter, values: &mut Vec<String>) {
        match &self.value {
            Value::Null => {
                sql.push("NULL");
            }
            Value::Text(text) => {
                let (before, after) = self.around_text(sql.dialect());
                sql.push(before);
                if is_in_the_statement(sql.dialect()) {
                    sql.text_literal(text);
                } else {
                    sql.placeholder();
                    values.push(text.clone());
                }
                sql.push(&after);
            }
            Value::Of(of) => {
                sql.push("(SELECT ").identifier(of.column).push(" FROM ");
                sql.table(of.table).push(" ORDER BY ");
                sql.identifiers(of.key.iter().copied());
                sql.push(&format!(" LIMIT 1 OFFSET {})", of.row));
            }
        }
    }

    /// The database reads the text as the type of the column.
    fn around_text(&self, dialect: Dialect) -> (&'static str, String) {
        match dialect {
            Dialect::Postgres if self.column.column_type.is_integer() => {
                ("CAST(", "::text AS bigint)".to_owned())
            }
            Dialect::Postgres => ("CAST(", format!("::text AS {})", self.shape.type_sql)),
            Dialect::Mysql if is_spatial(&self.column.sql_type) => {
                ("ST_GeomFromText(", ")".to_owned())
            }
            Dialect::Mysql if self.is_bits() => ("CAST(", " AS UNSIGNED)".to_owned()),
            Dialect::Sqlite if self.is_bytes() => ("CAST(", " AS BLOB)".to_owned()),
            Dialect::Sqlite | Dialect::Mysql => ("", String::new()),
        }
    }

    fn is_bits(&self) -> bool {
        self.column.column_type.class() == TypeClass::Bit
    }

    fn is_bytes(&self) -> bool {
        self.column.column_type.class() == TypeClass::Bytes
    }
}

/// Whether values are written into the INSERT. MariaDB (10.11.14) crashes in `Item_func_nextval::val_int` where a prepared one leaves a
/// column with `DEFAULT nextval(s)` out, the table has a trigger, and the execution opens it anew, as another session has it open.
fn is_in_the_statement(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Mysql => true,
        Dialect::Sqlite | Dialect::Postgres => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{COMBINATIONS, combinations};

    #[test]
    fn combinations_begin_with_the_usual_values_and_end() {
        assert_eq!(combinations(&[]), [Vec::<usize>::new()]);
        let all = combinations(&[2, 1]);
        let expected = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]];
        assert_eq!(all, expected.map(Vec::from));
        assert_eq!(combinations(&[9; 40]).len(), COMBINATIONS);
    }
}
