//! Setters of `New…`, for what its constructor does not take: `NewUser::new(email).display_name("Ann")`; and of `…Patch`:
//! `UserPatch::new().display_name("Ann")`.

use crate::emit::shape::{Field, Shape};
use crate::emit::text::code;
use crate::rust_writer::{RustWriter, Signature};
use bindery_schema::lists::IntoVec as _;

/// Any text that can be kept.
pub(crate) const INTO_STRING: &str = "impl ::core::convert::Into<::std::string::String>";

/// The struct that the setters are of.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// `New…`: what may be left out.
    New,
    /// `…Patch`: everything.
    Patch,
}

/// One for each column.
pub(crate) fn setters(w: &mut RustWriter, shape: &Shape<'_>, of: Of) {
    for field in fields(shape, of) {
        w.item(|w| setter(w, shape, field, of));
    }
}

fn fields<'s>(shape: &'s Shape<'_>, of: Of) -> Vec<&'s Field<'s>> {
    match of {
        Of::New => {
            let fields = shape.given().map(|(_, field)| field);
            fields
                .filter(|field| field.given.may_be_left_out())
                .into_vec()
        }
        Of::Patch => shape.changeable().map(|(_, field)| field).into_vec(),
    }
}

/// Before the block of the setters: a column `is_open` does not answer whether something is open, and one `sub` subtracts
/// nothing.
pub(crate) fn allows(w: &mut RustWriter, shape: &Shape<'_>, of: Of) {
    let lints = [
        (
            "clippy::wrong_self_convention",
            &is_conversion as &dyn Fn(&str) -> bool,
        ),
        ("clippy::should_implement_trait", &is_operator),
    ];
    let fields = fields(shape, of);
    let found = lints
        .iter()
        .filter(|(_, is)| fields.iter().any(|field| is(field.name)));
    let found: Vec<_> = found.map(|(lint, _)| *lint).into_vec();
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

fn setter(w: &mut RustWriter, shape: &Shape<'_>, field: &Field<'_>, of: Of) {
    let null = if field.nullable {
        "; `None` is NULL"
    } else {
        ""
    };
    w.doc(&format!("Sets {}{null}.", code(field.column.name)));
    let (ty, value) = argument(field, of);
    let signature = Signature {
        head: format!("pub fn {}", method(shape, field, of)),
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
fn argument(field: &Field<'_>, of: Of) -> (String, String) {
    let ty = match of {
        Of::New => field.given_type(),
        Of::Patch => &field.ty,
    };
    let name = field.name;
    if field.nullable {
        let nullable = format!("impl ::bindery::types::Nullable<{ty}>");
        (nullable, format!("{name}.into_nullable()"))
    } else if field.is_text() {
        (INTO_STRING.to_owned(), format!("{name}.into()"))
    } else {
        (ty.to_owned(), name.to_owned())
    }
}

/// The field's name, and `new_` for one that is called as the constructor is. A patch is made by `default` too.
fn method(shape: &Shape<'_>, field: &Field<'_>, of: Of) -> String {
    let reserved: &[&str] = match of {
        Of::New => &["new"],
        Of::Patch => &["new", "default"],
    };
    let mut method = field.name.to_owned();
    if reserved.contains(&method.as_str()) {
        method.push('_');
        while shape.fields.iter().any(|other| other.name == method) {
            method.push('_');
        }
    }
    method
}
