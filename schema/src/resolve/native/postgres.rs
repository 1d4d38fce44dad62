//! Columns that count.

use super::table_name;
use crate::ast::IdentityOptions;
use crate::dialect::Dialect;
use crate::model::Counter;
use crate::sql_writer::SqlWriter;

/// `(SEQUENCE NAME "s" START WITH 10)`.
pub(super) fn identity(options: &IdentityOptions) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.push("(");
    if let Some(sequence) = &options.sequence {
        sql.push("SEQUENCE NAME ").table(&table_name(sequence));
    }
    let is_both = options.sequence.is_some() && !options.words.is_empty();
    sql.push(if is_both { " " } else { "" })
        .push(&options.words);
    sql.push(")");
    sql.finish()
}

/// The counter of a type by its name.
pub(in crate::resolve) fn serial(type_name: &str) -> Counter {
    match type_name {
        "serial" | "serial4" => Counter::Serial("serial"),
        "bigserial" | "serial8" => Counter::Serial("bigserial"),
        "smallserial" | "serial2" => Counter::Serial("smallserial"),
        _ => Counter::Usual,
    }
}
