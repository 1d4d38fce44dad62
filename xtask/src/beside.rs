//! Commands beside each other: a few at a time, each one's output in a file until it has ended, then printed as a whole.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use crate::Failure;
use crate::failures::{self, Told};
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::Step;

/// Steps that are run one after the other.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) title: String,
    pub(crate) steps: Vec<Step>,
}

impl Job {
    /// A job of one command.
    pub(crate) fn new(title: impl Into<String>, command: Command) -> Self {
        let title = title.into();
        let steps = vec![Step::new(&title, command)];
        Self { title, steps }
    }
}

/// Jobs that are begun in their order, this many of them at a time.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) jobs: Vec<Job>,
    pub(crate) at_once: usize,
}

impl From<Job> for Lane {
    fn from(job: Job) -> Self {
        Self {
            jobs: vec![job],
            at_once: 1,
        }
    }
}

/// The end of a [`Job`].
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) title: String,
    pub(crate) steps: Vec<Ran>,
    pub(crate) told: Told,
    pub(crate) took: Duration,
}

/// The end of a [`Step`].
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) title: String,
    pub(crate) status: ExitStatus,
    pub(crate) took: Duration,
}

impl Outcome {
    /// That of the first step that failed.
    pub(crate) fn status(&self) -> ExitStatus {
        let mut all = self.steps.iter().map(|it| it.status);
        all.find(|it| !it.success()).unwrap_or_default()
    }
}

/// Runs the jobs of all lanes beside each other; their output stays in `folder`. None is begun once a signal came.
pub(crate) fn run(
    lanes: Vec<Lane>,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<Outcome>, Failure> {
    // Held while an output is printed: none is printed into another.
    let outcomes = Mutex::new(Vec::new());
    let worker = |jobs: &Mutex<IntoIter<Job>>| -> Result<(), Failure> {
        while interrupt.check().is_ok() {
            let Some(job) = lock(jobs).next() else { break };
            let (outcome, output) = run_one(job, folder, interrupt)?;
            let mut outcomes = lock(&outcomes);
            outcomes.push(printed(outcome, output));
        }
        Ok(())
    };
    let lanes: Vec<_> = lanes
        .into_iter()
        .map(|lane| (Mutex::new(lane.jobs.into_iter()), lane.at_once))
        .collect();
    thread::scope(|scope| {
        let workers = lanes
            .iter()
            .flat_map(|(jobs, at_once)| std::iter::repeat_n(jobs, *at_once));
        let workers: Vec<_> = workers.map(|jobs| scope.spawn(|| worker(jobs))).collect();
        workers
            .into_iter()
            .try_for_each(|it| it.join().map_err(|_| "a thread that runs tests panicked")?)
    })?;
    Ok(outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner))
}

fn run_one(job: Job, folder: &Path, interrupt: &Interrupt) -> Result<(Outcome, File), Failure> {
    let name = job
        .title
        .replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    let path = folder.join(format!("{name}.log"));
    let mut output = File::options()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&path)?;
    complain(&format!("begun   {}", job.title));
    let started = Instant::now();
    let mut steps = Vec::with_capacity(job.steps.len());
    for Step { title, command, .. } in job.steps {
        if title != job.title {
            writeln!(output, "\n=== {title}")?;
        }
        let begun = Instant::now();
        let status = run_into(&output, command, interrupt)?;
        let took = begun.elapsed();
        steps.push(Ran {
            title,
            status,
            took,
        });
    }
    output.rewind()?;
    let outcome = Outcome {
        title: job.title,
        steps,
        told: Told::default(),
        took: started.elapsed(),
    };
    Ok((outcome, output))
}

fn run_into(
    output: &File,
    mut command: Command,
    interrupt: &Interrupt,
) -> Result<ExitStatus, Failure> {
    // One position for both, as one file that was opened once: what is written is in the order in which it was written.
    command
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output.try_clone()?));
    interrupt.run(&mut command)
}

fn printed(outcome: Outcome, output: File) -> Outcome {
    complain(&format!("\n--- {}", outcome.title));
    let mut told = failures::pass_on(output);
    if !outcome.status().success() {
        told.end_in_failure();
    }
    Outcome { told, ..outcome }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_output_is_read_as_a_whole_and_a_failure_ends_nothing_but_is_the_status()
    -> Result<(), Failure> {
        let folder = std::env::temp_dir().join(format!("bindery-beside-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        // Without the lines that begin and end a binary's report: the run that this test is in is read by the same reader.
        let job = |name: &str, code: u8| {
            let mut command = Command::new("sh");
            command.args([
                "-c",
                &format!("sleep 0.05; echo 'test {name} ... ok' >&2; exit {code}"),
            ]);
            Step::new(name, command)
        };
        let of_two = Job {
            title: "both".to_owned(),
            steps: vec![job("a", 1), job("b", 0)],
        };
        let of_one = Job {
            title: "c".to_owned(),
            steps: vec![job("c", 0)],
        };
        let lanes = vec![of_two.into(), of_one.into()];
        let mut outcomes = run(lanes, &folder, &Interrupt::install()?)?;
        outcomes.sort_by(|a, b| a.title.cmp(&b.title));
        let succeeded: Vec<_> = outcomes.iter().map(|it| it.status().success()).collect();
        assert_eq!(succeeded, [false, true]);
        let passed: Vec<_> = outcomes.iter().flat_map(|it| &it.told.passed).collect();
        assert_eq!(passed, ["a", "b", "c"]);
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }
}
