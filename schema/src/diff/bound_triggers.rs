//! Triggers of PostgreSQL that are bound to columns of their table, by `UPDATE OF` or `WHEN`. The server changes no type of such a column
//! (error 0A000) and drops none (2BP01) as long as they are there.

use super::parsed::parse_texts;
use super::structure::table_key;
use crate::ast::{AlterAction, AlterTable, Name, ObjectName, OtherChange, Statement};
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::parse::SingleStatement;
use crate::source::Span;
use crate::sql_writer::SqlWriter;
use crate::syntax::{Command, Trigger};

/// The statements that make the triggers which are there after all these, and that switch them on and off; each with the table.
pub(super) fn bound_triggers<'s>(
    statements: impl IntoIterator<Item = (&'s str, &'s SingleStatement)>,
) -> Vec<(String, String)> {
    let mut fold = Fold::default();
    for (sql, tree) in statements {
        fold.statement(sql, tree);
    }
    let each = fold.known.iter().flat_map(|one| {
        let statements = std::iter::once(one.sql.clone()).chain(one.switched());
        statements.map(|sql| (key(&one.table), sql))
    });
    each.collect()
}

/// The statements that drop the triggers which are bound to a column, and those that make them again.
pub(super) fn around(
    triggers: &[(String, String)],
    table: &TableName,
    column: &str,
) -> (Vec<String>, Vec<String>) {
    let at = key(table);
    let of_table = triggers.iter().filter(|(table, _)| *table == at);
    let parsed = parse_texts(of_table.map(|(_, sql)| sql.as_str()), Dialect::Postgres);
    let mut fold = Fold::default();
    for (sql, tree) in &parsed {
        fold.statement(sql, tree);
    }
    let bound = || fold.known.iter().filter(|one| one.is_bound_to(column));
    let made = bound().flat_map(|one| std::iter::once(one.sql.clone()).chain(one.switched()));
    (bound().map(Known::dropped).collect(), made.collect())
}

fn key(table: &TableName) -> String {
    table_key(table, Dialect::Postgres)
}

fn table_of(name: &ObjectName) -> TableName {
    TableName {
        schema: name.schema.clone(),
        name: name.name.text.clone(),
    }
}

struct Known {
    name: String,
    table: TableName,
    columns: Vec<String>,
    sql: String,
    /// `DISABLE`, `ENABLE ALWAYS`.
    switch: Option<&'static str>,
}

impl Known {
    fn new(made: &Trigger, sql: &str) -> Self {
        Self {
            name: made.name.text.clone(),
            table: table_of(&made.table),
            columns: made.columns.iter().map(|one| one.text.clone()).collect(),
            sql: sql.to_owned(),
            switch: None,
        }
    }

    fn is_bound_to(&self, column: &str) -> bool {
        self.columns.iter().any(|one| one == column)
    }

    fn dropped(&self) -> String {
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push("DROP TRIGGER ").identifier(&self.name);
        sql.push(" ON ").table(&self.table);
        sql.finish()
    }

    fn switched(&self) -> Option<String> {
        let switch = self.switch?;
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push("ALTER TABLE ").table(&self.table);
        sql.push(&format!(" {switch} TRIGGER "))
            .identifier(&self.name);
        Some(sql.finish())
    }

    /// The same with another name at some places of its statement.
    fn respelled(&mut self, places: impl Fn(&Trigger) -> Vec<Span>, to: &str) {
        let parsed = parse_texts([self.sql.as_str()], Dialect::Postgres);
        let [(_, SingleStatement::Command(Command::CreateTrigger(made)))] = parsed.as_slice()
        else {
            return;
        };
        let mut name = SqlWriter::new(Dialect::Postgres);
        name.identifier(to);
        let name = name.finish();
        let mut sql = self.sql.clone();
        for span in places(made).iter().rev() {
            sql.replace_range(span.start as usize..span.end as usize, &name);
        }
        let switch = self.switch;
        let parsed = parse_texts([sql.as_str()], Dialect::Postgres);
        if let [(_, SingleStatement::Command(Command::CreateTrigger(made)))] = parsed.as_slice() {
            *self = Self {
                switch,
                ..Self::new(made, &sql)
            };
        }
    }
}

#[derive(Default)]
struct Fold {
    known: Vec<Known>,
}

impl Fold {
    fn statement(&mut self, sql: &str, tree: &SingleStatement) {
        match tree {
            SingleStatement::Command(Command::CreateTrigger(made)) => {
                self.drop(&made.name, &made.table);
                if !made.columns.is_empty() {
                    self.known.push(Known::new(made, sql));
                }
            }
            SingleStatement::Command(Command::DropTrigger(name, Some(table))) => {
                self.drop(name, table);
            }
            SingleStatement::Schema(statements) => {
                statements.iter().for_each(|one| self.follow(one));
            }
            SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {}
        }
    }

    fn drop(&mut self, name: &Name, table: &ObjectName) {
        let at = key(&table_of(table));
        self.known
            .retain(|one| one.name != name.text || key(&one.table) != at);
    }

    fn follow(&mut self, statement: &Statement) {
        match statement {
            Statement::DropTable { names, .. } => {
                let dropped: Vec<String> = names.iter().map(|name| key(&table_of(name))).collect();
                self.known.retain(|one| !dropped.contains(&key(&one.table)));
            }
            Statement::AlterTable(alter) => self.altered(alter),
            _ => {}
        }
    }

    fn altered(&mut self, alter: &AlterTable) {
        let at = key(&table_of(&alter.table));
        for change in &alter.others {
            self.of_table(&at).for_each(|one| one.switch_by(change));
        }
        for action in &alter.actions {
            if let AlterAction::RenameTable(to) = action {
                self.of_table(&at).for_each(|one| {
                    one.respelled(|made| vec![made.table.name.span], &to.name.text)
                });
            } else if let AlterAction::RenameColumn { from, to } = action {
                self.of_table(&at)
                    .for_each(|one| one.respelled(|made| named(made, from), &to.text));
            } else if let AlterAction::DropColumn { column, .. } = action {
                // By CASCADE, else it is refused.
                self.known
                    .retain(|one| key(&one.table) != at || !one.is_bound_to(&column.text));
            }
        }
    }

    fn of_table(&mut self, at: &str) -> impl Iterator<Item = &mut Known> {
        let known = self.known.iter_mut();
        known.filter(move |one| key(&one.table) == at)
    }
}

impl Known {
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
            (false, _) => Some("DISABLE"),
        };
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

    fn after(statements: &[&str]) -> Vec<String> {
        let parsed = parse_texts(statements.iter().copied(), Dialect::Postgres);
        let found = bound_triggers(parsed.iter().map(|(sql, tree)| (*sql, tree)));
        found.into_iter().map(|(_, sql)| sql).collect()
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
