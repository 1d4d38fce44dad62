//! Spans of `tracing`, named as OpenTelemetry's semantic conventions for databases name them
//! (<https://opentelemetry.io/docs/specs/semconv/db/database-spans/>). They hold no values.

use std::borrow::Cow;

use tracing::Span;
use tracing::field::Empty;

use super::unplaced::unplaced_span;

use super::observer::is_traced;
use super::{Call, Event, EventKind, Observer, Outcome, Sent};
use crate::error::unquoted;

/// The span of what begins, where a subscriber wants it.
pub(super) fn begin(observer: &Observer, call: Option<&Call>, sent: &Sent<'_>) -> Span {
    if !is_traced() {
        return Span::none();
    }
    match sent.kind {
        EventKind::Checkout => checkout(observer),
        EventKind::Statement | EventKind::Begin | EventKind::Commit | EventKind::Rollback => {
            statement(observer, call, sent)
        }
        // They come after their statements.
        EventKind::Insert
        | EventKind::Update
        | EventKind::Save
        | EventKind::Delete
        | EventKind::Upsert
        | EventKind::Sync
        | EventKind::Task
        | EventKind::CompensationPending => Span::none(),
    }
}

fn checkout(observer: &Observer) -> Span {
    let labels = &observer.labels;
    unplaced_span!(
        target: "bindery::checkout",
        "checkout",
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = observer.system(),
        db.client.connection.pool.name = pool_name(observer).as_ref(),
        error.type = Empty,
        bindery.engine = labels.engine,
        bindery.replica = labels.replica.as_deref(),
    )
}

/// The engine's name, with that of the replica.
pub(super) fn pool_name(observer: &Observer) -> Cow<'static, str> {
    let labels = &observer.labels;
    match &labels.replica {
        None => Cow::Borrowed(labels.engine),
        Some(replica) => Cow::Owned(format!("{}/{replica}", labels.engine)),
    }
}

fn statement(observer: &Observer, call: Option<&Call>, sent: &Sent<'_>) -> Span {
    let labels = &observer.labels;
    let operation = operation_name(sent);
    let collection = call.and_then(|call| call.table).map(unquoted);
    let name = match &collection {
        Some(collection) => format!("{operation} {collection}"),
        None => operation.clone().into_owned(),
    };
    let place = call.and_then(|call| call.place);
    let is_batch = sent.times > 1;
    unplaced_span!(
        target: "bindery::statement",
        "statement",
        otel.name = name.as_str(),
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = observer.system(),
        db.namespace = labels.namespace.as_deref(),
        db.operation.name = operation.as_ref(),
        db.operation.batch.size = is_batch.then_some(sent.times),
        db.collection.name = collection.as_deref(),
        db.query.summary = name.as_str(),
        db.query.text = sent.shown_text(),
        db.response.returned_rows = Empty,
        db.response.status_code = Empty,
        server.address = labels.address.as_deref(),
        server.port = labels.port,
        error.type = Empty,
        bindery.engine = labels.engine,
        bindery.replica = labels.replica.as_deref(),
        bindery.model = call.and_then(|call| call.model),
        bindery.query = call.and_then(|call| call.query),
        bindery.operation = call.map(|call| call.operation.to_string()),
        bindery.rows = Empty,
        code.file.path = place.map(|place| place.file()),
        code.line.number = place.map(|place| place.line()),
    )
}

/// The operation as the conventions have it.
fn operation_name(sent: &Sent<'_>) -> Cow<'static, str> {
    let first = operation_word(sent);
    if sent.times > 1 {
        Cow::Owned(format!("BATCH {first}"))
    } else {
        Cow::Borrowed(first)
    }
}

/// The first word of the statement.
pub(super) fn operation_word(sent: &Sent<'_>) -> &'static str {
    if let Some(operation) = sent.operation {
        return operation;
    }
    match sent.kind {
        EventKind::Begin => "BEGIN",
        EventKind::Commit => "COMMIT",
        EventKind::Rollback => "ROLLBACK",
        EventKind::Statement
        | EventKind::Insert
        | EventKind::Update
        | EventKind::Save
        | EventKind::Delete
        | EventKind::Upsert
        | EventKind::Checkout
        | EventKind::Sync
        | EventKind::Task
        | EventKind::CompensationPending => first_word(sent.sql.as_deref().unwrap_or_default()),
    }
}

/// One of the words that statements begin with: a text of the program's own may begin with anything.
fn first_word(sql: &str) -> &'static str {
    const WORDS: &[&str] = &[
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "WITH",
        "VALUES",
        "COPY",
        "CREATE",
        "ALTER",
        "DROP",
        "TRUNCATE",
        "SAVEPOINT",
        "RELEASE",
        "ROLLBACK",
        "SET",
        "SHOW",
        "CALL",
        "EXPLAIN",
        "PRAGMA",
        "LOCK",
        "REFRESH",
        "VACUUM",
        "ANALYZE",
    ];
    let first = sql
        .trim_start()
        .split(|char: char| !char.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let found = WORDS.iter().find(|word| word.eq_ignore_ascii_case(first));
    found.copied().unwrap_or("EXECUTE")
}

/// Whether it is one statement of which a database can say how it would run it.
pub(super) fn can_be_explained(sent: &Sent<'_>) -> bool {
    match first_word(sent.sql.as_deref().unwrap_or_default()) {
        "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" => sent.times == 1,
        _ => false,
    }
}

impl Sent<'_> {
    /// The text, unless it was put together at run time: it may hold values then.
    pub(super) fn shown_text(&self) -> Option<&str> {
        self.sql.as_deref().filter(|_| self.is_fixed)
    }
}

/// Records the text of a statement that was begun without.
pub(super) fn sent_as(span: &Span, sent: &Sent<'_>) {
    if let Some(text) = sent.shown_text() {
        span.record("db.query.text", text);
    }
}

/// Records how it ended.
pub(super) fn end(span: &Span, event: &Event<'_>) {
    if span.is_disabled() {
        return;
    }
    if let Some(rows) = event.rows {
        span.record("bindery.rows", rows);
        let returns = event.operation.is_none_or(|operation| !operation.writes());
        if returns {
            span.record("db.response.returned_rows", rows);
        }
    }
    match event.outcome {
        Outcome::Succeeded => {}
        Outcome::Failed(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind().name());
            if let Some(code) = error.code() {
                span.record("db.response.status_code", code);
            }
        }
        // Attempts at tasks have no spans of their own.
        Outcome::HandlerFailed { .. } => {}
        Outcome::Panicked => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", "panic");
        }
    }
}
