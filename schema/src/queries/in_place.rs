//! A statement that stands in the program's own code: checked as those of files are.

use crate::lists::IntoVec as _;
use std::ops::Range;

use bindery_core::statements::load;

use super::bind;
use super::check::{self, CheckedText, ParameterUse};
use super::engines;
use super::part::{self, Parts};
use super::written::{Door, Notes, WrittenQuery};
use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::findings::unreadable;
use crate::model::{Model, Query, QueryKind};
use crate::parse::lex::Lexer;
use crate::source::{FileId, Sources, Span};
use crate::typing::Embedded;

/// A statement of a macro. Values stand in it as parameters, `:name`, at known places.
#[derive(Debug, Clone)]
pub struct InPlace {
    /// The text, which is one statement.
    pub file: FileId,
    /// The result that the macro gives.
    pub kind: QueryKind,
    /// The struct of its rows.
    pub row_name: String,
    /// The engines that it may run on; empty: all that host what it names.
    pub engines: Vec<String>,
    /// The parameters of the values in the text.
    pub values: Vec<Range<u32>>,
    /// It is meant to need rows of all shards of a cluster.
    pub on_all_shards: bool,
}

/// Checks a statement for all engines that host what it names. What is wrong is in `diagnostics`, and then there is no result; so are
/// warnings.
pub fn query_in_place(
    model: &Model,
    sources: &Sources,
    place: &InPlace,
    diagnostics: &mut Diagnostics,
) -> Option<Query> {
    let written = written(model, sources, place, diagnostics)?;
    let checked = check::text(model, sources, &written, diagnostics)?;
    let mut findings = values_and_parameters(sources, place, &checked);
    let embedded = checked.iter().flat_map(|text| &text.statement.embedded);
    findings.extend(embedded.take(1).map(row_of_model));
    if !findings.is_empty() {
        findings.into_iter().for_each(|one| diagnostics.push(one));
        return None;
    }
    bind::checked(model, sources, &checked, diagnostics)
}

fn written(
    model: &Model,
    sources: &Sources,
    place: &InPlace,
    diagnostics: &mut Diagnostics,
) -> Option<WrittenQuery> {
    let cut_as = engines::first_dialect(model, place.engines.first());
    let (statement, parts) = only_statement(sources, place.file, cut_as, diagnostics)?;
    if let Some(name) = parts.names.first() {
        let message = "a part of the text is left out by an argument";
        let finding = Diagnostic::error("B0611", message).at(name.span, "");
        diagnostics.push(finding.help("write the query in a file of queries, whose functions have arguments that leave out parts"));
        return None;
    }
    let engines = place.engines.iter().map(|name| Name {
        text: name.clone(),
        span: statement,
    });
    Some(WrittenQuery {
        module: String::new(),
        notes: Notes {
            name: Name {
                text: String::new(),
                span: statement,
            },
            function: "query".to_owned(),
            row_name: place.row_name.clone(),
            kind: place.kind,
            kind_span: statement,
            docs: Vec::new(),
            engines: engines.into_vec(),
            dialect: None,
            parameters: Vec::new(),
            columns: Vec::new(),
            embedded: Vec::new(),
            on_all_shards: place.on_all_shards,
        },
        statement,
        parts,
        cut_as,
        door: Door::InPlace,
    })
}

/// The statement of a text, without the semicolon after it.
fn only_statement(
    sources: &Sources,
    file: FileId,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<(Span, Parts)> {
    let source = sources.file(file);
    if let Some(refused) = load::refuse(file, source) {
        diagnostics.push(refused);
        return None;
    }
    let mut lexer = Lexer::new(source.text(), dialect);
    let mut span: Option<Span> = None;
    while lexer.skip_blanks() {
        let is_delimiter = lexer.at_delimiter();
        let token = lexer.token();
        // One that is followed by more stands within the statement, where the reader refuses it.
        if !is_delimiter {
            let start = span.map_or(token.start, |span| span.start);
            span = Some(Span {
                file,
                start,
                end: token.end,
            });
        }
    }
    let unclosed = lexer.unclosed.iter();
    unclosed.for_each(|one| diagnostics.push(unreadable::unclosed(file, one)));
    if span.is_none() {
        let (start, end) = (0, source.text().len() as u32);
        let finding = Diagnostic::error("B0601", "there is no statement in the text");
        let finding = finding.at(Span { file, start, end }, "");
        diagnostics.push(finding.help("write one: `SELECT id, title FROM blogs`"));
    }
    let parts = part::read(source.text(), file, &lexer.comments, diagnostics);
    let span = span.filter(|_| lexer.unclosed.is_empty())?;
    Some((span, parts))
}

fn row_of_model(found: &Embedded) -> Diagnostic {
    let message = format!(
        "`{}` is a row of a model, which only queries of files have",
        found.name.text
    );
    Diagnostic::error("B0610", message)
        .at(found.name.span, "")
        .help("write the columns that are needed, or the query in a file of queries")
}

/// Findings on values that are no parameters where they stand, and on parameters that are no values of the program.
fn values_and_parameters(
    sources: &Sources,
    place: &InPlace,
    checked: &[CheckedText<'_>],
) -> Vec<Diagnostic> {
    let Some(text) = checked.first() else {
        return Vec::new();
    };
    let uses = &text.statement.parameters;
    let lost = place
        .values
        .iter()
        .filter(|value| uses.iter().all(|found| found.span.start != value.start));
    let lost = lost.map(|value| {
        let span = Span {
            file: place.file,
            start: value.start,
            end: value.end,
        };
        Diagnostic::error("B0608", "the value is in quotes or in a comment, where it would not be bound")
            .at(span, "")
            .help("leave out the quotes, and put text around it into the value; a brace of the text itself is written twice: `{{`")
    });
    let is_value = |found: &&ParameterUse| {
        let mut values = place.values.iter();
        values.any(|value| value.start == found.span.start)
    };
    let strange = uses.iter().filter(|found| !is_value(found));
    let strange = strange.map(|found| {
        let message = format!(
            "the placeholder `{}` has no value",
            sources.text(found.span)
        );
        Diagnostic::error("B0608", message)
            .at(found.span, "")
            .help("write the value in braces, and it is bound, on every database: `{value}`")
    });
    lost.chain(strange).into_vec()
}
