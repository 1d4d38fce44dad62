// An excerpt: the queries of files: rows, texts of each dialect, parts that are left out, models among the columns, lists, and engines.
// …

/// The queries of the program's files, a module for each file.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod queries {
    // …

    /// Engines for queries that run on `default`.
    #[diagnostic::on_unimplemented(
        message = "the query runs on `default`, not on `{Self}`",
        label = "this engine does not host all that the query names",
        note = "a function for every engine that does has this trait as its bound"
    )]
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub trait OnDefault: ::bindery::Engine {}

    impl OnDefault for engine::Default {}

    impl OnDefault for engine::Any {}

    // …

    /// The queries of `dialects.sql`.
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub mod dialects {
        // …

        static TITLES_LIKE: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("dialects::titles_like"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT title FROM posts WHERE title ILIKE $1::text || '%' ORDER BY title LIMIT $2",
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT title FROM posts WHERE title LIKE ? || '%' ORDER BY title LIMIT ?",
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT title FROM posts WHERE lower(title) LIKE lower(concat(?, '%')) ORDER BY title LIMIT ?",
                        arguments: &[0, 1],
                    },
                ],
            };

        /// Titles that begin with a word, whatever its case.
        ///
        /// ```sql
        /// SELECT title FROM posts WHERE title ILIKE $1::text || '%' ORDER BY title LIMIT $2
        /// ```
        ///
        /// ```sql
        /// SELECT title FROM posts WHERE title LIKE ? || '%' ORDER BY title LIMIT ?
        /// ```
        ///
        /// ```sql
        /// SELECT title FROM posts WHERE lower(title) LIKE lower(concat(?, '%')) ORDER BY title LIMIT ?
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn titles_like<C>(
            on: &mut C,
            word: &str,
            most: i64,
        ) -> ::bindery::Result<::std::vec::Vec<TitlesLike>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            TITLES_LIKE.many(on, &[&word, &most])
        }

        // …
    }

    /// The queries of `forms.sql`.
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub mod forms {
        /// A row of [`authors_and_posts()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct AuthorsAndPosts<E: ::bindery::Engine> {
            /// The row of `a`.
            pub a: super::super::authors::Author<E>,
            /// The row of `p`.
            pub p: ::core::option::Option<super::super::posts::Post<E>>,
            /// `shown`
            pub shown: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for AuthorsAndPosts<E> {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(10);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                engine: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    a: <super::model::Author as ::bindery::Model>::read(row, engine)?,
                    p: ::bindery::__private::read_if_any::<super::model::Post, E>(row, engine, 6)?,
                    shown: row.next()?,
                })
            }
        }

        // …

        /// Authors with what they wrote; those who wrote nothing have a row, too.
        ///
        /// ```sql
        /// SELECT a.`id`, a.`name`, a.`email`, p.`id`, p.`author_id`, p.`title`, p.`stars`, p.`published_on`, p.`state`, coalesce(p.title, a.name) AS shown
        /// FROM authors a LEFT JOIN posts p ON p.author_id = a.id
        /// ORDER BY a.id, p.id
        /// ```
        ///
        /// ```sql
        /// SELECT a.id, a.name, a.email, p.id, p.author_id, p.title, p.stars, p.published_on, p.state, coalesce(p.title, a.name) AS shown
        /// FROM authors a LEFT JOIN posts p ON p.author_id = a.id
        /// ORDER BY a.id, p.id
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn authors_and_posts<C>(
            on: &mut C,
        ) -> ::bindery::Result<::std::vec::Vec<AuthorsAndPosts<C::Engine>>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            AUTHORS_AND_POSTS.many(on, &[])
        }

        // …

        /// Posts of an author by what is asked.
        ///
        /// ```sql
        /// SELECT id, title FROM posts
        /// WHERE author_id = ?
        ///   AND title = ?
        ///   AND stars >= ? AND id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list)
        /// ORDER BY
        ///   stars DESC,
        ///   id
        /// ```
        ///
        /// ```sql
        /// SELECT id, title FROM posts
        /// WHERE author_id = ?
        ///   AND title = ?
        ///   AND stars >= ? AND id IN (SELECT value FROM json_each(?))
        /// ORDER BY
        ///   stars DESC,
        ///   id
        /// ```
        ///
        /// ```sql
        /// SELECT id, title FROM posts
        /// WHERE author_id = $1
        ///   AND title = $2
        ///   AND stars >= $3 AND id = ANY ($4)
        /// ORDER BY
        ///   stars DESC,
        ///   id
        /// ```
        ///
        /// Its part of `title` is left out where that is `None`.
        ///
        /// Its part of `ids` is left out where that is `None`.
        ///
        /// Its part of `best_first` is left out where that is `false`.
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn search<C>(
            on: &mut C,
            author: i64,
            title: ::core::option::Option<&str>,
            least: i32,
            ids: ::core::option::Option<&[i64]>,
            best_first: bool,
        ) -> ::bindery::Result<::std::vec::Vec<Search>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            SEARCH[usize::from(title.is_none())
                | (usize::from(ids.is_none()) << 1)
                | (usize::from(!best_first) << 2)]
                .many(
                    on,
                    &[
                        &author,
                        &title,
                        &least,
                        &::bindery::__private::ListOf(ids.unwrap_or_default()),
                        &best_first,
                    ],
                )
        }

        // …

        /// The query `titles`.
        ///
        /// ```sql
        /// SELECT title FROM posts WHERE stars >= ? ORDER BY id
        /// ```
        ///
        /// ```sql
        /// SELECT title FROM posts WHERE stars >= $1 ORDER BY id
        /// ```
        ///
        /// # Errors
        /// The database fails; later failures come as items.
        #[track_caller]
        pub fn titles<'c, C>(
            on: &'c mut C,
            least: i32,
        ) -> ::bindery::Result<::bindery::raw::QueryRows<'c, C::Engine, Titles>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            TITLES.rows(on, &[&least])
        }
    }

    /// The queries of `posts.sql`.
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub mod posts {
        /// A row of [`posts_of_author()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct PostsOfAuthor {
            /// `id`
            pub id: i64,
            /// `title`
            pub title: ::std::string::String,
            /// `published_on`
            pub published_on: ::core::option::Option<::bindery::types::NaiveDate>,
            /// `state`
            pub state: super::enums::State,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for PostsOfAuthor {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(4);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    id: row.next()?,
                    title: row.next()?,
                    published_on: row.next()?,
                    state: row.next()?,
                })
            }
        }

        static POSTS_OF_AUTHOR: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::posts_of_author"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT id, title, published_on, state FROM posts WHERE author_id = ? ORDER BY id DESC",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT id, title, published_on, state FROM posts WHERE author_id = ? ORDER BY id DESC",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT id, title, published_on, state FROM posts WHERE author_id = $1 ORDER BY id DESC",
                        arguments: &[0],
                    },
                ],
            };

        /// Posts of one author, newest first.
        ///
        /// Drafts are among them.
        ///
        /// ```sql
        /// SELECT id, title, published_on, state FROM posts WHERE author_id = ? ORDER BY id DESC
        /// ```
        ///
        /// ```sql
        /// SELECT id, title, published_on, state FROM posts WHERE author_id = $1 ORDER BY id DESC
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn posts_of_author<C>(
            on: &mut C,
            author: i64,
        ) -> ::bindery::Result<::std::vec::Vec<PostsOfAuthor>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POSTS_OF_AUTHOR.many(on, &[&author])
        }

        // …

        /// The query `post`.
        ///
        /// ```sql
        /// SELECT `id`, `author_id`, `title`, `stars`, `published_on`, `state` FROM posts WHERE id = ?
        /// ```
        ///
        /// ```sql
        /// SELECT id, author_id, title, stars, published_on, state FROM posts WHERE id = ?
        /// ```
        ///
        /// ```sql
        /// SELECT id, author_id, title, stars, published_on, state FROM posts WHERE id = $1
        /// ```
        ///
        /// # Errors
        /// `NotFound` where there is no row, `SeveralRows` where there is another, or the database fails.
        #[track_caller]
        pub fn post<C>(on: &mut C, id: i64) -> ::bindery::Result<Post>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POST.one(on, &[&id])
        }

        // …

        /// How many posts a state has.
        ///
        /// ```sql
        /// SELECT count(*) AS count FROM posts WHERE state = ?
        /// ```
        ///
        /// ```sql
        /// SELECT count(*) AS count FROM posts WHERE state = $1
        /// ```
        ///
        /// # Errors
        /// `NotFound` where there is no row, `SeveralRows` where there is another, or the database fails.
        #[track_caller]
        pub fn count_of_state<C>(on: &mut C, state: super::enums::State) -> ::bindery::Result<i64>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            let row: CountOfState = COUNT_OF_STATE.one(on, &[&state])?;
            ::core::result::Result::Ok(row.count)
        }

        // …

        /// The query `rename`.
        ///
        /// ```sql
        /// UPDATE posts SET title = ? WHERE id = ? AND title <> ':title'
        /// ```
        ///
        /// ```sql
        /// UPDATE posts SET title = $1 WHERE id = $2 AND title <> ':title'
        /// ```
        ///
        /// # Errors
        /// A constraint is violated, or the database fails.
        #[track_caller]
        pub fn rename<C>(on: &mut C, title: &str, id: i64) -> ::bindery::Result<u64>
        where
            C: ::bindery::raw::Executor,
        {
            RENAME.execute(on, &[&title, &id])
        }

        // …

        static POSTS_WITH: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::posts_with"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT id, title FROM posts WHERE id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list) ORDER BY id",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT id, title FROM posts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT id, title FROM posts WHERE id = ANY ($1) ORDER BY id",
                        arguments: &[0],
                    },
                ],
            };

        /// Posts with any of these numbers.
        ///
        /// ```sql
        /// SELECT id, title FROM posts WHERE id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list) ORDER BY id
        /// ```
        ///
        /// ```sql
        /// SELECT id, title FROM posts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
        /// ```
        ///
        /// ```sql
        /// SELECT id, title FROM posts WHERE id = ANY ($1) ORDER BY id
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn posts_with<C>(
            on: &mut C,
            ids: &[i64],
        ) -> ::bindery::Result<::std::vec::Vec<PostsWith>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POSTS_WITH.many(on, &[&::bindery::__private::ListOf(ids)])
        }

        // …
    }
}

// …
