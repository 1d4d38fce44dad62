//! Setters of `New…`, for what its constructor does not take: `NewUser::new(email).display_name("Ann")`.

use super::new::INTO_STRING;
use super::shape::{Field, Shape};
use crate::rust_writer::{RustWriter, Signature};

/// One for each column that may be left out.
pub(crate) fn setters(w: &mut RustWriter, shape: &Shape<'_>) {
    for field in fields(shape) {
        w.item(|w| setter(w, shape, field));
    }
}

fn fields<'s>(shape: &'s Shape<'_>) -> impl Iterator<Item = &'s Field<'s>> {
    let fields = shape.given().map(|(_, field)| field);
    fields.filter(|field| field.given.may_be_left_out())
}

/// Before the block of the setters: a column `is_open` does not answer whether something is open, and one `sub` subtracts
/// nothing.
pub(crate) fn allows(w: &mut RustWriter, shape: &Shape<'_>) {
    let lints = [
        (
            "clippy::wrong_self_convention",
            &is_conversion as &dyn Fn(&str) -> bool,
        ),
        ("clippy::should_implement_trait", &is_operator),
    ];
    let found = lints
        .iter()
        .filter(|(_, is)| fields(shape).any(|field| is(field.name)));
    let found: Vec<_> = found.map(|(lint, _)| *lint).collect();
    if !found.is_empty() {
        w.line(&format!("#[allow({})]", found.join(", ")));
    }
}

fn is_conversion(name: &str) -> bool {
    ["as_", "from_", "is_", "to_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

fn is_operator(name: &str) -> bool {
    const OPERATORS: [&str; 10] = [
        "add", "bitand", "bitor", "bitxor", "div", "mul", "rem", "shl", "shr", "sub",
    ];
    OPERATORS.contains(&name)
}

fn setter(w: &mut RustWriter, shape: &Shape<'_>, field: &Field<'_>) {
    let null = if field.nullable {
        "; `None` is NULL"
    } else {
        ""
    };
    w.doc(&format!("Sets {}{null}.", super::code(field.column.name)));
    let (ty, value) = argument(field);
    let signature = Signature {
        head: format!("pub fn {}", method(shape, field)),
        params: vec!["mut self".to_owned(), format!("{}: {ty}", field.name)],
        returns: Some("Self".to_owned()),
        bounds: Vec::new(),
    };
    w.function(&signature, |w| {
        let name = field.name;
        w.line(&format!(
            "self.{name} = ::core::option::Option::Some({value});"
        ));
        w.line("self");
    });
}

/// The type of the argument, and the value made of it.
fn argument(field: &Field<'_>) -> (String, String) {
    let (name, ty) = (field.name, field.given_type());
    if field.nullable {
        let nullable = format!("impl ::bindery::types::Nullable<{ty}>");
        (nullable, format!("{name}.into_nullable()"))
    } else if field.is_text() {
        (INTO_STRING.to_owned(), format!("{name}.into()"))
    } else {
        (ty.to_owned(), name.to_owned())
    }
}

/// The field's name, and `new_` for one that is called as the constructor is.
fn method(shape: &Shape<'_>, field: &Field<'_>) -> String {
    let mut method = field.name.to_owned();
    if method == "new" {
        let is_taken = |name: &str| shape.fields.iter().any(|other| other.name == name);
        while method == "new" || is_taken(&method) {
            method.push('_');
        }
    }
    method
}
