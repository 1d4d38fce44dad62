// An excerpt: a key of two columns, a version, and numbers with digits after the point.
// …

/// Model `Reading`, table `readings`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod readings {
    // …

    impl ::bindery::__private::ColumnSource for NewReading {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.push(&self.sensor);
            params.push(&self.slot);
            params.length(60).push(&self.label);
            params.push(&self.value);
            params.fraction(2).push(&self.level);
            params.fraction(3).push(&self.share);
            params.length(60).push(&self.note);
            params.push(&self.revision.unwrap_or(1));
        }
    }

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Reading"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("readings"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&[
            "sensor", "slot", "label", "value", "level", "share", "note", "revision",
        ]),
        kinds: ::std::borrow::Cow::Borrowed(
            "integer integer text.60 f64 f64.2 f32.3 text.60? integer",
        ),
        rules: 0x59874c6b863e54dd,
        constraints: CONSTRAINTS,
        constraint_names: r#"0 mysql PRIMARY
0 postgres readings_pkey
1 mysql label
1 postgres readings_label_key"#,
        engines: ::bindery::__private::List::Static(&["default", "p", "lite", "proper"]),
        tables: ::std::borrow::Cow::Borrowed(&[
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("readings"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE `readings` (
    `sensor` bigint(20) unsigned NOT NULL,
    `slot` int(11) NOT NULL,
    `label` varchar(60) NOT NULL,
    `value` double NOT NULL,
    `level` double(7,2) NOT NULL,
    `share` float(6,3) NOT NULL,
    `note` varchar(60),
    `revision` int(11) NOT NULL,
    PRIMARY KEY (`slot`, `sensor`),
    UNIQUE (`label`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `readings`"]),
            },
            ::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("readings"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE "readings" (
    "sensor" BIGINT UNSIGNED NOT NULL,
    "slot" INT NOT NULL,
    "label" VARCHAR(60) NOT NULL,
    "value" DOUBLE NOT NULL,
    "level" DOUBLE NOT NULL,
    "share" FLOAT NOT NULL,
    "note" VARCHAR(60),
    "revision" INT NOT NULL,
    PRIMARY KEY ("slot", "sensor"),
    UNIQUE ("label"),
    CHECK (length("label") <= 60),
    CHECK (length("note") <= 60)
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "readings""#]),
            },
            ::bindery::__private::TableDdl {
                engine: 2,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("readings"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE "readings" (
    "sensor" numeric(20,0) NOT NULL,
    "slot" integer NOT NULL,
    "label" character varying(60) COLLATE "C" NOT NULL,
    "value" double precision NOT NULL,
    "level" double precision NOT NULL,
    "share" real NOT NULL,
    "note" character varying(60) COLLATE "C",
    "revision" integer NOT NULL,
    PRIMARY KEY ("slot", "sensor"),
    UNIQUE ("label"),
    CHECK ("sensor" BETWEEN 0 AND 18446744073709551615)
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[r#"DROP TABLE IF EXISTS "readings""#]),
            },
            ::bindery::__private::TableDdl {
                engine: 3,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("readings"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE `readings` (
    `sensor` bigint(20) unsigned NOT NULL,
    `slot` int(11) NOT NULL,
    `label` varchar(60) NOT NULL,
    `value` double NOT NULL,
    `level` double(7,2) NOT NULL,
    `share` float(6,3) NOT NULL,
    `note` varchar(60),
    `revision` int(11) NOT NULL,
    PRIMARY KEY (`slot`, `sensor`),
    UNIQUE (`label`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `readings`"]),
            },
        ]),
    };

    // …
}

/// Columns of `readings`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod reading {
    // …

    /// `sensor`
    pub const sensor: Column<model::Reading, u64> = ::bindery::query::column(0);

    // …

    /// `level`
    pub const level: Column<model::Reading, f64> =
        ::bindery::query::column(4).of_fraction(2, ::bindery::query::Fraction::Float);

    /// `share`
    pub const share: Column<model::Reading, f32> =
        ::bindery::query::column(5).of_fraction(3, ::bindery::query::Fraction::Float);

    // …
}

// …
