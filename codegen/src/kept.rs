//! The output of a build script's last run, piece by piece, so that a piece whose code is written from the same as then
//! is neither written again nor even looked into: that is most of a run's time.
//!
//! A piece is a file of a few models beside the generated file, which includes it by a name that says what is in it. So
//! pieces are never changed, and until the generated file is replaced the old one has all that it had. An index records
//! the fingerprints of what pieces are written from. Whatever does not agree (a damaged index, an edited file, another
//! build of the generator) is written anew: nothing kept can change what comes out. A file that is damaged, or that was edited, is reported.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bindery_schema::parts::in_parts;

use crate::error::CompileError;
use crate::output::{read_file, unwritable, write_if_changed};

/// The folder of the pieces, and what stands before their names in the generated file.
pub(crate) const FOLDER: &str = "bindery";
/// The file by which the next run recognises the pieces.
const INDEX: &str = "bindery.index";
/// The number of threads that write files.
const FILES: usize = 8;

/// Pieces that are there, and those of the code being written.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The folder of the generated file.
    folder: PathBuf,
    /// The generator of the code; `None`: it is not known, so nothing is kept.
    generator: Option<String>,
    known: BTreeMap<u64, Left>,
    /// The checksum of the generated file as it was left.
    output: Option<u64>,
    /// Files that are not as they were left.
    damaged: Vec<PathBuf>,
    /// Fingerprint and name of each piece that is included now.
    used: Vec<(u64, String)>,
    /// Name and text of pieces that are to be written.
    fresh: Vec<(String, String)>,
}

/// A piece of the code being written.
#[derive(Debug)]
pub(crate) struct Piece {
    fingerprint: u64,
    name: String,
    /// `None`: it is there.
    fresh: Option<String>,
    /// A file of its name is there, with something else in it.
    is_damaged: bool,
}

/// A file as it was left.
#[derive(Debug)]
struct Left {
    name: String,
    state: FileState,
}

/// By what a file is known to be untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileState {
    length: u64,
    /// When it was written, in nanoseconds since 1970.
    written: u128,
}

impl Kept {
    /// Takes up what is in a folder; nothing is kept unless the index is whole and of this generator.
    pub(crate) fn open(folder: &Path, generator: Option<String>) -> Self {
        let path = folder.join(INDEX);
        let bytes = read_file(&path).ok();
        let index = bytes.as_deref().map(whole);
        let is_damaged = index == Some(None);
        let left = index.flatten().zip(generator.as_deref());
        let left = left.and_then(|(body, generator)| recorded(body, generator));
        let (output, known) = left.unzip();
        Self {
            folder: folder.to_owned(),
            generator,
            known: known.unwrap_or_default(),
            output,
            damaged: Vec::from_iter(is_damaged.then_some(path)),
            used: Vec::new(),
            fresh: Vec::new(),
        }
    }

    /// The piece that is written from what has this fingerprint: the one that is there, or the one that `write` makes now.
    pub(crate) fn piece(&self, fingerprint: u64, write: impl FnOnce() -> String) -> Piece {
        let known = self.known.get(&fingerprint);
        let kept = known.filter(|left| self.state(&left.name) == Some(left.state));
        let is_damaged = kept.is_none() && known.is_some_and(|left| self.is_damaged(&left.name));
        let (name, fresh) = match kept {
            Some(left) => (left.name.clone(), None),
            None => {
                let text = write();
                (piece_name(text.as_bytes()), Some(text))
            }
        };
        Piece {
            fingerprint,
            name,
            fresh,
            is_damaged,
        }
    }

    /// Whether a piece is there and is not what its name says. One that was only touched is whole.
    fn is_damaged(&self, name: &str) -> bool {
        read_file(&self.path(name)).is_ok_and(|bytes| piece_name(&bytes) != name)
    }

    /// The name by which the code includes a piece, which is one of it from now on.
    pub(crate) fn include(&mut self, piece: Piece) -> &str {
        let fresh = piece.fresh.map(|text| (piece.name.clone(), text));
        self.fresh.extend(fresh);
        if piece.is_damaged {
            self.damaged
                .push(self.path(&self.known[&piece.fingerprint].name));
        }
        self.used.push((piece.fingerprint, piece.name));
        &self.used[self.used.len() - 1].1
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(FOLDER).join(name)
    }

    fn state(&self, name: &str) -> Option<FileState> {
        let found = fs::symlink_metadata(self.path(name)).ok()?;
        let written = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        found.is_file().then_some(FileState {
            length: found.len(),
            written: written.as_nanos(),
        })
    }

    /// Writes the new pieces, then the generated file, and removes what no code includes any more. Returns the files that were not as the
    /// last run left them, all of which are written anew.
    ///
    /// # Errors
    /// A file cannot be written. Until the generated file is, the old one and its pieces stay as they are.
    pub(crate) fn write(mut self, output: &Path, text: &str) -> Result<Vec<PathBuf>, CompileError> {
        let left = self.output.zip(read_file(output).ok());
        if left.is_some_and(|(sum, bytes)| checksum(&bytes) != sum) {
            self.damaged.push(output.to_owned());
        }
        let parts = in_parts(&self.fresh, FILES, |fresh| {
            let mut fresh = fresh.iter();
            fresh.try_for_each(|(name, text)| write_if_changed(&self.path(name), text).map(drop))
        });
        parts.into_iter().collect::<Result<(), _>>()?;
        write_if_changed(output, text)?;
        self.remove_others()?;
        if let Some(name) = &self.generator {
            let index = self.index(name, checksum(text.as_bytes()));
            write_if_changed(&self.folder.join(INDEX), &index)?;
        }
        Ok(self.damaged)
    }

    /// Files without the name of a piece are not ours.
    fn remove_others(&self) -> Result<(), CompileError> {
        let used: HashSet<String> = self.used.iter().map(|(_, name)| name.clone()).collect();
        let Ok(entries) = fs::read_dir(self.folder.join(FOLDER)) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_piece(&name) && !used.contains(&name) {
                let path = entry.path();
                fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
            }
        }
        Ok(())
    }

    /// The index of the pieces that are included now, by a generated file with this checksum.
    fn index(&self, generator: &str, output: u64) -> String {
        let mut body = format!("{generator}\n{output:016x}\n");
        for (fingerprint, name) in &self.used {
            let Some(FileState { length, written }) = self.state(name) else {
                continue;
            };
            let line = writeln!(body, "{fingerprint:016x} {name} {length} {written}");
            line.expect("writing to a String cannot fail");
        }
        let sum = checksum(body.as_bytes());
        format!("{body}{sum:016x}\n")
    }
}

/// A piece is called by what is in it.
fn piece_name(text: &[u8]) -> String {
    format!("{:016x}.rs", checksum(text))
}

fn is_piece(name: &str) -> bool {
    let digits = name.strip_suffix(".rs").unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An index without its checksum, which is its last line; `None` where it is damaged.
fn whole(index: &[u8]) -> Option<&str> {
    let index = std::str::from_utf8(index).ok()?;
    let body = index.get(..index.len().checked_sub(17)?)?;
    let sum = checksum(body.as_bytes());
    (index[body.len()..] == format!("{sum:016x}\n")).then_some(body)
}

/// The checksum of the generated file, and the pieces; `None` where another generator wrote them.
fn recorded(index: &str, generator: &str) -> Option<(u64, BTreeMap<u64, Left>)> {
    let mut lines = index.lines();
    if lines.next() != Some(generator) {
        return None;
    }
    let output = u64::from_str_radix(lines.next()?, 16).ok()?;
    let pieces = lines.map(piece).collect::<Option<_>>()?;
    Some((output, pieces))
}

fn piece(line: &str) -> Option<(u64, Left)> {
    let mut words = line.split(' ');
    let fingerprint = u64::from_str_radix(words.next()?, 16).ok()?;
    let name = words.next().filter(|name| is_piece(name))?.to_owned();
    let length = words.next()?.parse().ok()?;
    let written = words.next()?.parse().ok()?;
    let state = FileState { length, written };
    Some((fingerprint, Left { name, state }))
}

/// A fingerprint of a value, of all that it hashes.
pub(crate) fn fingerprint(value: &impl Hash) -> u64 {
    let mut sum = Sum(0);
    value.hash(&mut sum);
    sum.finish()
}

/// Of two numbers in their order.
pub(crate) fn joined(first: u64, second: u64) -> u64 {
    let mut sum = Sum(first);
    sum.add(second);
    sum.finish()
}

/// A hasher with few steps, as build scripts are not optimised.
struct Sum(u64);

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl Sum {
    fn add(&mut self, number: u64) {
        let sum = (self.0 ^ number).wrapping_mul(FACTOR);
        self.0 = sum ^ (sum >> 29);
    }
}

impl Hasher for Sum {
    fn write(&mut self, bytes: &[u8]) {
        self.add(checksum(bytes));
    }

    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// So many bytes are taken by words.
const LONG: usize = 16;

/// Eight bytes a step. Each step can be undone, so two texts of one length that differ in one step never agree.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = Sum(bytes.len() as u64);
    let mut rest = bytes;
    // Most texts are names, for which it takes longer to make words of them.
    if bytes.len() >= LONG {
        let (words, behind) = bytes.as_chunks::<8>();
        for word in words {
            sum.add(u64::from_le_bytes(*word));
        }
        rest = behind;
    }
    let mut at = 0;
    while at < rest.len() {
        sum.add(u64::from(rest[at]));
        at += 1;
    }
    sum.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps pieces that are written from numbers, and counts those that had to be written.
    fn write(folder: &Path, generator: Option<&str>, numbers: &[u64]) -> usize {
        let mut kept = Kept::open(folder, generator.map(str::to_owned));
        let mut text = String::new();
        for number in numbers {
            let piece = kept.piece(fingerprint(number), || format!("piece {number}"));
            text += kept.include(piece);
        }
        let fresh = kept.fresh.len();
        kept.write(&folder.join("all.rs"), &text)
            .expect("it can be written");
        fresh
    }

    #[test]
    fn only_what_is_new_is_written() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (generator, numbers, fresh) in [
            (Some("g"), &[1, 2, 3][..], 3),
            (Some("g"), &[1, 2, 3], 0),
            (Some("g"), &[3, 4, 1], 1),
            (Some("another"), &[3, 4, 1], 3),
            (None, &[3, 4], 2),
            (Some("another"), &[3, 4], 0),
        ] {
            let written = write(folder.path(), generator, numbers);
            assert_eq!(written, fresh, "{generator:?} {numbers:?}");
            let left = fs::read_dir(folder.path().join(FOLDER)).expect("it is there");
            assert_eq!(left.count(), numbers.len(), "{generator:?} {numbers:?}");
        }
    }

    #[test]
    fn a_piece_that_was_touched_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        write(folder.path(), Some("g"), &[1]);
        let own = folder.path().join(FOLDER).join("mine.rs");
        fs::write(&own, "mine").expect("it can be written to");
        let pieces = fs::read_dir(folder.path().join(FOLDER)).expect("it is there");
        let mut paths = pieces.map(|entry| entry.expect("it is there").path());
        let piece = paths.find(|path| *path != own).expect("it is there");
        for damage in ["piece 2", "", "piece 1 and more"] {
            fs::write(&piece, damage).expect("it can be written to");
            assert_eq!(write(folder.path(), Some("g"), &[1]), 1);
            let text = fs::read_to_string(&piece).expect("it is there");
            assert_eq!(text, "piece 1");
        }
        assert!(own.exists());
    }

    #[test]
    fn a_checksum_tells_texts_apart() {
        let text = b"eight by eight and a rest";
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut other = *text;
                other[at] ^= 1 << bit;
                assert_ne!(checksum(&other), checksum(text));
            }
            assert_ne!(checksum(&text[..at]), checksum(text));
        }
    }
}
