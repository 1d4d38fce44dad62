//! Defaults and expressions, translated or refused.

use super::foreign;
use crate::column_type::{ColumnType, LobSize};
use crate::dialect::{ColumnPlace, Dialect, default_sql};
use crate::model::{ColumnId, DefaultValue, Expression, TableId};
use crate::portable::{Operator, Portable};
use crate::testing::{NOWHERE, model, table, with_default};

/// The default of such a column, or the code of the refusal.
fn default(
    column_type: &ColumnType,
    value: &DefaultValue,
    source: Dialect,
    dialect: Dialect,
) -> String {
    let model = model(vec![table(
        "t",
        source,
        vec![with_default("c", column_type.clone(), value.clone())],
    )]);
    let place = ColumnPlace {
        model: &model,
        table: TableId(0),
        column: ColumnId(0),
    };
    default_sql(place, dialect)
        .map_or_else(|refusal| refusal.code.to_owned(), Option::unwrap_or_default)
}

#[test]
fn defaults_are_carried_over_or_refused() {
    let (text, number) = (
        |value: &str| DefaultValue::Text(value.to_owned()),
        |value: &str| DefaultValue::Number(value.to_owned()),
    );
    let long = ColumnType::Text(LobSize::Unbounded);
    let short = ColumnType::VarChar(Some(9));
    let expected = [
        (ColumnType::Bool, DefaultValue::Bool(true), "1", "true", "1"),
        (ColumnType::Bool, number("0"), "0", "false", "0"),
        (ColumnType::Bool, text("t"), "1", "true", "1"),
        (ColumnType::Bool, text("maybe"), "B0211", "B0211", "B0211"),
        (ColumnType::I32, number("-7"), "-7", "-7", "-7"),
        (ColumnType::I32, text("7"), "7", "7", "7"),
        (ColumnType::I32, number("0x1F"), "B0211", "B0211", "B0211"),
        (
            short.clone(),
            text("it's \\"),
            "'it''s \\'",
            "'it''s \\'",
            "'it''s \\\\'",
        ),
        (long.clone(), text(""), "''", "''", "('')"),
        (short, DefaultValue::Now, "B0211", "B0211", "B0211"),
        (
            ColumnType::Blob(LobSize::Long),
            DefaultValue::Bytes(vec![1, 255]),
            "X'01FF'",
            "'\\x01FF'",
            "(X'01FF')",
        ),
        (
            ColumnType::Binary(2),
            DefaultValue::Bytes(vec![1, 255]),
            "X'01FF'",
            "'\\x01FF'",
            "X'01FF'",
        ),
        (
            ColumnType::Bit(9),
            DefaultValue::Bytes(vec![1, 1]),
            "257",
            "257",
            "257",
        ),
        (
            ColumnType::DateTime(0),
            DefaultValue::Now,
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
        ),
        (
            ColumnType::Timestamp(6),
            DefaultValue::Now,
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP(6)",
        ),
        (
            ColumnType::Date,
            DefaultValue::Now,
            "CURRENT_DATE",
            "CURRENT_DATE",
            "(CURRENT_DATE)",
        ),
        (
            ColumnType::Date,
            DefaultValue::CurrentDate,
            "CURRENT_DATE",
            "CURRENT_DATE",
            "(CURRENT_DATE)",
        ),
        (
            ColumnType::Time(2),
            DefaultValue::CurrentTime,
            "CURRENT_TIME",
            "CURRENT_TIME",
            "(CURRENT_TIME(2))",
        ),
        (
            ColumnType::Date,
            DefaultValue::CurrentTime,
            "B0211",
            "B0211",
            "B0211",
        ),
        (
            ColumnType::DateTime(0),
            text("0000-00-00 00:00:00"),
            "B0211",
            "B0211",
            "B0211",
        ),
        (long, text("a\0b"), "B0211", "B0211", "B0211"),
        (ColumnType::I32, DefaultValue::Null, "", "", ""),
    ];
    for (column_type, value, sqlite, postgres, mysql) in expected {
        for (dialect, text) in [
            (Dialect::Sqlite, sqlite),
            (Dialect::Postgres, postgres),
            (Dialect::Mysql, mysql),
        ] {
            let found = default(&column_type, &value, foreign(dialect), dialect);
            assert_eq!(found, text, "{column_type:?} {value:?} {dialect}");
        }
    }
    let random = |dialect| {
        default(
            &ColumnType::Uuid,
            &DefaultValue::RandomUuid,
            foreign(dialect),
            dialect,
        )
    };
    assert_eq!(
        (random(Dialect::Postgres), random(Dialect::Mysql)),
        ("gen_random_uuid()".to_owned(), "(uuid())".to_owned())
    );
    let bytes = ColumnType::Blob(LobSize::Unbounded);
    let from_postgres =
        |value: &str| default(&bytes, &text(value), Dialect::Postgres, Dialect::Sqlite);
    assert_eq!(
        ["\\x00FF", "abc", "\\000", "\\x0"].map(from_postgres),
        ["X'00FF'", "X'616263'", "B0211", "B0211"]
    );
}

#[test]
fn expressions_are_carried_over_when_they_mean_the_same() {
    let differs = Portable::Binary(
        Operator::NotEqual,
        Box::new(Portable::Column("c".to_owned())),
        Box::new(Portable::Text("\\".to_owned())),
    );
    let value = |portable| {
        DefaultValue::Expression(Expression {
            sql: "c <> E'\\\\'".to_owned(),
            portable,
            span: NOWHERE,
        })
    };
    let text = ColumnType::Text(LobSize::Unbounded);
    let found = |portable, dialect| default(&text, &value(portable), Dialect::Postgres, dialect);
    assert_eq!(
        found(Ok(differs.clone()), Dialect::Mysql),
        "(`c` <> '\\\\')"
    );
    assert_eq!(found(Ok(differs), Dialect::Postgres), "(c <> E'\\\\')");
    assert_eq!(found(Err("`x`".to_owned()), Dialect::Sqlite), "B0211");
}
