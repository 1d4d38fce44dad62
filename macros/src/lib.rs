//! `#[derive(Model)]` and `databases!`: the door for programs whose rows are structs of their own.
//!
//! Use them through the crate `bindery` with its feature `derive`; both are documented there. Nothing is decided here:
//! tokens are turned into the description that `bindery_codegen::derive` takes, and its findings are put on the tokens
//! they are about.

mod attr;
mod crate_folder;
mod databases;
mod derive;
mod in_place;
mod output;
mod places;
mod row;
mod rust_type;
mod sql;
#[cfg(test)]
mod tests;
mod value;

use proc_macro::TokenStream;

/// Makes a model of a struct. Documented as `bindery::Model`.
#[proc_macro_derive(
    Model,
    attributes(
        table, engines, dialect, unique, index, key, column, references, link_to, version, updated,
        computed, validate, publish, capture
    )
)]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    let tokens = derive::expand(&input).unwrap_or_else(|errors| {
        let mut tokens = errors.into_compile_error();
        tokens.extend(derive::nothing(&input));
        tokens
    });
    tokens.into()
}

/// Makes a value of a struct around one. Documented as `bindery::Value`.
#[proc_macro_derive(Value, attributes(value))]
pub fn derive_value(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    value::expand(&input, bindery_codegen::derive::newtype)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a value of an enum. Documented as `bindery::DatabaseEnum`.
#[proc_macro_derive(DatabaseEnum, attributes(value))]
pub fn derive_database_enum(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    value::expand(&input, bindery_codegen::derive::database_enum)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes rows of raw SQL of a struct. Documented as `bindery::Row`.
#[proc_macro_derive(Row, attributes(row))]
pub fn derive_row(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    row::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// A statement with its values. Documented as `bindery::sql!`.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(&input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// SQL of the program's own in a condition. Documented as `bindery::sql_fragment!`.
#[proc_macro]
pub fn sql_fragment(input: TokenStream) -> TokenStream {
    sql::expand_fragment(&input.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// A checked query. Documented as `bindery::query!`.
#[proc_macro]
pub fn query(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as in_place::Input);
    in_place::rows(&input)
        .unwrap_or_else(in_place::in_expression)
        .into()
}

/// A checked query whose rows are of a struct of the program's own. Documented as `bindery::query_as!`.
#[proc_macro]
pub fn query_as(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as in_place::InputAs);
    in_place::rows_as(&input)
        .unwrap_or_else(in_place::in_expression)
        .into()
}

/// A checked query of one value. Documented as `bindery::query_scalar!`.
#[proc_macro]
pub fn query_scalar(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as in_place::Input);
    in_place::scalar(&input)
        .unwrap_or_else(in_place::in_expression)
        .into()
}

/// A checked statement that gives no rows. Documented as `bindery::execute!`.
#[proc_macro]
pub fn execute(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as in_place::Input);
    in_place::execute(&input)
        .unwrap_or_else(in_place::in_expression)
        .into()
}

/// Makes the databases of a program. Documented as `bindery::databases!`.
#[proc_macro]
pub fn databases(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as databases::Input);
    databases::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
