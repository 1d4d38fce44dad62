//! Workers as a program: the usual options of its command line, and an end by signals. Handlers are code of the program, so there is no
//! `bindery work`; this is what such a program's `main` consists of.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use super::worker::{StopHandle, Until, Worker, WorkerReport};
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Result};

const USAGE: &str = "\
Runs tasks until SIGTERM or SIGINT, which handlers at work are waited for; a second one ends the program at once.

Options:
  --threads <N>     handlers at work at a time, for each engine
  --batch <N>       tasks that are claimed at a time, at most: up to 500
  --engine <NAME>   only tasks of this engine; can be given several times
  --type <NAME>     only tasks of this type; can be given several times
  --drain           ends when nothing is due
  --once            claims tasks once, runs them, and ends
  --help            prints this
";

/// The options of a program that runs workers, as its command line has them.
///
/// ```
/// use bindery::outbox::WorkArgs;
///
/// let args = WorkArgs::parse(["--threads", "8", "--type=send-welcome", "--drain"]).unwrap();
/// assert!(WorkArgs::parse(["--thread", "8"]).is_err());
/// # let _ = args;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkArgs {
    threads: Option<usize>,
    batch: Option<usize>,
    engines: Vec<String>,
    types: Vec<String>,
    until: Until,
    help: bool,
}

impl WorkArgs {
    /// Reads options, without the name of the program: `std::env::args_os().skip(1)`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: an option is not known, or its value is missing or wrong.
    pub fn parse<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Result<Self> {
        Self::read(args).map_err(|why| Error::new(ErrorKind::Config(why)))
    }

    fn read<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Result<Self, String> {
        let mut args = args.into_iter().map(|arg| utf8_argument(arg.into()));
        let mut parsed = Self::default();
        while let Some(arg) = args.next() {
            let arg = arg?;
            let (option, value) = match arg.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let value = || match value {
                Some(value) => Ok(value),
                None => args
                    .next()
                    .unwrap_or_else(|| Err(format!("`{option}` needs a value"))),
            };
            parsed.set(option, value)?;
        }
        Ok(parsed)
    }

    fn set(
        &mut self,
        option: &str,
        value: impl FnOnce() -> Result<String, String>,
    ) -> Result<(), String> {
        match option {
            "--threads" => self.threads = Some(number(option, &value()?)?),
            "--batch" => self.batch = Some(number(option, &value()?)?),
            "--engine" => self.engines.push(value()?),
            "--type" => self.types.push(value()?),
            "--drain" => self.end(Until::Idle)?,
            "--once" => self.end(Until::OneBatch)?,
            "--help" | "-h" => self.help = true,
            _ => return Err(format!("unknown option `{option}`")),
        }
        Ok(())
    }

    fn end(&mut self, until: Until) -> Result<(), String> {
        if self.until != Until::Stopped && self.until != until {
            return Err("`--drain` and `--once` exclude each other".to_owned());
        }
        self.until = until;
        Ok(())
    }

    /// Runs workers with these options, each on a thread of its own, until all have ended or the process gets SIGTERM or SIGINT. Gives
    /// the name of each engine with what was done.
    ///
    /// # Errors
    /// No worker has an engine or a type that was named; those of [`Worker::run`], then the other workers are stopped.
    pub fn run<D: GeneratedDatabases>(
        &self,
        workers: impl IntoIterator<Item = Worker<D>>,
    ) -> Result<Vec<(&'static str, WorkerReport)>> {
        let workers = self.configured(workers.into_iter().collect())?;
        let stops: Arc<[StopHandle]> = workers.iter().map(Worker::stop_handle).collect();
        let signals = StopOnSignals::start(Arc::clone(&stops))?;
        let reports = run_all(workers, self.until, &stops);
        drop(signals);
        reports
    }

    fn configured<D: GeneratedDatabases>(&self, workers: Vec<Worker<D>>) -> Result<Vec<Worker<D>>> {
        ensure_known(
            "engine",
            &self.engines,
            workers.iter().map(Worker::engine_name),
        )?;
        let types = workers.iter().flat_map(Worker::task_types);
        ensure_known("task type", &self.types, types)?;
        let is_wanted = |worker: &Worker<D>| {
            let name = worker.engine_name();
            self.engines.is_empty() || self.engines.iter().any(|engine| engine == name)
        };
        let wanted = workers.into_iter().filter(is_wanted);
        let wanted = wanted.map(|worker| self.configure(worker));
        let wanted: Vec<Worker<D>> = wanted
            .filter(|worker| self.types.is_empty() || worker.task_types().next().is_some())
            .collect();
        if wanted.is_empty() && !self.types.is_empty() {
            let why = format!(
                "no worker of {} has a task type of {}",
                self.engines.join(", "),
                self.types.join(", ")
            );
            return Err(Error::new(ErrorKind::Config(why)));
        }
        Ok(wanted)
    }

    fn configure<D: GeneratedDatabases>(&self, mut worker: Worker<D>) -> Worker<D> {
        if let Some(threads) = self.threads {
            worker = worker.threads(threads);
        }
        if let Some(batch) = self.batch {
            worker = worker.batch(batch);
        }
        if self.types.is_empty() {
            return worker;
        }
        worker.only_types(&self.types)
    }
}

/// The `main` of a program that runs workers: reads its command line, runs them until SIGTERM or SIGINT, and prints what was done to
/// stderr. Gives 0, 1 where a worker failed, and 2 where the command line is wrong.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is the program's command line"
)]
pub fn work<D: GeneratedDatabases>(workers: impl IntoIterator<Item = Worker<D>>) -> ExitCode {
    let args = match WorkArgs::read(std::env::args_os().skip(1)) {
        Ok(args) if args.help => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(args) => args,
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match args.run(workers) {
        Ok(reports) => {
            for (engine, report) in reports {
                eprintln!(
                    "{engine}: {} completed, {} to be tried again, {} failed",
                    report.completed, report.retried, report.failed
                );
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn utf8_argument(arg: OsString) -> Result<String, String> {
    arg.into_string()
        .map_err(|_| "an option is not UTF-8".to_owned())
}

fn number(option: &str, value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("`{option}` needs a number from 1, not `{value}`"))
}

fn ensure_known<'n>(
    what: &str,
    wanted: &[String],
    known: impl Iterator<Item = &'n str>,
) -> Result<()> {
    let known: Vec<&str> = known.collect();
    let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let why = format!(
        "no worker of this program has the {what} `{unknown}`: it has {}",
        known.join(", ")
    );
    Err(Error::new(ErrorKind::Config(why)))
}

/// Runs each on a thread of its own. Where one fails, the others are stopped.
fn run_all<D: GeneratedDatabases>(
    workers: Vec<Worker<D>>,
    until: Until,
    stops: &[StopHandle],
) -> Result<Vec<(&'static str, WorkerReport)>> {
    let run = |worker: Worker<D>| {
        let engine = worker.engine_name();
        let report = worker.run_until(until);
        if report.is_err() {
            stops.iter().for_each(StopHandle::stop);
        }
        report.map(|report| (engine, report))
    };
    std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = workers
            .into_iter()
            .map(|worker| scope.spawn(move || run(worker)))
            .collect();
        let ended = threads.into_iter().map(|thread| match thread.join() {
            Ok(report) => report,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.collect()
    })
}

/// Stops workers at the first signal, and ends the process at the second.
struct StopOnSignals {
    handle: Handle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl StopOnSignals {
    fn start(stops: Arc<[StopHandle]>) -> Result<Self> {
        let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(super::worker::no_thread)?;
        let handle = signals.handle();
        let is_stopping = AtomicBool::new(false);
        let watch = move || {
            for signal in signals.forever() {
                if is_stopping.swap(true, Ordering::Relaxed) {
                    // It ends the process, as if it were not handled.
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                tracing::info!("stopping: handlers at work are waited for");
                stops.iter().for_each(StopHandle::stop);
            }
        };
        let thread = std::thread::Builder::new().name("bindery-signals".to_owned());
        let thread = thread.spawn(watch).map_err(super::worker::no_thread)?;
        Ok(Self {
            handle,
            thread: Some(thread),
        })
    }
}

impl Drop for StopOnSignals {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_both_forms() {
        let args = WorkArgs::read(["--threads", "8", "--type=a", "--type", "b", "--once"]).unwrap();
        let expected = WorkArgs {
            threads: Some(8),
            types: vec!["a".to_owned(), "b".to_owned()],
            until: Until::OneBatch,
            ..WorkArgs::default()
        };
        assert_eq!(args, expected);
    }

    #[test]
    fn mistakes_are_named() {
        let said = |args: &[&str]| WorkArgs::read(args.iter().copied()).unwrap_err();
        assert_eq!(said(&["--threads"]), "`--threads` needs a value");
        assert_eq!(
            said(&["--threads=0"]),
            "`--threads` needs a number from 1, not `0`"
        );
        assert_eq!(said(&["--thread", "8"]), "unknown option `--thread`");
        assert_eq!(
            said(&["--once", "--drain"]),
            "`--drain` and `--once` exclude each other"
        );
    }
}
