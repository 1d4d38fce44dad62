//! A constant for each key, foreign key and check of a model, by which errors name them.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::plan::constraints::ConstraintKind;

use crate::emit::shape::{CONSTRAINTS, ConstraintShape, Shape, Surroundings};
use crate::emit::text::{UNUSED, code};
use crate::rust_writer::{Expr, RustWriter, string_literal};

/// The constants: in the model's module, else of a type of their own.
pub(crate) fn constants(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    if shape.constraints.is_empty() {
        return;
    }
    if around.scope.modules {
        return items(w, shape, "&", CONSTRAINTS);
    }
    let owner = shape.constraints_owner();
    w.item(|w| {
        w.doc(&format!(
            "Keys, foreign keys and checks of [`{}`].",
            shape.names.row
        ));
        w.line("#[derive(Debug, Clone, Copy)]");
        w.line(UNUSED);
        w.line(&format!("pub struct {owner};"));
    });
    w.item(|w| {
        w.line(UNUSED);
        w.block(&format!("impl {owner}"), |w| {
            items(w, shape, "&'static ", &format!("Self::{CONSTRAINTS}"));
        });
    });
}

/// All in one list, and the name of each.
fn items(w: &mut RustWriter, shape: &Shape<'_>, reference: &str, from: &str) {
    let left = format!("const {CONSTRAINTS}: {reference}[::bindery::error::ModelConstraint]");
    let all = shape.constraints.iter().map(|one| value(shape, one));
    w.item(|w| w.assignment(&left, &Expr::Array(all.into_vec())));
    for (at, one) in shape.constraints.iter().enumerate() {
        w.item(|w| {
            w.doc(&about(one));
            let left = format!(
                "pub const {}: ::bindery::error::ModelConstraint",
                one.constant
            );
            w.assignment(&left, &Expr::text(format!("{from}[{at}]")));
        });
    }
}

fn value(shape: &Shape<'_>, one: &ConstraintShape) -> Expr {
    let columns = one.columns.iter();
    let columns: Vec<_> = columns.map(|column| string_literal(column)).into_vec();
    let name = one.name.as_deref().unwrap_or_default();
    Expr::text(format!(
        "::bindery::error::ModelConstraint::{}({}, {}, &[{}])",
        constructor(one.kind),
        string_literal(&shape.names.row),
        string_literal(name),
        columns.join(", ")
    ))
}

fn about(one: &ConstraintShape) -> String {
    let what = match one.kind {
        ConstraintKind::PrimaryKey => "The primary key",
        ConstraintKind::Unique => "The unique key",
        ConstraintKind::UniqueIndex => "The unique index",
        ConstraintKind::ForeignKey => "The foreign key",
        ConstraintKind::Check => "The check",
    };
    let columns: Vec<_> = one.columns.iter().map(|column| code(column)).into_vec();
    let name = one.name.iter().map(|name| format!(" {}", code(name)));
    let of = if columns.is_empty() {
        String::new()
    } else {
        format!(" of {}", columns.join(", "))
    };
    format!("{what}{}{of}.", name.collect::<String>())
}

fn constructor(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "primary_key",
        ConstraintKind::Unique | ConstraintKind::UniqueIndex => "unique",
        ConstraintKind::ForeignKey => "foreign_key",
        ConstraintKind::Check => "check",
    }
}
