//! The streams of text and its looks: results to standard output, messages to standard error, colours where wanted.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use anstyle::{AnsiColor, Style};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::render::{self, Finding};
use bindery_schema::source::Sources;

use crate::failure::{Ended, Failure};
use crate::options::{Colour, Format};

/// Lines longer than this are hard to read, on however wide a terminal.
const WIDEST: usize = 100;
/// The width where there is no terminal.
const PLAIN_WIDTH: usize = 100;

/// The two streams of this run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    results: Stream,
    messages: Stream,
}

/// The looks of text on one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    coloured: bool,
    /// Characters of a line.
    pub(crate) width: usize,
    /// Columns of the terminal, where there is one.
    columns: Option<usize>,
}

/// The role of a piece of text, which decides its colour.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paint {
    Heading,
    Good,
    Bad,
    Faint,
    Code,
}

impl Output {
    /// Looks at the streams and the environment of this process.
    pub(crate) fn new(colour: Colour) -> Self {
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = columns.map_or(PLAIN_WIDTH, |columns| columns.clamp(20, WIDEST));
        let stream = |is_terminal: bool| Stream {
            coloured: is_coloured(colour, is_terminal),
            width: if is_terminal { width } else { PLAIN_WIDTH },
            columns: columns.filter(|_| is_terminal),
        };
        Self {
            results: stream(io::stdout().is_terminal()),
            messages: stream(io::stderr().is_terminal()),
        }
    }

    /// Returns how results look.
    pub(crate) fn results(&self) -> Stream {
        self.results
    }

    /// Writes a result. A reader that has gone away has seen enough: that is not a failure.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        HAS_RESULT.store(true, Ordering::Relaxed);
        let mut stream = io::stdout().lock();
        match stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
        {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(format!(
                "standard output cannot be written: {error}"
            ))),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes a message. Where standard error is closed it is dropped.
    pub(crate) fn message(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    pub(crate) fn has_terminal(&self) -> bool {
        self.messages.columns.is_some()
    }

    /// Writes how far a command is, over what was written so before. Only on a terminal.
    pub(crate) fn progress(&self, text: &str) {
        if self.has_terminal() {
            self.message(&format!("\r\u{1b}[K{text}"));
        }
    }

    /// Writes a message, unless this run has written it already.
    pub(crate) fn once(&self, text: &str) {
        if !text.is_empty() && is_new(text.to_owned()) {
            self.message(text);
        }
    }

    /// The findings that this run has not written yet, whichever part of the command found them.
    pub(crate) fn unwritten(found: &Diagnostics, sources: &Sources) -> Diagnostics {
        filtered(found, sources, is_new)
    }

    /// The findings of a document, each once. A document is whole by itself: it has those, too, that are among the messages.
    pub(crate) fn each_once(found: &Diagnostics, sources: &Sources) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let once = filtered(found, sources, |finding| seen.insert(finding));
        render::findings(&once, sources)
    }

    /// Writes findings as messages.
    pub(crate) fn findings(&self, found: &Diagnostics, sources: &Sources) {
        let style = if self.messages.coloured {
            render::Style::Coloured
        } else {
            render::Style::Plain
        };
        self.message(&match self.messages.columns {
            Some(columns) => render::render_within(found, sources, style, columns),
            None => render::render(found, sources, style),
        });
    }

    /// Reports findings that are new, in this form: annotations of a build log are a result, the others are messages.
    pub(crate) fn report(
        &self,
        found: &Diagnostics,
        sources: &Sources,
        format: Format,
    ) -> Result<(), Failure> {
        let new = Self::unwritten(found, sources);
        match format {
            Format::Human | Format::Json => {
                self.findings(&new, sources);
                Ok(())
            }
            Format::Github => self.result(&render::github(&new, sources)),
        }
    }

    /// The same; fails where one is an error.
    pub(crate) fn report_errors(
        &self,
        found: &Diagnostics,
        sources: &Sources,
        format: Format,
    ) -> Result<(), Failure> {
        self.report(found, sources, format)?;
        if found.has_errors() {
            Err(Failure::Told)
        } else {
            Ok(())
        }
    }

    /// Writes why engines failed; fails where one did.
    pub(crate) fn failures(&self, failures: &[Failure]) -> Result<(), Failure> {
        failures.iter().for_each(|failure| self.failure(failure));
        if failures.is_empty() {
            Ok(())
        } else {
            Err(Failure::Told)
        }
    }

    /// Writes why a command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        let is_said = matches!(failure, Failure::Told | Failure::Critical);
        if !is_said {
            FIRST_FAILURE.get_or_init(|| Ended::from(failure));
        }
        match failure {
            Failure::Told | Failure::Critical => {}
            Failure::Written(text) => self.message(&format!("{text}\n")),
            Failure::Message { message, help, .. } => {
                let error = self.messages.paint(Paint::Bad, "error");
                let help = help.as_ref().map(|help| format!("  = help: {help}\n"));
                let help = help.unwrap_or_default();
                self.message(&format!("{error}: {message}\n{help}"));
            }
        }
    }

    /// The first of what a command failed of, where it has written no result.
    pub(crate) fn failure_without_result(&self) -> Option<&'static Ended> {
        let has_result = HAS_RESULT.load(Ordering::Relaxed);
        FIRST_FAILURE.get().filter(|_| !has_result)
    }
}

/// Whether this run, which is one command's, has written a result.
static HAS_RESULT: AtomicBool = AtomicBool::new(false);

/// Why it failed.
static FIRST_FAILURE: OnceLock<Ended> = OnceLock::new();

/// The findings that are new by their code, message and place.
fn filtered(
    found: &Diagnostics,
    sources: &Sources,
    mut is_new: impl FnMut(String) -> bool,
) -> Diagnostics {
    let mut new = Diagnostics::default();
    for one in found.iter() {
        let place = one.labels.first().map(|label| {
            let path = sources.file(label.span.file).path();
            format!("{path}:{}", label.span.start)
        });
        if is_new(format!("{} {} {place:?}", one.code, one.message)) {
            new.push(one.clone());
        }
    }
    new
}

/// Whether this is the first time in this run, which is one command's.
fn is_new(text: String) -> bool {
    static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    written.insert(text)
}

impl Stream {
    /// The text in the colour of what it is.
    pub(crate) fn paint(self, paint: Paint, text: &str) -> String {
        if self.coloured {
            let style = paint.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

impl Paint {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Heading => Style::new().bold(),
            Self::Good => colour(AnsiColor::Green).bold(),
            Self::Bad => colour(AnsiColor::BrightRed).bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Code => colour(AnsiColor::Cyan),
        }
    }
}

/// NO_COLOR counts when it is set and not empty (no-color.org); CLICOLOR_FORCE and FORCE_COLOR ask for colours without a
/// terminal, CLICOLOR=0 for none on one (bixense.com/clicolors); a terminal that calls itself dumb knows none.
fn is_coloured(colour: Colour, is_terminal: bool) -> bool {
    let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_no = |name: &str| value(name).is_some_and(|value| value == "0");
    let is_yes = |name: &str| value(name).is_some() && !is_no(name);
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if value("NO_COLOR").is_some() => false,
        Colour::Auto if is_yes("CLICOLOR_FORCE") || is_yes("FORCE_COLOR") => true,
        Colour::Auto => {
            let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !is_no("CLICOLOR") && !is_dumb
        }
    }
}
