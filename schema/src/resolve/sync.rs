//! Syncs: the engines, the model and the column that they name.

use crate::ast::{Name, SyncTag};
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::lower::column_index;
use crate::model::{ColumnId, TableId, TableSync};
use crate::name;
use crate::name::quoted_list;

use super::Resolver;

impl Resolver<'_> {
    /// Resolves all syncs.
    pub(super) fn syncs(&mut self) {
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            for tag in &draft.notes.syncs {
                let sync = self.sync(id, tag);
                if let Some(sync) = &sync {
                    self.model.engines[sync.to.0 as usize].syncs = true;
                }
                self.model.syncs.extend(sync);
            }
        }
    }

    fn sync(&mut self, source: TableId, tag: &SyncTag) -> Option<TableSync> {
        let from = self.engine(&tag.from.text, Some(tag.from.span));
        let to = self.engine(&tag.to.text, Some(tag.to.span));
        let target = match &tag.model {
            Some(name) => self.model_of_sync(name),
            None => Some(source),
        };
        let by = match &tag.column {
            Some(name) => self.column_of_sync(source, name).map(Some),
            None => Some(None),
        };
        let accessor = self.model.table(source).accessor.trim_start_matches("r#");
        Some(TableSync {
            name: format!("{}_to_{}", accessor.trim_end_matches('_'), tag.to.text),
            from: from?,
            source,
            to: to?,
            target: target?,
            by: by?,
            captured: tag.captured,
            span: tag.span,
        })
    }

    fn model_of_sync(&mut self, wanted: &Name) -> Option<TableId> {
        let ids = self.model.table_ids();
        let mut ids = ids.filter(|id| self.model.table(*id).model_name == wanted.text);
        if let Some(found) = ids.next() {
            return Some(found);
        }
        let tables = self.model.tables.iter();
        let known: Vec<&str> = tables.map(|table| table.model_name.as_str()).into_vec();
        let help = match name::suggest(&wanted.text, known.iter().copied()) {
            Some(near) => format!("write `as {near}`"),
            None => format!("the models are {}", quoted_list(&known)),
        };
        let message = format!(
            "this sync names a model `{}`, and there is none",
            wanted.text
        );
        let diagnostic = Diagnostic::error("B0510", message).at(wanted.span, "");
        self.diagnostics.push(diagnostic.help(help));
        None
    }

    fn column_of_sync(&mut self, source: TableId, wanted: &Name) -> Option<ColumnId> {
        let draft = self.bound[source.0 as usize];
        let found = column_index(&draft.columns, &wanted.text, draft.dialect);
        if found.is_none() {
            self.unknown_column(draft, wanted, "this sync");
        }
        found.map(|column| ColumnId(column as u32))
    }
}
