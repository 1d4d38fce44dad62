//! Permits of sessions whose connections the databases have ended: a session may be forgotten (`mem::forget`), or held for ever.

use std::sync::Weak;
use std::time::Duration;

use super::{Keeper, Workers, WorkersState};

/// Between two looks at sessions that rest, while others wait for their turn.
const PATIENCE: Duration = Duration::from_secs(1);

impl Workers {
    /// Takes these permits back. The next call of such a session waits for its turn anew.
    pub(super) fn take_lost_permits(&self) {
        let resting: Vec<Weak<dyn Keeper>> = self.lock().resting.values().cloned().collect();
        // Not under the lock, which each permit takes when it is dropped.
        for keeper in resting.iter().filter_map(Weak::upgrade) {
            drop(keeper.take_lost());
        }
    }
}

impl WorkersState {
    /// When sessions that rest are looked at, where others wait beside them. The rest of their time is for their work.
    pub(super) fn until_look(&self, limit: Duration) -> Option<Duration> {
        let waits = self.waiting.first_since().is_some() && !self.resting.is_empty();
        waits.then(|| PATIENCE.min(limit / 2))
    }
}
