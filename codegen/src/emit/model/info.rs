//! The facts of a model that the running program knows: its names, and the DDL of its table on each engine.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::plan::CreateTable;

use crate::emit::shape::{CONSTRAINTS, Shape, Surroundings};
use crate::emit::text::{borrowed, borrowed_text, list};
use crate::rust_writer::{Expr, RustWriter, string_literal};

/// The making of a model's table, by the position of the engine.
pub(crate) type Planned<'d> = Vec<(usize, &'d CreateTable)>;

/// The static value, and the constant by which the program's list finds it.
pub(crate) fn info(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    ddl: &Planned<'_>,
) {
    w.item(|w| {
        let info = Expr::Struct(
            "::bindery::generic::ModelInfo".to_owned(),
            fields(around, shape, ddl),
        );
        w.assignment("static INFO: ::bindery::generic::ModelInfo", &info);
    });
    w.item(|w| {
        w.block(&format!("impl {}", around.tag(shape.names)), |w| {
            w.doc("The facts of this model that were compiled in.");
            w.line("pub(crate) const INFO: &'static ::bindery::generic::ModelInfo = &INFO;");
        });
    });
}

fn fields(around: &Surroundings<'_>, shape: &Shape<'_>, ddl: &Planned<'_>) -> Vec<(String, Expr)> {
    let columns = shape
        .fields
        .iter()
        .map(|field| string_expr(field.column.name));
    let engines = shape.table.engines.iter();
    let engines = engines.map(|id| string_expr(&around.engines[id.0 as usize].name));
    let tables = ddl.iter().map(|(engine, table)| {
        let fields = vec![
            field("engine", Expr::text(engine.to_string())),
            field("schema", schema(table.name.schema.as_deref())),
            field("table", borrowed_text(&table.name.name)),
            field("create", texts(&table.create)),
            field("link", texts(&table.link)),
            field("drop", texts(&table.drop)),
        ];
        Expr::Struct("::bindery::__private::TableDdl".to_owned(), fields)
    });
    vec![
        field("name", borrowed_text(&shape.names.row)),
        field("schema", schema(shape.table.schema)),
        field("table", borrowed_text(shape.table.name)),
        field("is_view", Expr::text(shape.table.is_view.to_string())),
        field("columns", list(Expr::Array(columns.into_vec()))),
        field("kinds", borrowed_text(&shape.kinds)),
        field("rules", Expr::text(format!("{:#018x}", shape.rules))),
        field("constraints", constraints(around, shape)),
        field("constraint_names", string_expr(&constraint_names(shape))),
        field("engines", list(Expr::Array(engines.into_vec()))),
        field("tables", borrowed(Expr::Array(tables.into_vec()))),
    ]
}

/// The list of the constraints' constants.
fn constraints(around: &Surroundings<'_>, shape: &Shape<'_>) -> Expr {
    Expr::text(match (shape.constraints.is_empty(), around.scope.modules) {
        (true, _) => "&[]".to_owned(),
        (false, true) => CONSTRAINTS.to_owned(),
        (false, false) => format!("{}::{CONSTRAINTS}", shape.constraints_owner()),
    })
}

/// Returns the names that databases give them: a line for each name, with the place in the list and the dialect before
/// it.
fn constraint_names(shape: &Shape<'_>) -> String {
    let all = shape.constraints.iter().enumerate();
    let lines = all.flat_map(|(at, one)| {
        let names = one.names.iter().filter(|(_, name)| !name.contains('\n'));
        names.map(move |(dialect, name)| format!("{at} {dialect} {name}"))
    });
    lines.into_vec().join("\n")
}

fn field(name: &str, value: Expr) -> (String, Expr) {
    (name.to_owned(), value)
}

fn string_expr(text: &str) -> Expr {
    Expr::text(string_literal(text))
}

fn texts(texts: &[String]) -> Expr {
    list(Expr::Array(
        texts.iter().map(|one| string_expr(one)).into_vec(),
    ))
}

fn schema(schema: Option<&str>) -> Expr {
    match schema {
        Some(name) => Expr::call("::core::option::Option::Some", vec![borrowed_text(name)]),
        None => Expr::text("::core::option::Option::None"),
    }
}
