//! Reading files: never more than can be used, and nothing that may keep its reader waiting for ever.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Returns the content of a file, up to one byte more than the limit. Of files that are not regular only devices are read, and what a shell hands
/// over its pipes as (`/dev/fd/63`): a pipe elsewhere, as in `/dev/shm`, may have no process that writes to it.
///
/// # Errors
/// The system's error, or that it is not a regular file.
pub fn read_limited(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let kind = path.metadata()?;
    if kind.is_dir() || !(kind.is_file() || is_device(path)) {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_device(path: &Path) -> bool {
    path.starts_with("/dev") && !path.starts_with("/dev/shm")
}

/// Returns whether there is anything of this name. A link that leads nowhere is something.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    /// Covers COMP-6: a path that is not a file is refused, and nothing hangs.
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "text").expect("it can be written to");
        std::fs::create_dir(path("folder")).expect("a folder can be made");
        symlink("loop", path("loop")).expect("a link can be made");
        symlink("file", path("link")).expect("a link can be made");
        symlink("nowhere", path("broken")).expect("a link can be made");
        let made = Command::new("mkfifo").arg(path("pipe")).status();
        assert!(made.expect("`mkfifo` can be run").success());
        for (name, told) in [
            ("folder", "not a regular file"),
            ("pipe", "not a regular file"),
            ("loop", "symbolic links"),
            ("broken", "No such file"),
            ("none", "No such file"),
        ] {
            let error = read_limited(&path(name), 9).expect_err(name).to_string();
            assert!(error.contains(told), "{name}: {error}");
            assert_eq!(is_there(&path(name)), name != "none", "{name}");
        }
        assert_eq!(
            read_limited(&path("link"), 9).expect("it is a file"),
            b"text"
        );
        assert_eq!(
            read_limited(&path("file"), 2).expect("it is a file"),
            b"tex"
        );
        let zeros = read_limited(Path::new("/dev/zero"), 9).expect("it can be read");
        assert_eq!(zeros, [0; 10]);
    }
}
