//! Required columns by name: `NewPerson::new(person::Required { first_name, last_name })`.
//!
//! Arguments of one type would be exchanged with every call by two lines of the schema that are exchanged, and nothing would
//! notice. So a constructor takes its columns in order only where each is of another class.

use super::field::{Field, Given};
use super::model::Shape;
use crate::emit::text::{is_of_name, type_tokens};

/// Values that a call can mistake for each other.
#[derive(Debug, PartialEq, Eq)]
enum Class {
    /// Whatever can be made a `String`.
    Text,
    /// Of any other type: its name, in which numbers of every width are alike, as a literal fits each.
    Type(String),
    /// Keys of one model, on whichever engine: engines that are chosen at run time may be the same.
    Key(String),
}

/// The columns that a new row must have.
pub(crate) fn fields<'s>(shape: &'s Shape<'_>) -> impl Iterator<Item = &'s Field<'s>> {
    let given = shape.given().map(|(_, field)| field);
    given.filter(|field| field.given == Given::Required)
}

/// The name of the struct that has them, where two are of one class.
pub(crate) fn type_name(shape: &Shape<'_>) -> Option<String> {
    alike(shape)?;
    let mut name = "Required".to_owned();
    while is_taken(shape, &name) {
        name.push('_');
    }
    Some(name)
}

/// The first two required columns of one class.
pub(crate) fn alike<'s>(shape: &'s Shape<'_>) -> Option<[&'s Field<'s>; 2]> {
    let mut seen: Vec<(Class, &Field<'_>)> = Vec::new();
    for field in fields(shape) {
        let class = class(field);
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == class) {
            return Some([first, field]);
        }
        seen.push((class, field));
    }
    None
}

fn class(field: &Field<'_>) -> Class {
    match &field.key_of {
        _ if field.is_text() => Class::Text,
        Some(key) if field.is_key => Class::Key(key.clone()),
        Some(_) | None => Class::Type(without_widths(&without_paths(field.given_type()))),
    }
}

/// A type by the last names of its paths: `Vec<Money>` of `::std::vec::Vec<crate::Money>`.
pub(crate) fn without_paths(ty: &str) -> String {
    let mut short = String::with_capacity(ty.len());
    for token in printed_tokens(ty) {
        if token == ":" {
            let before = short.trim_end_matches(is_of_name).len();
            short.truncate(before);
        } else {
            short.push_str(token);
        }
    }
    short
}

/// A type in which integers of every width are one, and floats are.
fn without_widths(ty: &str) -> String {
    let widened = |token: &'_ str| match token {
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" => "{integer}".to_owned(),
        "f32" | "f64" => "{float}".to_owned(),
        other => other.to_owned(),
    };
    printed_tokens(ty).map(widened).collect()
}

/// The tokens of a type but blanks.
fn printed_tokens(ty: &str) -> impl Iterator<Item = &str> {
    type_tokens(ty).filter(|token| !token.trim().is_empty())
}

/// The module of the columns shows the model's own items too, and where the program wrote the row, the types of its fields.
fn is_taken(shape: &Shape<'_>, name: &str) -> bool {
    let names = shape.names;
    let items = [
        &names.row,
        &names.new,
        &names.patch,
        &names.key,
        &names.queries,
        &names.choice,
    ];
    let mut types = shape
        .fields
        .iter()
        .flat_map(|field| printed_tokens(&field.ty));
    items.into_iter().any(|item| item == name) || types.any(|token| token == name)
}

/// Whether the struct has the parameter `E`.
pub(crate) fn is_generic(shape: &Shape<'_>) -> bool {
    fields(shape).any(Field::new_on_row_engine)
}

#[cfg(test)]
mod tests {
    use super::{without_paths, without_widths};

    #[test]
    fn types_are_compared_by_their_last_names() {
        for (ty, expected) in [
            ("i64", "{integer}"),
            ("f32", "{float}"),
            ("::std::vec::Vec<u8>", "Vec<{integer}>"),
            ("crate :: money :: Money", "Money"),
            ("::bindery::types::Json<Vec<self::A>>", "Json<Vec<A>>"),
            ("r#type::r#match", "r#match"),
            ("(i8, a::B)", "({integer},B)"),
        ] {
            assert_eq!(without_widths(&without_paths(ty)), expected);
        }
    }
}
