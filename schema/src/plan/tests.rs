//! Types, defaults, statements and DDL as text, from models built by hand. Whole schemas are under `schema/tests`.

use super::*;
use crate::column_type::{ColumnType, DecimalSize, LobSize};
use crate::dialect::DialectRules as _;
use crate::dialect::{ColumnPlace, Dialect, default_sql};
use crate::model::{
    CheckedModel, ColumnId, DefaultValue, EnumId, EnumType, EnumValue, Expression, Table, TableId,
};
use crate::portable::{Operator, Portable};
use crate::testing::{
    NOWHERE, checked, column, engine_of, foreign_key, id, key, model, table, unique, with_default,
};

/// A dialect other than this one, so that nothing is native.
fn foreign(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Sqlite => Dialect::Postgres,
        Dialect::Postgres => Dialect::Mysql,
        Dialect::Mysql => Dialect::Sqlite,
    }
}

/// The declaration of a column of this type, or the code of the refusal.
fn declared(column_type: &ColumnType, dialect: Dialect) -> String {
    let mut model = model(vec![table(
        "t",
        foreign(dialect),
        vec![column("c", column_type.clone())],
    )]);
    model.enums.push(EnumType {
        schema: None,
        name: "t.c".to_owned(),
        type_name: "TC".to_owned(),
        shares: None,
        values: ["it's", "b"]
            .map(|value| EnumValue {
                value: value.to_owned(),
                variant: String::new(),
            })
            .to_vec(),
        named: false,
        span: NOWHERE,
        docs: Vec::new(),
    });
    let place = ColumnPlace {
        model: &model,
        table: TableId(0),
        column: ColumnId(0),
    };
    match dialect.rules().declare(place) {
        Ok(declaration) => declaration
            .check
            .into_iter()
            .fold(declaration.type_sql, |sql, check| {
                format!("{sql} / {check}")
            }),
        Err(refusal) => {
            assert!(
                refusal.message.contains("`c`") && !refusal.help.is_empty(),
                "{refusal:?}"
            );
            refusal.code.to_owned()
        }
    }
}

#[test]
fn types_are_held_without_loss_or_refused() {
    let decimal = |precision, scale| ColumnType::Decimal(Some(DecimalSize { precision, scale }));
    let expected = [
        (ColumnType::Bool, "BOOLEAN", "boolean", "tinyint(1)"),
        (
            ColumnType::I8,
            "TINYINT",
            "smallint / \"c\" BETWEEN -128 AND 127",
            "tinyint",
        ),
        (ColumnType::I16, "SMALLINT", "smallint", "smallint"),
        (
            ColumnType::I24,
            "MEDIUMINT",
            "integer / \"c\" BETWEEN -8388608 AND 8388607",
            "mediumint",
        ),
        (ColumnType::I32, "INT", "integer", "int"),
        (ColumnType::I64, "BIGINT", "bigint", "bigint"),
        (
            ColumnType::U8,
            "TINYINT UNSIGNED",
            "smallint / \"c\" BETWEEN 0 AND 255",
            "tinyint unsigned",
        ),
        (
            ColumnType::U16,
            "SMALLINT UNSIGNED",
            "integer / \"c\" BETWEEN 0 AND 65535",
            "smallint unsigned",
        ),
        (
            ColumnType::U24,
            "MEDIUMINT UNSIGNED",
            "integer / \"c\" BETWEEN 0 AND 16777215",
            "mediumint unsigned",
        ),
        (
            ColumnType::U32,
            "INT UNSIGNED",
            "bigint / \"c\" BETWEEN 0 AND 4294967295",
            "int unsigned",
        ),
        (
            ColumnType::U64,
            "BIGINT UNSIGNED",
            "numeric(20,0) / \"c\" BETWEEN 0 AND 18446744073709551615",
            "bigint unsigned",
        ),
        (ColumnType::F32, "FLOAT", "real", "float"),
        (ColumnType::F64, "DOUBLE", "double precision", "double"),
        (
            decimal(10, 2),
            "DECIMAL(10,2) / abs(\"c\") < 100000000",
            "numeric(10,2)",
            "decimal(10,2)",
        ),
        (
            decimal(38, 10),
            "DECIMAL_TEXT(38,10) / instr(ltrim(\"c\", '-0') || '.', '.') <= 29",
            "numeric(38,10)",
            "decimal(38,10)",
        ),
        (
            decimal(70, 10),
            "DECIMAL_TEXT(70,10) / instr(ltrim(\"c\", '-0') || '.', '.') <= 61",
            "numeric(70,10)",
            "B0210",
        ),
        (
            decimal(2000, 0),
            "DECIMAL_TEXT(2000,0) / instr(ltrim(\"c\", '-0') || '.', '.') <= 2001",
            "B0210",
            "B0210",
        ),
        (
            ColumnType::Decimal(None),
            "DECIMAL_TEXT",
            "numeric",
            "B0210",
        ),
        (
            ColumnType::Char(3),
            "CHAR(3) / length(\"c\") <= 3",
            "character varying(3)",
            "varchar(3)",
        ),
        (
            ColumnType::Char(300),
            "CHAR(300) / length(\"c\") <= 300",
            "character varying(300)",
            "varchar(300)",
        ),
        (
            ColumnType::VarChar(Some(40)),
            "VARCHAR(40) / length(\"c\") <= 40",
            "character varying(40)",
            "varchar(40)",
        ),
        (
            ColumnType::VarChar(Some(20_000)),
            "VARCHAR(20000) / length(\"c\") <= 20000",
            "character varying(20000)",
            "longtext / char_length(`c`) <= 20000",
        ),
        (
            ColumnType::VarChar(Some(u32::MAX)),
            "VARCHAR(4294967295) / length(\"c\") <= 4294967295",
            "text",
            "longtext / char_length(`c`) <= 4294967295",
        ),
        (
            ColumnType::VarChar(None),
            "VARCHAR",
            "character varying",
            "longtext",
        ),
        (ColumnType::Text(LobSize::Tiny), "TEXT", "text", "tinytext"),
        (
            ColumnType::Text(LobSize::Unbounded),
            "TEXT",
            "text",
            "longtext",
        ),
        (
            ColumnType::Binary(16),
            "BINARY(16) / length(\"c\") <= 16",
            "bytea / octet_length(\"c\") <= 16",
            "varbinary(16)",
        ),
        (
            ColumnType::VarBinary(300),
            "VARBINARY(300) / length(\"c\") <= 300",
            "bytea / octet_length(\"c\") <= 300",
            "varbinary(300)",
        ),
        (
            ColumnType::VarBinary(70_000),
            "VARBINARY(70000) / length(\"c\") <= 70000",
            "bytea / octet_length(\"c\") <= 70000",
            "longblob / octet_length(`c`) <= 70000",
        ),
        (
            ColumnType::Blob(LobSize::Medium),
            "BLOB",
            "bytea",
            "mediumblob",
        ),
        (ColumnType::Date, "DATE", "date", "date"),
        (
            ColumnType::Time(3),
            "TIME",
            "time(3) without time zone",
            "time(3)",
        ),
        (
            ColumnType::DateTime(0),
            "DATETIME",
            "timestamp(0) without time zone",
            "datetime(0)",
        ),
        (
            ColumnType::Timestamp(6),
            "TIMESTAMPTZ",
            "timestamp(6) with time zone",
            "datetime(6)",
        ),
        (
            ColumnType::Year,
            "YEAR",
            "smallint / \"c\" = 0 OR \"c\" BETWEEN 1901 AND 2155",
            "year",
        ),
        (ColumnType::Interval, "TEXT", "interval", "B0210"),
        (
            ColumnType::Uuid,
            "UUID",
            "uuid",
            "char(36) character set ascii collate ascii_bin",
        ),
        (
            ColumnType::Json { binary: false },
            "JSON_TEXT",
            "json",
            "json",
        ),
        (
            ColumnType::Json { binary: true },
            "JSON_TEXT",
            "jsonb",
            "json",
        ),
        (
            ColumnType::Enum(EnumId(0)),
            "TEXT / \"c\" IN ('it''s', 'b')",
            "\"t_c\"",
            "enum('it''s','b')",
        ),
        (
            ColumnType::Set(vec!["a".to_owned()]),
            "TEXT",
            "B0210",
            "set('a')",
        ),
        (
            ColumnType::Bit(1),
            "BIGINT UNSIGNED",
            "bigint / \"c\" BETWEEN 0 AND 1",
            "bit(1)",
        ),
        (ColumnType::Bit(64), "B0210", "B0210", "bit(64)"),
        (
            ColumnType::Array(Box::new(ColumnType::I32)),
            "B0210",
            "integer[]",
            "B0210",
        ),
    ];
    for (column_type, sqlite, postgres, mysql) in expected {
        assert_eq!(
            declared(&column_type, Dialect::Sqlite),
            sqlite,
            "{column_type:?}"
        );
        assert_eq!(
            declared(&column_type, Dialect::Postgres),
            postgres,
            "{column_type:?}"
        );
        assert_eq!(
            declared(&column_type, Dialect::Mysql),
            mysql,
            "{column_type:?}"
        );
    }
}

/// The default of such a column, or the code of the refusal.
fn default(
    column_type: &ColumnType,
    value: &DefaultValue,
    source: Dialect,
    dialect: Dialect,
) -> String {
    let model = model(vec![table(
        "t",
        source,
        vec![with_default("c", column_type.clone(), value.clone())],
    )]);
    let place = ColumnPlace {
        model: &model,
        table: TableId(0),
        column: ColumnId(0),
    };
    default_sql(place, dialect)
        .map_or_else(|refusal| refusal.code.to_owned(), Option::unwrap_or_default)
}

#[test]
fn defaults_are_carried_over_or_refused() {
    let (text, number) = (
        |value: &str| DefaultValue::Text(value.to_owned()),
        |value: &str| DefaultValue::Number(value.to_owned()),
    );
    let long = ColumnType::Text(LobSize::Unbounded);
    let short = ColumnType::VarChar(Some(9));
    let expected = [
        (ColumnType::Bool, DefaultValue::Bool(true), "1", "true", "1"),
        (ColumnType::Bool, number("0"), "0", "false", "0"),
        (ColumnType::Bool, text("t"), "1", "true", "1"),
        (ColumnType::Bool, text("maybe"), "B0211", "B0211", "B0211"),
        (ColumnType::I32, number("-7"), "-7", "-7", "-7"),
        (ColumnType::I32, text("7"), "7", "7", "7"),
        (ColumnType::I32, number("0x1F"), "B0211", "B0211", "B0211"),
        (
            short.clone(),
            text("it's \\"),
            "'it''s \\'",
            "'it''s \\'",
            "'it''s \\\\'",
        ),
        (long.clone(), text(""), "''", "''", "('')"),
        (short, DefaultValue::Now, "B0211", "B0211", "B0211"),
        (
            ColumnType::Blob(LobSize::Long),
            DefaultValue::Bytes(vec![1, 255]),
            "X'01FF'",
            "'\\x01FF'",
            "(X'01FF')",
        ),
        (
            ColumnType::Binary(2),
            DefaultValue::Bytes(vec![1, 255]),
            "X'01FF'",
            "'\\x01FF'",
            "X'01FF'",
        ),
        (
            ColumnType::Bit(9),
            DefaultValue::Bytes(vec![1, 1]),
            "257",
            "257",
            "257",
        ),
        (
            ColumnType::DateTime(0),
            DefaultValue::Now,
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
        ),
        (
            ColumnType::Timestamp(6),
            DefaultValue::Now,
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP(6)",
        ),
        (
            ColumnType::Date,
            DefaultValue::Now,
            "CURRENT_DATE",
            "CURRENT_DATE",
            "(CURRENT_DATE)",
        ),
        (
            ColumnType::Date,
            DefaultValue::CurrentDate,
            "CURRENT_DATE",
            "CURRENT_DATE",
            "(CURRENT_DATE)",
        ),
        (
            ColumnType::Time(2),
            DefaultValue::CurrentTime,
            "CURRENT_TIME",
            "CURRENT_TIME",
            "(CURRENT_TIME(2))",
        ),
        (
            ColumnType::Date,
            DefaultValue::CurrentTime,
            "B0211",
            "B0211",
            "B0211",
        ),
        (
            ColumnType::DateTime(0),
            text("0000-00-00 00:00:00"),
            "B0211",
            "B0211",
            "B0211",
        ),
        (long, text("a\0b"), "B0211", "B0211", "B0211"),
        (ColumnType::I32, DefaultValue::Null, "", "", ""),
    ];
    for (column_type, value, sqlite, postgres, mysql) in expected {
        for (dialect, text) in [
            (Dialect::Sqlite, sqlite),
            (Dialect::Postgres, postgres),
            (Dialect::Mysql, mysql),
        ] {
            let found = default(&column_type, &value, foreign(dialect), dialect);
            assert_eq!(found, text, "{column_type:?} {value:?} {dialect}");
        }
    }
    let random = |dialect| {
        default(
            &ColumnType::Uuid,
            &DefaultValue::RandomUuid,
            foreign(dialect),
            dialect,
        )
    };
    assert_eq!(
        (random(Dialect::Postgres), random(Dialect::Mysql)),
        ("gen_random_uuid()".to_owned(), "(uuid())".to_owned())
    );
    let bytes = ColumnType::Blob(LobSize::Unbounded);
    let from_postgres =
        |value: &str| default(&bytes, &text(value), Dialect::Postgres, Dialect::Sqlite);
    assert_eq!(
        ["\\x00FF", "abc", "\\000", "\\x0"].map(from_postgres),
        ["X'00FF'", "X'616263'", "B0211", "B0211"]
    );
}

#[test]
fn expressions_are_carried_over_when_they_mean_the_same() {
    let differs = Portable::Binary(
        Operator::NotEqual,
        Box::new(Portable::Column("c".to_owned())),
        Box::new(Portable::Text("\\".to_owned())),
    );
    let value = |portable| {
        DefaultValue::Expression(Expression {
            sql: "c <> E'\\\\'".to_owned(),
            portable,
            span: NOWHERE,
        })
    };
    let text = ColumnType::Text(LobSize::Unbounded);
    let found = |portable, dialect| default(&text, &value(portable), Dialect::Postgres, dialect);
    assert_eq!(
        found(Ok(differs.clone()), Dialect::Mysql),
        "(`c` <> '\\\\')"
    );
    assert_eq!(found(Ok(differs), Dialect::Postgres), "(c <> E'\\\\')");
    assert_eq!(found(Err("`x`".to_owned()), Dialect::Sqlite), "B0211");
}

/// A shop: orders and their lines with a composite key, customers that know their last order.
fn shop() -> Vec<Table> {
    let mut customers = table(
        "customers",
        Dialect::Sqlite,
        vec![
            id(),
            column("email", ColumnType::VarChar(Some(80))),
            column("last order", ColumnType::I64),
        ],
    );
    customers.columns[2].nullable = true;
    customers.primary_key = key(&[0]);
    customers.uniques = vec![unique(&[1])];
    customers.foreign_keys = vec![foreign_key(2, 1)];
    let mut orders = table(
        "orders",
        Dialect::Sqlite,
        vec![id(), column("customer", ColumnType::I64)],
    );
    orders.primary_key = key(&[0]);
    orders.foreign_keys = vec![foreign_key(1, 0)];
    let line = with_default(
        "quantity",
        ColumnType::I32,
        DefaultValue::Number("1".to_owned()),
    );
    let mut lines = table(
        "lines",
        Dialect::Sqlite,
        vec![
            column("order", ColumnType::I64),
            column("line", ColumnType::I32),
            line,
        ],
    );
    lines.primary_key = key(&[0, 1]);
    lines.foreign_keys = vec![foreign_key(0, 1)];
    vec![lines, customers, orders]
        .into_iter()
        .map(|table| Table {
            foreign_keys: moved(table.foreign_keys),
            source_dialect: Dialect::Mysql,
            ..table
        })
        .map(native_types)
        .collect()
}

/// The shop's tables stand in another order than the numbers above count.
fn moved(mut keys: Vec<crate::model::ForeignKey>) -> Vec<crate::model::ForeignKey> {
    for key in &mut keys {
        key.table = TableId(key.table.0 + 1);
    }
    keys
}

fn native_types(mut table: Table) -> Table {
    for column in &mut table.columns {
        column.sql_type = "bigint".to_owned();
    }
    table
}

#[test]
fn tables_that_refer_to_each_other_are_linked_afterwards() {
    let model = checked(shop());
    let created = create_statements(&model, engine_of(Dialect::Postgres));
    let names: Vec<&str> = created
        .iter()
        .map(|table| table.name.name.as_str())
        .collect();
    assert_eq!(names, ["customers", "orders", "lines"]);
    let expected = "CREATE TABLE \"customers\" (\n    \"id\" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,\n    \
                    \"email\" character varying(80) COLLATE \"C\" NOT NULL,\n    \"last order\" bigint,\n    PRIMARY KEY (\"id\"),\n    \
                    UNIQUE (\"email\")\n)";
    assert_eq!(created[0].create, [expected]);
    let link = "ALTER TABLE \"customers\" ADD CONSTRAINT \"customers_last order_fkey\" FOREIGN KEY (\"last order\") \
                REFERENCES \"orders\" (\"id\") ON DELETE CASCADE";
    assert_eq!(created[0].link, [link]);
    assert!(created[1].create[0].contains(
        "FOREIGN KEY (\"customer\") REFERENCES \"customers\" (\"id\") ON DELETE CASCADE"
    ));
    let unlink = "ALTER TABLE IF EXISTS \"customers\" DROP CONSTRAINT IF EXISTS \"customers_last order_fkey\"";
    assert_eq!(created[1].drop, [unlink, "DROP TABLE IF EXISTS \"orders\""]);
    assert_eq!(created[2].drop, ["DROP TABLE IF EXISTS \"lines\""]);
}

#[test]
fn sqlite_refers_forward_instead() {
    let model = checked(shop());
    let created = create_statements(&model, engine_of(Dialect::Sqlite));
    let expected = "CREATE TABLE \"customers\" (\n    \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n    \"email\" VARCHAR(80) NOT NULL,\n    \
                    \"last order\" BIGINT,\n    UNIQUE (\"email\"),\n    \
                    FOREIGN KEY (\"last order\") REFERENCES \"orders\" (\"id\") ON DELETE CASCADE,\n    \
                    CHECK (length(\"email\") <= 80)\n)";
    assert_eq!(created[0].create, [expected]);
    assert!(created.iter().all(|table| table.link.is_empty()));
}

#[test]
fn unmanaged_tables_are_left_alone() {
    let mut tables = shop();
    tables[0].unmanaged = true;
    let created = create_statements(&checked(tables), engine_of(Dialect::Mysql));
    let names: Vec<&str> = created
        .iter()
        .map(|table| table.name.name.as_str())
        .collect();
    assert_eq!(names, ["customers", "orders"]);
}

#[test]
fn a_table_alone_is_linked_to_all_others_afterwards() {
    let model = checked(shop());
    let orders = TableId(2);
    let alone = |dialect| create_alone(&model, orders, engine_of(dialect)).expect("it is managed");
    let postgres = alone(Dialect::Postgres);
    assert!(!postgres.create[0].contains("FOREIGN KEY"), "{postgres:?}");
    let [link] = postgres.link.as_slice() else {
        panic!("one foreign key: {postgres:?}");
    };
    assert!(
        link.starts_with("ALTER TABLE \"orders\" ADD CONSTRAINT"),
        "{link}"
    );
    assert_eq!(postgres.drop, ["DROP TABLE IF EXISTS \"orders\""]);
    let sqlite = alone(Dialect::Sqlite);
    assert!(sqlite.create[0].contains("FOREIGN KEY") && sqlite.link.is_empty());
}

#[test]
fn long_circles_and_chains_end() {
    let count = 20_000;
    let chain = |last: u32| {
        let one = |number: u32| {
            let mut table = table(&format!("t{number}"), Dialect::Sqlite, vec![id()]);
            table.foreign_keys = vec![foreign_key(
                0,
                if number + 1 == count {
                    last
                } else {
                    number + 1
                },
            )];
            table
        };
        model((0..count).map(one).collect())
    };
    let straight = order::creation_order(&chain(count - 1), engine_of(Dialect::Sqlite));
    assert_eq!(
        (straight.tables[0], straight.forward.len()),
        (TableId(count - 1), 0)
    );
    let circle = order::creation_order(&chain(0), engine_of(Dialect::Sqlite));
    assert_eq!(
        (circle.tables.len(), circle.forward.len()),
        (count as usize, 1)
    );
}

#[test]
fn statements_of_a_counted_key() {
    let model = checked(shop());
    let found = table_statements(&model, TableId(1), engine_of(Dialect::Postgres));
    assert_eq!(
        (&found.key, &found.writable, &found.required, found.counted),
        (&vec![0], &vec![0, 1, 2], &vec![1, 2], Some(0))
    );
    let columns = "\"id\", \"email\", \"last order\"";
    let expected = [
        (&found.table, "\"customers\"".to_owned()),
        (
            &found.select,
            format!("SELECT {columns} FROM \"customers\""),
        ),
        (
            &found.first,
            format!("SELECT {columns} FROM \"customers\" ORDER BY \"id\" LIMIT 1"),
        ),
        (
            &found.find,
            format!("SELECT {columns} FROM \"customers\" WHERE \"id\" = $1"),
        ),
        (
            &found.count,
            "SELECT count(*) FROM \"customers\"".to_owned(),
        ),
        (
            &found.exists,
            "SELECT 1 FROM \"customers\" WHERE \"id\" = $1".to_owned(),
        ),
        (
            &found.insert,
            format!(
                "INSERT INTO \"customers\" (\"email\", \"last order\") VALUES ($1, $2) RETURNING {columns}"
            ),
        ),
        (
            &found.insert_row,
            format!("INSERT INTO \"customers\" ({columns}) VALUES ($1, $2, $3)"),
        ),
        (
            &found.save,
            "UPDATE \"customers\" SET \"email\" = $1, \"last order\" = $2 WHERE \"id\" = $3"
                .to_owned(),
        ),
        (
            &found.delete,
            "DELETE FROM \"customers\" WHERE \"id\" = $1".to_owned(),
        ),
        (
            &found.uniques[0].find,
            format!("SELECT {columns} FROM \"customers\" WHERE \"email\" = $1"),
        ),
    ];
    for (text, wanted) in expected {
        assert_eq!(*text, wanted);
    }
}

#[test]
fn statements_of_a_composite_key_without_returning() {
    let found = table_statements(&checked(shop()), TableId(0), engine_of(Dialect::Mysql));
    assert_eq!(
        (
            found.key,
            found.required,
            found.counted,
            found.returning.as_str()
        ),
        (vec![0, 1], vec![0, 1], None, "")
    );
    assert_eq!(
        found.insert,
        "INSERT INTO `lines` (`order`, `line`) VALUES (?, ?)"
    );
    assert_eq!(
        found.save,
        "UPDATE `lines` SET `quantity` = ? WHERE `order` = ? AND `line` = ?"
    );
    assert_eq!(
        found.first,
        "SELECT `order`, `line`, `quantity` FROM `lines` ORDER BY `order`, `line` LIMIT 1"
    );
}

#[test]
fn statements_of_tables_without_key_or_values() {
    let mut bare = table("bare", Dialect::Sqlite, vec![id()]);
    let found = table_statements(
        &checked(vec![bare.clone()]),
        TableId(0),
        engine_of(Dialect::Mysql),
    );
    assert_eq!(
        (
            found.find.as_str(),
            found.save.as_str(),
            found.insert.as_str()
        ),
        ("", "", "INSERT INTO `bare` () VALUES ()")
    );
    assert_eq!(found.first, "SELECT `id` FROM `bare` LIMIT 1");
    bare.columns[0].generated = crate::model::Generated::Key { always: true };
    let found = table_statements(
        &checked(vec![bare]),
        TableId(0),
        engine_of(Dialect::Postgres),
    );
    assert_eq!(
        found.insert,
        "INSERT INTO \"bare\" DEFAULT VALUES RETURNING \"id\""
    );
    assert_eq!(
        found.insert_row,
        "INSERT INTO \"bare\" (\"id\") OVERRIDING SYSTEM VALUE VALUES ($1)"
    );
}

/// Reads back the type of a column that is written for a dialect.
fn read_back(column_type: &ColumnType, dialect: Dialect) -> ColumnType {
    let mut column = column("c", column_type.clone());
    column.nullable = true;
    let model = checked(vec![table("t", foreign(dialect), vec![column])]);
    let sql = create_statements(&model, engine_of(dialect))
        .remove(0)
        .create
        .join(";\n");
    let model = read_sql(&sql, model.engines.clone(), dialect);
    model.tables[0].columns[0].column_type.clone()
}

/// The model of a schema, on the engine of a dialect.
pub(super) fn read_sql(
    sql: &str,
    engines: Vec<crate::model::Engine>,
    dialect: Dialect,
) -> crate::model::Model {
    read_on(sql, engines, dialect, engine_of(dialect))
}

/// A text of one dialect whose tables live on the first engine, whatever that is.
#[cfg(feature = "diff")]
pub(crate) fn read_sql_as(
    sql: &str,
    engines: Vec<crate::model::Engine>,
    dialect: Dialect,
) -> crate::model::Model {
    read_on(sql, engines, dialect, crate::model::EngineId(0))
}

fn read_on(
    sql: &str,
    engines: Vec<crate::model::Engine>,
    dialect: Dialect,
    engine: crate::model::EngineId,
) -> crate::model::Model {
    use crate::diagnostic::Diagnostics;
    use crate::input::{Input, InputFile};

    let (mut input, mut diagnostics) = (Input::default(), Diagnostics::default());
    input.engines = engines;
    input.default_engine = Some(engine);
    let id = crate::parse::load(
        &mut input.sources,
        "t.sql",
        sql.as_bytes(),
        &mut diagnostics,
    )
    .expect("a text that was written here");
    input.files.push(InputFile {
        id,
        dialect: Some(dialect),
        engines: Vec::new(),
    });
    let model = crate::read_model(&input, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{sql}: {diagnostics:?}");
    model
}

#[test]
fn indexes_keep_their_collations_and_operator_classes_at_home() {
    let cases = [
        (
            Dialect::Sqlite,
            "CREATE UNIQUE INDEX \"i\" ON \"t\" (\"n\" COLLATE nocase DESC)",
        ),
        (
            Dialect::Postgres,
            "CREATE INDEX \"i\" ON \"t\" USING gin (\"n\" gin_trgm_ops)",
        ),
        (
            Dialect::Postgres,
            "CREATE UNIQUE INDEX \"i\" ON \"t\" (\"n\" COLLATE \"C\" text_pattern_ops)",
        ),
    ];
    for (dialect, index) in cases {
        let sql = format!("CREATE TABLE t (id integer PRIMARY KEY, n text);\n{index};");
        let read = read_sql(&sql, model(Vec::new()).engines, dialect);
        let created = create_statements(&CheckedModel::new(read, Vec::new()), engine_of(dialect));
        assert_eq!(created[0].create[1..], [index]);
    }
}

#[test]
fn what_is_written_reads_as_the_same_type() {
    let decimal = |precision, scale| ColumnType::Decimal(Some(DecimalSize { precision, scale }));
    let json = ColumnType::Json { binary: false };
    let everywhere = [
        ColumnType::Bool,
        ColumnType::I16,
        ColumnType::I64,
        ColumnType::F64,
        decimal(10, 2),
        decimal(38, 10),
        ColumnType::VarChar(Some(40)),
        ColumnType::Text(LobSize::Unbounded),
        ColumnType::Blob(LobSize::Unbounded),
        ColumnType::Date,
        ColumnType::Time(6),
        ColumnType::DateTime(6),
        json.clone(),
    ];
    let of_each = [
        (
            Dialect::Sqlite,
            vec![
                ColumnType::I8,
                ColumnType::I24,
                ColumnType::U8,
                ColumnType::U16,
                ColumnType::U24,
                ColumnType::U32,
                ColumnType::U64,
                ColumnType::Decimal(None),
                ColumnType::Char(3),
                ColumnType::Binary(16),
                ColumnType::VarBinary(9),
                ColumnType::Year,
                ColumnType::Timestamp(6),
                ColumnType::Uuid,
            ],
        ),
        (
            Dialect::Postgres,
            vec![
                ColumnType::I32,
                ColumnType::F32,
                ColumnType::Decimal(None),
                ColumnType::VarChar(None),
                ColumnType::Time(0),
                ColumnType::DateTime(3),
                ColumnType::Timestamp(6),
                ColumnType::Timestamp(0),
                ColumnType::Interval,
                ColumnType::Uuid,
                ColumnType::Json { binary: true },
                ColumnType::Array(Box::new(ColumnType::I32)),
            ],
        ),
        (
            Dialect::Mysql,
            vec![
                ColumnType::I8,
                ColumnType::I24,
                ColumnType::I32,
                ColumnType::U8,
                ColumnType::U16,
                ColumnType::U24,
                ColumnType::U32,
                ColumnType::U64,
                ColumnType::F32,
                ColumnType::VarBinary(9),
                ColumnType::Text(LobSize::Small),
                ColumnType::Blob(LobSize::Tiny),
                ColumnType::Time(0),
                ColumnType::DateTime(3),
                ColumnType::Year,
                ColumnType::Set(vec!["a b".to_owned(), "c".to_owned()]),
                ColumnType::Bit(9),
            ],
        ),
    ];
    for (dialect, own) in of_each {
        for column_type in everywhere.iter().chain(&own) {
            let found = read_back(column_type, dialect);
            // MySQL's longest text and bytes are its unlimited ones.
            let same = match (&found, column_type) {
                (ColumnType::Text(LobSize::Long), ColumnType::Text(LobSize::Unbounded)) => true,
                (ColumnType::Blob(LobSize::Long), ColumnType::Blob(LobSize::Unbounded)) => true,
                (found, column_type) => found == column_type,
            };
            assert!(same, "{dialect}: {column_type:?} reads as {found:?}");
        }
    }
}

#[test]
fn types_without_a_word_are_read_in_their_text_form_where_they_are_native() {
    let mut address = column("address", ColumnType::Text(LobSize::Unbounded));
    address.as_text = true;
    let hosts = table("hosts", Dialect::Postgres, vec![id(), address]);
    let model = checked(vec![hosts]);
    let found = |dialect| table_statements(&model, TableId(0), engine_of(dialect));
    let postgres = found(Dialect::Postgres);
    assert_eq!(
        postgres.select,
        "SELECT \"id\", \"address\"::text FROM \"hosts\""
    );
    assert_eq!(postgres.returning, " RETURNING \"id\", \"address\"::text");
    let sqlite = found(Dialect::Sqlite);
    assert_eq!(sqlite.select, "SELECT \"id\", \"address\" FROM \"hosts\"");
}
