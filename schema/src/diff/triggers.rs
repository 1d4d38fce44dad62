//! Triggers of SQLite's tables, which no model knows: a table that is made anew gets them again.

use super::parsed::parse_texts;
use crate::ast::{AlterAction, Name, Statement};
use crate::dialect::Dialect;
use crate::parse::SingleStatement;
use crate::syntax::Command;

/// The triggers that are there after these statements, each with the name of its table.
pub fn triggers<'s>(statements: impl IntoIterator<Item = &'s str>) -> Vec<(String, String)> {
    let parsed = parse_texts(statements, Dialect::Sqlite);
    triggers_of(parsed.iter().map(|(sql, tree)| (*sql, tree)))
}

/// The same of statements that are parsed.
pub(super) fn triggers_of<'s>(
    statements: impl IntoIterator<Item = (&'s str, &'s SingleStatement)>,
) -> Vec<(String, String)> {
    let mut known: Vec<Trigger> = Vec::new();
    for (sql, tree) in statements {
        match tree {
            SingleStatement::Command(Command::CreateTrigger(made)) => known.push(Trigger {
                name: key(&made.name),
                table: key(&made.table.name),
                sql: sql.to_owned(),
            }),
            SingleStatement::Command(Command::DropTrigger(name, _)) => {
                known.retain(|trigger| trigger.name != key(name));
            }
            SingleStatement::Schema(statements) => {
                statements.iter().for_each(|one| follow(&mut known, one));
            }
            SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {}
        }
    }
    known.into_iter().map(|one| (one.table, one.sql)).collect()
}

struct Trigger {
    name: String,
    table: String,
    sql: String,
}

fn key(name: &Name) -> String {
    name.text.to_lowercase()
}

/// Triggers go with their table, and follow its name.
fn follow(known: &mut Vec<Trigger>, statement: &Statement) {
    match statement {
        Statement::DropTable { names, .. } => {
            let is_dropped = |table: &str| names.iter().any(|name| key(&name.name) == table);
            known.retain(|trigger| !is_dropped(&trigger.table));
        }
        Statement::AlterTable(alter) => {
            for action in &alter.actions {
                let AlterAction::RenameTable(to) = action else {
                    continue;
                };
                let own = known.iter_mut();
                for trigger in own.filter(|one| one.table == key(&alter.table.name)) {
                    trigger.table = key(&to.name);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_known_by_their_tables_whatever_they_are_called() {
        let made = "CREATE TRIGGER \"on\" AFTER UPDATE OF \"on\" ON main.T BEGIN SELECT 1; END";
        let other = "CREATE TEMP TRIGGER IF NOT EXISTS other /* ON u */ BEFORE DELETE ON [t] BEGIN SELECT 'DROP TABLE t'; END";
        let all = [made, other, "ALTER TABLE t RENAME TO u"];
        let expected = [made, other].map(|sql| ("u".to_owned(), sql.to_owned()));
        assert_eq!(triggers(all), expected);
        let rest = [made, other, "DROP TRIGGER IF EXISTS \"on\""];
        assert_eq!(triggers(rest), [("t".to_owned(), other.to_owned())]);
        assert_eq!(triggers([made, "DROP TABLE IF EXISTS t"]), []);
    }
}
