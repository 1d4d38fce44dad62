//! `#[derive(Value)]` and `#[derive(DatabaseEnum)]`: from tokens to a description, and from generated text back to tokens.

use bindery_codegen::derive::{
    Finding, Spanned, ValueBody, ValueDescription, ValueField, ValueVariant,
};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Variant};

use crate::attr::named_texts;
use crate::output::Respan;
use crate::places::{Errors, Places};
use crate::rust_type;

/// Generates the code of a description.
pub(crate) type Generate = fn(&ValueDescription) -> Result<String, Vec<Finding>>;

/// Expands either derive.
pub(crate) fn expand(input: &DeriveInput, generate: Generate) -> syn::Result<TokenStream> {
    let mut places = Places::default();
    let description = describe(input, &mut places)?;
    let text = generate(&description).map_err(|findings| places.errors(&findings))?;
    let mut respan = Respan::default();
    respan.word(&input.ident);
    if let Data::Struct(data) = &input.data {
        for field in &data.fields {
            respan.words(field.ty.to_token_stream());
        }
    }
    respan.tokens(&text, &input.ident)
}

fn describe(input: &DeriveInput, places: &mut Places) -> syn::Result<ValueDescription> {
    let mut errors = Errors::default();
    let name = Spanned::new(input.ident.to_string(), places.span_of(&input.ident));
    let parameter = input.generics.params.first();
    let parameter = parameter.map(|parameter| places.span_of(parameter));
    let repr = input
        .attrs
        .iter()
        .find_map(|attribute| repr(attribute, places));
    let rename_all = attribute_text(&input.attrs, "rename_all", places, &mut errors);
    let body = match &input.data {
        Data::Struct(data) => ValueBody::Struct(fields(&data.fields, &mut errors)),
        Data::Enum(data) => {
            let variants = data.variants.iter();
            let variants = variants.map(|variant| describe_variant(variant, places, &mut errors));
            ValueBody::Enum(variants.collect())
        }
        Data::Union(_) => ValueBody::Union,
    };
    errors.finish()?;
    Ok(ValueDescription {
        name,
        parameter,
        repr,
        rename_all,
        body,
    })
}

fn fields(fields: &Fields, errors: &mut Errors) -> Vec<ValueField> {
    let describe = |(at, field): (usize, &syn::Field)| {
        for attribute in ours(&field.attrs) {
            let help = "leave it out: a struct is stored as the value in it";
            errors.report(attribute, "`#[value]` of a field means nothing", help);
        }
        ValueField {
            name: field
                .ident
                .as_ref()
                .map_or_else(|| at.to_string(), ToString::to_string),
            rust_type: rust_type::compact(field.ty.to_token_stream()),
        }
    };
    fields.iter().enumerate().map(describe).collect()
}

fn describe_variant(variant: &Variant, places: &mut Places, errors: &mut Errors) -> ValueVariant {
    ValueVariant {
        name: Spanned::new(variant.ident.to_string(), places.span_of(&variant.ident)),
        has_fields: !matches!(variant.fields, Fields::Unit),
        rename: attribute_text(&variant.attrs, "rename", places, errors),
    }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("value"))
}

/// The text of the one word that `#[value(…)]` takes here.
fn attribute_text(
    attributes: &[Attribute],
    word: &str,
    places: &mut Places,
    errors: &mut Errors,
) -> Option<Spanned<String>> {
    let mut found: Option<LitStr> = None;
    for attribute in ours(attributes) {
        let texts = errors.keep(named_texts(attribute, &[word]));
        for (_, text) in texts.into_iter().flatten() {
            if found.is_some() {
                let message = format!("`{word}` is written twice");
                errors.report(attribute, &message, "leave one of them out");
            } else {
                found = Some(text);
            }
        }
    }
    found.map(|text| Spanned::new(text.value(), places.span_of(&text)))
}

/// The integer of `#[repr(i16)]`; other words of `repr` are not about values.
fn repr(attribute: &Attribute, places: &mut Places) -> Option<Spanned<String>> {
    let list = attribute.meta.require_list().ok();
    let list = list.filter(|list| list.path.is_ident("repr"))?;
    let is_integer = |word: &str| {
        let width = word.strip_prefix(['i', 'u']).unwrap_or_default();
        width == "size" || (!width.is_empty() && width.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut words = list.tokens.clone().into_iter();
    words.find_map(|tree| match tree {
        TokenTree::Ident(word) if is_integer(&word.to_string()) => {
            Some(Spanned::new(word.to_string(), places.span_of(&word)))
        }
        TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
            None
        }
    })
}
