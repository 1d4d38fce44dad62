//! Dumps of PostgreSQL that MariaDB loads and the other way round, values that one of them alone has, and dumps of earlier versions.

use std::path::Path;

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use super::dumped::{Dumped, SCHEMA, THINGS, without_json_blanks};
use super::support::{Project, holds};

/// Types that MySQL has beside those of [`SCHEMA`].
const KINDS: &str = "\
-- @dialect mysql

-- @engines default, b
CREATE TABLE kinds (
  id bigint PRIMARY KEY,
  tiny tinyint,
  utiny tinyint unsigned,
  usmall smallint unsigned,
  medium mediumint,
  uint int unsigned,
  ubig bigint unsigned,
  mood enum('well', 'it''s ill'),
  fixed char(4),
  raw varbinary(16),
  raws longblob,
  stamp timestamp(6) NULL,
  moment datetime(6),
  clock time(6),
  price decimal(20,4),
  yes boolean,
  doc json,
  born year,
  code uuid
);
";

const ROWS: &str = "\
id,tiny,utiny,usmall,medium,uint,ubig,mood,fixed,raw,raws,stamp,moment,clock,price,yes,doc,born,code
1,-128,255,65535,-8388608,4294967295,18446744073709551615,it's ill,ab,00ff,000102,2037-12-31T23:59:59.999999Z,9999-12-31T23:59:59.999999,23:59:59.999999,9999999999999999.9999,true,\"{\"\"a\"\": [1, null]}\",2155,67e55044-10b1-426f-9247-bb680e5fe0c8
2,,,,,,,,,,,,,,,,,,
3,127,0,0,8388607,0,0,well,\"\",\"\",\"\",1970-01-02T00:00:00Z,1000-01-01T00:00:00,00:00:00,-9999999999999999.9999,false,null,1901,00000000-0000-0000-0000-000000000000
";

/// Engine `default` on one server and `b` on the other.
struct Servers {
    project: Project,
    default: FreshDatabase,
    b: FreshDatabase,
}

impl Servers {
    fn new(default: FreshDatabase, b: FreshDatabase, schema: &str) -> Self {
        let config = format!(
            "[engines.default]\nurl = \"{}\"\n\n[engines.b]\nurl = \"{}\"\n",
            default.url(),
            b.url()
        );
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
        project.run("create --all").good();
        Self {
            project,
            default,
            b,
        }
    }

    /// From PostgreSQL to MariaDB, and the other way round.
    fn both_ways(schema: &str) -> Vec<Self> {
        let pairs = [
            (fresh_postgres(), fresh_mysql()),
            (fresh_mysql(), fresh_postgres()),
        ];
        let pairs = pairs
            .into_iter()
            .filter_map(|(from, to)| Some((from?, to?)));
        pairs
            .map(|(from, to)| Self::new(from, to, schema))
            .collect()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.project.path(file)).expect(file)
    }

    /// One row in the table of `default`.
    fn row(&self, values: &str) {
        let sql = format!("DELETE FROM limits; INSERT INTO limits {values};");
        self.default.run_script(&sql).expect(values);
    }
}

fn plain(text: &str) -> String {
    without_json_blanks(text).replace("\": [1, null]", "\":[1,null]")
}

/// Values of every kind, there and back in each form.
///
/// Covers DUMP-7 on PostgreSQL, MariaDB.
#[test]
fn dump_02_all_values_go_from_one_server_to_the_other() {
    for (schema, table, rows) in [(SCHEMA, "things", THINGS), (KINDS, "kinds", ROWS)] {
        for servers in Servers::both_ways(schema) {
            let project = &servers.project;
            project.write("rows.csv", rows);
            project
                .run(&format!("load --table {table} --from rows.csv"))
                .good();
            for form in ["csv", "jsonl"] {
                let words = format!("--table {table} --as {form} --force --quiet");
                project.run(&format!("dump {words}")).good();
                project
                    .run("load --engine b --from data/default --replace --yes")
                    .good();
                project.run(&format!("dump --engine b {words}")).good();
                let (default, b) = (
                    servers.read(&format!("data/default/{table}.{form}")),
                    servers.read(&format!("data/b/{table}.{form}")),
                );
                assert_eq!(plain(&b), plain(&default), "{form}");
                project
                    .run("load --engine default --from data/b --replace --yes")
                    .good();
            }
            let last = project.run(&format!("dump --table {table} --out - --quiet"));
            assert_eq!(plain(&last.good()), plain(rows));
        }
    }
}

const LIMITS: &str = "\
-- @dialect mysql

-- @engines default, b
CREATE TABLE limits (
  id bigint PRIMARY KEY,
  f double,
  s float,
  n decimal(20,4),
  day date,
  clock time(6),
  moment datetime(6),
  instant timestamp(6) NULL,
  name varchar(10)
);
";

/// A value of one server that the other cannot hold: the column, and how it is refused.
const OF_POSTGRES: [(&str, &str, &str); 11] = [
    ("f", "'NaN'", "cannot hold NaN or an infinity"),
    ("f", "'-Infinity'", "cannot hold NaN or an infinity"),
    ("s", "'Infinity'", "cannot hold NaN or an infinity"),
    (
        "n",
        "'NaN'",
        "NaN and infinities are no decimals but of PostgreSQL",
    ),
    (
        "day",
        "'10000-01-01'",
        "a date is kept from the year 1 to the year 9999",
    ),
    (
        "day",
        "'0044-03-15 BC'",
        "a date is kept from the year 1 to the year 9999",
    ),
    (
        "day",
        "'infinity'",
        "an infinite date or time, which PostgreSQL alone has",
    ),
    (
        "moment",
        "'10000-01-01'",
        "a date is kept from the year 1 to the year 9999",
    ),
    (
        "moment",
        "'-infinity'",
        "an infinite date or time, which PostgreSQL alone has",
    ),
    ("instant", "'2500-01-01'", "too long or out of range"),
    ("instant", "'1900-01-01'", "too long or out of range"),
];

const OF_MYSQL: [(&str, &str, &str); 6] = [
    (
        "day",
        "'0000-00-00'",
        "PostgreSQL cannot hold the date 0000-00-00",
    ),
    (
        "day",
        "'2026-00-00'",
        "a date with parts that are zero, as MySQL and MariaDB alone keep it",
    ),
    (
        "moment",
        "'0000-00-00'",
        "PostgreSQL cannot hold the date 0000-00-00",
    ),
    (
        "clock",
        "'838:59:59'",
        "a time of day is from 00:00 to before 24:00",
    ),
    (
        "clock",
        "'-01:00:00'",
        "a time of day is from 00:00 to before 24:00",
    ),
    (
        "name",
        "char(0)",
        "PostgreSQL cannot hold text with the character NUL",
    ),
];

/// The load fails with the table, the column, file and line.
///
/// Covers DUMP-7 on PostgreSQL, MariaDB.
#[test]
fn dump_02_values_that_the_other_server_cannot_hold_are_named() {
    for servers in Servers::both_ways(LIMITS) {
        let is_postgres = servers.default.url().starts_with("postgres");
        let cases: &[_] = if is_postgres { &OF_POSTGRES } else { &OF_MYSQL };
        let lax = if is_postgres {
            ""
        } else {
            "SET sql_mode = ''; "
        };
        let project = &servers.project;
        for (column, value, why) in cases {
            let insert = format!("(id, {column}) VALUES (1, {value})");
            let sql = format!("{lax}DELETE FROM limits; INSERT INTO limits {insert};");
            servers.default.run_script(&sql).expect(&sql);
            project.run("dump --force --quiet").good();
            let failed = project.run("load --engine b --from data/default").failed();
            let place = "file `data/default/limits.csv`, line 2";
            holds(&failed, &[place, why, &format!("column `{column}`")]);
            let stored = servers.b.answer("SELECT count(*) FROM limits");
            assert_eq!(stored.expect("a number").trim(), "0", "{column} {value}");
        }
        servers.row("(id, name) VALUES (1, 'kept')");
        project.run("dump --force --quiet").good();
        project.run("load --engine b --from data/default").good();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder of the repository") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("it has a name").to_owned();
        std::fs::copy(&path, to.join(name)).expect("a copy");
    }
}

/// Dumps as earlier versions wrote them are loaded for ever.
///
/// Covers DUMP-6.
#[test]
fn dump_02_a_dump_of_form_1_is_loaded() {
    let forms = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/forms");
    for test in Dumped::on_all() {
        for form in ["1", "1-jsonl"] {
            copy(&forms.join(form), &test.project.path(form));
            let words = format!("load --engine b --from {form} --replace --yes");
            test.run(&words).good();
            assert_eq!(plain(&test.rows("things")), plain(THINGS), "{form}");
            assert_eq!(test.rows("owners"), "id,pet\n1,1\n2,2\n");
            assert_eq!(test.rows("pets"), "id,owner\n1,1\n2,1\n");
        }
    }
}

/// Another program's tables get no fixtures.
#[test]
fn dump_06_fixtures_of_unmanaged_tables_are_passed_over() {
    const UNMANAGED: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE notes (
  id bigint PRIMARY KEY,
  note text
);

-- @engine b
-- @unmanaged
CREATE TABLE audit (
  id bigint PRIMARY KEY,
  note text
);
";
    for test in Dumped::on_all_with(UNMANAGED) {
        std::fs::create_dir_all(test.project.path("fixtures/b")).expect("a folder");
        test.project.write("fixtures/notes.csv", "id,note\n1,a\n");
        test.project.write("fixtures/b/audit.csv", "id,note\n1,a\n");
        let loaded = test.run("load --all --fixtures fixtures").good();
        holds(&loaded, &["1 of 2 tables with fixtures live on b\n"]);
        assert_eq!(test.number("notes"), 1);
    }
}
