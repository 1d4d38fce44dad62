//! Renames a column in everything of its own table.

use crate::ast::{Expression, ExpressionPiece, KeyPart, Name, ObjectName, PartKey, PieceKind};
use crate::dialect::Dialect;
use crate::draft::{DraftGenerated, DraftTable};

use super::lookup::same_name;
use super::mention::mentions;

/// Names of columns, and expressions that mention it.
pub(super) fn rename_column(table: &mut DraftTable, from: &str, to: &Name) {
    super::implied::settle_names(table);
    super::key_name::keep(table, from);
    let dialect = table.dialect;
    for name in names(table).filter(|name| same_name(&name.text, from, dialect)) {
        name.text.clone_from(&to.text);
    }
    for name in included(table).filter(|name| same_name(name, from, dialect)) {
        name.clone_from(&to.text);
    }
    for expression in expressions(table) {
        rename_in(expression, from, &to.text, dialect);
    }
}

fn names(table: &mut DraftTable) -> impl Iterator<Item = &mut Name> {
    let primary = table.primary_key.iter_mut();
    let primary = primary.flat_map(|key| key.columns.iter_mut().chain(columns(&mut key.parts)));
    let uniques = table.uniques.iter_mut();
    let uniques = uniques.flat_map(|key| key.columns.iter_mut().chain(columns(&mut key.parts)));
    let indexes = table.indexes.iter_mut();
    let foreign = table.foreign_keys.iter_mut();
    let checks = table.checks.iter_mut();
    let periods = table.native.periods.iter_mut();
    (table.columns.iter_mut().map(|column| &mut column.name))
        .chain(primary)
        .chain(uniques)
        .chain(indexes.flat_map(|index| columns(&mut index.parts)))
        .chain(foreign.flat_map(|key| {
            let deleted = &mut key.reference.on_delete_columns;
            key.columns.iter_mut().chain(deleted)
        }))
        .chain(checks.filter_map(|check| check.column.as_mut()))
        .chain(periods.flat_map(|period| &mut period.columns))
}

fn included(table: &mut DraftTable) -> impl Iterator<Item = &mut String> {
    let primary = table.primary_key.iter_mut().map(|key| &mut key.words);
    let uniques = table.uniques.iter_mut().map(|key| &mut key.options);
    let indexes = table.indexes.iter_mut().map(|index| &mut index.options);
    let words = primary.chain(uniques.chain(indexes).map(|options| &mut options.words));
    words.flat_map(|words| &mut words.include)
}

fn columns(parts: &mut [KeyPart]) -> impl Iterator<Item = &mut Name> {
    parts.iter_mut().filter_map(|part| match &mut part.key {
        PartKey::Column(column) => Some(column),
        PartKey::Expression(_) => None,
    })
}

fn expressions(table: &mut DraftTable) -> impl Iterator<Item = &mut Expression> {
    let computed = table
        .columns
        .iter_mut()
        .filter_map(|column| match &mut column.generated {
            DraftGenerated::Computed { expression, .. } => Some(expression),
            DraftGenerated::No | DraftGenerated::Counted { .. } => None,
        });
    let parts = table
        .indexes
        .iter_mut()
        .flat_map(|index| index.predicate.iter_mut().chain(keys(&mut index.parts)));
    let checks = table.checks.iter_mut().map(|check| &mut check.condition);
    let exclusions = table.native.exclusions.iter_mut().map(|(_, sql)| sql);
    computed.chain(parts).chain(checks).chain(exclusions)
}

fn keys(parts: &mut [KeyPart]) -> impl Iterator<Item = &mut Expression> {
    parts.iter_mut().filter_map(|part| match &mut part.key {
        PartKey::Column(_) => None,
        PartKey::Expression(expression) => Some(expression),
    })
}

/// `nextval('s')` of a sequence that goes by another name, or is in another schema, now.
pub(super) fn rename_sequence(value: &mut Expression, from: &ObjectName, to: &ObjectName) {
    let quoted = |text: &str| {
        let mut sql = crate::sql_writer::SqlWriter::new(Dialect::Postgres);
        sql.identifier(text);
        sql.finish()
    };
    let of = |text: &str| {
        let last = text.rsplit('.').next().unwrap_or(text);
        let plain = last.trim_matches('"');
        plain == from.name.text || last.to_lowercase() == from.name.text
    };
    let schema = to.schema.iter().map(|schema| quoted(schema) + ".");
    let renamed = schema.collect::<String>() + &quoted(&to.name.text);
    replace_texts(value, of, &renamed);
}

/// Replaces texts of PostgreSQL. The expression is written anew where one of them changed.
pub(super) fn replace_texts(value: &mut Expression, is_it: impl Fn(&str) -> bool, to: &str) {
    let texts = value.tokens.iter_mut();
    let texts = texts.filter(|piece| piece.kind == PieceKind::Text && is_it(&piece.text));
    let mut changed = false;
    for piece in texts {
        to.clone_into(&mut piece.text);
        changed = true;
    }
    if changed {
        value.sql = written(&value.tokens, Dialect::Postgres);
    }
}

/// The text is written anew where a piece of it changed.
fn rename_in(expression: &mut Expression, from: &str, to: &str, dialect: Dialect) {
    let found = mentions(&expression.tokens, from, dialect);
    for &at in &found {
        let piece = &mut expression.tokens[at];
        piece.kind = PieceKind::Quoted;
        to.clone_into(&mut piece.text);
    }
    if !found.is_empty() {
        expression.sql = written(&expression.tokens, dialect);
    }
}

pub(super) fn written(tokens: &[ExpressionPiece], dialect: Dialect) -> String {
    let mut sql = crate::sql_writer::SqlWriter::new(dialect);
    sql.list(tokens, " ", |sql, piece| {
        match piece.kind {
            PieceKind::Word | PieceKind::Number | PieceKind::Symbol => sql.push(&piece.text),
            PieceKind::Quoted => sql.identifier(&piece.text),
            PieceKind::DoubleQuoted if dialect == Dialect::Mysql => sql.text_literal(&piece.text),
            PieceKind::DoubleQuoted => sql.identifier(&piece.text),
            PieceKind::Text => sql.text_literal(&piece.text),
            PieceKind::Hex => sql.push("X'").push(&piece.text).push("'"),
            PieceKind::Bits => sql.push("B'").push(&piece.text).push("'"),
        };
    });
    sql.finish()
}
