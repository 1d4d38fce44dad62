//! `New…`: what a program gives to insert a row, and its constructor. What the constructor does not take is set by `setters`.

use super::row::column_docs;
use super::shape::{Field, Given, Shape};
use super::shapes::Surroundings;
use super::{default_parameter, derives, impl_head, setters};
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
        w.derive(&derives(
            &["Debug", "Clone", "PartialEq"],
            &shape.derives.new,
        ));
        w.line("#[must_use]");
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
        (Given::Nullable, _) if field.column.docs.is_empty() => "; NULL when left out.",
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
        setters::allows(w, shape);
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
            setters::setters(w, shape);
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

/// Any text that can be kept.
pub(super) const INTO_STRING: &str = "impl ::core::convert::Into<::std::string::String>";

fn parameter(field: &Field<'_>) -> String {
    if field.is_text() {
        format!("{}: {INTO_STRING}", field.name)
    } else {
        format!("{}: {}", field.name, field.new_type())
    }
}

fn value(shape: &Shape<'_>) -> Expr {
    let fields = shape.given().map(|(_, field)| {
        let value = match field.given {
            Given::Required if field.is_text() => format!("{}.into()", field.name),
            Given::Required => field.name.to_owned(),
            Given::Nullable | Given::Optional | Given::Version | Given::Now | Given::Never => {
                "::core::option::Option::None".to_owned()
            }
        };
        (field.name.to_owned(), Expr::text(value))
    });
    Expr::Struct("Self".to_owned(), fields.collect())
}
