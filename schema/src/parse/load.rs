//! Bytes to text: encoding, byte order mark, size. A file that cannot be a schema is reported here, once.

use crate::diagnostic::{Diagnostic, Diagnostics};
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
    let (text, guessed) = decoded(bytes);
    Some(sources.add(SourceFile::new(path, text).with_guessed(guessed)))
}

/// Decodes the output of `pg_dump > file` on Windows: UTF-16 after its byte order mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|&pair| read(pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

/// UTF-8. A byte that is none is taken for Latin-1, and its place is kept: rows and comments may hold it, names may not.
fn decoded(bytes: &[u8]) -> (String, Vec<u32>) {
    let (mut text, mut guessed) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            guessed.push(text.len() as u32);
            text.push(char::from(byte));
        }
    }
    (text, guessed)
}

/// Rejects a text that holds a byte of zero or is too large.
pub(crate) fn refuse(file: FileId, source: &SourceFile) -> Option<Diagnostic> {
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

/// A character that decides something and was guessed.
pub(crate) fn not_utf8(file: FileId, source: &SourceFile, at: u32) -> Diagnostic {
    let guessed = source.text()[at as usize..].chars().next();
    let guessed = guessed.expect("a guessed character stands at its place");
    let span = Span {
        file,
        start: at,
        end: at + guessed.len_utf8() as u32,
    };
    let byte = u32::from(guessed);
    let message = format!("the file is not UTF-8: the byte 0x{byte:02x} cannot stand here");
    let help = if byte >= 0xa0 {
        format!("in Latin-1 this byte is `{guessed}`: save the file as UTF-8")
    } else {
        "save the file as UTF-8".to_owned()
    };
    Diagnostic::error("B0001", message).at(span, "").help(help)
}
