//! The statements of a model: one static [`TableSql`] for each dialect it is run on, and which engine has which.
//!
//! [`TableSql`]: https://docs.rs/bindery/latest/bindery/struct.TableSql.html

mod literal;

use bindery_schema::cluster::Cluster;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{CheckedModel, EngineId};
use bindery_schema::plan::{StatementFacts, TableStatements};
use bindery_schema::sorting::sort_by;

use crate::emit::shape::{
    PlacementShape, ROW_ENGINE, ReferenceShape, ReferencedShape, Shape, Surroundings, static_name,
};
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};
use literal::sql_literal;

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
pub(crate) fn statements(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    planned: &Statements<'_>,
) {
    for (name, facts) in planned {
        let relations = relation_fields(around, shape, name);
        let placement = placement(around, shape, name);
        let name = match around.scope.modules {
            true => format!("pub(super) static {name}"),
            false => format!("static {name}"),
        };
        table_sql(w, &facts.statements(), &name, (relations, placement));
    }
}

/// Where the rows are on the engines with these statements, where one of them is a cluster.
fn placement(around: &Surroundings<'_>, shape: &Shape<'_>, name: &str) -> Option<Expr> {
    let mut engines = shape.table.engines.iter().map(|&id| around.engine_of(id));
    let is_cluster =
        engines.any(|engine| engine.cluster == Some(Cluster::Citus) && static_name(engine) == name);
    let placement = shape.placement.filter(|_| is_cluster)?;
    let of_group = |kind: &str, column: String, group| {
        Expr::Struct(
            format!("::bindery::__private::Placement::{kind}"),
            vec![
                field("column", Expr::text(column)),
                field("group", Expr::text(string_literal(group))),
            ],
        )
    };
    Some(match placement {
        PlacementShape::Reference => Expr::text("::bindery::__private::Placement::Reference"),
        PlacementShape::Sharded { column, group } => of_group("Sharded", column.to_string(), group),
        PlacementShape::Made { column, group } => {
            let column = column.map_or_else(
                || "::core::option::Option::None".to_owned(),
                |column| format!("::core::option::Option::Some({column})"),
            );
            of_group("Made", column, group)
        }
    })
}

/// The same for references of other derived models, which find the statements by the tag alone.
#[cfg(feature = "derive")]
pub(crate) fn table_on(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    for &id in shape.table.engines {
        let (engine, name) = (around.engine(id), static_name(around.engine_of(id)));
        w.item(|w| {
            let tag = around.tag(shape.names);
            let head = format!("impl ::bindery::__private::TableOn<{engine}> for {tag}");
            w.block(&head, |w| {
                w.line(&format!(
                    "const TABLE: &'static ::bindery::__private::TableSql = &{name};"
                ));
            });
        });
    }
}

/// Which engine has which statements.
pub(crate) fn lives_on(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    for &id in shape.table.engines {
        let ty = around.engine(id);
        let name = static_name(around.engine_of(id));
        implementation(w, around, shape, &ty, "_", |w| {
            w.line(&some_reference(name))
        });
    }
    let any = format!("{}::Any", around.scope.engine);
    implementation(w, around, shape, &any, "engine", |w| {
        w.block("match engine", |w| {
            arms(w, around, &any, shape.table.engines, around.engines.len())
        });
    });
    for set in around.sets_of(shape.table.engines) {
        let ty = format!("{}::{}", around.scope.engine, set.type_name());
        implementation(w, around, shape, &ty, "engine", |w| {
            w.block("match engine", |w| {
                arms(w, around, &ty, &set.engines, set.engines.len());
            });
        });
    }
    if !shape.several {
        on_one_engine(w, around, shape);
    }
}

/// Leads a session to the engine of the model.
fn on_one_engine(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let (tag, engine) = (
        around.tag(shape.names),
        around.engine(shape.table.engines[0]),
    );
    w.item(|w| {
        w.block(
            &format!("impl ::bindery::generic::OnOneEngine for {tag}"),
            |w| {
                w.line(&format!("type Engine = {engine};"));
            },
        );
    });
}

fn some_reference(name: &str) -> String {
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
            "impl ::bindery::generic::LivesOn<{engine}> for {}",
            around.tag(shape.names)
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
fn arms(w: &mut RustWriter, around: &Surroundings<'_>, ty: &str, engines: &[EngineId], all: usize) {
    let mut hosts = engines.to_vec();
    sort_by(&mut hosts, Ord::cmp);
    for &id in &hosts {
        let engine = around.engine_of(id);
        let pattern = format!("{ty}::{}", engine.type_name);
        w.line(&format!(
            "{pattern} => {},",
            some_reference(static_name(engine))
        ));
    }
    if hosts.len() < all {
        w.line("_ => ::core::option::Option::None,");
    }
}

fn table_sql(
    w: &mut RustWriter,
    sql: &TableStatements,
    name: &str,
    (relations, placement): ([(String, Expr); 2], Option<Expr>),
) {
    let all = table_fields(sql).into_iter().chain(relations);
    let mut fields = all.filter(|(_, value)| !is_nothing(value)).into_vec();
    fields.extend(placement.map(|placement| field("placement", placement)));
    w.item(|w| {
        let path = "::bindery::__private::TableSql".to_owned();
        w.assignment(
            &format!("{name}: {path}"),
            &Expr::StructOver(path, fields, "::bindery::__private::TableSql::NOTHING"),
        );
    });
}

/// Whether it is what a field has that is not given.
fn is_nothing(value: &Expr) -> bool {
    match value {
        Expr::Text(text) => text == NONE || text == "\"\"",
        Expr::Array(items) => items.is_empty(),
        Expr::Struct(..)
        | Expr::StructOver(..)
        | Expr::Call(..)
        | Expr::Chain(..)
        | Expr::All(_) => false,
    }
}

const NONE: &str = "::core::option::Option::None";

/// The references from and to the table, as statements need them.
fn relation_fields(
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    name: &str,
) -> [(String, Expr); 2] {
    let references = shape.references.iter().map(|reference| {
        let fields = vec![
            field("columns", positions(&reference.columns)),
            field("to", Expr::text(referred(around, shape, name, reference))),
            field("to_columns", positions(&reference.to_columns)),
        ];
        Expr::Struct("::bindery::__private::ReferenceSql".to_owned(), fields)
    });
    let referenced = shape.referenced.iter().map(|referenced| {
        let fields = vec![
            field("from", Expr::text(referring(name, referenced))),
            field("reference", Expr::text(referenced.reference.to_string())),
        ];
        Expr::Struct("::bindery::__private::ReferencedSql".to_owned(), fields)
    });
    [
        field("references", Expr::Array(references.into_vec())),
        field("referenced", Expr::Array(referenced.into_vec())),
    ]
}

fn referred(
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    name: &str,
    reference: &ReferenceShape<'_>,
) -> String {
    if !around.scope.modules {
        let mut engines = shape.table.engines.iter();
        let engine = engines.find(|&&id| static_name(around.engine_of(id)) == name);
        let engine = engine.map_or_else(String::new, |&id| around.engine(id));
        let key = reference.key.replace(ROW_ENGINE, &engine);
        return format!(
            "::bindery::__private::ReferredTable::By(|| <{key} as ::bindery::__private::ReachedFrom<{engine}>>::TABLE)"
        );
    }
    if reference.is_to_self {
        format!("::bindery::__private::ReferredTable::At(&{name})")
    } else {
        format!(
            "::bindery::__private::ReferredTable::At(&super::{}::{name})",
            reference.to.module
        )
    }
}

fn referring(name: &str, referenced: &ReferencedShape<'_>) -> String {
    if !referenced.statics.contains(&name) {
        "::core::option::Option::None".to_owned()
    } else if referenced.is_from_self {
        some_reference(name)
    } else {
        some_reference(&format!("super::{}::{name}", referenced.from.module))
    }
}

fn table_fields(sql: &TableStatements) -> Vec<(String, Expr)> {
    let columns = sql
        .columns
        .iter()
        .map(|name| Expr::text(string_literal(name)));
    let uniques = sql.uniques.iter().map(|unique| {
        let fields = vec![
            field("columns", positions(&unique.columns)),
            field("find", sql_text(&unique.find)),
        ];
        Expr::Struct("::bindery::__private::UniqueSql".to_owned(), fields)
    });
    vec![
        field("table", Expr::text(string_literal(&sql.table))),
        field("columns", Expr::Array(columns.into_vec())),
        field("key", positions(&sql.key)),
        field("writable", positions(&sql.writable)),
        field("required", positions(&sql.required)),
        field("counted", position(sql.counted)),
        field("select", sql_text(&sql.select)),
        field("first", sql_text(&sql.first)),
        field("find", sql_text(&sql.find)),
        field("count", sql_text(&sql.count)),
        field("exists", sql_text(&sql.exists)),
        field("insert", sql_text(&sql.insert)),
        field("insert_row", sql_text(&sql.insert_row)),
        field("returning", sql_text(&sql.returning)),
        field("save", sql_text(&sql.save)),
        field("version", position(sql.version)),
        field("touched", positions(&sql.touched)),
        field("touch", sql_text(&sql.touch)),
        field("delete", sql_text(&sql.delete)),
        field("uniques", Expr::Array(uniques.into_vec())),
    ]
}

fn field(name: &str, value: Expr) -> (String, Expr) {
    (name.to_owned(), value)
}

fn sql_text(sql: &str) -> Expr {
    Expr::text(sql_literal(sql))
}

fn positions(positions: &[usize]) -> Expr {
    let items = positions.iter().map(|at| Expr::text(at.to_string()));
    Expr::Array(items.into_vec())
}

fn position(position: Option<usize>) -> Expr {
    Expr::text(match position {
        Some(at) => format!("::core::option::Option::Some({at})"),
        None => NONE.to_owned(),
    })
}
