//! `Databases`: all engines of the program, with the accessors of models that need no choice.

use bindery_schema::dialect::Dialect;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Engine, Model};

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::shared::accessors::{accessor_on, lints};
use crate::emit::shared::choices::{NOT_CHOSEN, choice, unimplemented};
use crate::emit::text::{TRACKED, UNUSED, in_words_or};
use crate::rust_writer::{Expr, RustWriter, Signature};

/// The struct with everything it can do.
pub(crate) fn databases(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    w.item(|w| {
        w.doc("All databases of this program. A clone is the same databases with the same connections.");
        w.line(UNUSED);
        w.line("#[derive(Clone)]");
        w.line("pub struct Databases(::bindery::Registry);");
    });
    for shape in all.iter().filter(|shape| shape.several) {
        choice(w, around, shape);
    }
    if several(model).is_some() {
        transaction_choice(w, model);
    }
    if let Some(engine) = not_in_memory(model) {
        in_memory_choice(w, model, engine);
    }
    w.item(|w| {
        w.line(&lints(all));
        w.block("impl Databases", |w| {
            opening(w, model);
            for engine in around.engines {
                connection(w, engine);
            }
            connection_of_any(w);
            reads_from(w);
            transactions(w, model);
            for shape in all {
                w.item(|w| accessor(w, around, shape));
            }
        });
    });
    generated(w);
}

/// A way to open the engines: its head, its arguments, the call of the registry, and its documentation.
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
            "Opens the engines as `bindery.toml` of the working directory and the environment say. Connects to nothing.",
            "",
            "# Errors",
            "The configuration is not there or cannot be used, or an engine is configured for another database than it was compiled for.",
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

const IN_MEMORY_CHOICE: &str = "AllEnginesInMemory";

/// An engine that cannot be in memory.
fn not_in_memory(model: &Model) -> Option<&Engine> {
    let mut engines = model.engines.iter();
    engines.find(|engine| engine.dialect != Dialect::Sqlite)
}

/// The trait whose message explains why there are no databases in memory.
fn in_memory_choice(w: &mut RustWriter, model: &Model, other: &Engine) {
    let given = model.engines.iter().map(|engine| {
        let url = match engine.dialect {
            Dialect::Sqlite => "sqlite::memory:",
            Dialect::Postgres => "postgres://...",
            Dialect::Mysql => "mysql://...",
        };
        format!(".engine(\"{}\", \"{url}\")", engine.name)
    });
    let given: String = given.collect();
    w.item(|w| {
        w.doc("Required where all engines are in memory, which only SQLite can be; no implementation of it counts.");
        let message = format!(
            "`in_memory` needs engines that are all SQLite, and `{}` is {}",
            other.name, other.dialect
        );
        let note = format!("give a database to each: `Databases::with_config(&bindery::Config::new(){given})`");
        let label = "not all engines can be in memory";
        unimplemented(w, IN_MEMORY_CHOICE, (&message, label, &note));
    });
}

/// `in_memory` where it cannot be called: its bound says why.
fn refused_in_memory(w: &mut RustWriter) {
    let signature = Signature {
        head: format!("{}<'a>", IN_MEMORY.0),
        params: Vec::new(),
        returns: Some("::bindery::Result<Self>".to_owned()),
        bounds: vec![format!("{NOT_CHOSEN}: {IN_MEMORY_CHOICE}<'a>")],
    };
    w.item(|w| {
        w.docs([
            "Not all engines can be in memory.",
            "",
            "# Errors",
            "It cannot be called.",
        ]);
        w.function(&signature, |w| w.line(IN_MEMORY.2));
    });
}

fn opening(w: &mut RustWriter, model: &Model) {
    let in_memory = not_in_memory(model).is_none().then_some(&IN_MEMORY);
    for (head, params, call, docs) in OPENINGS.iter().chain(in_memory) {
        w.item(|w| {
            w.docs(docs);
            w.function(
                &Signature::new(head, params, "::bindery::Result<Self>"),
                |w| w.line(call),
            );
        });
    }
    if in_memory.is_none() {
        refused_in_memory(w);
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
        w.line(TRACKED);
        let returns = format!("::bindery::Result<::bindery::Connection<{ty}>>");
        let signature = Signature::new(&format!("pub fn {}", engine.name), &["&self"], &returns);
        w.function(&signature, |w| w.line(&format!("self.0.connect({ty})")));
    });
}

fn connection_of_any(w: &mut RustWriter) {
    w.item(|w| {
        w.docs([
            "A connection of an engine chosen at run time.",
            "",
            "# Errors",
            "The engine cannot be reached, or no connection came free in time.",
        ]);
        w.line(TRACKED);
        let signature = Signature::new(
            "pub fn on",
            &["&self", "engine: engine::Any"],
            "::bindery::Result<::bindery::Connection<engine::Any>>",
        );
        w.function(&signature, |w| w.line("self.0.connect(engine)"));
    });
}

fn reads_from(w: &mut RustWriter) {
    w.item(|w| {
        w.doc("The same databases, read elsewhere than `reads` of the configuration says. See [`Registry::reads_from`](::bindery::Registry::reads_from).");
        w.line("#[must_use]");
        let params = ["&self", "from: ::bindery::replicas::ReadsFrom"];
        let signature = Signature::new("pub fn reads_from", &params, "Self");
        w.function(&signature, |w| w.line("Self(self.0.reads_from(from))"));
    });
    w.item(|w| {
        w.doc("The same databases as one unit of work, whose reads see what it has written. See [`Registry::reading_after`](::bindery::Registry::reading_after).");
        w.line("#[must_use]");
        let token = "token: impl ::core::convert::Into<::core::option::Option<&'t ::bindery::replicas::ReadToken>>";
        let signature = Signature::new("pub fn reading_after<'t>", &["&self", token], "Self");
        w.function(&signature, |w| w.line("Self(self.0.reading_after(token))"));
    });
}

/// The accessor of a model.
pub(crate) fn accessor(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    accessor_on(w, around, shape, "self");
}

/// The engines, where there are several.
fn several(model: &Model) -> Option<&[Engine]> {
    Some(model.engines.as_slice()).filter(|engines| engines.len() > 1)
}

/// The trait whose message says that a transaction needs one engine.
fn transaction_choice(w: &mut RustWriter, model: &Model) {
    let engines = || model.engines.iter().map(|engine| &engine.name);
    let names: Vec<_> = engines().map(|name| format!("`{name}`")).into_vec();
    let calls: Vec<_> = engines()
        .map(|name| format!("`db.{name}()?.transaction(|tx| ...)`"))
        .into_vec();
    w.item(|w| {
        w.doc("Required where one of the engines has to be chosen for a transaction; no implementation of it counts.");
        let message = format!(
            "a transaction belongs to one engine: choose {}",
            in_words_or(&names)
        );
        let note = format!("write {}", in_words_or(&calls));
        let name = "ChooseEngineForTransaction";
        unimplemented(w, name, (&message, "on which engine?", &note));
    });
}

/// A way to run a transaction.
struct Way {
    name: &'static str,
    generics: &'static str,
    /// The parameter before `work`, if there is one.
    options: &'static [(&'static str, &'static str)],
    work: &'static str,
    result: &'static str,
    /// Its difference from the plain one.
    differs: &'static str,
}

const WAYS: [Way; 5] = [
    Way {
        name: "transaction",
        generics: "T",
        options: &[],
        work: "FnOnce",
        result: "::bindery::Result<T>",
        differs: "",
    },
    Way {
        name: "try_transaction",
        generics: "T, F: ::core::convert::From<::bindery::Error>",
        options: &[],
        work: "FnOnce",
        result: "::core::result::Result<T, F>",
        differs: " with an error type of its own",
    },
    Way {
        name: "transaction_with",
        generics: "T",
        options: &[("options", "::bindery::TransactionOptions")],
        work: "FnOnce",
        result: "::bindery::Result<T>",
        differs: " that begins in a way of its own",
    },
    Way {
        name: "transaction_retry",
        generics: "T",
        options: &[("retry", "::bindery::RetryPolicy")],
        work: "FnMut",
        result: "::bindery::Result<T>",
        differs: " that is tried again where another one was in the way",
    },
    Way {
        name: "transaction_retry_with",
        generics: "T",
        options: &[
            ("retry", "::bindery::RetryPolicy"),
            ("options", "::bindery::TransactionOptions"),
        ],
        work: "FnMut",
        result: "::bindery::Result<T>",
        differs: " that is tried again, each time beginning in a way of its own",
    },
];

/// Transactions on a connection of their own. With several engines they cannot be called: their bound says what to write.
fn transactions(w: &mut RustWriter, model: &Model) {
    for way in &WAYS {
        w.item(|w| {
            w.docs(transaction_docs(model, way.differs));
            transaction(w, model, way);
        });
    }
}

fn transaction_docs(model: &Model, differs: &str) -> [String; 4] {
    let (head, errors) = match several(model) {
        None => (
            format!(
                "Runs `work` in a transaction{differs}: committed on `Ok`, rolled back on `Err` and on panics."
            ),
            "Those of `work`, of connecting, of beginning and of committing.",
        ),
        Some(_) => (
            format!("A transaction{differs} on one of the engines, which has to be chosen."),
            "It cannot be called.",
        ),
    };
    [
        head,
        String::new(),
        "# Errors".to_owned(),
        errors.to_owned(),
    ]
}

/// The type of `work` is longer than a line, whatever the engine's name, so the layout is always the same.
fn transaction(w: &mut RustWriter, model: &Model, way: &Way) {
    let Some(engine) = model.engines.first() else {
        return;
    };
    let ty = format!("engine::{}", engine.type_name);
    let is_refused = several(model).is_some();
    let (lifetime, of_self) = if is_refused {
        ("'a, ", "&'a self,")
    } else {
        ("", "&self,")
    };
    w.line(TRACKED);
    w.line(&format!("pub fn {}<{lifetime}{}>(", way.name, way.generics));
    w.indented(|w| {
        w.line(of_self);
        for (name, ty) in way.options {
            w.line(&format!("{name}: {ty},"));
        }
        w.line(&format!("work: impl ::core::ops::{}(", way.work));
        w.indented(|w| w.line(&format!("&mut ::bindery::Transaction<'_, {ty}>,")));
        w.line(&format!(") -> {},", way.result));
    });
    let head = format!(") -> {}", way.result);
    if is_refused {
        w.line(&head);
        w.line("where");
        w.indented(|w| w.line(&format!("{NOT_CHOSEN}: ChooseEngineForTransaction<'a>,")));
        w.line("{");
    } else {
        w.line(&format!("{head} {{"));
    }
    let given = way.options.iter().map(|(name, _)| format!("{name}, "));
    let given: String = given.collect();
    let calls = [
        "0".to_owned(),
        format!("connect({ty})?"),
        format!("{}({given}work)", way.name),
    ];
    let chain = Expr::Chain("self".to_owned(), calls.map(Expr::text).to_vec());
    w.indented(|w| w.value(&chain));
    w.line("}");
}

/// The trait of code for the databases of any program.
fn generated(w: &mut RustWriter) {
    w.item(|w| {
        w.block(
            "impl ::bindery::generic::GeneratedDatabases for Databases",
            |w| {
                w.item(|w| w.line("type Session = DatabaseSession;"));
                let program =
                    Signature::new("fn program", &[], "&'static ::bindery::__private::Program");
                w.item(|w| w.function(&program, |w| w.line("&PROGRAM")));
                let from = Signature::new(
                    "fn from_registry",
                    &["registry: ::bindery::Registry"],
                    "Self",
                );
                w.item(|w| w.function(&from, |w| w.line("Self(registry)")));
            },
        );
    });
    w.item(|w| w.line("::bindery::__private::registry!(Databases);"));
    w.item(|w| w.line("::bindery::__private::asynchronous!(Databases);"));
}
