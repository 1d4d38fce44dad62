//! `PROGRAM`: the list of what was compiled.

use bindery_schema::cluster::Cluster;
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::Engine;

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::{borrowed, borrowed_text, list};
use crate::rust_writer::{Expr, RustWriter};

/// The list of engines and models. `order` is an order in which their tables can be created.
pub(crate) fn program<'m>(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    order: impl Iterator<Item = &'m Shape<'m>>,
) {
    let models = order.map(|shape| Expr::text(format!("{}::INFO", around.tag(shape.names))));
    program_of(w, around.engines, Expr::Array(models.into_vec()));
}

/// The same, from an expression for the models.
pub(crate) fn program_of(w: &mut RustWriter, engines: &[Engine], models: Expr) {
    // Without a file there is one engine that stands nowhere.
    let configured = engines.iter().any(|engine| engine.span.is_some());
    let engines = engines.iter().map(engine_info).into_vec();
    let fields = vec![
        ("engines".to_owned(), borrowed(Expr::Array(engines))),
        ("models".to_owned(), list(models)),
        ("configured".to_owned(), Expr::text(configured.to_string())),
    ];
    w.item(|w| {
        w.assignment(
            "static PROGRAM: ::bindery::__private::Program",
            &Expr::Struct("::bindery::__private::Program".to_owned(), fields),
        );
    });
}

fn engine_info(engine: &Engine) -> Expr {
    let dialect = match engine.dialect {
        Dialect::Sqlite => "::bindery::Dialect::Sqlite",
        Dialect::Postgres => "::bindery::Dialect::Postgres",
        Dialect::Mysql => "::bindery::Dialect::Mysql",
    };
    let flavour = match engine.flavour {
        None => "::core::option::Option::None",
        Some(Flavour::Mariadb) => {
            "::core::option::Option::Some(::bindery::dialect::Flavour::Mariadb)"
        }
        Some(Flavour::Mysql) => "::core::option::Option::Some(::bindery::dialect::Flavour::Mysql)",
    };
    let cluster = match engine.cluster {
        None => "::core::option::Option::None",
        Some(Cluster::Citus) => {
            "::core::option::Option::Some(::bindery::__private::Cluster::Citus)"
        }
        Some(Cluster::Galera) => {
            "::core::option::Option::Some(::bindery::__private::Cluster::Galera)"
        }
    };
    let keeps = engine.info().keeps.into_owned().into_iter();
    let keeps = keeps.map(|keeps| Expr::text(format!("::bindery::__private::Keeps::{keeps:?}")));
    let head = match &engine.head {
        None => Expr::text("::core::option::Option::None"),
        Some(version) => Expr::call("::core::option::Option::Some", vec![borrowed_text(version)]),
    };
    let fields = vec![
        ("name".to_owned(), borrowed_text(&engine.name)),
        ("dialect".to_owned(), Expr::text(dialect)),
        ("flavour".to_owned(), Expr::text(flavour)),
        ("cluster".to_owned(), Expr::text(cluster)),
        ("outbox".to_owned(), Expr::text(engine.outbox.to_string())),
        ("inbox".to_owned(), Expr::text(engine.inbox.to_string())),
        ("keeps".to_owned(), borrowed(Expr::Array(keeps.into_vec()))),
        ("head".to_owned(), head),
    ];
    Expr::Struct("::bindery::__private::EngineInfo".to_owned(), fields)
}
