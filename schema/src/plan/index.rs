//! Indexes: their names, which are unique in a database, and their statements.

use crate::dialect::DialectRules as _;
use crate::lists::IntoVec as _;
use std::collections::BTreeSet;

use super::key::{OVERLAPS, counted_without_key, deferred, write_part_words};
use super::table::Problem;
use crate::diagnostic::Severity;
use crate::dialect::{
    ColumnPlace, Dialect, Flavour, IdentifierLimit, IndexMethod, Refusal, expression_sql, is_own,
    lacks,
};
use crate::model::{
    ColumnId, Engine, Index, IndexKey, IndexPart, KeyWords, Model, PartWords, Table, TableId,
    Unique,
};
use crate::source::Span;
use crate::sql_writer::SqlWriter;

/// Gives names that no other index of the engine has.
#[derive(Debug, Default)]
pub(super) struct IndexNames {
    taken: BTreeSet<String>,
}

impl IndexNames {
    /// The index's own name where the schema is written for this dialect, else one made of the table's name.
    fn give(&mut self, own: Option<&str>, table: &Table, columns: &str, engine: &Engine) -> String {
        if let Some(name) = own.filter(|_| table.source_dialect == engine.dialect) {
            return name.to_owned();
        }
        let wanted = match own {
            Some(name) if name.starts_with(&table.name.name) => name.to_owned(),
            Some(name) => format!("{}_{name}", table.name.name),
            None => format!("{}_{columns}_idx", table.name.name),
        };
        let per_table = engine.capabilities().index_names_per_table;
        let scope = if per_table {
            format!("{}.", table.name.name)
        } else {
            String::new()
        };
        let mut number = 1;
        loop {
            let suffix = if number == 1 {
                String::new()
            } else {
                format!("_{number}")
            };
            let name = bounded(&wanted, &suffix, engine.capabilities().identifier_limit);
            if self.taken.insert(format!("{scope}{}", name.to_lowercase())) {
                return name;
            }
            number += 1;
        }
    }
}

/// The names of a table's unique indexes and of its other indexes, as far as they are written.
pub(super) fn given_names(
    model: &Model,
    id: TableId,
    engine: &Engine,
) -> (Vec<Option<String>>, Vec<Option<String>>) {
    let table = model.table(id);
    let native = table.source_dialect == engine.dialect;
    let mut names = IndexNames::default();
    let mut give = |own: Option<&str>, columns: &str| {
        let is_written = !native || own.is_some();
        is_written.then(|| names.give(own, table, columns, engine))
    };
    let uniques = table.uniques.iter().map(|unique| {
        let own = unique.name.as_deref().filter(|_| unique.is_index);
        let made = unique
            .is_index
            .then(|| give(own, &joined(table, &unique.columns)));
        made.flatten()
    });
    let uniques = uniques.into_vec();
    let context = Context { model, id, engine };
    let indexes = table.indexes.iter();
    let indexes = indexes.map(|index| give(index.name.as_deref(), &context.columns(index)));
    (uniques, indexes.into_vec())
}

/// The name cut so that it fits with its suffix.
pub(super) fn bounded(name: &str, suffix: &str, limit: IdentifierLimit) -> String {
    let room = |limit: usize| limit.saturating_sub(suffix.len());
    let end = match limit {
        IdentifierLimit::None => name.len(),
        IdentifierLimit::Bytes(bytes) => {
            let fits = |(at, letter): &(usize, char)| at + letter.len_utf8() <= room(bytes);
            name.char_indices()
                .take_while(fits)
                .last()
                .map_or(0, |(at, letter)| at + letter.len_utf8())
        }
        IdentifierLimit::Characters(count) => name
            .char_indices()
            .nth(room(count))
            .map_or(name.len(), |(at, _)| at),
    };
    format!("{}{suffix}", &name[..end])
}

/// The statements that make a table's indexes on an engine; what cannot be made is a problem.
pub(super) fn index_statements(
    model: &Model,
    id: TableId,
    engine: &Engine,
    names: &mut IndexNames,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let table = model.table(id);
    let mut statements = Vec::new();
    let native = table.source_dialect == engine.dialect;
    if is_own(model, id, engine.dialect) && engine.capabilities().indexes_in_table {
        return statements;
    }
    for unique in table.uniques.iter().filter(|unique| unique.is_index) {
        statements.push(unique_index(table, unique, engine, names));
    }
    let made =
        counted_without_key(table).filter(|_| engine.capabilities().counted_column_needs_key);
    let is_made = |index: &&Index| matches!(index.parts.as_slice(), [part] if matches!(part.key, IndexKey::Column(column) if Some(column) == made));
    let stands_in_table = |index: &&Index| native && index.is_constraint;
    for index in table
        .indexes
        .iter()
        .filter(|index| index.unique || !is_made(index))
        .filter(|index| !stands_in_table(index))
    {
        let context = Context { model, id, engine };
        match context.index(index, names) {
            Ok((sql, remark)) => {
                statements.push(sql);
                problems.extend(remark.map(|refusal| Problem {
                    span: index.span,
                    severity: Severity::Warning,
                    refusal,
                }));
            }
            Err(refusal) => problems.push(left_out(refusal, index)),
        }
    }
    statements
}

fn covers_all_rows(refusal: Refusal) -> Refusal {
    let help = "queries find the same rows; remove `WHERE` and its condition if the index shall be the same on every engine";
    Refusal {
        code: "B0404",
        help: help.to_owned(),
        message: format!("an index covers all rows: {}", refusal.message),
    }
}

/// An index that is not unique only makes things faster, so that the table can live without it.
fn left_out(refusal: Refusal, index: &Index) -> Problem {
    if index.unique {
        return Problem {
            span: index.span,
            severity: Severity::Error,
            refusal,
        };
    }
    let only = refusal.help.split("; or let").next().unwrap_or_default();
    let refusal = Refusal {
        code: "B0402",
        help: format!(
            "queries work all the same, only slower; for an index on every engine: {only}"
        ),
        message: format!("an index is left out: {}", refusal.message),
    };
    Problem {
        span: index.span,
        severity: Severity::Warning,
        refusal,
    }
}

/// A unique index over whole columns, in its own dialect as it is written.
pub(super) fn unique_index(
    table: &Table,
    unique: &Unique,
    engine: &Engine,
    names: &mut IndexNames,
) -> String {
    let native = table.source_dialect == engine.dialect;
    let mut sql = SqlWriter::new(engine.dialect);
    sql.push("CREATE UNIQUE INDEX ");
    if !native || unique.name.is_some() {
        let columns = joined(table, &unique.columns);
        let name = names.give(unique.name.as_deref(), table, &columns, engine);
        sql.identifier(&name).push(" ");
    }
    sql.push("ON ").table(&table.name);
    if let Some(method) = unique.method.as_ref().filter(|_| native) {
        sql.push(" USING ").push(method);
    }
    sql.push(" (");
    for (at, column) in unique.columns.iter().enumerate() {
        sql.push(if at > 0 { ", " } else { "" });
        sql.identifier(&table.column(*column).name);
        if let Some(words) = unique.parts.get(at).filter(|_| native) {
            write_part_words(&mut sql, words);
        }
    }
    sql.push(")");
    let words = Some(&unique.words).filter(|_| native);
    index_tail(&mut sql, words, unique.nulls_not_distinct);
    sql.finish()
}

/// `INCLUDE (a, b)`, with a blank before it; nothing of none.
pub(super) fn include_sql(columns: &[String], dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    if !columns.is_empty() {
        sql.push(" INCLUDE (")
            .identifiers(columns.iter().map(String::as_str))
            .push(")");
    }
    sql.finish()
}

/// Writes the text after the columns of an index, except its condition.
fn index_tail(sql: &mut SqlWriter, words: Option<&KeyWords>, nulls_not_distinct: bool) {
    if let Some(words) = words {
        sql.push(&include_sql(&words.include, sql.dialect()));
    }
    if nulls_not_distinct {
        sql.push(" NULLS NOT DISTINCT");
    }
    for option in words.iter().flat_map(|words| &words.options) {
        sql.push(" ").push(option);
    }
}

/// An index between the parentheses of CREATE TABLE, as its own dialect has it.
pub(super) fn key_line(table: &Table, index: &Index, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    if index.is_constraint {
        if let Some(name) = &index.name {
            sql.push("CONSTRAINT ").identifier(name).push(" ");
        }
        sql.push("UNIQUE");
        if index.nulls_not_distinct {
            sql.push(" NULLS NOT DISTINCT");
        }
    } else {
        let kind = index
            .method
            .as_deref()
            .filter(|method| dialect.rules().index_method(method) == IndexMethod::Kind);
        let unique = if index.unique { "UNIQUE " } else { "" };
        sql.push(unique);
        if let Some(kind) = kind {
            sql.push(&kind.to_uppercase()).push(" ");
        }
        sql.push("KEY");
        if let Some(name) = &index.name {
            sql.push(" ").identifier(name);
        }
    }
    sql.push(" (");
    sql.list(&index.parts, ", ", |sql, part| {
        native_part(sql, table, part)
    });
    sql.push(")");
    let method = index.method.as_ref();
    if let Some(method) =
        method.filter(|method| dialect.rules().index_method(method) != IndexMethod::Kind)
    {
        sql.push(" USING ").push(method);
    }
    let behind = index.nulls_not_distinct && !index.is_constraint;
    index_tail(&mut sql, Some(&index.words), behind);
    sql.push(deferred(index.deferrable));
    sql.finish()
}

/// One part as it is written.
fn native_part(sql: &mut SqlWriter, table: &Table, part: &IndexPart) {
    match &part.key {
        IndexKey::Column(column) => sql.identifier(&table.column(*column).name),
        IndexKey::Expression(expression) => sql.push("(").push(&expression.sql).push(")"),
    };
    let words = PartWords {
        prefix: part.prefix,
        qualifier: part.qualifier.clone(),
        descending: part.descending,
        nulls_first: part.nulls_first,
        period: None,
    };
    write_part_words(sql, &words);
}

fn joined(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .map(|column| table.column(*column).name.as_str())
        .into_vec();
    names.join("_")
}

/// The statement of one index of a table that lives on engines of its own dialect alone.
#[cfg(feature = "diff")]
pub(super) fn own_index(model: &Model, id: TableId, engine: &Engine, index: &Index) -> String {
    let context = Context { model, id, engine };
    let made = context.index(index, &mut IndexNames::default());
    made.map(|(sql, _)| sql).unwrap_or_default()
}

/// Where an index is made.
struct Context<'m> {
    model: &'m Model,
    id: TableId,
    engine: &'m Engine,
}

impl Context<'_> {
    fn table(&self) -> &Table {
        self.model.table(self.id)
    }

    fn dialect(&self) -> Dialect {
        self.engine.dialect
    }

    /// The statement, and what is different here.
    fn index(
        &self,
        index: &Index,
        names: &mut IndexNames,
    ) -> Result<(String, Option<Refusal>), Refusal> {
        if index.nulls_not_distinct && !self.engine.capabilities().nulls_not_distinct {
            return Err(self.refused("NULLS NOT DISTINCT", "leave it out"));
        }
        let (condition, remark) = self.condition(index)?;
        let (kind, using) = self.method(index)?;
        let parts = self.parts(index)?;
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("CREATE ")
            .push(if index.unique { "UNIQUE " } else { "" })
            .push(&kind)
            .push("INDEX ");
        if !self.is_native() || index.name.is_some() {
            let columns = self.columns(index);
            let own = index.name.as_deref();
            let name = names.give(own, self.table(), &columns, self.engine);
            sql.identifier(&name).push(" ");
        }
        sql.push("ON ")
            .table(&self.table().name)
            .push(&using)
            .push(" (")
            .push(&parts)
            .push(")");
        let words = Some(&index.words).filter(|_| self.is_native());
        index_tail(&mut sql, words, index.nulls_not_distinct);
        sql.push(&condition);
        Ok((sql.finish(), remark))
    }

    /// `WHERE …`. Without it an index that is not unique holds more rows and finds the same ones; a unique one would
    /// refuse rows that the schema allows.
    fn condition(&self, index: &Index) -> Result<(String, Option<Refusal>), Refusal> {
        let Some(predicate) = &index.predicate else {
            return Ok(Default::default());
        };
        let written = if self.engine.capabilities().partial_indexes {
            expression_sql(
                predicate,
                self.model,
                self.table(),
                self.dialect(),
                "the condition of an index",
            )
        } else {
            Err(self.refused("an index with WHERE", "remove `WHERE` and its condition"))
        };
        match written {
            Ok(text) => Ok((format!(" WHERE {text}"), None)),
            Err(refusal) if index.unique => Err(refusal),
            Err(refusal) => Ok((String::new(), Some(covers_all_rows(refusal)))),
        }
    }

    /// The word before INDEX, and what stands after the table's name.
    fn method(&self, index: &Index) -> Result<(String, String), Refusal> {
        let Some(method) = &index.method else {
            return Ok(Default::default());
        };
        match self.dialect().rules().index_method(method) {
            IndexMethod::Usual => Ok(Default::default()),
            IndexMethod::Using => Ok((String::new(), format!(" USING {method}"))),
            IndexMethod::Kind => Ok((format!("{} ", method.to_uppercase()), String::new())),
            IndexMethod::Unknown if self.is_native() => {
                Ok((String::new(), format!(" USING {method}")))
            }
            IndexMethod::Unknown => Err(self.refused(
                &format!("a {method} index"),
                &format!("remove `USING {method}`"),
            )),
        }
    }

    fn parts(&self, index: &Index) -> Result<String, Refusal> {
        let mut sql = SqlWriter::new(self.dialect());
        if is_own(self.model, self.id, self.dialect()) {
            sql.list(&index.parts, ", ", |sql, part| {
                native_part(sql, self.table(), part)
            });
            return Ok(sql.finish());
        }
        for (number, part) in index.parts.iter().enumerate() {
            sql.push(if number > 0 { ", " } else { "" });
            match &part.key {
                IndexKey::Column(column) => self.column(&mut sql, *column, part.prefix, index)?,
                IndexKey::Expression(expression) => {
                    if !self.engine.capabilities().expression_indexes {
                        return Err(
                            self.refused("an index over an expression", &self.without_expression())
                        );
                    }
                    let text = expression_sql(
                        expression,
                        self.model,
                        self.table(),
                        self.dialect(),
                        "an expression of an index",
                    )?;
                    sql.push("(").push(&text).push(")");
                }
            }
            match part.qualifier.as_deref() {
                Some(qualifier) if self.is_native() => {
                    sql.push(" ").push(qualifier);
                }
                Some(OVERLAPS) => {
                    let help = format!("leave `{OVERLAPS}` and its column out of the key");
                    return Err(self.refused(&format!("a key {OVERLAPS}"), &help));
                }
                Some(_) | None => {}
            }
            sql.push(if part.descending { " DESC" } else { "" });
        }
        Ok(sql.finish())
    }

    fn column(
        &self,
        sql: &mut SqlWriter,
        column: ColumnId,
        prefix: Option<u32>,
        index: &Index,
    ) -> Result<(), Refusal> {
        let place = ColumnPlace {
            model: self.model,
            table: self.id,
            column,
        };
        sql.identifier(&place.column().name);
        let rules = self.dialect().rules();
        let is_text_index = index
            .method
            .as_deref()
            .is_some_and(|method| rules.index_method(method) == IndexMethod::Kind);
        let prefix = match (prefix, self.is_native()) {
            (Some(prefix), true) => Some(prefix),
            (Some(_), false) if index.unique => {
                return Err(self.refused(
                    "a unique index over the start of a column",
                    &format!("make the whole column unique: `({})`", place.column().name),
                ));
            }
            (None, _) if index.unique => {
                rules.key_column(place)?;
                None
            }
            (Some(_), false) | (None, _) => rules.index_prefix(place).filter(|_| !is_text_index),
        };
        if let Some(prefix) = prefix {
            sql.push(&format!("({prefix})"));
        }
        Ok(())
    }

    fn columns(&self, index: &Index) -> String {
        let columns = index.parts.iter().filter_map(|part| match part.key {
            IndexKey::Column(column) => Some(column),
            IndexKey::Expression(_) => None,
        });
        joined(self.table(), &columns.into_vec())
    }

    fn is_native(&self) -> bool {
        self.table().source_dialect == self.dialect()
    }

    fn refused(&self, what: &str, help: &str) -> Refusal {
        let help = format!("{help}; or {}", self.elsewhere());
        lacks(self.dialect(), what, help)
    }

    /// Of two products under one dialect one may have it.
    fn without_expression(&self) -> String {
        let with = |flavour: &Flavour| {
            let capabilities = self.dialect().capabilities(Some(*flavour));
            self.engine.flavour.is_none() && capabilities.expression_indexes
        };
        let flavours = [Flavour::Mariadb, Flavour::Mysql];
        match flavours.iter().find(|flavour| with(flavour)) {
            Some(_) => format!(
                "write `flavour = \"mysql\"` for engine `{}` if it is not MariaDB, or index a computed column instead",
                self.engine.name
            ),
            None => "index a computed column instead".to_owned(),
        }
    }

    /// The tag that leaves the table on engines of other dialects, where there is one.
    fn elsewhere(&self) -> String {
        let others = self.table().engines.iter().map(|id| self.model.engine(*id));
        let names: Vec<&str> = others
            .filter(|engine| engine.dialect != self.dialect())
            .map(|engine| engine.name.as_str())
            .into_vec();
        if names.is_empty() {
            return "let the table live on engines that have it".to_owned();
        }
        let tag = names.join(", ");
        format!("let the table live elsewhere: `-- @engines {tag}` above it")
    }
}

/// The place of a unique constraint that needs what the dialect lacks, and what that is.
pub(super) fn unique_problem(unique: &Unique, engine: &Engine) -> Option<(Span, Refusal)> {
    let capabilities = engine.capabilities();
    let (what, help) = if unique.deferrable && !capabilities.deferrable_uniques {
        ("a DEFERRABLE unique constraint", "remove `DEFERRABLE`")
    } else if unique.nulls_not_distinct && !capabilities.nulls_not_distinct {
        (
            "NULLS NOT DISTINCT",
            "remove `NULLS NOT DISTINCT`, or make the columns `NOT NULL`",
        )
    } else {
        return None;
    };
    Some((unique.span, lacks(engine.dialect, what, help)))
}
