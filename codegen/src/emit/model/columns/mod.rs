//! The columns of a model as typed constants, in a module of their own: `post::title`.
//!
//! They are apart from the rest of the model's code because a constant in scope turns a parameter of its name into a
//! pattern.

mod paths;
mod required;

use crate::emit::shape::{
    Field, LinkShape, ReferenceShape, ReferencedShape, Shape, Surroundings, ThroughShape,
};
use crate::emit::text::{UNUSED_IMPORT, code, in_words};
use crate::rust_writer::{Expr, RustWriter};
use bindery_schema::lists::IntoVec as _;
use paths::{from_inner_module, type_here};

/// Constants are named as the columns are.
pub(crate) const UNUSED: &str =
    "#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]";

/// The module in a sentence.
pub(crate) fn about(shape: &Shape<'_>) -> String {
    format!(
        "Columns of {}, for queries. Import the module, never what is in it.",
        code(shape.table.name)
    )
}

/// The module within a file with others.
pub(crate) fn module(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.doc(&about(shape));
    w.line(UNUSED);
    w.block(&format!("pub mod {}", shape.names.columns), |w| {
        items(w, around, shape);
    });
}

/// Writes the items of the module of columns.
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
            let is_used = shape.fields.iter().any(mentions) || required::has_engine(shape);
            w.line(if is_used {
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
        let is_nullable = fields().any(|field| field.nullable);
        let is_alone = |reference: &ReferenceShape<'_>| reference.constant.is_none();
        let of_query = [
            used("Link", fields().any(|field| field.link.is_some())),
            used("Nullable", is_nullable),
            used("RowEngine", fields().any(|field| is_of_row_engine(field))),
            used("To", shape.references.iter().any(is_alone)),
        ];
        w.line("use ::bindery::Column;");
        import(w, "query", &of_query);
        let referenced = || shape.referenced.iter();
        let of_relation = [
            used("BelongsTo", !shape.references.iter().all(is_alone)),
            used("HasMany", referenced().any(|one| !one.is_unique)),
            used("HasOne", referenced().any(|one| one.is_unique)),
            used("ManyToMany", !shape.through.is_empty()),
        ];
        import(w, "relation", &of_relation);
    });
    required::structure(w, around, shape);
    for (index, field) in shape.fields.iter().enumerate() {
        w.item(|w| constant(w, around, shape, (index, field)));
    }
    for (number, reference) in shape.references.iter().enumerate() {
        if let Some(name) = &reference.constant {
            w.item(|w| belongs_to(w, around, shape, (number, reference, name)));
        }
    }
    for (number, referenced) in shape.referenced.iter().enumerate() {
        w.item(|w| has(w, around, shape, (number, referenced)));
    }
    for through in &shape.through {
        w.item(|w| many_to_many(w, around, shape, through));
    }
}

fn import(w: &mut RustWriter, module: &str, names: &[Option<&str>]) {
    let names: Vec<&str> = names.iter().copied().flatten().into_vec();
    match names.as_slice() {
        [] => {}
        [only] => w.line(&format!("use ::bindery::{module}::{only};")),
        several => w.line(&format!(
            "use ::bindery::{module}::{{{}}};",
            several.join(", ")
        )),
    }
}

/// A foreign key of several columns.
fn belongs_to(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (number, reference, name): (usize, &ReferenceShape<'_>, &str),
) {
    let columns = reference.columns.iter();
    let columns: Vec<String> = columns
        .map(|&at| code(shape.fields[at].column.name))
        .into_vec();
    w.doc(&format!(
        "The row of {} that {} refer to.",
        code(&reference.to.accessor),
        in_words(&columns)
    ));
    let (tag, to) = (
        around.tag(shape.names),
        tag_from_inner_module(around, reference),
    );
    let kind = if reference.nullable { ", Nullable" } else { "" };
    w.assignment(
        &format!("pub const {name}: BelongsTo<{tag}, {to}{kind}>"),
        &Expr::text(format!("BelongsTo::by({number})")),
    );
}

/// The relations of models that refer to this one.
fn has(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (number, referenced): (usize, &ReferencedShape<'_>),
) {
    let (kind, whose) = match referenced.is_unique {
        true => ("HasOne", "The row"),
        false => ("HasMany", "The rows"),
    };
    let columns: Vec<String> = referenced.columns.iter().map(|name| code(name)).into_vec();
    w.doc(&format!(
        "{whose} of {} whose {} refers to this one.",
        code(&referenced.from.accessor),
        in_words(&columns)
    ));
    let (tag, name) = (around.tag(shape.names), &referenced.constant);
    let from = around.tag(referenced.from);
    w.assignment(
        &format!("pub const {name}: {kind}<{tag}, {from}>"),
        &Expr::text(format!("{kind}::at({number})")),
    );
}

/// The relations through a table between.
fn many_to_many(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    through: &ThroughShape<'_>,
) {
    w.doc(&format!(
        "The rows of {} that belong to this one by {}.",
        code(&through.to.accessor),
        code(&through.link.accessor)
    ));
    let (tag, name) = (around.tag(shape.names), &through.constant);
    let [link, to] = [through.link, through.to].map(|names| around.tag(names));
    let (near, far) = (through.near, through.far);
    w.assignment(
        &format!("pub const {name}: ManyToMany<{tag}, {link}, {to}>"),
        &Expr::text(format!("ManyToMany::at({near}, {far})")),
    );
}

fn tag_from_inner_module(around: &Surroundings<'_>, reference: &ReferenceShape<'_>) -> String {
    if around.scope.modules {
        reference.tag.clone()
    } else {
        from_inner_module(&reference.tag)
    }
}

fn constant(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (index, field): (usize, &Field<'_>),
) {
    w.doc(&code(field.column.name));
    let tag = around.tag(shape.names);
    let is_this = |reference: &ReferenceShape<'_>| {
        reference.constant.is_none() && reference.columns == [index]
    };
    let references = shape.references.iter().enumerate();
    let reference = references.into_iter().find(|(_, one)| is_this(one));
    let kind = match reference {
        None => kind(around, shape, field),
        Some((_, one)) => {
            let nullable = if field.nullable { ", Nullable" } else { "" };
            format!(", To<{}{nullable}>", tag_from_inner_module(around, one))
        }
    };
    let call = match reference {
        None => format!("column({index})"),
        Some((number, _)) => format!("foreign_key({index}, {number})"),
    };
    let form = field.form();
    let ty = value_type(around, shape, field);
    w.assignment(
        &format!("pub const {}: Column<{tag}, {ty}{kind}>", field.name),
        &Expr::text(format!(
            "::bindery::query::{call}{form}{}",
            link(shape, field)
        )),
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

/// Returns whether its type mentions the engine of the row.
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
    type_here(around, shape, &ty)
}
