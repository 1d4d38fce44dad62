//! Constraints and indexes of a table: adding, naming, dropping.

use crate::ast::{
    ColumnDef, CreateIndex, DroppedKey, FileAst, KeyPart, Name, ObjectName, PartKey, Period,
    TableConstraint, TableConstraintKind, TypeArgument, UniqueOptions,
};
use crate::draft::{
    DraftCheck, DraftForeignKey, DraftIndex, DraftKey, DraftTable, DraftUnique, TableIndex,
};
use crate::findings::unreadable;
use crate::lists::IntoVec as _;

use super::effects::Effects;
use super::mysql::key_name;
use super::postgres::implied::{implied_name, texts};
use super::{Fold, check_name, lookup, unknown};

impl Fold<'_> {
    pub(super) fn add_constraint(
        &mut self,
        file: &FileAst,
        table: &mut DraftTable,
        constraint: &TableConstraint,
    ) {
        let name = constraint.name.as_ref().map(|name| name.text.clone());
        let name = name.or_else(|| self.numbered_name(table, &constraint.kind));
        let name = name.or_else(|| key_name::numbered(table, &constraint.kind));
        let (span, not_valid) = (constraint.span, constraint.not_valid);
        match &constraint.kind {
            TableConstraintKind::PrimaryKey {
                parts,
                deferrable,
                words,
            } => {
                let parts = in_columns(table, parts);
                match key_columns(&parts) {
                    Some(columns) => self.set_primary_key(
                        table,
                        DraftKey {
                            columns,
                            parts,
                            name,
                            deferrable: *deferrable,
                            words: words.clone(),
                            span,
                        },
                    ),
                    None => {
                        let name = &table.name.name.text;
                        let finding = unreadable::key_of_no_column(name, span);
                        self.diagnostics.push(finding);
                    }
                }
            }
            TableConstraintKind::Unique { parts, options } => {
                add_unique(table, parts, name, options, constraint)
            }
            TableConstraintKind::UsingIndex {
                primary,
                index,
                options,
            } => self.using_index(table, *primary, index, options, constraint),
            TableConstraintKind::ForeignKey { columns, reference } => {
                let target = self.target(file, table, &reference.table);
                let (columns, reference, declared) = (columns.clone(), reference.clone(), self.now);
                table.foreign_keys.push(DraftForeignKey {
                    name,
                    columns,
                    reference,
                    target,
                    declared,
                    not_valid,
                    span,
                });
            }
            TableConstraintKind::Check(condition, words) => {
                let mut condition = condition.clone();
                self.place_expression(file, &mut condition);
                table.checks.push(DraftCheck {
                    name,
                    condition,
                    column: None,
                    words: words.clone(),
                    not_valid,
                });
            }
            TableConstraintKind::Index {
                parts,
                method,
                words,
            } => {
                let (parts, method) = (parts.clone(), method.clone());
                let options = UniqueOptions {
                    words: words.clone(),
                    ..UniqueOptions::default()
                };
                table.indexes.push(DraftIndex {
                    name,
                    unique: false,
                    parts,
                    predicate: None,
                    method,
                    is_constraint: false,
                    options,
                    span,
                });
            }
            TableConstraintKind::Exclude(written) => {
                let mut written = written.clone();
                self.place_expression(file, &mut written);
                table.native.exclusions.push((name, written));
            }
            TableConstraintKind::NotNull(column) => {
                let found = lookup::column_index(&table.columns, &column.text, table.dialect);
                if let Some(at) = found {
                    table.columns[at].not_null = true;
                }
            }
            TableConstraintKind::Period(period) => add_period(table, period),
        }
    }

    /// The table a reference means now; the table being made is found by its own name at the end.
    pub(super) fn target(
        &mut self,
        file: &FileAst,
        table: &DraftTable,
        name: &ObjectName,
    ) -> Option<TableIndex> {
        let own = lookup::same_name(&table.name.name.text, &name.name.text, table.dialect);
        let schema = table.name.schema.as_ref();
        let name = name.as_referred_by(schema, file.dialect);
        let own = own && name.rank(schema.map(String::as_str)) == Some(0);
        if own {
            return None;
        }
        let found = self.find(file, &name);
        if found.is_none() {
            self.awaited.insert(name.name.text.to_lowercase());
        }
        found
    }

    /// Keys that were waiting for a table of this one's name mean it from here on, whatever name it gets.
    pub(super) fn bind_waiting_keys(&mut self, index: TableIndex) {
        let Some(table) = &self.tables[index] else {
            return;
        };
        let (name, file, dialect) = (table.name.clone(), table.file, table.dialect);
        // Migrations are one history in many files.
        let is_beside = |child: &DraftTable| child.file == file || self.share_engine(child, table);
        let tables = self.tables.iter();
        let beside: Vec<bool> = tables
            .map(|child| child.as_ref().is_some_and(is_beside))
            .into_vec();
        let is_there: Vec<bool> = self.tables.iter().map(Option::is_some).into_vec();
        let children = self.tables.iter_mut().enumerate();
        let children = children.filter(|(at, _)| *at != index && beside[*at]);
        for child in children.filter_map(|(_, child)| child.as_mut()) {
            let schema = child.name.schema.as_ref();
            for key in &mut child.foreign_keys {
                let waits = key.target.is_none_or(|target| !is_there[target]);
                let meant = key.reference.table.as_referred_by(schema, dialect);
                let named = lookup::same_name(&meant.name.text, &name.name.text, dialect);
                if waits && named && meant.rank(name.schema.as_deref()).is_some() {
                    key.target = Some(index);
                }
            }
        }
    }

    /// Turns a unique index into the constraint it serves.
    fn using_index(
        &mut self,
        table: &mut DraftTable,
        primary: bool,
        index: &Name,
        options: &UniqueOptions,
        constraint: &TableConstraint,
    ) {
        let found = table
            .uniques
            .iter()
            .position(|unique| unique.name.as_deref() == Some(index.text.as_str()));
        let Some(at) = found else {
            self.diagnostics.push(unknown::unique_index(table, index));
            if primary && table.primary_key.is_none() {
                // Its columns are not known; that it has a key is.
                let key = DraftKey {
                    columns: Vec::new(),
                    parts: Vec::new(),
                    name: None,
                    deferrable: None,
                    words: crate::model::KeyWords::default(),
                    span: index.span,
                };
                table.primary_key = Some(key);
            }
            return;
        };
        let span = constraint.span;
        let name = constraint
            .name
            .as_ref()
            .map_or_else(|| index.text.clone(), |name| name.text.clone());
        let served = table.uniques.remove(at);
        if primary {
            self.set_primary_key(
                table,
                DraftKey {
                    columns: served.columns,
                    parts: served.parts,
                    name: Some(name),
                    deferrable: options.deferrable,
                    words: served.options.words,
                    span,
                },
            );
        } else {
            let options = UniqueOptions {
                deferrable: options.deferrable,
                ..served.options.clone()
            };
            table.uniques.insert(
                at,
                DraftUnique {
                    name: Some(name),
                    is_index: false,
                    options,
                    span,
                    ..served
                },
            );
        }
    }
}

fn add_unique(
    table: &mut DraftTable,
    parts: &[KeyPart],
    name: Option<String>,
    options: &UniqueOptions,
    constraint: &TableConstraint,
) {
    let (span, options) = (constraint.span, options.clone());
    let parts = in_columns(table, parts);
    match plain_columns(table, &parts) {
        Some(columns) => table.uniques.push(DraftUnique {
            columns,
            parts,
            method: None,
            name,
            is_index: false,
            options,
            span,
        }),
        None => table.indexes.push(DraftIndex {
            name,
            unique: true,
            parts,
            predicate: None,
            method: None,
            is_constraint: true,
            options,
            span,
        }),
    }
}

/// `CREATE INDEX`: a unique one over plain columns is as good as a constraint.
pub(super) fn add_index(table: &mut DraftTable, index: &CreateIndex) {
    let name = index.name.as_ref().map(|name| name.text.clone());
    let plain = if index.unique && index.predicate.is_none() {
        plain_columns(table, &index.parts)
    } else {
        None
    };
    let options = UniqueOptions {
        nulls_not_distinct: index.nulls_not_distinct,
        deferrable: None,
        words: index.words.clone(),
    };
    if let Some(columns) = plain {
        table.uniques.push(DraftUnique {
            columns,
            parts: index.parts.clone(),
            method: index.method.clone(),
            name,
            is_index: true,
            options,
            span: index.span,
        });
        return;
    }
    table.indexes.push(DraftIndex {
        options,
        ..index_as_written(index)
    });
}

/// An index as it is created.
pub(super) fn index_as_written(index: &CreateIndex) -> DraftIndex {
    DraftIndex {
        name: index.name.as_ref().map(|name| name.text.clone()),
        unique: index.unique,
        parts: index.parts.clone(),
        predicate: index.predicate.clone(),
        method: index.method.clone(),
        is_constraint: false,
        options: UniqueOptions {
            nulls_not_distinct: index.nulls_not_distinct,
            deferrable: None,
            words: index.words.clone(),
        },
        span: index.span,
    }
}

/// MariaDB: the columns of a period hold a time in every row.
fn add_period(table: &mut DraftTable, period: &Period) {
    if !period.name.text.eq_ignore_ascii_case("system_time") {
        for name in &period.columns {
            if let Some(at) = lookup::column_index(&table.columns, &name.text, table.dialect) {
                table.columns[at].not_null = true;
            }
        }
    }
    table.native.periods.push(period.clone());
}

/// A key's parts, with the columns of a period in its place: its end, then its beginning, as MariaDB's index has them.
fn in_columns(table: &DraftTable, parts: &[KeyPart]) -> Vec<KeyPart> {
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        match period_of(table, part) {
            None => found.push(part.clone()),
            Some(period) => found.extend(period.columns.iter().rev().map(|name| KeyPart {
                key: PartKey::Column(Name {
                    span: part.span,
                    ..name.clone()
                }),
                qualifier: None,
                period: Some(period.name.text.clone()),
                ..part.clone()
            })),
        }
    }
    found
}

fn period_of<'t>(table: &'t DraftTable, part: &KeyPart) -> Option<&'t Period> {
    let (PartKey::Column(name), Some(_)) = (&part.key, &part.qualifier) else {
        return None;
    };
    let is_it = |period: &&Period| lookup::same_name(&period.name.text, &name.text, table.dialect);
    table.native.periods.iter().find(is_it)
}

/// The columns of a key whose parts are columns, of whatever length.
fn key_columns(parts: &[KeyPart]) -> Option<Vec<Name>> {
    let column = |part: &KeyPart| match &part.key {
        PartKey::Column(name) => Some(name.clone()),
        PartKey::Expression(_) => None,
    };
    parts.iter().map(column).collect()
}

/// The columns of a key whose parts are whole columns as they are; a prefix as long as the column is the whole of it,
/// but under another collation other values are equal, unless collations and operator classes order what they do not
/// hold equal.
fn plain_columns(table: &DraftTable, parts: &[KeyPart]) -> Option<Vec<Name>> {
    let columns = key_columns(parts)?;
    let only_order = Effects::of(table.dialect).collations_only_order;
    let whole = |(part, name): (&KeyPart, &Name)| match (part.prefix, &part.qualifier) {
        (_, Some(words)) => only_order && words != "WITHOUT OVERLAPS",
        (Some(prefix), None) => declared_length(table, name).is_some_and(|length| prefix >= length),
        (None, None) => true,
    };
    parts.iter().zip(&columns).all(whole).then_some(columns)
}

fn declared_length(table: &DraftTable, name: &Name) -> Option<u32> {
    let column = lookup::column_index(&table.columns, &name.text, table.dialect)?;
    match table.columns[column].type_name.arguments.first()? {
        TypeArgument::Number(length) => length.parse().ok(),
        TypeArgument::Text(_) | TypeArgument::Word(_) => None,
    }
}

/// PostgreSQL makes one index of keys of a `CREATE TABLE` that are equal, whatever is said `WITH` them; it bears the first
/// name there is (its `transformIndexConstraints`).
pub(super) fn merge_equal_keys(table: &mut DraftTable) {
    let mut kept: Vec<DraftUnique> = Vec::new();
    for unique in std::mem::take(&mut table.uniques) {
        let primary = table.primary_key.as_mut();
        let is_same = |columns: &[Name], options: &UniqueOptions| {
            options.deferrable == unique.options.deferrable
                && options.nulls_not_distinct == unique.options.nulls_not_distinct
                && options.words.include == unique.options.words.include
                && same_columns(columns, &unique.columns)
        };
        let primary = primary.filter(|key| {
            let options = UniqueOptions {
                nulls_not_distinct: false,
                deferrable: key.deferrable,
                words: key.words.clone(),
            };
            is_same(&key.columns, &options)
        });
        let same = |known: &&mut DraftUnique| is_same(&known.columns, &known.options);
        let known = match primary {
            Some(key) => Some(&mut key.name),
            None => kept.iter_mut().find(same).map(|known| &mut known.name),
        };
        match known {
            Some(name) => *name = name.take().or(unique.name),
            None => kept.push(unique),
        }
    }
    table.uniques = kept;
}

fn same_columns(one: &[Name], other: &[Name]) -> bool {
    texts(one) == texts(other)
}

/// Gives checks and numbered foreign keys the names that the database gave them, before one goes: the others keep theirs.
pub(super) fn settle_names(table: &mut DraftTable, dropped: Option<&str>) {
    if table.checks.len() > 1 {
        check_name::settle(table, dropped);
    }
    number_foreign_keys(table);
}

/// Foreign keys without a name are numbered: `t_ibfk_1`, and on from the highest number of a name of that form.
fn number_foreign_keys(table: &mut DraftTable) {
    if !Effects::of(table.dialect).numbers_foreign_keys {
        return;
    }
    let start = format!("{}_ibfk_", table.name.name.text);
    let mut highest = 0_u32;
    for key in &mut table.foreign_keys {
        let number = |name: &String| name.strip_prefix(&start)?.parse::<u32>().ok();
        match &key.name {
            Some(name) => highest = highest.max(number(name).unwrap_or(0)),
            None => {
                highest = highest.saturating_add(1);
                key.name = Some(format!("{start}{highest}"));
            }
        }
    }
}

/// Names of foreign keys of the form `t_ibfk_1`, also such as were written, follow the table where InnoDB renames it.
pub(super) fn numbers_follow(table: &mut DraftTable, to: &str) {
    if !Effects::of(table.dialect).numbers_foreign_keys {
        return;
    }
    let start = format!("{}_ibfk_", table.name.name.text);
    for name in table
        .foreign_keys
        .iter_mut()
        .filter_map(|key| key.name.as_mut())
    {
        if let Some(rest) = name.strip_prefix(&start) {
            *name = format!("{to}_ibfk_{rest}");
        }
    }
}

/// Whether a key, constraint or index of the table has this name.
pub(super) fn is_named(table: &DraftTable, name: &str) -> bool {
    let names = (table.primary_key.iter().map(|key| &key.name))
        .chain(table.uniques.iter().map(|unique| &unique.name))
        .chain(table.indexes.iter().map(|index| &index.name))
        .chain(table.foreign_keys.iter().map(|key| &key.name))
        .chain(table.checks.iter().map(|check| &check.name))
        .chain(table.native.exclusions.iter().map(|(name, _)| name));
    let mut names = names.filter_map(|known| known.as_deref());
    names.any(|known| known.eq_ignore_ascii_case(name))
}

/// The columns of a key of this name, and whether it is the primary one.
pub(super) fn key_named(table: &DraftTable, name: &str) -> Option<(Vec<Name>, bool)> {
    let base = &table.name.name.text;
    let bears = |known: &Option<String>, columns: &[&str], suffix: &str| match known {
        Some(known) => known == name,
        None => implied_name(base, columns, suffix) == name,
    };
    let primary = table.primary_key.as_ref();
    let primary = primary.filter(|key| bears(&key.name, &[], "pkey"));
    let unique = || {
        let mut uniques = table.uniques.iter();
        uniques.find(|unique| bears(&unique.name, &unique.columns_of_name(), "key"))
    };
    primary
        .map(|key| (key.columns.clone(), true))
        .or_else(|| unique().map(|unique| (unique.columns.clone(), false)))
}

/// `CASCADE`: foreign keys to a key of another table go with it.
pub(super) fn drop_references_to(
    table: &mut DraftTable,
    target: TableIndex,
    (columns, primary): &(Vec<Name>, bool),
) {
    table.foreign_keys.retain(|key| {
        let referred = &key.reference.columns;
        let same = same_columns(referred, columns) || (*primary && referred.is_empty());
        key.target != Some(target) || !same
    });
}

/// Drops what bears this name, of those kinds.
pub(super) fn drop_named(table: &mut DraftTable, name: &str, kind: DroppedKey) {
    if kind != DroppedKey::Foreign {
        drop_index_named(table, name);
    }
    if kind != DroppedKey::Index {
        drop_foreign_key_named(table, name);
    }
    if kind == DroppedKey::Any {
        drop_check(table, name);
        let bears = |known: &Option<String>| bears(known, name);
        table.native.exclusions.retain(|(known, _)| !bears(known));
    }
}

fn bears(known: &Option<String>, name: &str) -> bool {
    let known = known.as_deref();
    known.is_some_and(|known| known.eq_ignore_ascii_case(name))
}

fn drop_foreign_key_named(table: &mut DraftTable, name: &str) {
    let base = table.name.name.text.clone();
    let implied = |columns: &[&str]| implied_name(&base, columns, "fkey") == name;
    table.foreign_keys.retain(|key| match key.name {
        Some(_) => !bears(&key.name, name),
        None => !implied(&texts(&key.columns)),
    });
}

/// Primary and unique keys, too.
fn drop_index_named(table: &mut DraftTable, name: &str) {
    let other = |known: &Option<String>| !bears(known, name);
    let implied = implied_name(&table.name.name.text, &[], "pkey");
    let is_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| !other(&key.name) || (key.name.is_none() && implied == name));
    if is_key {
        drop_primary_key(table);
    }
    let base = table.name.name.text.clone();
    let implied = |columns: &[&str], suffix: &str| implied_name(&base, columns, suffix) == name;
    let (mut uniques, mut indexes) = (
        std::mem::take(&mut table.uniques),
        std::mem::take(&mut table.indexes),
    );
    uniques.retain(|unique| {
        let usual = || {
            key_name::is_usual(table, key_name::first_of(unique), name)
                || implied(&unique.columns_of_name(), "key")
        };
        other(&unique.name) && !(unique.name.is_none() && usual())
    });
    indexes.retain(|index| {
        let usual = || key_name::is_usual(table, key_name::first_column(&index.parts), name);
        other(&index.name) && !(index.name.is_none() && usual())
    });
    (table.uniques, table.indexes) = (uniques, indexes);
}

/// PostgreSQL `VALIDATE CONSTRAINT` of a name, which the database may have given it.
pub(super) fn validate(table: &mut DraftTable, name: &str) {
    for key in foreign_keys_named(table, name) {
        key.not_valid = false;
    }
    let names = check_name::names_of(table);
    for (check, names) in table.checks.iter_mut().zip(names) {
        check.not_valid &= !names.iter().any(|known| known == name);
    }
}

/// PostgreSQL `ALTER CONSTRAINT` of a name, which the database may have given it: foreign keys alone can be altered.
pub(super) fn defer(table: &mut DraftTable, name: &str, deferrable: Option<bool>) {
    for key in foreign_keys_named(table, name) {
        key.reference.deferrable = deferrable;
    }
}

/// The foreign key of a name, which PostgreSQL may have given it.
fn foreign_keys_named<'t>(
    table: &'t mut DraftTable,
    name: &'t str,
) -> impl Iterator<Item = &'t mut DraftForeignKey> {
    let base = table.name.name.text.clone();
    table.foreign_keys.iter_mut().filter(move |key| {
        let usual = || implied_name(&base, &texts(&key.columns), "fkey") == name;
        key.name.as_ref().map_or_else(usual, |known| known == name)
    })
}

/// Drops the check of a name, which the database may have given it.
fn drop_check(table: &mut DraftTable, name: &str) {
    let names = check_name::names_of(table);
    let mut names = names.iter();
    table.checks.retain(|_| {
        let mut known = names.next().into_iter().flatten();
        !known.any(|known| known.eq_ignore_ascii_case(name))
    });
}

/// MariaDB's check of a column is a part of its definition: it goes where `MODIFY` gives another one, or none. MySQL's stays.
pub(super) fn forget_own_checks(table: &mut DraftTable, definition: &ColumnDef) {
    let name = &definition.name.text;
    let is_own = |check: &DraftCheck| {
        let column = check.column.as_ref();
        column.is_some_and(|column| column.text.eq_ignore_ascii_case(name))
    };
    table.checks.retain(|check| !is_own(check));
}

/// Drops the primary key. Its columns stay what it made them: not null.
pub(super) fn drop_primary_key(table: &mut DraftTable) {
    let columns = table.primary_key.take().map(|key| key.columns);
    for name in columns.into_iter().flatten() {
        if let Some(at) = lookup::column_index(&table.columns, &name.text, table.dialect) {
            table.columns[at].not_null = true;
        }
    }
}
