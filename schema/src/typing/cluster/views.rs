//! Views: Citus plans a statement with the query of each view where the view is named, and so it is classed.

use std::ops::Range;

use super::notes::Notes;
use super::parts::{Named, Place, is_citus, is_in, place};
use super::{Asked, Found, findings, scattered};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Label};
use crate::dialect::Dialect;
use crate::model::{ColumnId, EngineId, Model, TableId, ViewQuery};
use crate::source::Span;
use crate::sql_writer::SqlWriter;
use crate::syntax::{
    Node, Source, SourceKind, Statement, Text, read_statement, tokens_of, walk_statement,
};
use crate::typing::checker::Checker;
use crate::typing::names::OfEngines;

/// Views are read through each other so deep.
const DEPTH: usize = 16;

/// Texts that views make longer are not classed.
const LONGEST: usize = 1 << 20;

/// Where the rows of a view are made of those of sharded tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpreadView {
    /// With a condition of one value on this column one server makes the rows.
    pub column: Option<ColumnId>,
    /// The sharded table.
    pub table: TableId,
}

/// The sharded tables that the rows of a view are made of, where one of its engines is a Citus cluster and several servers make all of them.
pub fn spread_view(model: &Model, id: TableId) -> Option<SpreadView> {
    let view = model.table(id);
    let is_query = view.view.as_ref().is_some_and(|view| !view.materialized);
    let mut engines = view.engines.iter().copied();
    let engine = engines.find(|engine| is_query && is_citus(model, *engine))?;
    let table = first_sharded(model, id, DEPTH)?;
    if matches!(classed(model, (engine, id), None), Some(Ok(None))) {
        return None;
    }
    let mut columns = (0..view.columns.len() as u32).map(ColumnId);
    let column = columns.find(|column| {
        let name = view.column(*column).name.as_str();
        matches!(classed(model, (engine, id), Some(name)), Some(Ok(None)))
    });
    Some(SpreadView { column, table })
}

/// The class of a query of all rows of a view, or of those with one value of a column. `None` where the query is wrong.
fn classed(
    model: &Model,
    (engine, id): (EngineId, TableId),
    column: Option<&str>,
) -> Option<Found> {
    let mut sql = SqlWriter::new(CLUSTER);
    sql.push("SELECT 1 AS one FROM ")
        .table(&model.table(id).name);
    if let Some(column) = column {
        sql.push(" WHERE ")
            .identifier(column)
            .push(" = ")
            .placeholder();
    }
    let text = sql.finish();
    let tokens = tokens_of(&text, CLUSTER);
    let text = Text {
        parameters: true,
        ..Text::of(&text, &tokens, CLUSTER)
    };
    let whole = read_statement(&text).ok()?;
    let engines = [engine];
    let names = OfEngines {
        model,
        engines: &engines,
        dialect: CLUSTER,
    };
    let checker = Checker::new(model, &names, CLUSTER, text.text);
    let again = checker.reading_again(text.text, &whole.optional, &whole.statement);
    let asked = Asked {
        checker: &again,
        engine,
        depth: 0,
    };
    again
        .is_right()
        .then(|| scattered(&asked, &text, &whole.statement))
}

/// The first sharded table that a view reads, through others too.
fn first_sharded(model: &Model, id: TableId, depth: usize) -> Option<TableId> {
    let table = model.table(id);
    match &table.view {
        Some(view) if depth > 0 => {
            let mut reads = view.reads.iter();
            reads.find_map(|id| first_sharded(model, *id, depth - 1))
        }
        _ => table.shard_column().map(|_| id),
    }
}

/// The dialect of a cluster with tables on several servers.
const CLUSTER: Dialect = Cluster::Citus.dialect();

/// A statement with the queries of views, in parentheses.
struct Expanded<'m> {
    text: String,
    pieces: Vec<Piece>,
    /// The views with the places of their queries.
    views: Vec<(Span, &'m ViewQuery)>,
}

/// A token, or a view with its alias, and what stands for it.
struct Piece {
    written: Span,
    at: Range<u32>,
    is_view: bool,
}

/// Where a statement that names views runs. Nothing is found where a query of a view is not understood.
pub(super) fn scattered_over_views(
    asked: &Asked<'_>,
    (text, statement): (&Text<'_>, &Statement),
    named: &Named,
) -> Found {
    let model = asked.checker.model;
    let Some(expanded) = Expanded::of(model, text, statement, named) else {
        return Ok(None);
    };
    let tokens = tokens_of(&expanded.text, text.dialect);
    let own = Text {
        text: &expanded.text,
        tokens: &tokens,
        ..*text
    };
    let Ok(whole) = read_statement(&own) else {
        return Ok(None);
    };
    let found = whole.look(|statement| {
        let checker = asked
            .checker
            .reading_again(own.text, &whole.optional, statement);
        let notes = checker.notes.as_ref().filter(|_| checker.is_right());
        // Else a query of `WITH` has the name of what a view reads.
        match notes.filter(|notes| expanded.are_bound(notes) && asked.depth < DEPTH) {
            Some(_) => {
                let asked = Asked {
                    checker: &checker,
                    depth: asked.depth + 1,
                    ..*asked
                };
                scattered(&asked, &own, statement)
            }
            None => Ok(None),
        }
    });
    match found {
        Ok(found) => Ok(found.map(|mut found| {
            let (span, in_view) = expanded.written(found.span);
            found.in_view |= in_view;
            found.span = span;
            found
        })),
        Err(finding) => Err(Box::new(expanded.reported(*finding))),
    }
}

/// Refuses to write rows of a view where a table of the statement is on several servers. A trigger may stand in for `INSERT`, row by row.
pub(super) fn ensure_written(asked: &Asked<'_>, named: &Named) -> Result<(), Box<Diagnostic>> {
    let checker = asked.checker;
    let model = checker.model;
    let is_refused = |(_, id, event): &&(Span, TableId, &str)| {
        let name = model.table(*id).name.name.to_lowercase();
        let key = (name, (*event).to_owned());
        *event != "insert" || !model.stood_in.contains(&key)
    };
    let Some((span, id, _)) = named.written_views.iter().find(is_refused) else {
        return Ok(());
    };
    let mut tables = checker.tables.iter();
    match tables.any(|id| is_spread(model, asked.engine, *id, DEPTH)) {
        true => Err(findings::written_view(&model.table(*id).name.name, *span)),
        false => Ok(()),
    }
}

/// Whether rows of a table, or of one that a view reads, are on several servers.
fn is_spread(model: &Model, engine: EngineId, id: TableId, depth: usize) -> bool {
    let reads = match &model.table(id).view {
        Some(view) if !view.materialized && depth > 0 => view.reads.as_slice(),
        _ => &[],
    };
    let mut reads = reads.iter();
    matches!(
        place(model, engine, id),
        Place::Reference | Place::Sharded(_)
    ) || reads.any(|id| is_spread(model, engine, *id, depth - 1))
}

impl<'m> Expanded<'m> {
    fn of(model: &'m Model, text: &Text<'_>, statement: &Statement, named: &Named) -> Option<Self> {
        let mut places = Vec::new();
        walk_statement(statement, |node| {
            if let Node::Source(source) = node
                && let SourceKind::Table(name) = &source.kind
                && let Some((_, id)) = named.views.iter().find(|(at, _)| *at == name.name.span)
            {
                places.push((whole_place(source, text), source, *id));
            }
        });
        places.sort_by_key(|(place, ..)| place.start);
        // One that no `FROM` reads: `TABLE v`.
        if places.len() < named.views.len() {
            return None;
        }
        let mut expanded = Self {
            text: String::new(),
            pieces: Vec::new(),
            views: Vec::new(),
        };
        let (mut places, mut end) = (places.into_iter().peekable(), 0);
        for token in text.tokens {
            if token.start < end {
                continue;
            }
            let mut written = Span {
                file: text.file,
                start: token.start,
                end: token.end,
            };
            // Between them may be a comment.
            if end < written.start {
                expanded.text.push('\n');
            }
            let start = expanded.text.len() as u32;
            let view = places.next_if(|(place, ..)| place.start == token.start);
            match &view {
                Some((place, source, id)) => {
                    written = *place;
                    let query = query_of(model, source, *id)?;
                    expanded.text.push_str(&query);
                }
                None => expanded.text.push_str(text.at(token.start, token.end)),
            }
            end = written.end;
            let at = start..expanded.text.len() as u32;
            let view = view.and_then(|(_, _, id)| model.table(id).view.as_ref());
            let place = Span {
                file: text.file,
                start: at.start,
                end: at.end,
            };
            expanded.views.extend(view.map(|view| (place, view)));
            expanded.pieces.push(Piece {
                written,
                at,
                is_view: view.is_some(),
            });
        }
        (expanded.text.len() <= LONGEST).then_some(expanded)
    }

    /// Whether each table that a view reads is the one of its name there.
    fn are_bound(&self, notes: &Notes) -> bool {
        self.views.iter().all(|(place, view)| {
            view.reads.iter().all(|id| {
                let mut tables = notes.tables.iter();
                tables.any(|(span, table)| table == id && is_in(*place, *span))
            })
        })
    }

    /// A place as it is in the statement, and whether it is within a view.
    fn written(&self, span: Span) -> (Span, bool) {
        let piece = |at: u32| {
            let mut pieces = self.pieces.iter();
            pieces.find(|piece| piece.at.contains(&at))
        };
        match (piece(span.start), piece(span.end.saturating_sub(1))) {
            (Some(first), Some(last)) => {
                let span = Span {
                    start: first.written.start,
                    end: last.written.end,
                    ..span
                };
                (span, first.is_view || last.is_view)
            }
            _ => (span, false),
        }
    }

    /// A finding on places of the statement.
    fn reported(&self, mut finding: Diagnostic) -> Diagnostic {
        for label in &mut finding.labels {
            let (span, in_view) = self.written(label.span);
            let text = match in_view {
                true if label.text.is_empty() => "in the query of this view".to_owned(),
                true => format!("in the query of this view: {}", label.text),
                false => std::mem::take(&mut label.text),
            };
            *label = Label { span, text };
        }
        finding
    }
}

/// The place of a table in `FROM` with its alias and the names of its columns.
fn whole_place(source: &Source, text: &Text<'_>) -> Span {
    let mut whole = source.head;
    if let Some(alias) = &source.alias {
        whole.end = alias.span.end;
    }
    if let Some(last) = source.columns.last() {
        let mut closing = text
            .tokens
            .iter()
            .filter(|token| token.start >= last.span.end);
        whole.end = closing.next().map_or(last.span.end, |token| token.end);
    }
    whole
}

/// The query of a view in parentheses, with its alias and the names of its columns.
fn query_of(model: &Model, source: &Source, id: TableId) -> Option<String> {
    let table = model.table(id);
    let view = table.view.as_ref()?;
    let alias = source.alias.as_ref();
    let alias = alias.map_or(table.name.name.as_str(), |alias| alias.text.as_str());
    let own = table.columns.iter().map(|column| column.name.as_str());
    let given = source.columns.iter().map(|column| column.text.as_str());
    let columns = given.chain(own.skip(source.columns.len()));
    let mut sql = SqlWriter::new(CLUSTER);
    // Its last line may be a comment.
    sql.push("(").push(&view.sql).push("\n) AS ");
    sql.identifier(alias).push(" (");
    sql.identifiers(columns).push(")");
    Some(sql.finish())
}
