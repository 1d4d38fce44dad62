//! Where a statement makes what it names without a schema: PostgreSQL's `search_path`, MySQL's `USE`.
//!
//! A file of one MySQL database may say its name or not: which database a program opens is the matter of its URL. In a file
//! of several, each table belongs to its own.

use std::collections::BTreeSet;

use crate::dialect::Dialect;

use super::lex::{Token, TokenKind};
use super::split::RawStatement;

/// The schema or database that counts at a place of the text.
pub(crate) struct Place<'a> {
    text: &'a str,
    dialect: Dialect,
    current: Option<String>,
    /// MySQL: the one database of the file, if it names one.
    pub(crate) own_database: Option<String>,
    /// MySQL: tables are made in more than one.
    several_databases: bool,
}

impl<'a> Place<'a> {
    /// The place at the start of a text of these statements.
    pub(crate) fn start(text: &'a str, dialect: Dialect, statements: &[RawStatement]) -> Self {
        let mut place = Self {
            text,
            dialect,
            current: None,
            own_database: None,
            several_databases: false,
        };
        if dialect == Dialect::Mysql {
            place.look_for_databases(statements);
        }
        place
    }

    fn look_for_databases(&mut self, statements: &[RawStatement]) {
        let mut found = BTreeSet::new();
        for statement in statements {
            self.pass(statement);
            if let Some(database) = self.database_of_table(&statement.tokens) {
                found.insert(database);
            }
        }
        self.current = None;
        self.several_databases = found.iter().flatten().count() > 1;
        if found.len() == 1 {
            self.own_database = found.into_iter().next().flatten();
        }
    }

    /// Behind `CREATE TABLE`: the database it says or is made in.
    fn database_of_table(&self, tokens: &[Token]) -> Option<Option<String>> {
        let at = usize::from(self.is(tokens, 2, "IF")) * 3 + 2;
        if !(self.is(tokens, 0, "CREATE") && self.is(tokens, 1, "TABLE")) {
            return None;
        }
        let point = tokens
            .get(at + 1)
            .is_some_and(|&token| self.raw(token) == ".");
        let said = tokens
            .get(at)
            .filter(|_| point)
            .map(|&token| self.name(token));
        Some(said.or_else(|| self.current.clone()))
    }

    /// Follows `SET search_path`, `set_config('search_path', …)`, `SET SCHEMA` and `USE`.
    pub(crate) fn pass(&mut self, statement: &RawStatement) {
        let tokens = &statement.tokens;
        match self.dialect {
            Dialect::Sqlite => {}
            Dialect::Mysql if self.is(tokens, 0, "USE") => {
                self.current = tokens.get(1).map(|&token| self.name(token));
            }
            Dialect::Mysql => {}
            Dialect::Postgres => self.pass_path(tokens),
        }
    }

    fn pass_path(&mut self, tokens: &[Token]) {
        let scope = usize::from(self.is(tokens, 1, "SESSION") || self.is(tokens, 1, "LOCAL"));
        let set = self.is(tokens, 0, "SET");
        if self.is(tokens, 0, "RESET") && self.is(tokens, 1, "search_path") {
            self.current = None;
        } else if set && self.is(tokens, 1 + scope, "search_path") {
            self.enter(tokens.get(3 + scope..).unwrap_or_default());
        } else if set && self.is(tokens, 1 + scope, "SCHEMA") {
            self.enter(tokens.get(2 + scope..).unwrap_or_default());
        } else if self.is(tokens, 0, "SELECT") {
            let call = 1 + 2 * usize::from(self.is(tokens, 1, "pg_catalog"));
            let about = tokens.get(call + 2).map(|&token| self.name(token));
            if self.is(tokens, call, "set_config") && about.as_deref() == Some("search_path") {
                self.enter(tokens.get(call + 4..).unwrap_or_default());
            }
        }
    }

    /// The first schema of a path; nobody's tables are kept in one of the user's own name.
    fn enter(&mut self, path: &[Token]) {
        let names = path
            .iter()
            .filter(|&&token| token.kind != TokenKind::Symbol);
        let names = names.map(|&token| self.name(token));
        let names: Vec<String> = names.flat_map(|name| split_path(&name)).collect();
        let first = names.into_iter().find(|name| name != "$user");
        let named =
            |name: &String| !matches!(name.as_str(), "" | "public" | "default" | "pg_catalog");
        self.current = first.filter(named);
    }

    /// The schema of what is made here without one.
    pub(crate) fn schema(&self) -> Option<&str> {
        let counts = match self.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => true,
            Dialect::Mysql => self.several_databases,
        };
        self.current.as_deref().filter(|_| counts)
    }

    fn raw(&self, token: Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn is(&self, tokens: &[Token], at: usize, word: &str) -> bool {
        tokens.get(at).is_some_and(|&token| {
            token.kind == TokenKind::Word && self.raw(token).eq_ignore_ascii_case(word)
        })
    }

    /// A name or text without its quotes.
    fn name(&self, token: Token) -> String {
        let raw = self.raw(token);
        match token.kind {
            TokenKind::Word if self.dialect == Dialect::Postgres => raw.to_lowercase(),
            TokenKind::Word => raw.to_owned(),
            _ => raw.trim_matches(['\'', '"', '`']).to_owned(),
        }
    }
}

/// `set_config` takes the whole path as one text.
fn split_path(text: &str) -> Vec<String> {
    let name = |part: &str| part.trim().trim_matches('"').to_owned();
    text.split(',').map(name).collect()
}
