// An excerpt: columns for conditions, and a table without a key.
// …

/// Model `Post`, table `posts`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod posts {
    // …

    impl ::bindery::Model for model::Post {
        // …

        fn new_belongs_to<E: ::bindery::Engine>(new: &NewPost<E>, engine: E) -> bool {
            new.author_id.engine() == engine
                && new
                    .editor_id
                    .iter()
                    .flatten()
                    .all(|key| key.engine() == engine)
        }

        fn patch_belongs_to<E: ::bindery::Engine>(patch: &PostPatch<E>, engine: E) -> bool {
            patch
                .author_id
                .as_ref()
                .is_none_or(|key| key.engine() == engine)
                && patch
                    .editor_id
                    .iter()
                    .flatten()
                    .all(|key| key.engine() == engine)
        }

        fn row_belongs_to<E: ::bindery::Engine>(row: &Post<E>, engine: E) -> bool {
            row.id.engine() == engine
                && row.author_id.engine() == engine
                && row
                    .editor_id
                    .as_ref()
                    .is_none_or(|key| key.engine() == engine)
        }
    }

    // …
}

/// Columns of `posts`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod post {
    // …

    /// `author_id`
    pub const author_id: Column<model::Post, super::users::UserId<RowEngine>, To<model::User>> =
        ::bindery::query::foreign_key(1, 0);

    /// `editor_id`
    pub const editor_id: Column<
        model::Post,
        super::users::UserId<RowEngine>,
        To<model::User, Nullable>,
    > = ::bindery::query::foreign_key(2, 1);

    // …

    /// `rank`
    pub const rank: Column<model::Post, i32, Nullable> = ::bindery::query::column(6);

    /// `weight`
    pub const weight: Column<model::Post, f64, Nullable> = ::bindery::query::column(7);

    /// `price`
    pub const price: Column<model::Post, ::bindery::types::BigDecimal, Nullable> =
        ::bindery::query::column(8)
            .of_digits(15)
            .of_fraction(2, ::bindery::query::Fraction::Decimal);

    // …

    /// `token`
    pub const token: Column<model::Post, ::bindery::types::Uuid, Nullable> =
        ::bindery::query::column(10);

    /// `day`
    pub const day: Column<model::Post, ::bindery::types::NaiveDate, Nullable> =
        ::bindery::query::column(11);

    /// `created_at`
    pub const created_at: Column<model::Post, ::bindery::types::NaiveDateTime> =
        ::bindery::query::column(12);

    // …
}

// …

/// Model `Visit`, table `visit`, on `lite`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod visit_ {
    // …

    impl ::bindery::Model for model::Visit {
        const NAME: &'static str = "Visit";
        const ENGINES: &'static [&'static str] = &["lite"];

        type Row<E: ::bindery::Engine> = Visit;
        type Key<E: ::bindery::Engine> = ::bindery::__private::NoKey;
        type New<E: ::bindery::Engine> = NewVisit;
        type Patch<E: ::bindery::Engine> = VisitPatch;
        type Inserted<E: ::bindery::Engine> = ();

        fn read<E: ::bindery::Engine>(
            row: &mut ::bindery::types::RowReader<'_>,
            _: E,
        ) -> ::bindery::Result<Visit> {
            ::core::result::Result::Ok(Visit {
                path: row.next()?,
                user_name: row.next()?,
            })
        }

        fn inserted<E: ::bindery::Engine>(
            _: ::core::option::Option<Visit>,
        ) -> ::core::option::Option<()> {
            ::core::option::Option::Some(())
        }

        fn write_row<E: ::bindery::Engine>(
            row: &Visit,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&row.path);
            params.push(&row.user_name);
        }
    }

    // …

    pub(super) static SQLITE: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: r#""visit""#,
        columns: &[r#""path""#, r#""user_name""#],
        writable: &[0, 1],
        required: &[0, 1],
        select: r#"SELECT "path", "user_name" FROM "visit""#,
        first: r#"SELECT "path", "user_name" FROM "visit" LIMIT 1"#,
        count: r#"SELECT count(*) FROM "visit""#,
        insert: r#"INSERT INTO "visit" ("path", "user_name")
            VALUES (?, ?)
            RETURNING "path", "user_name""#,
        insert_row: r#"INSERT INTO "visit" ("path", "user_name") VALUES (?, ?)"#,
        returning: r#" RETURNING "path", "user_name""#,
        ..::bindery::__private::TableSql::NOTHING
    };

    // …
}

// …
