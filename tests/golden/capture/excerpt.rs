// An excerpt: what captures the changes of a table, and the syncs that read it.
// …

/// Model `Note`, table `notes`, on `default`, `p` and `m`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod notes {
    // …

    impl ::bindery::sync::Captured for model::Note {
        const CAPTURES: &'static [::bindery::__private::CaptureSql<'static>] = &[
            ::bindery::__private::CaptureSql {
                dialect: ::bindery::Dialect::Sqlite,
                table: "notes",
                triggers: &[
                    "_bindery_capture_bi_77ca99592c9218f1",
                    "_bindery_capture_bu_a6c352e08ef6588c",
                    "_bindery_capture_i_3990b0787716e305",
                    "_bindery_capture_u_4494de7e34b092ce",
                    "_bindery_capture_d_a6415cc71e4623b0",
                ],
            },
            ::bindery::__private::CaptureSql {
                dialect: ::bindery::Dialect::Postgres,
                table: "notes",
                triggers: &[
                    "_bindery_capture_r_a430fcd3a07b8d46",
                    "_bindery_capture_t_a430fcd3a07b8d46",
                ],
            },
            ::bindery::__private::CaptureSql {
                dialect: ::bindery::Dialect::Mysql,
                table: "notes",
                triggers: &[
                    "_bindery_capture_i_2b5a5ba59c5bfe6a",
                    "_bindery_capture_u_8e8824d3ff9288a6",
                    "_bindery_capture_d_68e19c7631dc3db7",
                ],
            },
        ];
        const KEY: &'static [::bindery::__private::KeyForm] =
            &[::bindery::__private::KeyForm::Integer];

        fn read_key<E: ::bindery::Engine>(
            row: &mut ::bindery::types::RowReader<'_>,
            engine: E,
        ) -> ::bindery::Result<NoteId<E>> {
            row.next_key(engine)
        }
    }

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Note"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("notes"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&["id", "slug", "body"]),
        kinds: ::std::borrow::Cow::Borrowed("integer text.100 text.400"),
        rules: 0xa4346232202dca57,
        constraints: CONSTRAINTS,
        constraint_names: r#"0 postgres notes_pkey
0 mysql PRIMARY
1 postgres notes_slug_key
1 mysql slug"#,
        engines: ::bindery::__private::List::Static(&["default", "p", "m"]),
        tables: ::std::borrow::Cow::Borrowed(&[
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("notes"),
                create: ::bindery::__private::List::Static(&[
                    r#"CREATE TABLE "notes" (
    "id" BIGINT,
    "slug" VARCHAR(100) NOT NULL,
    "body" VARCHAR(400) NOT NULL,
    PRIMARY KEY ("id"),
    UNIQUE ("slug"),
    CHECK (length("slug") <= 100),
    CHECK (length("body") <= 400)
)"#,
                    "CREATE TABLE IF NOT EXISTS _bindery_changes (id INTEGER PRIMARY KEY AUTOINCREMENT, table_name VARCHAR(191) NOT NULL, operation CHAR(1) NOT NULL, row_key TEXT NOT NULL, old_key TEXT, made_ms BIGINT NOT NULL, round BIGINT, mark BIGINT, UNIQUE (round, id), UNIQUE (table_name, round, id))",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_rounds (id INTEGER NOT NULL PRIMARY KEY, round BIGINT NOT NULL, mark BIGINT NOT NULL)",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_readers (reader VARCHAR(191) NOT NULL, table_name VARCHAR(191) NOT NULL, round BIGINT NOT NULL, id BIGINT NOT NULL, mark BIGINT NOT NULL, saved_ms BIGINT NOT NULL, PRIMARY KEY (reader, table_name))",
                    r#"CREATE TRIGGER "_bindery_capture_bi_77ca99592c9218f1" BEFORE INSERT ON "notes" BEGIN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) SELECT 'notes', 'U', (CASE typeof(o."id") WHEN 'integer' THEN 'i' || o."id" WHEN 'text' THEN 't' || hex(o."id") WHEN 'blob' THEN 'b' || hex(o."id") WHEN 'real' THEN 'r' || o."id" END), NULL, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM "notes" AS o WHERE (o."slug" = NEW."slug") AND (CASE typeof(o."id") WHEN 'integer' THEN 'i' || o."id" WHEN 'text' THEN 't' || hex(o."id") WHEN 'blob' THEN 'b' || hex(o."id") WHEN 'real' THEN 'r' || o."id" END) IS NOT (CASE typeof(NEW."id") WHEN 'integer' THEN 'i' || NEW."id" WHEN 'text' THEN 't' || hex(NEW."id") WHEN 'blob' THEN 'b' || hex(NEW."id") WHEN 'real' THEN 'r' || NEW."id" END); END"#,
                    r#"CREATE TRIGGER "_bindery_capture_bu_a6c352e08ef6588c" BEFORE UPDATE ON "notes" BEGIN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) SELECT 'notes', 'U', (CASE typeof(o."id") WHEN 'integer' THEN 'i' || o."id" WHEN 'text' THEN 't' || hex(o."id") WHEN 'blob' THEN 'b' || hex(o."id") WHEN 'real' THEN 'r' || o."id" END), NULL, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM "notes" AS o WHERE (o."slug" = NEW."slug") AND (CASE typeof(o."id") WHEN 'integer' THEN 'i' || o."id" WHEN 'text' THEN 't' || hex(o."id") WHEN 'blob' THEN 'b' || hex(o."id") WHEN 'real' THEN 'r' || o."id" END) IS NOT (CASE typeof(OLD."id") WHEN 'integer' THEN 'i' || OLD."id" WHEN 'text' THEN 't' || hex(OLD."id") WHEN 'blob' THEN 'b' || hex(OLD."id") WHEN 'real' THEN 'r' || OLD."id" END); END"#,
                    r#"CREATE TRIGGER "_bindery_capture_i_3990b0787716e305" AFTER INSERT ON "notes" BEGIN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'I', (CASE typeof(NEW."id") WHEN 'integer' THEN 'i' || NEW."id" WHEN 'text' THEN 't' || hex(NEW."id") WHEN 'blob' THEN 'b' || hex(NEW."id") WHEN 'real' THEN 'r' || NEW."id" END), NULL, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END"#,
                    r#"CREATE TRIGGER "_bindery_capture_u_4494de7e34b092ce" AFTER UPDATE ON "notes" BEGIN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'U', (CASE typeof(NEW."id") WHEN 'integer' THEN 'i' || NEW."id" WHEN 'text' THEN 't' || hex(NEW."id") WHEN 'blob' THEN 'b' || hex(NEW."id") WHEN 'real' THEN 'r' || NEW."id" END), CASE WHEN (CASE typeof(OLD."id") WHEN 'integer' THEN 'i' || OLD."id" WHEN 'text' THEN 't' || hex(OLD."id") WHEN 'blob' THEN 'b' || hex(OLD."id") WHEN 'real' THEN 'r' || OLD."id" END) <> (CASE typeof(NEW."id") WHEN 'integer' THEN 'i' || NEW."id" WHEN 'text' THEN 't' || hex(NEW."id") WHEN 'blob' THEN 'b' || hex(NEW."id") WHEN 'real' THEN 'r' || NEW."id" END) THEN (CASE typeof(OLD."id") WHEN 'integer' THEN 'i' || OLD."id" WHEN 'text' THEN 't' || hex(OLD."id") WHEN 'blob' THEN 'b' || hex(OLD."id") WHEN 'real' THEN 'r' || OLD."id" END) END, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END"#,
                    r#"CREATE TRIGGER "_bindery_capture_d_a6415cc71e4623b0" AFTER DELETE ON "notes" BEGIN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'D', (CASE typeof(OLD."id") WHEN 'integer' THEN 'i' || OLD."id" WHEN 'text' THEN 't' || hex(OLD."id") WHEN 'blob' THEN 'b' || hex(OLD."id") WHEN 'real' THEN 'r' || OLD."id" END), NULL, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END"#,
                ]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "notes""#]),
            },
            ::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("notes"),
                create: ::bindery::__private::List::Static(&[
                    r#"CREATE TABLE `notes` (
    `id` bigint,
    `slug` varchar(100) NOT NULL,
    `body` varchar(400) NOT NULL,
    PRIMARY KEY (`id`),
    UNIQUE (`slug`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*M!100200 COLLATE=utf8mb4_nopad_bin */ /*!80017 COLLATE=utf8mb4_0900_bin */"#,
                    "CREATE TABLE IF NOT EXISTS _bindery_changes (id BIGINT AUTO_INCREMENT PRIMARY KEY, table_name VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, operation CHAR(1) NOT NULL, row_key TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, old_key TEXT CHARACTER SET ascii COLLATE ascii_bin, made_ms BIGINT NOT NULL, round BIGINT, mark BIGINT, UNIQUE (round, id), UNIQUE (table_name, round, id)) ENGINE = InnoDB",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_rounds (id INTEGER NOT NULL PRIMARY KEY, round BIGINT NOT NULL, mark BIGINT NOT NULL) ENGINE = InnoDB",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_readers (reader VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, table_name VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, round BIGINT NOT NULL, id BIGINT NOT NULL, mark BIGINT NOT NULL, saved_ms BIGINT NOT NULL, PRIMARY KEY (reader, table_name)) ENGINE = InnoDB",
                    "CREATE TRIGGER `_bindery_capture_i_2b5a5ba59c5bfe6a` AFTER INSERT ON `notes` FOR EACH ROW INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'I', CONCAT('i', NEW.`id`), NULL, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
                    "CREATE TRIGGER `_bindery_capture_u_8e8824d3ff9288a6` AFTER UPDATE ON `notes` FOR EACH ROW INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'U', CONCAT('i', NEW.`id`), CASE WHEN CONCAT('i', OLD.`id`) <> CONCAT('i', NEW.`id`) THEN CONCAT('i', OLD.`id`) END, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
                    "CREATE TRIGGER `_bindery_capture_d_68e19c7631dc3db7` AFTER DELETE ON `notes` FOR EACH ROW INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'D', CONCAT('i', OLD.`id`), NULL, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
                ]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `notes`"]),
            },
            ::bindery::__private::TableDdl {
                engine: 2,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("notes"),
                create: ::bindery::__private::List::Static(&[
                    r#"CREATE TABLE "notes" (
    "id" bigint,
    "slug" character varying(100) COLLATE "C" NOT NULL,
    "body" character varying(400) COLLATE "C" NOT NULL,
    PRIMARY KEY ("id"),
    UNIQUE ("slug")
)"#,
                    "CREATE TABLE IF NOT EXISTS _bindery_changes (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, table_name VARCHAR(191) NOT NULL, operation CHAR(1) NOT NULL, row_key TEXT NOT NULL, old_key TEXT, made_ms BIGINT NOT NULL, round BIGINT, mark BIGINT, UNIQUE (round, id), UNIQUE (table_name, round, id))",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_rounds (id INTEGER NOT NULL PRIMARY KEY, round BIGINT NOT NULL, mark BIGINT NOT NULL)",
                    "CREATE TABLE IF NOT EXISTS _bindery_change_readers (reader VARCHAR(191) NOT NULL, table_name VARCHAR(191) NOT NULL, round BIGINT NOT NULL, id BIGINT NOT NULL, mark BIGINT NOT NULL, saved_ms BIGINT NOT NULL, PRIMARY KEY (reader, table_name))",
                    r#"CREATE OR REPLACE FUNCTION "_bindery_capture_f_a430fcd3a07b8d46"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $capture$BEGIN
    IF TG_OP = 'INSERT' THEN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'I', 'i' || CAST(NEW."id" AS text), NULL, CAST(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 AS bigint));
    ELSIF TG_OP = 'UPDATE' THEN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'U', 'i' || CAST(NEW."id" AS text), CASE WHEN 'i' || CAST(OLD."id" AS text) <> 'i' || CAST(NEW."id" AS text) THEN 'i' || CAST(OLD."id" AS text) END, CAST(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 AS bigint));
    ELSIF TG_OP = 'DELETE' THEN INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'D', 'i' || CAST(OLD."id" AS text), NULL, CAST(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 AS bigint));
    ELSE INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms) VALUES ('notes', 'T', '', NULL, CAST(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 AS bigint));
    END IF;
    RETURN NULL;
END$capture$"#,
                    r#"CREATE TRIGGER "_bindery_capture_r_a430fcd3a07b8d46" AFTER INSERT OR UPDATE OR DELETE ON "notes" FOR EACH ROW EXECUTE FUNCTION "_bindery_capture_f_a430fcd3a07b8d46"()"#,
                    r#"ALTER TABLE "notes" ENABLE ALWAYS TRIGGER "_bindery_capture_r_a430fcd3a07b8d46""#,
                    r#"CREATE TRIGGER "_bindery_capture_t_a430fcd3a07b8d46" AFTER TRUNCATE ON "notes" FOR EACH STATEMENT EXECUTE FUNCTION "_bindery_capture_f_a430fcd3a07b8d46"()"#,
                    r#"ALTER TABLE "notes" ENABLE ALWAYS TRIGGER "_bindery_capture_t_a430fcd3a07b8d46""#,
                ]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[
                    r#"DROP TABLE IF EXISTS "notes""#,
                    r#"DROP FUNCTION IF EXISTS "_bindery_capture_f_a430fcd3a07b8d46"()"#,
                ]),
            },
        ]),
    };

    // …
}

// …

/// Model `Order`, table `order by`, on `default`, `p` and `m`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod order_by {
    // …

    impl ::bindery::sync::Captured for model::Order {
        // …
        const KEY: &'static [::bindery::__private::KeyForm] = &[
            ::bindery::__private::KeyForm::Text,
            ::bindery::__private::KeyForm::Integer,
            ::bindery::__private::KeyForm::Uuid,
        ];

        fn read_key<E: ::bindery::Engine>(
            row: &mut ::bindery::types::RowReader<'_>,
            engine: E,
        ) -> ::bindery::Result<OrderId<E>> {
            ::core::result::Result::Ok(OrderId {
                engine,
                select: row.next()?,
                its: row.next()?,
                group: row.next()?,
            })
        }
    }

    // …
}

// …

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    /// The syncs that the schema declares, each with its name, ready to be run.
    pub fn syncs(&self) -> syncs::Syncs<'_> {
        syncs::Syncs(&self.0)
    }
}

/// The syncs that the schema declares.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod syncs {
    // …

    impl<'db> Syncs<'db> {
        /// `notes` of `default` to `notes` of `p`, by the changes that triggers record.
        /// Columns of the same names are copied.
        pub fn notes_to_p(
            self,
        ) -> ::bindery::sync::SyncJob<'db, Note<engine::Default>, Note<engine::P>> {
            self.0
                .sync_columns::<Note<engine::Default>, Note<engine::P>>()
                .captured()
                .name("notes_to_p")
        }

        // …
    }
}

// …
