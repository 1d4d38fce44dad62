//! Storage and compression of PostgreSQL's columns. A column has one of each; neither is written where it is the type's own.

use crate::draft::DraftColumn;

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Storage,
    Compression,
}

/// The column is stored so from here on.
pub(super) fn change(column: &mut DraftColumn, words: &str) {
    let Some((setting, value)) = taken_apart(words) else {
        return column.settings.push(words.to_owned());
    };
    forget_one(column, setting);
    if !is_usual(column, setting, value) {
        column.settings.push(words.to_owned());
    }
}

/// A column with another type is stored as is usual for that (`ATExecAlterColumnType` of PostgreSQL).
pub(super) fn forget(column: &mut DraftColumn) {
    forget_one(column, Setting::Storage);
    forget_one(column, Setting::Compression);
}

fn forget_one(column: &mut DraftColumn, setting: Setting) {
    let is_other = |words: &String| taken_apart(words).is_none_or(|(known, _)| known != setting);
    column.settings.retain(is_other);
}

/// `SET STORAGE PLAIN`.
fn taken_apart(words: &str) -> Option<(Setting, &str)> {
    let mut words = words.split_whitespace().skip(1);
    let setting = match words.next()?.to_ascii_uppercase().as_str() {
        "STORAGE" => Setting::Storage,
        "COMPRESSION" => Setting::Compression,
        _ => return None,
    };
    Some((setting, words.next()?))
}

/// The storage of a type whose values have several lengths (`pg_type.typstorage`).
pub(crate) fn usual_storage(type_name: &str) -> &'static str {
    match type_name {
        "numeric" | "decimal" | "inet" | "cidr" => "MAIN",
        _ => "EXTENDED",
    }
}

fn is_usual(column: &DraftColumn, setting: Setting, value: &str) -> bool {
    let usual = match setting {
        Setting::Storage if column.type_name.array => "EXTENDED",
        Setting::Storage => usual_storage(&column.type_name.name),
        Setting::Compression => "DEFAULT",
    };
    value.eq_ignore_ascii_case(usual) || value.eq_ignore_ascii_case("DEFAULT")
}
