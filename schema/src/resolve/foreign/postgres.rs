//! Words of others that PostgreSQL takes in another sense, and its own at which the others stop.

use super::Foreign;
use crate::ast::{Expression, Name, TypeArgument};
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftTable};
use crate::lists::IntoVec as _;
use crate::syntax::{ExprKind, has_sign, look_at_expression};

/// MySQL's `INT(11)`, and its keys within the parentheses, which are columns to PostgreSQL.
pub(in crate::resolve) fn of_type(table: &DraftTable, column: &DraftColumn) -> Option<Foreign> {
    const INTEGERS: [&str; 6] = ["smallint", "int2", "integer", "int", "int4", "bigint"];
    let written = &column.type_name;
    if written.schema.is_some() || written.arguments.is_empty() {
        return None;
    }
    if INTEGERS.contains(&written.name.as_str()) {
        let message = format!("PostgreSQL's integers have no width: `{}`", written.written);
        return Some((Dialect::Mysql, message, format!("write `{}`", written.name)));
    }
    let columns: Vec<&str> = written.arguments.iter().filter_map(as_word).into_vec();
    let is_column = |word: &&str| {
        let mut names = table.columns.iter().map(|column| &column.name.text);
        names.any(|name| name.eq_ignore_ascii_case(word))
    };
    let is_key = matches!(column.name.text.as_str(), "key" | "index");
    if !is_key || columns.len() != written.arguments.len() || !columns.iter().all(is_column) {
        return None;
    }
    let (word, columns) = (column.name.text.to_uppercase(), columns.join(", "));
    let message = format!("PostgreSQL has no `{word}` within a table: it would be a column");
    let (index, table) = (&written.name, &table.name.name.text);
    let instead = format!("write `CREATE INDEX {index} ON {table} ({columns});` after the table");
    Some((Dialect::Mysql, message, instead))
}

fn as_word(argument: &TypeArgument) -> Option<&str> {
    match argument {
        TypeArgument::Word(word) => Some(word),
        TypeArgument::Number(_) | TypeArgument::Text(_) => None,
    }
}

/// A constant that means something else, or nothing.
pub(in crate::resolve) fn of_default(
    kind: &ExprKind,
    sql: &str,
    of: &ColumnType,
) -> Option<Foreign> {
    match kind {
        ExprKind::Column(names) => quoted_text(names, sql),
        ExprKind::Number(_) if *of == ColumnType::Bool => {
            let message = format!("`{sql}` is not a boolean to PostgreSQL");
            let instead = format!("write `{}`", !sql.trim_start_matches('0').is_empty());
            Some((Dialect::Mysql, message, instead))
        }
        _ => None,
    }
}

/// A text in double quotes is a name to PostgreSQL.
fn quoted_text(names: &[Name], written: &str) -> Option<Foreign> {
    let text = match names {
        [name] if written.starts_with('"') => &name.text,
        _ => return None,
    };
    let message =
        format!("`\"{text}\"` is the name of a column to PostgreSQL, and a default takes none");
    let instead = format!("write `'{}'`", text.replace('\'', "''"));
    Some((Dialect::Mysql, message, instead))
}

/// Finds `::` and `~` between two values, at which the readers of the others stop.
pub(super) fn operator(expression: &Expression, dialect: Dialect) -> Option<Foreign> {
    if dialect == Dialect::Postgres {
        return None;
    }
    let sql = expression.sql.as_str();
    let problem = look_at_expression(sql, dialect, |_, _| ()).err()?;
    let at = problem.labels.first()?.span.start as usize;
    let product = dialect.product();
    let (message, instead) = if has_sign(sql, dialect, "::") {
        let message = format!("{product} has no casts with `::`");
        (
            message,
            "write `CAST(value AS type)`, or leave the cast out",
        )
    } else if sql[at..].starts_with('~') {
        let message = format!("{product} has no operator `~` between two values");
        (message, "write `LIKE`, or look at the value in the program")
    } else {
        return None;
    };
    Some((Dialect::Postgres, message, instead.to_owned()))
}
