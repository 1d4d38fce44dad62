//! Bytes to text: encoding, byte order mark, size. A file that cannot be a schema is reported here, once.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::source::{FileId, SourceFile, Sources, Span};

/// Larger files are refused.
pub const SIZE_LIMIT: usize = 16 << 20;

/// Adds a file's bytes to the sources; `path` is what messages show.
///
/// Nothing is added to the schema (`None`) when the bytes are too many; the reason is in `diagnostics`.
pub fn load(
    sources: &mut Sources,
    path: &str,
    bytes: &[u8],
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > SIZE_LIMIT {
        diagnostics.push(too_large(path, bytes.len()));
        return None;
    }
    if let Some(text) = utf16(bytes) {
        return Some(sources.add(SourceFile::new(path, text)));
    }
    // Old dumps have rows in Latin-1, such as `world.sql` of PostgreSQL's sample databases.
    let text = String::from_utf8_lossy(bytes);
    Some(sources.add(SourceFile::new(path, text)))
}

/// Decodes the output of `pg_dump > file` on Windows: UTF-16 after its byte order mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|&pair| read(pair)).into_vec();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

/// Rejects a text that holds a byte of zero or is too large.
pub fn refuse(file: FileId, source: &SourceFile) -> Option<Diagnostic> {
    let text = source.text();
    if text.len() > SIZE_LIMIT {
        return Some(too_large(source.path(), text.len()));
    }
    let at = text.find('\0')? as u32;
    let span = Span {
        file,
        start: at,
        end: at + 1,
    };
    let help = if at < 4 {
        "the file looks like UTF-16: save it as UTF-8"
    } else {
        "remove it; no database takes it in a statement"
    };
    Some(
        Diagnostic::error("B0002", "the file holds a NUL character")
            .at(span, "")
            .help(help),
    )
}

fn too_large(path: &str, length: usize) -> Diagnostic {
    let message = format!("`{path}` has {length} bytes; a schema file may have {SIZE_LIMIT}");
    Diagnostic::error("B0003", message)
        .help("dump the schema without its data: `pg_dump -s`, `mysqldump -d`, `.schema`")
}

/// The first byte in this range that is not UTF-8. Rows and comments may hold one; names and values of a model may not.
pub fn not_utf8(file: FileId, text: &str, start: u32, end: u32) -> Option<Diagnostic> {
    let lost = char::REPLACEMENT_CHARACTER;
    let at = start + text[start as usize..end as usize].find(lost)? as u32;
    let span = Span {
        file,
        start: at,
        end: at + lost.len_utf8() as u32,
    };
    let message = "the file is not UTF-8: this character cannot be read";
    let finding = Diagnostic::error("B0001", message).at(span, "");
    Some(finding.help("save the file as UTF-8"))
}
