// An excerpt: MariaDB, MySQL, and code for either.
// …

/// The engines of this program, as types.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod engine {
    // …

    impl ::bindery::Engine for Any {
        type Dialect = ::bindery::dialect::Mysql;

        fn index(self) -> usize {
            self as usize
        }

        fn name(self) -> &'static str {
            super::PROGRAM.engines[self as usize].name()
        }

        fn dialect(self) -> ::bindery::Dialect {
            ::bindery::Dialect::Mysql
        }
    }

    // …
}

// …

/// Model `Visit`, table `visits`, on `default`, `maria` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod visits {
    // …

    impl ::bindery::generic::LivesOn<engine::Default> for model::Visit {
        fn sql(
            _: engine::Default,
        ) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&MYSQL)
        }
    }

    impl ::bindery::generic::LivesOn<engine::Maria> for model::Visit {
        fn sql(
            _: engine::Maria,
        ) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&MYSQL_AS_MARIADB)
        }
    }

    impl ::bindery::generic::LivesOn<engine::Proper> for model::Visit {
        fn sql(
            _: engine::Proper,
        ) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            ::core::option::Option::Some(&MYSQL_AS_MYSQL)
        }
    }

    impl ::bindery::generic::LivesOn<engine::Any> for model::Visit {
        fn sql(
            engine: engine::Any,
        ) -> ::core::option::Option<&'static ::bindery::__private::TableSql> {
            match engine {
                engine::Any::Default => ::core::option::Option::Some(&MYSQL),
                engine::Any::Maria => ::core::option::Option::Some(&MYSQL_AS_MARIADB),
                engine::Any::Proper => ::core::option::Option::Some(&MYSQL_AS_MYSQL),
            }
        }
    }

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("Visit"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("visits"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&[
            "id", "token", "before", "client", "door", "note", "seen", "day", "label", "price",
            "made",
        ]),
        kinds: ::std::borrow::Cow::Borrowed(
            "uuid uuid uuid? _ _? text datetime.0 date text.20 decimal.2 text.40",
        ),
        rules: 0x700f927099896cc4,
        constraints: CONSTRAINTS,
        constraint_names: r#"0 mysql PRIMARY
1 mysql door"#,
        engines: ::bindery::__private::List::Static(&["default", "maria", "proper"]),
        tables: ::std::borrow::Cow::Borrowed(&[
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("visits"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE `visits` (
    `id` /*M! uuid */ /*!80000 char(36) character set ascii collate ascii_bin */ NOT NULL,
    `token` /*M! uuid */ /*!80000 char(36) character set ascii collate ascii_bin */ NOT NULL DEFAULT (uuid()),
    `before` /*M! uuid */ /*!80000 char(36) character set ascii collate ascii_bin */,
    `client` /*M! inet6 */ /*!80000 varchar(45) character set ascii collate ascii_bin */ NOT NULL DEFAULT ('::1'),
    `door` /*M! inet4 */ /*!80000 varchar(15) character set ascii collate ascii_bin */,
    `note` TEXT NOT NULL DEFAULT ('none'),
    `seen` DATETIME NOT NULL DEFAULT now(),
    `day` DATE NOT NULL DEFAULT (curdate()),
    `label` VARCHAR(20) NOT NULL DEFAULT (concat('visit ', 1)),
    `price` DECIMAL(6, 2) NOT NULL DEFAULT -0.5,
    `made` VARCHAR(40) NOT NULL DEFAULT (uuid()),
    PRIMARY KEY (`id`),
    UNIQUE (`door`),
    KEY (`client`, `door`),
    FOREIGN KEY (`before`) REFERENCES `visits` (`id`)
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `visits`"]),
            },
            ::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("visits"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE `visits` (
    `id` UUID NOT NULL,
    `token` UUID NOT NULL DEFAULT (uuid()),
    `before` UUID,
    `client` INET6 NOT NULL DEFAULT ('::1'),
    `door` INET4,
    `note` TEXT NOT NULL DEFAULT ('none'),
    `seen` DATETIME NOT NULL DEFAULT now(),
    `day` DATE NOT NULL DEFAULT (curdate()),
    `label` VARCHAR(20) NOT NULL DEFAULT (concat('visit ', 1)),
    `price` DECIMAL(6, 2) NOT NULL DEFAULT -0.5,
    `made` VARCHAR(40) NOT NULL DEFAULT (uuid()),
    PRIMARY KEY (`id`),
    UNIQUE (`door`),
    KEY (`client`, `door`),
    FOREIGN KEY (`before`) REFERENCES `visits` (`id`)
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `visits`"]),
            },
            ::bindery::__private::TableDdl {
                engine: 2,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("visits"),
                create: ::bindery::__private::List::Static(&[r#"CREATE TABLE `visits` (
    `id` char(36) character set ascii collate ascii_bin NOT NULL,
    `token` char(36) character set ascii collate ascii_bin NOT NULL DEFAULT (uuid()),
    `before` char(36) character set ascii collate ascii_bin,
    `client` varchar(45) character set ascii collate ascii_bin NOT NULL DEFAULT ('::1'),
    `door` varchar(15) character set ascii collate ascii_bin,
    `note` TEXT NOT NULL DEFAULT ('none'),
    `seen` DATETIME NOT NULL DEFAULT now(),
    `day` DATE NOT NULL DEFAULT (curdate()),
    `label` VARCHAR(20) NOT NULL DEFAULT (concat('visit ', 1)),
    `price` DECIMAL(6, 2) NOT NULL DEFAULT -0.5,
    `made` VARCHAR(40) NOT NULL DEFAULT (uuid()),
    PRIMARY KEY (`id`),
    UNIQUE (`door`),
    KEY (`client`, `door`),
    FOREIGN KEY (`before`) REFERENCES `visits` (`id`)
)"#]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `visits`"]),
            },
        ]),
    };

    // …
}

/// Columns of `visits`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod visit {
    // …

    /// `client`
    pub const client: Column<model::Visit, ::core::net::Ipv6Addr> = ::bindery::query::column(3);

    /// `door`
    pub const door: Column<model::Visit, ::core::net::Ipv4Addr, Nullable> =
        ::bindery::query::column(4);

    // …
}

// …
