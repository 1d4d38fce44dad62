//! The resources of this process: threads, descriptors, memory. Linux's `/proc`.

use std::fs;

/// The resources held at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources {
    pub(crate) threads: usize,
    pub(crate) descriptors: usize,
    /// Resident memory in MiB.
    pub(crate) memory: u64,
}

impl Resources {
    pub(crate) fn now() -> std::io::Result<Self> {
        Ok(Self {
            threads: fs::read_dir("/proc/self/task")?.count(),
            descriptors: fs::read_dir("/proc/self/fd")?.count(),
            memory: memory()?,
        })
    }
}

fn memory() -> std::io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes
        .map(|kibibytes| kibibytes / 1024)
        .ok_or_else(|| std::io::Error::other("`/proc/self/status` has no `VmRSS`"))
}
