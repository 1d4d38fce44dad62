//! Has a text checked for each dialect of the engines that it runs on.

use crate::lists::IntoVec as _;
use crate::sorting::sort_by_key;
use bindery_core::statements::kind::kind_of;

use super::column::column;
use super::engines;
use super::misfit::misfit;
use super::written::{TypeTag, WrittenQuery};
use crate::ast::TypeName;
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::model::{Column, EngineId, Model, TableId};
use crate::parse::type_of;
use crate::source::{Sources, Span};
use crate::syntax::{Parameter, tokens_within};
use crate::typing::{
    self, Annotations, Checked, Embedded, Given, GivenColumn, ListUse, Scattered, Star,
};

/// The code of a finding on a table that is not there.
const UNKNOWN_TABLE: &str = "B0620";

/// A text with what it means in one dialect.
#[derive(Debug)]
pub(super) struct CheckedText<'w> {
    pub(super) written: &'w WrittenQuery,
    pub(super) dialect: Dialect,
    /// Which parts of it are left out.
    pub(super) form: u32,
    /// The engines of the dialect that host all that it names.
    pub(super) engines: Vec<EngineId>,
    pub(super) statement: CheckedStatement,
}

/// The meaning of a statement in one dialect.
#[derive(Debug)]
pub(super) struct CheckedStatement {
    /// Of its rows.
    pub(super) columns: Vec<Column>,
    /// Every placeholder in the order of the text.
    pub(super) parameters: Vec<ParameterUse>,
    /// The tables that it reads and writes.
    pub(super) tables: Vec<TableId>,
    /// The `*` of its rows that have names in its text.
    pub(super) stars: Vec<Star>,
    /// Another `*` stands for columns of its rows.
    pub(super) by_name: bool,
    /// The models among its columns.
    pub(super) embedded: Vec<Embedded>,
    /// It writes no rows and locks none.
    pub(super) only_reads: bool,
    /// The table of which it needs all shards of a cluster.
    pub(super) scattered: Option<Scattered>,
}

/// A placeholder with the type of its value.
#[derive(Debug)]
pub(super) struct ParameterUse {
    pub(super) parameter: ParameterName,
    pub(super) span: Span,
    pub(super) column_type: ColumnType,
    /// NULL may be given.
    pub(super) nullable: bool,
    /// It stands for any number of values.
    pub(super) list: Option<ListUse>,
}

/// The identity of a parameter in its statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParameterName {
    /// `:author`.
    Named(String),
    /// `$1`; the first `?` is 1, too.
    Numbered(u32),
}

impl ParameterName {
    /// Whether an annotation gives it its type.
    pub(super) fn is_of(&self, tag: &TypeTag) -> bool {
        match self {
            Self::Named(name) => *name == tag.name.text,
            Self::Numbered(number) => tag.name.text == number.to_string(),
        }
    }
}

/// Checks a text for all engines that host what it names. What is wrong is in `diagnostics`, and then there is no result.
pub(super) fn text<'w>(
    model: &Model,
    sources: &Sources,
    written: &'w WrittenQuery,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<CheckedText<'w>>> {
    let allowed = engines::allowed(model, written, diagnostics)?;
    let mut dialects = dialects_of(model, &allowed);
    // The statement was cut as this one.
    sort_by_key(&mut dialects, |&dialect| dialect != written.cut_as);
    let (first, dialect) = first_text(model, sources, written, (&allowed, &dialects), diagnostics)?;
    let hosts = engines::hosting(model, &allowed, &first.tables);
    let mut checked = Vec::new();
    let mut first = Some(first);
    for other in dialects_of(model, &hosts) {
        let engines = of_dialect(model, &hosts, other);
        let first = first.take_if(|_| other == dialect);
        let place = (other, engines.as_slice(), first);
        checked.extend(forms(model, sources, written, place, diagnostics)?);
    }
    Some(checked)
}

/// Checks all forms of a text in one dialect; of the whole text there may be an answer already.
pub(super) fn forms<'w>(
    model: &Model,
    sources: &Sources,
    written: &'w WrittenQuery,
    (dialect, engines, mut whole): (Dialect, &[EngineId], Option<CheckedStatement>),
    diagnostics: &mut Diagnostics,
) -> Option<Vec<CheckedText<'w>>> {
    let mut checked = Vec::new();
    for form in written.parts.forms() {
        let statement = match whole.take() {
            Some(whole) => whole,
            None => self::form(
                model,
                sources,
                written,
                (dialect, engines, form),
                diagnostics,
            )?,
        };
        checked.push(CheckedText {
            written,
            dialect,
            form,
            engines: engines.to_vec(),
            statement,
        });
    }
    widen(&mut checked);
    Some(checked)
}

/// Lets what is NULL in one form of a text be NULL in all of them: a condition on a column says nothing of it where the condition is
/// left out.
fn widen(forms: &mut [CheckedText<'_>]) {
    let statements = || forms.iter().map(|form| &form.statement);
    let columns = statements().flat_map(|one| one.columns.iter().enumerate());
    let columns = nullable(columns.map(|(at, one)| (at, one.nullable)));
    let models = statements().flat_map(|one| one.embedded.iter().enumerate());
    let models = nullable(models.map(|(at, one)| (at, one.nullable)));
    for form in forms {
        let statement = &mut form.statement;
        for &at in &columns {
            if let Some(column) = statement.columns.get_mut(at) {
                column.nullable = true;
            }
        }
        for &at in &models {
            if let Some(model) = statement.embedded.get_mut(at) {
                model.nullable = true;
            }
        }
    }
}

fn nullable(of: impl Iterator<Item = (usize, bool)>) -> Vec<usize> {
    of.filter_map(|(at, nullable)| nullable.then_some(at))
        .into_vec()
}

/// Checks a form of a text; what is wrong with it says which parts it is without.
fn form(
    model: &Model,
    sources: &Sources,
    written: &WrittenQuery,
    (dialect, engines, form): (Dialect, &[EngineId], u32),
    diagnostics: &mut Diagnostics,
) -> Option<CheckedStatement> {
    let (checked, found) = attempt(model, sources, written, (dialect, engines, form));
    let without = written.parts.in_words(form);
    for finding in found.iter() {
        let mut finding = finding.clone();
        if !without.is_empty() {
            finding.message += &format!(",{without}");
        }
        diagnostics.push(finding);
    }
    checked
}

/// Checks the text in the first of the dialects where its tables live on an engine of that dialect.
fn first_text(
    model: &Model,
    sources: &Sources,
    written: &WrittenQuery,
    (allowed, dialects): (&[EngineId], &[Dialect]),
    diagnostics: &mut Diagnostics,
) -> Option<(CheckedStatement, Dialect)> {
    let mut refused: Option<Diagnostics> = None;
    for &dialect in dialects {
        let engines = of_dialect(model, allowed, dialect);
        let (checked, found) = attempt(model, sources, written, (dialect, &engines, 0));
        let hosts = |checked: &CheckedStatement| {
            !engines::hosting(model, &engines, &checked.tables).is_empty()
        };
        if let Some(checked) = checked.filter(hosts) {
            diagnostics.extend(found);
            return Some((checked, dialect));
        }
        // The dialect where the tables are has more to say.
        if refused
            .as_ref()
            .is_none_or(|first| is_elsewhere(first) && !is_elsewhere(&found))
        {
            refused = Some(found);
        }
    }
    let refused = refused.unwrap_or_default();
    let elsewhere = is_elsewhere(&refused)
        .then(|| tables(model, sources, written))
        .flatten();
    match elsewhere {
        Some(tables) => diagnostics.push(engines::nowhere(model, written, allowed, &tables)),
        None => diagnostics.extend(refused),
    }
    None
}

/// Returns whether the findings say no more than that the tables are not on the engines that were looked at.
fn is_elsewhere(found: &Diagnostics) -> bool {
    found.iter().all(|finding| finding.code == UNKNOWN_TABLE)
}

/// The tables that a statement names, wherever they live.
fn tables(model: &Model, sources: &Sources, written: &WrittenQuery) -> Option<Vec<TableId>> {
    let all: Vec<EngineId> = model.engine_ids().into_vec();
    let mut dialects = dialects_of(model, &all).into_iter();
    dialects.find_map(|dialect| {
        let (checked, _) = attempt(model, sources, written, (dialect, &all, 0));
        checked.map(|checked| checked.tables)
    })
}

/// Checks a form of a text for engines of one dialect; what is wrong or noteworthy comes beside it.
fn attempt(
    model: &Model,
    sources: &Sources,
    written: &WrittenQuery,
    place: (Dialect, &[EngineId], u32),
) -> (Option<CheckedStatement>, Diagnostics) {
    let mut found = Diagnostics::default();
    let checked = statement(model, sources, written, place, &mut found);
    (checked, found)
}

fn statement(
    model: &Model,
    sources: &Sources,
    written: &WrittenQuery,
    (dialect, engines, form): (Dialect, &[EngineId], u32),
    diagnostics: &mut Diagnostics,
) -> Option<CheckedStatement> {
    let text = sources.file(written.statement.file).text();
    let mut tokens = tokens_within(text, written.statement, dialect);
    tokens.retain(|token| written.parts.has(form, token.start));
    let annotations = annotations(written, dialect, diagnostics)?;
    let source = typing::Source {
        text,
        tokens: &tokens,
        file: written.statement.file,
        dialect,
        kind: &kind_of(text, &tokens),
        engines,
        annotations: &annotations,
    };
    let checked = typing::statement(model, &source, diagnostics)?;
    let read = misfit(written, &checked).map_or_else(|| meaning(model, written, checked), Err);
    read.map_err(|finding| diagnostics.push(finding)).ok()
}

/// The annotations above a text, with their types read.
fn annotations(
    written: &WrittenQuery,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<Annotations> {
    let notes = &written.notes;
    let mut type_of = |tag: &TypeTag| {
        let to = given_type(tag, dialect);
        if to.is_none() {
            diagnostics.push(typing::no_type(&tag.type_name.text, tag.type_name.span));
        }
        to
    };
    let parameters = notes.parameters.iter().map(|tag| {
        Some(Given {
            parameter: match (tag.name.text.as_str(), tag.name.text.parse()) {
                (_, Ok(number)) => Parameter::Numbered(number),
                ("?", _) => Parameter::Next,
                (name, Err(_)) => Parameter::Named(name.to_owned()),
            },
            to: type_of(tag)?,
            nullable: tag.nullable,
        })
    });
    let parameters: Vec<Option<Given>> = parameters.into_vec();
    let columns = notes.columns.iter().map(|tag| {
        Some(GivenColumn {
            name: tag.name.clone(),
            to: type_of(tag)?,
            nullable: tag.nullable,
        })
    });
    let columns: Vec<Option<GivenColumn>> = columns.into_vec();
    Some(Annotations {
        parameters: parameters.into_iter().collect::<Option<_>>()?,
        columns: columns.into_iter().collect::<Option<_>>()?,
        embedded: notes.embedded.clone(),
    })
}

fn given_type(tag: &TypeTag, dialect: Dialect) -> Option<TypeName> {
    let mut to = type_of(&tag.type_name.text, dialect)?;
    to.span = tag.type_name.span;
    Some(to)
}

fn meaning(
    model: &Model,
    written: &WrittenQuery,
    checked: Checked,
) -> Result<CheckedStatement, Diagnostic> {
    let columns = checked.columns.into_iter().enumerate();
    let columns = columns.map(|(at, found)| column(model, written, at, found));
    let mut largest = 0;
    let parameters = checked.parameters.into_iter().map(|found| ParameterUse {
        parameter: match found.parameter {
            Parameter::Named(name) => ParameterName::Named(name),
            Parameter::Numbered(number) => {
                largest = largest.max(number);
                ParameterName::Numbered(number)
            }
            Parameter::Next => {
                largest += 1;
                ParameterName::Numbered(largest)
            }
        },
        span: found.span,
        column_type: found.column_type,
        nullable: found.nullable,
        list: found.list,
    });
    Ok(CheckedStatement {
        columns: columns.collect::<Result<_, _>>()?,
        parameters: parameters.into_vec(),
        tables: checked.tables,
        stars: checked.stars,
        by_name: checked.by_name,
        embedded: checked.embedded,
        only_reads: checked.only_reads,
        scattered: checked.scattered,
    })
}

fn of_dialect(model: &Model, engines: &[EngineId], dialect: Dialect) -> Vec<EngineId> {
    let speaks = |id: &&EngineId| model.engine(**id).dialect == dialect;
    engines.iter().filter(speaks).copied().into_vec()
}

/// The dialects of these engines, each once.
fn dialects_of(model: &Model, engines: &[EngineId]) -> Vec<Dialect> {
    let mut dialects = Vec::new();
    for &id in engines {
        let dialect = model.engine(id).dialect;
        if !dialects.contains(&dialect) {
            dialects.push(dialect);
        }
    }
    dialects
}
