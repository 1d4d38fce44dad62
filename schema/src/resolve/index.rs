//! Keys, uniques, indexes and checks: names of columns become ids.

use crate::ast::{KeyPart, Name, PartKey};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::lower::{column_index, quoted_list};
use crate::model::{Check, Column, ColumnId, Index, IndexKey, IndexPart, PrimaryKey, Unique};
use crate::name;

use super::{Resolver, expression};

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
        let known: Vec<&str> = draft
            .columns
            .iter()
            .map(|column| column.name.text.as_str())
            .collect();
        let near = name::suggest(&wanted.text, known.iter().copied());
        let list = format!(
            "the columns of `{}` are {}",
            draft.name.name.text,
            quoted_list(&known)
        );
        let help = near.map_or(list.clone(), |near| format!("write `{near}`; {list}"));
        let message = format!(
            "{what} names a column `{}` that table `{}` does not have",
            wanted.text, draft.name.name.text
        );
        self.diagnostics.push(
            Diagnostic::error("B0105", message)
                .at(wanted.span, "")
                .help(help),
        );
    }

    /// Uniques, each once; SQLite makes nothing of a constraint that repeats the primary key.
    pub(super) fn uniques(
        &mut self,
        draft: &DraftTable,
        columns: &[Column],
        key: Option<&PrimaryKey>,
    ) -> Vec<Unique> {
        let key = key.filter(|_| draft.dialect == Dialect::Sqlite);
        let mut uniques: Vec<Unique> = Vec::new();
        for unique in &draft.uniques {
            let Some(ids) = self.column_ids(draft, &unique.columns, "this unique constraint")
            else {
                continue;
            };
            if key.is_some_and(|key| key.columns == ids && !unique.is_index)
                || uniques.iter().take(64).any(|known| known.columns == ids)
            {
                continue;
            }
            let fields = ids
                .iter()
                .map(|id| columns[id.0 as usize].field.trim_start_matches("r#"));
            uniques.push(Unique {
                method_suffix: fields.collect::<Vec<_>>().join("_and_"),
                columns: ids,
                name: unique.name.clone(),
                is_index: unique.is_index,
                nulls_not_distinct: unique.options.nulls_not_distinct,
                deferrable: unique.options.deferrable,
                span: unique.span,
            });
        }
        uniques
    }

    pub(super) fn indexes(&mut self, draft: &DraftTable) -> Vec<Index> {
        let mut indexes = Vec::new();
        for index in &draft.indexes {
            let parts: Option<Vec<IndexPart>> = index
                .parts
                .iter()
                .map(|part| self.index_part(draft, part))
                .collect();
            let Some(parts) = parts else { continue };
            indexes.push(Index {
                name: index.name.clone(),
                unique: index.unique,
                parts,
                predicate: index
                    .predicate
                    .as_ref()
                    .map(|condition| expression::expression(condition, draft)),
                method: index.method.clone(),
                span: index.span,
            });
        }
        indexes
    }

    fn index_part(&mut self, draft: &DraftTable, part: &KeyPart) -> Option<IndexPart> {
        let key = match &part.key {
            PartKey::Column(name) => IndexKey::Column(
                *self
                    .column_ids(draft, std::slice::from_ref(name), "this index")?
                    .first()?,
            ),
            PartKey::Expression(found) => {
                IndexKey::Expression(expression::expression(found, draft))
            }
        };
        Some(IndexPart {
            key,
            prefix: part.prefix,
            qualifier: part.qualifier.clone(),
            descending: part.descending,
        })
    }

    pub(super) fn checks(&mut self, draft: &DraftTable) -> Vec<Check> {
        let check = |(name, condition): &(Option<String>, crate::ast::Expression)| Check {
            name: name.clone(),
            expression: expression::expression(condition, draft),
        };
        draft.checks.iter().map(check).collect()
    }
}
