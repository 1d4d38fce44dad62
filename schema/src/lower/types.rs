//! The few facts about types that decide how statements fold.

use crate::ast::TypeName;

use super::effects::Effects;
use crate::dialect::Dialect;

/// Whether this is one of the types that count by themselves.
pub(super) fn is_serial(type_name: &TypeName, dialect: Dialect) -> bool {
    let names = Effects::of(dialect).serial_types;
    type_name.schema.is_none() && names.contains(&type_name.name.as_str())
}

/// Whether the database may count in a column of this type. A type that is not known may be a domain over an integer.
pub(super) fn may_count(type_name: &TypeName) -> bool {
    const OTHERS: [&str; 13] = [
        "text",
        "varchar",
        "character varying",
        "char",
        "character",
        "bpchar",
        "numeric",
        "decimal",
        "real",
        "float",
        "float4",
        "float8",
        "double precision",
    ];
    type_name.schema.is_some() || !OTHERS.contains(&type_name.name.as_str())
}
