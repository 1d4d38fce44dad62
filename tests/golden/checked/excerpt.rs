// An excerpt: the queries of files.
// …

/// The queries of the program's files, a module for each file.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod queries {
    #[allow(unused_imports)]
    use super::*;

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

    /// Engines for queries that run on `p`.
    #[diagnostic::on_unimplemented(
        message = "the query runs on `p`, not on `{Self}`",
        label = "this engine does not host all that the query names",
        note = "a function for every engine that does has this trait as its bound"
    )]
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub trait OnP: ::bindery::Engine {}

    impl OnP for engine::P {}

    impl OnP for engine::Any {}

    /// The queries of `dialects.sql`.
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub mod dialects {
        /// A row of [`titles_like()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct TitlesLike {
            /// `title`
            pub title: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for TitlesLike {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { title: row.next()? })
            }
        }

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

        /// A row of [`readings_since()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct ReadingsSince {
            /// `post_id`
            pub post_id: i64,
            /// `at`
            pub at: ::bindery::types::DateTime<::bindery::types::Utc>,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for ReadingsSince {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(2);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    post_id: row.next()?,
                    at: row.next()?,
                })
            }
        }

        static READINGS_SINCE: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("dialects::readings_since"),
                engines: &["p"],
                texts: &[::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "SELECT post_id, at FROM readings WHERE at >= $1 AND post_id > $2 ORDER BY at",
                    arguments: &[0, 1],
                }],
            };

        /// The query `readings_since`.
        ///
        /// ```sql
        /// SELECT post_id, at FROM readings WHERE at >= $1 AND post_id > $2 ORDER BY at
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn readings_since<C>(
            on: &mut C,
            arg1: ::bindery::types::DateTime<::bindery::types::Utc>,
            arg2: i64,
        ) -> ::bindery::Result<::std::vec::Vec<ReadingsSince>>
        where
            C: ::bindery::raw::ReadExecutor,
            C::Engine: super::OnP,
        {
            READINGS_SINCE.many(on, &[&arg1, &arg2])
        }

        static FORGET_READINGS: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("dialects::forget_readings"),
                engines: &["p"],
                texts: &[::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "DELETE FROM readings WHERE at < $1",
                    arguments: &[0],
                }],
            };

        /// The query `forget_readings`.
        ///
        /// ```sql
        /// DELETE FROM readings WHERE at < $1
        /// ```
        ///
        /// # Errors
        /// A constraint is violated, or the database fails.
        #[track_caller]
        pub fn forget_readings<C>(
            on: &mut C,
            arg1: ::bindery::types::DateTime<::bindery::types::Utc>,
        ) -> ::bindery::Result<u64>
        where
            C: ::bindery::raw::Executor,
            C::Engine: super::OnP,
        {
            FORGET_READINGS.execute(on, &[&arg1])
        }

        /// A row of [`stars_of()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct StarsOf {
            /// `stars`
            pub stars: i32,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for StarsOf {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { stars: row.next()? })
            }
        }

        static STARS_OF: ::bindery::__private::CheckedQuery = ::bindery::__private::CheckedQuery {
            name: ::core::option::Option::Some("dialects::stars_of"),
            engines: &["default"],
            texts: &[::bindery::__private::CheckedText {
                dialect: ::bindery::Dialect::Mysql,
                sql: "SELECT stars FROM posts WHERE title = ? OR id = ? ORDER BY id",
                arguments: &[0, 1],
            }],
        };

        /// The query `stars_of`.
        ///
        /// ```sql
        /// SELECT stars FROM posts WHERE title = ? OR id = ? ORDER BY id
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn stars_of<C>(
            on: &mut C,
            arg1: &str,
            arg2: i64,
        ) -> ::bindery::Result<::std::vec::Vec<StarsOf>>
        where
            C: ::bindery::raw::ReadExecutor,
            C::Engine: super::OnDefault,
        {
            STARS_OF.many(on, &[&arg1, &arg2])
        }
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

        static AUTHORS_AND_POSTS: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::authors_and_posts"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT a.`id`, a.`name`, a.`email`, p.`id`, p.`author_id`, p.`title`, p.`stars`, p.`published_on`, p.`state`, coalesce(p.title, a.name) AS shown
FROM authors a LEFT JOIN posts p ON p.author_id = a.id
ORDER BY a.id, p.id"#,
                        arguments: &[],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT a.id, a.name, a.email, p.id, p.author_id, p.title, p.stars, p.published_on, p.state, coalesce(p.title, a.name) AS shown
FROM authors a LEFT JOIN posts p ON p.author_id = a.id
ORDER BY a.id, p.id"#,
                        arguments: &[],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT a.id, a.name, a.email, p.id, p.author_id, p.title, p.stars, p.published_on, p.state, coalesce(p.title, a.name) AS shown
FROM authors a LEFT JOIN posts p ON p.author_id = a.id
ORDER BY a.id, p.id"#,
                        arguments: &[],
                    },
                ],
            };

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

        /// A row of [`post_of_author()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct PostOfAuthor<E: ::bindery::Engine> {
            /// The row of `posts`.
            pub posts: super::super::posts::Post<E>,
            /// `name`
            pub name: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for PostOfAuthor<E> {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(7);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                engine: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    posts: <super::model::Post as ::bindery::Model>::read(row, engine)?,
                    name: row.next()?,
                })
            }
        }

        static POST_OF_AUTHOR: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::post_of_author"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT posts.`id`, posts.`author_id`, posts.`title`, posts.`stars`, posts.`published_on`, posts.`state`, authors.name
FROM posts JOIN authors ON authors.id = posts.author_id
WHERE posts.title = ?"#,
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT posts.id, posts.author_id, posts.title, posts.stars, posts.published_on, posts.state, authors.name
FROM posts JOIN authors ON authors.id = posts.author_id
WHERE posts.title = ?"#,
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT posts.id, posts.author_id, posts.title, posts.stars, posts.published_on, posts.state, authors.name
FROM posts JOIN authors ON authors.id = posts.author_id
WHERE posts.title = $1"#,
                        arguments: &[0],
                    },
                ],
            };

        /// The query `post_of_author`.
        ///
        /// ```sql
        /// SELECT posts.`id`, posts.`author_id`, posts.`title`, posts.`stars`, posts.`published_on`, posts.`state`, authors.name
        /// FROM posts JOIN authors ON authors.id = posts.author_id
        /// WHERE posts.title = ?
        /// ```
        ///
        /// ```sql
        /// SELECT posts.id, posts.author_id, posts.title, posts.stars, posts.published_on, posts.state, authors.name
        /// FROM posts JOIN authors ON authors.id = posts.author_id
        /// WHERE posts.title = ?
        /// ```
        ///
        /// ```sql
        /// SELECT posts.id, posts.author_id, posts.title, posts.stars, posts.published_on, posts.state, authors.name
        /// FROM posts JOIN authors ON authors.id = posts.author_id
        /// WHERE posts.title = $1
        /// ```
        ///
        /// # Errors
        /// `SeveralRows` where there is more than one row, or the database fails.
        #[track_caller]
        pub fn post_of_author<C>(
            on: &mut C,
            title: &str,
        ) -> ::bindery::Result<::core::option::Option<PostOfAuthor<C::Engine>>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POST_OF_AUTHOR.optional(on, &[&title])
        }

        /// A row of [`search()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct Search {
            /// `id`
            pub id: i64,
            /// `title`
            pub title: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for Search {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(2);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    id: row.next()?,
                    title: row.next()?,
                })
            }
        }

        static SEARCH: [::bindery::__private::CheckedQuery; 8] = [
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ? AND id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list)
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ? AND id IN (SELECT value FROM json_each(?))
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND title = $2
  AND stars >= $3 AND id = ANY ($4)
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ? AND id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list)
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ? AND id IN (SELECT value FROM json_each(?))
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND stars >= $2 AND id = ANY ($3)
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2, 3],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ?
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ?
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND title = $2
  AND stars >= $3
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 1, 2],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ?
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ?
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND stars >= $2
ORDER BY
  stars DESC,
  id"#,
                        arguments: &[0, 2],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ? AND id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list)
ORDER BY
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ? AND id IN (SELECT value FROM json_each(?))
ORDER BY
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND title = $2
  AND stars >= $3 AND id = ANY ($4)
ORDER BY
  id"#,
                        arguments: &[0, 1, 2, 3],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ? AND id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH '$')) AS list)
ORDER BY
  id"#,
                        arguments: &[0, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ? AND id IN (SELECT value FROM json_each(?))
ORDER BY
  id"#,
                        arguments: &[0, 2, 3],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND stars >= $2 AND id = ANY ($3)
ORDER BY
  id"#,
                        arguments: &[0, 2, 3],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ?
ORDER BY
  id"#,
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND title = ?
  AND stars >= ?
ORDER BY
  id"#,
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND title = $2
  AND stars >= $3
ORDER BY
  id"#,
                        arguments: &[0, 1, 2],
                    },
                ],
            },
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("forms::search"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ?
ORDER BY
  id"#,
                        arguments: &[0, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = ?
  AND stars >= ?
ORDER BY
  id"#,
                        arguments: &[0, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT id, title FROM posts
WHERE author_id = $1
  AND stars >= $2
ORDER BY
  id"#,
                        arguments: &[0, 2],
                    },
                ],
            },
        ];

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

        /// A row of [`most()`].
        #[derive(Debug, Clone, PartialEq)]
        struct Most {
            /// `most`
            most: i32,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for Most {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { most: row.next()? })
            }
        }

        static MOST: ::bindery::__private::CheckedQuery = ::bindery::__private::CheckedQuery {
            name: ::core::option::Option::Some("forms::most"),
            engines: &["default", "lite", "p", "proper"],
            texts: &[
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Mysql,
                    sql: "SELECT max(stars) AS most FROM posts",
                    arguments: &[],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Sqlite,
                    sql: "SELECT max(stars) AS most FROM posts",
                    arguments: &[],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "SELECT max(stars) AS most FROM posts",
                    arguments: &[],
                },
            ],
        };

        /// Every post has stars.
        ///
        /// ```sql
        /// SELECT max(stars) AS most FROM posts
        /// ```
        ///
        /// # Errors
        /// `NotFound` where there is no row, `SeveralRows` where there is another, or the database fails.
        #[track_caller]
        pub fn most<C>(on: &mut C) -> ::bindery::Result<i32>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            let row: Most = MOST.one(on, &[])?;
            ::core::result::Result::Ok(row.most)
        }

        /// A row of [`titles()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct Titles {
            /// `title`
            pub title: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for Titles {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { title: row.next()? })
            }
        }

        static TITLES: ::bindery::__private::CheckedQuery = ::bindery::__private::CheckedQuery {
            name: ::core::option::Option::Some("forms::titles"),
            engines: &["default", "lite", "p", "proper"],
            texts: &[
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Mysql,
                    sql: "SELECT title FROM posts WHERE stars >= ? ORDER BY id",
                    arguments: &[0],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Sqlite,
                    sql: "SELECT title FROM posts WHERE stars >= ? ORDER BY id",
                    arguments: &[0],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "SELECT title FROM posts WHERE stars >= $1 ORDER BY id",
                    arguments: &[0],
                },
            ],
        };

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

        /// A row of [`post()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct Post {
            /// `id`
            pub id: i64,
            /// `author_id`
            pub author_id: i64,
            /// `title`
            pub title: ::std::string::String,
            /// `stars`
            pub stars: i32,
            /// `published_on`
            pub published_on: ::core::option::Option<::bindery::types::NaiveDate>,
            /// `state`
            pub state: super::enums::State,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for Post {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(6);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    id: row.next()?,
                    author_id: row.next()?,
                    title: row.next()?,
                    stars: row.next()?,
                    published_on: row.next()?,
                    state: row.next()?,
                })
            }
        }

        static POST: ::bindery::__private::CheckedQuery = ::bindery::__private::CheckedQuery {
            name: ::core::option::Option::Some("posts::post"),
            engines: &["default", "lite", "p", "proper"],
            texts: &[
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Mysql,
                    sql: "SELECT `id`, `author_id`, `title`, `stars`, `published_on`, `state` FROM posts WHERE id = ?",
                    arguments: &[0],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Sqlite,
                    sql: "SELECT id, author_id, title, stars, published_on, state FROM posts WHERE id = ?",
                    arguments: &[0],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "SELECT id, author_id, title, stars, published_on, state FROM posts WHERE id = $1",
                    arguments: &[0],
                },
            ],
        };

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

        /// A row of [`post_by_title()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct PostByTitle {
            /// `id`
            pub id: i64,
            /// `author`
            pub author: ::std::string::String,
            /// `email`
            pub email: ::core::option::Option<::std::string::String>,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for PostByTitle {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(3);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    id: row.next()?,
                    author: row.next()?,
                    email: row.next()?,
                })
            }
        }

        static POST_BY_TITLE: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::post_by_title"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: r#"SELECT p.id, a.name AS author, a.email
FROM posts p JOIN authors a ON a.id = p.author_id
WHERE p.title = ? AND p.stars >= ?"#,
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: r#"SELECT p.id, a.name AS author, a.email
FROM posts p JOIN authors a ON a.id = p.author_id
WHERE p.title = ? AND p.stars >= ?"#,
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: r#"SELECT p.id, a.name AS author, a.email
FROM posts p JOIN authors a ON a.id = p.author_id
WHERE p.title = $1 AND p.stars >= $2"#,
                        arguments: &[0, 1],
                    },
                ],
            };

        /// The query `post_by_title`.
        ///
        /// ```sql
        /// SELECT p.id, a.name AS author, a.email
        /// FROM posts p JOIN authors a ON a.id = p.author_id
        /// WHERE p.title = ? AND p.stars >= ?
        /// ```
        ///
        /// ```sql
        /// SELECT p.id, a.name AS author, a.email
        /// FROM posts p JOIN authors a ON a.id = p.author_id
        /// WHERE p.title = $1 AND p.stars >= $2
        /// ```
        ///
        /// # Errors
        /// `SeveralRows` where there is more than one row, or the database fails.
        #[track_caller]
        pub fn post_by_title<C>(
            on: &mut C,
            title: &str,
            least: i32,
        ) -> ::bindery::Result<::core::option::Option<PostByTitle>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POST_BY_TITLE.optional(on, &[&title, &least])
        }

        /// A row of [`count_of_state()`].
        #[derive(Debug, Clone, PartialEq)]
        struct CountOfState {
            /// `count`
            count: i64,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for CountOfState {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { count: row.next()? })
            }
        }

        static COUNT_OF_STATE: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::count_of_state"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT count(*) AS count FROM posts WHERE state = ?",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT count(*) AS count FROM posts WHERE state = ?",
                        arguments: &[0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT count(*) AS count FROM posts WHERE state = $1",
                        arguments: &[0],
                    },
                ],
            };

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

        /// A row of [`most_stars()`].
        #[derive(Debug, Clone, PartialEq)]
        struct MostStars {
            /// `most`
            most: ::core::option::Option<i32>,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for MostStars {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { most: row.next()? })
            }
        }

        static MOST_STARS: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::most_stars"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT max(stars) AS most FROM posts",
                        arguments: &[],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT max(stars) AS most FROM posts",
                        arguments: &[],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT max(stars) AS most FROM posts",
                        arguments: &[],
                    },
                ],
            };

        /// The query `most_stars`.
        ///
        /// ```sql
        /// SELECT max(stars) AS most FROM posts
        /// ```
        ///
        /// # Errors
        /// `NotFound` where there is no row, `SeveralRows` where there is another, or the database fails.
        #[track_caller]
        pub fn most_stars<C>(on: &mut C) -> ::bindery::Result<::core::option::Option<i32>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            let row: MostStars = MOST_STARS.one(on, &[])?;
            ::core::result::Result::Ok(row.most)
        }

        static ADD_AUTHOR: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::add_author"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "INSERT INTO authors (id, name, email) VALUES (?, ?, ?)",
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "INSERT INTO authors (id, name, email) VALUES (?, ?, ?)",
                        arguments: &[0, 1, 2],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "INSERT INTO authors (id, name, email) VALUES ($1, $2, $3)",
                        arguments: &[0, 1, 2],
                    },
                ],
            };

        /// The query `add_author`.
        ///
        /// ```sql
        /// INSERT INTO authors (id, name, email) VALUES (?, ?, ?)
        /// ```
        ///
        /// ```sql
        /// INSERT INTO authors (id, name, email) VALUES ($1, $2, $3)
        /// ```
        ///
        /// # Errors
        /// A constraint is violated, or the database fails.
        #[track_caller]
        pub fn add_author<C>(
            on: &mut C,
            id: i64,
            name: &str,
            email: ::core::option::Option<&str>,
        ) -> ::bindery::Result<()>
        where
            C: ::bindery::raw::Executor,
        {
            ADD_AUTHOR.execute(on, &[&id, &name, &email])?;
            ::core::result::Result::Ok(())
        }

        static RENAME: ::bindery::__private::CheckedQuery = ::bindery::__private::CheckedQuery {
            name: ::core::option::Option::Some("posts::rename"),
            engines: &["default", "lite", "p", "proper"],
            texts: &[
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Mysql,
                    sql: "UPDATE posts SET title = ? WHERE id = ? AND title <> ':title'",
                    arguments: &[0, 1],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Sqlite,
                    sql: "UPDATE posts SET title = ? WHERE id = ? AND title <> ':title'",
                    arguments: &[0, 1],
                },
                ::bindery::__private::CheckedText {
                    dialect: ::bindery::Dialect::Postgres,
                    sql: "UPDATE posts SET title = $1 WHERE id = $2 AND title <> ':title'",
                    arguments: &[0, 1],
                },
            ],
        };

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

        /// A row of [`authors_called()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct AuthorsCalled {
            /// `name`
            pub name: ::std::string::String,
            /// `email`
            pub email: ::core::option::Option<::std::string::String>,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for AuthorsCalled {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(2);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    name: row.next()?,
                    email: row.next()?,
                })
            }
        }

        static AUTHORS_CALLED: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::authors_called"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT name, email FROM authors WHERE name = ? OR email = ? ORDER BY name",
                        arguments: &[0, 0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT name, email FROM authors WHERE name = ? OR email = ? ORDER BY name",
                        arguments: &[0, 0],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT name, email FROM authors WHERE name = $1 OR email = $1 ORDER BY name",
                        arguments: &[0],
                    },
                ],
            };

        /// One name at two places is one argument.
        ///
        /// ```sql
        /// SELECT name, email FROM authors WHERE name = ? OR email = ? ORDER BY name
        /// ```
        ///
        /// ```sql
        /// SELECT name, email FROM authors WHERE name = $1 OR email = $1 ORDER BY name
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn authors_called<C>(
            on: &mut C,
            word: &str,
        ) -> ::bindery::Result<::std::vec::Vec<AuthorsCalled>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            AUTHORS_CALLED.many(on, &[&word])
        }

        /// A row of [`posts_with()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct PostsWith {
            /// `id`
            pub id: i64,
            /// `title`
            pub title: ::std::string::String,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for PostsWith {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(2);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self {
                    id: row.next()?,
                    title: row.next()?,
                })
            }
        }

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

        /// A row of [`posts_titled_otherwise()`].
        #[derive(Debug, Clone, PartialEq)]
        pub struct PostsTitledOtherwise {
            /// `id`
            pub id: i64,
        }

        #[diagnostic::do_not_recommend]
        impl<E: ::bindery::Engine> ::bindery::FromRow<E> for PostsTitledOtherwise {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::Positions(1);

            fn read_row(
                row: &mut ::bindery::types::RowReader<'_>,
                _: E,
            ) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { id: row.next()? })
            }
        }

        static POSTS_TITLED_OTHERWISE: ::bindery::__private::CheckedQuery =
            ::bindery::__private::CheckedQuery {
                name: ::core::option::Option::Some("posts::posts_titled_otherwise"),
                engines: &["default", "lite", "p", "proper"],
                texts: &[
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Mysql,
                        sql: "SELECT id FROM posts WHERE title NOT IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v LONGTEXT CHARACTER SET utf8mb4 PATH '$')) AS list) AND id = ?",
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Sqlite,
                        sql: "SELECT id FROM posts WHERE title NOT IN (SELECT value FROM json_each(?)) AND id = ?",
                        arguments: &[0, 1],
                    },
                    ::bindery::__private::CheckedText {
                        dialect: ::bindery::Dialect::Postgres,
                        sql: "SELECT id FROM posts WHERE title <> ALL ($1) AND id = $2",
                        arguments: &[0, 1],
                    },
                ],
            };

        /// The query `posts_titled_otherwise`.
        ///
        /// ```sql
        /// SELECT id FROM posts WHERE title NOT IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v LONGTEXT CHARACTER SET utf8mb4 PATH '$')) AS list) AND id = ?
        /// ```
        ///
        /// ```sql
        /// SELECT id FROM posts WHERE title NOT IN (SELECT value FROM json_each(?)) AND id = ?
        /// ```
        ///
        /// ```sql
        /// SELECT id FROM posts WHERE title <> ALL ($1) AND id = $2
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn posts_titled_otherwise<C>(
            on: &mut C,
            titles: &[impl ::core::convert::AsRef<str>],
            id: i64,
        ) -> ::bindery::Result<::std::vec::Vec<PostsTitledOtherwise>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            POSTS_TITLED_OTHERWISE.many(
                on,
                &[
                    &::bindery::__private::ListOf(
                        &titles
                            .iter()
                            .map(::core::convert::AsRef::as_ref)
                            .collect::<::std::vec::Vec<&str>>(),
                    ),
                    &id,
                ],
            )
        }
    }
}

// …
