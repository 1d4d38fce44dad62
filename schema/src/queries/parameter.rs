//! Parameters of a query: one argument for each, however often and in whichever dialect it is used.

use super::check::{CheckedText, ParameterName, ParameterUse};
use super::written::TypeTag;
use crate::ast::Name;
use crate::column_type::{ColumnType, TypeClass};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::{QueryParameter, QueryPart, QueryText};
use crate::name;
use crate::sorting::sort_by_key;
use crate::source::{Sources, Span};
use crate::syntax::grammar::Grammar;
use bindery_core::dialect::{ListKind, Lists};
use std::ops::Range;

/// The arguments of a function, and the text of each dialect with their places; `None` where the texts do not agree.
pub(super) fn bind(
    sources: &Sources,
    texts: &[CheckedText<'_>],
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<QueryParameter>, Vec<QueryText>)> {
    let mut known: Vec<KnownParameter<'_>> = Vec::new();
    let mut findings = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        findings.extend(mixed(text));
        findings.extend(typed_nothing(text));
        for found in &text.statement.parameters {
            match known
                .iter_mut()
                .find(|known| known.first.parameter == found.parameter)
            {
                Some(known) => findings.extend(known.add(found, text.dialect)),
                None if at == 0 => known.push(KnownParameter::new(found, text.dialect)),
                None => findings.push(of_one_text(found, texts)),
            }
        }
    }
    sort_by_key(&mut known, |known| match known.first.parameter {
        ParameterName::Named(_) => 0,
        ParameterName::Numbered(number) => number,
    });
    let whole = texts.iter().filter(|text| text.form == 0);
    let of_others = whole.skip(1).flat_map(|text| {
        let has = |known: &&KnownParameter<'_>| {
            let mut uses = text.statement.parameters.iter();
            !uses.any(|found| found.parameter == known.first.parameter)
        };
        known.iter().filter(has)
    });
    findings.extend(of_others.map(|known| of_one_text(known.first, texts)));
    findings.extend(unclear(&known));
    let parts = match texts.first() {
        Some(first) => self::parts(first, &known, &mut findings),
        None => Vec::new(),
    };
    if !findings.is_empty() {
        findings
            .into_iter()
            .for_each(|finding| diagnostics.push(finding));
        return None;
    }
    let rewritten = texts.iter().map(|text| rewritten(sources, text, &known));
    let rewritten = rewritten.into_vec();
    let mut parameters: Vec<QueryParameter> =
        known.into_iter().map(KnownParameter::parameter).into_vec();
    for (name, part) in parts {
        match parameters.iter_mut().find(|one| one.name == name) {
            Some(parameter) => {
                parameter.nullable = false;
                parameter.part = Some(part);
            }
            None => parameters.push(QueryParameter {
                name,
                column_type: ColumnType::Bool,
                nullable: false,
                is_list: false,
                part: Some(part),
            }),
        }
    }
    Some((parameters, rewritten))
}

/// The arguments that leave out parts, with those.
fn parts(
    text: &CheckedText<'_>,
    known: &[KnownParameter<'_>],
    findings: &mut Vec<Diagnostic>,
) -> Vec<(String, QueryPart)> {
    let parts = &text.written.parts;
    let mut found = Vec::new();
    for (of, name) in parts.names.iter().enumerate() {
        let argument = name::escape_keyword(&name::field(&name.text));
        let own = known
            .iter()
            .find(|one| self::argument(&one.first.parameter) == argument);
        if let Some(own) = own {
            let outside = uses_of(text, &own.first.parameter)
                .into_iter()
                .find(|(_, part)| *part != Some(of));
            findings.extend(outside.map(|(span, _)| outside_of_part(name, span)));
        } else {
            // One whose uses are all in this part is what was meant.
            let is_alone = |one: &&KnownParameter<'_>| {
                uses_of(text, &one.first.parameter)
                    .iter()
                    .all(|(_, part)| *part == Some(of))
            };
            findings.extend(
                known
                    .iter()
                    .find(is_alone)
                    .map(|one| part_of_other(name, one)),
            );
        }
        let part = QueryPart {
            bit: 1 << of,
            is_switch: own.is_none(),
        };
        found.push((argument, part));
    }
    found
}

/// The places of a parameter, each with the part that it stands in.
fn uses_of(text: &CheckedText<'_>, parameter: &ParameterName) -> Vec<(Span, Option<usize>)> {
    let uses = text.statement.parameters.iter();
    let own = uses.filter(|found| found.parameter == *parameter);
    let parts = &text.written.parts;
    own.map(|found| (found.span, parts.part_at(found.span.start)))
        .into_vec()
}

fn outside_of_part(name: &Name, span: Span) -> Diagnostic {
    let message = format!(
        "`{}` leaves out a part of the statement, and stands outside of it, too",
        name.text
    );
    Diagnostic::error("B0611", message)
        .at(span, "outside")
        .at(name.span, "its part")
        .help("give the other place a parameter of its own, or leave out both by the same name")
}

fn part_of_other(name: &Name, known: &KnownParameter<'_>) -> Diagnostic {
    let own = argument(&known.first.parameter);
    let message = format!(
        "the part of `{}` has {} and is not left out by it",
        name.text,
        shown(&known.first.parameter)
    );
    Diagnostic::error("B0611", message)
        .at(name.span, "")
        .at(known.first.span, "")
        .help(format!("write `-- @if {own}`"))
}

/// A parameter with its uses so far.
struct KnownParameter<'t> {
    first: &'t ParameterUse,
    dialect: Dialect,
    nullable: bool,
}

impl<'t> KnownParameter<'t> {
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
        if self.first.column_type.is_same_in_rust(&found.column_type) {
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
            part: None,
        }
    }
}

/// The argument of a function: the name in snake case, `arg1` where there is none.
pub(super) fn argument(parameter: &ParameterName) -> String {
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

/// Findings on types of parameters that the statement does not have.
fn typed_nothing(text: &CheckedText<'_>) -> Vec<Diagnostic> {
    let tags = text.written.notes.parameters.iter();
    let uses = &text.statement.parameters;
    let is_used = |tag: &TypeTag| uses.iter().any(|found| found.parameter.is_of(tag));
    let unused = tags.filter(|tag| text.form == 0 && tag.name.text != "?" && !is_used(tag));
    let findings = unused.map(|tag| {
        let name = &tag.name.text;
        let message = format!("the statement has no parameter `{name}`");
        Diagnostic::error("B0603", message)
            .at(tag.name.span, "")
            .help("remove the annotation, or write the name that the parameter has")
    });
    findings.into_vec()
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
fn unclear(known: &[KnownParameter<'_>]) -> Vec<Diagnostic> {
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
    let is_array = dialect.query_syntax().lists == Lists::Array;
    match (is_array, list.negated) {
        (true, false) => ("= ANY (".to_owned(), ")".to_owned()),
        (true, true) => ("<> ALL (".to_owned(), ")".to_owned()),
        (false, false) => (format!("IN ({before}"), format!("{after})")),
        (false, true) => (format!("NOT IN ({before}"), format!("{after})")),
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

/// The statement with the placeholders of its dialect, without the parts that are left out and with names in place of `*`.
fn rewritten(sources: &Sources, text: &CheckedText<'_>, known: &[KnownParameter<'_>]) -> QueryText {
    let mut arguments: Vec<usize> = Vec::new();
    let Span { start, end, .. } = text.written.statement;
    let source = sources.file(text.written.statement.file).text();
    let places = text.statement.parameters.iter().map(|found| {
        let place = found.list.map_or(found.span, |list| list.operator);
        let (before, after) = around(text.dialect, found);
        let own = placeholder(text.dialect, position(found, known), &mut arguments);
        let cast = cast_of(text, found).unwrap_or_default();
        (
            place.start..found.span.end,
            format!("{before}{own}{cast}{after}"),
        )
    });
    let mut edits: Vec<(Range<u32>, String)> = places.into_vec();
    edits.extend(text.statement.stars.iter().filter_map(|star| {
        let names = star.names.as_ref()?;
        Some((star.span.start..star.span.end, names.join(", ")))
    }));
    let left_out = text.written.parts.left_out(text.form);
    edits.extend(left_out.into_iter().map(|range| {
        let in_place = line_end(source, &range);
        (range, in_place.to_owned())
    }));
    QueryText {
        dialect: text.dialect,
        form: text.form,
        sql: edited(&source[..end as usize], start, edits),
        arguments,
    }
}

/// The cast to the type that an annotation gives a parameter: PostgreSQL would take another from the place of some. Lengths are left
/// out, as a cast to one cuts what is longer.
fn cast_of(text: &CheckedText<'_>, found: &ParameterUse) -> Option<String> {
    const OF_ONE: [&str; 3] = ["bit", "bpchar", "char"];
    let mut tags = text.written.notes.parameters.iter();
    let tag = tags.find(|tag| found.parameter.is_of(tag));
    let tag = tag.filter(|_| text.dialect == Dialect::Postgres)?;
    let written = tag.type_name.text.as_str();
    let bare = match written.split_once('(') {
        Some((before, rest)) => {
            let behind = rest.split_once(')').map_or("", |(_, behind)| behind);
            format!("{}{behind}", before.trim_end())
        }
        None => written.to_owned(),
    };
    let lower = bare.to_lowercase();
    if OF_ONE.iter().any(|word| lower.starts_with(word)) {
        return None;
    }
    let array = if found.list.is_some() { "[]" } else { "" };
    Some(format!("::{bare}{array}"))
}

/// The end of a line in place of what is left out with one, where more follows on its last line: a comment may stand before it.
fn line_end(source: &str, range: &Range<u32>) -> &'static str {
    let (start, end) = (range.start as usize, range.end as usize);
    let ends_line = source[end..].starts_with(['\r', '\n']);
    if source[start..end].contains('\n') && !ends_line {
        "\n"
    } else {
        ""
    }
}

fn position(found: &ParameterUse, known: &[KnownParameter<'_>]) -> usize {
    let is = |known: &KnownParameter<'_>| known.first.parameter == found.parameter;
    known.iter().position(is).unwrap_or_default()
}

/// The placeholder of an argument: `?`, with a value for each place, or a number of its own.
fn placeholder(dialect: Dialect, argument: usize, arguments: &mut Vec<usize>) -> String {
    if Grammar::of(dialect).operands.next_parameter {
        arguments.push(argument);
        return "?".to_owned();
    }
    let known = arguments.iter().position(|&known| known == argument);
    let number = known.unwrap_or_else(|| {
        arguments.push(argument);
        arguments.len() - 1
    });
    format!("${}", number + 1)
}

/// The text from `start` on with other words at some places. One within another, a comment between `t.` and `*`, is gone with it.
fn edited(source: &str, start: u32, mut edits: Vec<(Range<u32>, String)>) -> String {
    sort_by_key(&mut edits, |(range, _)| range.start);
    let mut sql = String::new();
    let mut at = start as usize;
    for (range, words) in edits {
        if (range.start as usize) < at {
            continue;
        }
        sql.push_str(&source[at..range.start as usize]);
        sql.push_str(&words);
        at = range.end as usize;
    }
    sql.push_str(&source[at..]);
    sql.trim_end().to_owned()
}
