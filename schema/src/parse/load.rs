//! Bytes to text: encoding, byte order mark, size. What cannot be a schema file is told here, once per file.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, SourceFile, Sources, Span};

/// Larger files are refused.
pub const SIZE_LIMIT: usize = 64 << 20;

/// Adds a file's bytes to the sources; `path` is what messages show.
///
/// Nothing is added to the schema (`None`) when the bytes are no text or too many; the reason is in `diagnostics`.
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
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(sources.add(SourceFile::new(path, text))),
        Err(error) => {
            let file = sources.add(SourceFile::new(path, String::from_utf8_lossy(bytes)));
            diagnostics.push(not_utf8(file, bytes, error.valid_up_to()));
            None
        }
    }
}

/// What a text itself forbids: a byte of zero, too great a size.
pub(crate) fn refuse(file: FileId, source: &SourceFile) -> Option<Diagnostic> {
    let text = source.text();
    if text.len() > SIZE_LIMIT {
        return Some(too_large(source.path(), text.len()));
    }
    let at = text.bytes().position(|byte| byte == 0)? as u32;
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

fn not_utf8(file: FileId, bytes: &[u8], at: usize) -> Diagnostic {
    let span = Span {
        file,
        start: at as u32,
        end: at as u32 + 1,
    };
    let byte = bytes[at];
    let message = format!("the file is not UTF-8: the byte 0x{byte:02x} cannot stand here");
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let help = if utf16 {
        "the file looks like UTF-16: save it as UTF-8".to_owned()
    } else if byte >= 0xa0 {
        format!(
            "in Latin-1 this byte is `{}`: save the file as UTF-8",
            char::from(byte)
        )
    } else {
        "save the file as UTF-8".to_owned()
    };
    Diagnostic::error("B0001", message).at(span, "").help(help)
}
