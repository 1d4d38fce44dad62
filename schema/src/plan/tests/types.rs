//! Types as each dialect declares them.

use super::foreign;
use crate::column_type::{ColumnType, DecimalSize, LobSize};
use crate::dialect::{ColumnPlace, Dialect, DialectRules as _};
use crate::model::{ColumnId, EnumId, EnumType, EnumValue, TableId};
use crate::testing::{NOWHERE, column, model, table};

/// The declaration of a column of this type, or the code of the refusal.
fn declared(column_type: &ColumnType, dialect: Dialect) -> String {
    let mut model = model(vec![table(
        "t",
        foreign(dialect),
        vec![column("c", column_type.clone())],
    )]);
    model.enums.push(EnumType {
        schema: None,
        name: "t.c".to_owned(),
        type_name: "TC".to_owned(),
        shares: None,
        values: ["it's", "b"]
            .map(|value| EnumValue {
                value: value.to_owned(),
                variant: String::new(),
            })
            .to_vec(),
        named: false,
        span: NOWHERE,
        docs: Vec::new(),
    });
    let place = ColumnPlace {
        model: &model,
        table: TableId(0),
        column: ColumnId(0),
    };
    match dialect.rules().declare(place) {
        Ok(declaration) => declaration
            .check
            .into_iter()
            .fold(declaration.type_sql, |sql, check| {
                format!("{sql} / {check}")
            }),
        Err(refusal) => {
            assert!(
                refusal.message.contains("`c`") && !refusal.help.is_empty(),
                "{refusal:?}"
            );
            refusal.code.to_owned()
        }
    }
}

#[test]
fn types_are_held_without_loss_or_refused() {
    let decimal = |precision, scale| ColumnType::Decimal(Some(DecimalSize { precision, scale }));
    let expected = [
        (ColumnType::Bool, "BOOLEAN", "boolean", "tinyint(1)"),
        (
            ColumnType::I8,
            "TINYINT",
            "smallint / \"c\" BETWEEN -128 AND 127",
            "tinyint",
        ),
        (ColumnType::I16, "SMALLINT", "smallint", "smallint"),
        (
            ColumnType::I24,
            "MEDIUMINT",
            "integer / \"c\" BETWEEN -8388608 AND 8388607",
            "mediumint",
        ),
        (ColumnType::I32, "INT", "integer", "int"),
        (ColumnType::I64, "BIGINT", "bigint", "bigint"),
        (
            ColumnType::U8,
            "TINYINT UNSIGNED",
            "smallint / \"c\" BETWEEN 0 AND 255",
            "tinyint unsigned",
        ),
        (
            ColumnType::U16,
            "SMALLINT UNSIGNED",
            "integer / \"c\" BETWEEN 0 AND 65535",
            "smallint unsigned",
        ),
        (
            ColumnType::U24,
            "MEDIUMINT UNSIGNED",
            "integer / \"c\" BETWEEN 0 AND 16777215",
            "mediumint unsigned",
        ),
        (
            ColumnType::U32,
            "INT UNSIGNED",
            "bigint / \"c\" BETWEEN 0 AND 4294967295",
            "int unsigned",
        ),
        (
            ColumnType::U64,
            "BIGINT UNSIGNED",
            "numeric(20,0) / \"c\" BETWEEN 0 AND 18446744073709551615",
            "bigint unsigned",
        ),
        (ColumnType::F32, "FLOAT", "real", "float"),
        (ColumnType::F64, "DOUBLE", "double precision", "double"),
        (
            decimal(10, 2),
            "DECIMAL(10,2) / abs(\"c\") < 100000000",
            "numeric(10,2)",
            "decimal(10,2)",
        ),
        (
            decimal(38, 10),
            "DECIMAL_TEXT(38,10) / instr(ltrim(\"c\", '-0') || '.', '.') <= 29",
            "numeric(38,10)",
            "decimal(38,10)",
        ),
        (
            decimal(70, 10),
            "DECIMAL_TEXT(70,10) / instr(ltrim(\"c\", '-0') || '.', '.') <= 61",
            "numeric(70,10)",
            "B0210",
        ),
        (
            decimal(2000, 0),
            "DECIMAL_TEXT(2000,0) / instr(ltrim(\"c\", '-0') || '.', '.') <= 2001",
            "B0210",
            "B0210",
        ),
        (
            ColumnType::Decimal(None),
            "DECIMAL_TEXT",
            "numeric",
            "B0210",
        ),
        (
            ColumnType::Char(3),
            "CHAR(3) / length(\"c\") <= 3",
            "character varying(3)",
            "varchar(3)",
        ),
        (
            ColumnType::Char(300),
            "CHAR(300) / length(\"c\") <= 300",
            "character varying(300)",
            "varchar(300)",
        ),
        (
            ColumnType::VarChar(Some(40)),
            "VARCHAR(40) / length(\"c\") <= 40",
            "character varying(40)",
            "varchar(40)",
        ),
        (
            ColumnType::VarChar(Some(20_000)),
            "VARCHAR(20000) / length(\"c\") <= 20000",
            "character varying(20000)",
            "longtext / char_length(`c`) <= 20000",
        ),
        (
            ColumnType::VarChar(Some(u32::MAX)),
            "VARCHAR(4294967295) / length(\"c\") <= 4294967295",
            "text",
            "longtext / char_length(`c`) <= 4294967295",
        ),
        (
            ColumnType::VarChar(None),
            "VARCHAR",
            "character varying",
            "longtext",
        ),
        (ColumnType::Text(LobSize::Tiny), "TEXT", "text", "tinytext"),
        (
            ColumnType::Text(LobSize::Unbounded),
            "TEXT",
            "text",
            "longtext",
        ),
        (
            ColumnType::Binary(16),
            "BINARY(16) / length(\"c\") <= 16",
            "bytea / octet_length(\"c\") <= 16",
            "varbinary(16)",
        ),
        (
            ColumnType::VarBinary(300),
            "VARBINARY(300) / length(\"c\") <= 300",
            "bytea / octet_length(\"c\") <= 300",
            "varbinary(300)",
        ),
        (
            ColumnType::VarBinary(70_000),
            "VARBINARY(70000) / length(\"c\") <= 70000",
            "bytea / octet_length(\"c\") <= 70000",
            "longblob / octet_length(`c`) <= 70000",
        ),
        (
            ColumnType::Blob(LobSize::Medium),
            "BLOB",
            "bytea",
            "mediumblob",
        ),
        (ColumnType::Date, "DATE", "date", "date"),
        (
            ColumnType::Time(3),
            "TIME",
            "time(3) without time zone",
            "time(3)",
        ),
        (
            ColumnType::DateTime(0),
            "DATETIME",
            "timestamp(0) without time zone",
            "datetime(0)",
        ),
        (
            ColumnType::Timestamp(6),
            "TIMESTAMPTZ",
            "timestamp(6) with time zone",
            "datetime(6)",
        ),
        (
            ColumnType::Year,
            "YEAR",
            "smallint / \"c\" = 0 OR \"c\" BETWEEN 1901 AND 2155",
            "year",
        ),
        (ColumnType::Interval, "TEXT", "interval", "B0210"),
        (
            ColumnType::Uuid,
            "UUID",
            "uuid",
            "char(36) character set ascii collate ascii_bin",
        ),
        (
            ColumnType::Json { binary: false },
            "JSON_TEXT",
            "json",
            "json",
        ),
        (
            ColumnType::Json { binary: true },
            "JSON_TEXT",
            "jsonb",
            "json",
        ),
        (
            ColumnType::Enum(EnumId(0)),
            "TEXT / \"c\" IN ('it''s', 'b')",
            "\"t_c\"",
            "enum('it''s','b')",
        ),
        (
            ColumnType::Set(vec!["a".to_owned()]),
            "TEXT",
            "B0210",
            "set('a')",
        ),
        (
            ColumnType::Bit(1),
            "BIGINT UNSIGNED",
            "bigint / \"c\" BETWEEN 0 AND 1",
            "bit(1)",
        ),
        (ColumnType::Bit(64), "B0210", "B0210", "bit(64)"),
        (
            ColumnType::Array(Box::new(ColumnType::I32)),
            "B0210",
            "integer[]",
            "B0210",
        ),
    ];
    for (column_type, sqlite, postgres, mysql) in expected {
        assert_eq!(
            declared(&column_type, Dialect::Sqlite),
            sqlite,
            "{column_type:?}"
        );
        assert_eq!(
            declared(&column_type, Dialect::Postgres),
            postgres,
            "{column_type:?}"
        );
        assert_eq!(
            declared(&column_type, Dialect::Mysql),
            mysql,
            "{column_type:?}"
        );
    }
}
