//! Foreign keys and links: the table and columns they mean.

use crate::lists::IntoVec as _;
use std::cmp::Reverse;

use crate::ast::{LinkEngine, LinkTag, Name, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftForeignKey, DraftGenerated, DraftTable};
use crate::lower::{column_index, same_name};
use crate::model::{ColumnId, EngineId, ForeignKey, Generated, KeyEngine, Link, TableId};
use crate::name;
use crate::name::quoted_list;

use super::{Resolver, unknown_column};

/// The most tables that are searched for a similar name, and the most unknown names that are looked up so.
const NAMES_TRIED: usize = 20_000;
const MISSES_TRIED: usize = 50;
/// So many names are listed.
const NAMES_LISTED: usize = 12;

impl Resolver<'_> {
    /// All foreign keys, once every table is there.
    pub(super) fn references(&mut self) {
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            for key in &draft.foreign_keys {
                if let Some(resolved) = self.foreign_key(id, draft, key) {
                    self.model.tables[id.0 as usize].foreign_keys.push(resolved);
                }
            }
        }
    }

    fn foreign_key(
        &mut self,
        child: TableId,
        draft: &DraftTable,
        key: &DraftForeignKey,
    ) -> Option<ForeignKey> {
        let columns = self.column_ids(draft, &key.columns, "this foreign key");
        let table = self.referred_table(child, key)?;
        let referred = self.referred_columns(draft, key, table)?;
        let columns = columns?;
        if columns.len() != referred.len() {
            let message = format!(
                "this foreign key has {} columns and refers to {}",
                columns.len(),
                referred.len()
            );
            let target = &self.model.table(table).name.name;
            let help = format!("name as many columns of `{target}` as refer to them");
            self.diagnostics.push(
                Diagnostic::error("B0106", message)
                    .at(key.reference.span, "")
                    .help(help),
            );
            return None;
        }
        let reference = &key.reference;
        let (on_delete, on_update, deferrable) = (
            reference.on_delete,
            reference.on_update,
            reference.deferrable,
        );
        let deleted = self.column_ids(draft, &reference.on_delete_columns, "this foreign key")?;
        Some(ForeignKey {
            on_delete_columns: deleted,
            matching: reference.matching.clone(),
            name: key.name.clone(),
            columns,
            table,
            referred,
            on_delete,
            on_update,
            deferrable,
            not_valid: key.not_valid,
            span: reference.span,
        })
    }

    /// The table a foreign key means: one that shares engines with the child if there is a choice.
    fn referred_table(&mut self, child: TableId, key: &DraftForeignKey) -> Option<TableId> {
        let early = key.target.map(|target| self.ids[target]);
        if early == Some(None) {
            return None;
        }
        let early = early
            .flatten()
            .filter(|&target| self.shares_engine(child, target));
        let found = early
            .or_else(|| self.best_table(child, &key.reference.table))
            .or_else(|| key.target.and_then(|target| self.ids[target]));
        if found.is_none() {
            self.unknown_table(&key.reference.table, "this foreign key refers to");
        }
        found
    }

    fn shares_engine(&self, one: TableId, other: TableId) -> bool {
        let engines = &self.model.table(other).engines;
        self.model
            .table(one)
            .engines
            .iter()
            .any(|engine| engines.contains(engine))
    }

    /// All tables of a name, as the child's dialect compares names.
    fn tables_named(&self, child: TableId, wanted: &ObjectName) -> Vec<TableId> {
        let from = self.model.table(child);
        let found = self
            .by_name
            .get(&wanted.name.text.to_lowercase())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let fits = |id: &&TableId| {
            let table = self.model.table(**id);
            let in_schema = wanted.rank(table.name.schema.as_deref()).is_some();
            in_schema && same_name(&table.name.name, &wanted.name.text, from.source_dialect)
        };
        found.iter().filter(fits).copied().into_vec()
    }

    /// The best of several: the child itself, one with all its engines, with one of them, of its schema, the first.
    pub(super) fn best_table(&self, child: TableId, wanted: &ObjectName) -> Option<TableId> {
        let from = self.model.table(child);
        let schema = from.name.schema.as_ref();
        let wanted = &wanted.as_referred_by(schema, from.source_dialect);
        let candidates = self.tables_named(child, wanted);
        let own = wanted.rank(schema.map(String::as_str)) == Some(0);
        if candidates.contains(&child) && (own || candidates.len() == 1) {
            return Some(child);
        }
        let score = |id: &TableId| {
            let table = self.model.table(*id);
            let all = from
                .engines
                .iter()
                .all(|engine| table.engines.contains(engine));
            (
                all,
                self.shares_engine(child, *id),
                Reverse(wanted.rank(table.name.schema.as_deref())),
                table.name.schema.as_ref() == schema,
            )
        };
        candidates.iter().rev().max_by_key(|id| score(id)).copied()
    }

    fn referred_columns(
        &mut self,
        child: &DraftTable,
        key: &DraftForeignKey,
        table: TableId,
    ) -> Option<Vec<ColumnId>> {
        let target = self.bound[table.0 as usize];
        if target.incomplete {
            return None;
        }
        if key.reference.columns.is_empty() {
            return self.referred_key(child, key, table);
        }
        let renamed = |name: &Name| Name {
            text: target.name_now(&name.text, key.declared),
            span: name.span,
        };
        let names: Vec<Name> = key.reference.columns.iter().map(renamed).into_vec();
        let mut ids = Vec::new();
        for name in &names {
            match column_index(&target.columns, &name.text, child.dialect) {
                Some(index) => ids.push(ColumnId(index as u32)),
                None => self.unknown_column(target, name, "this foreign key"),
            }
        }
        (ids.len() == names.len()).then_some(ids)
    }

    fn referred_key(
        &mut self,
        _child: &DraftTable,
        key: &DraftForeignKey,
        table: TableId,
    ) -> Option<Vec<ColumnId>> {
        let target = self.model.table(table);
        if let Some(primary) = &target.primary_key {
            return Some(primary.columns.clone());
        }
        let finding = unknown_column::of_reference(target, key.reference.span);
        self.diagnostics.push(finding);
        None
    }

    /// Says which tables there are; quiet about tables that are skipped by wish.
    pub(super) fn unknown_table(&mut self, wanted: &ObjectName, what: &str) {
        let text = &wanted.name.text;
        if self.skipped.contains(&text.to_lowercase()) {
            return;
        }
        self.unknown_tables += 1;
        let tried = if self.unknown_tables <= MISSES_TRIED {
            NAMES_TRIED
        } else {
            NAMES_LISTED
        };
        let names = self
            .model
            .tables
            .iter()
            .map(|table| table.name.name.as_str());
        let mut known: Vec<&str> = names.take(tried).into_vec();
        known.dedup();
        let list = match self.model.tables.len().saturating_sub(NAMES_LISTED) {
            0 => format!("the tables are {}", quoted_list(&known)),
            more => {
                let listed = quoted_list(&known[..known.len().min(NAMES_LISTED)]);
                format!("there are {listed} and {more} more")
            }
        };
        let near = name::suggest(text, known.iter().copied());
        let help = near.map_or(list.clone(), |near| format!("write `{near}`; {list}"));
        let message = format!("there is no table `{text}`, which {what}");
        self.diagnostics.push(
            Diagnostic::error("B0104", message)
                .at(wanted.name.span, "")
                .help(help),
        );
    }

    /// A row id that refers to another table's row is that row's: SQLite would count it, the program has to give it.
    pub(super) fn keys_of_others(&mut self) {
        for (table, draft) in self.model.tables.iter_mut().zip(&self.bound) {
            let referring = table.foreign_keys.iter().flat_map(|key| &key.columns);
            let mut referring: Vec<ColumnId> = referring.copied().into_vec();
            let linked = (0..).map(ColumnId).zip(&table.columns);
            referring.extend(
                linked
                    .filter(|(_, column)| column.link.is_some())
                    .map(|(id, _)| id),
            );
            for id in referring {
                let counted = &draft.columns[id.0 as usize].generated;
                let column = &mut table.columns[id.0 as usize];
                if matches!(counted, DraftGenerated::No)
                    && matches!(column.generated, Generated::Key { .. })
                {
                    column.generated = Generated::No;
                }
            }
        }
    }

    /// Resolves all links.
    pub(super) fn links(&mut self) {
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            for (index, column) in draft.columns.iter().enumerate() {
                if let Some(link) = column
                    .notes
                    .link
                    .as_ref()
                    .and_then(|tag| self.link(id, tag))
                {
                    self.model.tables[id.0 as usize].columns[index].link = Some(link);
                }
            }
        }
    }

    fn link(&mut self, child: TableId, tag: &LinkTag) -> Option<Link> {
        let on = match &tag.on {
            Some(LinkEngine::Named(name)) => Some(self.engine(&name.text, Some(name.span))?),
            Some(LinkEngine::Same) | None => None,
        };
        let table = self.linked_table(child, tag, on)?;
        self.check_link_engine(child, tag, table, on)?;
        let target = self.bound[table.0 as usize];
        let Some(column) = column_index(&target.columns, &tag.column.text, target.dialect) else {
            self.unknown_column(target, &tag.column, "this link");
            return None;
        };
        Some(Link {
            table,
            column: ColumnId(column as u32),
            engine: self.linked_engine(child, table, on),
            span: tag.span,
        })
    }

    /// The engine that a link leads to, seen from the linking row.
    fn linked_engine(&self, child: TableId, table: TableId, on: Option<EngineId>) -> KeyEngine {
        let several = self.model.table(table).engines.len() > 1;
        match (several, on, self.model.table(child).engines.as_slice()) {
            (false, _, _) => KeyEngine::Only,
            (true, Some(engine), _) => KeyEngine::On(engine),
            (true, None, [only]) => KeyEngine::On(*only),
            (true, None, _) => KeyEngine::Same,
        }
    }

    /// The table of a link may live anywhere; `on` chooses among several of one name.
    fn linked_table(
        &mut self,
        child: TableId,
        tag: &LinkTag,
        on: Option<EngineId>,
    ) -> Option<TableId> {
        let mut candidates = self.tables_named(child, &tag.table);
        if candidates.is_empty() {
            let all = self.by_name.get(&tag.table.name.text.to_lowercase());
            candidates = all.cloned().unwrap_or_default();
        }
        let hosted = |id: &&TableId| {
            on.is_some_and(|engine| self.model.table(**id).engines.contains(&engine))
        };
        let same =
            |id: &&TableId| tag.on == Some(LinkEngine::Same) && self.shares_engine(child, **id);
        let found = candidates
            .iter()
            .find(hosted)
            .or_else(|| candidates.iter().find(same))
            .or(candidates.first())
            .copied();
        if found.is_none() {
            self.unknown_table(&tag.table, "this link refers to");
        }
        found
    }

    fn check_link_engine(
        &mut self,
        child: TableId,
        tag: &LinkTag,
        table: TableId,
        on: Option<EngineId>,
    ) -> Option<()> {
        let target = self.model.table(table);
        let names: Vec<&str> = target
            .engines
            .iter()
            .map(|&engine| self.model.engine(engine).name.as_str())
            .into_vec();
        let own = &self.model.table(child).engines;
        let name = &target.name.name;
        let column = &tag.column.text;
        let first = names.first().copied().unwrap_or_default();
        let (message, help) = match (&tag.on, on) {
            (None, _) if names.len() > 1 => (
                format!(
                    "`{name}` lives on {}: this link has to name one",
                    quoted_list(&names)
                ),
                format!("write `@link {name}({column}) on {first}`"),
            ),
            (Some(LinkEngine::Named(wanted)), Some(engine))
                if !target.engines.contains(&engine) =>
            {
                (
                    format!(
                        "`{name}` does not live on `{}`, only on {}",
                        wanted.text,
                        quoted_list(&names)
                    ),
                    format!("write `on {first}`"),
                )
            }
            (Some(LinkEngine::Same), _)
                if !own.iter().all(|engine| target.engines.contains(engine)) =>
            {
                (
                    format!(
                        "`{name}` does not live on every engine of this table, only on {}",
                        quoted_list(&names)
                    ),
                    format!("write `on {first}`"),
                )
            }
            _ => return Some(()),
        };
        let target_span = target.span;
        let finding = Diagnostic::error("B0107", message)
            .at(tag.span, "")
            .at(target_span, "the referred table");
        self.diagnostics.push(finding.help(help));
        None
    }
}
