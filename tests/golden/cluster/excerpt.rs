// An excerpt: a table whose rows are on the servers of a cluster by one column, and its foreign key, which is added after that.
// …

/// Model `Receipt`, table `receipts`, on `default` and `lite`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod receipts {
    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Receipt"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("receipts"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&["tenant_id", "order_id", "paid"]),
        kinds: ::std::borrow::Cow::Borrowed("integer integer integer"),
        rules: 0x1a02eae2ab0137ca,
        constraints: CONSTRAINTS,
        constraint_names: r#"0 postgres receipts_pkey
1 postgres receipts_tenant_id_order_id_fkey"#,
        engines: ::bindery::__private::List::Static(&["default", "lite"]),
        tables: ::std::borrow::Cow::Borrowed(&[
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("receipts"),
                create: ::bindery::__private::List::Static(&[
                    r#"CREATE TABLE "receipts" (
    "tenant_id" bigint NOT NULL,
    "order_id" bigint NOT NULL,
    "paid" bigint NOT NULL,
    PRIMARY KEY ("tenant_id", "order_id")
)"#,
                    r#"SELECT create_distributed_table('"receipts"', 'tenant_id')"#,
                ]),
                link: ::bindery::__private::List::Static(&[
                    r#"ALTER TABLE "receipts" ADD CONSTRAINT "receipts_tenant_id_order_id_fkey" FOREIGN KEY ("tenant_id", "order_id") REFERENCES "orders" ("tenant_id", "id") ON DELETE CASCADE"#,
                ]),
                drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "receipts""#]),
            },
            ::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("receipts"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE "receipts" (
    "tenant_id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "paid" BIGINT NOT NULL,
    PRIMARY KEY ("tenant_id", "order_id"),
    FOREIGN KEY ("tenant_id", "order_id") REFERENCES "orders" ("tenant_id", "id") ON DELETE CASCADE
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "receipts""#]),
            },
        ]),
    };

    // …
}

// …
