//! `#[derive(Row)]`: a struct that rows of raw SQL are read into, field by column name, and rows of a query that selects,
//! field by position and type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields};

use crate::attr::named_texts;
use crate::places::{Errors, worded};

/// Expands the derive.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let fields = fields(input)?;
    if let Some(parameter) = input.generics.params.first() {
        let help = "write the types out, or derive it for a struct around this one";
        return Err(worded(parameter, "a row has no parameters", help));
    }
    let columns = columns(&fields)?;
    let (name, text) = (&input.ident, input.ident.unraw().to_string());
    let reads = fields.iter().map(|field| {
        let (field_name, ty) = (&field.ident, &field.ty);
        quote_spanned!(ty.span()=> #field_name: <#ty as ::bindery::types::FromColumn>::read(row)?)
    });
    let belongs = fields.iter().map(|field| {
        let ty = &field.ty;
        quote!(<#ty as ::bindery::types::FromColumn>::is_of(engine))
    });
    let (field_names, types): (Vec<_>, Vec<_>) =
        fields.iter().map(|field| (&field.ident, &field.ty)).unzip();
    Ok(quote! {
        #[automatically_derived]
        impl ::bindery::query::FromSelected<(#(#types,)*)> for #name {
            const COLUMNS: &'static [&'static str] = &[#(#columns),*];

            fn from_selected((#(#field_names,)*): (#(#types,)*)) -> Self {
                Self { #(#field_names),* }
            }
        }

        #[automatically_derived]
        impl<Here: ::bindery::Engine> ::bindery::FromRow<Here> for #name {
            const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns::named(#text, &[#(#columns),*]);

            fn read_row(row: &mut ::bindery::types::RowReader<'_>, _: Here) -> ::bindery::Result<Self> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }

            fn is_of(engine: usize) -> bool {
                #(#belongs)&&*
            }
        }
    })
}

fn fields(input: &DeriveInput) -> syn::Result<Vec<&Field>> {
    let help =
        "write a struct with a field for each column: `struct Total { name: String, total: i64 }`";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) if !named.named.is_empty() => Ok(named.named.iter().collect()),
            Fields::Named(_) | Fields::Unnamed(_) | Fields::Unit => Err(worded(
                &input.ident,
                "a row is read by the names of its fields, and this struct has none",
                help,
            )),
        },
        Data::Enum(_) | Data::Union(_) => Err(worded(&input.ident, "a row is a struct", help)),
    }
}

/// The names of the columns, each once.
fn columns(fields: &[&Field]) -> syn::Result<Vec<String>> {
    let mut errors = Errors::default();
    let mut names: Vec<String> = Vec::new();
    for field in fields {
        let name = column(field, &mut errors);
        if names.contains(&name) {
            let message = format!("two fields are read from the column `{name}`");
            let help = "name another column: `#[row(name = \"…\")]`";
            errors.report(&field.ident, &message, help);
        }
        names.push(name);
    }
    errors.finish()?;
    Ok(names)
}

/// By `#[row(name = "…")]`, or as the field is called.
fn column(field: &Field, errors: &mut Errors) -> String {
    let ours = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("row"));
    let mut named = None;
    for attribute in ours {
        let texts = errors.keep(named_texts(attribute, &["name"]));
        for (_, text) in texts.into_iter().flatten() {
            if named.is_some() {
                errors.report(
                    attribute,
                    "`name` is written twice",
                    "leave one of them out",
                );
            }
            named = Some(text.value());
        }
    }
    let own = field.ident.as_ref().map(|name| name.unraw().to_string());
    named.or(own).unwrap_or_default()
}
