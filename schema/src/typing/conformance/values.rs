//! Values for parameters and columns, written as the dialects write them.

use super::random::Random;
use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::Dialect;
use crate::model::Model;

/// A value of the type, as a literal. Values are few, so that those of several tables meet.
pub(super) fn literal(
    model: &Model,
    column_type: &ColumnType,
    dialect: Dialect,
    random: &mut Random,
) -> String {
    if let ColumnType::Array(element) = column_type {
        let values = (0..1 + random.below(2)).map(|_| literal(model, element, dialect, random));
        let values: Vec<String> = values.collect();
        return format!("ARRAY[{}]", values.join(", "));
    }
    if let Some(id) = column_type.enum_id() {
        let values = &model.enum_type(id).values;
        return format!("'{}'", values[random.below(values.len())].value);
    }
    let one = |values: &[&str], random: &mut Random| random.one_of(values).to_owned();
    match column_type.class() {
        TypeClass::Boolean => match dialect {
            Dialect::Postgres => one(&["true", "false"], random),
            Dialect::Sqlite | Dialect::Mysql => one(&["1", "0"], random),
        },
        TypeClass::Float { .. } => one(&["1.5e0", "3e0", "4.25e0"], random),
        TypeClass::Decimal => one(&["1.50", "2", "3.25"], random),
        TypeClass::Text => one(&["'a'", "'b'", "'ab'", "'12'", "'%'", "''"], random),
        TypeClass::Bytes => match dialect {
            Dialect::Postgres => one(&["'\\x61'::bytea", "''::bytea"], random),
            Dialect::Sqlite | Dialect::Mysql => one(&["X'61'", "X''"], random),
        },
        TypeClass::Date => one(&["'2026-01-31'", "'2025-12-01'"], random),
        TypeClass::Time => one(&["'10:20:30'", "'00:00:00'"], random),
        TypeClass::DateTime | TypeClass::Timestamp => {
            one(&["'2026-01-31 10:20:30'", "'2025-12-01 00:00:00'"], random)
        }
        TypeClass::Interval => one(&["'1 day'", "'2 hours'"], random),
        TypeClass::Uuid => one(&["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"], random),
        TypeClass::Json => one(
            &[
                r#"'{"a": 1, "b": [1, "x", null]}'"#,
                "'[1, 2]'",
                "'{}'",
                "'null'",
            ],
            random,
        ),
        TypeClass::Year => one(&["2026", "1999"], random),
        _ => one(&["1", "2", "3", "4"], random),
    }
}
