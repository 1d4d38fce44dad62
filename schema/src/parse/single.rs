//! Reads a statement by itself, whatever it is, for rules that look at the statements of a migration one by one.

use super::ddl::{self, Outcome};
use super::kind::kind_of;
use crate::ast::Statement;
use crate::syntax::{Command, Cursor, Names, Text, Whole, read_statement, tokens_of};
use bindery_core::dialect::Dialect;

/// A statement of any kind.
#[derive(Debug)]
pub(crate) enum SingleStatement {
    /// It changes the schema.
    Schema(Vec<Statement>),
    /// It reads or writes rows.
    Rows(Box<Whole>),
    Command(Command),
    /// It is none of these, or not understood: the words that name its kind, in capitals.
    Other(String),
}

/// Reads a text that is one statement.
pub(crate) fn parse_single(sql: &str, dialect: Dialect) -> SingleStatement {
    let tokens = tokens_of(sql, dialect);
    let kind = kind_of(sql, &tokens);
    let text = Text {
        kind: &kind,
        ..Text::of(sql, &tokens, dialect)
    };
    let cursor = text.cursor();
    if let Some(statements) = of_schema(cursor.clone()) {
        return SingleStatement::Schema(statements);
    }
    if let Ok(Some(command)) = cursor.clone().command() {
        return SingleStatement::Command(command);
    }
    match read_statement(&text) {
        Ok(whole) => SingleStatement::Rows(Box::new(whole)),
        Err(_) => SingleStatement::Other(kind),
    }
}

/// Returns the names in a statement as a database keeps it: those that the tree of a view has, and of any other statement all that its
/// words may be.
///
/// ```
/// use bindery_schema::dialect::Dialect;
/// use bindery_schema::diff::statement_names;
///
/// let view = "CREATE VIEW `v` AS select `f`(`u`.`a`) AS `x`,'`g`(1) from `w`' AS `b` from `t` `u`";
/// let names = statement_names(view, Dialect::Mysql);
/// assert_eq!((names.table_names(), names.function_names()), (vec!["t".to_owned()], &["f".to_owned()][..]));
/// ```
pub fn statement_names(sql: &str, dialect: Dialect) -> Names {
    if let SingleStatement::Schema(statements) = parse_single(sql, dialect)
        && let [Statement::CreateView(view)] = statements.as_slice()
        && let Ok(query) = &view.query
    {
        return Names::of_rows(&query.statement);
    }
    Names::of_tokens(sql, dialect)
}

fn of_schema(mut cursor: Cursor<'_>) -> Option<Vec<Statement>> {
    let statements = match ddl::parse_statement(&mut cursor, &mut Vec::new()) {
        Outcome::Table(table, _) => vec![Statement::CreateTable(table)],
        Outcome::Alter(alter, _) => vec![Statement::AlterTable(alter)],
        Outcome::View(view, _) => vec![Statement::CreateView(view)],
        Outcome::Statements(statements) => statements,
        Outcome::Skipped(_) => Vec::new(),
    };
    (!statements.is_empty()).then_some(statements)
}
