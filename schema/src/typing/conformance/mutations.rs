//! Statements with a mistake put in: those that the server refuses are to be refused here, and those that it takes are not.
//!
//! The reader alone is held against the server's errors of syntax; the whole check against all that the server refuses when it
//! prepares a statement. Some of what is refused here on purpose a server takes: [`is_on_purpose`].

use std::collections::BTreeMap;

use super::nulls::starts_as_query;
use super::random::Random;
use super::server::Server;
use super::worlds::worlds;
use super::{Results, Settings, schema, schema_model, statements, tokens};
use crate::dialect::Dialect;
use crate::source::FileId;
use crate::syntax::{Parameter, Text, read_statement};
use crate::typing::tests::check_statement;
use bindery_core::statements::lex::Lexer;
use bindery_core::statements::lex::{Token, TokenKind};

/// Whether a finding is on a statement that servers take when they prepare it: a comparison with NULL, a type that is not known, a
/// required column that is left out or NULL; and on servers that compare and compute whatever they are given, a number beside a text,
/// and columns that a group has several of.
fn is_on_purpose(dialect: Dialect, code: &str) -> bool {
    let of_all = matches!(code, "B0608" | "B0609" | "B0625" | "B0629");
    let of_strict = matches!(code, "B0624" | "B0626");
    of_all || (of_strict && dialect != Dialect::Postgres)
}

/// Words that take the place of others.
const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "HAVING",
    "JOIN",
    "LEFT",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS",
    "IN",
    "LIKE",
    "BETWEEN",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "UNION",
    "ALL",
    "DISTINCT",
    "VALUES",
    "INSERT",
    "INTO",
    "UPDATE",
    "SET",
    "DELETE",
    "WITH",
    "EXISTS",
    "OVER",
    "PARTITION",
    "ROWS",
    "RETURNING",
    "CAST",
    "TRUE",
    "DEFAULT",
    "INTERVAL",
    "ANY",
    "FILTER",
    "LATERAL",
    "NATURAL",
    "CROSS",
    "DESC",
    "FOR",
];

const SYMBOLS: &[&str] = &[
    "+", "-", "*", "/", "%", "=", "<", ">", "<=", "<>", "||", "(", ")", ",", ".", "::", "[", "]",
    "->", "!", "~", "&", "|", "@", "?", "==", "&&",
];

const LITERALS: &[&str] = &[
    "1",
    "'a'",
    "NULL",
    "1.5",
    "'2026-01-31'",
    "TRUE",
    "-1",
    "1e3",
    "''",
    "X'00'",
];

/// A statement as its tokens, each with whether it stood apart from the one before it.
#[derive(Clone)]
struct Parts(Vec<(String, TokenKind, bool)>);

impl Parts {
    fn of(text: &str, dialect: Dialect) -> Self {
        let mut end = 0;
        let parts = tokens(text, dialect).into_iter().map(|token: Token| {
            let raw = text[token.start as usize..token.end as usize].to_owned();
            let is_apart = end != token.start;
            end = token.end;
            (raw, token.kind, is_apart)
        });
        Self(parts.collect())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (raw, _, is_apart) in &self.0 {
            let is_word = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '\'';
            let glues = text.ends_with(is_word) && raw.starts_with(is_word);
            if (*is_apart || glues) && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(raw);
        }
        text
    }

    /// Whether a token is the number of a placeholder.
    fn is_numbered(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.0[before].0.as_str());
        matches!(before, Some("$" | "?"))
    }

    /// Whether a token is MySQL's own, which MariaDB does not have, or a placeholder of another form than those here.
    fn is_of_others(&self, dialect: Dialect) -> bool {
        let has = |word: &str| self.0.iter().any(|(raw, ..)| raw == word);
        match dialect {
            // Of `:name` the client makes a placeholder; MariaDB 10.11 crashes on some names of three parts.
            Dialect::Mysql => has("->") || has("->>") || has(":") || self.has_loose_point(),
            Dialect::Sqlite => has("@"),
            Dialect::Postgres => self.has_gap(),
        }
    }

    fn has_loose_point(&self) -> bool {
        self.0
            .iter()
            .any(|(raw, _, is_apart)| raw == "." && *is_apart)
    }

    /// Whether a number of PostgreSQL's placeholders is left out, which is reported where the arguments are made.
    fn has_gap(&self) -> bool {
        let numbers = (1..self.0.len()).filter(|at| self.0[at - 1].0 == "$");
        let numbers: Vec<u32> = numbers.filter_map(|at| self.0[at].0.parse().ok()).collect();
        let most = numbers.iter().max().copied().unwrap_or(0);
        (1..=most).any(|number| !numbers.contains(&number))
    }

    /// The statement with NULL in place of its parameters, to be run.
    fn runnable(&self) -> String {
        let mut parts = self.clone();
        for at in 0..parts.0.len() {
            if matches!(parts.0[at].0.as_str(), "$" | "?") {
                "NULL".clone_into(&mut parts.0[at].0);
                if parts
                    .0
                    .get(at + 1)
                    .is_some_and(|next| next.1 == TokenKind::Number && !next.2)
                {
                    parts.0[at + 1].0.clear();
                }
            }
        }
        parts.text()
    }

    /// Puts one mistake in; returns its name.
    fn mutate(&mut self, names: &[String], random: &mut Random) -> &'static str {
        let at = random.below(self.0.len());
        let of_kind = |parts: &Self, random: &mut Random, kinds: &[TokenKind]| {
            let places: Vec<usize> = (0..parts.0.len())
                .filter(|at| kinds.contains(&parts.0[*at].1) && !parts.is_numbered(*at))
                .collect();
            (!places.is_empty()).then(|| random.one_of(&places))
        };
        let word = |text: &str| (text.to_owned(), TokenKind::Word, true);
        match random.below(10) {
            0 | 1 => {
                self.0.remove(at);
                "dropped"
            }
            2 => {
                let mut again = self.0[at].clone();
                again.2 = true;
                self.0.insert(at, again);
                "doubled"
            }
            3 => {
                let other = (at + 1).min(self.0.len() - 1);
                self.0.swap(at, other);
                "swapped"
            }
            4 => {
                let Some(at) = of_kind(self, random, &[TokenKind::Word]) else {
                    return self.mutate(names, random);
                };
                self.0[at] = word(random.one_of(WORDS));
                "word for a word"
            }
            5 => {
                self.0.insert(at, word(random.one_of(WORDS)));
                "word put in"
            }
            6 => {
                let Some(at) = of_kind(self, random, &[TokenKind::Symbol]) else {
                    return self.mutate(names, random);
                };
                self.0[at] = (random.one_of(SYMBOLS).to_owned(), TokenKind::Symbol, true);
                "operator for an operator"
            }
            7 => {
                let kinds = [TokenKind::Number, TokenKind::SingleQuoted];
                let Some(at) = of_kind(self, random, &kinds) else {
                    return self.mutate(names, random);
                };
                self.0[at] = (random.one_of(LITERALS).to_owned(), TokenKind::Number, true);
                "literal of another kind"
            }
            _ => {
                let at = of_kind(self, random, &[TokenKind::Word]).unwrap_or(at);
                self.0[at].0.clone_from(&names[random.below(names.len())]);
                "name for a name"
            }
        }
    }
}

/// The statement with the placeholders of its dialect; `None` where it has a list, whose text is rewritten.
pub(super) fn plain(
    text: &str,
    checked: &crate::typing::Checked,
    dialect: Dialect,
) -> Option<String> {
    let mut sql = String::new();
    let mut start = 0;
    let mut known: Vec<&Parameter> = Vec::new();
    for found in &checked.parameters {
        if found.list.is_some() {
            return None;
        }
        let at = known.iter().position(|one| **one == found.parameter);
        let at = at
            .filter(|_| found.parameter != Parameter::Next)
            .unwrap_or_else(|| {
                known.push(&found.parameter);
                known.len() - 1
            });
        sql.push_str(&text[start..found.span.start as usize]);
        start = found.span.end as usize;
        sql.push_str(&match dialect {
            Dialect::Postgres => format!("${}", at + 1),
            Dialect::Sqlite => format!("?{}", at + 1),
            Dialect::Mysql => "?".to_owned(),
        });
    }
    sql.push_str(&text[start..]);
    Some(sql)
}

pub(super) fn is_read(text: &str, dialect: Dialect) -> Result<(), String> {
    let tokens = tokens(text, dialect);
    if is_unclosed(text, dialect) {
        return Err("something is not closed".to_owned());
    }
    let text = Text {
        text,
        tokens: &tokens,
        file: FileId(0),
        dialect,
        kind: "SELECT",
        parameters: true,
    };
    read_statement(&text)
        .map(drop)
        .map_err(|problem| problem.message.clone())
}

/// Whether a quote or a comment is not closed, as the cutter of statements reports it.
fn is_unclosed(text: &str, dialect: Dialect) -> bool {
    let mut lexer = Lexer::new(text, dialect);
    while lexer.skip_blanks() {
        lexer.token();
    }
    !lexer.unclosed.is_empty()
}

#[derive(Default)]
struct Numbers {
    /// Wrong in syntax for the server.
    broken: usize,
    broken_read: usize,
    /// Right for it, and not read here.
    unread: usize,
    /// Refused by the server for whatever reason.
    wrong: usize,
    wrong_taken: usize,
    right: usize,
    right_refused: usize,
    on_purpose: usize,
}

fn measure(dialect: Dialect) {
    let settings = Settings::read();
    let Some(mut server) = Server::of_own(dialect, &schema(dialect)) else {
        return;
    };
    let model = schema_model(dialect);
    let statements = statements(dialect, &settings);
    let texts = statements.iter().filter_map(|text| {
        let checked = check_statement(&model, text, dialect).ok()?;
        plain(text, &checked, dialect)
    });
    let texts: Vec<Parts> = texts.map(|text| Parts::of(&text, dialect)).collect();
    let columns = model.tables.iter().flat_map(|table| {
        let columns = table.columns.iter().map(|column| column.name.clone());
        columns.chain([table.name.name.clone()])
    });
    let mut names: Vec<String> = columns.collect();
    names.extend(["nothing", "count", "max", "excluded", "x"].map(str::to_owned));
    let mut random = Random(settings.seed);
    let mut results = Results::new("mutations", dialect, &settings);
    let mut numbers = Numbers::default();
    let mut groups: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    let count = settings.count(800);
    let filling = worlds(&model, dialect, 0, &mut Random(1))
        .swap_remove(1)
        .script;
    for _ in 0..count {
        let mut parts = texts[random.below(texts.len())].clone();
        let how = parts.mutate(&names, &mut random);
        if parts.is_of_others(dialect) {
            continue;
        }
        let mut against = Against {
            server: &mut server,
            dialect,
            model: &model,
            filling: &filling,
            numbers: &mut numbers,
        };
        if let Some((group, line)) = against.compare(&parts, how) {
            let entry = groups.entry(group).or_default();
            entry.0 += 1;
            if entry.1.len() < 40 {
                entry.1.push(line);
            }
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (group, (count, lines)) in groups {
        let lines = lines.join("\n    ");
        results
            .findings
            .push(format!("{count} × {group}\n    {lines}"));
    }
    results.number("statements with one mistake", count);
    let Numbers {
        broken,
        broken_read,
        unread,
        ..
    } = numbers;
    results.share("errors of syntax that are read", broken_read, broken, 3.0);
    let Numbers {
        wrong,
        wrong_taken,
        right,
        right_refused,
        on_purpose,
        ..
    } = numbers;
    results.share("refused by the server and taken", wrong_taken, wrong, 3.0);
    results.share("taken by the server and refused", right_refused, right, 0.3);
    results.number("of these not read", unread);
    results.number("and those refused on purpose", on_purpose);
    results.conclude(&settings);
}

struct Against<'a> {
    server: &'a mut Server,
    dialect: Dialect,
    model: &'a crate::model::Model,
    /// Statements that fill the tables, which are empty.
    filling: &'a [String],
    numbers: &'a mut Numbers,
}

impl Against<'_> {
    /// Looks at one statement; what differs with the kind of the difference.
    fn compare(&mut self, parts: &Parts, how: &str) -> Option<(String, String)> {
        let text = parts.text();
        let read = is_read(&text, self.dialect);
        let own = match &read {
            Ok(()) => check_statement(self.model, &text, self.dialect),
            Err(why) => Err(vec![format!("B0601 {why}")]),
        };
        let line = format!("[{how}] {text}");
        let numbers = &mut *self.numbers;
        match (self.server.prepare(&text), own) {
            (Err(why), own) => {
                numbers.wrong += 1;
                numbers.wrong_taken += usize::from(own.is_ok());
                if why.is_syntax {
                    numbers.broken += 1;
                    numbers.broken_read += usize::from(read.is_ok());
                    return read
                        .is_ok()
                        .then(|| ("an error of syntax is read".to_owned(), line));
                }
                let message = why.message.replace(|sign: char| sign.is_ascii_digit(), "");
                let message = message.split(['\'', '"', '`']).next().unwrap_or_default();
                let message = message.split(" in ").next().unwrap_or_default();
                let group = format!("taken here: {} {message}", why.code);
                own.is_ok()
                    .then(|| (group, format!("{line}\n        {}", why.message)))
            }
            (Ok(()), Ok(_)) => {
                numbers.right += 1;
                None
            }
            (Ok(()), Err(why)) => {
                let line = format!("{line}\n        {}", why.join("; "));
                let codes: Vec<&str> = why.iter().map(|one| &one[..5]).collect();
                if codes.iter().any(|code| is_on_purpose(self.dialect, code)) {
                    numbers.on_purpose += 1;
                    return Some((format!("refused on purpose: {}", codes[0]), line));
                }
                // Servers find some mistakes when a statement runs.
                if !self.runs(&parts.runnable()) {
                    self.numbers.wrong += 1;
                    return None;
                }
                let numbers = &mut *self.numbers;
                numbers.right += 1;
                numbers.right_refused += 1;
                numbers.unread += usize::from(read.is_err());
                Some((format!("refused here: {}", codes[0]), line))
            }
        }
    }

    /// A query runs on rows, as some mistakes show where a value is computed; what is written may be refused for the rows' sake.
    fn runs(&mut self, sql: &str) -> bool {
        let begun = self.server.run("BEGIN");
        let filling = self.filling.iter().filter(|_| starts_as_query(sql));
        for statement in filling {
            let filled = self.server.run(statement);
            filled.unwrap_or_else(|why| panic!("{statement}: {}", why.message));
        }
        let rows = self.server.rows(sql);
        let ended = self.server.run("ROLLBACK");
        begun.is_ok() && ended.is_ok() && rows.is_ok()
    }
}

/// SQL-02, SQL-11.
///
/// Covers SQL-02, SQL-11 on SQLite.
#[test]
fn sql_02_sql_11_mistakes_are_refused_as_the_server_refuses_them_on_sqlite() {
    measure(Dialect::Sqlite);
}

/// SQL-02, SQL-11.
///
/// Covers SQL-02, SQL-11 on PostgreSQL.
#[test]
fn sql_02_sql_11_mistakes_are_refused_as_the_server_refuses_them_on_postgres() {
    measure(Dialect::Postgres);
}

/// SQL-02, SQL-11.
///
/// Covers SQL-02, SQL-11 on MariaDB.
#[test]
fn sql_02_sql_11_mistakes_are_refused_as_the_server_refuses_them_on_mysql() {
    measure(Dialect::Mysql);
}
