//! Random queries in two spellings, and with one change of their meaning.

use bindery_core::dialect::Dialect;

use super::{normal_query, same_query};
use crate::syntax::read_text;

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % end
    }
}

/// A part of a query.
enum Part {
    /// A word of SQL, in whatever case.
    Word(&'static str),
    /// Its meanings, each in some spellings: `a|b`. The first one is that of the query.
    Choice(&'static [&'static str]),
    /// Parts in parentheses that group nothing, or in none.
    Grouped(Vec<Part>),
}

use Part::{Choice, Grouped, Word};

/// Makes a query of a dialect.
struct Maker {
    dialect: Dialect,
    numbers: Numbers,
}

impl Maker {
    fn of(&mut self, all: [&'static [&'static str]; 3]) -> Part {
        Choice(match self.dialect {
            Dialect::Sqlite => all[0],
            Dialect::Postgres => all[1],
            Dialect::Mysql => all[2],
        })
    }

    fn column(&mut self) -> Part {
        match self.numbers.below(3) {
            0 => self.of([
                &["t.a|T.\"A\"|t.[a]", "t.b", "u.a", "a"],
                &["t.a|T.\"a\"", "t.\"A\"", "t.b", "u.a", "a"],
                &["t.a|T.`A`", "t.b", "u.a", "a"],
            ]),
            1 => self.of([
                &["\"null\"|[NULL]|`null`", "NULL"],
                &["\"null\"", "NULL"],
                &["`null`|`NULL`", "NULL"],
            ]),
            _ => self.of([
                &["b|\"b\"|B", "c", "'b'"],
                &["b|\"b\"|B", "c", "\"B\"", "'b'"],
                &["b|`b`|B", "c", "'b'"],
            ]),
        }
    }

    fn value(&mut self, depth: usize) -> Vec<Part> {
        if depth == 0 || self.numbers.below(3) == 0 {
            return match self.numbers.below(3) {
                0 => vec![Choice(&["1", "2", "'1'", "NULL"])],
                1 => vec![Choice(&["'x'", "'X'", "'x '"])],
                _ => vec![self.column()],
            };
        }
        let (left, right) = (self.value(depth - 1), self.value(depth - 1));
        match self.numbers.below(7) {
            0 => infix(left, Choice(&["+", "-"]), right),
            1 => call(Choice(&["max|MAX", "min"]), left),
            2 => {
                let mut parts = vec![Word("CASE"), Word("WHEN")];
                parts.extend(self.condition(depth - 1));
                parts.push(Word("THEN"));
                parts.extend(left);
                parts.push(Word("ELSE"));
                parts.extend(right);
                parts.push(Word("END"));
                parts
            }
            3 => {
                let mut parts = call(Choice(&["sum", "avg"]), left);
                parts.extend([Word("OVER"), Word("("), Word("ORDER"), Word("BY")]);
                parts.extend(self.sort(right));
                parts.push(Choice(&[
                    "",
                    "ROWS UNBOUNDED PRECEDING",
                    "ROWS 1 PRECEDING",
                ]));
                parts.push(Word(")"));
                parts
            }
            4 => {
                let mut parts = vec![Word("(")];
                parts.extend(self.select(depth - 1, 1));
                parts.push(Word(")"));
                parts
            }
            5 => {
                let mut parts = vec![Choice(&["count", "sum"]), Word("(")];
                parts.push(Choice(&["", "DISTINCT"]));
                parts.extend(left);
                parts.push(Word(")"));
                parts
            }
            _ => vec![Grouped(left)],
        }
    }

    fn condition(&mut self, depth: usize) -> Vec<Part> {
        let (left, right) = (self.value(depth), self.value(depth));
        if depth == 0 {
            return infix(left, Choice(&["<>|!=", "=", "<"]), right);
        }
        match self.numbers.below(5) {
            0 => infix(left, Choice(&["<>|!=", "=", "<"]), right),
            1 => {
                let (one, other) = (self.condition(depth - 1), self.condition(depth - 1));
                infix(one, Choice(&["AND", "OR"]), other)
            }
            2 => {
                let mut parts = vec![Choice(&["EXISTS", "NOT EXISTS"]), Word("(")];
                parts.extend(self.select(depth - 1, 1));
                parts.push(Word(")"));
                parts
            }
            3 => {
                let mut parts = vec![Grouped(left), Choice(&["IN", "NOT IN"]), Word("(")];
                parts.extend(self.select(depth - 1, 1));
                parts.push(Word(")"));
                parts
            }
            _ => {
                let mut parts = vec![Grouped(left)];
                parts.push(Choice(&["IS NULL", "IS NOT NULL"]));
                parts
            }
        }
    }

    fn sort(&mut self, value: Vec<Part>) -> Vec<Part> {
        let direction = self.of([
            &[
                "|ASC|ASC NULLS FIRST",
                "DESC|DESC NULLS LAST",
                "NULLS LAST",
                "DESC NULLS FIRST",
            ],
            &[
                "|ASC|ASC NULLS LAST",
                "DESC|DESC NULLS FIRST",
                "NULLS FIRST",
                "DESC NULLS LAST",
            ],
            &["|ASC", "DESC"],
        ]);
        vec![Grouped(value), direction]
    }

    fn source(&mut self, depth: usize) -> Vec<Part> {
        if depth > 0 && self.numbers.below(3) == 0 {
            let mut parts = vec![Word("(")];
            parts.extend(self.select(depth - 1, 2));
            parts.extend([Word(")"), Choice(&["AS q|q", "r"])]);
            return parts;
        }
        vec![Choice(&["t|T|t AS t", "t AS q", "u"])]
    }

    fn select(&mut self, depth: usize, columns: usize) -> Vec<Part> {
        let mut parts = vec![Word("SELECT"), Choice(&["|ALL", "DISTINCT"])];
        for at in 0..columns {
            parts.extend((at > 0).then_some(Word(",")));
            parts.extend(self.value(depth));
            parts.push(self.of([
                &["AS x|x|AS \"x\"|'x'", "y", "AS \"x y\""],
                &["AS x|x|\"x\"", "y", "AS \"X\"", "AS \"x y\""],
                &["AS x|x|`x`|AS 'x'", "y", "AS `x y`"],
            ]));
        }
        parts.push(Word("FROM"));
        parts.extend(self.source(depth));
        if self.numbers.below(2) == 0 {
            parts.push(self.of([
                &[
                    "JOIN|INNER JOIN",
                    "LEFT JOIN|LEFT OUTER JOIN",
                    "FULL OUTER JOIN|FULL JOIN",
                ],
                &[
                    "LEFT JOIN|LEFT OUTER JOIN",
                    "JOIN|INNER JOIN",
                    "FULL OUTER JOIN|FULL JOIN",
                ],
                &[
                    "JOIN|INNER JOIN|CROSS JOIN",
                    "LEFT JOIN|LEFT OUTER JOIN",
                    "STRAIGHT_JOIN",
                ],
            ]));
            parts.extend(self.source(depth));
            parts.push(Word("ON"));
            parts.push(Grouped(self.condition(depth)));
        }
        if self.numbers.below(2) == 0 {
            parts.push(Word("WHERE"));
            parts.push(Grouped(self.condition(depth)));
        }
        if self.numbers.below(3) == 0 {
            parts.extend([Word("GROUP"), Word("BY"), Grouped(vec![self.column()])]);
        }
        parts
    }

    fn query(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        if self.numbers.below(3) == 0 {
            parts.extend([Word("WITH"), Choice(&["q|Q", "r"]), Word("AS"), Word("(")]);
            parts.extend(self.select(1, 1));
            parts.push(Word(")"));
        }
        parts.extend(self.select(2, 2));
        if self.numbers.below(3) == 0 {
            parts.push(self.of([
                &["UNION", "UNION ALL", "EXCEPT"],
                &["UNION|UNION DISTINCT", "UNION ALL", "EXCEPT"],
                &["UNION|UNION DISTINCT", "UNION ALL", "EXCEPT"],
            ]));
            parts.extend(self.select(1, 2));
        }
        parts.extend([Word("ORDER"), Word("BY")]);
        let column = self.column();
        parts.extend(self.sort(vec![column]));
        parts.push(self.of([
            &["LIMIT 2 OFFSET 1|LIMIT 1, 2", "LIMIT 1 OFFSET 2", "LIMIT 2"],
            &["LIMIT 2 OFFSET 1", "LIMIT 1 OFFSET 2", "LIMIT 2"],
            &[
                "LIMIT 2 OFFSET 1|LIMIT 1, 2",
                "LIMIT 1 OFFSET 2",
                "LIMIT 2 FOR UPDATE",
            ],
        ]));
        parts
    }
}

fn infix(left: Vec<Part>, operator: Part, right: Vec<Part>) -> Vec<Part> {
    vec![Grouped(vec![bracketed(left), operator, bracketed(right)])]
}

/// An operand in parentheses that may be needed.
fn bracketed(parts: Vec<Part>) -> Part {
    let mut all = vec![Word("(")];
    all.extend(parts);
    all.push(Word(")"));
    Grouped(all)
}

fn call(name: Part, argument: Vec<Part>) -> Vec<Part> {
    let mut parts = vec![name, Word("(")];
    parts.extend(argument);
    parts.push(Word(")"));
    parts
}

/// The number of choices in parts.
fn choices(parts: &[Part]) -> usize {
    let count = |part: &Part| match part {
        Word(_) => 0,
        Choice(_) => 1,
        Grouped(parts) => choices(parts),
    };
    parts.iter().map(count).sum()
}

/// Writes a query in a random spelling, with another meaning at one choice.
struct Writer<'n> {
    numbers: &'n mut Numbers,
    /// The number of choices before the one with another meaning.
    changed: Option<usize>,
    text: String,
}

impl Writer<'_> {
    fn write(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Word(word) => self.word(word),
                Choice(meanings) => self.choice(meanings),
                Grouped(parts) => {
                    let groups = self.numbers.below(3);
                    (0..groups).for_each(|_| self.text.push('('));
                    self.write(parts);
                    (0..groups).for_each(|_| self.text.push(')'));
                }
            }
        }
    }

    fn word(&mut self, word: &str) {
        let blanks = [" ", "\n  ", " /* c */ "][self.numbers.below(3)];
        let word = match self.numbers.below(2) {
            0 => word.to_lowercase(),
            _ => word.to_owned(),
        };
        // A function's name and its parenthesis stand together.
        let is_call = word == "(" && self.text.ends_with(|sign: char| sign.is_alphanumeric());
        self.text.push_str(if is_call { "" } else { blanks });
        self.text.push_str(&word);
        self.text.push(' ');
    }

    fn choice(&mut self, meanings: &[&str]) {
        let is_changed = self.changed == Some(0);
        self.changed = self.changed.and_then(|left| left.checked_sub(1));
        let at = if is_changed {
            1 + self.numbers.below(meanings.len() - 1)
        } else {
            0
        };
        let spellings: Vec<&str> = meanings[at].split('|').collect();
        self.text.push(' ');
        self.text
            .push_str(spellings[self.numbers.below(spellings.len())]);
    }
}

fn written(parts: &[Part], numbers: &mut Numbers, changed: Option<usize>) -> String {
    let text = String::new();
    let mut writer = Writer {
        numbers,
        changed,
        text,
    };
    writer.write(parts);
    writer.text
}

#[test]
fn spellings_of_a_query_are_the_same_and_meanings_are_not() {
    for dialect in Dialect::ALL {
        for seed in 0..400 {
            let numbers = Numbers(seed);
            let mut maker = Maker { dialect, numbers };
            let parts = maker.query();
            let numbers = &mut maker.numbers;
            let (one, other) = (
                written(&parts, numbers, None),
                written(&parts, numbers, None),
            );
            if let Err(problem) = read_text(&one, dialect) {
                panic!("{dialect:?} {seed}: {one}\n{problem:?}");
            }
            let form = |sql: &str| normal_query(sql, dialect);
            assert!(
                same_query(&one, &other, dialect),
                "{dialect:?} {seed}:\n{one}\n{other}\n{}\n{}",
                form(&one),
                form(&other)
            );
            let changed = numbers.below(choices(&parts));
            let changed = written(&parts, numbers, Some(changed));
            assert!(
                !same_query(&one, &changed, dialect),
                "{dialect:?} {seed}:\n{one}\n{changed}\n{}",
                form(&one)
            );
        }
    }
}

#[test]
fn spellings_that_a_dialect_has() {
    use Dialect::{Mysql, Postgres, Sqlite};
    for (dialect, one, other) in [
        (Postgres, "SELECT a FROM t;", "select a\nfrom t"),
        (Postgres, "SELECT a AS a FROM t AS t", "SELECT a FROM t"),
        (Postgres, "(SELECT a FROM t)", "SELECT a FROM t"),
        (
            Postgres,
            "SELECT ((((SELECT 1)) IS NULL))",
            "SELECT (SELECT 1) IS NULL",
        ),
        (
            Postgres,
            "(SELECT 1) UNION (SELECT 2)",
            "SELECT 1 UNION DISTINCT SELECT 2",
        ),
        (
            Postgres,
            "SELECT a FROM ((t JOIN u ON ((t.a = u.a))) LEFT JOIN v ON ((u.a = v.a)))",
            "SELECT a FROM t JOIN u ON t.a = u.a LEFT JOIN v ON u.a = v.a",
        ),
        (
            Postgres,
            "SELECT string_agg(a, ',' ORDER BY (b) ASC) FROM t WHERE a IN (SELECT (b) AS c FROM u)",
            "SELECT string_agg(a, ',' ORDER BY b) FROM t WHERE a IN (SELECT b c FROM u)",
        ),
        (
            Sqlite,
            "SELECT a FROM t LEFT NATURAL OUTER JOIN u",
            "SELECT a FROM t NATURAL LEFT JOIN u",
        ),
        (
            Sqlite,
            "SELECT a 'x y' FROM [t]",
            "SELECT a AS \"x y\" FROM t",
        ),
        (
            Mysql,
            "SELECT a FROM t CROSS JOIN u ON a = b",
            "SELECT a FROM t JOIN u ON a = b",
        ),
        (
            Postgres,
            "SELECT a FROM t FETCH FIRST ROW ONLY",
            "SELECT a FROM t LIMIT 1",
        ),
        (
            Postgres,
            "SELECT a FROM t JOIN LATERAL f(t.a) x ON true",
            "SELECT a FROM t JOIN f(t.a) AS x ON true",
        ),
        (
            Postgres,
            "SELECT a FROM t JOIN (u JOIN v ON x) ON y",
            "SELECT a FROM t JOIN u JOIN v ON x ON y",
        ),
        (
            Postgres,
            "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)",
            "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
        ),
        (
            Postgres,
            "SELECT sum(a) OVER (PARTITION BY (b) ORDER BY c ASC NULLS LAST) FROM t",
            "SELECT sum(a) OVER (PARTITION BY b ORDER BY c) FROM t",
        ),
        (
            Mysql,
            "SELECT group_concat(a ORDER BY b ASC SEPARATOR ',') FROM t",
            "SELECT group_concat(a ORDER BY b) FROM t",
        ),
        (
            Mysql,
            "SELECT `t`.`a` AS `a` FROM `t` LIMIT 1, 2",
            "SELECT t.a FROM t LIMIT 2 OFFSET 1",
        ),
    ] {
        let forms = (normal_query(one, dialect), normal_query(other, dialect));
        assert!(
            same_query(one, other, dialect),
            "{one} | {other}: {forms:?}"
        );
    }
}

#[test]
fn queries_of_another_meaning_are_not_the_same() {
    use Dialect::{Mysql, Postgres, Sqlite};
    for (dialect, one, other) in [
        (Postgres, "SELECT a, b FROM t", "SELECT b, a FROM t"),
        (Postgres, "SELECT a FROM t, u", "SELECT a FROM u, t"),
        (
            Postgres,
            "SELECT a FROM t, u",
            "SELECT a FROM t CROSS JOIN u",
        ),
        (
            Postgres,
            "SELECT a FROM t JOIN (u JOIN v ON x) ON y",
            "SELECT a FROM (t JOIN u ON x) JOIN v ON y",
        ),
        (Postgres, "SELECT \"a b\" FROM t", "SELECT a AS b FROM t"),
        (
            Postgres,
            "SELECT a FROM t ORDER BY a COLLATE \"C\"",
            "SELECT a FROM t ORDER BY a",
        ),
        (Postgres, "SELECT a FROM ONLY t", "SELECT a FROM t"),
        (
            Postgres,
            "SELECT a FROM t FOR UPDATE",
            "SELECT a FROM t FOR SHARE",
        ),
        (
            Postgres,
            "SELECT a FROM t GROUP BY ROLLUP (a, b)",
            "SELECT a FROM t GROUP BY CUBE (a, b)",
        ),
        (
            Postgres,
            "SELECT a FROM t FETCH FIRST 1 ROWS ONLY",
            "SELECT a FROM t FETCH FIRST 1 ROWS WITH TIES",
        ),
        (
            Postgres,
            "(SELECT a FROM t LIMIT 1) UNION SELECT 1",
            "SELECT a FROM t UNION SELECT 1 LIMIT 1",
        ),
        (
            Postgres,
            "(SELECT 1 UNION SELECT 2) EXCEPT SELECT 1",
            "SELECT 1 UNION (SELECT 2 EXCEPT SELECT 1)",
        ),
        (
            Postgres,
            "SELECT a FROM t AS q JOIN u USING (a)",
            "SELECT a FROM t JOIN u USING (a)",
        ),
        (
            Sqlite,
            "SELECT a FROM t CROSS JOIN u",
            "SELECT a FROM t JOIN u",
        ),
        (Sqlite, "SELECT a FROM t INDEXED BY i", "SELECT a FROM t"),
        (
            Mysql,
            "SELECT a FROM (t, u) JOIN v ON x",
            "SELECT a FROM t, u JOIN v ON x",
        ),
        (Mysql, "SELECT SQL_NO_CACHE a FROM t", "SELECT a FROM t"),
        (
            Postgres,
            "SELECT a FROM t GROUP BY DISTINCT ROLLUP (a), ROLLUP (a)",
            "SELECT a FROM t GROUP BY ROLLUP (a), ROLLUP (a)",
        ),
        (
            Postgres,
            "WITH q AS MATERIALIZED (SELECT a FROM t) SELECT a FROM q",
            "WITH q AS NOT MATERIALIZED (SELECT a FROM t) SELECT a FROM q",
        ),
        (
            Postgres,
            "WITH RECURSIVE q AS (SELECT 1 a UNION SELECT a FROM q) SEARCH DEPTH FIRST BY a SET o SELECT a FROM q",
            "WITH RECURSIVE q AS (SELECT 1 a UNION SELECT a FROM q) SEARCH BREADTH FIRST BY a SET o SELECT a FROM q",
        ),
        (
            Postgres,
            "SELECT a FROM t JOIN u USING (a) AS x",
            "SELECT a FROM t JOIN u USING (a) AS y",
        ),
        (
            Postgres,
            "SELECT a FROM t TABLESAMPLE system (10)",
            "SELECT a FROM t TABLESAMPLE system (20)",
        ),
        (
            Postgres,
            "SELECT a FROM t ORDER BY a USING <",
            "SELECT a FROM t ORDER BY a USING >",
        ),
        (
            Postgres,
            "SELECT sum(a) OVER (ORDER BY b ROWS 2 PRECEDING EXCLUDE TIES) FROM t",
            "SELECT sum(a) OVER (ORDER BY b ROWS 2 PRECEDING EXCLUDE GROUP) FROM t",
        ),
        (
            Postgres,
            "SELECT sum(a) FILTER (WHERE b) OVER w FROM t WINDOW w AS (ORDER BY a)",
            "SELECT sum(a) FILTER (WHERE c) OVER w FROM t WINDOW w AS (ORDER BY a)",
        ),
        (
            Postgres,
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) FROM t",
        ),
        (
            Postgres,
            "SELECT * FROM f(a) WITH ORDINALITY AS x (b, c)",
            "SELECT * FROM f(a) AS x (b, c)",
        ),
        (
            Sqlite,
            "SELECT group_concat(a) FILTER (WHERE b) FROM t",
            "SELECT group_concat(DISTINCT a) FILTER (WHERE b) FROM t",
        ),
        (
            Mysql,
            "SELECT group_concat(a SEPARATOR ';') FROM t",
            "SELECT group_concat(a SEPARATOR '-') FROM t",
        ),
        (
            Mysql,
            "SELECT group_concat(a ORDER BY b LIMIT 1) FROM t",
            "SELECT group_concat(a ORDER BY b LIMIT 2) FROM t",
        ),
        (
            Mysql,
            "SELECT a FROM t GROUP BY a DESC",
            "SELECT a FROM t GROUP BY a",
        ),
        (
            Mysql,
            "SELECT x FROM JSON_TABLE(d, '$' COLUMNS (x INT PATH '$.a')) j",
            "SELECT x FROM JSON_TABLE(d, '$' COLUMNS (x INT PATH '$.b')) j",
        ),
        (
            Mysql,
            "SELECT a FROM t USE INDEX (i)",
            "SELECT a FROM t FORCE INDEX (i)",
        ),
        (
            Mysql,
            "SELECT a FROM t PARTITION (p)",
            "SELECT a FROM t PARTITION (q)",
        ),
        (
            Mysql,
            "SELECT a FROM t GROUP BY a WITH ROLLUP",
            "SELECT a FROM t GROUP BY a",
        ),
    ] {
        assert!(
            !same_query(one, other, dialect),
            "{one} | {other}: {}",
            normal_query(one, dialect)
        );
    }
}
