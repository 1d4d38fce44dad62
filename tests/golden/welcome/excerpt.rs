// An excerpt: who works on tasks of an outbox, and a table with nothing but a key.
// …

/// Model `Signup`, table `signups`, on `analytics`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod signups {
    // …

    impl NewSignup {
        /// A new row with what it must have.
        pub fn new() -> Self {
            Self {
                user_id: ::core::option::Option::None,
            }
        }

        /// Sets `user_id`.
        pub fn user_id(mut self, user_id: i64) -> Self {
            self.user_id = ::core::option::Option::Some(user_id);
            self
        }
    }

    // …

    pub(super) static SQLITE: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: r#""signups""#,
        columns: &[r#""user_id""#],
        key: &[0],
        writable: &[0],
        counted: ::core::option::Option::Some(0),
        select: r#"SELECT "user_id" FROM "signups""#,
        first: r#"SELECT "user_id" FROM "signups" ORDER BY "user_id" LIMIT 1"#,
        find: r#"SELECT "user_id" FROM "signups" WHERE "user_id" = ?"#,
        count: r#"SELECT count(*) FROM "signups""#,
        exists: r#"SELECT 1 FROM "signups" WHERE "user_id" = ?"#,
        insert: r#"INSERT INTO "signups" DEFAULT VALUES RETURNING "user_id""#,
        insert_row: r#"INSERT INTO "signups" ("user_id") VALUES (?)"#,
        returning: r#" RETURNING "user_id""#,
        delete: r#"DELETE FROM "signups" WHERE "user_id" = ?"#,
        ..::bindery::__private::TableSql::NOTHING
    };

    // …
}

// …

::bindery::__private::outbox!(engine::Default);

::bindery::__private::inbox!(engine::Analytics);

::bindery::__private::workers!(Databases, engine::Default);

// …
