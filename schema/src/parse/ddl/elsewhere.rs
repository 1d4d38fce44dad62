//! Reads tables whose rows something else keeps: foreign tables of PostgreSQL, virtual tables of SQLite.
//!
//! Of the virtual ones those of the full text search and the R*Tree are known; what columns others have is for their
//! module to say.

use crate::ast::KeyWords;
use crate::ast::{ColumnDef, ColumnOption, ColumnOptionKind, CreateTable, Keeper, Notes, TypeName};
use crate::lists::IntoVec as _;
use crate::source::Span;

use super::table::{TablePlaces, TableStatement};
use crate::syntax::{Cursor, Problem, Read};

/// The columns that a module makes of its arguments.
enum Module {
    /// FTS3, FTS4, FTS5: texts.
    Search,
    /// R*Tree: a number that is the key, coordinates, and other columns after `+`.
    Tree {
        /// The type of the coordinates.
        coordinates: &'static str,
    },
}

impl Cursor<'_> {
    /// After `CREATE FOREIGN TABLE`.
    pub(crate) fn foreign_table(&mut self, problems: &mut Vec<Problem>) -> Read<TableStatement> {
        let mut found = self.create_table(false, problems)?;
        if let TableStatement::Table(table, _) = &mut found {
            table.keeper = Keeper::Foreign;
        }
        Ok(found)
    }

    /// After `CREATE VIRTUAL TABLE`.
    pub(crate) fn virtual_table(&mut self) -> Read<TableStatement> {
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("the table's name")?;
        self.expect(&["USING"])?;
        let module = self.name("a module's name")?.text.to_lowercase();
        let keeper = match module.as_str() {
            "fts5" => Keeper::FullText,
            _ => Keeper::Virtual,
        };
        let Some(module) = known_module(&module) else {
            return Ok(TableStatement::NoModel(name, "CREATE VIRTUAL TABLE"));
        };
        let mut table = CreateTable::named(name, if_not_exists);
        table.keeper = keeper;
        let mut places = TablePlaces::default();
        if self.is_symbol(0, "(") {
            self.module_arguments(&module, &mut table, &mut places)?;
        }
        if table.columns.is_empty() && matches!(module, Module::Search) {
            let span = table.name.name.span;
            // "content" is the column of a table that names none (SQLite, "FTS3 and FTS4 Extensions").
            table
                .columns
                .push(column("content", "text", span, Vec::new()));
        }
        Ok(TableStatement::Table(Box::new(table), places))
    }

    fn module_arguments(
        &mut self,
        module: &Module,
        table: &mut CreateTable,
        places: &mut TablePlaces,
    ) -> Read<()> {
        self.expect_symbol("(")?;
        places.open_end = self.end_behind();
        while !self.at_end() && !self.is_symbol(0, ")") {
            let first = self.at;
            let columns = table.columns.len();
            match module {
                Module::Search => self.search_argument(table)?,
                Module::Tree { coordinates } => self.tree_argument(coordinates, table)?,
            }
            while !(self.at_end() || self.is_symbol(0, ",") || self.is_symbol(0, ")")) {
                self.skip_one()?;
            }
            self.limit_columns(table)?;
            let span = self.span_from(first);
            let column = (table.columns.len() > columns).then_some(columns);
            places.elements.push((span.start, span.end, column));
            self.eat_symbol(",");
        }
        places.close_start = self.here().start;
        self.expect_symbol(")")
    }

    /// A column, perhaps with a type that is not looked at, or an option.
    fn search_argument(&mut self, table: &mut CreateTable) -> Read<()> {
        let option = self.is_symbol(1, "=") || (self.is_word(0, "tokenize") && self.is_name(1));
        // A token that is not a name is the rest of an option.
        if !option && self.is_name(0) {
            let name = self.name("a column's name")?;
            table
                .columns
                .push(column(&name.text, "text", name.span, Vec::new()));
        }
        Ok(())
    }

    fn tree_argument(&mut self, coordinates: &str, table: &mut CreateTable) -> Read<()> {
        if self.eat_symbol("+") {
            let column = self.column()?;
            table.columns.push(column);
            return Ok(());
        }
        let name = self.name("a column's name")?;
        let key = table.columns.is_empty();
        let type_name = if key { "integer" } else { coordinates };
        let kind = if key {
            ColumnOptionKind::PrimaryKey {
                descending: false,
                deferrable: None,
                words: KeyWords::default(),
            }
        } else {
            ColumnOptionKind::NotNull(None)
        };
        table
            .columns
            .push(column(&name.text, type_name, name.span, vec![kind]));
        Ok(())
    }
}

fn known_module(name: &str) -> Option<Module> {
    match name {
        "fts3" | "fts4" | "fts5" => Some(Module::Search),
        "rtree" => Some(Module::Tree {
            coordinates: "real",
        }),
        "rtree_i32" => Some(Module::Tree {
            coordinates: "integer",
        }),
        _ => None,
    }
}

fn column(name: &str, type_name: &str, span: Span, kinds: Vec<ColumnOptionKind>) -> ColumnDef {
    let option = |kind| ColumnOption {
        name: None,
        kind,
        span,
    };
    ColumnDef {
        name: crate::ast::Name {
            text: name.to_owned(),
            span,
        },
        type_name: TypeName {
            name: type_name.to_owned(),
            written: type_name.to_owned(),
            span,
            ..super::types::empty_type()
        },
        options: kinds.into_iter().map(option).into_vec(),
        notes: Notes::default(),
    }
}
