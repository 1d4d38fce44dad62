//! The checksum of what a crate was made of. The text of this file is a part of each crate's build script.

use std::fs;
use std::path::Path;

/// FNV-1a of a file's bytes, whatever its line ends are, or of the names of a folder's files of SQL and its folders, as those of
/// migrations; `None` where neither is there.
pub(crate) fn checksum(path: &Path) -> Option<u64> {
    let bytes = if path.is_dir() {
        let mut names = Vec::new();
        for entry in fs::read_dir(path).ok()?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".sql") || entry.path().is_dir() {
                names.push(name);
            }
        }
        names.sort();
        names.join("\n").into_bytes()
    } else if path.is_file() {
        fs::read(path).ok()?
    } else {
        return None;
    };
    let bytes = bytes.iter().filter(|byte| **byte != b'\r');
    Some(bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}
