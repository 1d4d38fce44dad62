//! Tables that inherit: what is done to their parent is done to them (PostgreSQL, "ALTER TABLE", unless `ONLY` is said).

use crate::lists::IntoVec as _;
use std::collections::HashSet;

use crate::ast::{AlterAction, FileAst, Name};
use crate::draft::{DraftTable, TableIndex};

use super::{Fold, lookup};

impl Fold<'_> {
    /// The tables that have this one among their parents.
    fn children(&self, parent: TableIndex) -> Vec<TableIndex> {
        let inherits = |table: &DraftTable| {
            let mut parents = table.native.inherits.iter();
            parents.any(|(_, known)| *known == Some(parent))
        };
        let heirs = self.heirs.get(&parent).into_iter().flatten().copied();
        heirs
            .filter(|at| *at != parent && self.tables[*at].as_ref().is_some_and(inherits))
            .into_vec()
    }

    /// A change of a parent, as far as it is one of its children too, and of theirs.
    pub(super) fn change_heirs(
        &mut self,
        file: &FileAst,
        parent: TableIndex,
        action: &AlterAction,
    ) {
        let mut seen = HashSet::from([parent]);
        let mut open = self.children(parent);
        while let Some(child) = open.pop() {
            if seen.insert(child) && self.inherited_change(file, child, action) {
                open.extend(self.children(child));
            }
        }
    }

    /// `false` where the child stays as it is.
    fn inherited_change(
        &mut self,
        file: &FileAst,
        child: TableIndex,
        action: &AlterAction,
    ) -> bool {
        let Some(column) = changed_column(action) else {
            return false;
        };
        if !self.may_follow(column, 1) {
            return false;
        }
        let added = matches!(action, AlterAction::AddColumn { .. });
        let Some(table) = &self.tables[child] else {
            return false;
        };
        let at = lookup::column_index(&table.columns, &column.text, table.dialect);
        let own = at.is_some_and(|at| !table.columns[at].inherited);
        let dropped = matches!(action, AlterAction::DropColumn { .. });
        // A column that it has on its own stays when the parent's goes.
        if at.is_some() == added || (own && dropped) {
            return false;
        }
        self.action(file, child, action);
        let name = if let AlterAction::RenameColumn { to, .. } = action {
            to
        } else {
            column
        };
        let table = self.table_mut(child);
        let at = lookup::column_index(&table.columns, &name.text, table.dialect);
        if let Some(at) = at {
            table.columns[at].inherited = !own;
        }
        true
    }
}

/// The column that a change of this kind is about; keys, references and names of tables are not inherited.
fn changed_column(action: &AlterAction) -> Option<&Name> {
    match action {
        AlterAction::AddColumn { column, .. } => Some(&column.name),
        AlterAction::DropColumn { column, .. }
        | AlterAction::RenameColumn { from: column, .. }
        | AlterAction::SetDefault { column, .. }
        | AlterAction::DropDefault(column)
        | AlterAction::SetNotNull(column)
        | AlterAction::DropNotNull(column)
        | AlterAction::SetType { column, .. }
        | AlterAction::SetExpression { column, .. }
        | AlterAction::ColumnSetting { column, .. } => Some(column),
        AlterAction::Redefine { .. }
        | AlterAction::AddConstraint(_)
        | AlterAction::DropConstraint { .. }
        | AlterAction::ValidateConstraint(_)
        | AlterAction::DeferConstraint { .. }
        | AlterAction::DropVersioning
        | AlterAction::DropPartitioning
        | AlterAction::ChangeParts(_)
        | AlterAction::DropPeriod(_)
        | AlterAction::DropPrimaryKey
        | AlterAction::RenameTable(_)
        | AlterAction::SetSchema(_)
        | AlterAction::RenameConstraint { .. }
        | AlterAction::AddIdentity { .. }
        | AlterAction::ChangeIdentity { .. }
        | AlterAction::DropGenerated(_)
        | AlterAction::AttachPartition(_)
        | AlterAction::DetachPartition(_)
        | AlterAction::Comment(_)
        | AlterAction::StorageEngine(_)
        | AlterAction::Option(_)
        | AlterAction::CharacterSet { .. }
        | AlterAction::Inherit { .. }
        | AlterAction::SetUnlogged(_) => None,
    }
}
