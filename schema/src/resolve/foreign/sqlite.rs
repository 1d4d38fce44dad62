//! Words of others that SQLite takes in another sense.

use super::Foreign;
use crate::ast::TypeName;
use crate::dialect::{Dialect, DialectRules as _};
use crate::draft::DraftColumn;
use crate::resolve::types::is_serial;
use crate::syntax::ExprKind;

/// Words that SQLite takes for a part of the type's name ("Datatypes In SQLite", section 3: any words are a type).
pub(in crate::resolve) fn of_type(column: &DraftColumn, in_key: bool) -> Option<Foreign> {
    let (name, written) = (&column.name.text, &column.type_name);
    let mut words = written.name.split(' ');
    let generated = || {
        let counted = Dialect::Sqlite.rules().counted_key();
        format!("write `{name} {counted}`")
    };
    let is_part =
        |word: &str, lost: &str| format!("`{word}` is a part of the type's name to SQLite: {lost}");
    if words.any(|word| word == "auto_increment") {
        let message = is_part("AUTO_INCREMENT", &format!("`{name}` is not generated"));
        return Some((Dialect::Mysql, message, generated()));
    }
    if in_key && is_serial(&written.name) {
        let message = format!(
            "`{}` is the name of a type to SQLite and no more: `{name}` is not generated",
            written.written
        );
        return Some((Dialect::Postgres, message, generated()));
    }
    if is_array(written) {
        let message = format!("SQLite has no arrays: `{name}` is `{}`", written.written);
        let instead = "write `JSON`, or keep the values in a table of their own".to_owned();
        return Some((Dialect::Postgres, message, instead));
    }
    let word = behind_type(&written.name)?;
    let message = is_part(word, &format!("`{name}` does not have it"));
    Some((
        Dialect::Mysql,
        message,
        format!("remove `{word}` and what belongs to it"),
    ))
}

/// `TEXT[]`, `INTEGER[3]`, `TEXT ARRAY`; `[int]` is a quoted name.
fn is_array(of: &TypeName) -> bool {
    let (before, rest) = of.written.split_once('[').unwrap_or_default();
    let bound = rest.split(']').next().unwrap_or_default().trim();
    let is_bound = bound.bytes().all(|byte| byte.is_ascii_digit());
    (!before.trim().is_empty() && is_bound) || of.name.ends_with(" array")
}

/// MySQL's words after a type that say more about its column.
fn behind_type(name: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 3] = [
        (" comment", "COMMENT"),
        (" charset", "CHARSET"),
        (" character set", "CHARACTER SET"),
    ];
    let found = WORDS.iter().find(|(word, _)| {
        name.find(word).is_some_and(|at| {
            let rest = &name[at + word.len()..];
            rest.is_empty() || rest.starts_with(' ')
        })
    });
    found.map(|(_, shown)| *shown)
}

/// A constant that means something else.
pub(in crate::resolve) fn of_default(kind: &ExprKind, sql: &str) -> Option<Foreign> {
    match kind {
        ExprKind::Column(_) => word(sql),
        _ => None,
    }
}

/// A word that is not a keyword is a text to SQLite: also those that other databases have for a moment or a user.
fn word(only: &str) -> Option<Foreign> {
    const WORDS: [(&str, &str); 5] = [
        ("LOCALTIMESTAMP", "write `CURRENT_TIMESTAMP`"),
        ("LOCALTIME", "write `CURRENT_TIME`"),
        ("CURRENT_USER", "give the value in the program"),
        ("SESSION_USER", "give the value in the program"),
        ("USER", "give the value in the program"),
    ];
    let mut words = WORDS.iter();
    let (word, instead) = words.find(|(word, _)| only.eq_ignore_ascii_case(word))?;
    let message = format!("`{word}` is a text like any other to SQLite");
    Some((Dialect::Postgres, message, (*instead).to_owned()))
}
