//! Types of a statement as far as the reader of views knows them, until `typing::statement` is there: the statement of rows is read
//! as a view of its dialect, and a parameter has the type of the column that it is compared with or written to.

use super::check::{CheckedStatement, ParameterUse};
use super::placeholder::{ParameterName, Placeholder, placeholders};
use super::written::WrittenQuery;
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::input::{Input, InputFile};
use crate::lower::same_name;
use crate::model::{Column, FieldType, Model, TableId};
use crate::parse::lex::{Lexer, Token, TokenKind};
use crate::source::{FileId, SourceFile, Span};

const VIEW: &str = "bindery_query";
const PARAMETERS: &str = "bindery_parameters";

/// Checks a statement in a dialect.
pub(super) fn statement(
    model: &Model,
    input: &Input,
    written: &WrittenQuery,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<CheckedStatement> {
    let source = input.sources.file(written.statement.file).text();
    let reader = Statement {
        model,
        written,
        dialect,
        text: source,
        tokens: tokens(source, written.statement, dialect),
    };
    let found = placeholders(source, written.statement, dialect);
    let Some(returns_rows) = reader.returns_rows() else {
        diagnostics.push(reader.unsupported());
        return None;
    };
    let as_view = AsView::read(input, written, &found, (dialect, returns_rows));
    let (columns, tables) = if returns_rows {
        as_view.columns(model, written, diagnostics)?
    } else {
        (Vec::new(), reader.tables(diagnostics)?)
    };
    let parameters = found
        .into_iter()
        .map(|one| reader.parameter(one, &tables, &as_view, diagnostics));
    Some(CheckedStatement {
        columns,
        parameters: parameters
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<Option<_>>()?,
        tables,
        returns_rows,
    })
}

fn tokens(text: &str, statement: Span, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    lexer.at = statement.start as usize;
    let mut tokens = Vec::new();
    while lexer.skip_blanks() && lexer.at < statement.end as usize {
        tokens.push(lexer.token());
    }
    tokens
}

/// The schema read once more, with the statement as a view and the types of `@param` as those of a table's columns.
struct AsView {
    model: Model,
    file: FileId,
    /// Bytes before the statement.
    before: u32,
    /// The first byte of the statement in the file of the query.
    start: u32,
    /// In the order of the text.
    placeholders: Vec<Span>,
}

impl AsView {
    fn read(
        input: &Input,
        written: &WrittenQuery,
        found: &[Placeholder],
        (dialect, returns_rows): (Dialect, bool),
    ) -> Self {
        let head = format!("CREATE VIEW {VIEW} AS ");
        let mut text = String::new();
        if returns_rows {
            text = head.clone() + &masked(input.sources.text(written.statement), written, found);
            text.push_str(";\n");
        }
        let tags = written.notes.parameters.iter().enumerate();
        let columns = tags.map(|(at, tag)| format!("p{at} {}", tag.type_name.text));
        let columns: Vec<String> = columns.collect();
        if !columns.is_empty() {
            text.push_str(&format!(
                "CREATE TABLE {PARAMETERS} ({});\n",
                columns.join(", ")
            ));
        }
        let mut input = input.clone();
        let file = input.sources.add(SourceFile::new("", text));
        let named = written.notes.engines.iter().map(|name| name.text.as_str());
        let of_dialect = input
            .engines
            .iter()
            .filter(|engine| engine.dialect == dialect);
        let of_dialect = of_dialect.map(|engine| engine.name.as_str());
        let default = input.default_engine_name();
        let mut engines: Vec<&str> = of_dialect.collect();
        engines.sort_by_key(|name| {
            (
                !named.clone().any(|named| named == *name),
                Some(*name) != default,
            )
        });
        let engines = engines.first().map(|name| (*name).to_owned());
        input.files.push(InputFile {
            id: file,
            dialect: Some(dialect),
            engines: engines.into_iter().collect(),
        });
        input.queries.clear();
        Self {
            model: crate::read_model(&input, &mut Diagnostics::default()),
            file,
            before: head.len() as u32,
            start: written.statement.start,
            placeholders: found.iter().map(|one| one.span).collect(),
        }
    }

    fn columns(
        &self,
        model: &Model,
        written: &WrittenQuery,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Vec<Column>, Vec<TableId>)> {
        let mut views = self.model.views.iter();
        let view = views.find(|view| view.name.name == VIEW && view.span.file == self.file)?;
        if !view.unknown_names.is_empty() {
            for finding in &view.unknown_names {
                let mut finding = finding.clone();
                for label in &mut finding.labels {
                    label.span = self.place(written, label.span);
                }
                diagnostics.push(finding);
            }
            return None;
        }
        let table = match &view.model {
            Ok(id) => self.model.table(*id),
            Err(named) => {
                let name = &written.notes.name;
                let message = format!("the query `{}` {}", name.text, named.why);
                let help = "name each column by `AS`, and give it a type by `CAST(… AS …)`";
                diagnostics.push(
                    Diagnostic::error("B0609", message)
                        .at(name.span, "")
                        .help(help),
                );
                return None;
            }
        };
        let columns = table.columns.iter().map(|column| Column {
            span: self.place(written, column.span),
            type_span: self.place(written, column.type_span),
            field_type: match &column.field_type {
                FieldType::Custom(path) => FieldType::Custom(path.clone()),
                FieldType::Plain | FieldType::Key { .. } => FieldType::Plain,
            },
            ..column.clone()
        });
        let query = table.view.as_ref()?;
        let unnamed = query
            .reads_by_name
            .first()
            .map(|name| format!("it reads the view `{name}`, whose columns are not known"));
        if let Some(why) = query.obstacle.clone().or(unnamed) {
            let name = &written.notes.name;
            let message = format!("the query `{}` is not known to run: {why}", name.text);
            let help = "read tables and views of the schema alone, or run it by `query_as` of a connection";
            diagnostics.push(
                Diagnostic::error("B0609", message)
                    .at(name.span, "")
                    .help(help),
            );
            return None;
        }
        let reads = query.reads.iter().map(|id| {
            let read = self.model.table(*id);
            let same = |id: &TableId| {
                let table = model.table(*id);
                table.name == read.name && table.engines == read.engines
            };
            model.table_ids().find(same)
        });
        Some((columns.collect(), reads.collect::<Option<_>>()?))
    }

    /// The place in the file of the query.
    fn place(&self, written: &WrittenQuery, span: Span) -> Span {
        if span.file != self.file {
            return span;
        }
        Span {
            file: written.statement.file,
            start: self.offset(span.start),
            end: self.offset(span.end),
        }
    }

    fn offset(&self, at: u32) -> u32 {
        let length = UNTYPED.len() as u32;
        let mut offset = (self.start + at).saturating_sub(self.before);
        for span in &self.placeholders {
            if offset < span.start + length {
                return offset.min(span.end);
            }
            offset = offset + span.end - span.start - length;
        }
        offset
    }

    fn parameter(&self, at: usize) -> Option<&Column> {
        let mut tables = self.model.tables.iter();
        let table =
            tables.find(|table| table.name.name == PARAMETERS && table.span.file == self.file)?;
        table.columns.get(at)
    }
}

/// A value of no type, which stands for each placeholder.
const UNTYPED: &str = "NULL";

/// The statement with a value of no type for each placeholder.
fn masked(text: &str, written: &WrittenQuery, found: &[Placeholder]) -> String {
    let mut masked = String::new();
    let mut at = 0;
    for placeholder in found {
        masked.push_str(&text[at..(placeholder.span.start - written.statement.start) as usize]);
        masked.push_str(UNTYPED);
        at = (placeholder.span.end - written.statement.start) as usize;
    }
    masked + &text[at..]
}

struct Statement<'a> {
    model: &'a Model,
    written: &'a WrittenQuery,
    dialect: Dialect,
    text: &'a str,
    tokens: Vec<Token>,
}

impl Statement<'_> {
    fn word(&self, at: usize) -> &str {
        let token = self.tokens.get(at);
        token.map_or("", |token| {
            &self.text[token.start as usize..token.end as usize]
        })
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        words
            .iter()
            .any(|word| self.word(at).eq_ignore_ascii_case(word))
    }

    /// Whether it is a query, or changes rows; `None` for what is not read so far.
    fn returns_rows(&self) -> Option<bool> {
        let depths = self.depths();
        let outside =
            |words: &[&str]| (0..self.tokens.len()).any(|at| depths[at] == 0 && self.is(at, words));
        if self.is(0, &["INSERT", "UPDATE", "DELETE", "REPLACE"]) {
            return (!outside(&["RETURNING"])).then_some(false);
        }
        let reads = self.is(0, &["SELECT", "WITH", "VALUES", "("]);
        (reads && !outside(&["INSERT", "UPDATE", "DELETE"])).then_some(true)
    }

    fn depths(&self) -> Vec<usize> {
        let mut depth = 0_usize;
        let depth_of = |at| {
            depth = depth.saturating_sub(usize::from(self.word(at) == ")"));
            let own = depth;
            depth += usize::from(self.word(at) == "(");
            own
        };
        (0..self.tokens.len()).map(depth_of).collect()
    }

    fn unsupported(&self) -> Diagnostic {
        let name = &self.written.notes.name.text;
        let message = format!("the statement of `{name}` is of a kind that is not checked yet");
        Diagnostic::error("B0609", message)
            .at(self.written.statement, "")
            .help("write `SELECT`, `INSERT`, `UPDATE` or `DELETE` without `RETURNING`; others run by `execute` of a connection")
    }

    /// The tables that a statement without rows names.
    fn tables(&self, diagnostics: &mut Diagnostics) -> Option<Vec<TableId>> {
        let mut tables = Vec::new();
        for at in 0..self.tokens.len() {
            if !self.is(at, &["INTO", "UPDATE", "FROM", "JOIN"]) || self.is(at + 1, &["SET"]) {
                continue;
            }
            let mut name = at + 1;
            while self.word(name + 1) == "." {
                name += 2;
            }
            let Some(token) = self.tokens.get(name).filter(|_| self.word(name) != "(") else {
                continue;
            };
            let id = self.model.table_ids().find(|id| {
                let table = self.model.table(*id);
                same_name(&table.name.name, unquoted(self.word(name)), self.dialect)
                    && table
                        .engines
                        .iter()
                        .any(|id| self.model.engine(*id).dialect == self.dialect)
            });
            let Some(id) = id else {
                let message = format!("there is no table `{}`", unquoted(self.word(name)));
                let place = self.span(*token);
                let finding = Diagnostic::error("B0609", message).at(place, "");
                diagnostics.push(finding.help("write the name of a table of the schema"));
                return None;
            };
            if !tables.contains(&id) {
                tables.push(id);
            }
        }
        Some(tables)
    }

    fn span(&self, token: Token) -> Span {
        Span {
            start: token.start,
            end: token.end,
            ..self.written.statement
        }
    }

    fn parameter(
        &self,
        found: Placeholder,
        tables: &[TableId],
        as_view: &AsView,
        diagnostics: &mut Diagnostics,
    ) -> Option<ParameterUse> {
        let shown = match &found.parameter {
            ParameterName::Named(name) => name.clone(),
            ParameterName::Numbered(number) => number.to_string(),
        };
        let mut tags = self.written.notes.parameters.iter().enumerate();
        let tag = tags.find(|(_, tag)| tag.name.text == shown);
        let typed = match tag {
            Some((at, tag)) => as_view
                .parameter(at)
                .map(|column| (column.column_type.clone(), tag.nullable)),
            None => self.inferred(&found, tables),
        };
        let Some((column_type, nullable)) = typed else {
            let message = format!("the type of the parameter `{shown}` is not known");
            let help = format!(
                "write below the query's name `-- @param {shown}: bigint`, or another type of a column"
            );
            let finding = Diagnostic::error("B0608", message).at(found.span, "");
            diagnostics.push(finding.help(help));
            return None;
        };
        Some(ParameterUse {
            parameter: found.parameter,
            span: found.span,
            column_type,
            nullable,
        })
    }

    /// The type of the column beside a placeholder, and whether it may be NULL there.
    fn inferred(&self, found: &Placeholder, tables: &[TableId]) -> Option<(ColumnType, bool)> {
        let first = self
            .tokens
            .iter()
            .position(|token| token.start == found.span.start)?;
        let last = self
            .tokens
            .iter()
            .rposition(|token| token.end == found.span.end)?;
        let before = first.checked_sub(1)?;
        if self.is(before, &["LIMIT", "OFFSET"]) {
            return Some((ColumnType::I64, false));
        }
        let compares = |at: usize| self.is(at, &["=", "<", ">", "<=", ">=", "<>", "!="]);
        let ends = |at: usize| {
            at >= self.tokens.len()
                || self.is(
                    at,
                    &[
                        ")", ",", "AND", "OR", "ORDER", "GROUP", "HAVING", "LIMIT", "WHERE",
                        "FROM", "UNION", "ON",
                    ],
                )
        };
        let column = if compares(before) && ends(last + 1) {
            before.checked_sub(1)
        } else if compares(last + 1) && !self.is(last + 3, &["(", "."]) && ends(last + 3) {
            Some(last + 2)
        } else {
            None
        };
        if let Some(at) = column {
            let found = self.column(at, tables)?;
            let is_set = (0..at)
                .rev()
                .find(|&at| self.is(at, &["SET", "WHERE", "ON"]));
            let is_set = is_set.is_some_and(|at| self.is(at, &["SET"]));
            return Some((found.column_type.clone(), is_set && found.nullable));
        }
        let found = self.inserted(first, last, tables)?;
        Some((found.column_type.clone(), found.nullable))
    }

    /// The column that a value of `INSERT INTO t (…) VALUES (…)` is written to.
    fn inserted(&self, first: usize, last: usize, tables: &[TableId]) -> Option<&Column> {
        let alone = self.is(first - 1, &["(", ","]) && self.is(last + 1, &[")", ","]);
        let depths = self.depths();
        let open = (0..first)
            .rev()
            .find(|&at| depths[at] == 0 && self.word(at) == "(")?;
        if !alone || depths[first] != 1 || !self.is(0, &["INSERT", "REPLACE"]) {
            return None;
        }
        let values = (0..open).find(|&at| self.is(at, &["VALUES"]))?;
        let number = (open..first)
            .filter(|&at| depths[at] == 1 && self.word(at) == ",")
            .count();
        let list = (0..values).find(|&at| self.word(at) == "(")?;
        self.column(list + 1 + 2 * number, tables)
    }

    /// The column that a name stands for, where only one can be meant.
    fn column(&self, at: usize, tables: &[TableId]) -> Option<&Column> {
        let token = self.tokens.get(at)?;
        let named = matches!(
            token.kind,
            TokenKind::Word
                | TokenKind::DoubleQuoted
                | TokenKind::Backticked
                | TokenKind::Bracketed
        );
        let name = unquoted(self.word(at));
        let tables = tables.iter().map(|id| self.model.table(*id));
        let mut columns = tables
            .flat_map(|table| &table.columns)
            .filter(|column| named && same_name(&column.name, name, self.dialect));
        let first = columns.next()?;
        columns
            .all(|other| other.column_type == first.column_type)
            .then_some(first)
    }
}

fn unquoted(name: &str) -> &str {
    name.trim_matches(['"', '`', '[', ']'])
}
