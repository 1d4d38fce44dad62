// An excerpt: names of a schema as names of Rust and as quoted names of SQL.
// …

/// Model `Select`, table `select`, on `default`, `p`, `m` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod select_ {
    // …

    /// A row of `select`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Select<E: ::bindery::Engine = engine::Default> {
        /// `type`
        pub r#type: SelectId<E>,
        /// `self`
        pub self_: i32,
        /// `crate`
        pub crate_: i32,
        /// `match`
        pub r#match: ::core::option::Option<::std::string::String>,
        /// `order`
        pub order: ::std::string::String,
        /// `Group By`
        pub group_by: ::core::option::Option<::std::string::String>,
    }

    // …
}

/// Columns of `select`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod select {
    // …

    /// `type`
    pub const r#type: Column<model::Select, super::select_::SelectId<RowEngine>> =
        ::bindery::query::column(0);

    // …

    /// `match`
    pub const r#match: Column<model::Select, ::std::string::String, Nullable> =
        ::bindery::query::column(3).of_length(20);

    // …
}

/// Model `OrderDétail`, table `Order Détails`, on `default`, `p`, `m` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod order_détails {
    // …

    /// Mixed case, a blank, quotes of all three databases, a backslash.
    #[derive(Debug, Clone, PartialEq)]
    pub struct OrderDétail<E: ::bindery::Engine = engine::Default> {
        /// `Id`
        pub id: OrderDétailId<E>,
        /// `it's`
        pub it_s: ::core::option::Option<i32>,
        /// `a 'back' tick`
        pub a_back_tick: ::core::option::Option<i32>,
        /// `a "quote"`
        pub a_quote: ::core::option::Option<i32>,
        /// `back\slash`
        pub back_slash: ::core::option::Option<i32>,
        /// `größe`
        pub größe: ::core::option::Option<i32>,
        /// `1st`
        pub c1st: ::core::option::Option<i32>,
        /// `x; DROP TABLE "select"; --`
        pub x_drop_table_select: ::core::option::Option<i32>,
        /// `*/ } fn main() { /*`
        pub fn_main: ::core::option::Option<i32>,
        /// `r#"#`
        pub r: ::core::option::Option<i32>,
    }

    // …

    static INFO: ::bindery::generic::ModelInfo = ::bindery::generic::ModelInfo {
        name: ::std::borrow::Cow::Borrowed("OrderDétail"),
        schema: ::core::option::Option::None,
        table: ::std::borrow::Cow::Borrowed("Order Détails"),
        is_view: false,
        columns: ::bindery::__private::List::Static(&[
            "Id",
            "it's",
            "a `back` tick",
            r#"a "quote""#,
            r#"back\slash"#,
            "größe",
            "1st",
            r#"x; DROP TABLE "select"; --"#,
            "*/ } fn main() { /*",
            r##"r#"#"##,
        ]),
        kinds: ::std::borrow::Cow::Borrowed(
            "integer integer? integer? integer? integer? integer? integer? integer? integer? integer?",
        ),
        rules: 0x7586cc2d424d3a5d,
        constraints: CONSTRAINTS,
        constraint_names: r#"0 postgres Order Détails_pkey
0 mysql PRIMARY"#,
        engines: ::bindery::__private::List::Static(&["default", "p", "m", "proper"]),
        tables: ::std::borrow::Cow::Borrowed(&[
            ::bindery::__private::TableDdl {
                engine: 0,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("Order Détails"),
                create: ::bindery::__private::List::Static(&[r##"CREATE TABLE "Order Détails" (
    "Id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "it's" INT,
    "a `back` tick" INT,
    "a ""quote""" INT,
    "back\slash" INT,
    "größe" INT,
    "1st" INT,
    "x; DROP TABLE ""select""; --" INT,
    "*/ } fn main() { /*" INT,
    "r#""#" INT
)"##]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[
                    r#"DROP TABLE IF EXISTS "Order Détails""#,
                ]),
            },
            ::bindery::__private::TableDdl {
                engine: 1,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("Order Détails"),
                create: ::bindery::__private::List::Static(&[r##"CREATE TABLE `Order Détails` (
    `Id` bigint NOT NULL AUTO_INCREMENT,
    `it's` int,
    `a ``back`` tick` int,
    `a "quote"` int,
    `back\slash` int,
    `größe` int,
    `1st` int,
    `x; DROP TABLE "select"; --` int,
    `*/ } fn main() { /*` int,
    `r#"#` int,
    PRIMARY KEY (`Id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"##]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `Order Détails`"]),
            },
            ::bindery::__private::TableDdl {
                engine: 2,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("Order Détails"),
                create: ::bindery::__private::List::Static(&[r##"CREATE TABLE "Order Détails" (
    "Id" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "it's" integer,
    "a `back` tick" integer,
    "a ""quote""" integer,
    "back\slash" integer,
    "größe" integer,
    "1st" integer,
    "x; DROP TABLE ""select""; --" integer,
    "*/ } fn main() { /*" integer,
    "r#""#" integer,
    PRIMARY KEY ("Id")
)"##]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&[
                    r#"DROP TABLE IF EXISTS "Order Détails""#,
                ]),
            },
            ::bindery::__private::TableDdl {
                engine: 3,
                schema: ::core::option::Option::None,
                table: ::std::borrow::Cow::Borrowed("Order Détails"),
                create: ::bindery::__private::List::Static(&[r##"CREATE TABLE `Order Détails` (
    `Id` bigint NOT NULL AUTO_INCREMENT,
    `it's` int,
    `a ``back`` tick` int,
    `a "quote"` int,
    `back\slash` int,
    `größe` int,
    `1st` int,
    `x; DROP TABLE "select"; --` int,
    `*/ } fn main() { /*` int,
    `r#"#` int,
    PRIMARY KEY (`Id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin"##]),
                link: ::bindery::__private::List::Static(&[]),
                drop: ::bindery::__private::List::Static(&["DROP TABLE IF EXISTS `Order Détails`"]),
            },
        ]),
    };

    // …
}

/// Columns of `Order Détails`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod order_détail {
    // …

    /// `Id`
    pub const id: Column<model::OrderDétail, super::order_détails::OrderDétailId<RowEngine>> =
        ::bindery::query::column(0);

    /// `it's`
    pub const it_s: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(1);

    /// `a 'back' tick`
    pub const a_back_tick: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(2);

    /// `a "quote"`
    pub const a_quote: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(3);

    /// `back\slash`
    pub const back_slash: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(4);

    /// `größe`
    pub const größe: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(5);

    /// `1st`
    pub const c1st: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(6);

    /// `x; DROP TABLE "select"; --`
    pub const x_drop_table_select: Column<model::OrderDétail, i32, Nullable> =
        ::bindery::query::column(7);

    /// `*/ } fn main() { /*`
    pub const fn_main: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(8);

    /// `r#"#`
    pub const r: Column<model::OrderDétail, i32, Nullable> = ::bindery::query::column(9);
}

// …

/// Model `String`, table `string`, on `default`, `p`, `m` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod string_ {
    // …

    /// A row of `string`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct String<E: ::bindery::Engine = engine::Default> {
        /// `string`
        pub string: StringId<E>,
        /// `vec`
        pub vec: ::core::option::Option<::std::vec::Vec<u8>>,
    }

    // …
}

// …

/// Columns of `a23456789_b23456789_c23456789_d23456789_e23456789_f23456789_abc`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod longest {
    // …

    /// `c23456789_b23456789_c23456789_d23456789_e23456789_f23456789_abc`
    pub const long: Column<model::Longest, i64, Nullable> = ::bindery::query::column(1);
}

// …
