//! The code of one model: the items of its module, in their order. One file a kind of item; none knows another.

pub(crate) mod capture;
pub(crate) mod columns;
pub(crate) mod constraints;
mod events;
mod from_row;
pub(crate) mod implementation;
pub(crate) mod info;
mod json_forms;
pub(crate) mod key;
pub(crate) mod new;
pub(crate) mod patch;
pub(crate) mod queries;
mod related;
pub(crate) mod row;
pub(crate) mod source;
pub(crate) mod sql;

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::{UNUSED, code, in_words};
use crate::rust_writer::RustWriter;
use bindery_schema::lists::IntoVec as _;
use capture::Captured;
use info::Planned;
use sql::Statements;

/// Everything that the code of one model is written from. There is no way from here to the rest of the schema, so code
/// written from equal values is equal: what was written before may be taken instead.
#[derive(Debug, Hash)]
pub(crate) struct Module<'p> {
    pub(crate) around: &'p Surroundings<'p>,
    pub(crate) shape: &'p Shape<'p>,
    pub(crate) statements: Statements<'p>,
    pub(crate) ddl: Planned<'p>,
    pub(crate) captured: Option<Captured>,
}

impl Module<'_> {
    /// The module within a file with others.
    pub(crate) fn inline(&self) -> String {
        let mut w = RustWriter::new();
        w.doc(&self.about());
        w.line(UNUSED);
        w.block(&format!("pub mod {}", self.shape.names.module), |w| {
            self.items(w)
        });
        w.finish()
    }

    /// The module of the columns within a file with others.
    pub(crate) fn inline_columns(&self) -> String {
        let mut w = RustWriter::new();
        columns::module(&mut w, self.around, self.shape);
        w.finish()
    }

    /// Describes the module in a sentence.
    pub(crate) fn about(&self) -> String {
        let engines = self.shape.table.engines.iter();
        let engines: Vec<_> = engines
            .map(|&id| format!("`{}`", self.around.engine_of(id).name))
            .into_vec();
        let table = code(self.shape.table.name);
        let kind = if self.shape.is_view() {
            "view"
        } else {
            "table"
        };
        format!(
            "Model `{}`, {kind} {table}, on {}.",
            self.shape.names.row,
            in_words(&engines)
        )
    }

    /// Writes the items of the module.
    pub(crate) fn items(&self, w: &mut RustWriter) {
        let (around, shape) = (self.around, self.shape);
        w.item(|w| w.line("use super::{engine, model};"));
        key::key(w, around, shape);
        constraints::constants(w, around, shape);
        row::structure(w, around, shape);
        events::types(w, around, shape);
        if !shape.is_view() {
            new::new(w, around, shape);
            from_row::from_row(w, shape);
            patch::patch(w, around, shape);
            json_forms::forms(w, around, shape);
            source::sources(w, shape);
        }
        implementation::model(w, around, shape);
        if let Some(captured) = &self.captured {
            capture::captured(w, around, shape, captured);
        }
        row::methods(w, around, shape);
        related::methods(w, around, shape);
        sql::statements(w, around, shape, &self.statements);
        sql::lives_on(w, around, shape);
        queries::queries(w, around, shape);
        info::info(w, around, shape, &self.ddl);
    }
}
