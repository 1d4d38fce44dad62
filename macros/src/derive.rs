//! `#[derive(Model)]`: from a struct's tokens to its description, and from generated text back to tokens.

use bindery_codegen::derive::{self, FieldDescription, Spanned, StructDescription};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Field, Fields, GenericParam};

use crate::crate_folder;
use crate::output::Respan;
use crate::places::{Errors, Places, worded};
use crate::{attr, rust_type};

/// Expands the derive.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut places = Places::default();
    let description = describe(input, &mut places)?;
    let setting = crate_folder::setting(&input.ident).map_err(|_| elsewhere(&input.ident))?;
    let text = derive::expand(&description, &setting).map_err(|findings| places.errors(&findings));
    respan(input).tokens(&text?, &input.ident)
}

/// The configuration's errors are reported once, by `databases!`.
fn elsewhere(name: &syn::Ident) -> syn::Error {
    worded(
        name,
        "the engines of this program are not known",
        "fix what is reported at `bindery::databases!`",
    )
}

/// Returns the items beside the errors of a struct, so that the missing model causes no further errors.
pub(crate) fn nothing(input: &DeriveInput) -> TokenStream {
    let text = derive::nothing(&input.ident.unraw().to_string());
    respan(input)
        .tokens(&text, &input.ident)
        .unwrap_or_default()
}

/// The struct as the generator takes it.
pub(crate) fn describe(input: &DeriveInput, places: &mut Places) -> syn::Result<StructDescription> {
    let mut errors = Errors::default();
    let attributes = attr::of_struct(&input.attrs, places, &mut errors);
    let name = Spanned::new(
        input.ident.unraw().to_string(),
        places.span_of(&input.ident),
    );
    let parameter = errors.keep(parameter(input)).flatten();
    let parameter =
        parameter.map(|name| Spanned::new(name.unraw().to_string(), places.span_of(&name)));
    let fields = errors.keep(fields(input)).into_iter().flatten();
    let fields: Vec<_> = fields
        .map(|field| describe_field(field, places, &mut errors))
        .collect();
    errors.finish()?;
    Ok(StructDescription {
        name,
        visibility: rust_type::compact(input.vis.to_token_stream()),
        parameter,
        docs: attributes.docs,
        table: attributes.table,
        engines: attributes.engines,
        dialect: attributes.dialect,
        validate: attributes.validate.is_some(),
        uniques: attributes.uniques,
        indexes: attributes.indexes,
        fields,
    })
}

/// The name of the only parameter a row can have: its engine.
fn parameter(input: &DeriveInput) -> syn::Result<Option<syn::Ident>> {
    let mut parameters = input.generics.params.iter();
    let first = match parameters.next() {
        None => return Ok(None),
        Some(GenericParam::Type(parameter)) => &parameter.ident,
        Some(other) => return Err(foreign_parameter(other)),
    };
    match parameters.next() {
        None => Ok(Some(first.clone())),
        Some(other) => Err(foreign_parameter(other)),
    }
}

fn foreign_parameter(parameter: &GenericParam) -> syn::Error {
    worded(
        parameter,
        "a row has no parameter but the engine it is on",
        "leave it out: a column holds a value of one type",
    )
}

fn fields(input: &DeriveInput) -> syn::Result<&syn::punctuated::Punctuated<Field, syn::Token![,]>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(&fields.named),
            Fields::Unnamed(_) | Fields::Unit => Err(not_a_row(input)),
        },
        Data::Enum(_) | Data::Union(_) => Err(not_a_row(input)),
    }
}

fn not_a_row(input: &DeriveInput) -> syn::Error {
    let name = &input.ident;
    let help = format!("write `struct {name} {{ … }}` with a named field for each column");
    worded(name, "a model is a struct with named fields", &help)
}

fn describe_field(field: &Field, places: &mut Places, errors: &mut Errors) -> FieldDescription {
    let attributes = attr::of_field(&field.attrs, places, errors);
    let name = field.ident.as_ref().map(|name| name.unraw().to_string());
    FieldDescription {
        name: Spanned::new(name.unwrap_or_default(), places.span_of(&field.ident)),
        rust_type: Spanned::new(rust_type::describe(&field.ty), places.span_of(&field.ty)),
        docs: attributes.docs,
        column: attributes.column,
        sql_type: attributes.sql_type,
        default: attributes.default,
        key: attributes.key,
        unique: attributes.unique,
        index: attributes.index,
        references: attributes.references,
        link: attributes.link,
        version: attributes.version,
        updated: attributes.updated,
        computed: attributes.computed,
    }
}

/// Makes the compiler report errors in generated code at the words it came from: the struct's name, its fields, their
/// types.
fn respan(input: &DeriveInput) -> Respan {
    let mut respan = Respan::default();
    respan.model(&input.ident);
    if let Ok(fields) = fields(input) {
        for field in fields {
            respan.words(field.ty.to_token_stream());
        }
    }
    respan
}
