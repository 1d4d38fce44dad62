//! One core for the client and its servers: then the scheduler decides nothing, and a ratio is the same every time.

use crate::Failure;

/// Holds this thread, and all processes and threads that it starts, to a core.
#[cfg(target_os = "linux")]
pub(crate) fn hold(core: Option<usize>) -> Result<(), Failure> {
    use rustix::thread::{CpuSet, sched_setaffinity};
    if let Some(core) = core {
        let mut cores = CpuSet::new();
        if core >= CpuSet::MAX_CPU {
            return Err(format!("there is no core {core}").into());
        }
        cores.set(core);
        sched_setaffinity(None, &cores)?;
    }
    Ok(())
}

/// Elsewhere the system does not offer it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hold(_: Option<usize>) -> Result<(), Failure> {
    Ok(())
}
