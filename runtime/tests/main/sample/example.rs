// The code that `bindery-codegen` writes, written by hand: one model on `default` and `b`, one on `default` only. The examples in
// the documentation and the tests of the runtime run on it.
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

/// Columns of `blogs`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code)]
pub mod blog {
    use super::model;
    use ::bindery::query::{Column, Nullable};
    use ::bindery::relation::HasMany;

    /// `id`
    pub const id: Column<model::Blog, super::blogs::BlogId<::bindery::query::RowEngine>> = ::bindery::query::column(0);

    /// `title`
    pub const title: Column<model::Blog, ::std::string::String> = ::bindery::query::column(1);

    /// `content`
    pub const content: Column<model::Blog, ::std::string::String, Nullable> = ::bindery::query::column(2);

    /// `stars`
    pub const stars: Column<model::Blog, i64> = ::bindery::query::column(3);

    /// The rows of `users` whose `best` refers to this one.
    pub const users: HasMany<model::Blog, model::User> = HasMany::at(0);
}

/// Columns of `users`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code)]
pub mod user {
    use super::model;
    use ::bindery::query::{Column, Nullable, To};

    /// `id`
    pub const id: Column<model::User, super::users::UserId> = ::bindery::query::column(0);

    /// `email`
    pub const email: Column<model::User, ::std::string::String> = ::bindery::query::column(1);

    /// `best`
    pub const best: Column<model::User, super::blogs::BlogId, To<model::Blog, Nullable>> = ::bindery::query::foreign_key(2, 0);
}

/// Model `Blog`, table `blogs`, on `default` and `b`.
#[allow(dead_code)]
pub mod blogs {
    use super::{engine, model};

    /// Key of a [`Blog`].
    pub type BlogId<E = engine::Default> = ::bindery::Key<model::Blog, E, i64>;

    /// A row of `blogs`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Blog<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: BlogId<E>,
        /// `title`
        pub title: ::std::string::String,
        /// `content`
        pub content: ::core::option::Option<::std::string::String>,
        /// `stars`
        pub stars: i64,
    }

    /// A row of `blogs` to be inserted.
    #[derive(Debug, Clone, PartialEq)]
    #[must_use]
    pub struct NewBlog {
        /// `id`; generated by the database when left out.
        pub id: ::core::option::Option<i64>,
        /// `title`
        pub title: ::std::string::String,
        /// `content`; NULL when left out.
        pub content: ::core::option::Option<::core::option::Option<::std::string::String>>,
        /// `stars`; the database's default when left out.
        pub stars: ::core::option::Option<i64>,
    }

    impl NewBlog {
        /// A new row with what it must have.
        pub fn new(title: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                id: ::core::option::Option::None,
                title: title.into(),
                content: ::core::option::Option::None,
                stars: ::core::option::Option::None,
            }
        }

        /// Sets `id`.
        pub fn id(mut self, id: i64) -> Self {
            self.id = ::core::option::Option::Some(id);
            self
        }

        /// Sets `content`; `None` is NULL.
        pub fn content(mut self, content: impl ::bindery::types::Nullable<::std::string::String>) -> Self {
            self.content = ::core::option::Option::Some(content.into_nullable());
            self
        }

        /// Sets `stars`.
        pub fn stars(mut self, stars: i64) -> Self {
            self.stars = ::core::option::Option::Some(stars);
            self
        }
    }

    /// Columns of `blogs` to be changed; what is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct BlogPatch {
        /// `title`
        pub title: ::core::option::Option<::std::string::String>,
        /// `content`
        pub content: ::core::option::Option<::core::option::Option<::std::string::String>>,
        /// `stars`
        pub stars: ::core::option::Option<i64>,
    }

    impl BlogPatch {
        /// Nothing to be changed, until a column is set.
        pub fn new() -> Self {
            ::core::default::Default::default()
        }

        /// Sets `title`.
        pub fn title(mut self, title: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.title = ::core::option::Option::Some(title.into());
            self
        }

        /// Sets `content`; `None` is NULL.
        pub fn content(
            mut self,
            content: impl ::bindery::types::Nullable<::std::string::String>,
        ) -> Self {
            self.content = ::core::option::Option::Some(content.into_nullable());
            self
        }

        /// Sets `stars`.
        pub fn stars(mut self, stars: i64) -> Self {
            self.stars = ::core::option::Option::Some(stars);
            self
        }
    }

    impl ::bindery::__private::ColumnSource for NewBlog {
        fn columns(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSet::new()
                .with_if(self.id.is_some(), 0)
                .with(1)
                .with(2)
                .with_if(self.stars.is_some(), 3)
        }

        fn given(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSource::columns(self).without_if(self.content.is_none(), 2)
        }

        fn write(&self, params: &mut ::bindery::ParamWriter<'_>) {
            params.given(&self.id);
            params.push(&self.title);
            params.push(&self.content);
            params.given(&self.stars);
        }
    }

    impl ::bindery::__private::ColumnSource for BlogPatch {
        fn columns(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSet::new()
                .with_if(self.title.is_some(), 1)
                .with_if(self.content.is_some(), 2)
                .with_if(self.stars.is_some(), 3)
        }

        fn write(&self, params: &mut ::bindery::ParamWriter<'_>) {
            params.given(&self.title);
            params.given(&self.content);
            params.given(&self.stars);
        }
    }

    impl ::bindery::Model for model::Blog {
        const NAME: &'static str = "Blog";
        const ENGINES: &'static [&'static str] = &["default", "b"];

        type Row<E: ::bindery::Engine> = Blog<E>;
        type Key<E: ::bindery::Engine> = BlogId<E>;
        type New<E: ::bindery::Engine> = NewBlog;
        type Patch<E: ::bindery::Engine> = BlogPatch;
        type Inserted<E: ::bindery::Engine> = Blog<E>;

        fn read<E: ::bindery::Engine>(
            row: &mut ::bindery::RowReader<'_>,
            engine: E,
        ) -> ::bindery::Result<Blog<E>> {
            ::core::result::Result::Ok(Blog {
                id: row.next_key(engine)?,
                title: row.next()?,
                content: row.next()?,
                stars: row.next()?,
            })
        }

        fn inserted<E: ::bindery::Engine>(
            row: ::core::option::Option<Blog<E>>,
        ) -> ::core::option::Option<Blog<E>> {
            row
        }

        fn write_row<E: ::bindery::Engine>(row: &Blog<E>, params: &mut ::bindery::ParamWriter<'_>) {
            params.push(&row.id);
            params.push(&row.title);
            params.push(&row.content);
            params.push(&row.stars);
        }

        fn row_belongs_to<E: ::bindery::Engine>(row: &Blog<E>, engine: E) -> bool {
            row.id.engine() == engine
        }
    }

    impl<E: ::bindery::Engine> ::bindery::RowOf for Blog<E> {
        type Model = model::Blog;
        type Engine = E;
    }

    impl<E: ::bindery::Hosts<model::Blog>> ::bindery::FromRow<E> for Blog<E> {
        const COLUMNS: ::bindery::RowColumns = ::bindery::RowColumns::of_model(&INFO);

        fn read_row(row: &mut ::bindery::RowReader<'_>, engine: E) -> ::bindery::Result<Self> {
            <model::Blog as ::bindery::Model>::read(row, engine)
        }
    }

    impl ::bindery::Writable for model::Blog {}

    impl ::bindery::HasKey for model::Blog {
        fn key<E: ::bindery::Engine>(row: &Blog<E>) -> BlogId<E> {
            row.id
        }

        fn write_key<E: ::bindery::Engine>(
            key: &BlogId<E>,
            params: &mut ::bindery::ParamWriter<'_>,
        ) {
            params.push(key);
        }

        fn write_saved<E: ::bindery::Engine>(
            row: &Blog<E>,
            params: &mut ::bindery::ParamWriter<'_>,
        ) {
            params.push(&row.title);
            params.push(&row.content);
            params.push(&row.stars);
        }

        fn key_belongs_to<E: ::bindery::Engine>(key: &BlogId<E>, engine: E) -> bool {
            key.engine() == engine
        }
    }

    impl<E: ::bindery::Engine> Blog<E> {
        /// The same values as a row of another engine, in memory only.
        #[allow(clippy::wrong_self_convention)]
        pub fn to_engine<F: ::bindery::StaticEngine>(self) -> Blog<F> {
            Blog {
                id: self.id.to_engine(),
                title: self.title,
                content: self.content,
                stars: self.stars,
            }
        }
    }

    pub(super) static SQLITE: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: "\"blogs\"",
        columns: &["\"id\"", "\"title\"", "\"content\"", "\"stars\""],
        key: &[0],
        writable: &[0, 1, 2, 3],
        required: &[1, 2],
        counted: ::core::option::Option::Some(0),
        select: "SELECT \"id\", \"title\", \"content\", \"stars\" FROM \"blogs\"",
        first: "SELECT \"id\", \"title\", \"content\", \"stars\" FROM \"blogs\" ORDER BY \"id\" LIMIT 1",
        find: "SELECT \"id\", \"title\", \"content\", \"stars\" FROM \"blogs\" WHERE \"id\" = ?",
        count: "SELECT count(*) FROM \"blogs\"",
        exists: "SELECT 1 FROM \"blogs\" WHERE \"id\" = ?",
        insert: "INSERT INTO \"blogs\" (\"title\", \"content\") VALUES (?, ?) RETURNING \"id\", \"title\", \"content\", \"stars\"",
        insert_row: "INSERT INTO \"blogs\" (\"id\", \"title\", \"content\", \"stars\") VALUES (?, ?, ?, ?)",
        returning: " RETURNING \"id\", \"title\", \"content\", \"stars\"",
        save: "UPDATE \"blogs\" SET \"title\" = ?, \"content\" = ?, \"stars\" = ? WHERE \"id\" = ?",
        version: ::core::option::Option::None,
        touched: &[],
        touch: "",
        delete: "DELETE FROM \"blogs\" WHERE \"id\" = ?",
        uniques: &[],
        references: &[],
        referenced: &[::bindery::__private::ReferencedSql {
            from: ::core::option::Option::Some(&super::users::SQLITE),
            reference: 0,
        }],
    };

    /// The description of `blogs` in the program.
    pub(super) static INFO: ::bindery::ModelInfo = ::bindery::ModelInfo {
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
                drop: &["DROP TABLE blogs"],
            },
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: "blogs",
                create: &[
                    "CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(255) NOT NULL, content TEXT, stars INTEGER NOT NULL DEFAULT 0)",
                ],
                link: &[],
                drop: &["DROP TABLE blogs"],
            },
        ],
    };

    impl ::bindery::LivesOn<engine::Default> for model::Blog {
        fn sql(_: engine::Default) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&SQLITE)
        }
    }

    impl ::bindery::LivesOn<engine::B> for model::Blog {
        fn sql(_: engine::B) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&SQLITE)
        }
    }

    impl ::bindery::LivesOn<engine::Any> for model::Blog {
        fn sql(engine: engine::Any) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            match engine {
                engine::Any::Default => ::core::option::Option::Some(&SQLITE),
                engine::Any::B => ::core::option::Option::Some(&SQLITE),
            }
        }
    }
}

/// Model `User`, table `users`, on `default`.
#[allow(dead_code)]
pub mod users {
    use super::{engine, model};

    const CONSTRAINTS: &[::bindery::ModelConstraint] = &[
        ::bindery::ModelConstraint::primary_key("User", "", &["id"]),
        ::bindery::ModelConstraint::unique("User", "", &["email"]),
        ::bindery::ModelConstraint::foreign_key("User", "", &["best"]),
    ];

    /// The primary key of `id`.
    pub const PRIMARY_KEY: ::bindery::ModelConstraint = CONSTRAINTS[0];

    /// The unique key of `email`.
    pub const EMAIL: ::bindery::ModelConstraint = CONSTRAINTS[1];

    /// The foreign key of `best`.
    pub const BEST_FOREIGN_KEY: ::bindery::ModelConstraint = CONSTRAINTS[2];

    /// Key of a [`User`].
    pub type UserId = ::bindery::Key<model::User, engine::Default, i64>;

    /// A row of `users`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct User {
        /// `id`
        pub id: UserId,
        /// `email`
        pub email: ::std::string::String,
        /// `best`
        pub best: ::core::option::Option<super::blogs::BlogId<engine::Default>>,
    }

    /// A row of `users` to be inserted.
    #[derive(Debug, Clone, PartialEq)]
    #[must_use]
    pub struct NewUser {
        /// `id`; generated by the database when left out.
        pub id: ::core::option::Option<i64>,
        /// `email`
        pub email: ::std::string::String,
        /// `best`; NULL when left out.
        pub best:
            ::core::option::Option<::core::option::Option<super::blogs::BlogId<engine::Default>>>,
    }

    impl NewUser {
        /// A new row with what it must have.
        pub fn new(email: impl ::core::convert::Into<::std::string::String>) -> Self {
            Self {
                id: ::core::option::Option::None,
                email: email.into(),
                best: ::core::option::Option::None,
            }
        }

        /// Sets `id`.
        pub fn id(mut self, id: i64) -> Self {
            self.id = ::core::option::Option::Some(id);
            self
        }

        /// Sets `best`; `None` is NULL.
        pub fn best(
            mut self,
            best: impl ::bindery::types::Nullable<super::blogs::BlogId<engine::Default>>,
        ) -> Self {
            self.best = ::core::option::Option::Some(best.into_nullable());
            self
        }
    }

    /// Columns of `users` to be changed; what is `None` stays.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct UserPatch {
        /// `email`
        pub email: ::core::option::Option<::std::string::String>,
        /// `best`
        pub best:
            ::core::option::Option<::core::option::Option<super::blogs::BlogId<engine::Default>>>,
    }

    impl UserPatch {
        /// Nothing to be changed, until a column is set.
        pub fn new() -> Self {
            ::core::default::Default::default()
        }

        /// Sets `email`.
        pub fn email(mut self, email: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.email = ::core::option::Option::Some(email.into());
            self
        }

        /// Sets `best`; `None` is NULL.
        pub fn best(
            mut self,
            best: impl ::bindery::types::Nullable<super::blogs::BlogId<engine::Default>>,
        ) -> Self {
            self.best = ::core::option::Option::Some(best.into_nullable());
            self
        }
    }

    impl ::bindery::__private::ColumnSource for NewUser {
        fn columns(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSet::new()
                .with_if(self.id.is_some(), 0)
                .with(1)
                .with(2)
        }

        fn given(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSource::columns(self).without_if(self.best.is_none(), 2)
        }

        fn write(&self, params: &mut ::bindery::ParamWriter<'_>) {
            params.given(&self.id);
            params.push(&self.email);
            params.push(&self.best);
        }
    }

    impl ::bindery::__private::ColumnSource for UserPatch {
        fn columns(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSet::new()
                .with_if(self.email.is_some(), 1)
                .with_if(self.best.is_some(), 2)
        }

        fn write(&self, params: &mut ::bindery::ParamWriter<'_>) {
            params.given(&self.email);
            params.given(&self.best);
        }
    }

    impl ::bindery::Model for model::User {
        const NAME: &'static str = "User";
        const ENGINES: &'static [&'static str] = &["default"];

        type Row<E: ::bindery::Engine> = User;
        type Key<E: ::bindery::Engine> = UserId;
        type New<E: ::bindery::Engine> = NewUser;
        type Patch<E: ::bindery::Engine> = UserPatch;
        type Inserted<E: ::bindery::Engine> = User;

        fn read<E: ::bindery::Engine>(
            row: &mut ::bindery::RowReader<'_>,
            _: E,
        ) -> ::bindery::Result<User> {
            ::core::result::Result::Ok(User {
                id: row.next()?,
                email: row.next()?,
                best: row.next()?,
            })
        }

        fn inserted<E: ::bindery::Engine>(
            row: ::core::option::Option<User>,
        ) -> ::core::option::Option<User> {
            row
        }

        fn write_row<E: ::bindery::Engine>(row: &User, params: &mut ::bindery::ParamWriter<'_>) {
            params.push(&row.id);
            params.push(&row.email);
            params.push(&row.best);
        }
    }

    impl ::bindery::RowOf for User {
        type Model = model::User;
        type Engine = engine::Default;
    }

    impl<E: ::bindery::Hosts<model::User>> ::bindery::FromRow<E> for User {
        const COLUMNS: ::bindery::RowColumns = ::bindery::RowColumns::of_model(&INFO);

        fn read_row(row: &mut ::bindery::RowReader<'_>, engine: E) -> ::bindery::Result<Self> {
            <model::User as ::bindery::Model>::read(row, engine)
        }
    }

    impl ::bindery::Writable for model::User {}

    impl ::bindery::HasKey for model::User {
        fn key<E: ::bindery::Engine>(row: &User) -> UserId {
            row.id
        }

        fn write_key<E: ::bindery::Engine>(key: &UserId, params: &mut ::bindery::ParamWriter<'_>) {
            params.push(key);
        }

        fn write_saved<E: ::bindery::Engine>(row: &User, params: &mut ::bindery::ParamWriter<'_>) {
            params.push(&row.email);
            params.push(&row.best);
        }
    }

    pub(super) static SQLITE: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: "\"users\"",
        columns: &["\"id\"", "\"email\"", "\"best\""],
        key: &[0],
        writable: &[0, 1, 2],
        required: &[1, 2],
        counted: ::core::option::Option::Some(0),
        select: "SELECT \"id\", \"email\", \"best\" FROM \"users\"",
        first: "SELECT \"id\", \"email\", \"best\" FROM \"users\" ORDER BY \"id\" LIMIT 1",
        find: "SELECT \"id\", \"email\", \"best\" FROM \"users\" WHERE \"id\" = ?",
        count: "SELECT count(*) FROM \"users\"",
        exists: "SELECT 1 FROM \"users\" WHERE \"id\" = ?",
        insert: "INSERT INTO \"users\" (\"email\", \"best\") VALUES (?, ?) RETURNING \"id\", \"email\", \"best\"",
        insert_row: "INSERT INTO \"users\" (\"id\", \"email\", \"best\") VALUES (?, ?, ?)",
        returning: " RETURNING \"id\", \"email\", \"best\"",
        save: "UPDATE \"users\" SET \"email\" = ?, \"best\" = ? WHERE \"id\" = ?",
        version: ::core::option::Option::None,
        touched: &[],
        touch: "",
        delete: "DELETE FROM \"users\" WHERE \"id\" = ?",
        uniques: &[::bindery::__private::UniqueSql {
            columns: &[1],
            find: "SELECT \"id\", \"email\", \"best\" FROM \"users\" WHERE \"email\" = ?",
        }],
        references: &[::bindery::__private::ReferenceSql {
            columns: &[2],
            to: ::bindery::__private::ReferredTable::At(&super::blogs::SQLITE),
            to_columns: &[0],
        }],
        referenced: &[],
    };

    /// The description of `users` in the program.
    pub(super) static INFO: ::bindery::ModelInfo = ::bindery::ModelInfo {
        name: "User",
        schema: ::core::option::Option::None,
        table: "users",
        is_view: false,
        columns: &["id", "email", "best"],
        kinds: "integer text integer?",
        rules: 0,
        constraints: CONSTRAINTS,
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
            drop: &["DROP TABLE users"],
        }],
    };

    impl ::bindery::LivesOn<engine::Default> for model::User {
        fn sql(_: engine::Default) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&SQLITE)
        }
    }

    impl ::bindery::OnOneEngine for model::User {
        type Engine = engine::Default;
    }

    impl ::bindery::LivesOn<engine::Any> for model::User {
        fn sql(engine: engine::Any) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            match engine {
                engine::Any::Default => ::core::option::Option::Some(&SQLITE),
                engine::Any::B => ::core::option::Option::None,
            }
        }
    }

    /// Finding and replacing `users` by its unique columns.
    pub trait UserQueries {
        /// The row with this `email`, if there is one.
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        fn find_by_email(&mut self, email: &str)
        -> ::bindery::Result<::core::option::Option<User>>;

        /// Inserts a row, or sets what `new` gives in the one with the same `email`; what it leaves out stays there.
        ///
        /// # Errors
        /// Another constraint is violated, a column of this unique key is left out, or the database fails.
        #[track_caller]
        fn upsert_by_email(&mut self, new: NewUser) -> ::bindery::Result<User>
        where
            Self: ::bindery::CanWrite;

        /// The same of many rows, all or none: the later of two rows with the same `email` updates the earlier.
        ///
        /// # Errors
        /// As `upsert_by_email`; `Error::row` is the row that failed.
        #[track_caller]
        fn upsert_many_by_email(
            &mut self,
            rows: impl ::core::iter::IntoIterator<Item = NewUser>,
        ) -> ::bindery::Result<::bindery::Upserted>
        where
            Self: ::bindery::CanWrite;
    }

    impl<E: ::bindery::Hosts<model::User>, A> UserQueries
        for ::bindery::Repository<'_, model::User, E, A>
    {
        fn find_by_email(
            &mut self,
            email: &str,
        ) -> ::bindery::Result<::core::option::Option<User>> {
            self.find_by(0, &mut |params| params.push(email))
        }

        fn upsert_by_email(&mut self, new: NewUser) -> ::bindery::Result<User>
        where
            Self: ::bindery::CanWrite,
        {
            self.upsert_by(0, new)
        }

        fn upsert_many_by_email(
            &mut self,
            rows: impl ::core::iter::IntoIterator<Item = NewUser>,
        ) -> ::bindery::Result<::bindery::Upserted>
        where
            Self: ::bindery::CanWrite,
        {
            self.upsert_many_by(0, rows)
        }
    }
}

#[allow(unused_imports)]
pub use blogs::{Blog, BlogPatch, BlogId, NewBlog};
#[allow(unused_imports)]
pub use users::{NewUser, User, UserPatch, UserId, UserQueries};

/// The tables of a connection or transaction.
#[allow(dead_code)]
pub trait Tables {
    /// The rows of [`Blog`].
    fn blogs(
        &mut self,
    ) -> ::bindery::RepositoryOf<'_, Self, model::Blog>
    where
        Self: ::bindery::ReadRoute<model::Blog>,
    {
        ::bindery::Repository::new(self.target())
    }

    /// The rows of [`User`].
    fn users(
        &mut self,
    ) -> ::bindery::RepositoryOf<'_, Self, model::User>
    where
        Self: ::bindery::ReadRoute<model::User>,
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
    pub fn reads_from(&self, from: ::bindery::ReadsFrom) -> Self {
        Self(self.0.reads_from(from))
    }

    /// The same databases as one unit of work, whose reads see what it has written. See [`Registry::reading_after`](::bindery::Registry::reading_after).
    #[must_use]
    pub fn reading_after<'t>(
        &self,
        token: impl ::core::convert::Into<::core::option::Option<&'t ::bindery::ReadToken>>,
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

impl ::bindery::GeneratedDatabases for Databases {
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
            head: None,
        },
        ::bindery::__private::EngineInfo {
            name: "default",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: false,
            inbox: false,
            head: None,
        },
    ],
    models: &[
        &::bindery::ModelInfo {
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
        &::bindery::ModelInfo {
            name: "User",
            schema: ::core::option::Option::None,
            table: "users",
            is_view: false,
            columns: &["id", "email", "best"],
            kinds: "integer text integer?",
            rules: 0,
            constraints: &[
                users::PRIMARY_KEY,
                users::EMAIL,
                users::BEST_FOREIGN_KEY,
            ],
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
