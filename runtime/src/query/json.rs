//! The part of a JSON value at a path: a text or a number.

use super::column::Column;
use super::expression::{Expr, Term};
use super::nullability::{Nullability, Nullable};
use super::of_dialect::IsJson;
use super::operand::Writing;
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Function;

/// The same methods for columns and expressions.
macro_rules! both {
    ($($methods:tt)*) => {
        impl<M, T, K: Nullability> Column<M, T, K> { $($methods)* }
        impl<M, T, K: Nullability> Expr<M, T, K> { $($methods)* }
    };
}

both! {
    /// The text of what is at a path of a JSON value: keys and elements, as in `address.lines[0]`; a key with other than letters,
    /// digits and `_` is quoted, `"street name"[0]`. NULL where nothing is there, or a JSON null.
    ///
    /// A text is given without its quotes, `true` and `false` as such, an integer as its digits, the same on every database; other
    /// numbers, objects and arrays as the database writes them.
    ///
    /// A path of another form is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when the query is executed.
    pub fn json_text(self, path: impl AsRef<str>) -> Expr<M, String, Nullable>
    where
        T: IsJson,
    {
        at_path(self.term(), path.as_ref(), Function::JsonText)
    }

    /// The number at a path of a JSON value, as in [`json_text`](Self::json_text), cut off toward zero: NULL where there is
    /// something else than a number, a text of digits too. One beyond 64 bits is
    /// [`ErrorKind::ValueOutOfRange`](crate::ErrorKind::ValueOutOfRange).
    pub fn json_i64(self, path: impl AsRef<str>) -> Expr<M, i64, Nullable>
    where
        T: IsJson,
    {
        at_path(self.term(), path.as_ref(), Function::JsonInteger)
    }

    /// The number at a path of a JSON value, as in [`json_text`](Self::json_text), as a float: NULL where there is something
    /// else than a number.
    pub fn json_f64(self, path: impl AsRef<str>) -> Expr<M, f64, Nullable>
    where
        T: IsJson,
    {
        at_path(self.term(), path.as_ref(), Function::JsonFloat)
    }
}

fn at_path<M, T, K, U>(
    mut term: Expr<M, T, K>,
    path: &str,
    function: Function,
) -> Expr<M, U, Nullable> {
    match written(path) {
        Ok(path) => Writing::typed(&mut term.predicate, false).value(&path),
        Err(error) => {
            term.predicate.keep(Err(error));
            Writing::typed(&mut term.predicate, false).value("$");
        }
    }
    term.call(function)
}

/// The path as each database reads it: `$."address"."lines"[0]`.
fn written(path: &str) -> Result<String> {
    let mut rest = path;
    let mut written = String::from("$");
    while !rest.is_empty() {
        rest = match rest.strip_prefix('[') {
            Some(element) => take_element(element, &mut written)?,
            None => take_key(rest, written.len() == 1, &mut written)?,
        };
    }
    if written.len() == 1 {
        return Err(refused());
    }
    Ok(written)
}

/// Takes `0]`, and returns what is after it.
fn take_element<'p>(path: &'p str, written: &mut String) -> Result<&'p str> {
    let (number, rest) = path.split_once(']').ok_or_else(refused)?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || number.len() > 9 {
        return Err(refused());
    }
    written.push('[');
    written.push_str(number);
    written.push(']');
    Ok(rest)
}

/// Takes a key, with the point before it unless it is the first, and returns what is after it.
fn take_key<'p>(path: &'p str, is_first: bool, written: &mut String) -> Result<&'p str> {
    let path = match path.strip_prefix('.') {
        Some(path) if !is_first => path,
        None if is_first => path,
        Some(_) | None => return Err(refused()),
    };
    let (key, rest) = match path.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or_else(refused)?,
        None => {
            let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_';
            path.split_at(path.find(|letter| !is_plain(letter)).unwrap_or(path.len()))
        }
    };
    // Databases differ about escapes.
    if key.is_empty() || key.contains(|letter: char| letter == '\\' || letter.is_control()) {
        return Err(refused());
    }
    written.push_str(".\"");
    written.push_str(key);
    written.push('"');
    Ok(rest)
}

#[cold]
fn refused() -> Error {
    let why = "a path of JSON is keys and elements, as in `address.lines[0]`; a key with other characters is quoted, and has no quote or backslash";
    Error::new(ErrorKind::Unsupported(why))
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn paths_are_written_as_every_database_reads_them() {
        for (path, expected) in [
            ("a", "$.\"a\""),
            ("a.b_2.é", "$.\"a\".\"b_2\".\"é\""),
            ("a[0][12].b", "$.\"a\"[0][12].\"b\""),
            ("[3]", "$[3]"),
            ("\"a b.c[0]\".\"$\"[1]", "$.\"a b.c[0]\".\"$\"[1]"),
        ] {
            assert_eq!(written(path).ok().as_deref(), Some(expected), "{path}");
        }
        for path in [
            "",
            ".",
            ".a",
            "a.",
            "a..b",
            "a b",
            "[",
            "[]",
            "[a]",
            "[-1]",
            "[*]",
            "[9999999999]",
            "a]",
            "\"",
            "\"\"",
            "\"a",
            "\"a\\\"b\"",
            "$.a",
            "a.*",
            "a[0]b",
            "\"a\"b",
            "'a'",
        ] {
            assert!(written(path).is_err(), "{path}");
        }
    }
}
