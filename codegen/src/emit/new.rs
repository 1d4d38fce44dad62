//! `New…`: what a program gives to insert a row.

use super::row::column_docs;
use super::shape::{Field, Given, Shape};
use super::shapes::Surroundings;
use super::types::Argument;
use super::{default_parameter, impl_head};
use crate::rust_writer::{Expr, RustWriter, Signature};

/// More arguments than these and clippy asks whether they are too many.
const FEW_ARGUMENTS: usize = 7;

/// The struct and its constructor.
pub(crate) fn new(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    structure(w, around, shape);
    constructor(w, shape);
}

fn structure(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.doc(&format!(
            "A row of {} to be inserted.",
            super::code(shape.table.name)
        ));
        w.line("#[derive(Debug, Clone, PartialEq)]");
        let parameter = default_parameter(around, shape, shape.new_generic());
        let head = format!("pub struct {}{parameter}", shape.names.new);
        w.structure(&head, shape.given().next().is_none(), |w| {
            for (_, field) in shape.given() {
                w.docs(column_docs(field, remark(field)));
                w.field(&format!("pub {}", field.name), &field.new_type());
            }
        });
    });
}

fn remark(field: &Field<'_>) -> &'static str {
    match (field.given, field.column.counted) {
        (Given::Optional, true) => "; counted by the database when left out.",
        (Given::Optional, false) => "; the database's default when left out.",
        (Given::Version, _) => "; 1 when left out.",
        (Given::Now, _) => "; now when left out.",
        (Given::Never | Given::Required | Given::Nullable, _) => "",
    }
}

fn constructor(w: &mut RustWriter, shape: &Shape<'_>) {
    let required = || {
        shape
            .given()
            .map(|(_, field)| field)
            .filter(|field| is_required(field))
    };
    w.item(|w| {
        w.implementation(&impl_head(shape.new_generic(), &shape.new_row("E")), |w| {
            w.item(|w| {
                w.doc("A new row with what it must have.");
                let signature = Signature {
                    head: "pub fn new".to_owned(),
                    params: required().map(parameter).collect(),
                    returns: Some("Self".to_owned()),
                    bounds: Vec::new(),
                };
                allows(w, signature.params.len());
                w.function(&signature, |w| w.value(&value(shape)));
            });
        });
        if required().next().is_none() {
            default_from_new(w, shape);
        }
    });
}

fn allows(w: &mut RustWriter, arguments: usize) {
    if arguments > FEW_ARGUMENTS {
        w.line("#[allow(clippy::too_many_arguments)]");
    }
}

/// A constructor without arguments is what `Default` means.
fn default_from_new(w: &mut RustWriter, shape: &Shape<'_>) {
    w.line("");
    let bound = if shape.new_generic() {
        "impl<E: ::bindery::Engine> "
    } else {
        "impl "
    };
    let head = format!("{bound}::core::default::Default for {}", shape.new_row("E"));
    w.implementation(&head, |w| {
        w.block("fn default() -> Self", |w| w.line("Self::new()"));
    });
}

fn is_required(field: &Field<'_>) -> bool {
    field.given == Given::Required
}

fn is_text(field: &Field<'_>) -> bool {
    field.facts.argument == Argument::Text && (field.own_key || !field.is_key)
}

fn parameter(field: &Field<'_>) -> String {
    if is_text(field) {
        let ty = "impl ::core::convert::Into<::std::string::String>";
        format!("{}: {ty}", field.name)
    } else {
        format!("{}: {}", field.name, field.new_type())
    }
}

fn value(shape: &Shape<'_>) -> Expr {
    let fields = shape.given().map(|(_, field)| {
        let value = match field.given {
            Given::Required if is_text(field) => format!("{}.into()", field.name),
            Given::Required => field.name.to_owned(),
            Given::Nullable | Given::Optional | Given::Version | Given::Now | Given::Never => {
                "::core::option::Option::None".to_owned()
            }
        };
        (field.name.to_owned(), Expr::text(value))
    });
    Expr::Struct("Self".to_owned(), fields.collect())
}
