//! Triggers as statements make, change and drop them, which no model knows: a table of SQLite that is made anew gets them again, PostgreSQL's
//! that are bound to a column go and come around its change, and those that record changes are compared.

use std::collections::BTreeMap;

use super::facts::{Again, Facts, Triggers};
use super::parsed::parse_texts;
use super::rename::Rename;
use super::render;
use super::structure::{folded, table_key};
use crate::ast::{AlterAction, AlterTable, Name, ObjectKind, ObjectName, OtherChange, Statement};
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::parse::SingleStatement;
use crate::source::Span;
use crate::syntax::canonical::token_texts;
use crate::syntax::{Command, Trigger};

/// A trigger of a table, and what makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableTrigger {
    pub(super) table: TableName,
    pub(super) name: String,
    /// PostgreSQL: the columns that it is bound to, by `UPDATE OF` or `WHEN`. The server changes no type of such a column (error 0A000) and
    /// drops none (2BP01) as long as the trigger is there.
    pub(super) columns: Vec<String>,
    /// The statement that makes it.
    pub(super) sql: String,
    /// PostgreSQL: `DISABLE`, `ENABLE ALWAYS`.
    pub(super) switch: Option<&'static str>,
    /// PostgreSQL: the statement that makes its function.
    pub(super) function: Option<String>,
    /// SQLite: the names in it that changed since. The database has written the trigger anew at each, which nothing else can: to make it again,
    /// all have their old names for a moment.
    pub(super) renames: Vec<Rename>,
}

/// The triggers that are there after these statements.
pub fn triggers<'s>(
    statements: impl IntoIterator<Item = &'s str>,
    dialect: Dialect,
) -> Vec<TableTrigger> {
    let parsed = parse_texts(statements, dialect);
    triggers_of(parsed.iter().map(|(sql, tree)| (*sql, tree)), dialect)
}

/// The same of statements that are parsed.
pub(super) fn triggers_of<'s>(
    statements: impl IntoIterator<Item = (&'s str, &'s SingleStatement)>,
    dialect: Dialect,
) -> Vec<TableTrigger> {
    Fold::new(&[], dialect).after(statements)
}

/// The triggers that are there after more statements.
pub(super) fn triggers_after(
    known: &[TableTrigger],
    statements: &[String],
    dialect: Dialect,
) -> Vec<TableTrigger> {
    let parsed = parse_texts(statements.iter().map(String::as_str), dialect);
    Fold::new(known, dialect).after(parsed.iter().map(|(sql, tree)| (*sql, tree)))
}

fn table_of(name: &ObjectName) -> TableName {
    TableName {
        schema: name.schema.clone(),
        name: name.name.text.clone(),
    }
}

impl TableTrigger {
    pub(super) fn new(made: &Trigger, sql: &str) -> Self {
        Self {
            table: table_of(&made.table),
            name: made.name.text.clone(),
            columns: made.columns.iter().map(|one| one.text.clone()).collect(),
            sql: sql.to_owned(),
            switch: None,
            function: None,
            renames: Vec::new(),
        }
    }

    /// The name that statements call it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its statement may speak of what gets another name: of a column only where it names the table, too.
    pub fn mentions(&self, rename: &Rename, dialect: Dialect) -> bool {
        let words = token_texts(&self.sql, dialect);
        let later = self.renames.iter().map(Rename::new_name);
        let names: Vec<&str> = words.iter().map(String::as_str).chain(later).collect();
        let has = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        has(rename.old_name()) && has(&rename.table_before().name)
    }

    pub(super) fn is_of(&self, table: &TableName, dialect: Dialect) -> bool {
        table_key(&self.table, dialect) == table_key(table, dialect)
    }

    /// Whether it is bound to columns.
    pub(super) fn is_bound(&self) -> bool {
        !self.columns.is_empty()
    }

    pub(super) fn is_bound_to(&self, column: &str) -> bool {
        self.columns.iter().any(|one| one == column)
    }

    pub(super) fn is_off(&self) -> bool {
        self.switch == Some(OFF)
    }

    /// The statements that make it, and switch it on or off; its function is there.
    pub(super) fn made(&self) -> impl Iterator<Item = String> {
        let statement = render::rename_in_sqlite;
        let back = self.renames.iter().rev();
        let back = back.map(move |one| statement(&one.reversed()));
        back.chain([self.sql.clone()])
            .chain(self.renames.iter().map(statement))
            .chain(self.switched())
    }

    /// Something got another name. The way there and back is none.
    fn follow(&mut self, rename: Rename) {
        match self.renames.last() {
            Some(last) if *last == rename.reversed() => {
                self.renames.pop();
            }
            _ => self.renames.push(rename),
        }
    }

    /// The same with its function (PostgreSQL).
    pub(super) fn made_with_function(&self) -> Vec<String> {
        self.function
            .clone()
            .into_iter()
            .chain(self.made())
            .collect()
    }

    fn switch_by(&mut self, change: &OtherChange) {
        let OtherChange::Trigger {
            name,
            enabled,
            always,
        } = change
        else {
            return;
        };
        if name.as_ref().is_some_and(|name| name.text != self.name) {
            return;
        }
        self.switch = match (enabled, always) {
            (true, true) => Some("ENABLE ALWAYS"),
            (true, false) => None,
            (false, _) => Some(OFF),
        };
    }
}

const OFF: &str = "DISABLE";

struct Fold {
    dialect: Dialect,
    facts: &'static Triggers,
    /// Statements by the names of the functions that they make.
    functions: BTreeMap<String, String>,
    known: Vec<TableTrigger>,
}

impl Fold {
    fn new(known: &[TableTrigger], dialect: Dialect) -> Self {
        Self {
            dialect,
            facts: &Facts::of(dialect).triggers,
            functions: BTreeMap::new(),
            known: known.to_vec(),
        }
    }

    fn after<'s>(
        mut self,
        statements: impl IntoIterator<Item = (&'s str, &'s SingleStatement)>,
    ) -> Vec<TableTrigger> {
        for (sql, tree) in statements {
            self.statement(sql, tree);
        }
        self.known
    }

    fn statement(&mut self, sql: &str, tree: &SingleStatement) {
        match tree {
            SingleStatement::Command(Command::CreateTrigger(made)) => self.create(made, sql),
            SingleStatement::Command(Command::DropTrigger(name, table)) => {
                let is_it = self.named(name, table.as_ref());
                self.known.retain(|one| !is_it(one));
            }
            SingleStatement::Schema(statements) => {
                statements.iter().for_each(|one| self.follow(one, sql));
            }
            SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {}
        }
    }

    /// `IF NOT EXISTS` and `OR REPLACE` are not of one dialect.
    fn create(&mut self, made: &Trigger, sql: &str) {
        let is_it = self.named(&made.name, Some(&made.table));
        if self.facts.first_stays && self.known.iter().any(&is_it) {
            return;
        }
        self.known.retain(|one| !is_it(one));
        let function = made.function.as_ref();
        self.known.push(TableTrigger {
            function: function.and_then(|name| self.functions.get(&name.text).cloned()),
            ..TableTrigger::new(made, sql)
        });
    }

    fn named(
        &self,
        name: &Name,
        table: Option<&ObjectName>,
    ) -> impl Fn(&TableTrigger) -> bool + use<> {
        let dialect = self.dialect;
        let table = table.filter(|_| self.facts.are_of_tables).map(table_of);
        let name = folded(&name.text, dialect);
        move |one| {
            folded(&one.name, dialect) == name
                && table.as_ref().is_none_or(|table| one.is_of(table, dialect))
        }
    }

    fn follow(&mut self, statement: &Statement, sql: &str) {
        match statement {
            Statement::CreateObject(made) if made.kind == ObjectKind::Function => {
                let name = made.name.name.text.clone();
                self.functions.insert(name, sql.to_owned());
            }
            Statement::DropTable { names, .. } => {
                let (dialect, names) = (self.dialect, names.iter().map(table_of));
                let names: Vec<TableName> = names.collect();
                let is_dropped =
                    |one: &TableTrigger| names.iter().any(|name| one.is_of(name, dialect));
                self.known.retain(|one| !is_dropped(one));
            }
            Statement::AlterTable(alter) => self.altered(alter),
            _ => {}
        }
    }

    fn altered(&mut self, alter: &AlterTable) {
        let (table, dialect) = (table_of(&alter.table), self.dialect);
        for change in &alter.others {
            self.of_table(&table).for_each(|one| one.switch_by(change));
        }
        for action in &alter.actions {
            match action {
                AlterAction::RenameTable(to) => {
                    let (from, to_name) = (table.clone(), table_of(to));
                    self.rewritten(&Rename::Table { from, to: to_name });
                    self.renamed(&table, to);
                }
                AlterAction::RenameColumn { from, to } if self.facts.follow_renames => {
                    self.of_table(&table)
                        .for_each(|one| one.respelled(|made| named(made, from), &to.text));
                }
                AlterAction::RenameColumn { from, to } => {
                    let rename = Rename::Column {
                        table: table.clone(),
                        from: from.text.clone(),
                        to: to.text.clone(),
                    };
                    self.rewritten(&rename);
                }
                // By CASCADE, else it is refused.
                AlterAction::DropColumn { column, .. } => {
                    let goes = |one: &TableTrigger| one.is_bound_to(&column.text);
                    self.known
                        .retain(|one| !one.is_of(&table, dialect) || !goes(one));
                }
                _ => {}
            }
        }
    }

    fn renamed(&mut self, table: &TableName, to: &ObjectName) {
        let follow = self.facts.follow_renames;
        for one in self.of_table(table) {
            if follow {
                one.respelled(|made| vec![made.table.name.span], &to.name.text);
                continue;
            }
            let schema = to.schema.clone().or_else(|| table.schema.clone());
            one.table = TableName {
                schema,
                ..table_of(to)
            };
        }
    }

    /// Something that triggers may name gets another name.
    fn rewritten(&mut self, rename: &Rename) {
        if self.facts.made_again != Again::All {
            return;
        }
        for one in &mut self.known {
            if one.mentions(rename, self.dialect) {
                one.follow(rename.clone());
            }
        }
    }

    fn of_table(&mut self, table: &TableName) -> impl Iterator<Item = &mut TableTrigger> {
        let dialect = self.dialect;
        let known = self.known.iter_mut();
        known.filter(move |one| one.is_of(table, dialect))
    }
}

/// The places of a column.
fn named(made: &Trigger, column: &Name) -> Vec<Span> {
    let columns = made.columns.iter();
    let of_column = columns.filter(|one| one.text == column.text);
    of_column.map(|one| one.span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_sqlite<const N: usize>(statements: [&str; N]) -> Vec<(String, String)> {
        let found = triggers(statements, Dialect::Sqlite).into_iter();
        found.map(|one| (one.table.name, one.sql)).collect()
    }

    #[test]
    fn triggers_are_known_by_their_tables_whatever_they_are_called() {
        let made = "CREATE TRIGGER \"on\" AFTER UPDATE OF \"on\" ON main.T BEGIN SELECT 1; END";
        let other = "CREATE TEMP TRIGGER IF NOT EXISTS other /* ON u */ BEFORE DELETE ON [t] BEGIN SELECT 'DROP TABLE t'; END";
        let expected = [made, other].map(|sql| ("u".to_owned(), sql.to_owned()));
        assert_eq!(
            of_sqlite([made, other, other, "ALTER TABLE t RENAME TO u"]),
            expected
        );
        let rest = [made, other, "DROP TRIGGER IF EXISTS \"on\""];
        assert_eq!(of_sqlite(rest), [("t".to_owned(), other.to_owned())]);
        assert_eq!(of_sqlite([made, "DROP TABLE IF EXISTS t"]), []);
    }

    fn after(statements: &[&str]) -> Vec<String> {
        let found = triggers(statements.iter().copied(), Dialect::Postgres);
        let bound = found.iter().filter(|one| one.is_bound());
        bound.flat_map(TableTrigger::made).collect()
    }

    const MADE: &str = "CREATE TRIGGER x AFTER INSERT OR UPDATE OF a, \"B\" ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.c) EXECUTE FUNCTION f()";

    #[test]
    fn triggers_follow_their_tables_and_columns() {
        let renamed = after(&[
            MADE,
            "CREATE TRIGGER y AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION f()",
            "ALTER TABLE t RENAME COLUMN a TO \"an A\"",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE u DISABLE TRIGGER x",
            "DROP TRIGGER x ON t",
        ]);
        let made = "CREATE TRIGGER x AFTER INSERT OR UPDATE OF \"an A\", \"B\" ON \"u\" FOR EACH ROW WHEN (OLD.\"an A\" IS DISTINCT FROM NEW.c) EXECUTE FUNCTION f()";
        let off = "ALTER TABLE \"u\" DISABLE TRIGGER \"x\"";
        assert_eq!(renamed, [made, off]);
    }

    #[test]
    fn triggers_that_go_are_not_made_again() {
        let gone: [&[&str]; 4] = [
            &["DROP TRIGGER IF EXISTS x ON t"],
            &["DROP TABLE t CASCADE"],
            &["ALTER TABLE t DROP COLUMN c CASCADE"],
            &["CREATE OR REPLACE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"],
        ];
        for last in gone {
            assert!(after(&[&[MADE], last].concat()).is_empty(), "{last:?}");
        }
        assert_eq!(after(&[MADE, "ALTER TABLE t DROP COLUMN d"]), [MADE]);
        let switched = [
            "ALTER TABLE t DISABLE TRIGGER ALL",
            "ALTER TABLE t ENABLE TRIGGER x",
        ];
        assert_eq!(after(&[&[MADE], switched.as_slice()].concat()), [MADE]);
    }
}
