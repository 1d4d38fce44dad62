// An excerpt: versions of rows, and moments of their changes, on each database.
// …

/// Model `Page`, table `pages`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod pages {
    // …

    impl ::bindery::__private::ColumnSource for NewPage {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.given(&self.id);
            params.length(100).push(&self.path);
            params.push(&self.body);
            params.push(&self.revision.unwrap_or(1));
            params.given(&self.changed_at);
            params.push(&self.changed_on);
        }
    }

    // …

    impl ::bindery::generic::HasKey for model::Page {
        // …

        fn write_version<E: ::bindery::Engine>(
            row: &Page<E>,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&row.revision);
        }

        // …
    }

    // …

    pub(super) static POSTGRES: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: r#""pages""#,
        columns: &[
            r#""id""#,
            r#""path""#,
            r#""body""#,
            r#""revision""#,
            r#""changed_at""#,
            r#""changed_on""#,
        ],
        key: &[0],
        writable: &[0, 1, 2, 3, 4, 5],
        required: &[1, 2, 3, 5],
        counted: ::core::option::Option::Some(0),
        select: r#"SELECT "id", "path", "body", "revision", "changed_at", "changed_on"
            FROM "pages""#,
        first: r#"SELECT "id", "path", "body", "revision", "changed_at", "changed_on"
            FROM "pages"
            ORDER BY "id" LIMIT 1"#,
        find: r#"SELECT "id", "path", "body", "revision", "changed_at", "changed_on"
            FROM "pages"
            WHERE "id" = $1"#,
        count: r#"SELECT count(*) FROM "pages""#,
        exists: r#"SELECT 1 FROM "pages" WHERE "id" = $1"#,
        insert: r#"INSERT INTO "pages" ("path", "body", "revision", "changed_on")
            VALUES ($1, $2, $3, $4)
            RETURNING "id", "path", "body", "revision", "changed_at", "changed_on""#,
        insert_row: r#"INSERT INTO "pages" ("id", "path", "body", "revision", "changed_at",
            "changed_on")
            VALUES ($1, $2, $3, $4, $5, $6)"#,
        returning: r#" RETURNING "id", "path", "body", "revision", "changed_at", "changed_on""#,
        save: r#"UPDATE "pages"
            SET "path" = $1, "body" = $2, "revision" = "pages"."revision" + 1, "changed_at" =
            statement_timestamp(), "changed_on" = statement_timestamp()
            WHERE "id" = $3 AND "revision" = $4"#,
        version: ::core::option::Option::Some(3),
        touched: &[3, 4, 5],
        touch: r#""revision" = "pages"."revision" + 1, "changed_at" =
            statement_timestamp(), "changed_on" = statement_timestamp()"#,
        delete: r#"DELETE FROM "pages" WHERE "id" = $1"#,
        uniques: &[::bindery::__private::UniqueSql {
            columns: &[1],
            find: r#"SELECT "id", "path", "body", "revision", "changed_at", "changed_on"
            FROM "pages"
            WHERE "path" = $1"#,
        }],
        ..::bindery::__private::TableSql::NOTHING
    };

    // …
}

// …

/// Model `Machine`, table `machines`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod machines {
    // …

    impl ::bindery::Model for model::Machine {
        // …

        fn validate_new<E: ::bindery::Engine>(
            new: &NewMachine,
        ) -> ::core::result::Result<(), ::bindery::Invalid> {
            <Self as ::bindery::Validate>::new_row::<E>(new)
        }

        // …
    }

    // …

    pub(super) static MYSQL_AS_MARIADB: ::bindery::__private::TableSql =
        ::bindery::__private::TableSql {
            table: "`machines`",
            columns: &[
                "`name`",
                "`version`",
                "`seen_at`",
                "`changed_at`",
                "`seen_to_the_second`",
            ],
            key: &[0],
            writable: &[0, 1, 2, 3, 4],
            required: &[0, 2, 3, 4],
            select: r#"SELECT `name`, `version`, `seen_at`, `changed_at`,
            `seen_to_the_second`
            FROM `machines`"#,
            first: r#"SELECT `name`, `version`, `seen_at`, `changed_at`,
            `seen_to_the_second`
            FROM `machines`
            ORDER BY `name` LIMIT 1"#,
            find: r#"SELECT `name`, `version`, `seen_at`, `changed_at`,
            `seen_to_the_second`
            FROM `machines`
            WHERE `name` = ?"#,
            count: "SELECT count(*) FROM `machines`",
            exists: "SELECT 1 FROM `machines` WHERE `name` = ?",
            insert: r#"INSERT INTO `machines` (`name`, `seen_at`, `changed_at`,
            `seen_to_the_second`)
            VALUES (?, ?, ?, ?)
            RETURNING `name`, `version`, `seen_at`, `changed_at`, `seen_to_the_second`"#,
            insert_row: r#"INSERT INTO `machines` (`name`, `version`, `seen_at`, `changed_at`,
            `seen_to_the_second`)
            VALUES (?, ?, ?, ?, ?)"#,
            returning: r#" RETURNING `name`, `version`, `seen_at`, `changed_at`,
            `seen_to_the_second`"#,
            save: r#"UPDATE `machines`
            SET `version` = `machines`.`version` + 1, `seen_at` = CURRENT_TIMESTAMP(2),
            `changed_at` = CURRENT_TIMESTAMP(3), `seen_to_the_second` = CURRENT_TIMESTAMP,
            `hidden_at` = CURRENT_TIMESTAMP(3)
            WHERE `name` = ? AND `version` = ?"#,
            version: ::core::option::Option::Some(1),
            touched: &[1, 2, 3, 4],
            touch: r#"`version` = `machines`.`version` + 1, `seen_at` =
            CURRENT_TIMESTAMP(2), `changed_at` = CURRENT_TIMESTAMP(3), `seen_to_the_second` =
            CURRENT_TIMESTAMP, `hidden_at` = CURRENT_TIMESTAMP(3)"#,
            delete: "DELETE FROM `machines` WHERE `name` = ?",
            ..::bindery::__private::TableSql::NOTHING
        };

    // …
}

// …
