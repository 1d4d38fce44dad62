// The code that `bindery-codegen` writes, written by hand: one model on `default` and `b`, one on `default` only, each in a file of the
// folder `example`. The examples in the documentation and the tests of the runtime run on it.
//
//   -- @engines default, b
//   CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(255) NOT NULL, content TEXT, stars INTEGER NOT NULL DEFAULT 0);
//   CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(200) NOT NULL UNIQUE, best BIGINT REFERENCES blogs(id));

/// The engines of this program, as types.
#[allow(dead_code)]
pub mod engine {
    /// Engine `b` (sqlite).
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct B;

    impl ::bindery::Engine for B {
        type Dialect = ::bindery::dialect::Sqlite;

        fn index(self) -> usize {
            0
        }

        fn name(self) -> &'static str {
            "b"
        }

        fn dialect(self) -> ::bindery::Dialect {
            ::bindery::Dialect::Sqlite
        }
    }

    impl ::bindery::StaticEngine for B {}

    /// Engine `default` (sqlite).
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Default;

    impl ::bindery::Engine for Default {
        type Dialect = ::bindery::dialect::Sqlite;

        fn index(self) -> usize {
            1
        }

        fn name(self) -> &'static str {
            "default"
        }

        fn dialect(self) -> ::bindery::Dialect {
            ::bindery::Dialect::Sqlite
        }
    }

    impl ::bindery::StaticEngine for Default {}

    /// Any engine of this program, chosen at run time.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Any {
        /// Engine `b`.
        B,
        /// Engine `default`.
        Default,
    }

    impl ::bindery::Engine for Any {
        type Dialect = ::bindery::dialect::Sqlite;

        fn index(self) -> usize {
            self as usize
        }

        fn name(self) -> &'static str {
            super::PROGRAM.engines[self as usize].name
        }

        fn dialect(self) -> ::bindery::Dialect {
            ::bindery::Dialect::Sqlite
        }
    }

    impl ::core::str::FromStr for Any {
        type Err = ::bindery::Error;

        fn from_str(name: &str) -> ::bindery::Result<Self> {
            match name {
                "b" => ::core::result::Result::Ok(Self::B),
                "default" => ::core::result::Result::Ok(Self::Default),
                _ => ::core::result::Result::Err(super::PROGRAM.unknown_engine(name)),
            }
        }
    }
}

/// Tags of the models, for bounds such as `E: Hosts<model::Blog>`.
#[allow(dead_code)]
pub mod model {
    /// Tag of [`Blog`](super::Blog).
    #[derive(Debug, Clone, Copy)]
    pub struct Blog;

    /// Tag of [`User`](super::User).
    #[derive(Debug, Clone, Copy)]
    pub struct User;
}

include!("example/blog.rs");
include!("example/user.rs");

#[allow(unused_imports)]
pub use blogs::{Blog, BlogId, BlogPatch, NewBlog};
#[allow(unused_imports)]
pub use users::{NewUser, User, UserId, UserPatch, UserQueries};

/// The tables of a connection or transaction.
#[allow(dead_code)]
pub trait Tables {
    /// The rows of [`Blog`].
    fn blogs(&mut self) -> ::bindery::generic::RepositoryOf<'_, Self, model::Blog>
    where
        Self: ::bindery::generic::ReadRoute<model::Blog>,
    {
        ::bindery::Repository::new(self.target())
    }

    /// The rows of [`User`].
    fn users(&mut self) -> ::bindery::generic::RepositoryOf<'_, Self, model::User>
    where
        Self: ::bindery::generic::ReadRoute<model::User>,
    {
        ::bindery::Repository::new(self.target())
    }
}

impl<E: ::bindery::Engine> Tables for ::bindery::Connection<E> {}

impl Tables for DatabaseSession {}

impl<E: ::bindery::Engine> Tables for ::bindery::ReadConnection<E> {}

/// All databases of this program. A clone is the same databases with the same connections.
#[derive(Clone)]
pub struct Databases(::bindery::Registry);

/// Implemented by no type: a model on several engines needs a choice.
#[diagnostic::on_unimplemented(
    message = "model `Blog` lives on `default` and `b`: choose one",
    label = "which engine?",
    note = "write `db.default()?.blogs()` or `db.b()?.blogs()`"
)]
#[allow(dead_code)]
pub trait ChooseEngineOfBlog<'a> {}

#[allow(dead_code)]
impl Databases {
    /// In memory.
    pub fn in_memory() -> ::bindery::Result<Self> {
        ::bindery::Registry::in_memory(&PROGRAM).map(Self)
    }

    /// As a configuration says.
    pub fn with_config(config: &::bindery::Config) -> ::bindery::Result<Self> {
        ::bindery::Registry::with_config(&PROGRAM, config).map(Self)
    }

    /// A connection of `b`.
    #[track_caller]
    pub fn b(&self) -> ::bindery::Result<::bindery::Connection<engine::B>> {
        self.0.connect(engine::B)
    }

    /// A connection of `default`.
    #[track_caller]
    pub fn default(&self) -> ::bindery::Result<::bindery::Connection<engine::Default>> {
        self.0.connect(engine::Default)
    }

    /// A connection of an engine chosen at run time.
    #[track_caller]
    pub fn on(&self, engine: engine::Any) -> ::bindery::Result<::bindery::Connection<engine::Any>> {
        self.0.connect(engine)
    }

    /// The same databases, read elsewhere than `reads` of the configuration says. See [`Registry::reads_from`](::bindery::Registry::reads_from).
    #[must_use]
    pub fn reads_from(&self, from: ::bindery::replicas::ReadsFrom) -> Self {
        Self(self.0.reads_from(from))
    }

    /// The same databases as one unit of work, whose reads see what it has written. See [`Registry::reading_after`](::bindery::Registry::reading_after).
    #[must_use]
    pub fn reading_after<'t>(
        &self,
        token: impl ::core::convert::Into<::core::option::Option<&'t ::bindery::replicas::ReadToken>>,
    ) -> Self {
        Self(self.0.reading_after(token))
    }

    /// The rows of [`User`].
    pub fn users(&self) -> ::bindery::Repository<'_, model::User, engine::Default> {
        self.0.repository(engine::Default)
    }

    /// `Blog` lives on `default` and `b`: use `db.default()?.blogs()` or `db.b()?.blogs()`.
    pub fn blogs<'a>(&'a self) -> ::bindery::Repository<'a, model::Blog, engine::Default>
    where
        model::Blog: ChooseEngineOfBlog<'a>,
    {
        self.0.repository(engine::Default)
    }
}

impl ::core::ops::Deref for Databases {
    type Target = ::bindery::Registry;

    fn deref(&self) -> &::bindery::Registry {
        &self.0
    }
}

impl ::bindery::generic::GeneratedDatabases for Databases {
    type Session = DatabaseSession;

    fn program() -> &'static ::bindery::__private::Program {
        &PROGRAM
    }

    fn from_registry(registry: ::bindery::Registry) -> Self {
        Self(registry)
    }
}

::bindery::__private::asynchronous!(Databases);

/// The databases within one session, with at most one connection and transaction of each. Rolled back unless it is committed.
#[allow(dead_code)]
#[must_use = "a session that is not committed is rolled back"]
pub struct DatabaseSession(::bindery::Session);

#[allow(dead_code)]
impl DatabaseSession {
    /// The session's connection of `b`, within its transaction.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, or the session is locked to another.
    pub fn b(&mut self) -> ::bindery::Result<&mut ::bindery::Connection<engine::B>> {
        self.0.connection(engine::B)
    }

    /// The session's connection of `default`, within its transaction.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, or the session is locked to another.
    pub fn default(&mut self) -> ::bindery::Result<&mut ::bindery::Connection<engine::Default>> {
        self.0.connection(engine::Default)
    }

    /// `Blog` lives on `default` and `b`: use `db.default()?.blogs()` or `db.b()?.blogs()`.
    pub fn blogs<'a>(&'a mut self) -> ::bindery::Repository<'a, model::Blog, engine::Default>
    where
        model::Blog: ChooseEngineOfBlog<'a>,
    {
        self.0.repository(engine::Default)
    }

    /// The rows of [`User`].
    pub fn users(&mut self) -> ::bindery::Repository<'_, model::User, engine::Default> {
        self.0.repository(engine::Default)
    }
}

::bindery::__private::session!(Databases, DatabaseSession, engine::Any);

static PROGRAM: ::bindery::__private::Program = ::bindery::__private::Program {
    engines: &[
        ::bindery::__private::EngineInfo {
            name: "b",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: false,
            inbox: false,
            keeps: &[],
            head: None,
        },
        ::bindery::__private::EngineInfo {
            name: "default",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: false,
            inbox: false,
            keeps: &[],
            head: None,
        },
    ],
    models: &[
        &::bindery::generic::ModelInfo {
            name: "Blog",
            schema: ::core::option::Option::None,
            table: "blogs",
            is_view: false,
            columns: &["id", "title", "content", "stars"],
            kinds: "integer text text? integer",
            rules: 0,
            constraints: &[],
            constraint_names: "",
            engines: &["default", "b"],
            tables: &[
                ::bindery::__private::TableDdl {
                    engine: 1,
                    schema: ::core::option::Option::None,
                    table: "blogs",
                    create: &[
                        "CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(255) NOT NULL, content TEXT, stars INTEGER NOT NULL DEFAULT 0)",
                    ],
                    link: &[],
                    drop: &["DROP TABLE \"blogs\""],
                },
                ::bindery::__private::TableDdl {
                    engine: 0,
                    schema: ::core::option::Option::None,
                    table: "blogs",
                    create: &[
                        "CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(255) NOT NULL, content TEXT, stars INTEGER NOT NULL DEFAULT 0)",
                    ],
                    link: &[],
                    drop: &["DROP TABLE \"blogs\""],
                },
            ],
        },
        &::bindery::generic::ModelInfo {
            name: "User",
            schema: ::core::option::Option::None,
            table: "users",
            is_view: false,
            columns: &["id", "email", "best"],
            kinds: "integer text integer?",
            rules: 0,
            constraints: &[users::PRIMARY_KEY, users::EMAIL, users::BEST_FOREIGN_KEY],
            constraint_names: "",
            engines: &["default"],
            tables: &[::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: "users",
                create: &[
                    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(200) NOT NULL UNIQUE, best BIGINT REFERENCES blogs(id))",
                ],
                link: &[],
                drop: &["DROP TABLE \"users\""],
            }],
        },
    ],
    configured: false,
};
