// An excerpt: a model that one of the engines does not host, and a key whose columns are not in the order of the table's.
// …

/// Model `Blog`, table `blogs`, on `default`, `b`, `x_mysql`, `x_postgres` and `y_mariadb`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod blogs {
    // …

    impl ::bindery::generic::LivesOn<engine::Any> for model::Blog {
        fn sql(
            engine: engine::Any,
        ) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            match engine {
                engine::Any::B => ::core::option::Option::Some(&SQLITE),
                engine::Any::Default => ::core::option::Option::Some(&SQLITE),
                engine::Any::XMysql => ::core::option::Option::Some(&MYSQL),
                engine::Any::XPostgres => ::core::option::Option::Some(&POSTGRES),
                engine::Any::YMariadb => ::core::option::Option::Some(&MYSQL_AS_MARIADB),
                _ => ::core::option::Option::None,
            }
        }
    }
    // …
}

// …

/// Model `OrderLine`, table `order_lines`, on `default`, `x_mysql`, `x_postgres` and `y_mariadb`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod order_lines {
    // …

    /// Key of [`OrderLine`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct OrderLineId<E: ::bindery::Engine = engine::Default> {
        /// The engine the row is on.
        pub engine: E,
        /// `line`
        pub line: i64,
        /// `order_id`
        pub order_id: i64,
    }
    // …

    impl ::bindery::generic::HasKey for model::OrderLine {
        // …

        fn write_key<E: ::bindery::Engine>(
            key: &OrderLineId<E>,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&key.line);
            params.push(&key.order_id);
        }
        // …
    }
    // …
}

// …
