//! Trying the whole work of a session again.

use std::panic::Location;

use super::generated::GeneratedSession;
use super::{Session, SessionOptions};
use crate::databases::Registry;
use crate::error::Result;
use crate::link::retry::{Failed, RetryPolicy};

impl Registry {
    /// Runs `work` in a session, and in another one where an engine says that it may be tried again and nothing is stored on
    /// any. The deadline is that of all attempts.
    #[track_caller]
    pub(crate) fn retry_session<S: GeneratedSession, T>(
        &self,
        retry: RetryPolicy,
        options: &SessionOptions,
        mut work: impl FnMut(&mut S) -> Result<T>,
    ) -> Result<T> {
        let (site, until) = (Location::caller(), options.ends_at());
        retry.run(|| {
            let begun = Session::begin_until(self, options, until, site);
            let mut session = S::from_session(begun.map_err(Failed::before)?);
            session.slots.encloses();
            match work(&mut session) {
                Ok(value) => session.finish().map(|()| value),
                Err(error) => Err(session.give_up_after(error)),
            }
        })
    }
}

impl Session {
    /// Rolls back because of an error of the work, and says whether the work may be tried again.
    pub(super) fn give_up_after(&mut self, error: crate::error::Error) -> Failed {
        let may_be_repeated = self.slots.may_be_repeated(&error);
        self.give_up();
        Failed {
            error,
            may_be_repeated,
        }
    }
}
