//! Statements of `DO` blocks that run only where what they make is missing: under a condition that queries the catalogue, or before
//! an `EXCEPTION`. What is there already is left alone; what fits nothing is counted.

use crate::ast::{AlterAction, AlterTable, FileAst, Statement};
use crate::draft::DraftTable;

use super::{Fold, constraint, lookup};

impl Fold<'_> {
    /// Applies a statement unless what it makes is there; its mistakes are not findings.
    pub(super) fn if_fits(&mut self, file: &FileAst, statement: &Statement) {
        if self.makes_what_is_there(file, statement) {
            return;
        }
        let findings = std::mem::take(self.diagnostics);
        match statement {
            Statement::AlterTable(alter) => self.alter_as_it_fits(file, alter),
            other => self.statement(file, other),
        }
        let muted = std::mem::replace(self.diagnostics, findings);
        if muted.iter().next().is_some() {
            self.skip("DO");
        }
    }

    fn makes_what_is_there(&self, file: &FileAst, statement: &Statement) -> bool {
        match statement {
            Statement::CreateTable(created) => {
                self.exists_already(&self.empty_table(file, created))
            }
            Statement::CreateEnum(created) => self.has_enum(&created.name),
            Statement::CreateDomain(created) => self.has_domain(&created.name),
            Statement::CreateIndex(index) => self
                .find(file, &index.table)
                .is_some_and(|owner| self.has_index(owner, index)),
            Statement::AlterTable(_)
            | Statement::DropTable { .. }
            | Statement::AlterComposite(_)
            | Statement::DropIndex { .. }
            | Statement::RenameIndex { .. }
            | Statement::AlterEnum(_)
            | Statement::DropType { .. }
            | Statement::DropSequence(_)
            | Statement::DropFunction(_)
            | Statement::Comment(_)
            | Statement::CreateView(_)
            | Statement::DropView { .. }
            | Statement::DropSchema(_)
            | Statement::RenameSchema { .. }
            | Statement::DatabaseCharacterSet { .. }
            | Statement::CreateFunction(_)
            | Statement::NoModel { .. }
            | Statement::CreateObject(_)
            | Statement::AlterObject(_)
            | Statement::MoveObject(_)
            | Statement::AlterDomain(_)
            | Statement::Partition(_)
            | Statement::Distribute(_)
            | Statement::IfFits(_) => false,
        }
    }

    fn alter_as_it_fits(&mut self, file: &FileAst, alter: &AlterTable) {
        let mut alter = alter.clone();
        if let Some(index) = self.find(file, &alter.table) {
            let table = self.table_mut(index);
            alter
                .actions
                .retain(|action| !adds_what_is_there(table, action));
        }
        if !alter.actions.is_empty() {
            self.alter_table(file, &alter);
        }
    }
}

fn adds_what_is_there(table: &DraftTable, action: &AlterAction) -> bool {
    if let AlterAction::AddColumn { column, .. } = action {
        return lookup::column_index(&table.columns, &column.name.text, table.dialect).is_some();
    }
    if let AlterAction::AddConstraint(added) = action {
        let name = added.name.as_ref();
        return name.is_some_and(|name| constraint::is_named(table, &name.text));
    }
    false
}
