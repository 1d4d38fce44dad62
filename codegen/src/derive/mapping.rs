//! `[types]` of the configuration, read from the other side: the SQL type of a field whose Rust type is named there.

use bindery_schema::config::TypeMapping;
use bindery_schema::dialect::Dialect;
use bindery_schema::resolve::types::is_type_of;

use super::description::{FieldDescription, RustType};
use super::finding::{Findings, listed};
use super::shape::Looker;

impl<'a> Looker<'a> {
    /// The SQL type of a field that names none, where its Rust type is one of `[types]`.
    pub(super) fn mapped_type(&self, field: &FieldDescription) -> Option<&'a str> {
        if field.sql_type.is_some() {
            return None;
        }
        let mut keys = keys(&self.setting.input.types, field.inner_type(), self.dialect);
        keys.next()
    }

    /// A Rust type that several SQL types have does not say which one a field is stored as.
    pub(super) fn one_mapping(&self, field: &FieldDescription, findings: &mut Findings) {
        let inner = field.inner_type();
        let keys: Vec<&str> = keys(&self.setting.input.types, inner, self.dialect).collect();
        if let ([first, _, ..], None) = (keys.as_slice(), &field.sql_type) {
            let message = format!(
                "`{}` is the type of several SQL types in `[types]`",
                inner.text
            );
            let help = format!(
                "say which one it is here, `#[column(type = \"{first}\")]`: they are {}",
                listed(keys.iter().copied())
            );
            findings.push(field.rust_type.place, message, help);
        }
    }
}

/// The SQL types of the dialect whose columns have this Rust type. Paths are known by their last segment, as a macro
/// cannot see what is imported.
fn keys<'a>(
    types: &'a [TypeMapping],
    rust_type: &RustType,
    dialect: Dialect,
) -> impl Iterator<Item = &'a str> {
    let written = last_segment(&rust_type.text).to_owned();
    let fits = move |entry: &&TypeMapping| {
        last_segment(&entry.rust_type) == written && is_type_of(&entry.key, dialect)
    };
    types.iter().filter(fits).map(|entry| entry.key.as_str())
}

/// `Json<crate::Prices>` of `bindery::types::Json<crate::Prices>`.
fn last_segment(path: &str) -> String {
    let path = path.replace(' ', "");
    let head = path.split('<').next().unwrap_or_default().len();
    let start = path[..head].rfind("::").map_or(0, |at| at + 2);
    path[start..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::last_segment;

    #[test]
    fn paths_are_told_by_their_last_segment() {
        for (path, last) in [
            ("Email", "Email"),
            ("crate::mail::Email", "Email"),
            (
                "::bindery::types::Json<crate::Prices>",
                "Json<crate::Prices>",
            ),
            ("Vec<u8>", "Vec<u8>"),
        ] {
            assert_eq!(last_segment(path), last);
        }
    }
}
