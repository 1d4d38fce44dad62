//! The row: its struct and what it can do by itself.

use crate::emit::shape::{Field, Shape, Surroundings, derives};
use crate::emit::shared::column_docs;
use crate::emit::shared::json::{self, JsonItem};
use crate::emit::text::{TRACKED, code, impl_head, prose};
use crate::rust_writer::{Expr, RustWriter, Signature};
use bindery_schema::lists::IntoVec as _;

/// Writes the struct of a row.
pub(crate) fn structure(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.docs(prose(
            shape.table.docs,
            &format!("A row of {}.", code(shape.table.name)),
        ));
        w.derive(&derives(
            &["Debug", "Clone", "PartialEq"],
            &shape.derives.row,
        ));
        json::of_struct(w, shape, JsonItem::Row, shape.several);
        let head = format!(
            "pub struct {}{}",
            shape.names.row,
            around.default_parameter(shape.table.engines, shape.several)
        );
        w.block(&head, |w| {
            if let Some(name) = shape.engine_field {
                w.doc("The engine the row is on.");
                json::skipped_engine(w, shape);
                w.line(&format!("pub {name}: E,"));
            }
            for field in &shape.fields {
                w.docs(column_docs(field, ""));
                json::of_field(w, around, shape, (JsonItem::Row, field));
                w.line(&format!("pub {}: {},", field.name, field.row_type()));
            }
        });
    });
}

/// Methods: to other engines, and deleting.
pub(crate) fn methods(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    row_of(w, around, shape);
    if shape.several {
        to_engine(w, shape);
        if !shape.is_view() {
            copies(w, around, shape);
        }
    }
}

/// The row, seen from its type.
fn row_of(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let row = shape.row("E");
    let head = impl_head(
        shape.several,
        &format!("::bindery::generic::RowOf for {row}"),
    );
    w.item(|w| {
        w.block(&head, |w| {
            w.line(&format!("type Model = {};", around.tag(shape.names)));
            let engine = around.row_engine(shape.table.engines);
            w.line(&format!("type Engine = {engine};"));
        });
    });
}

fn to_engine(w: &mut RustWriter, shape: &Shape<'_>) {
    w.item(|w| {
        w.block(&generic_head(shape), |w| {
            w.item(|w| {
                w.doc("The same values as a row of another engine, in memory only.");
                // It takes the row: a copy of every text is the caller's to ask for.
                w.line("#[allow(clippy::wrong_self_convention)]");
                let signature = Signature {
                    head: "pub fn to_engine<F: ::bindery::StaticEngine>".to_owned(),
                    params: vec!["self".to_owned()],
                    returns: Some(shape.row("F")),
                    bounds: Vec::new(),
                };
                w.function(&signature, |w| w.value(&moved_row(shape)));
            });
        });
    });
}

fn moved_row(shape: &Shape<'_>) -> Expr {
    let engine = shape.engine_field.map(|name| {
        let engine = Expr::text("<F as ::core::default::Default>::default()");
        (name.to_owned(), engine)
    });
    let fields = shape.fields.iter().map(|field| {
        let value = match (field.on_row_engine, field.nullable) {
            (false, _) => Expr::text(format!("self.{}", field.name)),
            (true, false) => of_self(field, &["to_engine()"]),
            (true, true) => of_self(field, &["map(|key| key.to_engine())"]),
        };
        (field.name.to_owned(), value)
    });
    Expr::Struct(
        shape.names.row.clone(),
        engine.into_iter().chain(fields).into_vec(),
    )
}

fn of_self(field: &Field<'_>, calls: &[&str]) -> Expr {
    let parts = std::iter::once(field.name).chain(calls.iter().copied());
    Expr::Chain("self".to_owned(), parts.map(Expr::text).into_vec())
}

fn generic_head(shape: &Shape<'_>) -> String {
    format!("impl<E: ::bindery::Engine> {}", shape.row("E"))
}

fn copies(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.block(&generic_head(shape), |w| {
            copy_to(w, around, shape);
            if shape.has_counted_key() {
                copy_as_new_to(w, around, shape);
            }
            if shape.has_key() {
                copy_over_to(w, around, shape);
                move_to(w, around, shape);
                delete(w, around, shape);
            }
        });
    });
}

fn copy_signature(around: &Surroundings<'_>, shape: &Shape<'_>, name: &str) -> Signature {
    let tag = around.tag(shape.names);
    Signature {
        head: format!("pub fn {name}<F>"),
        params: vec![
            "&self".to_owned(),
            "to: &mut ::bindery::Connection<F>".to_owned(),
        ],
        returns: Some(format!("::bindery::Result<{}>", shape.row("F"))),
        bounds: vec![format!(
            "F: ::bindery::StaticEngine + ::bindery::Hosts<{tag}>"
        )],
    }
}

fn copy_to(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let docs = [
        "Inserts the row on another engine, with the same key.",
        "",
        "# Errors",
        "The key is taken there, another constraint is violated, or the database fails.",
    ];
    copy_row(w, around, shape, "copy_to", docs, |w| {
        w.line("::bindery::Repository::new(target).insert_row(&row)?;");
        w.line("::core::result::Result::Ok(row)");
    });
}

fn copy_over_to(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let docs = [
        "Inserts the row on another engine, or overwrites the one that has its key there, and gives it back as stored.",
        "",
        "# Errors",
        "Another constraint is violated, or the database fails.",
    ];
    copy_row(w, around, shape, "copy_over_to", docs, |w| {
        w.line("::bindery::Repository::new(target).upsert_row(&row)");
    });
}

fn copy_row(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    name: &str,
    docs: [&str; 4],
    write: impl FnOnce(&mut RustWriter),
) {
    w.item(|w| {
        w.docs(docs);
        w.line(TRACKED);
        w.function(&copy_signature(around, shape, name), |w| {
            w.line(MOVED_CLONE);
            w.line(&target(around, shape));
            write(w);
        });
    });
}

/// In two steps, as no transaction spans two engines.
fn move_to(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let tag = around.tag(shape.names);
    let copy = copy_signature(around, shape, "move_to");
    let bounds = std::iter::once(format!("E: ::bindery::Hosts<{tag}>")).chain(copy.bounds);
    let signature = Signature {
        head: copy.head,
        params: vec![
            "&self".to_owned(),
            "from: &mut ::bindery::Connection<E>".to_owned(),
            "to: &mut ::bindery::Connection<F>".to_owned(),
        ],
        returns: Some(format!(
            "::bindery::Result<::bindery::rows::Moved<{}>>",
            shape.row("F")
        )),
        bounds: bounds.into_vec(),
    };
    w.item(|w| {
        w.docs([
            "Inserts the row on another engine, with the same key, and then deletes it on its own: two steps, of which the second may fail alone.",
            "",
            "# Errors",
            "The first step failed, and the row stays: its key is taken there, a constraint is violated, or the database fails. How the second ended is in the result.",
        ]);
        w.line(TRACKED);
        w.function(&signature, |w| {
            w.line("::bindery::__private::move_row(self, from, || self.copy_to(to))");
        });
    });
}

/// The row's values on the other engine; the row itself stays.
const MOVED_CLONE: &str = "let row = ::core::clone::Clone::clone(self).to_engine::<F>();";

fn target(around: &Surroundings<'_>, shape: &Shape<'_>) -> String {
    format!(
        "let target = ::bindery::generic::ReadRoute::<{}>::target(to);",
        around.tag(shape.names)
    )
}

/// Only where the database counts keys can it make a new one.
fn copy_as_new_to(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.docs([
            "Inserts the values of the row on another engine, with a new key, and gives the new row back.",
            "",
            "# Errors",
            "A constraint is violated, or the database fails.",
        ]);
        w.line(TRACKED);
        w.function(&copy_signature(around, shape, "copy_as_new_to"), |w| {
            w.line(MOVED_CLONE);
            w.line(&target(around, shape));
            w.line("::bindery::Repository::new(target).copy_as_new(&row)");
        });
    });
}

fn delete(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let tag = around.tag(shape.names);
    w.item(|w| {
        w.docs([
            "Deletes the row where it came from; `false` where it is gone already.",
            "",
            "# Errors",
            "Something refers to the row, or the database fails.",
        ]);
        let signature = Signature {
            head: "pub fn delete".to_owned(),
            params: vec![
                "&self".to_owned(),
                format!("db: &{}Databases", around.scope.root),
            ],
            returns: Some("::bindery::Result<bool>".to_owned()),
            bounds: vec![format!("E: ::bindery::Hosts<{tag}>")],
        };
        w.line(TRACKED);
        w.function(&signature, |w| {
            w.line(&format!(
                "let key = <{tag} as ::bindery::generic::HasKey>::key(self);"
            ));
            w.line(&format!("let engine = {};", shape.engine_of("self")));
            w.line(&format!(
                "let mut rows = db.registry().repository::<{tag}, E>(engine);"
            ));
            w.line("rows.delete(key)");
        });
    });
}
