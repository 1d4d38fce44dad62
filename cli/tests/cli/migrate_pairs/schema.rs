//! A whole random schema, and another that shares a part of its choices.

use std::fmt::Write;

use bindery_schema::dialect::Dialect;

use super::super::migrate_random::random::Random;

/// The tables and views that there may be.
const NAMES: usize = 6;
const COLUMNS: usize = 5;
/// The second schema draws one choice in this many anew.
const CALM: [usize; 5] = [2, 4, 8, 16, 32];

/// The choices of one schema: each has a name of its own, so that two schemas of one seed share most of them.
pub(super) struct Choices {
    pub(super) dialect: Dialect,
    pub(super) seed: u64,
    pub(super) is_second: bool,
}

impl Choices {
    fn below(&self, name: &str, limit: usize) -> usize {
        // FNV-1a.
        let bytes = name.bytes();
        let hashed = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut random = Random(hashed ^ Random(self.seed).below(usize::MAX) as u64);
        let first = random.below(limit);
        let calm = CALM[self.seed as usize % CALM.len()];
        match self.is_second && random.below(calm) == 0 {
            true => random.below(limit),
            false => first,
        }
    }

    fn one<'t, T>(&self, name: &str, all: &'t [T]) -> &'t T {
        &all[self.below(name, all.len())]
    }

    /// One of `limit` times.
    fn is(&self, name: &str, limit: usize) -> bool {
        self.below(name, limit) == 0
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        (0..NAMES).filter_map(|at| self.table(at)).collect()
    }

    /// The schema, as its file has it.
    pub(super) fn sql(&self) -> String {
        let tables = self.tables();
        let mut sql = self.objects(&tables);
        for table in &tables {
            sql.push_str(&self.table_sql(table, &tables));
        }
        sql.push_str(&self.indexes(&tables));
        sql.push_str(&self.views(&tables));
        sql
    }

    /// Enum types and sequences that a table needs: `create` makes no others.
    fn objects(&self, tables: &[Table]) -> String {
        let mut sql = String::new();
        for name in (0..ENUMS).map(|at| format!("e{at}")) {
            let columns = tables.iter().flat_map(|table| &table.columns);
            let mut kinds = columns.filter_map(|column| column.line.split(' ').next());
            if kinds.any(|kind| kind == name) {
                let values = self.values(&name).join("', '");
                writeln!(sql, "CREATE TYPE {name} AS ENUM ('{values}');").expect("a text");
            }
        }
        if tables
            .iter()
            .any(|table| table.id.contains("(s0)") || table.id.contains("'s0'"))
        {
            sql.push_str("CREATE SEQUENCE s0 INCREMENT BY 2;\n");
        }
        sql
    }

    /// The values of an enum, one of which is a default.
    fn values(&self, name: &str) -> Vec<&'static str> {
        let mut values = vec!["a", "b", "c", "d"];
        values.truncate(2 + self.below(&format!("{name}.length"), 3));
        let start = self.below(&format!("{name}.start"), 2);
        values.rotate_left(start);
        values
    }

    fn table(&self, at: usize) -> Option<Table> {
        let name = format!("o{at}");
        if self.below(&format!("{name}.kind"), 6) < 2 {
            return None;
        }
        // Of PostgreSQL's columns a `serial` stays one: bindery leaves it to a person to make it another, or the reverse.
        let (serials, others) = keys(self.dialect);
        let is_serial = !serials.is_empty() && (self.seed + at as u64).is_multiple_of(4);
        let kinds = if is_serial { serials } else { others };
        // PostgreSQL has no way from a table to a partitioned one, nor another type for the column that divides it, nor before 17
        // identities there.
        let is_divided = match self.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => (self.seed + at as u64) % 5 == 1,
            Dialect::Mysql => self.is(&format!("{name}.divided"), 4),
        };
        let key = match is_divided && self.dialect == Dialect::Postgres {
            true => &others[0],
            false => self.one(&format!("{name}.id"), kinds),
        };
        let mut table = Table {
            id_type: key.type_name,
            id: key.words,
            is_pair: self.is(&format!("{name}.pair"), 4),
            is_captured: self.is(&format!("{name}.captured"), 5),
            is_divided,
            columns: Vec::new(),
            name,
        };
        for number in 0..COLUMNS {
            let column = self.column(&table, number);
            table.columns.extend(column);
        }
        Some(table)
    }

    fn column(&self, table: &Table, number: usize) -> Option<Column> {
        let name = format!("c{number}");
        let at = format!("{}.{name}", table.name);
        if self.is(&format!("{at}.there"), 3) {
            return None;
        }
        let of_dialect = types(self.dialect);
        let enums = ENUMS * usize::from(self.dialect == Dialect::Postgres);
        let kind = self.below(&format!("{at}.type"), of_dialect.len() + enums);
        let (kind, value) = match of_dialect.get(kind) {
            Some((kind, value)) => ((*kind).to_owned(), (*value).to_owned()),
            None => (format!("e{}", kind - of_dialect.len()), "'a'".to_owned()),
        };
        let is_number = value.parse::<i32>().is_ok();
        let mut numbers = table.columns.iter().filter(|column| column.is_number);
        let read = numbers.next().map_or("k", |column| &column.name);
        let computed = is_number && self.is(&format!("{at}.computed"), 3);
        let mut words = match computed {
            true => format!(" GENERATED ALWAYS AS ({read} + {}) STORED", number % 2),
            false => String::new(),
        };
        if !computed && self.is(&format!("{at}.null"), 3) {
            words.push_str(" NOT NULL");
        }
        if !computed && self.is(&format!("{at}.default"), 3) {
            words.push_str(&format!(" DEFAULT {value}"));
        }
        Some(Column {
            name,
            line: format!("{kind}{words}"),
            is_number: is_number && !computed,
            is_computed: computed,
            value,
        })
    }

    fn table_sql(&self, table: &Table, all: &[Table]) -> String {
        let name = &table.name;
        let mut lines = vec![format!("id {}", table.id), "k bigint NOT NULL".to_owned()];
        let columns = table.columns.iter();
        lines.extend(columns.map(|one| format!("{} {}", one.name, one.line)));
        let mut keys = Vec::new();
        for number in 0..2 {
            self.foreign_key(table, number, all, (&mut lines, &mut keys));
        }
        let (key, other) = match table.is_pair {
            true => ("id, k", "id"),
            false => ("id", "id, k"),
        };
        lines.push(format!("PRIMARY KEY ({key})"));
        let (first, second) = match self.is(&format!("{name}.swap"), 4) {
            true => (1, 0),
            false => (0, 1),
        };
        lines.push(format!("CONSTRAINT {name}_u{first} UNIQUE ({other})"));
        if self.is(&format!("{name}.unique"), 2) {
            lines.push(format!("CONSTRAINT {name}_u{second} UNIQUE (k, id)"));
        }
        let numbers = table.columns.iter().filter(|column| column.is_number);
        for column in numbers {
            let at = format!("{name}.{}.check", column.name);
            let least = self.below(&at, 4);
            if least > 1 {
                lines.push(format!(
                    "CONSTRAINT {name}_{0}_least CHECK ({0} >= {least})",
                    column.name
                ));
            }
        }
        lines.extend(keys);
        let tag = if table.is_captured {
            "-- @capture\n"
        } else {
            ""
        };
        let (divided, parts) = self.partitions(table);
        format!(
            "{tag}CREATE TABLE {name} (\n  {}\n){divided};\n{parts}",
            lines.join(",\n  ")
        )
    }

    /// The words after the table, and the statements of parts that are tables of their own. Every key has the column that divides it.
    fn partitions(&self, table: &Table) -> (String, String) {
        let name = &table.name;
        if !table.is_divided {
            return (String::new(), String::new());
        }
        let is_first = self.seed.is_multiple_of(2);
        match self.dialect {
            Dialect::Sqlite => (String::new(), String::new()),
            Dialect::Postgres => {
                // A part of the first schema alone stays, as programs make parts while they run.
                let has_more = self.is_second && self.is(&format!("{name}.parts"), 2);
                let bounds = match is_first {
                    true => ["FROM (0) TO (1000)", "FROM (1000) TO (2000)"],
                    false => ["WITH (MODULUS 1, REMAINDER 0)", ""],
                };
                let bounds = bounds.iter().enumerate();
                let bounds = bounds.filter(|(at, bound)| *at == 0 || has_more && !bound.is_empty());
                let parts = bounds.map(|(at, bound)| {
                    format!("CREATE TABLE {name}_p{at} PARTITION OF {name} FOR VALUES {bound};\n")
                });
                let method = if is_first { "RANGE" } else { "HASH" };
                (format!(" PARTITION BY {method} (id)"), parts.collect())
            }
            Dialect::Mysql => {
                let words = self.one(&format!("{name}.parts"), &MYSQL_PARTITIONS);
                (format!(" {words}"), String::new())
            }
        }
    }

    /// To one column or two, of another table or its own.
    fn foreign_key(
        &self,
        table: &Table,
        number: usize,
        all: &[Table],
        (columns, keys): (&mut Vec<String>, &mut Vec<String>),
    ) {
        let at = format!("{}.f{number}", table.name);
        let target = self.below(&format!("{at}.target"), NAMES + 2);
        let target = all.iter().find(|one| one.name == format!("o{target}"));
        let Some(target) = target else { return };
        let is_mysql = self.dialect == Dialect::Mysql;
        // MySQL has no foreign keys at partitioned tables, and runs no triggers for the rows that a foreign key deletes.
        if is_mysql && (table.is_divided || target.is_divided) {
            return;
        }
        let actions: &[&str] = match is_mysql && table.is_captured {
            true => &[""],
            false => &["", " ON DELETE CASCADE"],
        };
        let action = self.one(&format!("{at}.action"), actions);
        columns.push(format!("r{number} {}", target.id_type));
        let (own, others) = match self.is(&format!("{at}.pair"), 3) {
            true => {
                columns.push(format!("q{number} bigint"));
                (format!("r{number}, q{number}"), "id, k")
            }
            false => (format!("r{number}"), "id"),
        };
        keys.push(format!(
            "CONSTRAINT {}_f{number} FOREIGN KEY ({own}) REFERENCES {} ({others}){action}",
            table.name, target.name
        ));
    }

    /// Their names are the database's, so that one may go to another table.
    fn indexes(&self, all: &[Table]) -> String {
        let mut sql = String::new();
        for number in 0..NAMES {
            let at = format!("i{number}");
            let table = self.below(&format!("{at}.table"), NAMES);
            let table = all.iter().find(|one| one.name == format!("o{table}"));
            let Some(table) = table else { continue };
            let column = self.below(&format!("{at}.column"), COLUMNS);
            let column = table
                .columns
                .get(column)
                .filter(|one| !one.line.starts_with("text"));
            let column = column.map_or("k", |one| &one.name);
            let unique = self.one(&format!("{at}.unique"), &["", "", "UNIQUE "]);
            writeln!(
                sql,
                "CREATE {unique}INDEX i{number} ON {} (id, {column});",
                table.name
            )
            .expect("a text");
        }
        sql
    }

    /// Of tables and of views before them, under the names that tables have elsewhere.
    fn views(&self, all: &[Table]) -> String {
        let mut sql = String::new();
        let mut known: Vec<(String, String)> = all
            .iter()
            .map(|one| {
                (
                    one.name.clone(),
                    one.columns
                        .first()
                        .map_or("k", |column| &column.name)
                        .to_owned(),
                )
            })
            .collect();
        for at in 0..NAMES {
            let name = format!("o{at}");
            if known.is_empty() || self.below(&format!("{name}.kind"), 6) != 0 {
                continue;
            }
            let (of, column) = self.one(&format!("{name}.of"), &known).clone();
            let column = self
                .one(&format!("{name}.column"), &[column.as_str(), "k"])
                .to_string();
            let column = if column == "k" { "k" } else { &column };
            let columns = if column == "k" {
                "id, k".to_owned()
            } else {
                format!("id, k, {column}")
            };
            writeln!(sql, "CREATE VIEW {name} AS SELECT {columns} FROM {of};").expect("a text");
            known.push((name, column.to_owned()));
        }
        sql
    }
}

const ENUMS: usize = 2;

const MYSQL_PARTITIONS: [&str; 5] = [
    "PARTITION BY HASH (id) PARTITIONS 3",
    "PARTITION BY KEY (id) PARTITIONS 2",
    "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (1000), PARTITION p1 VALUES LESS THAN MAXVALUE)",
    "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN (200), PARTITION p2 VALUES LESS THAN MAXVALUE)",
    "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE)",
];

pub(super) struct Table {
    pub(super) name: String,
    /// Of what refers to it.
    id_type: &'static str,
    /// The words after `id`.
    id: &'static str,
    /// Its primary key has two columns.
    is_pair: bool,
    /// Its changes are recorded by triggers.
    is_captured: bool,
    /// Its rows are in partitions.
    is_divided: bool,
    pub(super) columns: Vec<Column>,
}

pub(super) struct Column {
    pub(super) name: String,
    /// The words after its name.
    pub(super) line: String,
    is_number: bool,
    pub(super) is_computed: bool,
    /// A constant of its type.
    pub(super) value: String,
}

struct IdKind {
    type_name: &'static str,
    words: &'static str,
}

const fn id(type_name: &'static str, words: &'static str) -> IdKind {
    IdKind { type_name, words }
}

/// `serial`, and all others.
const fn keys(dialect: Dialect) -> (&'static [IdKind], &'static [IdKind]) {
    const SQLITE: &[IdKind] = &[
        id("INTEGER", "INTEGER NOT NULL"),
        id("BIGINT", "BIGINT NOT NULL"),
    ];
    const SERIALS: &[IdKind] = &[
        id("bigint", "bigserial NOT NULL"),
        id("integer", "serial NOT NULL"),
    ];
    const POSTGRES: &[IdKind] = &[
        id("bigint", "bigint NOT NULL"),
        id("integer", "integer NOT NULL"),
        id("bigint", "bigint GENERATED ALWAYS AS IDENTITY"),
        id("bigint", "bigint GENERATED BY DEFAULT AS IDENTITY"),
        id("bigint", "bigint NOT NULL DEFAULT nextval('s0')"),
    ];
    const MYSQL: &[IdKind] = &[
        id("bigint", "bigint NOT NULL"),
        id("integer", "integer NOT NULL"),
        id("bigint", "bigint NOT NULL AUTO_INCREMENT"),
        id("bigint unsigned", "bigint unsigned NOT NULL AUTO_INCREMENT"),
        id("bigint", "bigint NOT NULL DEFAULT nextval(s0)"),
    ];
    match dialect {
        Dialect::Sqlite => (&[], SQLITE),
        Dialect::Postgres => (SERIALS, POSTGRES),
        Dialect::Mysql => (&[], MYSQL),
    }
}

/// Types of columns, each with a default.
const fn types(dialect: Dialect) -> &'static [(&'static str, &'static str)] {
    match dialect {
        Dialect::Sqlite => &[
            ("INTEGER", "7"),
            ("BIGINT", "8"),
            ("VARCHAR(20)", "'x'"),
            ("TEXT", "'y'"),
            ("DECIMAL(9,2)", "1.50"),
            ("DATE", "'2026-01-31'"),
        ],
        Dialect::Postgres => &[
            ("integer", "7"),
            ("bigint", "8"),
            ("smallint", "3"),
            ("varchar(20)", "'x'"),
            ("text", "'y'"),
            ("numeric(9,2)", "1.50"),
            ("date", "'2026-01-31'"),
            ("boolean", "true"),
        ],
        Dialect::Mysql => &[
            ("integer", "7"),
            ("bigint", "8"),
            ("int unsigned", "3"),
            ("varchar(20)", "'x'"),
            ("varchar(20) CHARACTER SET latin1", "'x'"),
            ("varchar(20) COLLATE utf8mb4_bin", "'x'"),
            ("decimal(9,2)", "1.50"),
            ("date", "'2026-01-31'"),
            ("enum('a','b')", "'a'"),
            ("enum('b','a','c')", "'a'"),
        ],
    }
}
