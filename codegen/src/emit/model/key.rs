//! The key: another name for `Key<…>` where it is one column, a struct where it is several.

use crate::emit::shape::{Field, KeyShape, Shape, Surroundings, derives};
use crate::emit::shared::json::{self, JsonItem};
use crate::emit::text::code;
use crate::rust_writer::RustWriter;

/// The key's type; nothing for a table without one.
pub(crate) fn key(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    match &shape.key {
        KeyShape::None => {}
        KeyShape::Single { field, same_as } => {
            let field = &shape.fields[*field];
            let ty = same_as.clone().unwrap_or_else(|| own(around, shape, field));
            alias(w, around, shape, &ty);
        }
        KeyShape::Composite { engine, .. } => structure(w, around, shape, *engine),
    }
}

fn own(around: &Surroundings<'_>, shape: &Shape<'_>, field: &Field<'_>) -> String {
    let engine = around.row_engine(shape.table.engines);
    format!(
        "::bindery::Key<{}, {engine}, {}>",
        around.tag(shape.names),
        field.bare
    )
}

fn alias(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>, ty: &str) {
    w.item(|w| {
        w.doc(&format!("Key of [`{}`].", shape.names.row));
        let parameter = if shape.key_generic {
            format!("<E = {}>", around.first_engine(shape.table.engines))
        } else {
            String::new()
        };
        w.line(&format!("pub type {}{parameter} = {ty};", shape.names.key));
    });
}

fn structure(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    engine: Option<&str>,
) {
    let fields = shape.key_fields();
    w.item(|w| {
        w.doc(&format!("Key of [`{}`].", shape.names.row));
        w.derive(&derives(&always(&fields), &shape.derives.key));
        json::of_struct(w, shape, JsonItem::Key, shape.key_generic);
        let parameter = around.default_parameter(shape.table.engines, shape.key_generic);
        w.block(&format!("pub struct {}{parameter}", shape.names.key), |w| {
            if let Some(name) = engine {
                w.doc("The engine the row is on.");
                json::skipped_engine(w, shape);
                w.line(&format!("pub {name}: E,"));
            }
            for field in &fields {
                w.doc(&code(field.column.name));
                json::of_field(w, around, shape, (JsonItem::Key, field));
                w.line(&format!("pub {}: {},", field.name, field.ty));
            }
        });
    });
}

fn always(fields: &[&Field<'_>]) -> Vec<&'static str> {
    let all = |has: fn(&Field<'_>) -> bool| fields.iter().all(|field| has(field));
    let eq = all(|field| field.facts.eq);
    let mut names = vec!["Debug", "Clone"];
    names.extend(all(|field| field.facts.copy).then_some("Copy"));
    names.push("PartialEq");
    names.extend(eq.then_some("Eq"));
    if eq && all(|field| field.facts.ord) {
        names.extend(["PartialOrd", "Ord"]);
    }
    names.extend((eq && all(|field| field.facts.hash)).then_some("Hash"));
    names
}
