//! Random queries over the tables of the cases: joins of every kind in one another, conditions that exclude NULL or seem to, groups.

use super::random::Random;
use crate::dialect::Dialect;

/// Something that a query reads: its text, its name, and its columns, those of numbers first.
struct Readable {
    text: &'static str,
    name: &'static str,
    numbers: &'static [&'static str],
    texts: &'static [&'static str],
}

const READABLE: &[Readable] = &[
    Readable {
        text: "authors a",
        name: "a",
        numbers: &["id", "born"],
        texts: &["name", "country"],
    },
    Readable {
        text: "books b",
        name: "b",
        numbers: &["id", "author_id", "editor_id", "pages"],
        texts: &["title", "subtitle"],
    },
    Readable {
        text: "(SELECT book_id AS id, number, stars, body FROM reviews) r",
        name: "r",
        numbers: &["id", "number", "stars"],
        texts: &["body"],
    },
    Readable {
        text: "staff s",
        name: "s",
        numbers: &["id", "boss_id", "salary"],
        texts: &["name"],
    },
    Readable {
        text: "(SELECT 1 AS id, 'one' AS word UNION ALL SELECT 2, NULL) u",
        name: "u",
        numbers: &["id"],
        texts: &["word"],
    },
    Readable {
        text: "(SELECT author_id AS id, count(*) AS n, max(subtitle) AS best FROM books GROUP BY author_id) g",
        name: "g",
        numbers: &["id", "n"],
        texts: &["best"],
    },
];

/// One random query.
pub(super) fn query(dialect: Dialect, random: &mut Random) -> String {
    let mut writer = Writer {
        dialect,
        random,
        seen: Vec::new(),
        left: (0..READABLE.len()).collect(),
        ids: 0,
        merged: false,
    };
    writer.query()
}

struct Writer<'r> {
    dialect: Dialect,
    random: &'r mut Random,
    /// The tables that the query reads so far.
    seen: Vec<usize>,
    left: Vec<usize>,
    /// How many columns `id` a bare name may stand for.
    ids: usize,
    /// A join has made one of several columns `id`.
    merged: bool,
}

impl Writer<'_> {
    fn query(&mut self) -> String {
        let from = self.from();
        let condition = self.conditions(" WHERE ", 55);
        if self.random.percent(30) {
            return self.grouped(&from, &condition);
        }
        let count = 1 + self.random.below(4);
        let items: Vec<String> = (0..count)
            .map(|at| format!("{} AS c{at}", self.value()))
            .collect();
        let items = if self.random.percent(15) {
            let at = self.random.one_of(&self.seen);
            format!("{}, {}.*", items.join(", "), READABLE[at].name)
        } else {
            items.join(", ")
        };
        let distinct = if self.random.percent(10) {
            "DISTINCT "
        } else {
            ""
        };
        format!("SELECT {distinct}{items} FROM {from}{condition}")
    }

    fn take(&mut self) -> &'static Readable {
        let at = self.random.below(self.left.len());
        let at = self.left.swap_remove(at);
        self.seen.push(at);
        &READABLE[at]
    }

    fn from(&mut self) -> String {
        let mut from = self.take().text.to_owned();
        self.ids = 1;
        for _ in 0..1 + self.random.below(3) {
            from.push_str(&self.join());
        }
        from
    }

    fn kind(&mut self) -> &'static str {
        match self.dialect {
            Dialect::Mysql => self
                .random
                .one_of(&["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN"]),
            Dialect::Sqlite | Dialect::Postgres => {
                self.random
                    .one_of(&["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            }
        }
    }

    fn join(&mut self) -> String {
        let kind = self.kind();
        let before = self.seen.len();
        if self.ids == 1 && self.random.percent(35) {
            self.merged = true;
            let right = self.take();
            return format!(" {kind} {} USING (id)", right.text);
        }
        let first = self.take();
        let mut right = first.text.to_owned();
        let mut ids = 1;
        if self.left.len() > 2 && self.random.percent(20) {
            let inner = self.kind();
            let second = self.take();
            let (one, other) = (self.number_of(first), self.number_of(second));
            right = format!("({right} {inner} {} ON {one} = {other})", second.text);
            ids = 2;
        }
        // MySQL and SQLite join by a constant, too, and PostgreSQL's full joins are by equality alone.
        let left = READABLE[self.seen[self.random.below(before)]].name;
        let left = READABLE
            .iter()
            .find(|one| one.name == left)
            .map_or(first, |one| one);
        let (one, other) = (self.number_of(left), self.number_of(first));
        self.ids += ids;
        let more = if kind != "FULL JOIN" && self.random.percent(25) {
            format!(" AND {}", self.condition())
        } else {
            String::new()
        };
        format!(" {kind} {right} ON {one} = {other}{more}")
    }

    fn number_of(&mut self, readable: &Readable) -> String {
        let column = self.random.one_of(readable.numbers);
        format!("{}.{column}", readable.name)
    }

    fn number(&mut self) -> String {
        if self.merged && self.ids == 1 && self.random.percent(30) {
            return "id".to_owned();
        }
        let at = self.random.one_of(&self.seen);
        self.number_of(&READABLE[at])
    }

    fn text(&mut self) -> String {
        let at = self.random.one_of(&self.seen);
        let column = self.random.one_of(READABLE[at].texts);
        format!("{}.{column}", READABLE[at].name)
    }

    fn value(&mut self) -> String {
        match self.random.below(14) {
            0..4 => self.number(),
            4..6 => self.text(),
            6 => format!("coalesce({}, {})", self.number(), self.number()),
            7 => format!("coalesce({}, 'none')", self.text()),
            8 => format!(
                "CASE WHEN {} THEN {} ELSE 0 END",
                self.condition(),
                self.number()
            ),
            9 => format!("{} + {}", self.number(), self.number()),
            10 => format!("({})", self.condition()),
            11 => format!(
                "(SELECT max(x.pages) FROM books x WHERE x.id = {})",
                self.number()
            ),
            12 => format!(
                "count({}) OVER (PARTITION BY {})",
                self.number(),
                self.number()
            ),
            _ => format!(
                "{}({}) OVER (ORDER BY {})",
                self.random.one_of(&["lag", "max", "first_value", "sum"]),
                self.number(),
                self.number()
            ),
        }
    }

    fn condition(&mut self) -> String {
        match self.random.below(11) {
            0 | 1 => format!("{} IS NOT NULL", self.number()),
            2 => format!("{} IS NOT NULL", self.text()),
            3 => format!("{} > 1", self.number()),
            4 => format!("{} = {}", self.number(), self.number()),
            5 => format!("({} IS NOT NULL OR {} > 0)", self.number(), self.number()),
            6 => format!("NOT ({} > 2)", self.number()),
            7 => format!("{} IS NULL", self.number()),
            8 => format!("{} <> {}", self.text(), self.text()),
            9 => format!("{} IN (1, 2, {})", self.number(), self.number()),
            _ => format!("{} NOT IN (SELECT x.born FROM authors x)", self.number()),
        }
    }

    fn conditions(&mut self, word: &str, percent: usize) -> String {
        if !self.random.percent(percent) {
            return String::new();
        }
        let mut all = format!("{word}{}", self.condition());
        while self.random.percent(35) {
            all = format!("{all} AND {}", self.condition());
        }
        all
    }

    fn grouped(&mut self, from: &str, condition: &str) -> String {
        let key = match self.random.below(4) {
            0 => self.text(),
            1 => format!("coalesce({}, 'none')", self.text()),
            2 => format!("coalesce({}, 0)", self.number()),
            _ => self.number(),
        };
        let aggregates = ["count(*)", "max", "sum", "count", "min"];
        let one = |writer: &mut Self| match writer.random.one_of(&aggregates) {
            "count(*)" => "count(*)".to_owned(),
            name => format!("{name}({})", writer.number()),
        };
        let (first, second) = (one(self), one(self));
        let rolls = self.random.percent(40) && self.dialect != Dialect::Sqlite;
        let group = match self.dialect {
            Dialect::Postgres if rolls => {
                let word = self.random.one_of(&["ROLLUP", "CUBE"]);
                format!("{word} ({key})")
            }
            Dialect::Mysql if rolls => format!("{key} WITH ROLLUP"),
            _ => key.clone(),
        };
        let having = if self.random.percent(25) {
            format!(" HAVING {} > 0", one(self))
        } else {
            String::new()
        };
        format!(
            "SELECT {key} AS k, {first} AS x, coalesce({second}, 0) AS y FROM {from}{condition} GROUP BY {group}{having}"
        )
    }
}
