//! Reading files: never more than can be used, and nothing that may keep its reader waiting for ever.

use std::fs::{File, FileType};
use std::io::{self, Read as _};
#[cfg(unix)]
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

/// Returns the content of a file, up to one byte more than the limit. Of files that are not regular, devices are read, and pipes that this process
/// has open, named as a shell names them (`/dev/fd/63`, `/dev/stdin`): a pipe elsewhere may have no process that writes to it.
///
/// # Errors
/// The system's error, or that it is not a regular file.
pub fn read_limited(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let kind = path.metadata()?.file_type();
    let itself = path.symlink_metadata()?.file_type();
    if !(kind.is_file() || is_device(itself) || is_open(path, kind)) {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn is_device(kind: FileType) -> bool {
    kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: FileType) -> bool {
    false
}

/// A pipe or device that this process has open. A link to a device elsewhere is none: it may be in a project's folder by mistake.
#[cfg(unix)]
fn is_open(path: &Path, kind: FileType) -> bool {
    let folders = ["/dev/fd", "/proc/self/fd"];
    let is_of_process = path == Path::new("/dev/stdin")
        || folders
            .iter()
            .any(|folder| path.parent() == Some(Path::new(folder)));
    is_of_process && (kind.is_fifo() || is_device(kind))
}

#[cfg(not(unix))]
fn is_open(_: &Path, _: FileType) -> bool {
    false
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

    /// A pipe is read by the names of this process's own files, and below `/dev` as little as elsewhere.
    #[cfg(target_os = "linux")]
    #[test]
    fn pipes_are_read_that_this_process_has_open() {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;

        let (reader, mut writer) = io::pipe().expect("a pipe can be made");
        for folder in ["/dev/fd", "/proc/self/fd"] {
            writer.write_all(b"text").expect("it is read below");
            let path = format!("{folder}/{}", reader.as_raw_fd());
            assert_eq!(read_limited(Path::new(&path), 3).expect(folder), b"text");
        }
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder can be made");
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("`mkfifo` can be run").success());
        let error = read_limited(&pipe, 9).expect_err("it is a pipe of others");
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
}
