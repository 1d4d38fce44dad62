//! graphile_worker: as it comes, and tuned as its own benchmark is: jobs fetched and completed many at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, RawJobSpec, TaskHandler, Worker,
    WorkerContext, WorkerOptions,
};
use tokio::runtime::Runtime;

use crate::on_bindery::Work;
use crate::{Failure, timed};

/// The jobs that are done.
static DONE: AtomicUsize = AtomicUsize::new(0);

impl TaskHandler for Work {
    const IDENTIFIER: &'static str = "work";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        std::hint::black_box(self.user);
        DONE.fetch_add(1, Ordering::Relaxed);
        Ok::<(), String>(())
    }
}

#[derive(Clone)]
pub struct Graphile {
    runtime: Arc<Runtime>,
    url: String,
    threads: usize,
    is_tuned: bool,
}

impl Graphile {
    pub fn new(url: &str, threads: usize, is_tuned: bool) -> Result<Self, Failure> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        Ok(Self {
            runtime: Arc::new(runtime.worker_threads(threads).enable_all().build()?),
            url: url.to_owned(),
            threads,
            is_tuned,
        })
    }

    fn worker(&self) -> Result<Arc<Worker>, Failure> {
        let options = WorkerOptions::default()
            .database_url(&self.url)
            .poll_interval(Duration::from_millis(20))
            .define_job::<Work>();
        let options = match self.is_tuned {
            false => options.concurrency(self.threads),
            true => options
                .concurrency(64)
                .max_pg_conn(16)
                .complete_job_batch_delay(Duration::from_millis(5))
                .local_queue(LocalQueueConfig::default().with_size(500)),
        };
        Ok(Arc::new(self.runtime.block_on(options.init())?))
    }

    pub fn fill(&self, tasks: usize) -> Result<(), Failure> {
        let utils = self.worker()?.create_utils();
        for begin in (0..tasks).step_by(1_000) {
            let jobs = begin..tasks.min(begin + 1_000);
            let jobs: Vec<RawJobSpec> = jobs
                .map(|user| RawJobSpec {
                    identifier: "work".to_owned(),
                    payload: serde_json::json!({ "user": user }),
                    spec: JobSpec::default(),
                })
                .collect();
            self.runtime.block_on(utils.add_raw_jobs(&jobs))?;
        }
        Ok(())
    }

    /// The time until the last handler is done; its end may not be recorded yet.
    pub fn run(&self, tasks: usize) -> Result<Duration, Failure> {
        let worker = self.worker()?;
        DONE.store(0, Ordering::Relaxed);
        let running = Arc::clone(&worker);
        let mut handle = None;
        let took = timed(|| {
            handle = Some(self.runtime.spawn(async move { running.run().await }));
            self.runtime.block_on(async {
                while DONE.load(Ordering::Relaxed) < tasks {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
            Ok(())
        })?;
        worker.request_shutdown();
        if let Some(handle) = handle {
            self.runtime.block_on(handle)??;
        }
        Ok(took)
    }
}
