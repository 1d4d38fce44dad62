//! Triggers record the changes of a table by its key, in the transaction of the change: not of a view, and of no table whose rows
//! a database changes without them.

use super::tag_list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::model::{ForeignKey, Model, ReferentialAction, Table, TableSync};
use crate::plan::capture::key_form;
use crate::source::Span;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let Some(tag) = table.capture else { continue };
        made(table, tag, diagnostics);
        keyed(table, tag, diagnostics);
        transactional(table, tag, diagnostics);
        let on_mysql = |id: &&crate::model::EngineId| model.engine(**id).dialect == Dialect::Mysql;
        if let Some(engine) = table.engines.iter().find(on_mysql) {
            let engine = &model.engine(*engine).name;
            let keys = table.foreign_keys.iter();
            keys.for_each(|key| cascade(model, table, (key, engine), tag, diagnostics));
        }
    }
    let captured = model.syncs.iter().filter(|sync| sync.captured);
    captured.for_each(|sync| recorded(model, sync, diagnostics));
}

fn made(table: &Table, tag: Span, diagnostics: &mut Diagnostics) {
    if !table.unmanaged {
        return;
    }
    let name = &table.name.name;
    let message = format!("bindery makes no triggers for `{name}`, which is `@unmanaged`");
    let diagnostic = Diagnostic::error("B0520", message)
        .at(tag, "")
        .at(table.span, "left alone");
    diagnostics.push(diagnostic.help("remove `@capture`, or `@unmanaged`"));
}

fn keyed(table: &Table, tag: Span, diagnostics: &mut Diagnostics) {
    let name = &table.name.name;
    let Some(key) = &table.primary_key else {
        let message =
            format!("`{name}` has no primary key, by which its changes would be recorded");
        let diagnostic = Diagnostic::error("B0521", message)
            .at(tag, "")
            .at(table.span, "no primary key");
        return diagnostics.push(diagnostic.help(format!("declare a primary key in `{name}`")));
    };
    let columns = key.columns.iter().map(|id| table.column(*id));
    let unfit = |column: &&crate::model::Column| column.skip || key_form(column).is_none();
    for column in columns.filter(unfit) {
        let message = format!(
            "the changes of `{name}` cannot be recorded: its key has `{}`, which is `{}`",
            column.name, column.sql_type
        );
        let diagnostic = Diagnostic::error("B0521", message)
            .at(tag, "")
            .at(column.span, "in the key");
        diagnostics.push(diagnostic.help(
            "let the key be of integers, booleans, text, bytes or UUIDs, or remove `@capture`",
        ));
    }
}

/// A write of another storage engine than InnoDB is not rolled back with the transaction.
fn transactional(table: &Table, tag: Span, diagnostics: &mut Diagnostics) {
    let Some(engine) = &table.storage_engine else {
        return;
    };
    if engine.is_innodb() {
        return;
    }
    let message = format!(
        "`{}` is of storage engine `{}`, whose changes are not those of a transaction",
        table.name.name, engine.name
    );
    let diagnostic = Diagnostic::error("B0520", message)
        .at(tag, "")
        .at(engine.span, "");
    diagnostics.push(diagnostic.help("write `ENGINE = InnoDB`, or remove `@capture`"));
}

/// MySQL and MariaDB fire no triggers for the rows that a foreign key deletes or changes.
fn cascade(
    model: &Model,
    table: &Table,
    (key, engine): (&ForeignKey, &str),
    tag: Span,
    diagnostics: &mut Diagnostics,
) {
    let acts = |action: ReferentialAction| match action {
        ReferentialAction::NoAction | ReferentialAction::Restrict => false,
        ReferentialAction::Cascade | ReferentialAction::SetNull | ReferentialAction::SetDefault => {
            true
        }
    };
    let clause = match (acts(key.on_delete), acts(key.on_update)) {
        (true, _) => "ON DELETE",
        (false, true) => "ON UPDATE",
        (false, false) => return,
    };
    let (name, parent) = (&table.name.name, &model.table(key.table).name.name);
    let message = format!(
        "the foreign key of `{name}` to `{parent}` changes rows without triggers on engine `{engine}`, so they would not be recorded"
    );
    let diagnostic = Diagnostic::error("B0522", message)
        .at(
            key.span,
            format!("`{clause}` fires no trigger on MySQL and MariaDB"),
        )
        .at(tag, "");
    diagnostics.push(diagnostic.help(format!(
        "remove `{clause} …`, and change the rows of `{name}` in the program; or remove `@capture`"
    )));
}

/// A sync that reads recorded changes needs them.
fn recorded(model: &Model, sync: &TableSync, diagnostics: &mut Diagnostics) {
    let table = model.table(sync.source);
    if table.capture.is_some() {
        return;
    }
    let name = &table.name.name;
    let message = format!("no triggers record the changes of `{name}`, which this sync reads");
    let diagnostic = Diagnostic::error("B0523", message).at(sync.span, "this sync");
    let engines = tag_list(model, &table.engines);
    diagnostics.push(diagnostic.help(format!(
        "write `-- @capture` above `{name}`, which makes triggers on `{engines}`; or remove `captured`"
    )));
}
