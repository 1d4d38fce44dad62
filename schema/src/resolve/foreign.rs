//! DDL of another database in a file: words that the file's own database takes in another sense, or refuses.
//!
//! Constructs that SQLite takes in the same sense (backticks, `UNSIGNED`, types of the other two) are not among them.

use crate::ast::{Expression, ExpressionPiece, PieceKind, TypeArgument};
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::dialect::DialectRules as _;
use crate::draft::{DraftColumn, DraftGenerated, DraftTable};
use crate::findings::foreign_sql;
use crate::source::Span;

use super::Resolver;
use super::types::{self, is_serial};
use crate::typing::grammar::home_of_function;

/// Something of another database.
struct Foreign {
    span: Span,
    of: Dialect,
    message: String,
    /// The text to type in instead.
    instead: String,
    /// SQLite takes it for a part of a type's name, and nothing of it is refused.
    is_type_name: bool,
}

impl Resolver<'_> {
    /// Reports a type in the words of another database; `false` where there is none.
    pub(super) fn foreign_type(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        in_key: bool,
    ) -> bool {
        if table.dialect == Dialect::Sqlite && !in_key && is_serial(&column.type_name.name) {
            self.warn_serial(column);
        }
        let found = foreign_type(table, column, in_key);
        if self.warn_type_name(table, found.as_ref()) {
            return false;
        }
        let is_told = found.is_some();
        self.report_foreign(table, found);
        is_told
    }

    /// A file that says it is SQLite's means what SQLite makes of it, which may be less than its author thinks. Returns whether
    /// that is so.
    fn warn_type_name(&mut self, table: &DraftTable, found: Option<&Foreign>) -> bool {
        let read_as = self.draft.read_as(table.file);
        let Some(read_as) = read_as.filter(|read_as| read_as.is_declared()) else {
            return false;
        };
        let Some(found) = found.filter(|found| found.is_type_name) else {
            return false;
        };
        let (message, instead) = (found.message.clone(), found.instead.clone());
        let finding = foreign_sql::type_words(message, found.span, instead, read_as);
        self.diagnostics.push(finding);
        true
    }

    /// The same of what gives a column its values.
    pub(super) fn foreign_values(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        of: &ColumnType,
    ) {
        if let Some(default) = &column.default {
            match foreign_default(default, of, table.dialect) {
                None => self.foreign_expression(table, default),
                found => self.report_foreign(table, found),
            }
        }
        if let DraftGenerated::Computed { expression, .. } = &column.generated {
            self.foreign_expression(table, expression);
        }
    }

    /// Beside a key it may be a reference to one: an integer all the same.
    fn warn_serial(&mut self, column: &DraftColumn) {
        let column = types::typed(column, &column.type_name.written);
        self.diagnostics.push(column.generates_nothing());
    }

    /// Reports a cast, an operator or a function that only another database has.
    pub(super) fn foreign_expression(&mut self, table: &DraftTable, expression: &Expression) {
        let found = foreign_operator(expression, table.dialect)
            .or_else(|| self.foreign_call(expression, table.dialect));
        self.report_foreign(table, found);
    }

    fn foreign_call(&self, expression: &Expression, dialect: Dialect) -> Option<Foreign> {
        let tokens = &expression.tokens;
        let is_call = |at: &usize| {
            let name = &tokens[*at];
            let qualified = at
                .checked_sub(1)
                .is_some_and(|before| tokens[before].is_symbol("."));
            name.kind == PieceKind::Word && tokens[at + 1].is_symbol("(") && !qualified
        };
        let calls = (0..tokens.len().saturating_sub(1)).filter(is_call);
        let mut names = calls.map(|at| tokens[at].text.to_lowercase());
        let (name, of) = names.find_map(|name| {
            let of = home_of_function(dialect, &name)?;
            (!self.draft.functions.contains_key(&name)).then_some((name, of))
        })?;
        Some(Foreign {
            span: expression.span,
            of,
            message: foreign_sql::function(dialect, &name),
            instead: instead_of_call(&name, dialect),
            is_type_name: false,
        })
    }

    fn report_foreign(&mut self, table: &DraftTable, found: Option<Foreign>) {
        let (Some(found), Some(read_as)) = (found, self.draft.read_as(table.file)) else {
            return;
        };
        let (message, of) = (found.message, Some(found.of));
        let finding = foreign_sql::foreign(message, found.span, &found.instead, of, Some(read_as));
        self.diagnostics.push(finding);
    }
}

fn foreign_type(table: &DraftTable, column: &DraftColumn, in_key: bool) -> Option<Foreign> {
    let (of, message, instead) = match table.dialect {
        Dialect::Sqlite => of_sqlite(column, in_key)?,
        Dialect::Postgres => of_postgres(table, column)?,
        Dialect::Mysql => return None,
    };
    let written = &column.type_name;
    let is_array = is_array(&written.written) || written.name.ends_with(" array");
    Some(Foreign {
        span: written.span,
        of,
        message,
        instead,
        is_type_name: table.dialect == Dialect::Sqlite && !is_array,
    })
}

/// Words that SQLite takes for a part of the type's name ("Datatypes In SQLite", section 3: any words are a type).
fn of_sqlite(column: &DraftColumn, in_key: bool) -> Option<(Dialect, String, String)> {
    let (name, written) = (&column.name.text, &column.type_name);
    let mut words = written.name.split(' ');
    let generated = || {
        let counted = Dialect::Sqlite.rules().counted_key();
        format!("write `{name} {counted}`")
    };
    let is_part =
        |word: &str, lost: &str| format!("`{word}` is a part of the type's name to SQLite: {lost}");
    if words.any(|word| word == "auto_increment") {
        let message = is_part("AUTO_INCREMENT", &format!("`{name}` is not generated"));
        return Some((Dialect::Mysql, message, generated()));
    }
    if in_key && is_serial(&written.name) {
        let message = format!(
            "`{}` is the name of a type to SQLite and no more: `{name}` is not generated",
            written.written
        );
        return Some((Dialect::Postgres, message, generated()));
    }
    if is_array(&written.written) || written.name.ends_with(" array") {
        let message = format!("SQLite has no arrays: `{name}` is `{}`", written.written);
        let instead = "write `JSON`, or keep the values in a table of their own".to_owned();
        return Some((Dialect::Postgres, message, instead));
    }
    let word = behind_type(&written.name)?;
    let message = is_part(word, &format!("`{name}` does not have it"));
    Some((
        Dialect::Mysql,
        message,
        format!("remove `{word}` and what belongs to it"),
    ))
}

/// `TEXT[]`, `INTEGER[3]`; `[int]` is a quoted name.
fn is_array(written: &str) -> bool {
    let Some((before, rest)) = written.split_once('[') else {
        return false;
    };
    let bound = rest.split(']').next().unwrap_or_default().trim();
    !before.trim().is_empty() && bound.bytes().all(|byte| byte.is_ascii_digit())
}

/// MySQL's words after a type that say more about its column.
fn behind_type(name: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 3] = [
        (" comment", "COMMENT"),
        (" charset", "CHARSET"),
        (" character set", "CHARACTER SET"),
    ];
    let found = WORDS.iter().find(|(word, _)| {
        name.find(word).is_some_and(|at| {
            let rest = &name[at + word.len()..];
            rest.is_empty() || rest.starts_with(' ')
        })
    });
    found.map(|(_, shown)| *shown)
}

/// MySQL's `INT(11)`, and its keys within the parentheses, which are columns to PostgreSQL.
fn of_postgres(table: &DraftTable, column: &DraftColumn) -> Option<(Dialect, String, String)> {
    const INTEGERS: [&str; 6] = ["smallint", "int2", "integer", "int", "int4", "bigint"];
    let written = &column.type_name;
    if written.schema.is_some() || written.arguments.is_empty() {
        return None;
    }
    if INTEGERS.contains(&written.name.as_str()) {
        let message = format!("PostgreSQL's integers have no width: `{}`", written.written);
        return Some((Dialect::Mysql, message, format!("write `{}`", written.name)));
    }
    let columns: Vec<&str> = written.arguments.iter().filter_map(as_word).collect();
    let is_column = |word: &&str| {
        let mut names = table.columns.iter().map(|column| &column.name.text);
        names.any(|name| name.eq_ignore_ascii_case(word))
    };
    let is_key = matches!(column.name.text.as_str(), "key" | "index");
    if !is_key || columns.len() != written.arguments.len() || !columns.iter().all(is_column) {
        return None;
    }
    let (word, columns) = (column.name.text.to_uppercase(), columns.join(", "));
    let message = format!("PostgreSQL has no `{word}` within a table: it would be a column");
    let (index, table) = (&written.name, &table.name.name.text);
    let instead = format!("write `CREATE INDEX {index} ON {table} ({columns});` after the table");
    Some((Dialect::Mysql, message, instead))
}

fn as_word(argument: &TypeArgument) -> Option<&str> {
    match argument {
        TypeArgument::Word(word) => Some(word),
        TypeArgument::Number(_) | TypeArgument::Text(_) => None,
    }
}

/// Constants that mean something else to the file's own database, or nothing.
fn foreign_default(default: &Expression, of: &ColumnType, dialect: Dialect) -> Option<Foreign> {
    let [only] = default.tokens.as_slice() else {
        return None;
    };
    let (home, message, instead) = match dialect {
        Dialect::Sqlite => word_of_sqlite(only)?,
        Dialect::Postgres => constant_of_postgres(only, of)?,
        Dialect::Mysql => return None,
    };
    Some(Foreign {
        span: default.span,
        of: home,
        message,
        instead,
        is_type_name: false,
    })
}

/// A word that is not a keyword is a text to SQLite: also those that other databases have for a moment or a user.
fn word_of_sqlite(only: &ExpressionPiece) -> Option<(Dialect, String, String)> {
    const WORDS: [(&str, &str); 5] = [
        ("LOCALTIMESTAMP", "write `CURRENT_TIMESTAMP`"),
        ("LOCALTIME", "write `CURRENT_TIME`"),
        ("CURRENT_USER", "give the value in the program"),
        ("SESSION_USER", "give the value in the program"),
        ("USER", "give the value in the program"),
    ];
    let is_word = |word: &str| only.kind == PieceKind::Word && only.text.eq_ignore_ascii_case(word);
    let (word, instead) = WORDS.iter().find(|(word, _)| is_word(word))?;
    let message = format!("`{word}` is a text like any other to SQLite");
    Some((Dialect::Postgres, message, (*instead).to_owned()))
}

/// A text in double quotes is a name to PostgreSQL, and a number no boolean.
fn constant_of_postgres(
    only: &ExpressionPiece,
    of: &ColumnType,
) -> Option<(Dialect, String, String)> {
    let text = &only.text;
    let (message, instead) = match only.kind {
        PieceKind::DoubleQuoted => (
            format!("`\"{text}\"` is the name of a column to PostgreSQL, and a default takes none"),
            format!("write `'{}'`", text.replace('\'', "''")),
        ),
        PieceKind::Number if *of == ColumnType::Bool => (
            format!("`{text}` is not a boolean to PostgreSQL"),
            format!("write `{}`", !text.trim_start_matches('0').is_empty()),
        ),
        PieceKind::Word
        | PieceKind::Quoted
        | PieceKind::Text
        | PieceKind::Number
        | PieceKind::Hex
        | PieceKind::Bits
        | PieceKind::Symbol => return None,
    };
    Some((Dialect::Mysql, message, instead))
}

/// PostgreSQL's `::` and its `~` between two values; before one value, `~` is everybody's.
fn foreign_operator(expression: &Expression, dialect: Dialect) -> Option<Foreign> {
    if dialect == Dialect::Postgres {
        return None;
    }
    let tokens = &expression.tokens;
    let product = dialect.product();
    let (message, instead) = if tokens.iter().any(|piece| piece.is_symbol("::")) {
        let message = format!("{product} has no casts with `::`");
        (
            message,
            "write `CAST(value AS type)`, or leave the cast out",
        )
    } else if (1..tokens.len()).any(|at| tokens[at].is_symbol("~") && ends_value(&tokens[at - 1])) {
        let message = format!("{product} has no operator `~` between two values");
        (message, "write `LIKE`, or look at the value in the program")
    } else {
        return None;
    };
    Some(Foreign {
        span: expression.span,
        of: Dialect::Postgres,
        message,
        instead: instead.to_owned(),
        is_type_name: false,
    })
}

fn ends_value(piece: &ExpressionPiece) -> bool {
    const OPERATORS: [&str; 6] = ["and", "or", "not", "when", "then", "else"];
    match piece.kind {
        PieceKind::Word => !OPERATORS
            .iter()
            .any(|word| piece.text.eq_ignore_ascii_case(word)),
        PieceKind::Symbol => piece.text == ")",
        PieceKind::Quoted
        | PieceKind::DoubleQuoted
        | PieceKind::Text
        | PieceKind::Number
        | PieceKind::Hex
        | PieceKind::Bits => true,
    }
}

fn instead_of_call(name: &str, dialect: Dialect) -> String {
    let own = match name {
        "now" | "utc_timestamp" | "datetime" | "sysdate" => "CURRENT_TIMESTAMP",
        "curdate" | "utc_date" => "CURRENT_DATE",
        "curtime" | "utc_time" => "CURRENT_TIME",
        "uuid" | "gen_random_uuid" => dialect.rules().random_uuid(),
        _ => return "give the value in the program, or write a function that it has".to_owned(),
    };
    format!("write `{own}`")
}
