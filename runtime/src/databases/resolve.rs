//! Finding out what became of a COMMIT whose answer was lost.

use std::thread;
use std::time::{Duration, Instant};

use super::{Configured, Registry};
use crate::error::{CommitToken, Mark, Operation, Resolution, Result};

/// Between two looks; short at first, as most commits are over by then.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

impl Registry {
    /// Finds out what became of a COMMIT whose answer was lost ([`Error::commit_token`](crate::Error::commit_token)). It waits, within the limit, for the
    /// engine to be reachable again and for the old transaction to end: `Aborted` is said only when it cannot be
    /// committed any more.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use std::time::Duration;
    /// use bindery::error::Resolution;
    /// use bindery::RetryPolicy;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let new = || NewUser::new("ann@example.org");
    /// let done = db.default()?.transaction(|tx| tx.users().insert(new()));
    /// if let Some(token) = done.as_ref().err().and_then(|error| error.commit_token()) {
    ///     match db.registry().resolve(token, Duration::from_secs(10))? {
    ///         Resolution::Committed => println!("it is stored"),
    ///         Resolution::Aborted => println!("it is not: try again"),
    ///         Resolution::StillRunning => println!("ask again later: {token}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The engine cannot be reached within the limit, or the database knows nothing of the transaction any more.
    pub fn resolve(&self, token: &CommitToken, limit: Duration) -> Result<Resolution> {
        let engine = self.configured(token.engine())?;
        engine.resolve(&token.mark, limit).map_err(|error| {
            error
                .on_engine(engine.info.name())
                .during(Operation::Resolve)
        })
    }
}

impl Configured {
    /// Looks again and again until it is known or the limit is over.
    fn resolve(&self, mark: &Mark, limit: Duration) -> Result<Resolution> {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let left = limit.saturating_sub(started.elapsed());
            let found = match self.look(mark, left) {
                Ok(Resolution::StillRunning) => Ok(Resolution::StillRunning),
                Err(error) if error.is_of_reaching() => Err(error),
                known => return known,
            };
            let left = limit.saturating_sub(started.elapsed());
            if left < pause {
                return found;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn look(&self, mark: &Mark, limit: Duration) -> Result<Resolution> {
        let started = Instant::now();
        let mut link = self.pool.acquire_within(limit)?;
        let left = limit.saturating_sub(started.elapsed());
        link.ready()?.look_up(mark, left)
    }
}
