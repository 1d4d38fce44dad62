//! `Databases`: all engines of the program, with the accessors of models that need no choice, and the list of what was compiled.

use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::model::{Engine, Model};

use super::access::{lints, rows_of};
use super::shape::Shape;
use super::shapes::Shapes;
use super::{UNUSED, in_words, in_words_or, string_literal};
use crate::rust_writer::{Expr, RustWriter, Signature};

/// The struct with everything it can do.
pub(crate) fn databases(w: &mut RustWriter, shapes: &Shapes<'_>, all: &[Shape<'_>]) {
    w.item(|w| {
        w.doc("All databases of this program.");
        w.line(UNUSED);
        w.line("pub struct Databases(::bindery::Registry);");
    });
    for shape in all.iter().filter(|shape| shape.several) {
        choice(w, shapes, shape);
    }
    w.item(|w| {
        w.line(&lints(all));
        w.block("impl Databases", |w| {
            opening(w, shapes.model);
            for engine in &shapes.model.engines {
                connection(w, engine);
            }
            on(w);
            for shape in all {
                w.item(|w| accessor(w, shapes, shape));
            }
        });
    });
    deref(w);
}

fn method(head: &str, params: &[&str], returns: &str) -> Signature {
    Signature {
        head: head.to_owned(),
        params: params.iter().map(|&param| param.to_owned()).collect(),
        returns: Some(returns.to_owned()),
        bounds: Vec::new(),
    }
}

/// A way to open the engines: its head, its arguments, how the registry is asked, and its documentation.
type Opening = (
    &'static str,
    &'static [&'static str],
    &'static str,
    [&'static str; 4],
);

const OPENINGS: &[Opening] = &[
    (
        "pub fn open",
        &[],
        "::bindery::Registry::open(&PROGRAM).map(Self)",
        [
            "Opens the engines as `bindery.toml` and the environment say. Connects to nothing.",
            "",
            "# Errors",
            "The configuration cannot be used, or an engine is configured for another database than it was compiled for.",
        ],
    ),
    (
        "pub fn with_config",
        &["config: &::bindery::Config"],
        "::bindery::Registry::with_config(&PROGRAM, config).map(Self)",
        [
            "Opens the engines as a configuration says. Connects to nothing.",
            "",
            "# Errors",
            "The configuration cannot be used, or an engine is configured for another database than it was compiled for.",
        ],
    ),
];

const IN_MEMORY: Opening = (
    "pub fn in_memory",
    &[],
    "::bindery::Registry::in_memory(&PROGRAM).map(Self)",
    [
        "Every engine as an empty database in memory, gone with the value: for tests.",
        "",
        "# Errors",
        "A database cannot be made.",
    ],
);

fn opening(w: &mut RustWriter, model: &Model) {
    let is_sqlite = |engine: &Engine| engine.dialect == Dialect::Sqlite;
    let in_memory = model.engines.iter().all(is_sqlite).then_some(&IN_MEMORY);
    for (head, params, call, docs) in OPENINGS.iter().chain(in_memory) {
        w.item(|w| {
            w.docs(docs);
            w.function(&method(head, params, "::bindery::Result<Self>"), |w| {
                w.line(call)
            });
        });
    }
}

fn connection(w: &mut RustWriter, engine: &Engine) {
    let ty = format!("engine::{}", engine.type_name);
    w.item(|w| {
        w.docs([
            format!("A connection of `{}`.", engine.name),
            String::new(),
            "# Errors".to_owned(),
            "The engine cannot be reached, or no connection came free in time.".to_owned(),
        ]);
        let returns = format!("::bindery::Result<::bindery::Connection<{ty}>>");
        let signature = method(&format!("pub fn {}", engine.name), &["&self"], &returns);
        w.function(&signature, |w| w.line(&format!("self.0.connect({ty})")));
    });
}

fn on(w: &mut RustWriter) {
    w.item(|w| {
        w.docs([
            "A connection of an engine chosen at run time.",
            "",
            "# Errors",
            "The engine cannot be reached, or no connection came free in time.",
        ]);
        let signature = method(
            "pub fn on",
            &["&self", "engine: engine::Any"],
            "::bindery::Result<::bindery::Connection<engine::Any>>",
        );
        w.function(&signature, |w| w.line("self.0.connect(engine)"));
    });
}

/// One accessor.
pub(crate) fn accessor(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    if shape.several {
        refused(w, shapes, shape);
    } else {
        routed(w, shapes, shape);
    }
}

fn routed(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    let engine = shapes.row_engine(shape.table);
    w.doc(&rows_of(shapes, shape));
    let returns = format!("::bindery::Repository<'_, {}, {engine}>", shapes.tag(shape));
    let signature = method(
        &format!("pub fn {}", shape.names.accessor),
        &["&self"],
        &returns,
    );
    w.function(&signature, |w| {
        w.line(&format!("self.0.repository({engine})"))
    });
}

/// The accessor of a model on several engines cannot be called: its bound says what to write instead.
fn refused(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    let engine = super::first_engine(shapes, shape);
    w.doc(&format!(
        "{}: use {}.",
        lives_on(shapes, shape),
        choices(shapes, shape)
    ));
    let signature = Signature {
        head: format!("pub fn {}<'a>", shape.names.accessor),
        params: vec!["&'a self".to_owned()],
        returns: Some(format!(
            "::bindery::Repository<'a, {}, {engine}>",
            shapes.tag(shape)
        )),
        bounds: vec![format!("{}: {}<'a>", shapes.tag(shape), shape.names.choice)],
    };
    w.function(&signature, |w| {
        w.line(&format!("self.0.repository({engine})"))
    });
}

fn lives_on(shapes: &Shapes<'_>, shape: &Shape<'_>) -> String {
    let engines = shape.table.engines.iter();
    let names: Vec<_> = engines
        .map(|id| format!("`{}`", shapes.model.engines[id.0 as usize].name))
        .collect();
    format!("`{}` lives on {}", shape.names.row, in_words(&names))
}

fn choices(shapes: &Shapes<'_>, shape: &Shape<'_>) -> String {
    let engines = shape.table.engines.iter();
    let calls: Vec<_> = engines
        .map(|id| &shapes.model.engines[id.0 as usize].name)
        .map(|name| format!("`db.{name}()?.{}()`", shape.names.accessor))
        .collect();
    in_words_or(&calls)
}

/// The trait whose message says which engines there are to choose from.
pub(crate) fn choice(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.doc("Implemented by nobody: a model on several engines needs a choice.");
        w.line("#[diagnostic::on_unimplemented(");
        w.indented(|w| {
            let lines = [
                (
                    "message",
                    format!("model {}: choose one", lives_on(shapes, shape)),
                ),
                ("label", "which engine?".to_owned()),
                ("note", format!("write {}", choices(shapes, shape))),
            ];
            for (at, (name, text)) in lines.iter().enumerate() {
                let comma = if at + 1 < lines.len() { "," } else { "" };
                w.line(&format!("{name} = {}{comma}", string_literal(text)));
            }
        });
        w.line(")]");
        w.line(UNUSED);
        w.line(&format!("pub trait {}<'a> {{}}", shape.names.choice));
    });
}

fn deref(w: &mut RustWriter) {
    w.item(|w| {
        w.implementation("impl ::core::ops::Deref for Databases", |w| {
            w.item(|w| w.line("type Target = ::bindery::Registry;"));
            w.item(|w| {
                w.block("fn deref(&self) -> &::bindery::Registry", |w| {
                    w.line("&self.0")
                })
            });
        });
    });
}

/// The list of engines and models. `order` is an order in which their tables can be created.
pub(crate) fn program<'m>(
    w: &mut RustWriter,
    shapes: &Shapes<'_>,
    order: impl Iterator<Item = &'m Shape<'m>>,
) {
    let models = order.map(|shape| Expr::text(format!("{}::INFO", shapes.tag(shape))));
    program_of(w, &shapes.model.engines, Expr::Array(models.collect()));
}

/// The same, from an expression for the models.
pub(crate) fn program_of(w: &mut RustWriter, engines: &[Engine], models: Expr) {
    let engines = engines.iter().map(engine_info).collect();
    let fields = vec![
        ("engines".to_owned(), Expr::Array(engines)),
        ("models".to_owned(), models),
    ];
    w.item(|w| {
        w.assignment(
            "static PROGRAM: ::bindery::Program",
            &Expr::Struct("::bindery::Program".to_owned(), fields),
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
        Some(Flavour::Mariadb) => "::core::option::Option::Some(::bindery::Flavour::Mariadb)",
        Some(Flavour::Mysql) => "::core::option::Option::Some(::bindery::Flavour::Mysql)",
    };
    let fields = vec![
        ("name".to_owned(), Expr::text(string_literal(&engine.name))),
        ("dialect".to_owned(), Expr::text(dialect)),
        ("flavour".to_owned(), Expr::text(flavour)),
    ];
    Expr::Struct("::bindery::EngineInfo".to_owned(), fields)
}
