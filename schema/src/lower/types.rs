//! The few facts about types that decide how statements fold.

use crate::ast::{Expression, TypeName};
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftGenerated};

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

/// The new type of a column; one that counts goes on counting as its old type did, if the new one can.
pub(super) fn kept_counting(column: &DraftColumn, to: &TypeName) -> TypeName {
    let counts = match to.name.as_str() {
        "integer" | "int" | "int4" => "serial",
        "bigint" | "int8" => "bigserial",
        "smallint" | "int2" => "smallserial",
        _ => "",
    };
    let mut to = to.clone();
    if is_serial(&column.type_name, Dialect::Postgres)
        && matches!(column.generated, DraftGenerated::Counted { .. })
        && !counts.is_empty()
        && to.schema.is_none()
        && !to.array
    {
        counts.clone_into(&mut to.name);
    }
    to
}

/// Is this the next number of a sequence and nothing else: `nextval('s')`, `nextval('s'::regclass)`?
pub(super) fn is_nextval(value: &Expression) -> bool {
    let mut pieces = value.tokens.iter().map(|piece| piece.text.as_str());
    let named = pieces
        .by_ref()
        .take_while(|text| *text != "(")
        .collect::<Vec<_>>();
    let calls = match named[..] {
        [function] => function.eq_ignore_ascii_case("nextval"),
        [schema, ".", function] => {
            schema.eq_ignore_ascii_case("pg_catalog") && function.eq_ignore_ascii_case("nextval")
        }
        _ => false,
    };
    let mut depth = 1_usize;
    for text in pieces.by_ref() {
        match text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let rest: Vec<&str> = pieces.collect();
    calls && depth == 0 && rest.is_empty()
}

/// May the database count in a column of this type? A type it does not know may be a domain over an integer.
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
