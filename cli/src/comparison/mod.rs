//! The database of an engine beside the schema: both as structures of the engine's dialect, and what differs.

mod collations;
mod exact;
mod finding;
mod keys;
mod mending;
mod objects;
mod partitions;
mod spelling;
mod text;
mod unfinished;

use std::collections::BTreeSet;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{
    Change, ColumnChange, ColumnShape, DistributionShape, Key, KeyKind, PartitionShape, Structure,
    Unreadable, ViewShape, compare, same_query,
};
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableName};
use bindery_schema::render::{Style, render};
use serde::Serialize;

use self::exact::Exact;
use self::finding::FindingKind;
use self::keys::{At, Keys};
use self::mending::{Changes, Verdict, Views};
use self::objects::has_object;
use crate::catalogue::{Catalogue, Told, Unfinished};
use crate::database::{Engines, failure};
use crate::failure::Failure;

pub(crate) use self::finding::Finding;
pub(crate) use self::mending::Mending;

/// The differences; `cli/JSON.md` documents it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Comparison {
    /// Tables and views of the schema that were compared.
    pub(crate) tables: usize,
    /// Things that the database lacks or declares otherwise.
    pub(crate) differences: Vec<Finding>,
    /// Things that only the database has.
    pub(crate) extra: Vec<Finding>,
    /// Things that may be the same: the server has rewritten it.
    pub(crate) notes: Vec<Finding>,
    /// Tables of the schema that bindery leaves alone.
    pub(crate) unmanaged: Vec<String>,
}

/// The outcome of an engine.
pub(crate) struct Compared {
    pub(crate) comparison: Comparison,
    /// The changes that would make it equal.
    pub(crate) mending: Mending,
}

/// Compares the database of one of the chosen engines, and looks for the tables of bindery's own that it needs.
pub(crate) fn of_engine(
    (engines, index, told): (&Engines, usize, Told<'_>),
    model: &CheckedModel,
    id: EngineId,
) -> Result<Compared, Failure> {
    let expected = Structure::of(model, id).map_err(|why| unreadable(&why))?;
    let tables = model
        .tables
        .iter()
        .filter(|table| table.engines.contains(&id));
    let unmanaged: BTreeSet<TableName> = tables
        .filter(|table| table.unmanaged)
        .map(|table| table.name.clone())
        .collect();
    let mut compared = of_structure(
        (engines, index, told),
        model.engine(id),
        expected,
        &unmanaged,
    )?;
    let own = engines.registry.own_tables(engines.chosen(index));
    let own = own.map_err(|error| failure(&error))?;
    let own = own.iter().filter_map(Finding::own_table);
    compared.comparison.differences.extend(own);
    Ok(compared)
}

/// The same with another structure than that of the schema.
pub(crate) fn of_structure(
    (engines, index, told): (&Engines, usize, Told<'_>),
    engine: &Engine,
    expected: Structure,
    unmanaged: &BTreeSet<TableName>,
) -> Result<Compared, Failure> {
    let catalogue = engines.catalogue(index, told)?;
    let text = catalogue.statements(unmanaged);
    let found = Structure::read(&text, engine.dialect, engine.flavour);
    let found = found.map_err(|why| unreadable(&why))?;
    let mut all = compare(&found, &expected);
    exact::add_json(&found, &expected, &mut all);
    partitions::add(&found, &expected, &mut all);
    let exact = exact_of(engines, index, (&catalogue, &found, &expected), &all);
    let between = Between {
        found: &found,
        expected: &expected,
        compares_bytes: catalogue.compares_bytes,
        exact: &exact,
        unfinished: &catalogue.unfinished,
    };
    let (mut comparison, changes) = between.compare(all);
    comparison.tables = expected.tables.len() + expected.views.len();
    comparison.unmanaged = unmanaged.iter().map(ToString::to_string).collect();
    let mending = Mending {
        from: found,
        to: expected,
        changes,
        triggers: catalogue.triggers,
    };
    Ok(Compared {
        comparison,
        mending,
    })
}

/// The schema as the server writes it; where that fails, texts are compared as they are.
fn exact_of(
    engines: &Engines,
    index: usize,
    (catalogue, found, expected): (&Catalogue, &Structure, &Structure),
    all: &[Change],
) -> Exact {
    let wanted = exact::wanted(found, expected, all);
    if wanted.is_empty() {
        return Exact::default();
    }
    let respelled = engines.respelled(index, &wanted).unwrap_or_default();
    Exact::new(respelled, catalogue, (found, expected))
}

pub(crate) fn unreadable(why: &Unreadable) -> Failure {
    let found = render(&why.found, &why.input.sources, Style::Plain);
    Failure::new(format!("its schema cannot be read:\n{found}"))
}

/// The two sides.
struct Between<'s> {
    found: &'s Structure,
    expected: &'s Structure,
    /// As the catalogue has it.
    compares_bytes: bool,
    exact: &'s Exact,
    unfinished: &'s [Unfinished],
}

impl Between<'_> {
    fn dialect(&self) -> Dialect {
        self.expected.dialect
    }

    fn compare(&self, all: Vec<Change>) -> (Comparison, Changes) {
        let mut result = Comparison::default();
        let mut keys = Keys::new(self.found, self.expected, self.exact);
        let all = self.exact.real(all);
        let mut verdicts = Vec::new();
        for (at, change) in all.iter().enumerate() {
            let before = (result.differences.len(), result.extra.len());
            let left = self.change(at, change.clone(), &mut keys, &mut result);
            let is_different = result.differences.len() > before.0;
            verdicts.push(match left {
                Some(change) if is_different => Verdict::Wanted(change),
                Some(change) if result.extra.len() > before.1 => Verdict::Extra(change),
                Some(_) | None => Verdict::Equal,
            });
        }
        self.partitions(&mut result);
        let before = (result.differences.len(), result.extra.len());
        self.views(&mut keys, &mut result);
        let views = Views {
            different: result.differences[before.0..].iter().collect(),
            extra: result.extra[before.1..].iter().collect(),
        };
        mending::views(&all, &views, &mut verdicts);
        for (at, is_extra) in keys.finish(&mut result) {
            let verdict = match is_extra {
                true => Verdict::Extra,
                false => Verdict::Wanted,
            };
            match at {
                At::Change(at) => verdicts[at] = verdict(all[at].clone()),
                At::View(change) => verdicts.push(verdict(*change)),
            }
        }
        let first = self.finish_what_was_begun(&mut result, &verdicts);
        (result, Changes::of(verdicts, first))
    }

    /// Reports a change. Returns what of it was looked at here: of a column, the parts that differ.
    fn change(
        &self,
        at: usize,
        change: Change,
        keys: &mut Keys<'_>,
        result: &mut Comparison,
    ) -> Option<Change> {
        if let Change::ChangeColumn {
            table,
            from,
            to,
            changes,
        } = change
        {
            let differs = |one: &ColumnChange| {
                let before = result.differences.len();
                self.column(&table, (&*from, &*to), *one, result);
                result.differences.len() > before
            };
            let changes: Vec<ColumnChange> = changes.into_iter().filter(differs).collect();
            return (!changes.is_empty()).then_some(Change::ChangeColumn {
                table,
                from,
                to,
                changes,
            });
        }
        self.report(at, change.clone(), keys, result);
        Some(change)
    }

    fn report(&self, at: usize, change: Change, keys: &mut Keys<'_>, result: &mut Comparison) {
        match change {
            Change::CreateObject(object) => {
                if !has_object(self.found, &object) {
                    result.differences.push(Finding::missing_object(&object));
                }
            }
            Change::DropObject(object) => {
                if !has_object(self.expected, &object) {
                    result.extra.push(Finding::extra_object(&object));
                }
            }
            Change::ChangeObject { from, to } => match self.exact.is_same_domain(&to.name) {
                Some(true) => {}
                Some(false) => result.differences.push(Finding::object(&to, &from)),
                None => objects::changed(&from, &to, self.dialect(), result),
            },
            Change::CreateEnum(values) => result
                .differences
                .push(Finding::enum_type(None, Some(&values))),
            Change::DropEnum(values) => result.extra.push(Finding::enum_type(Some(&values), None)),
            Change::ChangeEnum { from, to } => {
                result
                    .differences
                    .push(Finding::enum_type(Some(&from), Some(&to)));
            }
            Change::CreateTable(table) => result
                .differences
                .push(Finding::missing(FindingKind::Table, &table.name)),
            Change::DropTable(table) => result
                .extra
                .push(Finding::extra(FindingKind::Table, &table.name)),
            Change::AddColumn { table, column } => {
                let text = Some(column.type_sql.clone());
                result.differences.push(Finding::column(
                    FindingKind::Column,
                    &table,
                    &column.name,
                    text,
                    None,
                ));
            }
            Change::DropColumn { table, column } => {
                let text = Some(column.type_sql.clone());
                result.extra.push(Finding::column(
                    FindingKind::Column,
                    &table,
                    &column.name,
                    None,
                    text,
                ));
            }
            Change::AddKey { table, key } => keys.expect(Some(at), table, key),
            Change::DropKey { table, key } => keys.find(Some(at), table, key),
            Change::RenameKey { table, from, to } => {
                let name = |key: &Key| {
                    let name = key.known_name.as_deref();
                    name.map(|name| spelling::cut_name(name, self.dialect()).to_owned())
                };
                if name(&from) != name(&to) {
                    let finding =
                        Finding::of_table(FindingKind::Name, &table, name(&to), name(&from));
                    result.differences.push(finding.of_columns(&to.columns));
                }
            }
            Change::ChangeOptions { table, from, to } => {
                let has_parts = partitions::are_there(self.found, self.expected, &table);
                let is_same = spelling::is_same_options(&from, &to, self.dialect());
                let finding = Finding::of_table(FindingKind::Options, &table, Some(to), Some(from));
                match has_parts {
                    Some(true) if is_same => {}
                    None if is_same => result.notes.push(finding),
                    Some(_) | None => result.differences.push(finding),
                }
            }
            Change::ChangeComment { table, from, to } => {
                result
                    .notes
                    .push(Finding::of_table(FindingKind::Comment, &table, to, from));
            }
            Change::AddPartition { partition, .. } => result
                .differences
                .push(Finding::missing(FindingKind::Table, &partition.name)),
            // See `unfinished`.
            Change::ValidateKey { .. } => {}
            // It is among the options of its table: see `partitions`.
            Change::ChangePartitioning { .. } => {}
            // Programs make parts of their tables while they run.
            Change::DropPartition { .. } => {}
            Change::ChangeDistribution { table, from, to } => {
                let shown = |shape: Option<DistributionShape>| Some(shape?.tag(&table));
                let (to, from) = (shown(to), shown(from));
                let finding = Finding::of_table(FindingKind::Distribution, &table, to, from);
                result.differences.push(finding);
            }
            Change::AddCapture { table, .. } => result
                .differences
                .push(Finding::missing(FindingKind::Capture, &table)),
            Change::DropCapture { table, .. } => {
                // Beside those that it should have, they would record each change twice.
                let is_captured = !self.expected.captures_of(&table).is_empty();
                let finding = Finding::extra(FindingKind::Capture, &table);
                match is_captured {
                    true => result.differences.push(finding),
                    false => result.extra.push(finding),
                }
            }
            // Views are made again for many reasons: they are compared by themselves; columns above.
            Change::CreateView(_) | Change::DropView(_) | Change::ChangeColumn { .. } => {}
        }
    }

    fn column(
        &self,
        table: &TableName,
        (found, expected): (&ColumnShape, &ColumnShape),
        change: ColumnChange,
        result: &mut Comparison,
    ) {
        let column_finding = |what, one: Option<String>, other: Option<String>| {
            Finding::column(what, table, &expected.name, one, other)
        };
        let null = |column: &ColumnShape| {
            Some(if column.nullable { "NULL" } else { "NOT NULL" }.to_owned())
        };
        let non_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let texts = |what, one: &Option<String>, other: &Option<String>| {
            column_finding(what, one.clone(), other.clone())
        };
        let (finding, is_expression) = match change {
            ColumnChange::Type => (
                column_finding(
                    FindingKind::Type,
                    non_empty(&expected.type_sql),
                    non_empty(&found.type_sql),
                ),
                false,
            ),
            ColumnChange::Null => (
                column_finding(FindingKind::Null, null(expected), null(found)),
                false,
            ),
            ColumnChange::Default => (
                texts(FindingKind::Default, &expected.default, &found.default),
                true,
            ),
            ColumnChange::Generated => (
                column_finding(
                    FindingKind::Generated,
                    non_empty(&expected.generated),
                    non_empty(&found.generated),
                ),
                true,
            ),
            ColumnChange::Collation => (
                texts(
                    FindingKind::Collation,
                    &expected.collation,
                    &found.collation,
                ),
                false,
            ),
            ColumnChange::Comment => {
                let finding = texts(FindingKind::Comment, &expected.comment, &found.comment);
                return result.notes.push(finding);
            }
            ColumnChange::Words => (
                column_finding(
                    FindingKind::Words,
                    non_empty(&expected.words.join(" ")),
                    non_empty(&found.words.join(" ")),
                ),
                true,
            ),
            ColumnChange::Check => (
                column_finding(
                    FindingKind::Key(KeyKind::Check),
                    non_empty(&expected.line),
                    non_empty(&found.line),
                ),
                true,
            ),
        };
        let table = self.found.table(table);
        let is_known = table.is_some_and(|table| self.exact.has(&table.name));
        let is_same = table.filter(|_| !(is_expression && is_known));
        let is_same = is_same.is_some_and(|table| {
            let has_other_collation = change == ColumnChange::Collation
                && self.exact.has_other_collation(&table.name, expected);
            !has_other_collation
                && spelling::is_same_column(change, (table, found), expected, self.dialect())
        });
        let is_of_bytes = || self.compares_bytes && spelling::is_of_bytes(change, found, expected);
        if is_same || is_of_bytes() || objects::is_serial_beside_sequence(change, found, expected) {
            return;
        }
        let rewritten = is_expression && !is_known && finding.may_be_the_same(self.dialect());
        if rewritten {
            &mut result.notes
        } else {
            &mut result.differences
        }
        .push(finding);
    }

    fn partitions(&self, result: &mut Comparison) {
        for (found, expected) in partitions::changed_partitions(self.found, self.expected) {
            let partition_text =
                |part: &PartitionShape| Some(format!("OF {} {}", part.parent, part.bound));
            let finding = Finding::of_table(
                FindingKind::Partition,
                &expected.name,
                partition_text(expected),
                partition_text(found),
            );
            match self.exact.is_same_partition(&expected.name) {
                Some(true) if found.parent.name == expected.parent.name => {}
                None => result.notes.push(finding),
                Some(_) => result.differences.push(finding),
            }
        }
    }

    fn views(&self, keys: &mut Keys<'_>, result: &mut Comparison) {
        let named = |views: &[ViewShape], name: &TableName| {
            let same = |view: &&ViewShape| self.is_same_name(&view.name, name);
            views.iter().find(same).cloned()
        };
        for view in &self.expected.views {
            match named(&self.found.views, &view.name) {
                None => result
                    .differences
                    .push(Finding::missing(FindingKind::View, &view.name)),
                Some(found) => {
                    self.view(&found, view, result);
                    keys.of_view(&found, view);
                }
            }
        }
        for view in &self.found.views {
            let is_expected = named(&self.expected.views, &view.name).is_some();
            if !is_expected && !self.expected.leaves_view_alone(&view.name) {
                result
                    .extra
                    .push(Finding::extra(FindingKind::View, &view.name));
            }
        }
    }

    fn is_same_name(&self, one: &TableName, other: &TableName) -> bool {
        match self.dialect() {
            Dialect::Postgres => {
                let schema = |name: &TableName| name.schema.clone().filter(|name| name != "public");
                one.name == other.name && schema(one) == schema(other)
            }
            Dialect::Sqlite | Dialect::Mysql => one.name.eq_ignore_ascii_case(&other.name),
        }
    }

    /// SQLite keeps a query as it is written; the others write it anew.
    fn view(&self, found: &ViewShape, expected: &ViewShape, result: &mut Comparison) {
        let kind = |view: &ViewShape| {
            Some(
                if view.materialized {
                    "materialized view"
                } else {
                    "view"
                }
                .to_owned(),
            )
        };
        if found.materialized != expected.materialized {
            let finding = Finding::of_table(
                FindingKind::View,
                &expected.name,
                kind(expected),
                kind(found),
            );
            result.differences.push(finding);
        }
        if found.words != expected.words {
            let texts = (view_words(expected), view_words(found));
            let finding = Finding::of_table(FindingKind::Words, &expected.name, texts.0, texts.1);
            result.differences.push(finding);
        }
        let is_same = self
            .exact
            .is_same_view(&expected.name, &found.query, self.dialect());
        if is_same == Some(true) || same_query(&found.query, &expected.query, self.dialect()) {
            return;
        }
        let query = |view: &ViewShape| Some(view.query.clone());
        let finding = Finding::of_table(
            FindingKind::Query,
            &expected.name,
            query(expected),
            query(found),
        );
        let is_certain = match self.dialect() {
            // It keeps the text.
            Dialect::Sqlite => true,
            Dialect::Postgres | Dialect::Mysql => is_same == Some(false),
        };
        if is_certain {
            &mut result.differences
        } else {
            &mut result.notes
        }
        .push(finding);
    }
}

/// The words around the query of a view.
fn view_words(view: &ViewShape) -> Option<String> {
    let words = &view.words;
    let check = words.check.map(|check| format!("{check} CHECK OPTION"));
    let all = words.head.iter().chain(&words.options).cloned();
    let all: Vec<String> = all.chain(check).collect();
    (!all.is_empty()).then(|| all.join(" "))
}
