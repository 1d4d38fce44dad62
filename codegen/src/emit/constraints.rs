//! A constant for each key, foreign key and check of a model, by which errors name them.

use bindery_schema::dialect::Dialect;
use bindery_schema::model::{Model, TableId};
use bindery_schema::plan::constraints::{self, Constraint, ConstraintKind};

use super::shape::Shape;
use super::shapes::Surroundings;
use super::{UNUSED, code, string_literal};
use crate::rust_writer::{Expr, RustWriter};

/// Names in a model's module that are taken already.
const TAKEN: &[&str] = &[
    "CONSTRAINTS",
    "INFO",
    "SQLITE",
    "POSTGRES",
    "MYSQL",
    "MYSQL_AS_MARIADB",
    "MYSQL_AS_MYSQL",
];

/// One constraint and its constant.
#[derive(Debug, Hash)]
pub(crate) struct ConstraintShape {
    constant: String,
    kind: ConstraintKind,
    name: Option<String>,
    columns: Vec<String>,
    names: Vec<(Dialect, String)>,
}

/// Those of a table.
pub(crate) fn shapes(model: &Model, id: TableId) -> Vec<ConstraintShape> {
    let table = model.table(id);
    let mut taken: Vec<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    let all = constraints::constraints(model, id).into_iter();
    let shapes = all.map(|one| {
        let columns = one.columns.iter().map(|column| table.column(*column));
        let fields: Vec<&str> = columns
            .clone()
            .map(|column| column.field.trim_start_matches("r#"))
            .collect();
        let mut constant = constant(&one, &fields.join("_and_"));
        while taken.contains(&constant) {
            constant.push('_');
        }
        taken.push(constant.clone());
        ConstraintShape {
            constant,
            kind: one.kind,
            columns: columns.map(|column| column.name.clone()).collect(),
            name: one.name,
            names: one.names,
        }
    });
    shapes.collect()
}

fn constant(one: &Constraint, fields: &str) -> String {
    let named = one.name.as_deref().map(bindery_schema::name::field);
    let of_column = |word: &str| match fields {
        "" => word.to_owned(),
        fields => format!("{fields}_{word}"),
    };
    let name = match one.kind {
        ConstraintKind::PrimaryKey => "primary_key".to_owned(),
        ConstraintKind::Unique => fields.to_owned(),
        ConstraintKind::UniqueIndex => named.unwrap_or_else(|| of_column("index")),
        ConstraintKind::ForeignKey => of_column("foreign_key"),
        ConstraintKind::Check => named.unwrap_or_else(|| of_column("check")),
    };
    name.to_uppercase()
}

/// The constants: in the model's module, else of a type of their own.
pub(crate) fn constants(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    if shape.constraints.is_empty() {
        return;
    }
    if around.scope.modules {
        return items(w, shape, "&", "CONSTRAINTS");
    }
    let owner = owner(shape);
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
            items(w, shape, "&'static ", "Self::CONSTRAINTS");
        });
    });
}

/// All in one list, and the name of each.
fn items(w: &mut RustWriter, shape: &Shape<'_>, reference: &str, from: &str) {
    let left = format!("const CONSTRAINTS: {reference}[::bindery::error::ModelConstraint]");
    let all = shape.constraints.iter().map(|one| value(shape, one));
    w.item(|w| w.assignment(&left, &Expr::Array(all.collect())));
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
    let columns: Vec<_> = columns.map(|column| string_literal(column)).collect();
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
    let columns: Vec<_> = one.columns.iter().map(|column| code(column)).collect();
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

fn owner(shape: &Shape<'_>) -> String {
    format!("{}Constraints", shape.names.row.trim_start_matches("r#"))
}

/// The list of the constants.
pub(crate) fn list(around: &Surroundings<'_>, shape: &Shape<'_>) -> Expr {
    Expr::text(match (shape.constraints.is_empty(), around.scope.modules) {
        (true, _) => "&[]".to_owned(),
        (false, true) => "CONSTRAINTS".to_owned(),
        (false, false) => format!("{}::CONSTRAINTS", owner(shape)),
    })
}

/// Returns the names that databases give them: a line for each name, with the place in the list and the dialect before
/// it.
pub(crate) fn names(shape: &Shape<'_>) -> String {
    let all = shape.constraints.iter().enumerate();
    let lines = all.flat_map(|(at, one)| {
        let names = one.names.iter().filter(|(_, name)| !name.contains('\n'));
        names.map(move |(dialect, name)| format!("{at} {dialect} {name}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
