//! Collations of MySQL and MariaDB as they take effect, whether they stand at the column or come with its table.

use std::collections::BTreeMap;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Change, ColumnShape, Structure, TableShape};
use bindery_schema::model::TableName;

use super::spelling::{MysqlType, option};

/// The collations of a database beside those that its server makes of the schema.
#[derive(Default)]
pub(super) struct Collations {
    /// By table and column.
    is_same: BTreeMap<(TableName, String), bool>,
    /// Tables whose usual collation is another one.
    pub(super) tables: Vec<Change>,
}

impl Collations {
    /// Compares them; the tables of the schema are known as its server writes them.
    pub(super) fn new(respelled: &Structure, found: &Structure, expected: &Structure) -> Self {
        let mut this = Self::default();
        if found.dialect != Dialect::Mysql {
            return this;
        }
        for written in &respelled.tables {
            let sides = found
                .table(&written.name)
                .zip(expected.table(&written.name));
            if let Some((found, expected)) = sides {
                this.table(found, expected, written);
            }
        }
        this
    }

    /// A collation that the schema does not say is whichever the table has.
    fn table(&mut self, found: &TableShape, expected: &TableShape, written: &TableShape) {
        let says_set = ["charset", "collate"]
            .iter()
            .any(|name| option(&expected.options, name).is_some());
        if says_set && of_table(found) != of_table(written) {
            self.tables.push(Change::ChangeOptions {
                table: expected.name.clone(),
                from: found.options.clone(),
                to: written.options.clone(),
            });
        }
        for column in &expected.columns {
            let known = |table: &TableShape| table.column(&column.name, Dialect::Mysql).cloned();
            let Some((found_column, written_column)) = known(found).zip(known(written)) else {
                continue;
            };
            let is_said = says_set || says_collation(column);
            let usual = of_table(if is_said { written } else { found });
            let wanted = of_column(&written_column).or(usual);
            let is_same = wanted == of_column(&found_column).or_else(|| of_table(found));
            let key = (expected.name.clone(), column.name.clone());
            self.is_same.insert(key, is_same);
        }
    }

    /// Whether a column has the collation of the schema; `None` where it is not known.
    pub(super) fn is_same(&self, table: &TableName, column: &ColumnShape) -> Option<bool> {
        let key = (table.clone(), column.name.clone());
        self.is_same.get(&key).copied()
    }
}

fn says_collation(column: &ColumnShape) -> bool {
    let declared = MysqlType::of(&column.type_sql);
    column.collation.is_some() || declared.set.is_some() || declared.is_binary
}

/// A character set alone stands for the first of its collations.
fn of_table(table: &TableShape) -> Option<String> {
    option(&table.options, "collate").or_else(|| option(&table.options, "charset"))
}

fn of_column(column: &ColumnShape) -> Option<String> {
    let collation = column.collation.as_ref().map(|name| name.to_lowercase());
    collation.or_else(|| MysqlType::of(&column.type_sql).set)
}
