//! Without the feature `session` no connection keeps rows.

use super::Link;

pub(crate) enum Identities {}

impl Link {
    #[inline]
    pub(crate) fn keeps_rows(&self) -> bool {
        self.identities.is_some()
    }

    #[inline]
    pub(crate) fn forget_rows(&mut self) {}
}
