//! `db.syncs()`: a method for each sync that the schema declares.

use bindery_schema::model::{EngineId, Model, TableSync};
use bindery_schema::plan::statements::copies_columns;

use crate::emit::shape::names::SYNCS;
use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::UNUSED;
use crate::rust_writer::RustWriter;

/// Nothing where the schema declares none.
pub(crate) fn syncs(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    if model.syncs.is_empty() {
        return;
    }
    w.item(|w| {
        w.line(UNUSED);
        w.block("impl Databases", |w| {
            w.doc("The syncs that the schema declares, each with its name, ready to be run.");
            w.block(&format!("pub fn syncs(&self) -> {SYNCS}::Syncs<'_>"), |w| {
                w.line(&format!("{SYNCS}::Syncs(&self.0)"));
            });
        });
    });
    w.item(|w| {
        w.doc("The syncs that the schema declares.");
        w.line(UNUSED);
        w.block(&format!("pub mod {SYNCS}"), |w| {
            w.item(|w| w.line("use super::*;"));
            w.item(|w| {
                w.doc("Each sync as a method.");
                w.line("#[derive(Debug, Clone, Copy)]");
                w.line("pub struct Syncs<'db>(pub(super) &'db ::bindery::Registry);");
            });
            w.item(|w| {
                w.block("impl<'db> Syncs<'db>", |w| {
                    for sync in &model.syncs {
                        w.item(|w| method(w, model, around, all, sync));
                    }
                });
            });
        });
    });
}

fn method(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
    sync: &TableSync,
) {
    let (source, target) = (&all[sync.source.0 as usize], &all[sync.target.0 as usize]);
    let column = sync.by.map(|id| &model.table(sync.source).column(id).field);
    let way = match column {
        Some(column) => format!("by `{}`", column.trim_start_matches("r#")),
        None if sync.captured => "by the changes that triggers record".to_owned(),
        None => "by comparing both tables".to_owned(),
    };
    w.doc(&format!(
        "`{}` of `{}` to `{}` of `{}`, {way}.",
        source.table.name,
        around.engine_of(sync.from).name,
        target.table.name,
        around.engine_of(sync.to).name,
    ));
    let copies = copies_columns(model, sync);
    if copies {
        w.doc("Columns of the same names are copied.");
    }
    let row = |shape: &Shape<'_>, engine: EngineId| match shape.several {
        true => format!("{}<{}>", shape.names.row, around.engine(engine)),
        false => shape.names.row.clone(),
    };
    let (from, to) = (row(source, sync.from), row(target, sync.to));
    let job = format!("::bindery::sync::SyncJob<'db, {from}, {to}>");
    let find = match column {
        Some(column) => format!("by({}::{column})", source.names.columns),
        None if sync.captured => "captured()".to_owned(),
        None => "full()".to_owned(),
    };
    let name = &sync.name;
    if copies {
        w.block(&format!("pub fn {name}(self) -> {job}"), |w| {
            w.line(&format!(
                "self.0.sync_columns::<{from}, {to}>().{find}.name(\"{name}\")"
            ));
        });
        return;
    }
    let mapping = format!(
        "impl Fn(&{from}) -> ::core::result::Result<::bindery::sync::NewRow<{to}>, ::bindery::sync::Reject> + 'db"
    );
    w.block(
        &format!("pub fn {name}(self, mapping: {mapping}) -> {job}"),
        |w| {
            w.line(&format!(
                "self.0.sync::<{from}, {to}>(mapping).{find}.name(\"{name}\")"
            ));
        },
    );
}
