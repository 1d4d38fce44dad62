//! DDL that is read again: it makes the same types and indexes.

use super::{foreign, read_sql};
use crate::column_type::{ColumnType, DecimalSize, LobSize};
use crate::dialect::Dialect;
use crate::model::{CheckedModel, TableId};
use crate::plan::{create_statements, table_statements};
use crate::testing::{checked, column, engine_of, id, model, table};

/// Reads back the type of a column that is written for a dialect.
fn read_back(column_type: &ColumnType, dialect: Dialect) -> ColumnType {
    let mut column = column("c", column_type.clone());
    column.nullable = true;
    let model = checked(vec![table("t", foreign(dialect), vec![column])]);
    let sql = create_statements(&model, engine_of(dialect))
        .remove(0)
        .create
        .join(";\n");
    let model = read_sql(&sql, model.engines.clone(), dialect);
    model.tables[0].columns[0].column_type.clone()
}

#[test]
fn indexes_keep_their_collations_and_operator_classes_at_home() {
    let cases = [
        (
            Dialect::Sqlite,
            "CREATE UNIQUE INDEX \"i\" ON \"t\" (\"n\" COLLATE nocase DESC)",
        ),
        (
            Dialect::Postgres,
            "CREATE INDEX \"i\" ON \"t\" USING gin (\"n\" gin_trgm_ops)",
        ),
        (
            Dialect::Postgres,
            "CREATE UNIQUE INDEX \"i\" ON \"t\" (\"n\" COLLATE \"C\" text_pattern_ops)",
        ),
    ];
    for (dialect, index) in cases {
        let sql = format!("CREATE TABLE t (id integer PRIMARY KEY, n text);\n{index};");
        let read = read_sql(&sql, model(Vec::new()).engines, dialect);
        let created = create_statements(&CheckedModel::new(read, Vec::new()), engine_of(dialect));
        assert_eq!(created[0].create[1..], [index]);
    }
}

#[test]
fn what_is_written_reads_as_the_same_type() {
    let decimal = |precision, scale| ColumnType::Decimal(Some(DecimalSize { precision, scale }));
    let json = ColumnType::Json { binary: false };
    let everywhere = [
        ColumnType::Bool,
        ColumnType::I16,
        ColumnType::I64,
        ColumnType::F64,
        decimal(10, 2),
        decimal(38, 10),
        ColumnType::VarChar(Some(40)),
        ColumnType::Text(LobSize::Unbounded),
        ColumnType::Blob(LobSize::Unbounded),
        ColumnType::Date,
        ColumnType::Time(6),
        ColumnType::DateTime(6),
        json.clone(),
    ];
    let of_each = [
        (
            Dialect::Sqlite,
            vec![
                ColumnType::I8,
                ColumnType::I24,
                ColumnType::U8,
                ColumnType::U16,
                ColumnType::U24,
                ColumnType::U32,
                ColumnType::U64,
                ColumnType::Decimal(None),
                ColumnType::Char(3),
                ColumnType::Binary(16),
                ColumnType::VarBinary(9),
                ColumnType::Year,
                ColumnType::Timestamp(6),
                ColumnType::Uuid,
            ],
        ),
        (
            Dialect::Postgres,
            vec![
                ColumnType::I32,
                ColumnType::F32,
                ColumnType::Decimal(None),
                ColumnType::VarChar(None),
                ColumnType::Time(0),
                ColumnType::DateTime(3),
                ColumnType::Timestamp(6),
                ColumnType::Timestamp(0),
                ColumnType::Interval,
                ColumnType::Uuid,
                ColumnType::Json { binary: true },
                ColumnType::Array(Box::new(ColumnType::I32)),
            ],
        ),
        (
            Dialect::Mysql,
            vec![
                ColumnType::I8,
                ColumnType::I24,
                ColumnType::I32,
                ColumnType::U8,
                ColumnType::U16,
                ColumnType::U24,
                ColumnType::U32,
                ColumnType::U64,
                ColumnType::F32,
                ColumnType::VarBinary(9),
                ColumnType::Text(LobSize::Small),
                ColumnType::Blob(LobSize::Tiny),
                ColumnType::Time(0),
                ColumnType::DateTime(3),
                ColumnType::Year,
                ColumnType::Set(vec!["a b".to_owned(), "c".to_owned()]),
                ColumnType::Bit(9),
            ],
        ),
    ];
    for (dialect, own) in of_each {
        for column_type in everywhere.iter().chain(&own) {
            let found = read_back(column_type, dialect);
            // MySQL's longest text and bytes are its unlimited ones.
            let same = match (&found, column_type) {
                (ColumnType::Text(LobSize::Long), ColumnType::Text(LobSize::Unbounded)) => true,
                (ColumnType::Blob(LobSize::Long), ColumnType::Blob(LobSize::Unbounded)) => true,
                (found, column_type) => found == column_type,
            };
            assert!(same, "{dialect}: {column_type:?} reads as {found:?}");
        }
    }
}

#[test]
fn types_without_a_word_are_read_in_their_text_form_where_they_are_native() {
    let mut address = column("address", ColumnType::Text(LobSize::Unbounded));
    address.as_text = true;
    let hosts = table("hosts", Dialect::Postgres, vec![id(), address]);
    let model = checked(vec![hosts]);
    let found = |dialect| table_statements(&model, TableId(0), engine_of(dialect));
    let postgres = found(Dialect::Postgres);
    assert_eq!(
        postgres.select,
        "SELECT \"id\", \"address\"::text FROM \"hosts\""
    );
    assert_eq!(postgres.returning, " RETURNING \"id\", \"address\"::text");
    let sqlite = found(Dialect::Sqlite);
    assert_eq!(sqlite.select, "SELECT \"id\", \"address\" FROM \"hosts\"");
}
