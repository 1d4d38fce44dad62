//! Findings about the SQL a struct was written down as, reported about the struct: on its tokens and in its words.

use bindery_schema::diagnostic::{Diagnostic, Label, Severity};
use bindery_schema::source::{FileId, Sources};

use super::description::SourceSpan;
use super::finding::Finding;
use super::written::Written;

/// Looks up the places of findings.
pub(super) struct Reporter<'a> {
    pub(super) written: &'a Written,
    /// The file that holds [`Written::sql`].
    pub(super) file: FileId,
    pub(super) sources: &'a Sources,
    /// The struct's name: for what has no place of its own.
    pub(super) fallback: SourceSpan,
}

impl Reporter<'_> {
    /// An error as it is shown on the struct; `None` for a warning, which a derive has no way to show.
    pub(super) fn finding(&self, diagnostic: &Diagnostic) -> Option<Finding> {
        match diagnostic.severity {
            Severity::Error => Some(self.error(diagnostic)),
            Severity::Warning => None,
        }
    }

    fn error(&self, diagnostic: &Diagnostic) -> Finding {
        let mut message = format!("[{}] {}", diagnostic.code, diagnostic.message);
        let mut labels = diagnostic.labels.iter();
        let main = labels.next();
        if let Some(label) = main.filter(|label| !label.text.is_empty()) {
            message.push_str(&format!("\nnote: {}", self.label(label)));
        }
        for label in labels.filter(|label| !label.text.is_empty()) {
            message.push_str(&format!("\nnote: {}", self.label(label)));
        }
        if let Some(help) = &diagnostic.help {
            message.push_str(&format!("\nhelp: {}", in_rust(help)));
        }
        let place = main.and_then(|label| self.place(label));
        Finding {
            place: place.unwrap_or(self.fallback),
            message,
        }
    }

    fn place(&self, label: &Label) -> Option<SourceSpan> {
        let range = label.span.start..label.span.end;
        (label.span.file == self.file)
            .then(|| self.written.place(range))
            .flatten()
    }

    /// Another file is named; the struct's own text is not, as the user has not seen it.
    fn label(&self, label: &Label) -> String {
        if label.span.file == self.file {
            let piece = self.sources.text(label.span);
            let short = !piece.contains('\n') && piece.chars().count() <= 60;
            if short {
                format!("`{piece}`: {}", label.text)
            } else {
                label.text.clone()
            }
        } else {
            format!(
                "{}: {}",
                self.sources.file(label.span.file).place(label.span.start),
                label.text
            )
        }
    }
}

/// A help whose annotations are written as attributes: `` `-- @engines b` `` as `` `#[engines("b")]` ``.
fn in_rust(help: &str) -> String {
    let mut text = String::with_capacity(help.len());
    for (index, piece) in help.split('`').enumerate() {
        if index > 0 {
            text.push('`');
        }
        // Every second piece stands between backticks.
        let code = (index % 2 == 1).then(|| attribute(piece)).flatten();
        text.push_str(code.as_deref().unwrap_or(piece));
    }
    text
}

fn attribute(code: &str) -> Option<String> {
    let annotation = code
        .trim_start_matches("--")
        .trim_start()
        .strip_prefix('@')?;
    let (word, rest) = annotation.split_once(' ').unwrap_or((annotation, ""));
    let quoted = |text: &str| format!("\"{}\"", text.trim());
    match word {
        "engines" | "engine" => {
            let names: Vec<String> = rest.split(',').map(quoted).collect();
            Some(format!("#[engines({})]", names.join(", ")))
        }
        "link" => {
            let target = rest.split(" on ").next().unwrap_or(rest);
            Some(format!("#[link_to({})]", quoted(target)))
        }
        "dialect" => Some(format!("#[dialect({})]", quoted(rest))),
        "version" | "updated" => Some(format!("#[{word}]")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::in_rust;

    #[test]
    fn helps_speak_of_attributes() {
        let cases = [
            ("nothing to change", "nothing to change"),
            (
                "write `-- @link users(id)`; or `-- @engines b, m` above `users`",
                "write `#[link_to(\"users(id)\")]`; or `#[engines(\"b\", \"m\")]` above `users`",
            ),
            ("write `@dialect mysql`", "write `#[dialect(\"mysql\")]`"),
            ("`-- @link users(id) on b`", "`#[link_to(\"users(id)\")]`"),
            ("`@model Other`", "`@model Other`"),
            ("an odd ` alone", "an odd ` alone"),
        ];
        for (help, expected) in cases {
            assert_eq!(in_rust(help), expected);
        }
    }
}
