//! Views: Citus plans a statement with the query of each view where the view is named, and so it is classed.

use std::ops::Range;

use super::notes::Notes;
use super::parts::{Named, Place, is_citus, is_in, place};
use super::{Asked, Found, Scattered, findings, scattered};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics, Label};
use crate::dialect::Dialect;
use crate::model::{ColumnId, EngineId, Model, TableId, ViewQuery};
use crate::source::{FileId, Span};
use crate::sql_writer::SqlWriter;
use crate::syntax::{
    Node, Source, SourceKind, Statement, Text, read_statement, tokens_of, walk_statement,
};
use crate::typing::through_view::DEPTH;
use crate::typing::{self, Annotations};

/// Texts that views make longer are not classed.
const LONGEST: usize = 1 << 20;

/// The sharded tables behind the rows of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpreadView {
    /// With a condition of one value on this column one server makes the rows.
    pub column: Option<ColumnId>,
    /// The first of the tables.
    pub table: TableId,
}

/// The sharded tables that the rows of a view are made of, where one of its engines is a Citus cluster and several servers make all of them.
pub fn spread_view(model: &Model, id: TableId) -> Option<SpreadView> {
    let view = model.table(id);
    view.view.as_ref()?;
    let mut engines = view.engines.iter().copied();
    let engine = engines.find(|engine| is_citus(model, *engine))?;
    let table = first_sharded(model, id)?;
    if is_of_one_server(model, (engine, id), None) {
        return None;
    }
    let mut columns = (0..view.columns.len() as u32).map(ColumnId);
    let column = columns.find(|column| {
        let name = view.column(*column).name.as_str();
        is_of_one_server(model, (engine, id), Some(name))
    });
    Some(SpreadView { column, table })
}

/// Whether one server makes all rows of a view, or those with one value of a column.
fn is_of_one_server(
    model: &Model,
    (engine, id): (EngineId, TableId),
    column: Option<&str>,
) -> bool {
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
    let source = typing::Source {
        text: &text,
        tokens: &tokens_of(&text, CLUSTER),
        file: FileId(0),
        dialect: CLUSTER,
        kind: "SELECT",
        engines: &[engine],
        annotations: &Annotations::default(),
    };
    let checked = typing::statement(model, &source, &mut Diagnostics::default());
    checked.is_some_and(|checked| checked.scattered.is_none())
}

/// The tables whose rows a view has or is made of, through others too. Those of a materialized view are its own.
fn tables_behind(model: &Model, id: TableId) -> Vec<TableId> {
    let (mut open, mut found) = (vec![id], Vec::new());
    while let Some(id) = open.pop() {
        if found.contains(&id) {
            continue;
        }
        found.push(id);
        let view = model.table(id).view.as_ref();
        let reads = view.filter(|view| !view.materialized);
        open.extend(reads.into_iter().flat_map(|view| &view.reads));
    }
    found
}

fn first_sharded(model: &Model, id: TableId) -> Option<TableId> {
    let mut tables = tables_behind(model, id).into_iter();
    tables.find(|id| model.table(*id).shard_column().is_some())
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

/// Returns the class of a statement that names views. One that is not understood with their queries is taken to need all shards.
pub(super) fn scattered_over_views(
    asked: &Asked<'_>,
    (text, statement): (&Text<'_>, &Statement),
    named: &Named,
) -> Found {
    let model = asked.checker.model;
    let expanded = Expanded::of(model, text, statement, named);
    let found = expanded.and_then(|expanded| expanded.classed(asked, text));
    found.unwrap_or_else(|| {
        let mut views = named.views.iter();
        Ok(views.find_map(|&(span, id)| {
            let table = first_sharded(model, id)?;
            let in_view = true;
            Some(Scattered {
                table,
                span,
                in_view,
            })
        }))
    })
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
    let tables = checker.tables.iter();
    let mut tables = tables.flat_map(|id| tables_behind(model, *id));
    let is_spread = |id| {
        let place = place(model, asked.engine, id);
        matches!(place, Place::Reference | Place::Sharded(_))
    };
    match tables.any(is_spread) {
        true => Err(findings::written_view(&model.table(*id).name.name, *span)),
        false => Ok(()),
    }
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

    /// The class of the statement with the queries; `None` where it is not understood, or a query of `WITH` has the name of what a view reads.
    fn classed(&self, asked: &Asked<'_>, text: &Text<'_>) -> Option<Found> {
        let tokens = tokens_of(&self.text, text.dialect);
        let own = Text {
            text: &self.text,
            tokens: &tokens,
            ..*text
        };
        let whole = read_statement(&own).ok()?;
        let found = whole.look(|statement| {
            let checker = asked
                .checker
                .reading_again(own.text, &whole.optional, statement);
            let notes = checker.notes.as_ref()?;
            let is_right = checker.is_right() && self.are_bound(notes) && asked.depth < DEPTH;
            let asked = Asked {
                checker: &checker,
                depth: asked.depth + 1,
                ..*asked
            };
            is_right.then(|| scattered(&asked, &own, statement))
        })?;
        Some(match found {
            Ok(found) => Ok(found.map(|found| {
                let (span, in_view) = self.written(found.span);
                Scattered {
                    table: found.table,
                    span,
                    in_view: found.in_view || in_view,
                }
            })),
            Err(finding) => Err(Box::new(self.reported(*finding))),
        })
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
        let mut tokens = text.tokens.iter();
        let closing = tokens.find(|token| token.start >= last.span.end);
        whole.end = closing.map_or(last.span.end, |token| token.end);
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
