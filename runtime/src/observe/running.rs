//! One thing that is under way: a statement, a commit, a checkout. Its event is emitted at its end.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;
use std::time::Instant;

use bindery_core::dialect::Dialect;
use tracing::Span;
use tracing::span::EnteredSpan;

use super::{Event, EventKind, Notes, Observer, Outcome, ensure_outside, span};
use crate::error::{Error, Operation};
use crate::value::ParamWriter;
use crate::value::recorded::RecordedValues;

/// The call of the program that statements are part of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) model: Option<&'static str>,
    /// Its name as statements write it.
    pub(crate) table: Option<&'static str>,
    /// The query of a file, as `module::function`.
    pub(crate) query: Option<&'static str>,
    pub(crate) place: Option<&'static Location<'static>>,
    /// It is bindery's own: no warning is about its statements, which the program cannot change.
    pub(crate) is_own: bool,
}

/// The first word of a statement, the table of the call's model as statements write it, and the query of a file.
pub(super) type StatementLabels = (&'static str, Option<&'static str>, Option<&'static str>);

impl Call {
    /// A call that is about no model.
    pub(crate) fn of(operation: Operation, place: Option<&'static Location<'static>>) -> Self {
        Self {
            operation,
            model: None,
            table: None,
            query: None,
            place,
            is_own: false,
        }
    }

    /// The same as bindery's own.
    pub(crate) fn own(self) -> Self {
        Self {
            is_own: true,
            ..self
        }
    }

    /// A call of a repository or query.
    pub(crate) fn on_model(
        operation: Operation,
        model: &'static str,
        table: &'static str,
        place: &'static Location<'static>,
    ) -> Self {
        Self {
            model: Some(model),
            table: Some(table),
            ..Self::of(operation, Some(place))
        }
    }
}

/// The text that is sent.
pub(crate) struct Sent<'s> {
    pub(crate) kind: EventKind,
    pub(crate) sql: Option<Cow<'s, str>>,
    /// The text is the same each time, so that it can be shown: one that was put together may hold values.
    pub(crate) is_fixed: bool,
    pub(crate) times: u64,
    /// It is bindery's own, or its form is: no warning is about it.
    pub(crate) is_own: bool,
    /// The operation, where the text is known only at the end.
    pub(crate) operation: Option<&'static str>,
    /// The values that were bound, recorded; where the log needs them.
    pub(crate) values: Option<Vec<u8>>,
}

impl<'s> Sent<'s> {
    pub(crate) fn statement(sql: impl Into<Cow<'s, str>>) -> Self {
        Self {
            kind: EventKind::Statement,
            sql: Some(sql.into()),
            ..Self::other(EventKind::Statement)
        }
    }

    /// Many rows are inserted, by whatever statement the driver finds best: see [`Running::was_sent_as`].
    pub(crate) fn rows(rows: usize) -> Self {
        Self {
            operation: Some("INSERT"),
            times: rows as u64,
            is_own: true,
            ..Self::other(EventKind::Statement)
        }
    }

    /// Ends or begins a transaction, or takes a connection.
    pub(crate) fn other(kind: EventKind) -> Self {
        Self {
            kind,
            sql: None,
            is_fixed: true,
            operation: None,
            values: None,
            times: 1,
            is_own: false,
        }
    }

    pub(crate) fn times(self, times: usize) -> Self {
        Self {
            times: times as u64,
            ..self
        }
    }

    pub(crate) fn own(self) -> Self {
        Self {
            is_own: true,
            ..self
        }
    }

    pub(crate) fn fixed(self, is_fixed: bool) -> Self {
        Self { is_fixed, ..self }
    }
}

/// From its beginning to its end. Where it is dropped while the thread panics, it panicked.
pub(crate) struct Running<'s> {
    observer: Arc<Observer>,
    sent: Sent<'s>,
    call: Option<Call>,
    started: Instant,
    pub(crate) rows: Option<u64>,
    span: Span,
    entered: Option<EnteredSpan>,
    notes: Option<Arc<Notes>>,
    has_ended: bool,
}

impl<'s> Running<'s> {
    /// Begins; what happens in between is within its span.
    pub(crate) fn begin(observer: &Arc<Observer>, call: Option<Call>, sent: Sent<'s>) -> Self {
        let mut running = Self::begin_beside(observer, call, sent);
        if !running.span.is_disabled() {
            running.entered = Some(running.span.clone().entered());
        }
        running
    }

    /// Begins something that goes on while the program does other things.
    pub(crate) fn begin_beside(
        observer: &Arc<Observer>,
        call: Option<Call>,
        sent: Sent<'s>,
    ) -> Self {
        ensure_outside();
        // A statement that no call of the program sends is bindery's own.
        let is_own = sent.is_own || call.is_none_or(|call| call.is_own);
        let sent = Sent { is_own, ..sent };
        let span = span::begin(observer, call.as_ref(), &sent);
        Self {
            observer: Arc::clone(observer),
            sent,
            call,
            started: Instant::now(),
            rows: None,
            span,
            entered: None,
            notes: None,
            has_ended: false,
        }
    }

    /// Has it noted with its connection.
    pub(crate) fn noted(mut self, notes: &Arc<Notes>) -> Self {
        self.notes = Some(Arc::clone(notes));
        self
    }

    /// Records the values that are bound, where the log needs them.
    pub(crate) fn record(&mut self, dialect: Dialect, write: &mut dyn FnMut(&mut ParamWriter<'_>)) {
        if self.observer.wants_values() {
            let mut values = RecordedValues::new();
            let mut params = ParamWriter::recording_for(&mut values, dialect);
            write(&mut params);
            // A refused statement was not sent.
            let is_whole = params.finish_recording().is_ok();
            self.sent.values = is_whole.then(|| values.bytes().to_vec());
        }
    }

    /// This was the text.
    pub(crate) fn was_sent_as(&mut self, sql: String) {
        self.sent.sql = Some(Cow::Owned(sql));
        span::sent_as(&self.span, &self.sent);
    }

    /// Nothing was sent after all.
    pub(crate) fn forget(mut self) {
        self.has_ended = true;
    }

    /// More rows came.
    pub(crate) fn count_rows(&mut self, rows: u64) {
        *self.rows.get_or_insert(0) += rows;
    }

    /// It ended, with this error if with one.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        self.emit(Outcome::of(error));
    }

    fn emit(&mut self, outcome: Outcome<'_>) {
        self.has_ended = true;
        let call = self.call;
        let event = Event {
            kind: self.sent.kind,
            engine: self.observer.labels.engine,
            replica: self.observer.labels.replica.as_deref(),
            model: call.and_then(|call| call.model),
            operation: call.map(|call| call.operation),
            name: call.and_then(|call| call.query),
            statement: self.sent.sql.as_deref(),
            times: self.sent.times,
            rows: self.rows,
            duration: self.started.elapsed(),
            outcome,
            place: call.and_then(|call| call.place),
        };
        span::end(&self.span, &event);
        self.entered = None;
        let (table, query) = call.map_or((None, None), |call| (call.table, call.query));
        self.observer
            .record(&event, || (span::operation_word(&self.sent), table, query));
        self.observer
            .emit(&event, &self.sent, self.notes.as_deref());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        let outcome = if std::thread::panicking() {
            Outcome::Panicked
        } else {
            Outcome::Succeeded
        };
        self.emit(outcome);
    }
}
