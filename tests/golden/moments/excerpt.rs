// An excerpt: fractions of a second in SQLite.
// …

/// Model `Moment`, table `moments`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod moments {
    // …

    impl ::bindery::__private::ColumnSource for NewMoment {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.given(&self.id);
            params.push(&self.code);
            params.digits(15).fraction(2).push(&self.total);
            params.fraction(0).push(&self.day);
            params.fraction(3).push(&self.zoned);
            params.fraction(0).push(&self.hour);
            params.push(&self.whole);
        }
    }

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Moment"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("moments"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&[
            "id", "code", "total", "day", "zoned", "hour", "whole",
        ]),
        kinds: ::std::borrow::Cow::Borrowed(
            "integer text number.2? datetime.0? timestamp.3? time.0? datetime.6?",
        ),
        rules: 0x6f9d06f1ac43d740,
        constraints: CONSTRAINTS,
        constraint_names: "",
        engines: ::bindery::__private::List::Static(&["default"]),
        tables: ::std::borrow::Cow::Borrowed(&[::bindery::__private::TableDdl {
            engine: 0,
            schema: ::core::option::Option::None,
            table: ::std::borrow::Cow::Borrowed("moments"),
            create: ::bindery::__private::List::Static(&[r#"CREATE TABLE "moments" (
    "id" INTEGER PRIMARY KEY,
    "code" TEXT NOT NULL,
    "total" DECIMAL(12, 2),
    "day" DATETIME(0),
    "zoned" TIMESTAMPTZ(3),
    "hour" TIME(0),
    "whole" DATETIME,
    UNIQUE ("code")
)"#]),
            link: ::bindery::__private::List::Static(&[]),
            drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "moments""#]),
        }]),
    };

    // …
}

/// Columns of `moments`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod moment {
    // …

    /// `day`
    pub const day: Column<model::Moment, ::bindery::types::NaiveDateTime, Nullable> =
        ::bindery::query::column(3).of_fraction(0, ::bindery::query::Fraction::Moment);

    /// `zoned`
    pub const zoned: Column<
        model::Moment,
        ::bindery::types::DateTime<::bindery::types::Utc>,
        Nullable,
    > = ::bindery::query::column(4).of_fraction(3, ::bindery::query::Fraction::Moment);

    /// `hour`
    pub const hour: Column<model::Moment, ::bindery::types::NaiveTime, Nullable> =
        ::bindery::query::column(5).of_fraction(0, ::bindery::query::Fraction::Time);

    /// `whole`
    pub const whole: Column<model::Moment, ::bindery::types::NaiveDateTime, Nullable> =
        ::bindery::query::column(6);
}

// …
