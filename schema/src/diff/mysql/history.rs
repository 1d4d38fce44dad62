//! Tables of MariaDB that keep their versions: the server changes none of them (error 4119) without the setting that has the history stay as it is.

use std::collections::BTreeSet;

use crate::ast::Statement;
use crate::dialect::Dialect;
use crate::diff::parsed::parse_texts;
use crate::diff::render::Step;
use crate::diff::structure::{Structure, table_key};
use crate::model::TableName;
use crate::parse::SingleStatement;

/// Of one statement alone, as each of a migration stands for itself.
const KEEP: &str = "SET STATEMENT system_versioning_alter_history = KEEP FOR ";

/// Has each change of such a table keep its history.
pub(in crate::diff) fn with_history(sides: [&Structure; 2], steps: &mut [Step]) {
    let tables = sides.iter().flat_map(|side| &side.model().tables);
    let versioned = tables.filter(|table| table.native.keeps_versions);
    let versioned: BTreeSet<String> = versioned.map(|table| key(&table.name)).collect();
    if versioned.is_empty() {
        return;
    }
    let statements = steps.iter_mut().flat_map(|step| &mut step.statements);
    for sql in statements.filter(|sql| changes(sql, &versioned)) {
        sql.insert_str(0, KEEP);
    }
}

fn key(name: &TableName) -> String {
    table_key(name, Dialect::Mysql)
}

fn changes(sql: &str, tables: &BTreeSet<String>) -> bool {
    let parsed = parse_texts([sql], Dialect::Mysql).into_iter();
    let mut statements = parsed.flat_map(|(_, tree)| match tree {
        SingleStatement::Schema(statements) => statements,
        SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {
            Vec::new()
        }
    });
    statements.any(|statement| match statement {
        Statement::AlterTable(alter) => tables.contains(&key(&TableName {
            schema: alter.table.schema.clone(),
            name: alter.table.name.text.clone(),
        })),
        _ => false,
    })
}
