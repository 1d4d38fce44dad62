//! The parts of a database that a change makes, drops, alters and needs.

use super::divided::added_parts;
use super::part::{DatabasePart, Side};
use crate::dialect::Dialect;
use crate::diff::change::{Change, ColumnChange};
use crate::diff::compare::{changed_character_set, changes_storage_engine};
use crate::diff::facts::{Facts, Servers};
use crate::diff::key::{Key, KeyKind};
use crate::diff::render::{columns_of, set_of_table};
use crate::diff::structure::{ColumnShape, TableShape, ViewShape, folded};
use crate::model::TableName;

/// The parts that statements are about.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// There after them, and not before.
    pub(super) makes: Vec<DatabasePart>,
    /// There before them, and not after.
    pub(super) drops: Vec<DatabasePart>,
    /// There before and after, in another form.
    pub(super) alters: Vec<DatabasePart>,
    /// They have to be there, in the form that they have in the end.
    pub(super) needs: Vec<DatabasePart>,
    /// If they go, then before it: a foreign key is bound to one of the keys that it may refer to.
    pub(super) waits_for: Vec<DatabasePart>,
    /// As long as they are there, or have their old form, what is dropped was in need of them.
    pub(super) leaves: Vec<DatabasePart>,
    /// It has to go before what it leaves is altered, not only before that goes.
    pub(super) is_in_the_way: bool,
}

/// Both structures, by which the effects of a change are known.
pub(in crate::diff) struct Sides<'s> {
    pub(super) from: Side<'s>,
    pub(super) to: Side<'s>,
}

impl Sides<'_> {
    pub(super) fn effects(&self, change: &Change) -> Effects {
        let (from, to) = (&self.from, &self.to);
        let object = |name: &TableName| {
            vec![DatabasePart::Object(crate::diff::structure::table_key(
                name,
                to.dialect(),
            ))]
        };
        match change {
            Change::CreateObject(one) => Effects {
                makes: vec![to.object_part(one)],
                needs: to.needs_of_object(one),
                ..Effects::default()
            },
            Change::DropObject(one) => Effects {
                drops: vec![from.object_part(one)],
                leaves: from.left_by_object(one),
                ..Effects::default()
            },
            Change::ChangeObject { from: old, to: one } => Effects {
                alters: vec![to.object_part(one)],
                needs: to.needs_of_object(one),
                leaves: match one.kind {
                    "DOMAIN" => from.left_by_object(old),
                    _ => Vec::new(),
                },
                ..Effects::default()
            },
            Change::CreateEnum(one) => Effects {
                makes: object(&one.name),
                ..Effects::default()
            },
            Change::DropEnum(one) => Effects {
                drops: object(&one.name),
                ..Effects::default()
            },
            Change::ChangeEnum { from: old, .. } => {
                let columns = columns_of(from.structure, old).into_iter();
                let columns =
                    columns.map(|(table, column)| from.column_part(&table.name, &column.name));
                Effects {
                    alters: object(&old.name).into_iter().chain(columns).collect(),
                    ..Effects::default()
                }
            }
            Change::CreateTable(table) => self.created(table),
            Change::DropTable(table) => dropped(from, table),
            Change::AddColumn { table, column } => Effects {
                makes: vec![to.column_part(table, &column.name)],
                needs: std::iter::once(to.table_part(table))
                    .chain(to.needs_of_column(table, column))
                    .collect(),
                ..Effects::default()
            },
            Change::DropColumn { table, column } => Effects {
                drops: vec![from.column_part(table, &column.name)],
                leaves: from.needs_of_column(table, column),
                is_in_the_way: column.computed,
                ..Effects::default()
            },
            Change::ChangeColumn {
                table,
                from,
                to,
                changes,
            } => self.changed(table, (from.as_ref(), to.as_ref()), changes),
            Change::AddKey { table, key } => self.added_key(table, key),
            Change::DropKey { table, key } => self.dropped_key(table, key),
            Change::RenameKey {
                table,
                from: old,
                to: new,
            } => self.renamed_key(table, old, new),
            Change::ValidateKey { table, key } => Effects {
                needs: named(to, table, key),
                ..Effects::default()
            },
            Change::ChangeOptions { table, from, to } => {
                let columns = self.columns_of_set(table, from, to);
                // Columns that are added take the new one.
                let sets = self.to.facts().tables.sets_characters;
                let set = changed_character_set(from, to).filter(|_| sets);
                let own = set.map(|_| self.to.table_part(table));
                Effects {
                    alters: own.into_iter().chain(columns).collect(),
                    needs: vec![self.to.table_part(table)],
                    waits_for: match changes_storage_engine(from, to) {
                        true => self.from.foreign_keys_at(table),
                        false => Vec::new(),
                    },
                    ..Effects::default()
                }
            }
            // Its bounds are of the type that the column gets.
            Change::ChangePartitioning {
                table,
                from: old,
                to: new,
            } if added_parts(old, new).is_some() => Effects {
                needs: to.whole(table),
                ..Effects::default()
            },
            Change::ChangePartitioning {
                table,
                from: old,
                to: new,
            } => self.divided(table, (old.is_some(), new.is_some())),
            Change::ChangeComment { table, .. } => Effects {
                needs: vec![to.table_part(table)],
                ..Effects::default()
            },
            Change::AddPartition { table, .. } => Effects {
                needs: to.whole(table),
                ..Effects::default()
            },
            Change::DropPartition { table, .. } => Effects {
                leaves: from.whole(table),
                ..Effects::default()
            },
            Change::ChangeDistribution {
                table,
                from: old,
                to: new,
            } => self.distributed(table, (old.as_ref(), new.as_ref())),
            Change::AddCapture { table, .. } => Effects {
                needs: to.whole(table),
                ..Effects::default()
            },
            Change::DropCapture { table, .. } => Effects {
                leaves: from.whole(table),
                ..Effects::default()
            },
            Change::CreateView(view) => Effects {
                makes: vec![to.table_part(&view.name)],
                needs: read_by(to, view),
                ..Effects::default()
            },
            Change::DropView(view) => Effects {
                drops: vec![from.table_part(&view.name)],
                leaves: read_by(from, view),
                is_in_the_way: true,
                ..Effects::default()
            },
        }
    }

    /// A name that no side has is one for the time between, which nothing else takes: see `circle`.
    fn renamed_key(&self, table: &TableName, old: &Key, new: &Key) -> Effects {
        let mut known = self.from.keys(table).iter();
        let is_known = known.any(|one| one.known_name == old.known_name);
        let parts = named(&self.from, table, old);
        let mut effects = Effects {
            makes: named(&self.to, table, new),
            needs: self.needs_of_rename(table, new),
            ..Effects::default()
        };
        match is_known {
            true => effects.drops = parts,
            false => effects.needs.extend(parts),
        }
        effects
    }

    /// Foreign keys and checks may be made anew for another name.
    fn needs_of_rename(&self, table: &TableName, new: &Key) -> Vec<DatabasePart> {
        let to = &self.to;
        let is_index = match new.kind {
            KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => true,
            KeyKind::Check | KeyKind::ForeignKey => !to.facts().keys.constraints_made_anew,
        };
        match is_index {
            true => vec![to.table_part(table)],
            false => to.needs_of_key(table, new),
        }
    }

    /// The columns that options give another character set.
    pub(super) fn columns_of_set(
        &self,
        table: &TableName,
        from: &str,
        to: &str,
    ) -> Vec<DatabasePart> {
        let shapes = self.from.table(table).zip(self.to.table(table));
        let sets = self.to.facts().tables.sets_characters;
        let changes = sets && changed_character_set(from, to).is_some();
        let columns = shapes
            .filter(|_| changes)
            .map_or(Vec::new(), |(from, to)| set_of_table(from, to));
        columns
            .iter()
            .map(|column| self.to.column_part(table, &column.name))
            .collect()
    }

    fn changed(
        &self,
        table: &TableName,
        (old, new): (&ColumnShape, &ColumnShape),
        changes: &[ColumnChange],
    ) -> Effects {
        let part = self.to.column_part(table, &new.name);
        let mut effects = Effects {
            needs: std::iter::once(self.to.table_part(table))
                .chain(self.to.needs_of_column(table, new))
                .collect(),
            leaves: self.from.needs_of_column(table, old),
            // Its source is changed after that (PostgreSQL's error 0A000).
            is_in_the_way: old.computed && !new.computed,
            waits_for: match changes.contains(&ColumnChange::Null) && new.nullable {
                true => self.primary_key_of(table, old),
                false => Vec::new(),
            },
            ..Effects::default()
        };
        if is_made_anew(old, new, changes, self.to.dialect()) {
            effects.drops.push(part.clone());
            effects.makes.push(part);
        } else if rewrites(changes) {
            effects.alters.push(part);
        }
        effects
    }

    /// Under which a column cannot be NULL.
    fn primary_key_of(&self, table: &TableName, column: &ColumnShape) -> Vec<DatabasePart> {
        let dialect = self.from.dialect();
        let is_in = |key: &&Key| {
            let mut columns = key.columns.iter();
            let is_column = |one: &String| folded(one, dialect) == folded(&column.name, dialect);
            key.kind == KeyKind::PrimaryKey && columns.any(is_column)
        };
        let keys = self.from.keys(table).iter().filter(is_in);
        keys.map(|key| self.from.key_part(table, key)).collect()
    }

    fn added_key(&self, table: &TableName, key: &Key) -> Effects {
        Effects {
            makes: named(&self.to, table, key),
            needs: self
                .to
                .needs_of_key(table, key)
                .into_iter()
                .chain(self.distributed_by(table, key))
                .collect(),
            waits_for: self.waits_of_key(table, key),
            ..Effects::default()
        }
    }

    fn created(&self, table: &TableShape) -> Effects {
        let to = &self.to;
        let mut effects = Effects {
            makes: to.whole(&table.name),
            ..Effects::default()
        };
        for key in table.keys.iter().filter(|key| !key.made_later) {
            effects.makes.extend(named(to, &table.name, key));
            effects.needs.extend(to.needs_of_key(&table.name, key));
            effects
                .waits_for
                .extend(self.waits_of_key(&table.name, key));
        }
        for column in &table.columns {
            effects
                .needs
                .extend(to.needs_of_column(&table.name, column));
        }
        effects
            .needs
            .extend(table.parents.iter().flat_map(|parent| to.whole(parent)));
        if let Some(shape) = &table.distribution {
            effects.needs.extend(self.first_of(&table.name, shape));
        }
        effects
    }

    /// MySQL has no foreign key at a divided table, nor there a unique key without the column that divides it (errors 1506, 1503).
    /// On a cluster rows are on the coordinator before they have a key that several servers could not look after.
    fn waits_of_key(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        let tables = std::iter::once(table).chain(&key.referred);
        let divided = tables.map(|table| self.from.divided_part(table));
        divided
            .chain([self.from.distributed_part(table)])
            .chain(self.referred_before(table, key))
            .collect()
    }

    /// A table ceases to be divided before its columns and keys change, and begins to be after that.
    fn divided(&self, table: &TableName, (was, will_be): (bool, bool)) -> Effects {
        let mut effects = Effects {
            needs: vec![self.to.table_part(table)],
            is_in_the_way: true,
            ..Effects::default()
        };
        if was {
            effects.drops.push(self.from.divided_part(table));
            effects.leaves = self.from.whole(table);
        }
        if will_be {
            effects.needs.extend(self.to.whole(table));
            let parts = |side: &Side<'_>| side.keys_at(table);
            effects.needs.extend(parts(&self.to));
            effects.waits_for = parts(&self.from);
        }
        effects
    }

    /// The keys that a foreign key could refer to so far.
    fn referred_before(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        if self.from.facts().keys.servers != Servers::UniqueKey {
            return Vec::new();
        }
        let servers = self.from.servers(table, key).into_iter().flatten();
        servers
            .map(|(at, one)| self.from.key_part(&at, one))
            .collect()
    }

    /// An index waits for the one that takes its place at a foreign key.
    fn dropped_key(&self, table: &TableName, key: &Key) -> Effects {
        let is_foreign = key.kind == KeyKind::ForeignKey;
        Effects {
            drops: named(&self.from, table, key),
            leaves: self.from.needs_of_key(table, key),
            needs: self.replacements(table, key),
            is_in_the_way: is_foreign || !self.from.facts().keys.only_foreign_hinder,
            ..Effects::default()
        }
    }

    /// The new indexes that serve what this one served.
    fn replacements(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        if self.to.facts().keys.servers != Servers::Indexes {
            return Vec::new();
        }
        let own = self.from.key_part(table, key);
        let mut served = self.served_columns(table, key);
        served.retain(|columns| !self.is_served_meanwhile(table, key, columns));
        let keys = self.to.keys(table).iter();
        let keys = keys.filter(|one| {
            served
                .iter()
                .any(|columns| super::part::leads(one, columns, self.to.dialect()))
        });
        keys.map(|one| self.to.key_part(table, one))
            .filter(|part| *part != own)
            .collect()
    }

    /// Whether another key serves these columns all the time: none of its own columns is dropped and added.
    fn is_served_meanwhile(&self, table: &TableName, served_by: &Key, columns: &[String]) -> bool {
        let (from, to) = (&self.from, &self.to);
        let own = from.key_part(table, served_by);
        let stays = |one: &Key| {
            let mut wanted = to.keys(table).iter();
            wanted.any(|other| other.does_the_same(one) && other.known_name == one.known_name)
        };
        let is_computed = |side: &Side<'_>, name: &str| {
            let column = side
                .table(table)
                .and_then(|shape| shape.column(name, side.dialect()));
            column.is_none_or(|column| column.computed)
        };
        let is_plain = |name: &String| !is_computed(from, name) && !is_computed(to, name);
        let mut keys = from.keys(table).iter();
        keys.any(|one| {
            super::part::leads(one, columns, from.dialect())
                && from.key_part(table, one) != own
                && stays(one)
                && one.columns.iter().all(is_plain)
        })
    }

    /// The columns of foreign keys and of a counted column that an index serves.
    fn served_columns(&self, table: &TableName, key: &Key) -> Vec<Vec<String>> {
        let dialect = self.from.dialect();
        let shape = self.from.table(table);
        let counted = shape
            .into_iter()
            .flat_map(|one| &one.columns)
            .filter(|one| super::part::is_counted(one));
        let own = self
            .from
            .keys(table)
            .iter()
            .filter(|one| one.kind == KeyKind::ForeignKey);
        let wanted = self.from.table_part(table);
        let all = self.from.structure.tables.iter().flat_map(|one| &one.keys);
        let referring = all.filter(|one| {
            one.referred
                .as_ref()
                .is_some_and(|at| self.from.table_part(at) == wanted)
        });
        let columns = counted
            .map(|one| vec![one.name.clone()])
            .chain(own.map(|one| one.columns.clone()));
        let columns = columns.chain(referring.map(|one| one.referred_columns.clone()));
        columns
            .filter(|columns| super::part::leads(key, columns, dialect))
            .collect()
    }
}

fn named(side: &Side<'_>, table: &TableName, key: &Key) -> Vec<DatabasePart> {
    std::iter::once(side.key_part(table, key))
        .chain(side.name_part(table, key))
        .collect()
}

fn dropped(from: &Side<'_>, table: &TableShape) -> Effects {
    let mut effects = Effects {
        drops: from.whole(&table.name),
        ..Effects::default()
    };
    for key in &table.keys {
        effects.drops.push(from.key_part(&table.name, key));
        if !key.made_later {
            effects.leaves.extend(from.needs_of_key(&table.name, key));
        }
    }
    for column in &table.columns {
        effects
            .leaves
            .extend(from.needs_of_column(&table.name, column));
    }
    effects
        .leaves
        .extend(table.parents.iter().map(|parent| from.table_part(parent)));
    effects
}

fn read_by(side: &Side<'_>, view: &ViewShape) -> Vec<DatabasePart> {
    let read = view.reads.iter().flat_map(|name| side.whole(name));
    read.chain(side.objects_in(&view.query)).collect()
}

/// Whether values are written anew, so that what reads them may stand in the way.
pub(super) fn rewrites(changes: &[ColumnChange]) -> bool {
    changes.iter().any(|change| match change {
        ColumnChange::Type | ColumnChange::Generated | ColumnChange::Collation => true,
        ColumnChange::Null
        | ColumnChange::Default
        | ColumnChange::Comment
        | ColumnChange::Words
        | ColumnChange::Check => false,
    })
}

/// Whether the column is dropped and added: a computed one, unless the database can change it, or the values that it has are none of
/// the type that it gets.
pub(in crate::diff) fn is_made_anew(
    old: &ColumnShape,
    new: &ColumnShape,
    changes: &[ColumnChange],
    dialect: Dialect,
) -> bool {
    let becomes = changes.contains(&ColumnChange::Generated) && (old.computed || new.computed);
    becomes && (Facts::of(dialect).columns.is_made_anew)(old, new, changes)
}
