//! Triggers that record changes, as statements make and drop them. Their names hold a number made of what they do, so one that a
//! side lacks by name is missing there, whatever else it has.

use std::collections::BTreeMap;

use bindery_core::statements::cut::cut;

use super::parsed::parse_texts;
use super::structure::table_key;
use crate::ast::{AlterAction, AlterTable, ObjectName, OtherChange, Statement};
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;
use crate::parse::SingleStatement;
use crate::plan::capture::{PREFIX, is_ours, tables};
use crate::sql_writer::SqlWriter;
use crate::syntax::{Command, Trigger};

/// A trigger that records the changes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureTrigger {
    /// The table whose changes it records.
    pub table: TableName,
    /// The name of the trigger.
    pub name: String,
    /// The function (PostgreSQL) and the trigger, and what switches it on.
    create: Vec<String>,
}

/// The triggers that are there after the statements of a text.
pub(super) fn captures_of_text(
    text: &str,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Vec<CaptureTrigger> {
    if !text.contains(PREFIX) {
        return Vec::new();
    }
    let statements = cut(text, dialect, flavour).statements.into_iter();
    let texts = statements.map(|one| &text[one.start as usize..one.end as usize]);
    let parsed = parse_texts(texts, dialect);
    captures(parsed.iter().map(|(sql, tree)| (*sql, tree)), dialect)
}

/// The same of statements that are parsed.
pub(super) fn captures<'s>(
    statements: impl IntoIterator<Item = (&'s str, &'s SingleStatement)>,
    dialect: Dialect,
) -> Vec<CaptureTrigger> {
    let mut fold = Fold {
        dialect,
        functions: BTreeMap::new(),
        found: Vec::new(),
    };
    for (sql, tree) in statements {
        fold.statement(sql, tree);
    }
    fold.found
}

struct Fold {
    dialect: Dialect,
    /// Statements by the names of the functions that they make.
    functions: BTreeMap<String, String>,
    found: Vec<CaptureTrigger>,
}

impl Fold {
    fn statement(&mut self, sql: &str, tree: &SingleStatement) {
        match tree {
            SingleStatement::Command(Command::CreateTrigger(made)) => self.trigger(made, sql),
            SingleStatement::Command(Command::DropTrigger(name, _)) => {
                self.found.retain(|one| one.name != name.text);
            }
            SingleStatement::Schema(statements) => {
                statements.iter().for_each(|one| self.of_schema(one, sql));
            }
            SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {}
        }
    }

    fn of_schema(&mut self, statement: &Statement, sql: &str) {
        match statement {
            Statement::CreateObject(made) if is_ours(&made.name.name.text) => {
                let name = made.name.name.text.clone();
                self.functions.insert(name, sql.to_owned());
            }
            Statement::DropTable { names, .. } => {
                for name in names {
                    let of_table = self.of_table(name);
                    self.found.retain(|one| !of_table(one));
                }
            }
            Statement::AlterTable(alter) => self.altered(alter, sql),
            _ => {}
        }
    }

    fn of_table(&self, name: &ObjectName) -> impl Fn(&CaptureTrigger) -> bool + use<> {
        let dialect = self.dialect;
        let key = table_key(&table(name), dialect);
        move |one| table_key(&one.table, dialect) == key
    }

    fn trigger(&mut self, made: &Trigger, sql: &str) {
        if !is_ours(&made.name.text) {
            return;
        }
        let function = made.function.as_ref();
        let function = function.and_then(|name| self.functions.get(&name.text));
        let function = function.cloned();
        self.found.push(CaptureTrigger {
            table: table(&made.table),
            name: made.name.text.clone(),
            create: function.into_iter().chain([sql.to_owned()]).collect(),
        });
    }

    /// Another name of the table, and triggers that are switched on or off.
    fn altered(&mut self, alter: &AlterTable, sql: &str) {
        let of_table = self.of_table(&alter.table);
        for action in &alter.actions {
            let AlterAction::RenameTable(to) = action else {
                continue;
            };
            let mut to = table(to);
            to.schema = to.schema.or_else(|| alter.table.schema.clone());
            for one in self.found.iter_mut().filter(|one| of_table(one)) {
                one.table = to.clone();
            }
        }
        for change in &alter.others {
            let OtherChange::Trigger {
                name,
                enabled,
                always,
            } = change
            else {
                continue;
            };
            let is_it =
                |one: &CaptureTrigger| name.as_ref().is_some_and(|name| one.name == name.text);
            if *always {
                let found = self.found.iter_mut().filter(|one| is_it(one));
                found.for_each(|one| one.create.push(sql.to_owned()));
            } else {
                let is_off = name.is_none() && !enabled;
                self.found
                    .retain(|one| !(is_it(one) || is_off && of_table(one)));
            }
        }
    }
}

fn table(name: &ObjectName) -> TableName {
    TableName {
        schema: name.schema.clone(),
        name: name.name.text.clone(),
    }
}

/// The statements that make triggers. One of the same name may be there, and switched off.
pub(super) fn create(
    triggers: &[CaptureTrigger],
    may_be_there: bool,
    dialect: Dialect,
) -> Vec<String> {
    let mut statements = tables(dialect);
    for trigger in triggers {
        if may_be_there {
            statements.push(drop_trigger(trigger, dialect));
        }
        for sql in &trigger.create {
            if !statements.contains(sql) {
                statements.push(sql.clone());
            }
        }
    }
    statements
}

/// The statements that remove triggers, and functions that nothing else calls.
pub(super) fn remove(triggers: &[CaptureTrigger], dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = triggers
        .iter()
        .map(|trigger| drop_trigger(trigger, dialect))
        .collect();
    if dialect == Dialect::Postgres {
        let rows = triggers
            .iter()
            .filter_map(|one| one.name.strip_prefix(PREFIX)?.strip_prefix("r_"));
        statements
            .extend(rows.map(|number| format!("DROP FUNCTION IF EXISTS \"{PREFIX}f_{number}\"()")));
    }
    statements
}

fn drop_trigger(trigger: &CaptureTrigger, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("DROP TRIGGER IF EXISTS ")
        .identifier(&trigger.name);
    if dialect == Dialect::Postgres {
        sql.push(" ON ").table(&trigger.table);
    }
    sql.finish()
}
