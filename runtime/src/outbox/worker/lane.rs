//! A thread beside the dispatcher of a worker, with a connection of its own, that does one job at a time.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

use super::threads::Shared;

pub(super) struct Lane<J, R> {
    /// None once it is dropped.
    jobs: Option<Sender<J>>,
    results: Receiver<R>,
    thread: Option<JoinHandle<()>>,
    is_busy: bool,
}

impl<J: Send + 'static, R: Send + 'static> Lane<J, R> {
    /// None where no thread can be had. The dispatcher is woken after each job.
    pub(super) fn start(
        name: &str,
        shared: Arc<Shared>,
        mut work: impl FnMut(J) -> R + Send + 'static,
    ) -> Option<Self> {
        let (jobs, to_do) = channel::<J>();
        let (done, results) = channel();
        let run = move || {
            for job in to_do {
                if done.send(work(job)).is_err() {
                    return;
                }
                shared.wake_for_lane();
            }
        };
        let thread = Builder::new().name(name.to_owned()).spawn(run).ok()?;
        Some(Self {
            jobs: Some(jobs),
            results,
            thread: Some(thread),
            is_busy: false,
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Gives it a job, or the job back where it has ended.
    pub(super) fn send(&mut self, job: J) -> Result<(), J> {
        match &self.jobs {
            Some(jobs) => jobs.send(job).map_err(|refused| refused.0)?,
            None => return Err(job),
        }
        self.is_busy = true;
        Ok(())
    }

    /// The result of its job, if it is done.
    pub(super) fn result(&mut self) -> Option<R> {
        let result = self.results.try_recv().ok()?;
        self.is_busy = false;
        Some(result)
    }

    /// Waits for the result of its job, if it has one.
    pub(super) fn wait(&mut self) -> Option<R> {
        if !std::mem::take(&mut self.is_busy) {
            return None;
        }
        self.results.recv().ok()
    }
}

impl<J, R> Drop for Lane<J, R> {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}
