//! Names in Rust for names in SQL: models, accessors, fields, variants, engines. Pure functions of the text.
//!
//! How a name is quoted in SQL is the matter of `sql_writer`. Names that collide are settled when the schema is resolved:
//!
//! | what | becomes |
//! |---|---|
//! | table `session`, as a method of bindery is called, or `b`, as an engine is | accessor `db.session_()`, `db.b_()`; with `@model WebSession` `db.web_session()` |
//! | tables `blog` and `blogs` | models `Blog` and `Blogs` |
//! | tables `users` and `audit.users` | `User`, `db.users()` and `AuditUser`, `db.audit_users()` |
//! | enum `color` beside table `colors` | `ColorEnum` and `Color` |
//! | values `read` and `READ` of one enum | variants `Read` and `Read2`, in their order |
//!
//! Names that are one all the same (tables `user data` and `user_data`) are refused by `check`: `@model` and `@name` settle it.
//!
//! Every function takes any text, hostile ones too, and gives a Rust identifier ([`field`] and [`accessor`] may give a
//! keyword: see [`escape_keyword`]).

pub(crate) mod implied;
mod singular;

use crate::lists::IntoVec as _;
use bindery_core::dialect::Dialect;
pub(crate) use bindery_core::name::same_word;
pub use bindery_core::name::{
    CONNECTION_METHODS, DATABASES_METHODS, OUTBOX_METHODS, SYNCS_METHOD, engine_type_name,
    is_crate_name, is_keyword, is_reserved_accessor, is_type_path, is_valid_engine_name, suggest,
};
use heck::{ToSnakeCase, ToUpperCamelCase};

/// The row struct of a table: the singular of its last word, in UpperCamelCase.
///
/// The singular comes from a small fixed table and a few rules; what they get wrong `@model` puts right.
///
/// ```
/// use bindery_schema::name::model_name;
/// assert_eq!(model_name("blogs"), "Blog");
/// assert_eq!(model_name("order_lines"), "OrderLine");
/// assert_eq!(model_name("categories"), "Category");
/// assert_eq!(model_name("PlaylistTrack"), "PlaylistTrack");
/// assert_eq!(model_name("Order Details"), "OrderDetail");
/// assert_eq!(model_name("QRTZ_JOB_DETAILS"), "QrtzJobDetail");
/// assert_eq!(model_name("2fa"), "T2fa");
/// ```
pub fn model_name(table: &str) -> String {
    let snake = snake_case_words(table);
    let (head, last) = snake
        .rsplit_once('_')
        .map_or(("", snake.as_str()), |(head, last)| (head, last));
    row_name(format!("{head}_{}", singular::singular_of(last)).to_upper_camel_case())
}

/// The row struct of a table whose singular is that of another table: its own name in UpperCamelCase.
///
/// ```
/// use bindery_schema::name::uninflected_model_name;
/// assert_eq!(uninflected_model_name("blogs"), "Blogs");
/// ```
pub fn uninflected_model_name(table: &str) -> String {
    row_name(snake_case_words(table).to_upper_camel_case())
}

/// The one keyword of this shape gets no underscore: other names are made of a row's by adding to it.
fn row_name(camel: String) -> String {
    let name = started(camel, "T", "Table");
    if name == "Self" {
        "SelfRow".to_owned()
    } else {
        name
    }
}

/// The module and accessor of a table: its own name in snake case, never inflected, not escaped.
///
/// ```
/// use bindery_schema::name::accessor;
/// assert_eq!(accessor("blogs"), "blogs");
/// assert_eq!(accessor("Order Details"), "order_details");
/// assert_eq!(accessor("2fa"), "t2fa");
/// ```
pub fn accessor(table: &str) -> String {
    started(snake_case_words(table), "t", "table")
}

/// The name of a model in its events: `user` of `User`.
///
/// ```
/// use bindery_schema::name::event_model;
/// assert_eq!(event_model("OrderDetail"), "order_detail");
/// assert_eq!(event_model("r#Type"), "type");
/// ```
pub fn event_model(model: &str) -> String {
    let name = accessor(model.trim_start_matches("r#"));
    let name = name.trim_start_matches("r#").trim_end_matches('_');
    name.to_owned()
}

/// The field of a column: its name in snake case, not escaped.
///
/// ```
/// use bindery_schema::name::field;
/// assert_eq!(field("CustomerID"), "customer_id");
/// assert_eq!(field("unit price"), "unit_price");
/// assert_eq!(field("type"), "type");
/// assert_eq!(field("1st"), "c1st");
/// ```
pub fn field(column: &str) -> String {
    started(snake_case_words(column), "c", "column")
}

/// The variant of an enum's value, in UpperCamelCase. Punctuation that distinguishes values is spelled out.
///
/// ```
/// use bindery_schema::name::variant;
/// assert_eq!(variant("in progress"), "InProgress");
/// assert_eq!(variant(""), "Empty");
/// assert_eq!(variant("1"), "V1");
/// assert_eq!(variant("PG-13"), "Pg13");
/// assert_eq!((variant("A+"), variant("A-")), ("APlus".to_owned(), "AMinus".to_owned()));
/// ```
pub fn variant(value: &str) -> String {
    if value.is_empty() {
        return "Empty".to_owned();
    }
    let spelled = spell_signs(value);
    let camel = identifier_text(&spelled).to_upper_camel_case();
    let camel = if camel.is_empty() {
        value.chars().map(any_sign).collect()
    } else {
        camel
    };
    escape_keyword(&started(camel, "V", "Other"))
}

/// Writes an identifier so that Rust takes it: `r#type`; the five words that cannot be raw get a trailing underscore.
///
/// ```
/// use bindery_schema::name::escape_keyword;
/// assert_eq!(escape_keyword("type"), "r#type");
/// assert_eq!(escape_keyword("self"), "self_");
/// assert_eq!(escape_keyword("title"), "title");
/// ```
pub fn escape_keyword(identifier: &str) -> String {
    match identifier {
        "self" | "Self" | "super" | "crate" | "_" => format!("{identifier}_"),
        word if is_keyword(word) => format!("r#{word}"),
        word => word.to_owned(),
    }
}

/// The words of a name in snake case; characters that no identifier may hold are gaps between words.
fn snake_case_words(text: &str) -> String {
    if is_snake_case(text) {
        return text.to_owned();
    }
    identifier_text(text).to_snake_case()
}

/// Whether the name is in lower-case ASCII words already. Most are, and build scripts are not optimised.
fn is_snake_case(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut before) = (0, b'_');
    while at < bytes.len() {
        let byte = bytes[at];
        let in_word = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !in_word && (byte != b'_' || before == b'_') {
            return false;
        }
        before = byte;
        at += 1;
    }
    before != b'_'
}

/// As the compiler of Rust sees it: an accent is part of its character (normal form C). So two names that differ in
/// that alone are one name here already, and reported as one.
fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if text.is_ascii() {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

fn identifier_text(text: &str) -> String {
    composed(text)
        .chars()
        .map(|letter| {
            if unicode_ident::is_xid_continue(letter) {
                letter
            } else {
                ' '
            }
        })
        .collect()
}

/// Makes an identifier of what is left of a name: `prefix` where it starts with a digit, `nothing_left` where it is empty.
fn started(name: String, prefix: &str, nothing_left: &str) -> String {
    match name.chars().next() {
        None => nothing_left.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("{prefix}{name}"),
    }
}

/// Spells out the characters that values of one enum differ by (`A+`, `A-`, `<10`); other punctuation only separates
/// words.
fn spell_signs(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let at_end = |index: usize| index == 0 || index == last;
    value
        .chars()
        .enumerate()
        .map(|(index, letter)| match letter {
            '-' if at_end(index) => " minus ".to_owned(),
            '+' | '<' | '>' | '=' | '!' | '%' | '&' | '#' | '*' | '@' | '$' | '~' | '^' => {
                format!(" {} ", any_sign(letter))
            }
            other => other.to_string(),
        })
        .collect()
}

/// The name of a single character, for values that consist of nothing else.
fn any_sign(letter: char) -> String {
    let known = SIGNS.iter().find(|(sign, _)| *sign == letter);
    known.map_or_else(
        || format!("U{:04X}", u32::from(letter)),
        |(_, name)| (*name).to_owned(),
    )
}

const SIGNS: &[(char, &str)] = &[
    (' ', "Space"),
    ('!', "Not"),
    ('"', "Quote"),
    ('#', "Hash"),
    ('$', "Dollar"),
    ('%', "Percent"),
    ('&', "And"),
    ('\'', "Apostrophe"),
    ('(', "Open"),
    (')', "Close"),
    ('*', "Star"),
    ('+', "Plus"),
    (',', "Comma"),
    ('-', "Minus"),
    ('.', "Dot"),
    ('/', "Slash"),
    (':', "Colon"),
    (';', "Semicolon"),
    ('<', "Less"),
    ('=', "Equal"),
    ('>', "Greater"),
    ('?', "Question"),
    ('@', "At"),
    ('\\', "Backslash"),
    ('^', "Caret"),
    ('_', "Underscore"),
    ('|', "Bar"),
    ('~', "Tilde"),
];

/// The words of a text, in lower case.
pub(crate) fn words_in(text: &str) -> impl Iterator<Item = String> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// `` `a`, `b`, … ``, cut where it grows long.
pub(crate) fn quoted_list(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(12)
        .map(|name| format!("`{name}`"))
        .into_vec();
    let more = if names.len() > 12 {
        format!(" and {} more", names.len() - 12)
    } else {
        String::new()
    };
    shown.join(", ") + &more
}

/// Whether two names are the same to this dialect. PostgreSQL folded them on reading and compares exactly from then on.
pub(crate) fn same_name(one: &str, other: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => one == other,
        Dialect::Sqlite | Dialect::Mysql => {
            same_word(one, other) || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_singular() {
        let expected = [
            ("boxes", "Box"),
            ("addresses", "Address"),
            ("status", "Status"),
            ("statuses", "Status"),
            ("people", "Person"),
            ("news", "News"),
            ("series", "Series"),
            ("Invoice", "Invoice"),
            ("InvoiceLine", "InvoiceLine"),
            ("databases", "Database"),
            ("caches", "Cache"),
            ("branches", "Branch"),
            ("warehouses", "Warehouse"),
            ("analyses", "Analysis"),
            ("movies", "Movie"),
            ("quizzes", "Quiz"),
            ("sizes", "Size"),
            ("heroes", "Hero"),
            ("shelves", "Shelf"),
            ("archives", "Archive"),
            ("menus", "Menu"),
            ("aliases", "Alias"),
            ("classes", "Class"),
            ("user_data", "UserData"),
            ("children", "Child"),
            ("keys", "Key"),
            ("s", "S"),
            ("users2", "Users2"),
            ("dns", "Dns"),
            ("tags_", "Tag"),
            ("self", "SelfRow"),
            ("größen", "Größen"),
            ("", "Table"),
            ("\"); drop", "Drop"),
        ];
        for (table, model) in expected {
            assert_eq!(model_name(table), model, "{table}");
        }
    }

    #[test]
    fn every_name_is_an_identifier() {
        let hostile = [
            "",
            "²",
            "a²b",
            "ⓐ",
            "\0",
            "a\u{301}b",
            "'; DROP TABLE x; --",
            "🦀",
            "__",
            "9",
            "r#type",
            "日本",
            "ǆ",
            "İ",
        ];
        for text in hostile {
            for name in [model_name(text), accessor(text), field(text), variant(text)] {
                let mut letters = name.chars();
                assert!(
                    letters.next().is_some_and(unicode_ident::is_xid_start),
                    "{text:?} gave {name:?}"
                );
                assert!(
                    letters.all(unicode_ident::is_xid_continue),
                    "{text:?} gave {name:?}"
                );
            }
        }
    }

    #[test]
    fn values_that_differ_by_signs_have_variants_of_their_own() {
        let values = [
            "<", "<=", "+", "-", "A+", "A-", " ", "?", "🦀", "<18", ">18",
        ];
        let mut variants: Vec<String> = values.iter().map(|value| variant(value)).collect();
        variants.sort();
        variants.dedup();
        assert_eq!(variants.len(), values.len(), "{variants:?}");
    }
}
