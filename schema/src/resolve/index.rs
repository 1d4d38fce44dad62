//! Keys, uniques, indexes and checks: names of columns become ids.

use crate::ast::{KeyPart, Name, PartKey};
use crate::draft::{DraftCheck, DraftIndex, DraftTable, DraftUnique};
use crate::lists::IntoVec as _;
use crate::lower::column_index;
use crate::model::{
    Check, Column, ColumnId, Index, IndexKey, IndexPart, PartWords, PrimaryKey, Unique,
};
use crate::name;
use crate::resolve::facts::Facts;

use super::{Resolver, expression, unknown_column};

impl Resolver<'_> {
    /// The columns of these names; an error for each that is missing, none at all if the table could not be read.
    pub(super) fn column_ids(
        &mut self,
        draft: &DraftTable,
        names: &[Name],
        what: &str,
    ) -> Option<Vec<ColumnId>> {
        let mut ids = Vec::new();
        for name in names {
            match column_index(&draft.columns, &name.text, draft.dialect) {
                Some(index) => ids.push(ColumnId(index as u32)),
                None => self.unknown_column(draft, name, what),
            }
        }
        (ids.len() == names.len()).then_some(ids)
    }

    /// Says which columns there are.
    pub(super) fn unknown_column(&mut self, draft: &DraftTable, wanted: &Name, what: &str) {
        if draft.incomplete {
            return;
        }
        let finding = unknown_column::of_table(draft, wanted, what);
        self.diagnostics.push(finding);
    }

    /// Uniques, each once.
    pub(super) fn uniques(
        &mut self,
        draft: &DraftTable,
        columns: &[Column],
        key: Option<&PrimaryKey>,
    ) -> Vec<Unique> {
        let key = key.filter(|_| Facts::of(draft.dialect).keys.primary_is_unique);
        let mut uniques: Vec<Unique> = Vec::new();
        for unique in &draft.uniques {
            let Some(ids) = self.column_ids(draft, &unique.columns, "this unique constraint")
            else {
                continue;
            };
            if key.is_some_and(|key| key.columns == ids && !unique.is_index)
                || repeats(&uniques, &ids)
            {
                continue;
            }
            let fields = ids
                .iter()
                .map(|id| columns[id.0 as usize].field.trim_start_matches("r#"));
            uniques.push(Unique {
                method_suffix: fields.into_vec().join("_and_"),
                columns: ids,
                name: unique.name.clone(),
                is_index: unique.is_index,
                nulls_not_distinct: unique.options.nulls_not_distinct,
                deferrable: unique.options.deferrable.is_some(),
                initially_deferred: unique.options.deferrable == Some(true),
                method: unique.method.clone(),
                parts: part_words(&unique.parts),
                words: unique.options.words.clone(),
                span: unique.span,
            });
        }
        uniques
    }

    /// Indexes that are in no list of uniques.
    pub(super) fn indexes(
        &mut self,
        draft: &DraftTable,
        uniques: &[Unique],
        key: Option<&PrimaryKey>,
    ) -> Vec<Index> {
        let mut indexes = self.repeated(draft, uniques, key);
        for index in &draft.indexes {
            let parts: Option<Vec<IndexPart>> = index
                .parts
                .iter()
                .map(|part| self.index_part(draft, part))
                .collect();
            indexes.extend(parts.map(|parts| index_of(index, parts, draft)));
        }
        indexes
    }

    /// Uniques over columns that are unique already: the database makes an index for each that has a name of its own, and
    /// perhaps for each.
    fn repeated(
        &self,
        draft: &DraftTable,
        uniques: &[Unique],
        key: Option<&PrimaryKey>,
    ) -> Vec<Index> {
        let taken = |name: &str| {
            let names = uniques.iter().filter_map(|unique| unique.name.as_deref());
            let mut names = names.chain(key.and_then(|key| key.name.as_deref()));
            names.any(|known| known == name)
        };
        let facts = &Facts::of(draft.dialect).keys;
        let is_kept = |unique: &DraftUnique| uniques.iter().any(|kept| kept.span == unique.span);
        let made = |unique: &&DraftUnique| {
            let own = match &unique.name {
                Some(name) => !taken(name),
                None => facts.repeats_have_indexes && !is_kept(unique),
            };
            own && (unique.is_index || facts.uniques_have_indexes)
        };
        let mut found = Vec::new();
        for unique in draft.uniques.iter().filter(made) {
            // A column that is missing was reported with the uniques.
            let Some(columns) = known_columns(draft, &unique.columns) else {
                continue;
            };
            let words = |at: usize| unique.parts.get(at);
            let part = |(at, column): (usize, &ColumnId)| IndexPart {
                key: IndexKey::Column(*column),
                prefix: words(at).and_then(|part| part.prefix),
                qualifier: words(at).and_then(|part| part.qualifier.clone()),
                descending: words(at).is_some_and(|part| part.descending),
                nulls_first: words(at).and_then(|part| part.nulls_first),
            };
            found.push(Index {
                name: unique.name.clone(),
                unique: true,
                parts: columns.iter().enumerate().map(part).into_vec(),
                predicate: None,
                method: unique.method.clone(),
                is_constraint: !unique.is_index,
                nulls_not_distinct: unique.options.nulls_not_distinct,
                deferrable: unique.options.deferrable,
                words: unique.options.words.clone(),
                span: unique.span,
            });
        }
        found
    }

    /// Indexes of a materialized view, whose columns its query gives.
    pub(super) fn indexes_of_view(&mut self, draft: &DraftTable, columns: &[Column]) -> Vec<Index> {
        let place = |name: &Name| {
            let mut names = columns.iter().map(|column| column.name.as_str());
            let at = names.position(|known| name::same_name(known, &name.text, draft.dialect))?;
            Some(ColumnId(at as u32))
        };
        let mut found = Vec::new();
        for index in &draft.indexes {
            let named = index.parts.iter().filter_map(|part| match &part.key {
                PartKey::Column(name) => Some(name),
                PartKey::Expression(_) => None,
            });
            let missing: Vec<&Name> = named.filter(|name| place(name).is_none()).into_vec();
            for name in &missing {
                self.unknown_column_of_view(draft, columns, name);
            }
            if missing.is_empty() {
                let part = |part: &KeyPart| part_of(part, draft, place);
                let parts: Option<Vec<IndexPart>> = index.parts.iter().map(part).collect();
                found.extend(parts.map(|parts| index_of(index, parts, draft)));
            }
        }
        found
    }

    fn unknown_column_of_view(&mut self, draft: &DraftTable, columns: &[Column], wanted: &Name) {
        let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).into_vec();
        let finding = unknown_column::of_view(&draft.name.name.text, &known, wanted);
        self.diagnostics.push(finding);
    }

    fn index_part(&mut self, draft: &DraftTable, part: &KeyPart) -> Option<IndexPart> {
        part_of(part, draft, |name| {
            let found = self.column_ids(draft, std::slice::from_ref(name), "this index")?;
            found.first().copied()
        })
    }

    pub(super) fn checks(&mut self, draft: &DraftTable) -> Vec<Check> {
        for check in &draft.checks {
            self.foreign_expression(draft, &check.condition);
        }
        let column = |name: &Name| column_index(&draft.columns, &name.text, draft.dialect);
        let check = |check: &DraftCheck| Check {
            name: check.name.clone(),
            expression: expression::expression(&check.condition, draft),
            column: check
                .column
                .as_ref()
                .and_then(column)
                .map(|index| ColumnId(index as u32)),
            words: check.words.clone(),
            not_valid: check.not_valid,
        };
        draft.checks.iter().map(check).into_vec()
    }
}

fn index_of(index: &DraftIndex, parts: Vec<IndexPart>, draft: &DraftTable) -> Index {
    let predicate = index.predicate.as_ref();
    Index {
        name: index.name.clone(),
        unique: index.unique,
        parts,
        predicate: predicate.map(|condition| expression::expression(condition, draft)),
        method: index.method.clone(),
        is_constraint: index.is_constraint,
        nulls_not_distinct: index.options.nulls_not_distinct,
        deferrable: index.options.deferrable,
        words: index.options.words.clone(),
        span: index.span,
    }
}

fn part_of(
    part: &KeyPart,
    draft: &DraftTable,
    place: impl FnOnce(&Name) -> Option<ColumnId>,
) -> Option<IndexPart> {
    let key = match &part.key {
        PartKey::Column(name) => IndexKey::Column(place(name)?),
        PartKey::Expression(found) => IndexKey::Expression(expression::expression(found, draft)),
    };
    Some(IndexPart {
        key,
        prefix: part.prefix,
        qualifier: part.qualifier.clone(),
        descending: part.descending,
        nulls_first: part.nulls_first,
    })
}

fn known_columns(draft: &DraftTable, names: &[Name]) -> Option<Vec<ColumnId>> {
    let id = |name: &Name| {
        let index = column_index(&draft.columns, &name.text, draft.dialect)?;
        Some(ColumnId(index as u32))
    };
    names.iter().map(id).collect()
}

/// Whether there is one over these columns already. Many are not compared with each other.
fn repeats(uniques: &[Unique], columns: &[ColumnId]) -> bool {
    uniques
        .iter()
        .take(64)
        .any(|known| known.columns == columns)
}

/// Returns the words of the parts beside their columns; empty where there are none.
pub(super) fn part_words(parts: &[KeyPart]) -> Vec<PartWords> {
    let words = |part: &KeyPart| PartWords {
        prefix: part.prefix,
        qualifier: part.qualifier.clone(),
        descending: part.descending,
        nulls_first: part.nulls_first,
        period: part.period.clone(),
    };
    let found: Vec<PartWords> = parts.iter().map(words).into_vec();
    let plain = found.iter().all(|words| *words == PartWords::default());
    if plain { Vec::new() } else { found }
}
