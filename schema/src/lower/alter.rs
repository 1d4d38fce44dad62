//! Plays `ALTER TABLE` and `ALTER TYPE` through.

use crate::ast::{
    AlterAction, AlterTable, ColumnPosition, FileAst, MoveObject, Name, NewPlace, ObjectKind,
    ObjectName,
};
use crate::diagnostic::Diagnostic;
use crate::dialect::Flavour;
use crate::draft::{DraftColumn, DraftCounter, DraftGenerated, DraftTable, TableIndex};
use crate::lists::IntoVec as _;
use crate::source::Span;

use super::column::{change_identity, column, forget_generated, set_default, set_identity};
use super::effects::{Effects, HeldViews};
use super::objects::is_sequence;
use super::view_readers::Read;
use super::{
    Fold, constraint, drop_column, lookup, mysql, native, postgres, rename, setting, unknown,
};

impl Fold<'_> {
    pub(super) fn alter_table(&mut self, file: &FileAst, alter: &AlterTable) {
        if alter.actions.is_empty() {
            return self.skip("ALTER TABLE");
        }
        let Some(index) = self.find(file, &alter.table) else {
            if self.alter_view(file, &alter.table, &alter.actions) {
                return;
            }
            if !alter.if_exists && !self.alter_other(file, alter) {
                self.unknown_table(&alter.table, "this change");
            }
            return;
        };
        self.path.clone_from(&alter.table.path);
        // MySQL drops before it adds, and a new character set counts for the columns of the same statement.
        let is_first = |action: &&AlterAction| {
            matches!(
                action,
                AlterAction::DropPrimaryKey | AlterAction::CharacterSet { .. }
            )
        };
        let (first, rest): (Vec<_>, Vec<_>) = alter.actions.iter().partition(is_first);
        for action in first.into_iter().chain(rest) {
            if self.tables[index].is_some() {
                self.action(file, index, action);
            }
            if !alter.only && Effects::of(file.dialect).changes_heirs {
                self.change_heirs(file, index, action);
            }
        }
    }

    /// `ALTER TABLE … RENAME TO` may be of an index or a sequence; `false` where it is none of them.
    fn alter_other(&mut self, file: &FileAst, alter: &AlterTable) -> bool {
        if !Effects::of(file.dialect).alters_others {
            return false;
        }
        let name = &alter.table;
        let mut renames = alter.actions.iter().filter_map(|action| {
            if let AlterAction::RenameTable(to) = action {
                Some(&to.name)
            } else {
                None
            }
        });
        let Some(to) = renames.next() else {
            return false;
        };
        let sequence = MoveObject {
            kind: ObjectKind::Sequence,
            name: name.clone(),
            to: NewPlace::Name(to.clone()),
        };
        let is_known = (self.objects.named(&name.name.text))
            .any(|(_, object)| is_sequence(object) && object.file == file.file);
        if is_known {
            self.move_object(file, &sequence);
            return true;
        }
        // Another schema's, or one of a table that is no model.
        self.rename_unnamed(file.file, name, to)
            || self.rename_index(file, name, to)
            || name.name.text.ends_with("_seq")
    }

    pub(super) fn action(&mut self, file: &FileAst, index: TableIndex, action: &AlterAction) {
        if let AlterAction::RenameTable(name) = action {
            let to = renamed(&self.table_mut(index).name, name);
            self.table_leaves(file, index, to.name.span);
            self.partitions_follow(index, &to);
            return self.rename_table(index, to);
        }
        if let AlterAction::SetSchema(schema) = action {
            let to = moved(&self.table_mut(index).name, &schema.text);
            self.table_leaves(file, index, schema.span);
            return self.move_table(file, index, to);
        }
        self.views_see(file, index, action);
        if let AlterAction::AttachPartition(partition) = action {
            self.attach_partition(file, index, partition);
            return self.skip("ALTER TABLE … ATTACH PARTITION");
        }
        if let AlterAction::DetachPartition(name) = action {
            return self.detach_partition(index, name);
        }
        let mut table = self.tables[index]
            .take()
            .expect("the caller saw that it is there");
        self.change(file, index, &mut table, action);
        if names_keys(action) {
            self.note_keys(index, &mut table);
        }
        self.tables[index] = Some(table);
    }

    fn change(
        &mut self,
        file: &FileAst,
        index: TableIndex,
        table: &mut DraftTable,
        action: &AlterAction,
    ) {
        match action {
            AlterAction::AddColumn {
                column,
                if_not_exists,
                position,
            } => {
                let there = lookup::column_index(&table.columns, &column.name.text, table.dialect)
                    .is_some();
                if !(there && *if_not_exists) {
                    self.add_column(file, table, column);
                    move_column(table, &column.name, position);
                }
            }
            AlterAction::Redefine {
                column: old,
                definition,
                position,
            } => {
                let Some(at) = self.column_of(table, old) else {
                    return;
                };
                rename::rename_column(table, &old.text, &definition.name);
                table
                    .renames
                    .push((self.now, old.text.clone(), definition.name.text.clone()));
                let notes = std::mem::take(&mut table.columns[at].notes);
                let mut changed = column(definition, file.dialect);
                mysql::character_set::in_bytes(&mut changed, table);
                table.columns[at] = DraftColumn { notes, ..changed };
                if file.flavour != Some(Flavour::Mysql) {
                    constraint::forget_own_checks(table, definition);
                }
                self.column_constraints(file, table, definition);
                move_column(table, &definition.name, position);
            }
            AlterAction::AddConstraint(added) => self.add_constraint(file, table, added),
            AlterAction::DropColumn {
                column,
                if_exists,
                cascade,
            } => {
                let known = *if_exists || self.column_of(table, column).is_some();
                if known && !self.keeps_column(table, column) {
                    constraint::settle_names(table, None);
                    self.drop_column(index, table, &column.text, *cascade);
                }
            }
            AlterAction::DropConstraint {
                name,
                kind,
                cascade,
            } => {
                if *cascade && let Some(key) = constraint::key_named(table, &name.text) {
                    for other in self.tables.iter_mut().flatten() {
                        constraint::drop_references_to(other, index, &key);
                    }
                }
                constraint::settle_names(table, Some(&name.text));
                constraint::drop_named(table, &name.text, *kind);
            }
            AlterAction::ValidateConstraint(name) => {
                constraint::validate(table, &name.text);
            }
            AlterAction::DeferConstraint { name, deferrable } => {
                constraint::defer(table, &name.text, *deferrable);
            }
            AlterAction::DropPrimaryKey => constraint::drop_primary_key(table),
            AlterAction::RenameColumn { from, to } => {
                if self.column_of(table, from).is_some() {
                    self.keep_sequences(index, table, Some(&from.text));
                    self.owner_renamed(&table.name, from, to);
                    self.parts_follow_column(&table.name.name, from, to);
                    rename::rename_column(table, &from.text, to);
                    table
                        .renames
                        .push((self.now, from.text.clone(), to.text.clone()));
                }
            }
            AlterAction::RenameConstraint { from, to } => rename_constraint(table, from, to),
            AlterAction::StorageEngine(name) => table.storage_engine = Some(name.clone()),
            AlterAction::Comment(text) => table.comment = Some(text.clone()),
            AlterAction::Option(option) => native::set_option(table, option),
            AlterAction::CharacterSet { options, converts } => {
                mysql::character_set::change(table, options, *converts);
            }
            AlterAction::DropVersioning => native::drop_option(table, "SYSTEM VERSIONING"),
            AlterAction::DropPartitioning => native::drop_option(table, "PARTITION BY"),
            AlterAction::ChangeParts(change) => native::change_parts(table, change),
            AlterAction::DropPeriod(name) => {
                let dialect = table.dialect;
                let periods = &mut table.native.periods;
                periods.retain(|known| !lookup::same_name(&known.name.text, &name.text, dialect));
            }
            AlterAction::SetUnlogged(unlogged) => table.native.unlogged = *unlogged,
            AlterAction::Inherit { parent, no } => {
                let found = self.find(file, parent);
                if let Some(parent) = found {
                    self.heirs.entry(parent).or_default().push(index);
                }
                native::inherit(table, parent, found, *no);
            }
            AlterAction::ColumnSetting {
                column,
                setting,
                value,
            } => {
                self.with_column(table, column, |column| {
                    setting::change(column, *setting, value);
                });
            }
            AlterAction::SetDefault { column, value } => {
                let mut value = value.clone();
                self.place_expression(file, &mut value);
                self.with_column(table, column, |column| set_default(column, value));
                self.serial_again(table, column);
            }
            AlterAction::DropDefault(column) => {
                self.spell_out_serial(index, table, column);
                self.with_column(table, column, |column| {
                    column.default = None;
                    if matches!(column.generated, DraftGenerated::Counted { .. }) {
                        forget_generated(column);
                    }
                });
            }
            AlterAction::SetNotNull(column) => {
                self.with_column(table, column, |column| column.not_null = true)
            }
            AlterAction::DropNotNull(column) => {
                self.with_column(table, column, |column| column.not_null = false)
            }
            AlterAction::SetType {
                column,
                type_name,
                collation,
            } => {
                let dialect = file.dialect;
                // Its sequence goes on counting in the old type; that of an identity takes the new one.
                self.spell_out_serial(index, table, column);
                self.with_column(table, column, |column| {
                    setting::forget(column);
                    if Effects::of(dialect).default_keeps_type {
                        postgres::default::keep_type_of_default(column, type_name);
                    }
                    column.type_name.clone_from(type_name);
                    column.collation.clone_from(collation);
                });
                if let Some(at) = lookup::column_index(&table.columns, &column.text, dialect) {
                    self.place_column(file, &mut table.columns[at]);
                }
            }
            AlterAction::AddIdentity {
                column,
                always,
                options,
            } => self.with_column(table, column, |column| {
                set_identity(column, *always, options);
            }),
            AlterAction::ChangeIdentity {
                column,
                always,
                words,
            } => self.with_column(table, column, |column| {
                change_identity(column, *always, words);
            }),
            AlterAction::SetExpression { column, expression } => {
                self.with_column(table, column, |column| {
                    if let DraftGenerated::Computed {
                        expression: known, ..
                    } = &mut column.generated
                    {
                        known.clone_from(expression);
                    }
                });
            }
            AlterAction::DropGenerated(column) => {
                self.with_column(table, column, forget_generated);
            }
            AlterAction::RenameTable(_)
            | AlterAction::SetSchema(_)
            | AlterAction::AttachPartition(_)
            | AlterAction::DetachPartition(_) => {}
        }
    }

    /// SQLite keeps a column that anything else needs, which is an error then.
    fn keeps_column(&mut self, table: &DraftTable, column: &Name) -> bool {
        if !Effects::of(table.dialect).keeps_needed_columns {
            return false;
        }
        let Some((why, help)) = drop_column::kept(table, &column.text) else {
            return false;
        };
        let message = format!(
            "SQLite does not drop `{}` of `{}`: {why}",
            column.text, table.name.name.text
        );
        let finding = Diagnostic::error("B0013", message).at(column.span, "");
        self.diagnostics.push(finding.help(help));
        true
    }

    /// `CASCADE` drops what is generated from the column too, and the foreign keys to all of them.
    fn drop_column(
        &mut self,
        index: TableIndex,
        table: &mut DraftTable,
        name: &str,
        cascade: bool,
    ) {
        let mut names = vec![name.to_owned()];
        while let Some(name) = names.pop() {
            drop_column::drop_column(table, &name);
            if cascade {
                names.extend(drop_column::generated_from(table, &name));
                for other in self.tables.iter_mut().flatten() {
                    drop_column::drop_references(other, index, &name, table.dialect);
                }
            }
        }
    }

    fn with_column(
        &mut self,
        table: &mut DraftTable,
        name: &Name,
        change: impl FnOnce(&mut crate::draft::DraftColumn),
    ) {
        if let Some(at) = self.column_of(table, name) {
            change(&mut table.columns[at]);
            table.columns[at].inherited = false;
        }
    }

    /// The place of a column, or an error that names those there are.
    fn column_of(&mut self, table: &DraftTable, name: &Name) -> Option<usize> {
        let found = lookup::column_index(&table.columns, &name.text, table.dialect);
        if found.is_none() && !table.incomplete {
            self.diagnostics.push(unknown::column(table, name));
        }
        found
    }

    /// Sequences of the table's columns.
    fn owner_follows(&mut self, table: &ObjectName, change: impl Fn(&mut ObjectName, &mut Name)) {
        for at in self.objects.owned_by(table) {
            let owner = self.objects.get(at).and_then(|object| object.owner.clone());
            let owner = owner.map(|(mut table, mut column)| {
                change(&mut table, &mut column);
                (table, column)
            });
            self.objects.give(at, owner);
        }
    }

    fn owner_renamed(&mut self, table: &ObjectName, from: &Name, to: &Name) {
        self.owner_follows(table, |_, column| {
            if column.text == from.text {
                column.clone_from(to);
            }
        });
    }

    /// The table is in another schema, and so are the sequences of its columns.
    fn move_table(&mut self, file: &FileAst, index: TableIndex, to: ObjectName) {
        let table = self.table_mut(index);
        let from = std::mem::replace(&mut table.name, to.clone());
        for column in &mut table.columns {
            if let DraftCounter::Identity(options) = &mut column.counter
                && let Some(sequence) = &mut options.sequence
            {
                sequence.schema.clone_from(&to.schema);
            }
        }
        for at in self.objects.owned_by(&from) {
            if let Some(object) = self.objects.get(at) {
                let before = object.name.clone();
                let schema = to.schema.clone();
                let after = ObjectName {
                    schema,
                    ..before.clone()
                };
                self.objects.rename(at, after.clone());
                self.counters_follow(file, &before, &after);
            }
        }
        self.owner_follows(&from, |owner, _| owner.clone_from(&to));
    }

    fn table_leaves(&mut self, file: &FileAst, index: TableIndex, at: Span) {
        let name = self.table_mut(index).name.name.text.clone();
        self.views_lose(file, Read::Table(index), &name, at);
    }

    /// The table's columns that views read.
    fn views_see(&mut self, file: &FileAst, index: TableIndex, action: &AlterAction) {
        if let AlterAction::RenameColumn { from, .. } = action {
            self.views_lose_column(file, index, from);
        } else if let AlterAction::DropColumn {
            column, cascade, ..
        } = action
            && Effects::of(file.dialect).views == HeldViews::ByColumns
        {
            if *cascade {
                self.drop_readers_of_column(file, index, &column.text);
            }
            self.views_lose_place(file, index, column);
        }
    }

    fn rename_table(&mut self, index: TableIndex, to: ObjectName) {
        let mut table = self.tables[index]
            .take()
            .expect("the caller saw that it is there");
        postgres::implied::settle_names(&mut table);
        constraint::numbers_follow(&mut table, &to.name.text);
        rename::forget_own_name(&mut table);
        self.keep_sequences(index, &mut table, None);
        self.note_keys(index, &mut table);
        let table = self.tables[index].insert(table);
        let old = table.name.name.text.to_lowercase();
        let new = to.name.text.to_lowercase();
        let name = table.name.name.clone();
        if self.awaited.contains(&old) && self.may_follow(&name, self.tables.len()) {
            self.bind_waiting_keys(index);
        }
        let is_there: Vec<bool> = self.tables.iter().map(Option::is_some).into_vec();
        let table = self.table_mut(index);
        let (own, dialect) = (table.name.name.text.clone(), table.dialect);
        // Also the key of a table that took the place of the one that it referred to.
        let itself = table.foreign_keys.iter_mut().filter(|key| {
            let referred = &key.reference.table.name.text;
            let waits = key.target.is_none_or(|target| !is_there[target]);
            waits && lookup::same_name(referred, &own, dialect)
        });
        for key in itself {
            key.target = None;
            key.reference.table.clone_from(&to);
        }
        let (from, place) = (table.name.clone(), to.clone());
        self.owner_follows(&from, |owner, _| owner.clone_from(&place));
        let table = self.table_mut(index);
        table.name = to;
        self.forget_name(&old, index);
        self.no_models.insert(old);
        self.by_name.entry(new).or_default().push(index);
    }
}

/// Whether keys may have got their names by this.
fn names_keys(action: &AlterAction) -> bool {
    matches!(
        action,
        AlterAction::AddConstraint(_)
            | AlterAction::Redefine { .. }
            | AlterAction::RenameColumn { .. }
            | AlterAction::RenameConstraint { .. }
    )
}

/// The name after `RENAME TO`, which moves nothing to another schema unless it names one.
pub(super) fn renamed(from: &ObjectName, to: &ObjectName) -> ObjectName {
    let schema = to.schema.clone().or(from.schema.clone());
    ObjectName {
        schema,
        ..to.clone()
    }
}

/// The name after `SET SCHEMA`.
pub(super) fn moved(from: &ObjectName, schema: &str) -> ObjectName {
    ObjectName {
        schema: (schema != "public").then(|| schema.to_owned()),
        ..from.clone()
    }
}

fn move_column(table: &mut DraftTable, name: &Name, position: &ColumnPosition) {
    let Some(from) = lookup::column_index(&table.columns, &name.text, table.dialect) else {
        return;
    };
    let to = match position {
        ColumnPosition::Unsaid => return,
        ColumnPosition::First => 0,
        ColumnPosition::After(before) => {
            match lookup::column_index(&table.columns, &before.text, table.dialect) {
                Some(before) if before < from => before + 1,
                Some(before) => before,
                None => return,
            }
        }
    };
    let column = table.columns.remove(from);
    table.columns.insert(to, column);
}

pub(super) fn rename_constraint(table: &mut DraftTable, from: &Name, to: &Name) {
    postgres::implied::settle_names(table);
    // Where indexes alone are renamed, a foreign key keeps the name that its index had.
    let is_index = Effects::of(table.dialect).renames_indexes_alone;
    let keys = (table.uniques.iter_mut().map(|unique| &mut unique.name))
        .chain(table.indexes.iter_mut().map(|index| &mut index.name));
    let constraints = (table.primary_key.iter_mut().map(|key| &mut key.name))
        .chain(table.foreign_keys.iter_mut().map(|key| &mut key.name))
        .chain(table.checks.iter_mut().map(|check| &mut check.name))
        .chain(table.native.exclusions.iter_mut().map(|(name, _)| name));
    let names = keys.chain(constraints.filter(|_| !is_index));
    for name in names.filter(|name| name.as_deref() == Some(from.text.as_str())) {
        *name = Some(to.text.clone());
    }
}
