//! One line of what is reported.

use std::time::Duration;

use serde::Serialize;

use super::level::Level;
use crate::output::Stream;
use crate::text;

/// Something that was looked at on one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    section: &'static str,
    pub(crate) level: Level,
    /// The thing that waits, in words.
    text: String,
    /// The number of those that wait.
    count: usize,
    /// The age of the oldest of them, where it is known.
    oldest_ms: Option<u64>,
    /// The remedy: a command that can be typed in.
    hint: Option<String>,
    /// The calls that go to a host or replica.
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<Route>,
}

/// Which calls go to a host or replica; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct Route {
    pub(crate) name: String,
    /// `writes`, `reads`, both or none.
    pub(crate) takes: Vec<&'static str>,
    /// How far it is behind its primary, where that is known.
    pub(crate) lag_ms: Option<u64>,
    /// Why nothing goes there.
    pub(crate) left_out: Option<String>,
}

impl Route {
    /// `reads go there`, `nothing goes there: it is down`.
    pub(crate) fn sentence(&self) -> String {
        let why = self.left_out.iter().map(|why| format!(": {why}"));
        match &*self.takes {
            [] => format!("nothing goes there{}", why.collect::<String>()),
            takes => format!("{} go there", takes.join(" and ")),
        }
    }
}

impl Row {
    /// All is well, and nothing waits.
    pub(crate) fn new(section: &'static str, text: impl Into<String>) -> Self {
        Self {
            section,
            level: Level::Ok,
            text: text.into(),
            count: 0,
            oldest_ms: None,
            hint: None,
            route: None,
        }
    }

    /// Sets which calls go there.
    pub(crate) fn route(mut self, route: Route) -> Self {
        self.route = Some(route);
        self
    }

    /// Sets how many wait.
    pub(crate) fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Sets the age of the oldest.
    pub(crate) fn oldest(mut self, age: Option<Duration>) -> Self {
        self.oldest_ms = age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Sets how well it is.
    pub(crate) fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sets what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// `warning    migrations on b: 2 pending`, and the hint where all is not well.
    pub(crate) fn line(&self, engine: &str, stream: Stream) -> String {
        let word = self.level.painted(stream);
        let age = self.oldest_ms.map(Duration::from_millis);
        let which = if self.count > 1 { "the oldest " } else { "" };
        let age = age.map_or(String::new(), |age| {
            format!(", {which}{} old", text::time(age))
        });
        let line = format!("{word}  {} on {engine}: {}{age}\n", self.section, self.text);
        let hint = self.hint.iter().filter(|_| self.level > Level::Ok);
        line + &hint
            .map(|hint| format!("           {hint}\n"))
            .collect::<String>()
    }
}
