//! DDL of another database in a file: words that the file's own database takes in another sense, or refuses.
//!
//! Constructs that SQLite takes in the same sense (backticks, `UNSIGNED`, types of the other two) are not among them.

use crate::ast::{Expression, Name, TypeArgument, TypeName};
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::dialect::DialectRules as _;
use crate::draft::{DraftColumn, DraftGenerated, DraftTable};
use crate::findings::foreign_sql;
use crate::source::Span;
use crate::syntax::{ExprKind, SiteKind, has_sign, look_at_expression, sites};

use super::Resolver;
use super::types::{self, is_serial};
use crate::typing::grammar::home_of_function;

/// Something of another database: which, a message, and the text to type in instead.
type Foreign = (Dialect, String, String);

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
        let found = match table.dialect {
            Dialect::Sqlite => of_sqlite(column, in_key),
            Dialect::Postgres => of_postgres(table, column),
            Dialect::Mysql => None,
        };
        if self.warn_type_name(table, column, found.as_ref()) {
            return false;
        }
        let is_told = found.is_some();
        self.report_foreign(table, column.type_name.span, found);
        is_told
    }

    /// A file that says it is SQLite's means what SQLite makes of it, which may be less than its author thinks: any words are a part
    /// of a type's name there, and nothing of it is refused. Returns whether that is so.
    fn warn_type_name(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        found: Option<&Foreign>,
    ) -> bool {
        let read_as = self.draft.read_as(table.file);
        let read_as = read_as.filter(|read_as| read_as.is_declared());
        let is_sqlite = table.dialect == Dialect::Sqlite;
        let (Some((_, message, instead)), Some(read_as), true) = (found, read_as, is_sqlite) else {
            return false;
        };
        let (message, instead) = (message.clone(), instead.clone());
        let finding = foreign_sql::type_words(message, column.type_name.span, instead, read_as);
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
                found => self.report_foreign(table, default.span, found),
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
        self.report_foreign(table, expression.span, found);
    }

    fn foreign_call(&self, expression: &Expression, dialect: Dialect) -> Option<Foreign> {
        let sites = sites(&expression.sql, dialect).into_iter();
        let mut calls = sites.filter(|site| site.kind == SiteKind::Function);
        let (name, of) = calls.find_map(|site| {
            let name = site.text.to_lowercase();
            let of = home_of_function(dialect, &name)?;
            (!self.draft.functions.contains_key(&name)).then_some((name, of))
        })?;
        let message = foreign_sql::function(dialect, &name);
        Some((of, message, instead_of_call(&name, dialect)))
    }

    fn report_foreign(&mut self, table: &DraftTable, span: Span, found: Option<Foreign>) {
        if let (Some((of, message, instead)), Some(read_as)) =
            (found, self.draft.read_as(table.file))
        {
            let finding = foreign_sql::foreign(message, span, &instead, Some(of), Some(read_as));
            self.diagnostics.push(finding);
        }
    }
}

/// Words that SQLite takes for a part of the type's name ("Datatypes In SQLite", section 3: any words are a type).
fn of_sqlite(column: &DraftColumn, in_key: bool) -> Option<Foreign> {
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
    if is_array(written) {
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

/// `TEXT[]`, `INTEGER[3]`, `TEXT ARRAY`; `[int]` is a quoted name.
fn is_array(of: &TypeName) -> bool {
    let (before, rest) = of.written.split_once('[').unwrap_or_default();
    let bound = rest.split(']').next().unwrap_or_default().trim();
    let is_bound = bound.bytes().all(|byte| byte.is_ascii_digit());
    (!before.trim().is_empty() && is_bound) || of.name.ends_with(" array")
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
fn of_postgres(table: &DraftTable, column: &DraftColumn) -> Option<Foreign> {
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
    let sql = default.sql.as_str();
    let found = look_at_expression(sql, dialect, |_, expr| match (&expr.kind, dialect) {
        (ExprKind::Column(_), Dialect::Sqlite) => word_of_sqlite(sql),
        (ExprKind::Column(names), Dialect::Postgres) => quoted_text(names, sql),
        (ExprKind::Number(_), Dialect::Postgres) if *of == ColumnType::Bool => {
            let message = format!("`{sql}` is not a boolean to PostgreSQL");
            let instead = format!("write `{}`", !sql.trim_start_matches('0').is_empty());
            Some((Dialect::Mysql, message, instead))
        }
        _ => None,
    });
    found.ok().flatten()
}

/// A word that is not a keyword is a text to SQLite: also those that other databases have for a moment or a user.
fn word_of_sqlite(only: &str) -> Option<Foreign> {
    const WORDS: [(&str, &str); 5] = [
        ("LOCALTIMESTAMP", "write `CURRENT_TIMESTAMP`"),
        ("LOCALTIME", "write `CURRENT_TIME`"),
        ("CURRENT_USER", "give the value in the program"),
        ("SESSION_USER", "give the value in the program"),
        ("USER", "give the value in the program"),
    ];
    let mut words = WORDS.iter();
    let (word, instead) = words.find(|(word, _)| only.eq_ignore_ascii_case(word))?;
    let message = format!("`{word}` is a text like any other to SQLite");
    Some((Dialect::Postgres, message, (*instead).to_owned()))
}

/// A text in double quotes is a name to PostgreSQL.
fn quoted_text(names: &[Name], written: &str) -> Option<Foreign> {
    let text = match names {
        [name] if written.starts_with('"') => &name.text,
        _ => return None,
    };
    let message =
        format!("`\"{text}\"` is the name of a column to PostgreSQL, and a default takes none");
    let instead = format!("write `'{}'`", text.replace('\'', "''"));
    Some((Dialect::Mysql, message, instead))
}

/// PostgreSQL's `::` and its `~` between two values, at which the readers of the others stop.
fn foreign_operator(expression: &Expression, dialect: Dialect) -> Option<Foreign> {
    if dialect == Dialect::Postgres {
        return None;
    }
    let sql = expression.sql.as_str();
    let problem = look_at_expression(sql, dialect, |_, _| ()).err()?;
    let at = problem.labels.first()?.span.start as usize;
    let product = dialect.product();
    let (message, instead) = if has_sign(sql, dialect, "::") {
        let message = format!("{product} has no casts with `::`");
        (
            message,
            "write `CAST(value AS type)`, or leave the cast out",
        )
    } else if sql[at..].starts_with('~') {
        let message = format!("{product} has no operator `~` between two values");
        (message, "write `LIKE`, or look at the value in the program")
    } else {
        return None;
    };
    Some((Dialect::Postgres, message, instead.to_owned()))
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
