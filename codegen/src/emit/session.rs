//! `DatabaseSession`: the databases within one session, with the accessors that `Databases` has, and the ways to one.

use bindery_schema::model::{Engine, Model};

use super::UNUSED;
use super::access::lints;
use super::databases::{accessor_on, method};
use super::shape::Shape;
use super::shapes::Surroundings;
use crate::rust_writer::{RustWriter, Signature};

/// The struct with everything it can do.
pub(crate) fn session(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    w.item(|w| {
        w.doc("The databases within one session, with at most one connection and transaction of each. Rolled back unless it is committed.");
        w.line(UNUSED);
        w.line("#[must_use = \"a session that is not committed is rolled back\"]");
        w.line("pub struct DatabaseSession(::bindery::Session);");
    });
    w.item(|w| {
        w.line(&lints(all));
        w.block("impl DatabaseSession", |w| {
            for engine in &model.engines {
                connection(w, engine);
            }
            fixed(w, OF_SESSION);
            for shape in all {
                w.item(|w| accessor(w, around, shape));
            }
        });
    });
    derefs(w);
    generated(w);
}

/// The accessor of a model's rows.
pub(crate) fn accessor(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    accessor_on(w, around, shape, "mut self");
}

fn connection(w: &mut RustWriter, engine: &Engine) {
    let ty = format!("engine::{}", engine.type_name);
    w.item(|w| {
        w.docs([
            &format!("The session's connection of `{}`, within its transaction.", engine.name),
            "",
            "# Errors",
            "The engine cannot be reached, no connection came free in time, or the session is locked to another.",
        ]);
        let returns = format!("::bindery::Result<&mut ::bindery::Connection<{ty}>>");
        let signature = method(&format!("pub fn {}", engine.name), &["&mut self"], &returns);
        w.function(&signature, |w| w.line(&format!("self.0.connection({ty})")));
    });
}

/// A method that is the same for every program.
struct Method {
    docs: &'static str,
    errors: &'static str,
    is_tracked: bool,
    head: &'static str,
    params: &'static [&'static str],
    returns: &'static str,
    body: &'static [&'static str],
}

const RESULT: &str = "::bindery::Result<T>";
const OWN_RESULT: &str = "::core::result::Result<T, F>";
const ANY: &str = "::bindery::Result<&mut ::bindery::Connection<engine::Any>>";
const OPTIONS: &str = "options: ::bindery::SessionOptions";
const RETRY: &str = "retry: ::bindery::RetryPolicy";
const WORK: &str = "work: impl ::core::ops::FnOnce(&mut DatabaseSession) -> ::bindery::Result<T>";
const OWN_WORK: &str =
    "work: impl ::core::ops::FnOnce(&mut DatabaseSession) -> ::core::result::Result<T, F>";
const WORK_AGAIN: &str =
    "work: impl ::core::ops::FnMut(&mut DatabaseSession) -> ::bindery::Result<T>";
const SCOPE: &str = "scope: impl ::core::convert::Into<::bindery::SessionScope>";
const OF_WORK: &str = "Those of `work`, of taking connections and beginning, and of committing.";
const OF_SCOPE: &str = "Those of `work`; the session is locked to another engine.";

const OF_SESSION: &[Method] = &[
    Method {
        docs: "The session's connection of an engine chosen at run time, within its transaction.",
        errors: "The engine cannot be reached, no connection came free in time, or the session is locked to another.",
        is_tracked: false,
        head: "pub fn on",
        params: &["&mut self", "engine: engine::Any"],
        returns: ANY,
        body: &["self.0.connection(engine)"],
    },
    Method {
        docs: "The session's connection of the engine that `using` has chosen; outside of it that of `default`.",
        errors: "As `on`.",
        is_tracked: false,
        head: "pub fn chosen",
        params: &["&mut self"],
        returns: ANY,
        body: &[
            "let engine = self.0.chosen_engine()?.parse()?;",
            "self.0.connection(engine)",
        ],
    },
    Method {
        docs: "Runs `work` on an engine, or within a `SessionScope`: `chosen` is the connection of that engine there.",
        errors: OF_SCOPE,
        is_tracked: false,
        head: "pub fn using<T>",
        params: &["&mut self", SCOPE, WORK],
        returns: RESULT,
        body: &["self.try_using(scope, work)"],
    },
    Method {
        docs: "The same with an error type of its own.",
        errors: OF_SCOPE,
        is_tracked: false,
        head: "pub fn try_using<T, F: ::core::convert::From<::bindery::Error>>",
        params: &["&mut self", SCOPE, OWN_WORK],
        returns: OWN_RESULT,
        body: &["::bindery::GeneratedSession::within(self, scope, work)"],
    },
    Method {
        docs: "Runs `work` in a session within this one: what it does is undone alone on `Err` and on panics.",
        errors: OF_WORK,
        is_tracked: false,
        head: "pub fn session<T>",
        params: &["&mut self", WORK],
        returns: RESULT,
        body: &["self.try_session(work)"],
    },
    Method {
        docs: "The same with an error type of its own.",
        errors: OF_WORK,
        is_tracked: false,
        head: "pub fn try_session<T, F: ::core::convert::From<::bindery::Error>>",
        params: &["&mut self", OWN_WORK],
        returns: OWN_RESULT,
        body: &["::bindery::GeneratedSession::nested(self, work)"],
    },
    Method {
        docs: "Commits the engines that were used, one after the other: this is not atomic.",
        errors: "Those of `Session::commit`.",
        is_tracked: false,
        head: "pub fn commit",
        params: &["self"],
        returns: "::bindery::Result<()>",
        body: &["self.0.commit()"],
    },
    Method {
        docs: "Undoes what was done on all engines.",
        errors: "A connection is lost; its database then undoes the work by itself.",
        is_tracked: false,
        head: "pub fn rollback",
        params: &["self"],
        returns: "::bindery::Result<()>",
        body: &["self.0.rollback()"],
    },
];

const OF_DATABASES: &[Method] = &[
    Method {
        docs: "Runs `work` in a session over all engines: committed on `Ok`, rolled back on `Err` and on panics.",
        errors: OF_WORK,
        is_tracked: true,
        head: "pub fn session<T>",
        params: &["&self", WORK],
        returns: RESULT,
        body: &["self.try_session_with(::bindery::SessionOptions::new(), work)"],
    },
    Method {
        docs: "The same with an error type of its own.",
        errors: OF_WORK,
        is_tracked: true,
        head: "pub fn try_session<T, F: ::core::convert::From<::bindery::Error>>",
        params: &["&self", OWN_WORK],
        returns: OWN_RESULT,
        body: &["self.try_session_with(::bindery::SessionOptions::new(), work)"],
    },
    Method {
        docs: "The same with options.",
        errors: OF_WORK,
        is_tracked: true,
        head: "pub fn session_with<T>",
        params: &["&self", OPTIONS, WORK],
        returns: RESULT,
        body: &["self.try_session_with(options, work)"],
    },
    Method {
        docs: "The same with options and an error type of its own.",
        errors: OF_WORK,
        is_tracked: true,
        head: "pub fn try_session_with<T, F: ::core::convert::From<::bindery::Error>>",
        params: &["&self", OPTIONS, OWN_WORK],
        returns: OWN_RESULT,
        body: &["::bindery::GeneratedDatabases::try_session_with(self, options, work)"],
    },
    Method {
        docs: "Runs `work` in a session, and again in another one where an engine says that it may be tried again and nothing is stored.",
        errors: "Those of the last attempt.",
        is_tracked: true,
        head: "pub fn session_retry<T>",
        params: &["&self", RETRY, WORK_AGAIN],
        returns: RESULT,
        body: &["self.session_retry_with(retry, ::bindery::SessionOptions::new(), work)"],
    },
    Method {
        docs: "The same with options.",
        errors: "Those of the last attempt.",
        is_tracked: true,
        head: "pub fn session_retry_with<T>",
        params: &["&self", RETRY, OPTIONS, WORK_AGAIN],
        returns: RESULT,
        body: &["::bindery::GeneratedDatabases::session_retry_with(self, retry, options, work)"],
    },
    Method {
        docs: "Begins a session over all engines. It is rolled back unless `commit` is called.",
        errors: "None without options that begin an engine.",
        is_tracked: true,
        head: "pub fn begin_session",
        params: &["&self"],
        returns: "::bindery::Result<DatabaseSession>",
        body: &["self.begin_session_with(::bindery::SessionOptions::new())"],
    },
    Method {
        docs: "The same with options.",
        errors: "An engine that is begun at once cannot be.",
        is_tracked: true,
        head: "pub fn begin_session_with",
        params: &["&self", OPTIONS],
        returns: "::bindery::Result<DatabaseSession>",
        body: &["::bindery::GeneratedDatabases::begin_session_with(self, options)"],
    },
];

/// The ways from `Databases` to a session.
pub(crate) fn ways(w: &mut RustWriter) {
    fixed(w, OF_DATABASES);
}

fn fixed(w: &mut RustWriter, methods: &[Method]) {
    for method in methods {
        w.item(|w| {
            w.docs([method.docs, "", "# Errors", method.errors]);
            if method.is_tracked {
                // What is left open is reported with the place in the program.
                w.line("#[track_caller]");
            }
            let params = method.params.iter().map(|&param| param.to_owned());
            let signature = Signature {
                head: method.head.to_owned(),
                params: params.collect(),
                returns: Some(method.returns.to_owned()),
                bounds: Vec::new(),
            };
            w.function(&signature, |w| {
                method.body.iter().for_each(|line| w.line(line));
            });
        });
    }
}

fn derefs(w: &mut RustWriter) {
    w.item(|w| {
        w.block("impl ::core::ops::Deref for DatabaseSession", |w| {
            w.item(|w| w.line("type Target = ::bindery::Session;"));
            w.item(|w| {
                w.block("fn deref(&self) -> &::bindery::Session", |w| {
                    w.line("&self.0")
                })
            });
        });
    });
    w.item(|w| {
        w.block("impl ::core::ops::DerefMut for DatabaseSession", |w| {
            w.block("fn deref_mut(&mut self) -> &mut ::bindery::Session", |w| {
                w.line("&mut self.0")
            })
        });
    });
}

/// The trait of code for the sessions of any program.
fn generated(w: &mut RustWriter) {
    w.item(|w| {
        w.block(
            "impl ::bindery::GeneratedSession for DatabaseSession",
            |w| {
                let from = method("fn from_session", &["session: ::bindery::Session"], "Self");
                w.function(&from, |w| w.line("Self(session)"));
            },
        );
    });
}
