//! The few facts about types that decide how statements fold.

use crate::ast::TypeName;
use crate::dialect::Dialect;

/// Is this one of the types that count by themselves?
pub(super) fn is_serial(type_name: &TypeName, dialect: Dialect) -> bool {
    let names: &[&str] = match dialect {
        Dialect::Postgres => &[
            "serial",
            "bigserial",
            "smallserial",
            "serial2",
            "serial4",
            "serial8",
        ],
        Dialect::Mysql => &["serial"],
        Dialect::Sqlite => &[],
    };
    type_name.schema.is_none() && names.contains(&type_name.name.as_str())
}
