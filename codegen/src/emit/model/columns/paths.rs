//! Types of the model's code, as the module of the columns names them.

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::type_tokens;

/// A type of the model's code, as this module names it.
pub(crate) fn type_here(around: &Surroundings<'_>, shape: &Shape<'_>, ty: &str) -> String {
    if !around.scope.modules {
        return from_inner_module(ty);
    }
    let name = ty.split('<').next().unwrap_or_default();
    if name == shape.names.key {
        format!("super::{}::{ty}", shape.names.module)
    } else {
        ty.to_owned()
    }
}

/// A type of the program's own, as a module within its module names it.
pub(crate) fn from_inner_module(ty: &str) -> String {
    let mut inner = String::with_capacity(ty.len() + 8);
    let mut before = "";
    for token in type_tokens(ty) {
        let starts_path = before != ":";
        inner.push_str(match token {
            "super" if starts_path => "super::super",
            "self" if starts_path => "super",
            other => other,
        });
        if !token.trim().is_empty() {
            before = token;
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::from_inner_module;

    #[test]
    fn paths_lead_to_the_same_type_from_the_module_within() {
        for (ty, expected) in [
            ("String", "String"),
            ("super::Money", "super::super::Money"),
            ("self::a::B<super::C>", "super::a::B<super::super::C>"),
            ("crate::x::Y", "crate::x::Y"),
            ("::a::myself::B", "::a::myself::B"),
            ("super :: Money", "super::super :: Money"),
            ("super::super::A", "super::super::super::A"),
        ] {
            assert_eq!(from_inner_module(ty), expected);
        }
    }
}
