//! How operators group: random expressions without parentheses, and the same with the parentheses that the tree has, give equal values
//! on the server, or are refused alike.

use super::random::Random;
use super::server::{Refusal, Server};
use super::{Results, Settings, tokens};
use crate::dialect::Dialect;
use crate::source::FileId;
use crate::syntax::{Expr, ItemKind, Statement, Text, grouped, read_statement};

/// Rows whose values tell groupings apart.
fn cells(dialect: Dialect) -> String {
    let (yes, no) = match dialect {
        Dialect::Postgres => ("true", "false"),
        Dialect::Sqlite | Dialect::Mysql => ("1", "0"),
    };
    format!(
        "CREATE TABLE cells (id INTEGER PRIMARY KEY, i INTEGER, j INTEGER, k INTEGER, s VARCHAR(9), t VARCHAR(9), p BOOLEAN, q BOOLEAN);
         INSERT INTO cells VALUES (1, 7, 3, 2, '5', 'b7', {yes}, {no});
         INSERT INTO cells VALUES (2, 2, 9, 5, 'a', '12', {no}, {yes});
         INSERT INTO cells VALUES (3, -4, 1, 11, 'b%', 'b3', {yes}, {yes});
         INSERT INTO cells VALUES (4, 1, -6, 4, '1', 'A', {no}, {no});
         INSERT INTO cells VALUES (5, 3, NULL, 1, NULL, '0', {yes}, NULL)"
    )
}

/// Evaluates an expression on every row; an error is a value of its own.
const OUTCOME: &str = "
CREATE FUNCTION outcome(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  EXECUTE 'SELECT string_agg(coalesce((' || expression || ')::text, ''NULL''), ''|'' ORDER BY id) FROM cells' INTO found;
  RETURN found;
EXCEPTION WHEN OTHERS THEN
  RETURN 'error ' || SQLSTATE || ' ' || SQLERRM;
END $$";

/// The operators of a dialect, those of a kind together.
struct Operators {
    /// Of numbers.
    numbers: &'static [&'static str],
    /// Of what compares.
    compare: &'static [&'static str],
    /// Of texts.
    texts: &'static [&'static str],
    logic: &'static [&'static str],
    /// Before an operand that is a number.
    before: &'static [&'static str],
    /// Behind an operand of any kind.
    behind: &'static [&'static str],
    matches: &'static [&'static str],
}

const SQLITE: Operators = Operators {
    numbers: &["+", "-", "*", "/", "%", "&", "|", "<<", ">>", "||"],
    compare: &[
        "=",
        "==",
        "<>",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "IS",
        "IS NOT",
        "IS DISTINCT FROM",
        "IS NOT DISTINCT FROM",
    ],
    texts: &["||", "||", "->>"],
    logic: &["AND", "OR"],
    before: &["-", "+", "~", "NOT"],
    behind: &[
        "IS NULL",
        "IS NOT NULL",
        "ISNULL",
        "NOTNULL",
        "NOT NULL",
        "COLLATE NOCASE",
    ],
    matches: &["LIKE", "NOT LIKE", "GLOB", "NOT GLOB"],
};

const POSTGRES: Operators = Operators {
    numbers: &["+", "-", "*", "/", "%", "&", "|", "#", "<<", ">>"],
    compare: &[
        "=",
        "<>",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "IS DISTINCT FROM",
        "IS NOT DISTINCT FROM",
    ],
    texts: &["||", "||"],
    logic: &["AND", "OR"],
    before: &["-", "+", "~", "@", "|/"],
    behind: &[
        "IS NULL",
        "IS NOT NULL",
        "ISNULL",
        "NOTNULL",
        "::text",
        "::int",
        "IS TRUE",
        "IS NOT FALSE",
        "IS UNKNOWN",
        "COLLATE \"C\"",
    ],
    matches: &[
        "LIKE",
        "NOT LIKE",
        "ILIKE",
        "SIMILAR TO",
        "NOT SIMILAR TO",
        "~",
        "!~",
        "~*",
        "^@",
    ],
};

const MYSQL: Operators = Operators {
    numbers: &[
        "+", "-", "*", "/", "%", "&", "|", "<<", ">>", "^", "DIV", "MOD",
    ],
    compare: &["=", "<=>", "<>", "!=", "<", "<=", ">", ">="],
    texts: &["+", "||"],
    logic: &["AND", "OR", "XOR", "&&", "||"],
    before: &["-", "+", "~", "!", "BINARY"],
    behind: &[
        "IS NULL",
        "IS NOT NULL",
        "IS TRUE",
        "IS NOT FALSE",
        "IS UNKNOWN",
        "COLLATE utf8mb4_bin",
    ],
    matches: &[
        "LIKE",
        "NOT LIKE",
        "REGEXP",
        "RLIKE",
        "NOT REGEXP",
        "SOUNDS LIKE",
    ],
};

/// Operators of PostgreSQL's floating-point numbers.
const REAL: &[&str] = &["+", "-", "*", "/", "^", "^"];

impl Operators {
    const fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgres => &POSTGRES,
            Dialect::Mysql => &MYSQL,
        }
    }
}

struct Writer<'r> {
    dialect: Dialect,
    random: &'r mut Random,
}

impl Writer<'_> {
    fn one(&mut self, all: &'static [&'static str]) -> &'static str {
        self.random.one_of(all)
    }

    fn operators(&self) -> &'static Operators {
        Operators::of(self.dialect)
    }

    /// An expression without parentheses: mostly such whose parts go together, as most of a server with strict types would be
    /// refused else.
    fn expression(&mut self) -> String {
        if self.random.percent(30) {
            return self.anything();
        }
        let mut all = self.condition();
        while self.random.percent(55) {
            let operator = self.one(self.operators().logic);
            all = format!("{all} {operator} {}", self.condition());
        }
        all
    }

    /// Operands and operators of all kinds.
    fn anything(&mut self) -> String {
        let operators = self.operators();
        let mut all = self.any_operand();
        for _ in 0..1 + self.random.below(4) {
            let next = match self.random.below(12) {
                0..3 => format!(" {} {}", self.one(operators.numbers), self.any_operand()),
                3..5 => format!(" {} {}", self.one(operators.compare), self.any_operand()),
                5..7 => format!(" {} {}", self.one(operators.logic), self.any_operand()),
                7 => format!(" {} {}", self.one(operators.texts), self.any_operand()),
                8 => format!(" {} {}", self.one(operators.matches), self.any_operand()),
                9 => {
                    let not = self.one(&["", "NOT "]);
                    let (low, high) = (self.any_operand(), self.any_operand());
                    format!(" {not}BETWEEN {low} AND {high}")
                }
                10 => {
                    let not = self.one(&["", "NOT "]);
                    let (one, other) = (self.any_operand(), self.any_operand());
                    format!(" {not}IN ({one}, {other})")
                }
                _ => self.behind(operators.behind),
            };
            all.push_str(&next);
        }
        all
    }

    fn behind(&mut self, words: &'static [&'static str]) -> String {
        let word = self.one(words);
        if word.starts_with(':') {
            word.to_owned()
        } else {
            format!(" {word}")
        }
    }

    fn any_operand(&mut self) -> String {
        let operand = match self.random.below(4) {
            0 => self.text(),
            1 => self.boolean(),
            _ => self.number(),
        };
        match self.random.below(8) {
            0 => format!("{} {operand}", self.one(self.operators().before)),
            1 if self.random.percent(50) => format!("NOT {operand}"),
            _ => operand,
        }
    }

    fn number(&mut self) -> String {
        let known = &["i", "j", "k", "1", "2", "3", "5", "i", "j", "k"];
        match self.random.below(14) {
            0 => "CASE WHEN i > j THEN 3 ELSE k END".to_owned(),
            1 => "length(t)".to_owned(),
            2 if self.dialect == Dialect::Postgres => format!("{}::int8", self.one(known)),
            _ => self.one(known).to_owned(),
        }
    }

    fn text(&mut self) -> String {
        let known = &["s", "t", "'a'", "'1'", "'b%'", "s", "t"];
        self.one(known).to_owned()
    }

    fn boolean(&mut self) -> String {
        self.one(&["p", "q", "p", "q", "TRUE", "FALSE"]).to_owned()
    }

    /// Numbers and their operators.
    fn sum(&mut self) -> String {
        // PostgreSQL's powers and roots are no integers, which operators of bits take.
        let is_real = self.dialect == Dialect::Postgres && self.random.percent(30);
        let operators = if is_real {
            REAL
        } else {
            self.operators().numbers
        };
        let mut all = self.signed(is_real);
        for _ in 0..self.random.below(4) {
            let operator = self.one(operators);
            all = format!("{all} {operator} {}", self.signed(is_real));
        }
        all
    }

    fn signed(&mut self, is_real: bool) -> String {
        let number = self.number();
        if self.random.percent(20) {
            let is_postgres = self.dialect == Dialect::Postgres;
            let sign = match (is_postgres, is_real) {
                (true, true) => self.one(&["-", "+", "@", "|/"]),
                (true, false) => self.one(&["-", "+", "~", "@"]),
                (false, _) => self.one(self.operators().before),
            };
            return format!("{sign} {number}");
        }
        number
    }

    fn texts(&mut self) -> String {
        let mut all = self.text();
        for _ in 0..self.random.below(3) {
            let operator = self.one(self.operators().texts);
            let next = if self.random.percent(20) {
                self.sum()
            } else {
                self.text()
            };
            all = format!("{all} {operator} {next}");
        }
        all
    }

    fn condition(&mut self) -> String {
        let operators = self.operators();
        let condition = match self.random.below(12) {
            0..4 => {
                let operator = self.one(operators.compare);
                format!("{} {operator} {}", self.sum(), self.sum())
            }
            4 => {
                let not = self.one(&["", "NOT "]);
                let (one, low, high) = (self.sum(), self.sum(), self.sum());
                format!("{one} {not}BETWEEN {low} AND {high}")
            }
            5 => {
                let not = self.one(&["", "NOT "]);
                let (one, first, second) = (self.sum(), self.sum(), self.number());
                format!("{one} {not}IN ({first}, {second})")
            }
            6 => {
                let operator = self.one(operators.matches);
                let escape = match self.dialect {
                    Dialect::Sqlite if operator.ends_with("GLOB") => "",
                    _ if operator.ends_with("LIKE") && operator != "SOUNDS LIKE" => {
                        self.one(&["", " ESCAPE '!'"])
                    }
                    _ => "",
                };
                format!("{} {operator} {}{escape}", self.texts(), self.texts())
            }
            7 => {
                let operator = self.one(operators.compare);
                format!("{} {operator} {}", self.texts(), self.texts())
            }
            8 => {
                let behind = self.behind(operators.behind);
                format!("{}{behind}", self.sum())
            }
            9 => {
                let (first, second) = (self.one(operators.compare), self.one(operators.compare));
                let (one, other) = (self.sum(), self.sum());
                format!("{one} {first} {other} {second} {}", self.boolean())
            }
            10 if self.dialect == Dialect::Postgres => {
                let operator = self.one(operators.compare);
                let any = self.one(&["ANY", "ALL"]);
                format!(
                    "{} {operator} {any} (ARRAY[{}, {}])",
                    self.sum(),
                    self.sum(),
                    self.sum()
                )
            }
            _ => {
                let behind = self.behind(operators.behind);
                format!(
                    "{}{}",
                    self.boolean(),
                    if self.random.percent(40) {
                        behind
                    } else {
                        String::new()
                    }
                )
            }
        };
        match self.random.below(8) {
            0 | 1 => format!("NOT {condition}"),
            2 => format!("{condition}{}", self.behind(operators.behind)),
            _ => condition,
        }
    }
}

/// The expression with the parentheses of its tree; `None` where it is refused.
fn parenthesized(expression: &str, dialect: Dialect) -> Option<String> {
    let text = format!("SELECT {expression}");
    let tokens = tokens(&text, dialect);
    let text = Text {
        text: &text,
        tokens: &tokens,
        file: FileId(0),
        dialect,
        kind: "SELECT",
        parameters: false,
    };
    let whole = read_statement(&text).ok()?;
    whole.look(|statement| only_value(statement).map(|value| grouped(&text, value)))
}

fn only_value(statement: &Statement) -> Option<&Expr> {
    let Statement::Query(query) = statement else {
        return None;
    };
    let crate::syntax::Body::Select(select) = &query.body else {
        return None;
    };
    match select.items.as_slice() {
        [one] => match &one.kind {
            ItemKind::Value(value, None) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// The outcomes of expressions on the server.
fn outcomes(server: &mut Server, dialect: Dialect, expressions: &[String]) -> Vec<String> {
    if dialect != Dialect::Postgres {
        let mut one = |expression: &String| {
            let sql = format!("SELECT ({expression}) FROM cells ORDER BY id");
            match server.rows(&sql) {
                Ok(rows) => {
                    let values = rows.into_iter().flatten();
                    let values = values.map(|value| value.unwrap_or_else(|| "NULL".to_owned()));
                    values.collect::<Vec<_>>().join("|")
                }
                Err(why) => error(&why),
            }
        };
        return expressions.iter().map(&mut one).collect();
    }
    let mut all = Vec::new();
    for some in expressions.chunks(500) {
        let values = some.iter().enumerate();
        let values = values.map(|(at, text)| format!("({at}, '{}')", text.replace('\'', "''")));
        let values: Vec<String> = values.collect();
        let sql = format!(
            "SELECT outcome(e) FROM (VALUES {}) AS given (at, e) ORDER BY at",
            values.join(", ")
        );
        let rows = server
            .rows(&sql)
            .unwrap_or_else(|why| panic!("{}", why.message));
        let values = rows.into_iter().flatten();
        all.extend(values.map(|value| value.unwrap_or_else(|| "NULL".to_owned())));
    }
    all
}

/// An error as it is compared: messages of MySQL's and SQLite's have the text of the expression.
fn error(why: &Refusal) -> String {
    if why.is_syntax {
        "error of syntax".to_owned()
    } else if why.code.is_empty() {
        format!(
            "error {}",
            why.message.split(':').next().unwrap_or_default()
        )
    } else {
        format!("error {}", why.code)
    }
}

fn is_syntax(outcome: &str) -> bool {
    outcome.starts_with("error of syntax") || outcome.starts_with("error 42601")
}

fn measure(dialect: Dialect) {
    let settings = Settings::read();
    let mut schema = cells(dialect);
    if dialect == Dialect::Postgres {
        schema.push(';');
        schema.push_str(OUTCOME);
    }
    let Some(mut server) = Server::of(dialect, &schema) else {
        return;
    };
    let mut random = Random(settings.seed);
    let mut results = Results::new("precedence", dialect, &settings);
    let mut writer = Writer {
        dialect,
        random: &mut random,
    };
    let count = settings.count(600);
    let plain: Vec<String> = (0..count).map(|_| writer.expression()).collect();
    let grouped: Vec<Option<String>> = plain
        .iter()
        .map(|expression| parenthesized(expression, dialect))
        .collect();
    let read: Vec<String> = grouped.iter().flatten().cloned().collect();
    let of_plain = outcomes(&mut server, dialect, &plain);
    let mut of_read = outcomes(&mut server, dialect, &read).into_iter();
    let (mut values, mut errors, mut both) = (0, 0, 0);
    let (mut differ, mut refused, mut taken) = (0, 0, 0);
    for ((plain, grouped), outcome) in plain.iter().zip(&grouped).zip(&of_plain) {
        let Some(grouped) = grouped else {
            if is_syntax(outcome) {
                both += 1;
            } else {
                refused += 1;
                results
                    .findings
                    .push(format!("refused here: {plain}\n    {outcome}"));
            }
            continue;
        };
        let other = of_read.next().unwrap_or_default();
        if is_syntax(outcome) {
            taken += 1;
            results
                .findings
                .push(format!("read here: {plain}\n    {grouped}"));
        } else if *outcome == other {
            if outcome.starts_with("error") {
                errors += 1;
            } else {
                values += 1;
            }
        } else {
            differ += 1;
            results
                .findings
                .push(format!("{plain}\n    {outcome}\n{grouped}\n    {other}\n"));
        }
    }
    results.number("expressions", count);
    results.number("with equal values", values);
    results.number("with equal errors", errors);
    results.number("refused by both", both);
    results.share("with other values", differ, count, 0.0);
    results.share("wrong and read", taken, taken + both, 3.0);
    results.share("right and refused", refused, count, 0.3);
    if values * 3 < count {
        results.broken.push(format!(
            "{values} of {count} have values: too few to show anything"
        ));
    }
    results.conclude(&settings);
}

/// SQL-11.
///
/// Covers SQL-11 on SQLite.
#[test]
fn sql_11_operators_group_as_the_server_groups_them_on_sqlite() {
    measure(Dialect::Sqlite);
}

/// SQL-11.
///
/// Covers SQL-11 on PostgreSQL.
#[test]
fn sql_11_operators_group_as_the_server_groups_them_on_postgres() {
    measure(Dialect::Postgres);
}

/// SQL-11.
///
/// Covers SQL-11 on MariaDB.
#[test]
fn sql_11_operators_group_as_the_server_groups_them_on_mysql() {
    measure(Dialect::Mysql);
}
