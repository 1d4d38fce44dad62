//! Statements in the log: slow ones, and all of an engine that echoes. Values are hidden unless the configuration shows them.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bindery_core::config::LogConfig;

use super::Event;

/// A plan of a slow statement is looked up once in this time for each engine.
const PLANS_EVERY: Duration = Duration::from_secs(1);

/// The way in which one statement is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) is_slow: bool,
    pub(crate) is_echoed: bool,
    pub(crate) with_plan: bool,
    pub(crate) with_values: bool,
}

/// When the last plan of an engine was looked up.
pub(super) struct Plans {
    started: Instant,
    /// In milliseconds after `started`; the first may be looked up at once.
    next: AtomicU64,
}

impl Default for Plans {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            next: AtomicU64::new(0),
        }
    }
}

impl Plans {
    /// Whether one more plan may be logged by now; the next then has to wait.
    fn take(&self) -> bool {
        let now = millis(self.started.elapsed());
        let next = self.next.load(Ordering::Relaxed);
        let after = now + millis(PLANS_EVERY);
        now >= next
            && self
                .next
                .compare_exchange(next, after, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// The way in which a statement that took this long is logged; `None` where it is not.
    pub(super) fn logged(
        &self,
        config: &LogConfig,
        took: Duration,
        (is_own, can_be_explained): (bool, bool),
    ) -> Option<Logged> {
        let is_slow = !is_own && config.slow_statement.is_some_and(|limit| took >= limit);
        let is_echoed = echoed(config, took).is_some();
        let is_wanted = is_echoed && config.echo_plan;
        let with_plan = can_be_explained && (is_wanted || (is_slow && self.take()));
        (is_slow || is_echoed).then_some(Logged {
            is_slow,
            is_echoed,
            with_plan,
            with_values: config.echo_values,
        })
    }
}

/// The way in which what begins or ends a transaction is logged: where all is.
pub(super) fn echoed(config: &LogConfig, took: Duration) -> Option<Logged> {
    let is_echoed = config.echo && config.echo_from.is_none_or(|from| took >= from);
    is_echoed.then_some(Logged {
        is_slow: false,
        is_echoed,
        with_plan: false,
        with_values: false,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Logs a statement. `shown` is its text where that holds no values.
pub(super) fn log(logged: Logged, event: &Event<'_>, shown: Option<&str>, values: Option<&str>) {
    if logged.is_slow {
        tracing::warn!(target: "bindery::slow", { bindery.engine = event.engine,
            bindery.model = event.model,
            duration_ms = millis(event.duration),
            rows = event.rows,
            place = event.place.map(tracing::field::display),
            db.query.text = shown,
            values }, "a slow statement");
    }
    if logged.is_echoed {
        echo(event, values);
    }
}

fn echo(event: &Event<'_>, values: Option<&str>) {
    let text = event.statement.unwrap_or_default();
    if tracing::enabled!(target: "bindery::echo", tracing::Level::INFO) {
        tracing::info!(target: "bindery::echo", { bindery.engine = event.engine,
            duration_ms = millis(event.duration),
            rows = event.rows,
            failed = event.outcome.error().map(|error| error.kind().name()),
            db.query.text = text,
            values }, "statement");
        return;
    }
    let rows = event
        .rows
        .map(|rows| format!(", {rows} rows"))
        .unwrap_or_default();
    let values = values
        .map(|values| format!(" {values}"))
        .unwrap_or_default();
    print(format_args!(
        "[{}] {:.1?}{rows}: {text}{values}",
        event.engine, event.duration
    ));
}

/// Logs the plan of a statement that was logged before.
pub(crate) fn log_plan(logged: Logged, engine: &'static str, shown: Option<&str>, plan: &str) {
    if logged.is_slow {
        tracing::warn!(target: "bindery::slow", { bindery.engine = engine,
            db.query.text = shown,
            plan }, "the plan of a slow statement");
    }
    if logged.is_echoed {
        if tracing::enabled!(target: "bindery::echo", tracing::Level::INFO) {
            tracing::info!(target: "bindery::echo", { bindery.engine = engine, db.query.text = shown, plan }, "plan");
        } else {
            print(format_args!("[{engine}] plan:\n{plan}"));
        }
    }
}

/// A program with an echo and without a subscriber of `tracing` sees it on its standard error.
fn print(line: std::fmt::Arguments<'_>) {
    // Where it is closed, nothing can be shown.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
