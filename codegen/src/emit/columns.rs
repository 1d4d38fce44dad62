//! The columns of a model as typed constants, in a module of their own: `post::title`.
//!
//! They are apart from the rest of the model's code because a constant in scope turns a parameter of its name into a
//! pattern.

use super::shape::{Field, LinkShape, Shape};
use super::shapes::Surroundings;
use super::{UNUSED_IMPORT, code};
use crate::rust_writer::{Expr, RustWriter};

/// Constants are named as the columns are.
pub(crate) const UNUSED: &str =
    "#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]";

/// What the module is, in a sentence.
pub(crate) fn about(shape: &Shape<'_>) -> String {
    format!(
        "Columns of {}, for queries. Import the module, never what is in it.",
        code(shape.table.name)
    )
}

/// What is in it.
pub(crate) fn items(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    // Rows and keys are found beside the columns: for a table that is named in the singular, by the table's own name.
    if around.scope.modules {
        w.item(|w| {
            w.line(UNUSED_IMPORT);
            w.line(&format!("pub use super::{}::*;", shape.names.module));
        });
    }
    if shape.fields.is_empty() {
        return;
    }
    w.item(|w| {
        if around.scope.modules {
            let mentions = |field: &Field<'_>| {
                value_type(around, shape, field).contains("<engine::")
                    || link_end(around, shape, field).is_some_and(|end| end.contains("engine::"))
            };
            w.line(if shape.fields.iter().any(mentions) {
                "use super::{engine, model};"
            } else {
                "use super::model;"
            });
        } else {
            w.line(UNUSED_IMPORT);
            w.line("use super::*;");
        }
        let used = |name, is_used: bool| is_used.then_some(name);
        let fields = || shape.fields.iter();
        let names = [
            Some("Column"),
            used("Link", fields().any(|field| field.link.is_some())),
            used("Nullable", fields().any(|field| field.nullable)),
            used("RowEngine", fields().any(|field| is_of_row_engine(field))),
        ];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        w.line(&match names.as_slice() {
            [only] => format!("use ::bindery::query::{only};"),
            several => format!("use ::bindery::query::{{{}}};", several.join(", ")),
        });
    });
    for (index, field) in shape.fields.iter().enumerate() {
        w.item(|w| constant(w, around, shape, (index, field)));
    }
}

fn constant(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (index, field): (usize, &Field<'_>),
) {
    w.doc(&code(field.column.name));
    let tag = around.tag(shape);
    let kind = kind(around, shape, field);
    let binary = if field.key_params() == "params" {
        ""
    } else {
        ".binary()"
    };
    let ty = value_type(around, shape, field);
    let index = index.to_string();
    w.assignment(
        &format!("pub const {}: Column<{tag}, {ty}{kind}>", field.name),
        &Expr::text(format!("Column::at({index}){binary}{}", link(shape, field))),
    );
}

/// The kind of the column, after the type of its values.
fn kind(around: &Surroundings<'_>, shape: &Shape<'_>, field: &Field<'_>) -> String {
    let nullable = if field.nullable { ", Nullable" } else { "" };
    match link_end(around, shape, field) {
        Some(end) => format!(", Link<{end}{nullable}>"),
        None => nullable.to_owned(),
    }
}

/// The type that says where a link leads.
fn link_end(around: &Surroundings<'_>, shape: &Shape<'_>, field: &Field<'_>) -> Option<String> {
    Some(match field.link.as_ref()? {
        LinkShape::Key => value_type(around, shape, field),
        LinkShape::Column { tag, engine, .. } => format!("({tag}, {engine})"),
    })
}

/// The calls that say which of the written columns a link is, and to which column it leads.
fn link(shape: &Shape<'_>, field: &Field<'_>) -> String {
    let before = shape
        .fields
        .iter()
        .take_while(|other| other.name != field.name);
    let written = before.filter(|other| other.is_writable()).count();
    match &field.link {
        None => String::new(),
        Some(LinkShape::Key) => format!(".links({written})"),
        Some(LinkShape::Column { column, .. }) => format!(".links_to({written}, {column})"),
    }
}

/// Does its type mention the engine of the row?
fn is_of_row_engine(field: &Field<'_>) -> bool {
    let leads_there =
        matches!(&field.link, Some(LinkShape::Column { engine, .. }) if engine == "RowEngine");
    field.on_row_engine || leads_there
}

/// The type of the column's values, as this module names it. A key on the engine of the row takes the query's engine.
fn value_type(around: &Surroundings<'_>, shape: &Shape<'_>, field: &Field<'_>) -> String {
    let ty = match field.ty.strip_suffix("<E>") {
        Some(key) if field.on_row_engine => format!("{key}<RowEngine>"),
        Some(_) | None => field.ty.clone(),
    };
    if !around.scope.modules {
        return from_inner_module(&ty);
    }
    let name = ty.split('<').next().unwrap_or_default();
    if name == shape.names.key {
        format!("super::{}::{ty}", shape.names.module)
    } else {
        ty
    }
}

/// A type of the program's own, as a module within its module names it.
fn from_inner_module(ty: &str) -> String {
    let mut inner = String::with_capacity(ty.len() + 8);
    let mut rest = ty;
    while let Some(letter) = rest.chars().next() {
        let starts_path = !inner.ends_with(|before: char| before == ':' || is_of_name(before));
        if starts_path && rest.starts_with("super::") {
            inner.push_str("super::super::");
            rest = &rest["super::".len()..];
        } else if starts_path && rest.starts_with("self::") {
            inner.push_str("super::");
            rest = &rest["self::".len()..];
        } else {
            inner.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    inner
}

fn is_of_name(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::from_inner_module;

    #[test]
    fn paths_lead_to_the_same_type_from_the_module_within() {
        for (ty, expected) in [
            ("String", "String"),
            ("super::Money", "super::super::Money"),
            ("self::a::B<super::C>", "super::a::B<super::super::C>"),
            ("crate::x::Y", "crate::x::Y"),
            ("::a::myself::B", "::a::myself::B"),
            ("super::super::A", "super::super::super::A"),
        ] {
            assert_eq!(from_inner_module(ty), expected);
        }
    }
}
