//! Source texts and places in them. Every span of every stage is a byte range into a [`SourceFile`].

use crate::lists::IntoVec as _;

/// Which file of a [`Sources`] a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A byte range in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that it is in.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// One text as read, with the path it is shown under.
#[derive(Debug, Clone)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<u32>,
    /// Characters before each block of `BLOCK` bytes: a line may be of any length.
    letters_before: Vec<u32>,
}

/// Bytes of a block.
const BLOCK: usize = 4096;

/// A place as a person counts: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl SourceFile {
    /// Takes a text; `path` is what messages show.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(starts).into_vec();
        let letters_before = letters_before(text.as_bytes());
        Self {
            path: path.into(),
            text,
            line_starts,
            letters_before,
        }
    }

    /// The path messages show.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A place as messages name it: `schema.sql:12:3`.
    pub fn place(&self, offset: u32) -> String {
        let at = self.line_column(offset);
        format!("{}:{}:{}", self.path, at.line, at.column)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a line (from 1) without its end; empty past the last.
    pub fn line_text(&self, line: u32) -> &str {
        let start_of = |line: usize| {
            self.line_starts
                .get(line)
                .map_or(self.text.len(), |&start| start as usize)
        };
        let text = &self.text[start_of((line as usize).saturating_sub(1))..start_of(line as usize)];
        text.strip_suffix('\n')
            .map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
    }

    /// Line and column of a byte offset; offsets past the end give the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self
            .line_starts
            .partition_point(|&start| start as usize <= offset);
        let start = self.line_starts[line - 1] as usize;
        LineColumn {
            line: line as u32,
            column: self.letters_up_to(offset) - self.letters_up_to(start) + 1,
        }
    }

    /// Letters that begin before an offset.
    fn letters_up_to(&self, offset: usize) -> u32 {
        let block = offset / BLOCK;
        self.letters_before[block] + letters(&self.text.as_bytes()[block * BLOCK..offset])
    }
}

/// For each block, and for the end of the text, how many characters begin before it.
fn letters_before(bytes: &[u8]) -> Vec<u32> {
    let mut before = 0;
    let mut all = Vec::with_capacity(bytes.len() / BLOCK + 1);
    all.push(0);
    for block in bytes.chunks_exact(BLOCK) {
        before += letters(block);
        all.push(before);
    }
    all
}

/// Letters that begin in some bytes of UTF-8.
fn letters(bytes: &[u8]) -> u32 {
    // Most texts are ASCII, and build scripts are not optimised.
    if bytes.is_ascii() {
        return bytes.len() as u32;
    }
    let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
    bytes.iter().filter(begins).count() as u32
}

/// All source files of one run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its id.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id that this value gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text()[span.start as usize..span.end as usize]
    }
}
