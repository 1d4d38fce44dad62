//! Names in SQL that an engine takes as they are: short enough, distinct, and of characters it knows.

use crate::dialect::DialectRules as _;
use crate::lists::IntoVec as _;
use std::collections::HashMap;

use super::all_differ;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, IdentifierLimit};
use crate::model::{Engine, Model, Table};
use crate::source::Span;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let mut asked: Vec<Dialect> = Vec::new();
        for engine in table.engines.iter().map(|id| model.engine(*id)) {
            if asked.contains(&engine.dialect) {
                continue;
            }
            asked.push(engine.dialect);
            one_name(&table.name.name, table.span, "table", engine, diagnostics);
            for column in &table.columns {
                one_name(&column.name, column.span, "column", engine, diagnostics);
            }
            folded_columns(table, engine, diagnostics);
        }
    }
    types(model, diagnostics);
}

fn one_name(name: &str, span: Span, what: &str, engine: &Engine, diagnostics: &mut Diagnostics) {
    let (dialect, product) = (engine.dialect, engine.dialect.product());
    let (found, limit, unit) = match engine.capabilities().identifier_limit {
        IdentifierLimit::None => (0, 0, ""),
        IdentifierLimit::Bytes(limit) => (name.len(), limit, "bytes"),
        IdentifierLimit::Characters(limit) => (name.chars().count(), limit, "characters"),
    };
    if found > limit {
        let message =
            format!("the name of this {what} has {found} {unit}, and {product} takes {limit}");
        let diagnostic = Diagnostic::error("B0116", message)
            .at(span, format!("engine `{}` is {dialect}", engine.name));
        let short = shortened(name, engine.capabilities().identifier_limit);
        diagnostics.push(diagnostic.help(format!(
            "give it a name of at most {limit} {unit}, for example `{short}`"
        )));
    }
    if let Some(why) = dialect.rules().impossible_name(name) {
        let message = format!("{product} takes no {what} of this name: {why}");
        let diagnostic = Diagnostic::error("B0118", message)
            .at(span, format!("engine `{}` is {dialect}", engine.name));
        diagnostics.push(diagnostic.help(format!("rename the {what}{}", plain(name))));
    }
}

/// The name cut after its last whole word that fits.
fn shortened(name: &str, limit: IdentifierLimit) -> &str {
    let (mut end, mut room) = (0, 0);
    for (at, letter) in name.char_indices() {
        room += match limit {
            IdentifierLimit::None => 0,
            IdentifierLimit::Bytes(limit) => usize::from(at + letter.len_utf8() > limit),
            IdentifierLimit::Characters(limit) => usize::from(name[..at].chars().count() >= limit),
        };
        if room > 0 {
            break;
        }
        end = at + letter.len_utf8();
    }
    let cut = &name[..end];
    match cut.rfind('_') {
        Some(at) if at > 0 && name[end..].chars().next().is_some_and(|next| next != '_') => {
            &cut[..at]
        }
        _ => cut.trim_end_matches('_'),
    }
}

/// A name without what an engine may not take; nothing where that leaves no name.
fn plain(name: &str) -> String {
    let letters = name.trim_start_matches("sqlite_").chars();
    let kept: String = letters
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .collect();
    if kept.is_empty() {
        String::new()
    } else {
        format!(", for example to `{kept}`")
    }
}

fn folded_columns(table: &Table, engine: &Engine, diagnostics: &mut Diagnostics) {
    if !engine.capabilities().folds_column_names {
        return;
    }
    let names = table
        .columns
        .iter()
        .map(|column| column.name.to_lowercase());
    if all_differ(names.into_vec()) {
        return;
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, column) in table.columns.iter().enumerate() {
        let Some(other) = known.insert(column.name.to_lowercase(), at) else {
            continue;
        };
        let other = &table.columns[other];
        let dialect = engine.dialect;
        let message = format!(
            "columns `{}` and `{}` are one name for {}",
            other.name,
            column.name,
            dialect.product()
        );
        let diagnostic = Diagnostic::error("B0117", message)
            .at(
                column.span,
                format!("engine `{}` is {dialect}", engine.name),
            )
            .at(other.span, "the other one");
        let help = format!(
            "rename one of them, for example to `{}_2`: names that differ in case only are the same there",
            column.name.to_lowercase()
        );
        diagnostics.push(diagnostic.help(help));
    }
}

/// Enums are types of their own on some engines only; the strictest of those that are there counts.
fn types(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(engine) = model
        .engines
        .iter()
        .find(|engine| engine.capabilities().enum_types)
    else {
        return;
    };
    for values in &model.enums {
        one_name(
            &values.sql_name().name,
            values.span,
            "type",
            engine,
            diagnostics,
        );
    }
}
