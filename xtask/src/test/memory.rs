//! A folder in memory for what tests write. A database of PostgreSQL is 300 files, and each test makes one of its own: on a disk that is half the
//! work of its server, and each commit of SQLite waits.

use std::env;
use std::path::Path;

use bindery_testkit::is_full_run;

/// The folder of Linux whose files are in memory.
const SHARED_MEMORY: &str = "/dev/shm";

/// As much as the tests may take, four times.
const ENOUGH: u64 = 8 << 30;

/// Returns the folder, where there is one with enough room. Tests of full size do not fit, and whoever names a folder for temporary files gets that.
pub(super) fn folder(is_full: bool) -> Option<&'static Path> {
    let folder = Path::new(SHARED_MEMORY);
    let is_wanted = env::var_os("TMPDIR").is_none() && !is_full && !is_full_run();
    (is_wanted && room(folder) >= ENOUGH && available() >= ENOUGH).then_some(folder)
}

/// The bytes that may be written there.
fn room(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |found| found.f_bavail * found.f_frsize)
}

/// The memory that programs can have without swapping, in bytes.
fn available() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    in_meminfo(&text).unwrap_or(0)
}

fn in_meminfo(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_that_is_available_is_read() {
        let text = "MemTotal:       24684096 kB\nMemFree:         7000000 kB\nMemAvailable:   21000000 kB\n";
        assert_eq!(in_meminfo(text), Some(21_000_000 << 10));
        assert_eq!(in_meminfo("MemTotal: 1 kB\n"), None);
    }
}
