//! In place of `work.rs` in a program without the feature `tokio`: no thread works for a caller elsewhere.

use super::Cutter;
use crate::error::{ErrorKind, Result};

/// Work that can be cut off.
#[derive(Clone, Copy)]
pub(crate) enum WaitKind {
    Place,
    Connection,
}

/// Belongs to no work.
#[derive(Default)]
pub(crate) struct Holding(());

impl Holding {
    #[inline]
    #[allow(clippy::unused_self, reason = "called as with the feature")]
    pub(crate) fn release(&mut self) -> bool {
        false
    }

    #[inline]
    #[allow(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "called as with the feature"
    )]
    pub(crate) fn ensure_wanted(&self) -> Result<()> {
        Ok(())
    }
}

#[inline]
#[allow(clippy::unnecessary_wraps, reason = "called as with the feature")]
pub(crate) fn hold(_: WaitKind, _: impl FnOnce() -> Cutter) -> Result<Holding> {
    Ok(Holding(()))
}

#[inline]
#[allow(clippy::unnecessary_wraps, reason = "called as with the feature")]
pub(crate) fn adopt(_: &mut Holding, _: impl FnOnce() -> Cutter) -> Result<()> {
    Ok(())
}

#[cfg(feature = "session")]
#[inline]
pub(crate) fn finish<T>(run: impl FnOnce() -> T) -> T {
    run()
}

#[inline]
pub(crate) fn pause<T>(wait: impl FnOnce() -> T) -> T {
    wait()
}

#[inline]
pub(crate) fn is_abandoned() -> bool {
    false
}

/// Returns why something was cut off.
pub(crate) fn reason() -> ErrorKind {
    ErrorKind::Closed
}
