//! The statements of a model: one static [`TableSql`] for each dialect it is run on, and which engine has which.
//!
//! [`TableSql`]: https://docs.rs/bindery/latest/bindery/struct.TableSql.html

use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::model::{CheckedModel, Engine};
use bindery_schema::plan::{StatementFacts, TableStatements};

use super::shape::Shape;
use super::shapes::Surroundings;
use super::sql_text::sql_literal;
use super::string_literal;
use crate::rust_writer::{Expr, RustWriter, Signature};

/// The facts from which the statements of a model are built, for each dialect it runs on, under the name of their
/// static value.
pub(crate) type Statements<'m> = Vec<(&'static str, StatementFacts<'m>)>;

/// Asks the plan once for each dialect.
pub(crate) fn planned<'m>(
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    model: &'m CheckedModel,
) -> Statements<'m> {
    let mut planned: Statements<'m> = Vec::new();
    for &id in shape.table.engines {
        let name = static_name(around.engine_of(id));
        if planned.iter().all(|(other, _)| *other != name) {
            planned.push((name, StatementFacts::for_table(model, shape.number.0, id)));
        }
    }
    planned
}

/// One static value for each dialect.
pub(crate) fn statements(w: &mut RustWriter, planned: &Statements<'_>) {
    for (name, facts) in planned {
        table_sql(w, &facts.statements(), name);
    }
}

/// Which engine has which statements.
pub(crate) fn lives_on(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    for &id in shape.table.engines {
        let ty = around.engine(id);
        let name = static_name(around.engine_of(id));
        implementation(w, around, shape, &ty, "_", |w| w.line(&some(name)));
    }
    let any = format!("{}::Any", around.scope.engine);
    implementation(w, around, shape, &any, "engine", |w| {
        w.block("match engine", |w| arms(w, around, shape));
    });
}

fn static_name(engine: &Engine) -> &'static str {
    match (engine.dialect, engine.flavour) {
        (Dialect::Sqlite, _) => "SQLITE",
        (Dialect::Postgres, _) => "POSTGRES",
        (Dialect::Mysql, None) => "MYSQL",
        (Dialect::Mysql, Some(Flavour::Mariadb)) => "MYSQL_AS_MARIADB",
        (Dialect::Mysql, Some(Flavour::Mysql)) => "MYSQL_AS_MYSQL",
    }
}

fn some(name: &str) -> String {
    format!("::core::option::Option::Some(&{name})")
}

fn implementation(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    engine: &str,
    parameter: &str,
    body: impl FnOnce(&mut RustWriter),
) {
    w.item(|w| {
        let head = format!(
            "impl ::bindery::LivesOn<{engine}> for {}",
            around.tag(shape)
        );
        w.block(&head, |w| {
            let signature = Signature {
                head: "fn sql".to_owned(),
                params: vec![format!("{parameter}: {engine}")],
                returns: Some(
                    "::core::option::Option<&'static ::bindery::__private::TableSql>".to_owned(),
                ),
                bounds: Vec::new(),
            };
            w.function(&signature, body);
        });
    });
}

/// One arm for all engines where the model is not: with many engines these would be most of the code.
fn arms(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let mut hosts = shape.table.engines.to_vec();
    hosts.sort_unstable();
    for &id in &hosts {
        let engine = around.engine_of(id);
        let pattern = format!("{}::Any::{}", around.scope.engine, engine.type_name);
        w.line(&format!("{pattern} => {},", some(static_name(engine))));
    }
    if hosts.len() < around.engines.len() {
        w.line("_ => ::core::option::Option::None,");
    }
}

fn table_sql(w: &mut RustWriter, sql: &TableStatements, name: &str) {
    w.item(|w| {
        w.assignment(
            &format!("static {name}: ::bindery::__private::TableSql"),
            &Expr::Struct(
                "::bindery::__private::TableSql".to_owned(),
                table_fields(sql),
            ),
        );
    });
}

fn table_fields(sql: &TableStatements) -> Vec<(String, Expr)> {
    let columns = sql
        .columns
        .iter()
        .map(|name| Expr::text(string_literal(name)));
    let uniques = sql.uniques.iter().map(|unique| {
        let fields = vec![
            field("columns", positions(&unique.columns)),
            field("find", text(&unique.find)),
        ];
        Expr::Struct("::bindery::__private::UniqueSql".to_owned(), fields)
    });
    vec![
        field("table", Expr::text(string_literal(&sql.table))),
        field("columns", Expr::Array(columns.collect())),
        field("key", positions(&sql.key)),
        field("writable", positions(&sql.writable)),
        field("required", positions(&sql.required)),
        field("counted", position(sql.counted)),
        field("select", text(&sql.select)),
        field("first", text(&sql.first)),
        field("find", text(&sql.find)),
        field("count", text(&sql.count)),
        field("exists", text(&sql.exists)),
        field("insert", text(&sql.insert)),
        field("insert_row", text(&sql.insert_row)),
        field("returning", text(&sql.returning)),
        field("save", text(&sql.save)),
        field("version", position(sql.version)),
        field("touched", positions(&sql.touched)),
        field("touch", text(&sql.touch)),
        field("delete", text(&sql.delete)),
        field("uniques", Expr::Array(uniques.collect())),
    ]
}

fn field(name: &str, value: Expr) -> (String, Expr) {
    (name.to_owned(), value)
}

fn text(sql: &str) -> Expr {
    Expr::text(sql_literal(sql))
}

fn positions(positions: &[usize]) -> Expr {
    let items = positions.iter().map(|at| Expr::text(at.to_string()));
    Expr::Array(items.collect())
}

fn position(position: Option<usize>) -> Expr {
    Expr::text(match position {
        Some(at) => format!("::core::option::Option::Some({at})"),
        None => "::core::option::Option::None".to_owned(),
    })
}
