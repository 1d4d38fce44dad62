//! Values that one database alone holds: dumped in its own text form, loaded again by the same product, and by others where they hold
//! them.

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use crate::support::{Project, holds};

/// A table with one kind of values.
struct ValueKind {
    /// Its name.
    table: &'static str,
    /// The type of the column, in the dialect of the source.
    column: &'static str,
    /// Values as SQL.
    values: &'static [&'static str],
    /// The same in the dump.
    dumped: &'static [&'static str],
    /// The answers of the other two products; none where the type is not theirs.
    elsewhere: Option<[Elsewhere; 2]>,
}

#[derive(Clone, Copy)]
enum Elsewhere {
    Loaded,
    /// With this in the message.
    Refused(&'static str),
}
use Elsewhere::{Loaded, Refused};

const NO_TIME: &str = "a time of day is from 00:00 to before 24:00";
const PARTS: &str = "a date with parts that are zero";
const YEARS: &str = "a date is kept from the year 1 to the year 9999";
const NO_NUMBER: &str = "NaN and infinities are no decimals but of PostgreSQL";
const OTHER_TYPE: &str = "a value of another type than its column's";

/// Elsewhere: SQLite, PostgreSQL.
const OF_MYSQL: &[ValueKind] = &[
    ValueKind {
        table: "clocks",
        column: "time(6)",
        values: &["'-12:00:00'", "'838:59:59'", "'24:00:00.5'", "'12:30:00'"],
        dumped: &["-12:00:00", "838:59:59", "24:00:00.500000", "12:30:00"],
        elsewhere: Some([Refused(NO_TIME), Refused(NO_TIME)]),
    },
    ValueKind {
        table: "days",
        column: "date",
        values: &["'2026-00-00'", "'2026-05-00'", "'0000-00-00'"],
        dumped: &["2026-00-00", "2026-05-00", "0000-00-00"],
        elsewhere: Some([Refused(PARTS), Refused(PARTS)]),
    },
    ValueKind {
        table: "moments",
        column: "datetime(6)",
        values: &["'2026-00-00 00:00:00'", "'2026-02-00 13:45:00.25'"],
        dumped: &["2026-00-00", "2026-02-00 13:45:00.250000"],
        elsewhere: Some([Refused(PARTS), Refused(PARTS)]),
    },
    ValueKind {
        table: "flags",
        column: "tinyint(1)",
        values: &["2", "-1", "1"],
        dumped: &["2", "-1", "true"],
        elsewhere: Some([Loaded, Refused("not a boolean")]),
    },
    ValueKind {
        table: "prices",
        column: "decimal(10,2)",
        values: &["1.5", "-0.10"],
        dumped: &["1.5", "-0.1"],
        elsewhere: Some([Loaded, Loaded]),
    },
];

/// Elsewhere: SQLite, MySQL or MariaDB.
const OF_POSTGRES: &[ValueKind] = &[
    ValueKind {
        table: "grids",
        column: "int[]",
        values: &["'{{1,2,3},{4,NULL,6}}'", "'{7}'", "'{}'", "'{{{1}},{{2}}}'"],
        dumped: &["\"[[1,2,3],[4,null,6]]\"", "[7]", "[]", "\"[[[1]],[[2]]]\""],
        elsewhere: None,
    },
    ValueKind {
        table: "tags",
        column: "text[]",
        values: &["'{{a,\"b,c\"},{\"[\",\"\"}}'"],
        dumped: &["\"[[\"\"a\"\",\"\"b,c\"\"],[\"\"[\"\",\"\"\"\"]]\""],
        elsewhere: None,
    },
    ValueKind {
        table: "numbers",
        column: "numeric",
        values: &["'NaN'", "'Infinity'", "'-Infinity'", "1.50", "1e20"],
        dumped: &[
            "NaN",
            "Infinity",
            "-Infinity",
            "1.50",
            "100000000000000000000",
        ],
        elsewhere: None,
    },
    ValueKind {
        table: "number_lists",
        column: "numeric[]",
        values: &["'{NaN,1.50}'"],
        dumped: &["\"[\"\"NaN\"\",\"\"1.50\"\"]\""],
        elsewhere: None,
    },
    ValueKind {
        table: "prices",
        column: "numeric(10,2)",
        values: &["'NaN'", "1.5"],
        dumped: &["NaN", "1.5"],
        elsewhere: Some([Refused(NO_NUMBER), Refused(NO_NUMBER)]),
    },
    ValueKind {
        table: "days",
        column: "date",
        values: &["'0044-03-15 BC'", "'12026-01-01'", "'4713-01-01 BC'"],
        dumped: &["0044-03-15 BC", "12026-01-01", "4713-01-01 BC"],
        elsewhere: Some([Refused(YEARS), Refused(YEARS)]),
    },
    ValueKind {
        table: "moments",
        column: "timestamp(6)",
        values: &[
            "'0044-03-15 12:00:00.5 BC'",
            "'294276-12-31 23:59:59.999999'",
        ],
        dumped: &[
            "0044-03-15 12:00:00.500000 BC",
            "294276-12-31 23:59:59.999999",
        ],
        elsewhere: Some([Refused(YEARS), Refused(YEARS)]),
    },
    ValueKind {
        table: "instants",
        column: "timestamptz(6)",
        values: &["'0044-03-15 12:00:00+00 BC'", "'10000-01-01 00:00:00+00'"],
        dumped: &["0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"],
        elsewhere: Some([Refused(YEARS), Refused(YEARS)]),
    },
    ValueKind {
        table: "clocks",
        column: "time(6)",
        values: &["'24:00:00'"],
        dumped: &["24:00:00"],
        elsewhere: Some([Refused(NO_TIME), Loaded]),
    },
    ValueKind {
        table: "letters",
        column: "\"char\"",
        values: &["'a'", "''", "(-56)::\"char\""],
        dumped: &["a", "\"\"", "\\310"],
        elsewhere: None,
    },
];

/// Elsewhere: PostgreSQL, MySQL or MariaDB.
const OF_SQLITE: &[ValueKind] = &[
    ValueKind {
        table: "numbers",
        column: "INTEGER",
        values: &["'abc'", "1.5", "x'00ff'", "'it''s, \"so\"'", "7"],
        dumped: &[
            "t'abc'",
            "r'1.5'",
            "x'00ff'",
            "\"t'it's, \"\"so\"\"'\"",
            "7",
        ],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "floats",
        column: "DOUBLE PRECISION",
        values: &["'abc'", "x''"],
        dumped: &["t'abc'", "x''"],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "notes",
        column: "TEXT",
        values: &["x'00ff'", "'x''00ff'''"],
        dumped: &["x'00ff'", "\"x'00ff'\""],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "files",
        column: "BLOB",
        values: &["12", "1.5"],
        dumped: &["i'12'", "r'1.5'"],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "flags",
        column: "BOOLEAN",
        values: &["2", "'true'", "1"],
        dumped: &["2", "t'true'", "true"],
        elsewhere: Some([Refused("not a boolean"), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "days",
        column: "DATE",
        values: &["20261120", "'yesterday'"],
        dumped: &["i'20261120'", "t'yesterday'"],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
    ValueKind {
        table: "documents",
        column: "JSON_TEXT",
        values: &["'{not JSON'", "x'00'", "'{\"$bytes\":\"00\"}'"],
        dumped: &["t'{not JSON'", "x'00'", "\"{\"\"$bytes\"\":\"\"00\"\"}\""],
        elsewhere: Some([Refused(OTHER_TYPE), Refused(OTHER_TYPE)]),
    },
];

/// A project with an engine of each product.
struct Products {
    project: Project,
    postgres: FreshDatabase,
    mysql: FreshDatabase,
}

const ENGINES: [&str; 3] = ["lite", "p", "m"];

impl Products {
    fn new(source: &str, kinds: &[ValueKind]) -> Option<Self> {
        let (postgres, mysql) = (fresh_postgres()?, fresh_mysql()?);
        let config = format!(
            "[engines]\nlite = \"sqlite://lite.db\"\np = \"{}\"\nm = \"{}\"\n",
            postgres.url(),
            mysql.url()
        );
        let mut schema = format!("-- @dialect {}\n", dialect(source));
        for kind in kinds {
            let engines = match kind.elsewhere {
                Some(_) => ENGINES.join(", "),
                None => source.to_owned(),
            };
            schema += &format!(
                "\n-- @engines {engines}\nCREATE TABLE {} (id integer NOT NULL PRIMARY KEY, v {});\n",
                kind.table, kind.column
            );
        }
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
        project.run("create --all").good();
        Some(Self {
            project,
            postgres,
            mysql,
        })
    }

    fn execute(&self, engine: &str, sql: &str) {
        match engine {
            "lite" => self.project.sqlite("lite.db", sql),
            "p" => self.postgres.run_script(sql).expect(sql),
            _ => self.mysql.run_script(sql).expect(sql),
        }
    }

    fn file(&self, path: &str) -> String {
        std::fs::read_to_string(self.project.path(path)).expect(path)
    }

    /// Each kind: dumped in both forms, loaded into the same database and dumped again, loaded into the others.
    fn check(&self, source: &str, kinds: &[ValueKind]) {
        for kind in kinds {
            let table = kind.table;
            for (at, value) in kind.values.iter().enumerate() {
                let sql = format!("INSERT INTO {table} (id, v) VALUES ({at}, {value});");
                self.execute(source, &sql);
            }
            for form in ["csv", "jsonl"] {
                self.check_form(source, kind, form);
            }
        }
    }

    fn check_form(&self, source: &str, kind: &ValueKind, form: &str) {
        let (run, table) = (|words: &str| self.project.run(words), kind.table);
        let [first, again] = ["first", "again"].map(|name| format!("{name}-{form}-{table}"));
        let dump = format!("dump --engine {source} --table {table} --as {form} --out");
        run(&format!("{dump} {first}")).good();
        let text = self.file(&format!("{first}/{source}/{table}.{form}"));
        if form == "csv" {
            let rows = kind.dumped.iter().enumerate();
            let rows: String = rows.map(|(at, value)| format!("{at},{value}\n")).collect();
            assert_eq!(text, format!("id,v\n{rows}"), "{table} of {source}");
        }
        let load = |engine: &str, more: &str| {
            format!("load --engine {engine} --table {table} --from {first}/{source} {more}")
        };
        run(&load(source, "--replace --yes")).good();
        run(&format!("{dump} {again}")).good();
        let path = format!("{again}/{source}/{table}.{form}");
        assert_eq!(self.file(&path), text, "{table} of {source}");
        let others = ENGINES.iter().filter(|engine| **engine != source);
        for (engine, expected) in others.zip(kind.elsewhere.iter().flatten()) {
            match expected {
                Loaded => drop(run(&load(engine, "--replace --yes")).good()),
                Refused(why) => self.check_refused(&load(engine, "--replace --yes"), kind, why),
            }
        }
    }

    /// Nothing is loaded, or what can be with the others in a file.
    fn check_refused(&self, load: &str, kind: &ValueKind, why: &str) {
        let message = self.project.run(load).failed();
        holds(&message, &[why, "line ", "column `v`"]);
        let rejects = self.project.path("rejects.csv");
        let left = self
            .project
            .run(&format!("{load} --skip-rows-to rejects.csv"));
        let file = std::fs::read_to_string(&rejects).expect("rows were left out");
        let rows = file.lines().filter(|line| line.starts_with('#')).count();
        assert!(rows >= 1 && rows <= kind.values.len(), "{file}");
        holds(&left.results, &[" left out"]);
        left.failed();
        std::fs::remove_file(rejects).expect("it is there");
    }
}

fn dialect(engine: &str) -> &'static str {
    match engine {
        "lite" => "sqlite",
        "p" => "postgres",
        _ => "mysql",
    }
}

fn check(source: &str, kinds: &[ValueKind]) {
    if let Some(products) = Products::new(source, kinds) {
        products.check(source, kinds);
    }
}

#[test]
fn dump_02_what_mysql_alone_holds_is_dumped_and_loaded_again() {
    check("m", OF_MYSQL);
}

#[test]
fn dump_02_what_postgres_alone_holds_is_dumped_and_loaded_again() {
    check("p", OF_POSTGRES);
}

#[test]
fn dump_02_what_sqlite_alone_holds_is_dumped_and_loaded_again() {
    check("lite", OF_SQLITE);
}
