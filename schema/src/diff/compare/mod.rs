//! Two structures, compared. The changes are in an order that reads well; the one in which a database executes them follows from
//! what they need (`order`).

mod distribution;
mod functions;
mod keys;
mod same;
mod views;

use std::collections::BTreeSet;

pub(super) use self::same::{changed_character_set, changes_storage_engine};
use self::same::{column_changes, same_options};
use super::capture::CaptureTrigger;
use super::change::{Change, ColumnChange};
use super::facts::Facts;
use super::key::{Key, KeyKind};
use super::mysql::Partitioning;
use super::order::by_rank;
use super::postgres::is_same_domain;
use super::structure::{
    ColumnShape, EnumShape, ObjectShape, PartitionShape, Structure, TableShape, table_key,
};
use crate::dialect::Dialect;
use crate::model::TableName;

/// The names of keys that count, and whether parts of a table that only the first side has do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRule {
    /// Those that are written on the side that is to be reached, whatever parts there are.
    Written,
    /// Those that the database gives, too, and no part but those of the side that is to be reached.
    Given,
}

/// The changes that make `from` like `to`. A key without a name in `to` may have any.
pub fn compare(from: &Structure, to: &Structure) -> Vec<Change> {
    compare_with(from, to, NameRule::Written)
}

/// The same with another rule for the names of keys.
pub fn compare_with(from: &Structure, to: &Structure, names: NameRule) -> Vec<Change> {
    let mut comparison = Comparison {
        from,
        to,
        names,
        changes: Vec::new(),
        unsettled: BTreeSet::new(),
    };
    comparison.types();
    comparison.tables();
    comparison.views();
    comparison.functions();
    by_rank(&mut comparison.changes);
    comparison.changes
}

struct Comparison<'s> {
    from: &'s Structure,
    to: &'s Structure,
    names: NameRule,
    changes: Vec<Change>,
    /// Tables of which a column changes or goes: no view may read them meanwhile.
    unsettled: BTreeSet<String>,
}

impl<'s> Comparison<'s> {
    fn dialect(&self) -> Dialect {
        self.to.dialect
    }

    fn key_of(&self, name: &TableName) -> String {
        table_key(name, self.dialect())
    }

    fn types(&mut self) {
        let (from, to) = (self.from, self.to);
        for object in to.objects.iter().chain(&to.idle_objects) {
            let known = from.objects.iter().chain(&from.idle_objects);
            let known = known.chain(&from.functions);
            let mut known = known.filter(|one| one.is_same(object));
            match known.next() {
                None => self.changes.push(Change::CreateObject(object.clone())),
                Some(one) if one.words == object.words || is_same_domain(one, object) => {}
                Some(one) => self.changes.push(Change::ChangeObject {
                    from: one.clone(),
                    to: object.clone(),
                }),
            }
        }
        for values in to.enums.iter().chain(&to.idle_enums) {
            match enum_of(from, &values.name) {
                None => self.changes.push(Change::CreateEnum(values.clone())),
                Some(one) if one.values == values.values => {}
                Some(one) => {
                    self.changes.push(Change::ChangeEnum {
                        from: one.clone(),
                        to: values.clone(),
                    });
                    self.unsettle_enum(values.name.to_string());
                }
            }
        }
        for values in from.enums.iter().chain(&from.idle_enums).rev() {
            if enum_of(to, &values.name).is_none() {
                self.changes.push(Change::DropEnum(values.clone()));
            }
        }
        // Others may need an extension or a collation, whatever the tables do.
        let stays = |one: &&ObjectShape| matches!(one.kind, "EXTENSION" | "COLLATION");
        let idle = from.idle_objects.iter().filter(|one| !stays(one));
        let known = from.objects.iter().chain(idle);
        for object in known.filter(|one| one.kind != "FUNCTION").rev() {
            let mut wanted = to.objects.iter().chain(&to.idle_objects);
            if !wanted.any(|one| one.is_same(object)) {
                self.changes.push(Change::DropObject(object.clone()));
            }
        }
    }

    /// Its columns may get the type anew.
    fn unsettle_enum(&mut self, name: String) {
        for table in &self.from.tables {
            let holds = |column: &ColumnShape| column.type_sql.replace('"', "").starts_with(&name);
            if table.columns.iter().any(holds) {
                self.unsettled.insert(self.key_of(&table.name));
            }
        }
    }

    fn tables(&mut self) {
        let (from, to) = (self.from, self.to);
        for table in &to.tables {
            if self.is_left_alone(&table.name) {
                continue;
            }
            match from.table(&table.name) {
                Some(known) => self.table(known, table),
                None => self.create_table(table),
            }
            self.captures(&table.name);
        }
        for table in from.tables.iter().rev() {
            if to.table(&table.name).is_none() && !self.is_left_alone(&table.name) {
                self.drop_table(table);
                self.captures(&table.name);
            }
        }
    }

    /// Triggers that record changes, by their names.
    fn captures(&mut self, table: &TableName) {
        let (from, to) = (self.from.captures_of(table), self.to.captures_of(table));
        let lacking = |one: &[CaptureTrigger], other: &[CaptureTrigger]| {
            let is_known =
                |trigger: &&CaptureTrigger| other.iter().any(|known| known.name == trigger.name);
            let missing = one.iter().filter(|trigger| !is_known(trigger));
            missing.cloned().collect::<Vec<_>>()
        };
        let (gone, new) = (lacking(&from, &to), lacking(&to, &from));
        let table = table.clone();
        if !gone.is_empty() {
            self.changes.push(Change::DropCapture {
                table: table.clone(),
                triggers: gone,
            });
        }
        if !new.is_empty() {
            let triggers = new;
            self.changes.push(Change::AddCapture { table, triggers });
        }
    }

    /// Those that go or come again with the other changes.
    fn functions(&mut self) {
        let sides = (self.from, self.to);
        let gone = functions::gone(sides, self.names, &self.changes);
        let is_gone = |one: &ObjectShape| gone.iter().any(|other| other.is_same(one));
        let changes = &mut self.changes;
        changes.retain(|change| !matches!(change, Change::ChangeObject { to, .. } if is_gone(to)));
        let again = functions::again(self.to, &gone).into_iter();
        self.changes.extend(again.map(Change::CreateObject));
        if self.names == NameRule::Given {
            let back = functions::back(sides, &self.changes);
            self.changes
                .extend(back.into_iter().map(Change::CreateObject));
        }
        self.changes
            .extend(gone.into_iter().map(Change::DropObject));
    }

    /// Unmanaged on one side, and not only named there by foreign keys.
    fn is_left_alone(&self, name: &TableName) -> bool {
        let key = self.key_of(name);
        let mut tables = self
            .from
            .model()
            .tables
            .iter()
            .chain(&self.to.model().tables);
        tables.any(|table| {
            table.unmanaged && !table.native.outside && self.key_of(&table.name) == key
        })
    }

    fn create_table(&mut self, table: &TableShape) {
        self.changes.push(Change::CreateTable(table.clone()));
        for key in table.keys.iter().filter(|key| key.made_later) {
            self.changes.push(Change::AddKey {
                table: table.name.clone(),
                key: key.clone(),
            });
        }
    }

    /// Foreign keys to tables that go, too, go first where that is necessary.
    fn drop_table(&mut self, table: &TableShape) {
        self.unsettled.insert(self.key_of(&table.name));
        for key in table.keys.iter().filter(|key| key.made_later) {
            self.changes.push(Change::DropKey {
                table: table.name.clone(),
                key: key.clone(),
            });
        }
        self.changes.push(Change::DropTable(table.clone()));
    }

    fn table(&mut self, from: &'s TableShape, to: &'s TableShape) {
        let name = &to.name;
        for column in &to.columns {
            match from.column(&column.name, self.dialect()) {
                // It comes with that of the parent.
                None if column.inherited => {}
                None => self.changes.push(Change::AddColumn {
                    table: name.clone(),
                    column: column.clone(),
                }),
                Some(known) => self.column(from, to, known, column),
            }
        }
        for column in &from.columns {
            if to.column(&column.name, self.dialect()).is_none() {
                self.unsettled.insert(self.key_of(name));
                if column.inherited {
                    continue;
                }
                self.changes.push(Change::DropColumn {
                    table: name.clone(),
                    column: column.clone(),
                });
            }
        }
        self.partitions(from, to);
        let skipped = |key: &Key, other: &TableShape| self.goes_with_column(key, other);
        let old: Vec<&Key> = from.keys.iter().filter(|key| !skipped(key, to)).collect();
        let new: Vec<&Key> = to.keys.iter().filter(|key| !skipped(key, from)).collect();
        self.keys(name, &old, &new);
        if !same_options(&from.own_options, &to.own_options, self.dialect()) {
            self.changes.push(Change::ChangeOptions {
                table: name.clone(),
                from: from.own_options.clone(),
                to: to.own_options.clone(),
            });
        }
        self.partitioning(from, to);
        self.distribution(from, to);
        if from.comment != to.comment {
            self.changes.push(Change::ChangeComment {
                table: name.clone(),
                from: from.comment.clone(),
                to: to.comment.clone(),
            });
        }
    }

    /// A bound that is a function is taken for the same: the server keeps its value. A way back has no parts that the way there made.
    fn partitioning(&mut self, from: &TableShape, to: &TableShape) {
        let has_no_others = |known: &Partitioning, wanted: &Partitioning| match self.names {
            NameRule::Written => true,
            NameRule::Given => wanted.has_all_of(known) != Some(false),
        };
        let is_same = match (&from.partitioning, &to.partitioning) {
            (None, None) => true,
            (Some(known), Some(wanted)) => {
                known.has_all_of(wanted) != Some(false) && has_no_others(known, wanted)
            }
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_same {
            self.changes.push(Change::ChangePartitioning {
                table: to.name.clone(),
                from: from.partitioning.clone(),
                to: to.partitioning.clone(),
            });
        }
    }

    /// Parts that only `from` has are no difference by themselves, as programs make parts while they run; a way back drops those
    /// that the way there made.
    fn partitions(&mut self, from: &TableShape, to: &TableShape) {
        let dialect = self.dialect();
        let lacking = |one: &TableShape, other: &TableShape| {
            let is_same = |part: &PartitionShape, known: &PartitionShape| {
                table_key(&part.name, dialect) == table_key(&known.name, dialect)
            };
            let is_known =
                |part: &&PartitionShape| other.partitions.iter().any(|known| is_same(part, known));
            let missing = one.partitions.iter().filter(|part| !is_known(part));
            missing.cloned().collect::<Vec<_>>()
        };
        let table = &to.name;
        for partition in lacking(to, from) {
            let table = table.clone();
            self.changes.push(Change::AddPartition { table, partition });
        }
        for partition in lacking(from, to)
            .into_iter()
            .rev()
            .filter(|_| self.names == NameRule::Given)
        {
            let table = table.clone();
            self.changes
                .push(Change::DropPartition { table, partition });
        }
    }

    /// A check that stands at its column comes and goes with that; it may be part of it all the time.
    fn goes_with_column(&self, key: &Key, other: &TableShape) -> bool {
        let at = key.columns.first().filter(|_| key.at_column);
        at.is_some_and(|column| {
            self.checks_are_of_columns() || other.column(column, self.dialect()).is_none()
        })
    }

    fn checks_are_of_columns(&self) -> bool {
        (Facts::of(self.dialect()).columns.have_checks)(self.to.flavour)
    }

    fn column(
        &mut self,
        from_table: &TableShape,
        to_table: &TableShape,
        from: &ColumnShape,
        to: &ColumnShape,
    ) {
        let mut changes = column_changes(from, to, self.dialect());
        let checks = |table: &TableShape, column: &ColumnShape| {
            let of = table.keys.iter().filter(|key| {
                key.kind == KeyKind::Check && key.at_column && key.columns[0] == column.name
            });
            of.map(|key| key.meaning.clone()).collect::<Vec<_>>()
        };
        if self.checks_are_of_columns() && checks(from_table, from) != checks(to_table, to) {
            changes.push(ColumnChange::Check);
        }
        if changes.is_empty() {
            return;
        }
        if changes.iter().any(|change| unsettles(*change)) {
            self.unsettled.insert(self.key_of(&to_table.name));
        }
        if from.inherited && to.inherited {
            return;
        }
        self.changes.push(Change::ChangeColumn {
            table: to_table.name.clone(),
            from: Box::new(from.clone()),
            to: Box::new(to.clone()),
            changes,
        });
    }
}

/// The enum type of a name, whether a column has it or none.
fn enum_of<'s>(structure: &'s Structure, name: &TableName) -> Option<&'s EnumShape> {
    let mut known = structure.enums.iter().chain(&structure.idle_enums);
    known.find(|one| one.name == *name)
}

fn unsettles(change: ColumnChange) -> bool {
    match change {
        ColumnChange::Type | ColumnChange::Generated | ColumnChange::Collation => true,
        ColumnChange::Null
        | ColumnChange::Default
        | ColumnChange::Comment
        | ColumnChange::Words
        | ColumnChange::Check => false,
    }
}
