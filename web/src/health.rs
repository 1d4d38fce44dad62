//! Health and readiness: what an orchestrator or a load balancer wants to know of a program.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use bindery::Registry;
use http::{HeaderValue, Request, Response, StatusCode, header};
use tokio::sync::{Mutex, oneshot};
use tower_service::Service;

use crate::error::plain;

/// Below the second after which Kubernetes gives a probe up.
const LIMIT: Duration = Duration::from_millis(800);
const KEPT_FOR: Duration = Duration::from_secs(2);

/// The handler of `/healthz`: the process is up and answers. It looks at no database, so that a database that is down does
/// not have every instance of the program restarted.
pub async fn healthz() -> &'static str {
    "ok"
}

/// The service of `/readyz`: `200` where every engine can be used, else `503`.
///
/// Every engine is checked by [`Registry::check`], all in parallel, which connects, and compares the tables with those that the
/// program was compiled for. However many probes come, one check is made at a time and its outcome holds for 2 seconds. One that
/// has not ended within 800 milliseconds counts as not ready. In axum: `.route_service("/readyz", Readiness::new(&db))`.
#[derive(Clone)]
pub struct Readiness {
    shared: Arc<Shared>,
    is_detailed: bool,
    limit: Duration,
    kept_for: Duration,
}

struct Shared {
    registry: Registry,
    state: Mutex<ReadinessState>,
}

#[derive(Default)]
struct ReadinessState {
    last: Option<(Instant, Report)>,
    /// A check that is being made, also one that a probe has stopped waiting for.
    running: Option<oneshot::Receiver<(Instant, Report)>>,
}

/// The answer of each engine.
type Report = Arc<[(&'static str, Result<(), String>)]>;

impl Readiness {
    /// Checks the engines of these databases.
    pub fn new(db: &impl AsRef<Registry>) -> Self {
        let shared = Shared {
            registry: db.as_ref().clone(),
            state: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            is_detailed: false,
            limit: LIMIT,
            kept_for: KEPT_FOR,
        }
    }

    /// Sets how long a probe waits for a check: less than the probe's own limit.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets for how long the outcome of a check holds.
    #[must_use]
    pub fn kept_for(mut self, time: Duration) -> Self {
        self.kept_for = time;
        self
    }

    /// Has the response name each engine, with the error of one that is not ready. Errors name hosts and tables: for a port
    /// that only the operators reach.
    #[must_use]
    pub fn with_details(mut self) -> Self {
        self.is_detailed = true;
        self
    }

    /// Returns whether every engine is ready.
    pub async fn is_ready(&self) -> bool {
        let report = self.report().await;
        report.is_some_and(|report| is_ready(&report))
    }

    /// `None` where the check has not ended in time.
    async fn report(&self) -> Option<Report> {
        let checked = tokio::time::timeout(self.limit, self.checked());
        checked.await.ok().flatten()
    }

    /// The outcome of the last check, of the running one, or of a new one. Probes that come meanwhile wait here for the same.
    async fn checked(&self) -> Option<Report> {
        let mut state = self.shared.state.lock().await;
        if let Some((at, report)) = &state.last
            && at.elapsed() < self.kept_for
        {
            return Some(Arc::clone(report));
        }
        loop {
            let is_new = state.running.is_none();
            // It stays there while it is waited for: a probe that stops waiting leaves it to the next.
            let running = state.running.get_or_insert_with(|| self.begin());
            let checked = running.await.ok();
            state.running = None;
            let (at, report) = checked?;
            // One that no probe has waited for may have ended long ago.
            if is_new || at.elapsed() < self.kept_for {
                state.last = Some((at, Arc::clone(&report)));
                return Some(report);
            }
        }
    }

    /// On a thread of its own: the worker threads may all wait for the database that is down.
    fn begin(&self) -> oneshot::Receiver<(Instant, Report)> {
        let registry = self.shared.registry.clone();
        let (sender, receiver) = oneshot::channel();
        let thread = thread::Builder::new().name("bindery-readiness".to_owned());
        // Where there is no thread, the receiver has an error immediately.
        let _ = thread.spawn(move || {
            let report = check(&registry);
            sender.send((Instant::now(), report))
        });
        receiver
    }

    async fn response<B: From<String>>(self) -> Response<B> {
        let report = self.report().await;
        let ready = report.as_ref().is_some_and(|report| is_ready(report));
        let (status, word) = if ready {
            (StatusCode::OK, "ready")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        };
        let mut text = word.to_owned();
        if self.is_detailed {
            details(&mut text, report.as_deref());
        }
        let mut response = plain(status, text);
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        response
    }
}

fn check(registry: &Registry) -> Report {
    let answers = registry.check().into_iter();
    answers
        .map(|(engine, answer)| (engine, answer.map_err(|error| error.to_string())))
        .collect()
}

fn is_ready(report: &[(&str, Result<(), String>)]) -> bool {
    report.iter().all(|(_, answer)| answer.is_ok())
}

fn details(text: &mut String, report: Option<&[(&str, Result<(), String>)]>) {
    let Some(report) = report else {
        text.push_str("\nnot checked in time");
        return;
    };
    for (engine, answer) in report {
        let answer = answer.as_ref().map_or_else(String::as_str, |()| "ready");
        text.push_str(&format!("\n{engine}: {answer}"));
    }
}

impl<B> Service<Request<B>> for Readiness {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        let readiness = self.clone();
        Box::pin(async move { Ok(readiness.response().await) })
    }
}
