//! Values too long for memory, each in a file of its own until its row is stored.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use super::rows::refused;
use crate::driver::random;
use crate::error::{DataError, DataProblem, Error, Result};
use crate::value::utf8::whole_characters;

/// A text or bytes too long for memory: in a file without a name, in the folder for temporary files, that is gone with the process.
#[derive(Debug)]
pub(super) struct Spilled {
    file: File,
    length: u64,
    /// For errors.
    table: String,
    column: String,
    /// Dropped after the file is closed.
    _name: Name,
}

/// The name of a file that could not be removed while the file is open.
#[derive(Debug)]
struct Name(Option<PathBuf>);

impl Drop for Name {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A value that is being written to its file.
pub(super) struct SpillWriter {
    file: BufWriter<File>,
    length: u64,
    name: Name,
}

impl SpillWriter {
    /// Creates the file, which no other account can read.
    pub(super) fn create() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("bindery-{}", random::digits(32)));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let is_removed = std::fs::remove_file(&path).is_ok();
        Ok(Self {
            file: BufWriter::new(file),
            length: 0,
            name: Name((!is_removed).then_some(path)),
        })
    }

    /// Appends a part of the value.
    pub(super) fn push(&mut self, part: &[u8]) -> io::Result<()> {
        self.length += part.len() as u64;
        self.file.write_all(part)
    }

    /// The bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The whole value, with its table and column for errors.
    pub(super) fn finish(self, table: &str, column: &str) -> io::Result<Spilled> {
        let file = self.file.into_inner();
        Ok(Spilled {
            file: file.map_err(io::IntoInnerError::into_error)?,
            length: self.length,
            table: table.to_owned(),
            column: column.to_owned(),
            _name: self.name,
        })
    }
}

impl Spilled {
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads it from its start in parts of `size` bytes; the last may have fewer. One reading at a time.
    ///
    /// # Errors
    /// The file cannot be read; the error of `give`, which gets no more parts then.
    pub(super) fn parts(
        &self,
        size: usize,
        give: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))
            .map_err(|error| self.failed(error.kind()))?;
        let mut part = Vec::new();
        let mut left = self.length;
        while left > 0 {
            let length = usize::try_from(left).map_or(size, |left| left.min(size));
            part.resize(length.max(1), 0);
            file.read_exact(&mut part)
                .map_err(|error| self.failed(error.kind()))?;
            give(&part)?;
            left -= part.len() as u64;
        }
        Ok(())
    }

    /// Reads a text from its start in parts of at most `size` bytes, or 4 where that is less: none ends within a character. One reading
    /// at a time.
    ///
    /// # Errors
    /// As [`parts`](Self::parts).
    pub(super) fn texts(
        &self,
        size: usize,
        give: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let is_changed = || self.failed(ErrorKind::InvalidData);
        // With at most three bytes of a character that the part before ended within.
        let size = size.max(4) - 3;
        let mut bytes = Vec::new();
        self.parts(size, &mut |part| {
            bytes.extend_from_slice(part);
            let text = whole_characters(&bytes).ok_or_else(is_changed)?;
            if !text.is_empty() {
                give(text)?;
            }
            let given = text.len();
            bytes.drain(..given);
            Ok(())
        })?;
        bytes.is_empty().then_some(()).ok_or_else(is_changed)
    }

    #[cold]
    fn failed(&self, kind: ErrorKind) -> Error {
        let mut error = DataError::new(self.table.as_str(), DataProblem::Temporary(kind));
        error.column = Some(self.column.clone());
        refused(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spilled(content: &[u8]) -> Spilled {
        let mut writer = SpillWriter::create().unwrap();
        for part in content.chunks(7) {
            writer.push(part).unwrap();
        }
        assert_eq!(writer.length(), content.len() as u64);
        writer.finish("notes", "body").unwrap()
    }

    #[test]
    fn bytes_come_back_in_full_parts_as_often_as_they_are_read() {
        let content: Vec<u8> = (0..=u8::MAX).collect();
        let spilled = spilled(&content);
        assert_eq!(spilled.length(), 256);
        for size in [1, 7, 100, 255, 256, 1000] {
            let mut parts: Vec<Vec<u8>> = Vec::new();
            let read = spilled.parts(size, &mut |part| {
                parts.push(part.to_vec());
                Ok(())
            });
            read.unwrap();
            assert_eq!(parts, content.chunks(size).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_text_comes_back_in_parts_that_cut_no_character() {
        let content = "a é 漢 🦀 z 🦀🦀 éé";
        let spilled = spilled(content.as_bytes());
        for size in 0..content.len() + 5 {
            let mut text = String::new();
            let read = spilled.texts(size, &mut |part| {
                assert!(
                    !part.is_empty() && part.len() <= size.max(4),
                    "{size}: {part}"
                );
                text.push_str(part);
                Ok(())
            });
            read.unwrap();
            assert_eq!(text, content, "{size}");
        }
    }

    #[test]
    fn nothing_comes_after_an_error_and_the_next_reading_begins_anew() {
        let spilled = spilled(b"abcdef");
        let mut number = 0;
        let read = spilled.parts(2, &mut |_| {
            number += 1;
            Err(spilled.failed(ErrorKind::Other))
        });
        assert!(read.is_err());
        assert_eq!(number, 1);
        let mut text = String::new();
        let read = spilled.texts(100, &mut |part| {
            text.push_str(part);
            Ok(())
        });
        read.unwrap();
        assert_eq!(text, "abcdef");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_as_one() {
        for content in [&b"abcd\xff"[..], b"abcd\xc3"] {
            let error = spilled(content).texts(4, &mut |_| Ok(())).unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains("column `body`"), "{shown}");
            assert!(
                shown.contains("a value that is too long for memory"),
                "{shown}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn its_file_has_no_name_and_is_for_its_owner_alone() {
        use std::os::unix::fs::MetadataExt as _;

        let file = spilled(b"secret").file.metadata().unwrap();
        assert_eq!((file.nlink(), file.mode() & 0o777), (0, 0o600));
    }
}
