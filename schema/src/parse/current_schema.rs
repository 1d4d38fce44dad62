//! Where a statement makes what it names without a schema: PostgreSQL's `search_path`, MySQL's `USE`.
//!
//! A file of one MySQL database may say its name or not: which database a program opens is the matter of its URL. In a file
//! of several, each table belongs to its own.

use std::collections::BTreeSet;

use crate::ast::SearchPath;
use bindery_core::dialect::Dialect;

use super::lex::{Token, TokenKind};
use super::split::RawStatement;

/// The schema or database that counts at a place of the text.
pub(crate) struct CurrentSchema<'a> {
    text: &'a str,
    dialect: Dialect,
    path: Option<SearchPath>,
    /// The path that is in force again at the transaction's end.
    outside: Option<Option<SearchPath>>,
    /// MySQL: the one database of the file, if it names one.
    pub(crate) own_database: Option<String>,
    /// MySQL: tables are made in more than one.
    several_databases: bool,
}

impl<'a> CurrentSchema<'a> {
    /// The place at the start of a text of these statements.
    pub(crate) fn start(text: &'a str, dialect: Dialect, statements: &[RawStatement]) -> Self {
        let mut place = Self {
            text,
            dialect,
            path: None,
            outside: None,
            own_database: None,
            several_databases: false,
        };
        if dialect == Dialect::Mysql {
            place.look_for_databases(statements);
        }
        place
    }

    fn look_for_databases(&mut self, statements: &[RawStatement]) {
        let (mut named, mut has_unnamed) = (BTreeSet::new(), false);
        for statement in statements {
            self.pass(statement);
            if let Some(database) = self.database_of_table(&statement.tokens) {
                match database {
                    Some(database) => drop(named.insert(database)),
                    None => has_unnamed = true,
                }
            }
        }
        self.path = None;
        self.several_databases = named.len() > 1;
        if named.len() == 1 && !has_unnamed {
            self.own_database = named.pop_first();
        }
    }

    /// After `CREATE TABLE`: the database it says or is made in.
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
        Some(said.or_else(|| self.first().map(str::to_owned)))
    }

    /// Follows `SET search_path`, `set_config('search_path', …)`, `SET SCHEMA` and `USE`.
    pub(crate) fn pass(&mut self, statement: &RawStatement) {
        let tokens = &statement.tokens;
        match self.dialect {
            Dialect::Sqlite => {}
            Dialect::Mysql if self.is(tokens, 0, "USE") => {
                let database = tokens.get(1).map(|&token| self.name(token));
                self.path = database.map(|database| [database].into());
            }
            Dialect::Mysql => {}
            Dialect::Postgres => self.pass_path(tokens),
        }
    }

    fn pass_path(&mut self, tokens: &[Token]) {
        let local = self.is(tokens, 1, "LOCAL");
        let scope = usize::from(local || self.is(tokens, 1, "SESSION"));
        let set = self.is(tokens, 0, "SET");
        let ends = ["COMMIT", "END", "ROLLBACK", "ABORT"];
        if ends.iter().any(|end| self.is(tokens, 0, end)) {
            self.leave_transaction(tokens);
        } else if self.is(tokens, 0, "RESET") && self.is(tokens, 1, "search_path") {
            self.path = None;
        } else if set && self.is(tokens, 1 + scope, "search_path") {
            self.enter(tokens.get(3 + scope..).unwrap_or_default(), local);
        } else if set && self.is(tokens, 1 + scope, "SCHEMA") {
            self.enter(tokens.get(2 + scope..).unwrap_or_default(), local);
        } else if self.is(tokens, 0, "SELECT") {
            let call = 1 + 2 * usize::from(self.is(tokens, 1, "pg_catalog"));
            let about = tokens.get(call + 2).map(|&token| self.name(token));
            if self.is(tokens, call, "set_config") && about.as_deref() == Some("search_path") {
                let value = tokens.get(call + 4..call + 5).unwrap_or_default();
                self.enter(value, self.is(tokens, call + 6, "true"));
            }
        }
    }

    /// `SET LOCAL` counts up to the transaction's end, but not up to a savepoint's.
    fn leave_transaction(&mut self, tokens: &[Token]) {
        let to_savepoint = (1..3).any(|at| self.is(tokens, at, "TO"));
        if let Some(outside) = self.outside.take_if(|_| !to_savepoint) {
            self.path = outside;
        }
    }

    /// The schemas of a path; tables are not kept in one of the user's own name.
    fn enter(&mut self, path: &[Token], local: bool) {
        let names = path
            .iter()
            .filter(|&&token| token.kind != TokenKind::Symbol);
        let names = names.map(|&token| (token.kind, self.name(token)));
        let mut entries: Vec<String> = names
            .flat_map(|(kind, name)| split_path(kind, name))
            .collect();
        if entries == ["default"] {
            entries = vec!["public".to_owned()];
        }
        entries.retain(|name| !matches!(name.as_str(), "$user" | "" | "pg_catalog" | "pg_temp"));
        if local {
            self.outside.get_or_insert_with(|| self.path.clone());
        } else {
            self.outside = None;
        }
        self.path = (entries != ["public"]).then(|| entries.into());
    }

    /// Returns the path on which names without a schema are looked up; a file of one MySQL database says nothing by its
    /// name.
    pub(crate) fn path(&self) -> Option<&SearchPath> {
        let counts = match self.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => true,
            Dialect::Mysql => self.several_databases,
        };
        self.path.as_ref().filter(|_| counts)
    }

    fn first(&self) -> Option<&str> {
        self.path.as_ref()?.first().map(String::as_str)
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

/// `set_config` takes the whole path as one text; what is quoted as a name is one name.
fn split_path(kind: TokenKind, text: String) -> Vec<String> {
    if kind == TokenKind::DoubleQuoted {
        return vec![text];
    }
    let name = |part: &str| part.trim().trim_matches('"').to_owned();
    text.split(',').map(name).collect()
}
