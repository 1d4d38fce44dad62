//! A type of the user's source as text and shape.

use bindery_codegen::derive::RustType;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// Describes what a derive needs to know about a type.
pub(crate) fn describe(ty: &Type) -> RustType {
    let text = compact(ty.to_token_stream());
    let segment = match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    };
    let arguments = match segment.map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(describe(ty)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    RustType {
        text,
        name: segment.map(|segment| segment.ident.to_string()),
        arguments,
    }
}

/// Tokens as text, with blanks only where two words would run together and after commas.
pub(crate) fn compact(tokens: TokenStream) -> String {
    let mut text = String::new();
    push(tokens, &mut text);
    text
}

fn push(tokens: TokenStream, text: &mut String) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                push(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(sign) => text.push(sign.as_char()),
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                let before = text.chars().last();
                if before.is_some_and(|sign| {
                    sign.is_alphanumeric() || sign == '_' || sign == ',' || sign == ';'
                }) {
                    text.push(' ');
                }
                text.push_str(&tree.to_string());
            }
        }
    }
}
