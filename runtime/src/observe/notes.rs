//! The notes that are kept with one connection: how often each statement ran, and whose plans are to be logged.

use std::sync::{Mutex, PoisonError};

use super::counts::Tally;
use super::log::Logged;

/// The most plans that wait for the end of a transaction.
const MOST_PLANS: usize = 4;

/// A statement whose plan is to be logged.
pub(crate) struct WantedPlan {
    pub(crate) logged: Logged,
    pub(crate) sql: String,
    /// The text can be shown: it holds no values.
    pub(crate) is_fixed: bool,
    /// As they were recorded.
    pub(crate) values: Vec<u8>,
}

/// The notes of one connection.
#[derive(Default)]
pub(crate) struct Notes {
    pub(super) tally: Tally,
    plans: Mutex<Vec<WantedPlan>>,
}

impl Notes {
    pub(super) fn want_plan(&self, wanted: WantedPlan) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() < MOST_PLANS {
            plans.push(wanted);
        }
    }

    /// The statements whose plans are to be logged now.
    pub(crate) fn take_plans(&self) -> Vec<WantedPlan> {
        std::mem::take(&mut self.plans.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The connection is another user's from now on.
    pub(crate) fn clear(&self) {
        self.tally.clear();
    }
}
