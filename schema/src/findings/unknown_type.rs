//! B0250: a type whose name says little or nothing to the database of the file.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A column with the name of its type.
pub(crate) struct Typed<'a> {
    pub(crate) column: &'a str,
    pub(crate) type_name: &'a str,
    pub(crate) at: Span,
}

impl Typed<'_> {
    /// SQLite stores any value there.
    pub(crate) fn means_nothing(&self, near: Option<&str>) -> Diagnostic {
        let (column, type_name) = (self.column, self.type_name);
        let message = format!(
            "type `{type_name}` means nothing to SQLite: column `{column}` is read as any value"
        );
        let help = format!(
            "{}write `TEXT`, `INTEGER`, `REAL`, `BLOB` or `ANY`; or say what its values are: `-- @type String`",
            meant(near)
        );
        self.warning(message).help(help)
    }

    /// SQLite derives a type from the letters, though perhaps not the one that was meant: `INTEGRE PRIMARY KEY` is
    /// not generated.
    pub(crate) fn misspelt(&self, near: &str) -> Diagnostic {
        let (column, type_name) = (self.column, self.type_name);
        let message = format!(
            "type `{type_name}` is not known: SQLite goes by the letters in its name for column `{column}`"
        );
        let help = format!("did you mean `{}`?", near.to_uppercase());
        self.warning(message).help(help)
    }

    /// The server sends the values as text.
    pub(crate) fn read_as_text(&self, near: Option<&str>) -> Diagnostic {
        let (column, type_name) = (self.column, self.type_name);
        let message = format!("type `{type_name}` is not known: column `{column}` is read as text");
        let help = format!(
            "{}give its text form a type of yours with `-- @type`, or by its name in `[types]` of `bindery.toml`; or \
             leave the column out with `-- @skip`",
            meant(near)
        );
        self.warning(message).help(help)
    }

    /// `SERIAL` is a plain integer in SQLite.
    pub(crate) fn generates_nothing(&self) -> Diagnostic {
        let (column, type_name) = (self.column, self.type_name);
        let message = format!(
            "type `{type_name}` generates nothing in SQLite: column `{column}` is a plain integer"
        );
        self.warning(message).help("write `BIGINT`")
    }

    fn warning(&self, message: String) -> Diagnostic {
        Diagnostic::warning("B0250", message).at(self.at, "")
    }
}

fn meant(near: Option<&str>) -> String {
    near.map_or(String::new(), |near| format!("did you mean `{near}`? "))
}
