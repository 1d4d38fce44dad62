//! A stream of rows: they are read on a worker thread and awaited one by one, with a bounded number of them in between.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::{Run, Workers};
use crate::error::{Error, ErrorKind, Operation, Result};

/// Rows that are read ahead.
const AHEAD: usize = 64;

/// Rows of a worker thread, for asynchronous code: [`stream`](crate::generic::GeneratedDatabases::stream). It is a `Stream` of
/// `futures_core`, and needs no other crate: [`try_next`](Self::try_next).
///
/// Nothing is done before it is polled. Up to 64 rows are read ahead; the thread and its connection then wait for the task.
/// Dropping it cancels the statement, as dropping [`Run`] does.
///
/// # Panics
/// A panic of the work goes on in the task that polls.
#[must_use = "streams do nothing unless they are polled"]
pub struct RowStream<T> {
    channel: Arc<Channel<T>>,
    /// `None` once it has ended.
    work: Option<Run<()>>,
    /// That of the work, after the rows before it.
    error: Option<Error>,
}

/// Where the work of a [`RowStream`] puts its rows: [`stream_with`](crate::generic::GeneratedDatabases::stream_with).
pub struct RowSender<T>(Arc<Channel<T>>);

struct Channel<T> {
    state: Mutex<StreamState<T>>,
    /// There is room, or no task wants the rows any more.
    has_room: Condvar,
}

struct StreamState<T> {
    rows: VecDeque<T>,
    /// Of a task that has found no row.
    waker: Option<Waker>,
    is_dropped: bool,
}

impl<T: Send + 'static> RowStream<T> {
    pub(crate) fn new(
        workers: &Arc<Workers>,
        work: impl FnOnce(&mut RowSender<T>) -> Result<()> + Send + 'static,
    ) -> Self {
        let channel = Arc::new(Channel {
            state: Mutex::new(StreamState {
                rows: VecDeque::new(),
                waker: None,
                is_dropped: false,
            }),
            has_room: Condvar::new(),
        });
        let mut sender = RowSender(Arc::clone(&channel));
        let work = Run::new(workers, move || work(&mut sender));
        Self {
            channel,
            work: Some(work),
            error: None,
        }
    }
}

impl<T> RowStream<T> {
    /// The next row; `None` after the last. An error is the last item.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// Those of the work; nothing follows then.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.next().await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        if let Some(row) = self.channel.take(self.work.is_some().then_some(context)) {
            return Poll::Ready(Some(Ok(row)));
        }
        if let Some(work) = &mut self.work {
            let Poll::Ready(ended) = Future::poll(Pin::new(work), context) else {
                return Poll::Pending;
            };
            self.work = None;
            self.error = ended.err();
            // It may have put rows there since.
            return self.poll(context);
        }
        Poll::Ready(self.error.take().map(Err))
    }
}

impl<T> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll(context)
    }
}

impl<T> RowSender<T> {
    /// Puts a row there for the task, and waits while 64 are there.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled): the stream was dropped.
    pub fn send(&mut self, row: T) -> Result<()> {
        let mut state = self.0.lock();
        while state.rows.len() >= AHEAD && !state.is_dropped {
            let waited = self.0.has_room.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_dropped {
            return Err(Error::new(ErrorKind::Cancelled).during(Operation::Select));
        }
        state.rows.push_back(row);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        Ok(())
    }
}

impl<T> Channel<T> {
    /// Takes the first row; where there is none, the task is woken for the next.
    fn take(&self, context: Option<&mut Context<'_>>) -> Option<T> {
        let mut state = self.lock();
        let row = state.rows.pop_front();
        match row {
            // A thread that waits for room goes on with half of it, not for each row.
            Some(_) if state.rows.len() == AHEAD / 2 => self.has_room.notify_all(),
            Some(_) => {}
            None => state.waker = context.map(|context| context.waker().clone()),
        }
        row
    }

    /// Nothing of the program's runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, StreamState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work that waits for room ends; work that reads is cancelled.
impl<T> Drop for RowStream<T> {
    fn drop(&mut self) {
        let mut state = self.channel.lock();
        state.is_dropped = true;
        let rows = std::mem::take(&mut state.rows);
        self.channel.has_room.notify_all();
        drop(state);
        drop(rows);
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RowStream")
    }
}

impl<T> fmt::Debug for RowSender<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RowSender")
    }
}
