//! Commands of a server: statements without a tree, as their grammar is the server's own or their bodies are in another language.
//! They are read here alone, and as far as rules of migrations match them.

use super::cursor::{Cursor, Read};
use crate::ast::name::{Name, ObjectName};
use crate::name::same_word;

/// A command, as far as it is read.
#[derive(Debug)]
pub(crate) enum Command {
    /// `TRUNCATE a, b`.
    Truncate(Vec<ObjectName>),
    /// `VACUUM FULL a`, `CLUSTER a`, and all tables of a tablespace that go to another one: its words, and the table where one is named.
    Rewrite(&'static str, Option<Name>),
    /// `REINDEX` that lets no rows be written meanwhile.
    Reindex,
    /// `LOCK TABLE`, `LOCK TABLES`.
    Lock,
    /// `SET a = 0`, of a session or a transaction: the value without quotes.
    Set(Name, String),
    /// SQLite's `PRAGMA a`.
    Pragma(Name),
    CreateTrigger(Trigger),
    /// PostgreSQL names the table, too.
    DropTrigger(Name, Option<ObjectName>),
    /// Another object: the words that name its kind in small letters, and whether what needs it goes too.
    Drop(String, Option<Name>, bool),
}

/// `CREATE TRIGGER`.
#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) name: Name,
    pub(crate) table: ObjectName,
    /// PostgreSQL: the function that it executes.
    pub(crate) function: Option<Name>,
    /// PostgreSQL: the columns of its table that it is bound to, by `UPDATE OF` or `WHEN`, each time that one is named.
    pub(crate) columns: Vec<Name>,
}

impl Cursor<'_> {
    /// The command that begins here; `None` where nothing of the kind does.
    pub(crate) fn command(&mut self) -> Read<Option<Command>> {
        let grammar = &self.grammar.commands;
        if self.eat(&["TRUNCATE"]) {
            self.eat(&["TABLE"]);
            return self.truncate().map(Some);
        }
        if self.eat(&["CREATE"]) {
            return self.create_trigger();
        }
        if self.eat(&["DROP"]) {
            return self.drop_object().map(Some);
        }
        if self.eat(&["SET"]) {
            return self.set();
        }
        if self.eat(&["PRAGMA"]) {
            let name = self.object_name("a setting")?.name;
            return Ok(Some(Command::Pragma(name)));
        }
        if self.eat(&["LOCK"]) {
            let is_table = grammar.bare_lock || self.is_any_word(0, &["TABLE", "TABLES"]);
            return Ok(is_table.then_some(Command::Lock));
        }
        Ok(if grammar.maintenance {
            self.maintenance()
        } else {
            None
        })
    }

    /// The commands that rewrite tables and indexes.
    fn maintenance(&mut self) -> Option<Command> {
        if self.eat(&["ALTER", "TABLE", "ALL", "IN", "TABLESPACE"]) {
            return Some(Command::Rewrite("SET TABLESPACE", None));
        }
        if self.eat(&["VACUUM"]) {
            let is_full = self.options("FULL");
            let table = self.object_name("a table's name").ok();
            let command = Command::Rewrite("VACUUM FULL", table.map(|table| table.name));
            return is_full.then_some(command);
        }
        if self.eat(&["CLUSTER"]) {
            self.options("");
            let table = self.object_name("a table's name").ok();
            return Some(Command::Rewrite("CLUSTER", table.map(|table| table.name)));
        }
        if self.eat(&["REINDEX"]) {
            let mut is_concurrent = self.options("CONCURRENTLY");
            self.advance(1);
            is_concurrent |= self.is_word(0, "CONCURRENTLY");
            return (!is_concurrent).then_some(Command::Reindex);
        }
        None
    }

    /// `a, ONLY b *`.
    fn truncate(&mut self) -> Read<Command> {
        let mut names = Vec::new();
        loop {
            self.eat(&["ONLY"]);
            names.push(self.object_name("a table's name")?);
            self.eat_symbol("*");
            if !self.eat_symbol(",") {
                return Ok(Command::Truncate(names));
            }
        }
    }

    /// The options of a command, in parentheses or without: whether the wanted one is among them.
    fn options(&mut self, wanted: &str) -> bool {
        const PLAIN: [&str; 4] = ["FULL", "FREEZE", "VERBOSE", "ANALYZE"];
        const OFF: [&str; 2] = ["FALSE", "OFF"];
        let mut found = false;
        let in_parentheses = self.eat_symbol("(");
        while !self.at_end() && !self.eat_symbol(")") {
            if !in_parentheses && !self.is_any_word(0, &PLAIN) {
                break;
            }
            found |= self.is_word(0, wanted) && !self.is_any_word(1, &OFF);
            self.advance(1);
        }
        found
    }

    /// After `SET`.
    fn set(&mut self) -> Read<Option<Command>> {
        self.eat_any(&["LOCAL", "SESSION"]);
        let name = self.name("a setting")?;
        if !self.eat_symbol("=") && !self.eat(&["TO"]) {
            return Ok(None);
        }
        let value = self.token(0).map_or_else(String::new, |token| {
            if self.is_text_token(token) {
                self.unquoted(token)
            } else {
                self.raw(token).to_owned()
            }
        });
        Ok(Some(Command::Set(name, value)))
    }

    /// After `CREATE`.
    fn create_trigger(&mut self) -> Read<Option<Command>> {
        self.eat(&["OR", "REPLACE"]);
        self.eat_any(&["CONSTRAINT", "TEMP", "TEMPORARY"]);
        if self.eat(&["DEFINER"]) {
            while !self.at_end() && !self.is_any_word(0, &["TRIGGER", "FUNCTION", "PROCEDURE"]) {
                self.advance(1);
            }
        }
        if !self.eat(&["TRIGGER"]) {
            return Ok(None);
        }
        self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("a trigger's name")?.name;
        let calls_function = self.grammar.commands.trigger_functions;
        let mut columns = Vec::new();
        // The first bare ON names the table: what stands before it are the events.
        while !self.at_end() && !self.is_word(0, "ON") {
            if calls_function && self.eat(&["UPDATE", "OF"]) {
                columns = self.columns_of_event()?;
            } else {
                self.advance(1);
            }
        }
        self.expect(&["ON"])?;
        let table = self.object_name("a table's name")?;
        let mut function = None;
        while calls_function && !self.at_end() {
            if self.eat(&["EXECUTE"]) && self.eat_any(&["FUNCTION", "PROCEDURE"]) {
                function = Some(self.object_name("a function's name")?.name);
            } else if self.is_any_word(0, &["OLD", "NEW"]) && self.is_symbol(1, ".") {
                self.advance(2);
                // All of a row is bound to no column.
                columns.extend(self.name("a column's name").ok());
            } else {
                self.advance(1);
            }
        }
        Ok(Some(Command::CreateTrigger(Trigger {
            name,
            table,
            function,
            columns,
        })))
    }

    /// After `UPDATE OF`.
    fn columns_of_event(&mut self) -> Read<Vec<Name>> {
        let mut columns = vec![self.name("a column's name")?];
        while self.eat_symbol(",") {
            columns.push(self.name("a column's name")?);
        }
        Ok(columns)
    }

    /// After `DROP`.
    fn drop_object(&mut self) -> Read<Command> {
        let kind = self.name("the kind of what is dropped")?.text;
        self.eat(&["IF", "EXISTS"]);
        let name = self.object_name("its name").ok().map(|name| name.name);
        if let (true, Some(name)) = (same_word(&kind, "TRIGGER"), &name) {
            let name = name.clone();
            let has_table = self.grammar.commands.trigger_functions && self.eat(&["ON"]);
            let table = has_table.then(|| self.object_name("a table's name"));
            return Ok(Command::DropTrigger(name, table.transpose()?));
        }
        while !self.at_end() && !self.is_word(0, "CASCADE") {
            self.advance(1);
        }
        Ok(Command::Drop(kind.to_lowercase(), name, !self.at_end()))
    }
}
