//! Rows for tables whose foreign keys go in a circle without NULL: no row can be the first there, so one of each is put in
//! with the checks of foreign keys switched off, as loading a dump does.

use std::collections::{BTreeMap, BTreeSet};

use bindery::Dialect;
use bindery_schema::model::{ColumnId, ForeignKey, Model, Table, TableId};
use bindery_schema::plan::statements::is_writable;

use crate::extremes::ColumnContext;
use crate::hints;
use crate::value::Value;

/// The statements that put one row into each table of a circle and into the tables that these need; `None` where no
/// foreign keys go in a circle.
pub(crate) fn script(model: &Model, dialect: Dialect) -> Option<String> {
    let tables = needed(model);
    if tables.is_empty() {
        return None;
    }
    let seeds = Seeds { model, dialect };
    let statements: Vec<String> = tables.iter().map(|id| seeds.insert(*id)).collect();
    let statements = statements.concat();
    Some(match dialect {
        Dialect::Sqlite => format!("PRAGMA foreign_keys = OFF;\nBEGIN;\n{statements}COMMIT;\n"),
        Dialect::Postgres => format!("SET session_replication_role = replica;\n{statements}"),
        Dialect::Mysql => format!("SET foreign_key_checks = 0;\n{statements}"),
    })
}

/// The tables on circles, and those that they refer to.
fn needed(model: &Model) -> BTreeSet<TableId> {
    let reached: BTreeMap<TableId, BTreeSet<TableId>> = model
        .table_ids()
        .map(|id| (id, reached_from(model, id)))
        .collect();
    let on_circle = |id: &TableId| reached[id].contains(id);
    let circles: Vec<TableId> = model.table_ids().filter(on_circle).collect();
    let mut needed = BTreeSet::new();
    for id in circles {
        needed.insert(id);
        needed.extend(&reached[&id]);
    }
    needed
}

/// The tables that a row needs rows of, over any number of foreign keys.
fn reached_from(model: &Model, id: TableId) -> BTreeSet<TableId> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(next) = open.pop() {
        let table = model.table(next);
        let needed = table
            .foreign_keys
            .iter()
            .filter(|key| is_needed(table, key));
        for key in needed {
            if key.table != next && reached.insert(key.table) {
                open.push(key.table);
            }
        }
    }
    reached
}

fn is_needed(table: &Table, key: &ForeignKey) -> bool {
    key.columns
        .iter()
        .all(|column| !may_be_null(table, *column))
}

fn may_be_null(table: &Table, column: ColumnId) -> bool {
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&column));
    table.column(column).nullable && !in_key
}

struct Seeds<'m> {
    model: &'m Model,
    dialect: Dialect,
}

impl Seeds<'_> {
    fn insert(&self, id: TableId) -> String {
        let table = self.model.table(id);
        let ids = (0..table.columns.len() as u32).map(ColumnId);
        let given: Vec<ColumnId> = ids.filter(|id| is_writable(table.column(*id))).collect();
        let names: Vec<String> = given
            .iter()
            .map(|id| self.quoted(&table.column(*id).name))
            .collect();
        let values: Vec<String> = given
            .iter()
            .map(|column| self.literal(&self.value(id, *column, 0)))
            .collect();
        let table = self.quoted(&table.name.name);
        format!(
            "INSERT INTO {table} ({}) VALUES ({});\n",
            names.join(", "),
            values.join(", ")
        )
    }

    /// The value of a column in the only row of its table: of what it refers to, where it must refer.
    fn value(&self, id: TableId, column: ColumnId, depth: usize) -> Value {
        let table = self.model.table(id);
        if may_be_null(table, column) {
            return Value::Null;
        }
        let refers = table
            .foreign_keys
            .iter()
            .filter(|key| is_needed(table, key) && depth < 20);
        for key in refers {
            if let Some(at) = key.columns.iter().position(|own| *own == column)
                && (key.table, key.referred[at]) != (id, column)
            {
                return self.value(key.table, key.referred[at], depth + 1);
            }
        }
        let place = ColumnContext {
            model: self.model,
            column: table.column(column),
            dialect: self.dialect,
        };
        let mut values = hints::of(table, table.column(column));
        values.extend(place.plain());
        values.into_iter().next().unwrap_or(Value::Null)
    }

    fn quoted(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
            Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// The plain values are plain in every dialect, but for bytes.
    fn literal(&self, value: &Value) -> String {
        let text = match value {
            Value::Null => return "NULL".to_owned(),
            Value::Bool(value) => return if *value { "TRUE" } else { "FALSE" }.to_owned(),
            Value::Int(value) => return value.to_string(),
            Value::F32(value) => return value.to_string(),
            Value::F64(value) => return value.to_string(),
            Value::Decimal(value) => return value.to_string(),
            Value::Bytes(bytes) => return self.bytes(bytes),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.to_string(),
            Value::Time(time) => time.to_string(),
            Value::DateTime(moment) => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
            Value::Timestamp(point) => point.format("%Y-%m-%d %H:%M:%S").to_string(),
            Value::Interval(span) => span.to_string(),
            Value::Uuid(id) => id.to_string(),
            Value::Json(json) => json.to_string(),
            Value::Array(_) => "{}".to_owned(),
        };
        format!("'{}'", text.replace('\'', "''"))
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.dialect {
            Dialect::Postgres => format!("'\\x{digits}'"),
            Dialect::Sqlite | Dialect::Mysql => format!("X'{digits}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::schema::Schema;

    fn script_of(sql: &str) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("seeds.sql");
        std::fs::write(&path, sql).expect("written");
        let schema = Schema::read(Path::new(&path), Dialect::Sqlite).expect("a schema");
        script(&schema.model, schema.dialect)
    }

    #[test]
    fn a_circle_gets_a_row_of_each_table_with_what_they_need() {
        let sql = "CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE shop (id INTEGER PRIMARY KEY, head INTEGER NOT NULL REFERENCES staff(id));
            CREATE TABLE staff (id INTEGER PRIMARY KEY, shop INTEGER NOT NULL REFERENCES shop(id),
              town INTEGER NOT NULL REFERENCES town(id), boss INTEGER REFERENCES staff(id));
            CREATE TABLE apart (id INTEGER PRIMARY KEY, shop INTEGER NOT NULL REFERENCES shop(id));";
        let script = script_of(sql).expect("there is a circle");
        let database = rusqlite::Connection::open_in_memory().expect("a database");
        database
            .execute_batch(&format!("{sql}{script}"))
            .expect("rows");
        for (table, count) in [("town", 1), ("shop", 1), ("staff", 1), ("apart", 0)] {
            let sql = format!("SELECT count(*) FROM {table}");
            let found: i64 = database
                .query_row(&sql, [], |row| row.get(0))
                .expect("a count");
            assert_eq!(found, count, "{table}");
        }
        let dangling = database.prepare("PRAGMA foreign_key_check");
        assert!(!dangling.expect("a query").exists([]).expect("an answer"));
    }

    #[test]
    fn a_reference_that_may_be_null_makes_no_circle() {
        let sql = "CREATE TABLE shop (id INTEGER PRIMARY KEY, head INTEGER REFERENCES staff(id));
            CREATE TABLE staff (id INTEGER PRIMARY KEY, shop INTEGER NOT NULL REFERENCES shop(id));";
        assert_eq!(script_of(sql), None);
    }
}
