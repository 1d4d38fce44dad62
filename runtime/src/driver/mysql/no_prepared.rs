//! Without atomic groups no transaction of a connection is a branch of one.

use super::MysqlConnection;
use crate::driver::TransactionOptions;
use crate::error::Result;

/// The transaction is no branch.
#[derive(Default)]
pub(super) struct Xa(());

impl MysqlConnection {
    pub(super) fn forget_branch(&mut self) {
        self.xa = Xa::default();
    }

    pub(super) fn begin_branch(&mut self, _: &TransactionOptions) -> Result<bool> {
        Ok(false)
    }

    pub(super) fn roll_back_branch(&mut self) -> Result<bool> {
        Ok(false)
    }

    pub(super) fn has_prepared(&self) -> bool {
        false
    }
}
