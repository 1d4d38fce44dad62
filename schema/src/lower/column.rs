//! Columns: from a definition to the settled facts, and what is taken over from other tables.

use crate::lists::IntoVec as _;
use std::collections::BTreeMap;

use crate::ast::{
    ColumnDef, ColumnOption, ColumnOptionKind, Copy, CreateTable, Expression, FileAst,
    IdentityOptions, Including, KeyPart, PartKey, UniqueOptions,
};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::draft::{
    DraftCheck, DraftColumn, DraftCounter, DraftForeignKey, DraftGenerated, DraftKey, DraftTable,
    DraftUnique,
};
use crate::model::KeyWords;
use crate::parse::comment_text;
use crate::source::Span;
use crate::syntax::{ExprKind, look_at_expression};

use super::effects::Effects;
use super::mysql::key_name;
use super::{Fold, lookup};
use crate::syntax::grammar::{Grammar, TableLike};

/// A table with more indexes than this takes over none.
const COPIED_INDEX_LIMIT: usize = 1000;

impl Fold<'_> {
    /// Adds a column at the end; a second one of the name is an error.
    pub(super) fn add_column(
        &mut self,
        file: &FileAst,
        table: &mut DraftTable,
        definition: &ColumnDef,
    ) {
        if let Some(first) =
            lookup::column_index(&table.columns, &definition.name.text, file.dialect)
        {
            let message = format!(
                "table `{}` has two columns `{}`",
                table.name.name.text, definition.name.text
            );
            let finding = Diagnostic::error("B0102", message)
                .at(definition.name.span, "again")
                .at(table.columns[first].name.span, "first here");
            return self
                .diagnostics
                .push(finding.help("rename or remove one of the two"));
        }
        let mut added = column(definition, file.dialect);
        super::mysql::character_set::in_bytes(&mut added, table);
        self.place_column(file, &mut added);
        added.since = self.now;
        table.columns.push(added);
        self.column_constraints(file, table, definition);
    }

    /// PostgreSQL merges a column with the one of its name that comes from a parent: it stays in its place.
    pub(super) fn merge_inherited(
        &mut self,
        file: &FileAst,
        created: &CreateTable,
        table: &mut DraftTable,
        definition: &ColumnDef,
    ) -> bool {
        if !created.copies.iter().any(|copy| copy.parent) {
            return false;
        }
        let found = lookup::column_index(&table.columns, &definition.name.text, file.dialect);
        let Some(at) = found else {
            return false;
        };
        let inherited = &table.columns[at];
        if created
            .columns
            .iter()
            .any(|own| own.name.span == inherited.name.span)
        {
            return false;
        }
        let mut merged = column(definition, file.dialect);
        self.place_column(file, &mut merged);
        merged.not_null |= inherited.not_null;
        if merged.default.is_none() && matches!(merged.generated, DraftGenerated::No) {
            merged.default.clone_from(&inherited.default);
            merged.generated.clone_from(&inherited.generated);
        }
        table.columns[at] = merged;
        self.column_constraints(file, table, definition);
        true
    }

    /// Keys, uniques, references and checks written at a column.
    pub(super) fn column_constraints(
        &mut self,
        file: &FileAst,
        table: &mut DraftTable,
        definition: &ColumnDef,
    ) {
        let names = || vec![definition.name.clone()];
        let column = definition.name.text.as_str();
        // Of what MariaDB reads of one column the primary key takes the place of `UNIQUE` and of `SERIAL`'s key.
        let effects = Effects::of(file.dialect);
        let is_key =
            |option: &ColumnOption| matches!(option.kind, ColumnOptionKind::PrimaryKey { .. });
        let is_primary = effects.serial_is_unique && definition.options.iter().any(is_key);
        let is_serial = super::types::is_serial(&definition.type_name, file.dialect);
        if effects.serial_is_unique && is_serial && !is_primary {
            let (columns, options, span) =
                (names(), UniqueOptions::default(), definition.type_name.span);
            table.uniques.push(DraftUnique {
                columns,
                parts: Vec::new(),
                method: None,
                name: None,
                is_index: false,
                options,
                span,
            });
        }
        for option in &definition.options {
            let (name, span) = (
                option.name.as_ref().map(|name| name.text.clone()),
                option.span,
            );
            match &option.kind {
                ColumnOptionKind::PrimaryKey {
                    descending,
                    deferrable,
                    words,
                } => {
                    let key = KeyAtColumn {
                        descending: *descending,
                        deferrable: *deferrable,
                        words,
                    };
                    let name = name.or_else(|| self.numbered(table, &[], "pkey"));
                    let key = key.draft(definition, name, span);
                    self.set_primary_key(table, key);
                }
                ColumnOptionKind::Unique(_) if is_primary => {}
                ColumnOptionKind::Unique(options) => {
                    let name = name
                        .or_else(|| self.numbered(table, &[column], "key"))
                        .or_else(|| key_name::numbered_after(table, column));
                    table.uniques.push(DraftUnique {
                        columns: names(),
                        parts: Vec::new(),
                        method: None,
                        name,
                        is_index: false,
                        options: options.clone(),
                        span,
                    });
                }
                ColumnOptionKind::Check(condition, words) => {
                    let mut placed = condition.clone();
                    self.place_expression(file, &mut placed);
                    table.checks.push(DraftCheck {
                        name,
                        condition: placed,
                        column: Some(definition.name.clone()),
                        words: words.clone(),
                        not_valid: false,
                    });
                    note_json(table, definition, condition);
                }
                ColumnOptionKind::References(reference) => {
                    let name = name.or_else(|| self.numbered(table, &[column], "fkey"));
                    let target = self.target(file, table, &reference.table);
                    let (columns, reference, declared) = (names(), reference.clone(), self.now);
                    table.foreign_keys.push(DraftForeignKey {
                        name,
                        columns,
                        reference,
                        target,
                        declared,
                        not_valid: false,
                        span,
                    });
                }
                ColumnOptionKind::NotNull(_)
                | ColumnOptionKind::Null
                | ColumnOptionKind::Default(_) => {}
                ColumnOptionKind::AutoIncrement
                | ColumnOptionKind::Computed { .. }
                | ColumnOptionKind::Identity { .. } => {}
                ColumnOptionKind::Collate(_)
                | ColumnOptionKind::OnUpdateNow(_)
                | ColumnOptionKind::TypeWords(_)
                | ColumnOptionKind::Words(_)
                | ColumnOptionKind::Comment(_) => {}
            }
        }
    }

    /// Sets the primary key once.
    pub(super) fn set_primary_key(&mut self, table: &mut DraftTable, key: DraftKey) {
        let Some(first) = &table.primary_key else {
            table.primary_key = Some(key);
            return;
        };
        let message = format!("table `{}` has two primary keys", table.name.name.text);
        let mut columns: Vec<&str> = Vec::new();
        for name in first.columns.iter().chain(&key.columns) {
            if !columns.contains(&name.text.as_str()) {
                columns.push(&name.text);
            }
        }
        let help = format!(
            "a key of several columns is written once, after them: `PRIMARY KEY ({})`",
            columns.join(", ")
        );
        let finding = Diagnostic::error("B0011", message)
            .at(key.span, "again")
            .at(first.span, "first here");
        self.diagnostics.push(finding.help(help));
    }

    /// Returns the copies before the own column of this position: `LIKE`, and `INHERITS` at the top.
    pub(super) fn copies_at(
        &mut self,
        file: &FileAst,
        created: &CreateTable,
        position: usize,
        table: &mut DraftTable,
    ) {
        for copy in created
            .copies
            .iter()
            .filter(|copy| copy.position == position)
        {
            self.copy(file, copy, table);
        }
    }

    /// Takes over the columns of another table.
    fn copy(&mut self, file: &FileAst, copy: &Copy, table: &mut DraftTable) {
        let Some(source) = self.find(file, &copy.table) else {
            table.incomplete = true;
            return self.unknown_table(&copy.table, "these columns");
        };
        let source = self.table_mut(source).clone();
        let like = Grammar::of(file.dialect).tables.like;
        let columns = source.columns.clone();
        let keys = source.primary_key.iter().flat_map(|key| &key.columns);
        let keys: Vec<&str> = keys.map(|name| name.text.as_str()).into_vec();
        for mut column in columns {
            column.not_null |= keys.contains(&column.name.text.as_str());
            column.inherited = is_parent(table, copy);
            if like == TableLike::Element {
                leave_comment(&mut column, copy);
            }
            leave_values(&mut column, copy.including);
            if lookup::column_index(&table.columns, &column.name.text, file.dialect).is_none() {
                table.columns.push(column);
            }
        }
        if like == TableLike::Whole {
            table.native.options.clone_from(&source.native.options);
            table.storage_engine.clone_from(&source.storage_engine);
            table.comment.clone_from(&source.comment);
        }
        copy_keys(table, source, copy.including);
    }
}

/// Keys, indexes and checks of a table `LIKE` another. One that is an element gives keys and indexes new names, one that is the whole table
/// the checks.
fn copy_keys(table: &mut DraftTable, mut source: DraftTable, including: Including) {
    let like = Grammar::of(table.dialect).tables.like;
    match like {
        TableLike::Element => {
            let keys = source.primary_key.iter_mut().map(|key| &mut key.name);
            let keys = keys.chain(source.uniques.iter_mut().map(|key| &mut key.name));
            let keys = keys.chain(source.indexes.iter_mut().map(|index| &mut index.name));
            keys.for_each(|name| *name = None);
        }
        TableLike::Whole => source.checks.iter_mut().for_each(|check| check.name = None),
        TableLike::Nowhere => {}
    }
    if including.checks {
        if like == TableLike::Element {
            super::check_name::settle(&mut source, None);
        }
        table.checks.extend(source.checks);
    }
    // A chain of copies could double its indexes at every step.
    if including.indexes && table.indexes.len() + table.uniques.len() < COPIED_INDEX_LIMIT {
        table.primary_key = table.primary_key.take().or(source.primary_key);
        table.uniques.extend(source.uniques);
        table.indexes.extend(source.indexes);
        table.native.exclusions.extend(source.native.exclusions);
    }
}

/// Removes the sources of the column's value that `LIKE` does not copy.
fn leave_values(column: &mut DraftColumn, including: Including) {
    if !including.defaults {
        column.default = None;
    }
    let kept = match (&column.generated, &column.counter) {
        (DraftGenerated::No, _) => true,
        (DraftGenerated::Computed { .. }, _) => including.generated,
        (DraftGenerated::Counted { .. }, DraftCounter::Identity(_)) => including.identity,
        (DraftGenerated::Counted { .. }, DraftCounter::Default(_)) => including.defaults,
        (DraftGenerated::Counted { .. }, DraftCounter::Usual | DraftCounter::Autoincrement) => {
            let serial = super::types::is_serial(&column.type_name, Dialect::Postgres);
            if serial {
                including.defaults
            } else {
                including.identity
            }
        }
    };
    if !kept {
        forget_generated(column);
    }
}

/// A comment stays with the column it is on; what it says is true of this one too.
fn leave_comment(column: &mut DraftColumn, copy: &Copy) {
    if copy.including.comments && !copy.parent {
        return;
    }
    let comment = column.comment.take();
    if let Some(comment) = comment.filter(|_| column.notes.docs.is_empty()) {
        column.notes.change().docs = comment_text(&comment);
    }
}

/// Whether it is a parent, rather than a pattern (`LIKE`).
fn is_parent(table: &DraftTable, copy: &Copy) -> bool {
    let mut parents = table.native.inherits.iter();
    parents.any(|(parent, _)| *parent == copy.table)
}

/// A primary key that is written at its column.
struct KeyAtColumn<'a> {
    descending: bool,
    deferrable: Option<bool>,
    words: &'a KeyWords,
}

impl KeyAtColumn<'_> {
    fn draft(&self, definition: &ColumnDef, name: Option<String>, span: Span) -> DraftKey {
        let part = KeyPart {
            key: PartKey::Column(definition.name.clone()),
            prefix: None,
            qualifier: None,
            descending: self.descending,
            nulls_first: None,
            period: None,
            span,
        };
        DraftKey {
            columns: vec![definition.name.clone()],
            parts: vec![part],
            name,
            deferrable: self.deferrable,
            words: self.words.clone(),
            span,
        }
    }
}

/// Lowers a definition's options about its column alone.
pub(crate) fn column(definition: &ColumnDef, dialect: Dialect) -> DraftColumn {
    let serial = super::types::is_serial(&definition.type_name, dialect);
    let mut column = DraftColumn {
        name: definition.name.clone(),
        type_name: definition.type_name.clone(),
        not_null: serial,
        default: None,
        generated: if serial {
            DraftGenerated::Counted { always: false }
        } else {
            DraftGenerated::No
        },
        no_rowid_alias: false,
        says_null: false,
        inherited: false,
        declared: None,
        not_null_conflict: None,
        collation: None,
        on_update_now: None,
        counter: DraftCounter::Usual,
        type_words: Vec::new(),
        words: Vec::new(),
        settings: BTreeMap::new(),
        identity_settings: Vec::new(),
        comment: None,
        since: 0,
        notes: definition.notes.clone(),
    };
    for option in &definition.options {
        apply(&mut column, option, dialect);
    }
    column
}

fn apply(column: &mut DraftColumn, option: &ColumnOption, dialect: Dialect) {
    match &option.kind {
        ColumnOptionKind::NotNull(conflict) => {
            column.not_null = true;
            column.says_null = false;
            column.not_null_conflict.clone_from(conflict);
        }
        ColumnOptionKind::Null => {
            column.says_null = true;
            column.not_null &= !Effects::of(dialect).null_takes_back;
        }
        ColumnOptionKind::Default(value) => set_default(column, value.clone()),
        ColumnOptionKind::PrimaryKey { descending, .. } => column.no_rowid_alias = *descending,
        ColumnOptionKind::AutoIncrement => {
            column.generated = DraftGenerated::Counted { always: false };
            column.counter = DraftCounter::Autoincrement;
        }
        ColumnOptionKind::Computed { expression, stored } => {
            column.generated = DraftGenerated::Computed {
                expression: expression.clone(),
                stored: *stored,
            };
        }
        ColumnOptionKind::Identity { always, options } => {
            set_identity(column, *always, options);
        }
        ColumnOptionKind::Collate(collation) => column.collation = Some(collation.clone()),
        ColumnOptionKind::OnUpdateNow(moment) => column.on_update_now = Some(moment.clone()),
        ColumnOptionKind::TypeWords(words) => column.type_words.push(words.clone()),
        ColumnOptionKind::Words(words) => column.words.push(words.clone()),
        ColumnOptionKind::Comment(text) => column.comment = Some(text.clone()),
        ColumnOptionKind::Unique(_)
        | ColumnOptionKind::Check(..)
        | ColumnOptionKind::References(_) => {}
    }
}

/// The column gets its values as any other.
pub(super) fn forget_generated(column: &mut DraftColumn) {
    column.generated = DraftGenerated::No;
    column.counter = DraftCounter::Usual;
    column.identity_settings.clear();
}

/// Changes how an auto-increment column is generated; a column without an identity has nothing to change.
pub(super) fn change_identity(column: &mut DraftColumn, always: Option<bool>, words: &str) {
    if let DraftGenerated::Counted { always: known } = &mut column.generated {
        *known = always.unwrap_or(*known);
        if !words.is_empty() {
            column.identity_settings.push(words.to_owned());
        }
    }
}

pub(super) fn set_identity(column: &mut DraftColumn, always: bool, options: &IdentityOptions) {
    column.generated = DraftGenerated::Counted { always };
    column.not_null = true;
    column.counter = if *options == IdentityOptions::default() {
        DraftCounter::Usual
    } else {
        DraftCounter::Identity(options.clone())
    };
}

/// A default; `nextval('…')` is how a dump writes serial. What is done with the number, or a type that is not an integer,
/// makes it a default like any other.
pub(super) fn set_default(column: &mut DraftColumn, value: Expression) {
    if super::postgres::default::is_nextval(&value) && super::types::may_count(&column.type_name) {
        column.generated = DraftGenerated::Counted { always: false };
        column.counter = DraftCounter::Default(value);
        column.default = None;
    } else {
        column.default = Some(value);
    }
}

/// MariaDB's JSON is a LONGTEXT with a check, and its dumps write it so.
fn note_json(table: &mut DraftTable, definition: &ColumnDef, condition: &Expression) {
    let valid = look_at_expression(
        &condition.sql,
        table.dialect,
        |_, expr| matches!(&expr.kind, ExprKind::Call(call) if call.function() == "json_valid" && call.arguments.len() == 1),
    );
    let valid = valid.unwrap_or(false);
    let long =
        Effects::of(table.dialect).json_is_checked_text && definition.type_name.name == "longtext";
    let found = lookup::column_index(&table.columns, &definition.name.text, table.dialect);
    if let Some(index) = found.filter(|_| valid && long) {
        let column = &mut table.columns[index];
        column.declared = Some(column.type_name.written.clone());
        column.type_name.name = "json".to_owned();
    }
}
