//! The statements of a model: one static [`TableSql`] for each dialect it is run on, and which engine has which.
//!
//! [`TableSql`]: https://docs.rs/bindery/latest/bindery/struct.TableSql.html

use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::model::{CheckedModel, Engine, EngineId};
use bindery_schema::plan::{TableStatements, table_statements};

use super::shape::Shape;
use super::shapes::Shapes;
use super::sql_text::sql_literal;
use super::string_literal;
use crate::rust_writer::{Expr, RustWriter, Signature};

/// One static value for each dialect.
pub(crate) fn statements(
    w: &mut RustWriter,
    shapes: &Shapes<'_>,
    shape: &Shape<'_>,
    model: &CheckedModel,
) {
    let mut written = Vec::new();
    for &id in &shape.table.engines {
        let name = static_name(engine(shapes, id));
        if !written.contains(&name) {
            table_sql(w, &table_statements(model, shape.id, id), name);
            written.push(name);
        }
    }
}

/// Which engine has which statements.
pub(crate) fn lives_on(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    for &id in &shape.table.engines {
        let ty = shapes.engine(id);
        let name = static_name(engine(shapes, id));
        implementation(w, shapes, shape, &ty, "_", |w| w.line(&some(name)));
    }
    let any = format!("{}::Any", shapes.scope.engine);
    implementation(w, shapes, shape, &any, "engine", |w| {
        w.block("match engine", |w| arms(w, shapes, shape));
    });
}

fn engine<'m>(shapes: &Shapes<'m>, id: EngineId) -> &'m Engine {
    &shapes.model.engines[id.0 as usize]
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
    shapes: &Shapes<'_>,
    shape: &Shape<'_>,
    engine: &str,
    parameter: &str,
    body: impl FnOnce(&mut RustWriter),
) {
    w.item(|w| {
        let head = format!(
            "impl ::bindery::LivesOn<{engine}> for {}",
            shapes.tag(shape)
        );
        w.implementation(&head, |w| {
            let signature = Signature {
                head: "fn sql".to_owned(),
                params: vec![format!("{parameter}: {engine}")],
                returns: Some("::core::option::Option<&'static ::bindery::TableSql>".to_owned()),
                bounds: Vec::new(),
            };
            w.function(&signature, body);
        });
    });
}

fn arms(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    for (index, engine) in shapes.model.engines.iter().enumerate() {
        let hosts = shape.table.engines.contains(&EngineId(index as u32));
        let pattern = format!("{}::Any::{}", shapes.scope.engine, engine.type_name);
        if hosts {
            w.arm(&pattern, &some(static_name(engine)));
        } else {
            w.arm(&pattern, "::core::option::Option::None");
        }
    }
}

fn table_sql(w: &mut RustWriter, sql: &TableStatements, name: &str) {
    w.item(|w| {
        w.assignment(
            &format!("static {name}: ::bindery::TableSql"),
            &Expr::Struct("::bindery::TableSql".to_owned(), table_fields(sql)),
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
        Expr::Struct("::bindery::UniqueSql".to_owned(), fields)
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
