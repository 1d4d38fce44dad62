//! Defaults of columns: those that count by a sequence, and the types that they keep.

use crate::ast::{Expression, TypeName};
use crate::dialect::Dialect;
use crate::draft::DraftColumn;
use crate::sql_writer::SqlWriter;
use crate::syntax::{ExprKind, look_at_expression};

/// Whether this is the next number of a sequence and nothing else: `nextval('s')`, `nextval('s'::regclass)`.
pub(in crate::lower) fn is_nextval(value: &Expression) -> bool {
    let found = look_at_expression(&value.sql, Dialect::Postgres, |_, expr| match &expr.kind {
        ExprKind::Call(call) => {
            let (schemas, _) = call.name.split_at(call.name.len() - 1);
            let is_own = schemas.iter().all(|schema| schema.text == "pg_catalog");
            is_own && call.function() == "nextval"
        }
        _ => false,
    });
    found.unwrap_or(false)
}

/// PostgreSQL keeps a default as what it is when the column's type changes: `'x'::character varying` of a column that
/// is a text now. A text or NULL alone took its type from the column.
pub(in crate::lower) fn keep_type_of_default(column: &mut DraftColumn, to: &TypeName) {
    let from = &column.type_name;
    let same = (&from.schema, &from.name, from.array) == (&to.schema, &to.name, to.array);
    let Some(value) = column.default.as_mut().filter(|_| !same) else {
        return;
    };
    let found = look_at_expression(&value.sql, Dialect::Postgres, |_, expr| match &expr.kind {
        ExprKind::Text(_) => true,
        // NULL alone is not a default, unless it has a length.
        ExprKind::Null => !from.arguments.is_empty(),
        _ => false,
    });
    if found.unwrap_or(false) {
        value.sql = format!("{}::{}", value.sql, unmeasured(from));
    }
}

/// A type without its length, as a constant has it.
fn unmeasured(from: &TypeName) -> String {
    let identifier = |text: &str| {
        let is_plain =
            |letter: char| letter.is_ascii_lowercase() || " _0123456789".contains(letter);
        let mut sql = SqlWriter::new(Dialect::Postgres);
        if text.chars().all(is_plain) {
            sql.push(text);
        } else {
            sql.identifier(text);
        }
        sql.finish()
    };
    let mut words = String::new();
    if let Some(schema) = &from.schema {
        words = identifier(schema) + ".";
    }
    words += &match from.name.as_str() {
        "char" | "character" if from.schema.is_none() => "bpchar".to_owned(),
        name => identifier(name),
    };
    for word in from.suffix.split_whitespace() {
        words = words + " " + word;
    }
    words + if from.array { "[]" } else { "" }
}
