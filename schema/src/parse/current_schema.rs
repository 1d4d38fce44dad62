//! Where a statement makes what it names without a schema: PostgreSQL's `search_path`, MySQL's `USE`.
//!
//! A file of one MySQL database may say its name or not: which database a program opens is the matter of its URL. In a file
//! of several, each table belongs to its own.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::ast::SearchPath;
use bindery_core::dialect::Dialect;

use super::split::RawStatement;
use crate::syntax::grammar::{Grammar, Schemas};
use crate::syntax::{Cursor, Text};

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
        if place.schemas() == Schemas::Databases {
            place.look_for_databases(statements);
        }
        place
    }

    fn schemas(&self) -> Schemas {
        Grammar::of(self.dialect).objects.schemas
    }

    fn look_for_databases(&mut self, statements: &[RawStatement]) {
        let (mut named, mut has_unnamed) = (BTreeSet::new(), false);
        for statement in statements {
            self.pass(statement);
            if let Some(database) = self.database_of_table(&self.cursor(statement)) {
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
    fn database_of_table(&self, statement: &Cursor<'_>) -> Option<Option<String>> {
        if !statement.is_words(&["CREATE", "TABLE"]) {
            return None;
        }
        let at = usize::from(statement.is_word(2, "IF")) * 3 + 2;
        let is_qualified = statement.is_symbol(at + 1, ".");
        let said = statement.name_at(at).filter(|_| is_qualified);
        Some(said.or_else(|| self.first().map(str::to_owned)))
    }

    /// Follows `SET search_path`, `set_config('search_path', …)`, `SET SCHEMA` and `USE`.
    pub(crate) fn pass(&mut self, statement: &RawStatement) {
        let statement = self.cursor(statement);
        match self.schemas() {
            Schemas::Databases if statement.is_word(0, "USE") => {
                let database = statement.name_at(1);
                self.path = database.map(|database| [database].into());
            }
            Schemas::None | Schemas::Databases => {}
            Schemas::OnPath => self.pass_path(&statement),
        }
    }

    fn pass_path(&mut self, statement: &Cursor<'_>) {
        let local = statement.is_word(1, "LOCAL");
        let scope = 1 + usize::from(local || statement.is_word(1, "SESSION"));
        let set = statement.is_word(0, "SET");
        if statement.is_any_word(0, &["COMMIT", "END", "ROLLBACK", "ABORT"]) {
            self.leave_transaction(statement);
        } else if statement.is_words(&["RESET", "search_path"]) {
            self.path = None;
        } else if set && statement.is_word(scope, "search_path") {
            self.enter(statement, scope + 2..statement.rest(), local);
        } else if set && statement.is_word(scope, "SCHEMA") {
            self.enter(statement, scope + 1..statement.rest(), local);
        } else if statement.is_word(0, "SELECT") {
            let call = 1 + 2 * usize::from(statement.is_word(1, "pg_catalog"));
            let about = statement.name_at(call + 2);
            if statement.is_word(call, "set_config") && about.as_deref() == Some("search_path") {
                let value = call + 4..(call + 5).min(statement.rest());
                self.enter(statement, value, statement.is_word(call + 6, "true"));
            }
        }
    }

    /// `SET LOCAL` counts up to the transaction's end, but not up to a savepoint's.
    fn leave_transaction(&mut self, statement: &Cursor<'_>) {
        let to_savepoint = (1..3).any(|at| statement.is_word(at, "TO"));
        if let Some(outside) = self.outside.take_if(|_| !to_savepoint) {
            self.path = outside;
        }
    }

    /// The schemas of a path; tables are not kept in one of the user's own name.
    fn enter(&mut self, statement: &Cursor<'_>, path: Range<usize>, local: bool) {
        let mut entries = Vec::new();
        for at in path.filter(|&at| !statement.is_sign(at)) {
            let name = statement.name_at(at).unwrap_or_default();
            if statement.is_double_quoted(at) {
                entries.push(name);
            } else {
                // `set_config` takes the whole path as one text.
                let parts = name.split(',');
                entries.extend(parts.map(|part| part.trim().trim_matches('"').to_owned()));
            }
        }
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
        let counts = match self.schemas() {
            Schemas::None => false,
            Schemas::OnPath => true,
            Schemas::Databases => self.several_databases,
        };
        self.path.as_ref().filter(|_| counts)
    }

    fn first(&self) -> Option<&str> {
        self.path.as_ref()?.first().map(String::as_str)
    }

    fn cursor<'s>(&self, statement: &'s RawStatement) -> Cursor<'s>
    where
        'a: 's,
    {
        Text::of(self.text, &statement.tokens, self.dialect).cursor()
    }
}
