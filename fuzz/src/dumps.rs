//! Dumps as `load` reads them: archives and manifests.

use std::fs;

use bindery_cli::dumps::{read_archive, written_manifest};

/// How a file begins that zstd has compressed.
const COMPRESSED: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Any bytes as a tar file, which is compressed before it is read unless it is already: what is within a compressed file is hardly
/// reached by changing its bytes.
pub(crate) fn run_tar(bytes: &[u8]) {
    if bytes.starts_with(&COMPRESSED) {
        return run_archive(bytes, "dump.tar.zst");
    }
    let packed = zstd::encode_all(bytes, 1).expect("bytes can be compressed");
    run_archive(&packed, "dump.tar.zst");
}

/// Any bytes as an archive of this name: what is accepted has the files of its manifests, in whatever order they are read.
pub(crate) fn run_archive(bytes: &[u8], name: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("the folder can be written to");
    match read_archive(&path, false) {
        Ok(files) => {
            for file in &files {
                assert_eq!(file.expected, file.found, "{}", file.name);
            }
            let mut backwards = read_archive(&path, true).expect("it was accepted before");
            backwards.reverse();
            assert_eq!(files, backwards);
        }
        Err(reason) => assert!(!reason.is_empty(), "refused without a reason"),
    }
    let left = fs::read_dir(folder.path()).expect("the folder is there");
    assert_eq!(left.count(), 1, "nothing is unpacked");
}

/// Any bytes as a manifest: one that is read is read again when it has been written anew.
pub(crate) fn run_manifest(bytes: &[u8]) {
    match written_manifest(bytes) {
        Ok(written) => {
            assert_eq!(written_manifest(written.as_bytes()), Ok(written));
        }
        Err(reason) => assert!(!reason.is_empty(), "refused without a reason"),
    }
}
