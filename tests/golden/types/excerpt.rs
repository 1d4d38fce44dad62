// An excerpt: types that the project names, and those that the schema makes itself.
// …

/// Types of columns that the schema names.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
mod column_types {
    pub(super) use crate::Odd; // `parcels.number` (schema.sql:21)

    // …

    /// The type of `parcels.number` (schema.sql:21).
    pub(super) type OddLevel = Odd<Level>; // `parcels.number` (schema.sql:21)

    // …

    /// The type of `parcels.odd` (schema.sql:20).
    pub(super) type OddState = Odd<State>; // `parcels.odd` (schema.sql:20)

    pub(super) fn read_odd_state(
        row: &mut ::bindery::types::RowReader<'_>,
    ) -> ::bindery::Result<OddState> {
        ::bindery::types::FromColumn::read(row) // `parcels.odd` (schema.sql:20)
    }

    pub(super) fn write_odd_state(
        value: &OddState,
        params: &mut ::bindery::types::ParamWriter<'_>,
    ) {
        ::bindery::types::ToColumn::write(value, params); // `parcels.odd` (schema.sql:20)
    }

    // …
}

/// Model `Host`, table `hosts`, on `default` and `p`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod hosts {
    // …

    /// Types that say by name what they are, and those of `[types]`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Host<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: HostId<E>,
        /// `net`
        pub net: ::core::option::Option<::bindery::types::IpNet>,
        /// `owner`
        pub owner: super::column_types::Email,
        /// `words`
        pub words: ::std::string::String,
        /// `weight`
        pub weight: ::bindery::types::BigDecimal,
        /// `via`
        pub via: ::core::option::Option<HostId<E>>,
    }

    // …
}

// …

/// Model `Home`, table `homes`, on `p`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod homes {
    // …

    /// Types that the schema makes itself, kept as their text.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Home {
        /// `id`
        pub id: HomeId,
        /// `at`
        pub at: ::std::string::String,
        /// `past`
        pub past: ::core::option::Option<::std::string::String>,
        /// `warm`
        pub warm: ::std::string::String,
        /// `cold`
        pub cold: ::core::option::Option<::std::string::String>,
    }

    // …

    pub(super) static POSTGRES: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: r#""homes""#,
        columns: &[r#""id""#, r#""at""#, r#""past""#, r#""warm""#, r#""cold""#],
        key: &[0],
        writable: &[0, 1, 2, 3, 4],
        required: &[1, 2, 3, 4],
        counted: ::core::option::Option::Some(0),
        select: r#"SELECT "id", "at"::text, "past"::text, "warm"::text, "cold"::text
            FROM "homes""#,
        first: r#"SELECT "id", "at"::text, "past"::text, "warm"::text, "cold"::text
            FROM "homes"
            ORDER BY "id" LIMIT 1"#,
        find: r#"SELECT "id", "at"::text, "past"::text, "warm"::text, "cold"::text
            FROM "homes"
            WHERE "id" = $1"#,
        count: r#"SELECT count(*) FROM "homes""#,
        exists: r#"SELECT 1 FROM "homes" WHERE "id" = $1"#,
        insert: r#"INSERT INTO "homes" ("at", "past", "warm", "cold")
            VALUES ($1, $2, $3, $4)
            RETURNING "id", "at"::text, "past"::text, "warm"::text, "cold"::text"#,
        insert_row: r#"INSERT INTO "homes" ("id", "at", "past", "warm", "cold")
            VALUES ($1, $2, $3, $4, $5)"#,
        returning: r#" RETURNING "id", "at"::text, "past"::text, "warm"::text, "cold"::text"#,
        save: r#"UPDATE "homes"
            SET "at" = $1, "past" = $2, "warm" = $3, "cold" = $4
            WHERE "id" = $5"#,
        delete: r#"DELETE FROM "homes" WHERE "id" = $1"#,
        uniques: &[::bindery::__private::UniqueSql {
            columns: &[4],
            find: r#"SELECT "id", "at"::text, "past"::text, "warm"::text, "cold"::text
            FROM "homes"
            WHERE "cold" = $1"#,
        }],
        ..::bindery::__private::TableSql::NOTHING
    };

    // …
}

// …
