//! Parameters of a query: one argument for each, however often and in whichever dialect it is used.

use super::bind::is_same_type;
use super::check::{CheckedText, ParameterName, ParameterUse};
use crate::column_type::{ColumnType, TypeClass};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::model::{QueryParameter, QueryText};
use crate::name;
use crate::source::{Sources, Span};
use bindery_core::dialect::ListKind;

/// The arguments of a function, and the text of each dialect with their places; `None` where the texts do not agree.
pub(super) fn bind(
    sources: &Sources,
    texts: &[CheckedText<'_>],
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<QueryParameter>, Vec<QueryText>)> {
    let mut known: Vec<Known<'_>> = Vec::new();
    let mut findings = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        findings.extend(mixed(text));
        for found in &text.statement.parameters {
            match known
                .iter_mut()
                .find(|known| known.first.parameter == found.parameter)
            {
                Some(known) => findings.extend(known.add(found, text.dialect)),
                None if at == 0 => known.push(Known::new(found, text.dialect)),
                None => findings.push(of_one_text(found, texts)),
            }
        }
    }
    known.sort_by_key(|known| match known.first.parameter {
        ParameterName::Named(_) => 0,
        ParameterName::Numbered(number) => number,
    });
    let of_others = texts.iter().skip(1).flat_map(|text| {
        let has = |known: &&Known<'_>| {
            let mut uses = text.statement.parameters.iter();
            !uses.any(|found| found.parameter == known.first.parameter)
        };
        known.iter().filter(has)
    });
    findings.extend(of_others.map(|known| of_one_text(known.first, texts)));
    findings.extend(unclear(&known));
    if !findings.is_empty() {
        findings
            .into_iter()
            .for_each(|finding| diagnostics.push(finding));
        return None;
    }
    let rewritten = texts.iter().map(|text| rewritten(sources, text, &known));
    let rewritten = rewritten.collect();
    Some((known.into_iter().map(Known::parameter).collect(), rewritten))
}

/// A parameter with its uses so far.
struct Known<'t> {
    first: &'t ParameterUse,
    dialect: Dialect,
    nullable: bool,
}

impl<'t> Known<'t> {
    fn new(first: &'t ParameterUse, dialect: Dialect) -> Self {
        Self {
            first,
            dialect,
            nullable: first.nullable,
        }
    }

    /// Another use; returns the finding where it is of another type. NULL can be given where every use takes it.
    fn add(&mut self, found: &ParameterUse, dialect: Dialect) -> Option<Diagnostic> {
        self.nullable &= found.nullable;
        if is_same_type(&self.first.column_type, &found.column_type) {
            return None;
        }
        let words = |one: &ParameterUse| one.column_type.facts().word;
        let message = if dialect == self.dialect {
            format!(
                "{} is {} at one place and {} at another",
                shown(&found.parameter),
                words(self.first),
                words(found),
            )
        } else {
            format!(
                "{} is {} on {} and {} on {}",
                shown(&found.parameter),
                words(self.first),
                self.dialect.product(),
                words(found),
                dialect.product(),
            )
        };
        let finding = Diagnostic::error("B0608", message)
            .at(found.span, words(found))
            .at(self.first.span, words(self.first));
        Some(
            finding.help(
                "cast one of them to the type of the other, or give each a parameter of its own",
            ),
        )
    }

    fn parameter(self) -> QueryParameter {
        QueryParameter {
            name: argument(&self.first.parameter),
            column_type: self.first.column_type.clone(),
            nullable: self.nullable && self.first.list.is_none(),
            is_list: self.first.list.is_some(),
        }
    }
}

/// The argument of a function: the name in snake case, `arg1` where there is none.
fn argument(parameter: &ParameterName) -> String {
    match parameter {
        ParameterName::Named(name) => name::escape_keyword(&name::field(name)),
        ParameterName::Numbered(number) => format!("arg{number}"),
    }
}

fn shown(parameter: &ParameterName) -> String {
    match parameter {
        ParameterName::Named(name) => format!("parameter `{name}`"),
        ParameterName::Numbered(number) => format!("parameter {number}"),
    }
}

fn mixed(text: &CheckedText<'_>) -> Option<Diagnostic> {
    let is_named = |one: &&ParameterUse| matches!(one.parameter, ParameterName::Named(_));
    let (named, numbered): (Vec<_>, Vec<_>) = text.statement.parameters.iter().partition(is_named);
    let (named, numbered) = (named.first()?, numbered.first()?);
    let query = text.written.subject();
    let message = format!("{query} has parameters with names and others without");
    let finding = Diagnostic::error("B0608", message)
        .at(numbered.span, "without a name")
        .at(named.span, "with a name");
    Some(finding.help("give each of them a name: `:author`"))
}

fn of_one_text(found: &ParameterUse, texts: &[CheckedText<'_>]) -> Diagnostic {
    let query = texts[0].written.subject();
    let message = format!(
        "{} is not in every text of {query}",
        shown(&found.parameter)
    );
    Diagnostic::error("B0608", message)
        .at(found.span, "")
        .help("let all texts of the query have the same parameters")
}

/// Findings on numbers that are left out, and on names that are one in Rust.
fn unclear(known: &[Known<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (at, one) in known.iter().enumerate() {
        let place = one.first.span;
        let name = argument(&one.first.parameter);
        let same = known[..at]
            .iter()
            .find(|other| argument(&other.first.parameter) == name);
        if let Some(same) = same {
            let message = format!("two parameters are both the argument `{name}`");
            let finding = Diagnostic::error("B0608", message)
                .at(place, "")
                .at(same.first.span, "");
            findings.push(
                finding.help("give both places one name, or names that differ in more than case"),
            );
        }
        if let ParameterName::Numbered(number) = one.first.parameter
            && number as usize != at + 1
        {
            let message = format!(
                "there is a parameter {number}, and none of the number {}",
                at + 1
            );
            let finding = Diagnostic::error("B0608", message).at(place, "");
            findings.push(finding.help(
                "number the parameters from 1 on without a gap, or give them names: `:author`",
            ));
            break;
        }
    }
    findings
}

/// The text before and after the placeholder of a list, which is one parameter in every dialect: an array of PostgreSQL's, a text of
/// JSON for the others.
fn around(dialect: Dialect, found: &ParameterUse) -> (String, String) {
    let Some(list) = found.list else {
        return (String::new(), String::new());
    };
    let (before, after) = dialect.json_values(kind(&found.column_type));
    match (dialect, list.negated) {
        (Dialect::Postgres, false) => ("= ANY (".to_owned(), ")".to_owned()),
        (Dialect::Postgres, true) => ("<> ALL (".to_owned(), ")".to_owned()),
        (Dialect::Sqlite | Dialect::Mysql, false) => (format!("IN ({before}"), format!("{after})")),
        (Dialect::Sqlite | Dialect::Mysql, true) => {
            (format!("NOT IN ({before}"), format!("{after})"))
        }
    }
}

/// The kind of a list's values.
fn kind(column_type: &ColumnType) -> ListKind {
    match column_type.class() {
        TypeClass::Boolean | TypeClass::Year => ListKind::Integer,
        TypeClass::Bit => ListKind::Unsigned,
        TypeClass::Float { .. } => ListKind::Float,
        TypeClass::Decimal => ListKind::Decimal,
        TypeClass::Text | TypeClass::Enum | TypeClass::Set | TypeClass::Uuid => ListKind::Text,
        TypeClass::Bytes => ListKind::Bytes,
        TypeClass::Date => ListKind::Date,
        TypeClass::Time => ListKind::Time,
        TypeClass::DateTime | TypeClass::Timestamp => ListKind::DateTime,
        class => match class.integer() {
            Some(integer) if !integer.signed && integer.bits == 64 => ListKind::Unsigned,
            Some(_) => ListKind::Integer,
            None => ListKind::Other,
        },
    }
}

/// The statement with the placeholders of its dialect. PostgreSQL has a number for each parameter; the others are given a value
/// for each place.
fn rewritten(sources: &Sources, text: &CheckedText<'_>, known: &[Known<'_>]) -> QueryText {
    let mut sql = String::new();
    let mut arguments: Vec<usize> = Vec::new();
    let Span { mut start, end, .. } = text.written.statement;
    let source = sources.file(text.written.statement.file).text();
    for found in &text.statement.parameters {
        let is = |known: &Known<'_>| known.first.parameter == found.parameter;
        let at = known.iter().position(is).unwrap_or_default();
        let place = found.list.map_or(found.span, |list| list.operator);
        sql.push_str(&source[start as usize..place.start as usize]);
        start = found.span.end;
        let (before, after) = around(text.dialect, found);
        sql.push_str(&before);
        match text.dialect {
            Dialect::Sqlite | Dialect::Mysql => {
                sql.push('?');
                arguments.push(at);
            }
            Dialect::Postgres => {
                let number = arguments
                    .iter()
                    .position(|&known| known == at)
                    .unwrap_or_else(|| {
                        arguments.push(at);
                        arguments.len() - 1
                    });
                sql.push_str(&format!("${}", number + 1));
            }
        }
        sql.push_str(&after);
    }
    sql.push_str(&source[start as usize..end as usize]);
    QueryText {
        dialect: text.dialect,
        sql,
        arguments,
    }
}
