//! Statements that stand inside another: the elements of PostgreSQL's `CREATE SCHEMA`, those of a `DO` block, the virtual
//! tables that SQLite's `.dump` writes into the catalogue by hand.

use super::block::{Block, block};
use super::split::RawStatement;
use crate::lists::IntoVec as _;
use crate::syntax::grammar::NestedStatements;
use crate::syntax::{Cursor, Cut};

/// The statements within a statement.
pub(crate) enum Nested {
    /// Elements of a schema, and the schema's name.
    Schema(String, Vec<RawStatement>),
    /// A `DO` block.
    Block(Block),
    /// The statement that makes a virtual table.
    VirtualTable(RawStatement),
}

/// The statements inside this one, which ends there; `None` for one that holds none.
pub(crate) fn nested(statement: &Cursor<'_>, end: u32) -> Option<Nested> {
    match statement.grammar.objects.nested {
        NestedStatements::OfCatalogue => virtual_table(statement, end),
        NestedStatements::OfBlocksAndSchemas if statement.is_word(0, "DO") => {
            block(statement).map(Nested::Block)
        }
        NestedStatements::OfBlocksAndSchemas if statement.is_words(&["CREATE", "SCHEMA"]) => {
            schema(statement)
        }
        NestedStatements::OfBlocksAndSchemas | NestedStatements::None => None,
    }
}

/// `INSERT INTO sqlite_schema(…) VALUES('table', 'name', 'name', 0, 'CREATE VIRTUAL TABLE …')`.
///
/// The text is read where it stands, but for the name, which stands before it. Doubled quotes are left in the options of
/// modules only; there they make empty texts, which say as little of columns.
fn virtual_table(statement: &Cursor<'_>, end: u32) -> Option<Nested> {
    let catalogue = statement.is_any_word(2, &["sqlite_schema", "sqlite_master"]);
    if !(catalogue && statement.is_word(0, "INSERT")) {
        return None;
    }
    // The cursor has the first few tokens of a statement that changes rows.
    let all = Cut::between(statement, statement.here().start as usize..end as usize);
    let all = all.cursor();
    let mut texts = (0..all.rest()).filter(|&at| all.is_text(at));
    let name = texts.nth(1)?;
    let made = Cut::of_text(&all, texts.nth(1)?)?;
    let made = made.cursor();
    let virtual_table = ["CREATE", "VIRTUAL", "TABLE"];
    let using = (0..made.rest()).find(|&at| made.is_word(at, "USING"));
    let using = using.filter(|_| made.is_words(&virtual_table))?;
    let head = made.within(0, virtual_table.len())?;
    let rest = [
        all.within(name, name + 1)?,
        made.within(using, made.rest())?,
    ];
    head.joined_with(&rest).map(Nested::VirtualTable)
}

/// `CREATE SCHEMA name [AUTHORIZATION role] CREATE TABLE … CREATE VIEW …`: no delimiters between the elements.
fn schema(statement: &Cursor<'_>) -> Option<Nested> {
    let starts = statement.outer_words(&["CREATE", "GRANT"]);
    let starts = starts.get(1..)?;
    let words = ["IF", "NOT", "EXISTS", "AUTHORIZATION"];
    let mut head = 2..*starts.first()?;
    let name = statement.name_at(head.find(|&at| !statement.is_any_word(at, &words))?)?;
    let ends = starts.iter().skip(1).copied().chain([statement.rest()]);
    let elements = starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| statement.within(start, end)?.as_statement());
    Some(Nested::Schema(name, elements.into_vec()))
}
