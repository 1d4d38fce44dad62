// An excerpt: rows of a view, which are only read.
// …

/// Model `CustomerTotal`, view `customer_totals`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod customer_totals {
    // …

    /// What everybody has ordered so far.
    #[derive(Debug, Clone, PartialEq)]
    pub struct CustomerTotal {
        /// `customer_id`
        pub customer_id: super::customers::CustomerId,
        /// `name`
        pub name: ::std::string::String,
        /// Of all orders.
        pub total: ::core::option::Option<::bindery::types::BigDecimal>,
        /// `orders`
        pub orders: i64,
        /// `email`
        pub address: ::std::string::String,
    }

    impl ::bindery::Model for model::CustomerTotal {
        const NAME: &'static str = "CustomerTotal";
        const ENGINES: &'static [&'static str] = &["default"];

        type Row<E: ::bindery::Engine> = CustomerTotal;
        type Key<E: ::bindery::Engine> = ::bindery::__private::NoKey;
        type New<E: ::bindery::Engine> = ::bindery::__private::ReadOnly;
        type Patch<E: ::bindery::Engine> = ::bindery::__private::ReadOnly;
        type Inserted<E: ::bindery::Engine> = ::bindery::__private::ReadOnly;

        fn read<E: ::bindery::Engine>(
            row: &mut ::bindery::types::RowReader<'_>,
            _: E,
        ) -> ::bindery::Result<CustomerTotal> {
            ::core::result::Result::Ok(CustomerTotal {
                customer_id: row.next()?,
                name: row.next()?,
                total: row.next()?,
                orders: row.next()?,
                address: row.next()?,
            })
        }

        fn inserted<E: ::bindery::Engine>(
            _: ::core::option::Option<CustomerTotal>,
        ) -> ::core::option::Option<::bindery::__private::ReadOnly> {
            ::core::option::Option::None
        }

        fn write_row<E: ::bindery::Engine>(
            _: &CustomerTotal,
            _: &mut ::bindery::types::ParamWriter<'_>,
        ) {
        }
    }

    // …

    pub(super) static SQLITE: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: r#""customer_totals""#,
        columns: &[
            r#""customer_id""#,
            r#""name""#,
            r#""total""#,
            r#""orders""#,
            r#""email""#,
        ],
        select: r#"SELECT "customer_id", "name", "total", "orders", "email"
            FROM "customer_totals""#,
        first: r#"SELECT "customer_id", "name", "total", "orders", "email"
            FROM "customer_totals" LIMIT 1"#,
        count: r#"SELECT count(*) FROM "customer_totals""#,
        ..::bindery::__private::TableSql::NOTHING
    };

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("CustomerTotal"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("customer_totals"),
        is_view: true,
        columns: ::bindery::__private::List::Static(&[
            "customer_id",
            "name",
            "total",
            "orders",
            "email",
        ]),
        kinds: ::std::borrow::Cow::Borrowed("integer text number? integer text"),
        rules: 0x5cd5a990578840f0,
        constraints: &[],
        constraint_names: "",
        engines: ::bindery::__private::List::Static(&["default"]),
        tables: ::std::borrow::Cow::Borrowed(&[::bindery::__private::TableDdl {
            engine: 1,
            schema: ::core::option::Option::None,
            table: ::std::borrow::Cow::Borrowed("customer_totals"),
            create: ::bindery::__private::List::Static(&[
                r#"CREATE VIEW "customer_totals" AS SELECT c.id AS customer_id,
       c.name, sum(o.amount) AS total,
       count(o.id) AS orders,
       coalesce(c.email, 'unknown') AS email, c.email AS secret FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id
GROUP BY c.id"#,
            ]),
            link: ::bindery::__private::List::Static(&[]),
            drop: ::bindery::__private::List::Static(&[r#"DROP VIEW IF EXISTS "customer_totals""#]),
        }]),
    };

    // …
}

/// Columns of `customer_totals`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod customer_total {
    // …

    /// `customer_id`
    pub const customer_id: Column<model::CustomerTotal, super::customers::CustomerId> =
        ::bindery::query::column(0);

    /// `name`
    pub const name: Column<model::CustomerTotal, ::std::string::String> =
        ::bindery::query::column(1);

    /// `total`
    pub const total: Column<model::CustomerTotal, ::bindery::types::BigDecimal, Nullable> =
        ::bindery::query::column(2).of_digits(15);

    /// `orders`
    pub const orders: Column<model::CustomerTotal, i64> = ::bindery::query::column(3);

    /// `email`
    pub const address: Column<model::CustomerTotal, ::std::string::String> =
        ::bindery::query::column(4);
}

// …

/// Model `Greatest`, view `greatest`, on `default` and `b`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod greatest_ {
    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Greatest"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("greatest"),
        is_view: true,
        columns: ::bindery::__private::List::Static(&["id", "amount", "remark"]),
        kinds: ::std::borrow::Cow::Borrowed("integer number.2 text"),
        rules: 0xce4df017a62a6d6f,
        constraints: &[],
        constraint_names: "",
        engines: ::bindery::__private::List::Static(&["default", "b"]),
        tables: ::std::borrow::Cow::Borrowed(&[]),
    };

    // …
}

// …

#[allow(unused_imports, unreachable_pub, clippy::pedantic)]
pub use customer_totals::CustomerTotal;

// …
