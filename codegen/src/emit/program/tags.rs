//! The module `model`: a tag for each model.

use crate::emit::text::UNUSED;
use crate::rust_writer::RustWriter;

/// The whole module, of models by their names and the paths of their rows.
pub(crate) fn tags<'n>(w: &mut RustWriter, models: impl Iterator<Item = (&'n str, String)>) {
    w.item(|w| {
        w.doc("Tags of the models, for bounds such as `E: Hosts<model::Name>`.");
        w.line(UNUSED);
        w.block("pub mod model", |w| {
            for (name, path) in models {
                w.item(|w| {
                    w.doc(&format!("Tag of [`{name}`](super::{path})."));
                    w.line("#[derive(Debug, Clone, Copy)]");
                    w.line(&format!("pub struct {name};"));
                });
            }
        });
    });
}
