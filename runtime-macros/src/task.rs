//! `#[derive(Task)]`: a type that can be written into an outbox.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitInt, LitStr, Token};

use crate::error::{Errors, worded};

/// The longest name, in characters.
const LONGEST_NAME: usize = 191;

/// Expands the derive.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    if let Some(parameter) = input.generics.params.first() {
        let help = "write the types out, or derive it for a struct around this one";
        return Err(worded(parameter, "a task has no parameters", help));
    }
    let mut errors = Errors::default();
    let settings = settings(input, &mut errors);
    let keys = keys(input, &mut errors);
    errors.finish()?;
    let ident = &input.ident;
    let name = settings.name.unwrap_or_else(|| ident.unraw().to_string());
    let attempts = settings
        .max_attempts
        .map(|number| quote!(const MAX_ATTEMPTS: u32 = #number;));
    let priority = settings
        .priority
        .map(|number| quote!(const PRIORITY: i32 = #number;));
    let key = keys.key.map(|field| method(&quote!(key), &field));
    let unique = keys.unique.map(|field| method(&quote!(unique_key), &field));
    Ok(quote! {
        #[automatically_derived]
        impl ::bindery::outbox::Task for #ident {
            const NAME: &'static str = #name;
            #attempts
            #priority
            #key
            #unique
        }
    })
}

fn method(name: &TokenStream, field: &Ident) -> TokenStream {
    quote! {
        fn #name(&self) -> ::core::option::Option<::std::string::String> {
            ::core::option::Option::Some(::std::string::ToString::to_string(&self.#field))
        }
    }
}

#[derive(Default)]
struct Settings {
    name: Option<String>,
    max_attempts: Option<u32>,
    priority: Option<i32>,
}

#[derive(Default)]
struct Keys {
    key: Option<Ident>,
    unique: Option<Ident>,
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|one| one.path().is_ident("task"))
}

const OF_STRUCT: &str = "write `name = \"…\"`, `max_attempts = 3` or `priority = 1`; `key` and `unique` stand above fields";
const OF_FIELD: &str = "write `#[task(key)]` or `#[task(unique)]` above a field";

fn settings(input: &DeriveInput, errors: &mut Errors) -> Settings {
    let mut settings = Settings::default();
    for attribute in ours(&input.attrs) {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                settings.name = Some(name(&meta.value()?.parse()?)?);
            } else if meta.path.is_ident("max_attempts") {
                settings.max_attempts = Some(attempts(&meta.value()?.parse()?)?);
            } else if meta.path.is_ident("priority") {
                let value = meta.value()?;
                let sign = if value.parse::<Option<Token![-]>>()?.is_some() {
                    -1
                } else {
                    1
                };
                settings.priority = Some(sign * value.parse::<LitInt>()?.base10_parse::<i32>()?);
            } else {
                return Err(worded(&meta.path, "this is not known here", OF_STRUCT));
            }
            Ok(())
        });
        if let Err(error) = read {
            errors.push(error);
        }
    }
    settings
}

fn name(text: &LitStr) -> syn::Result<String> {
    let name = text.value();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let help = "write 1 to 191 characters, such as \"send-welcome\"";
        return Err(worded(text, "this cannot be the name of a task", help));
    }
    Ok(name)
}

fn attempts(number: &LitInt) -> syn::Result<u32> {
    match number.base10_parse()? {
        0 => Err(worded(
            number,
            "a task is tried at least once",
            "write `max_attempts = 1`",
        )),
        number => Ok(number),
    }
}

fn keys(input: &DeriveInput, errors: &mut Errors) -> Keys {
    let mut keys = Keys::default();
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        // Keys are fields of structs; of an enum they are options of the call.
        Data::Enum(_) | Data::Union(_) => &Fields::Unit,
    };
    for field in fields {
        for attribute in ours(&field.attrs) {
            let Some(ident) = &field.ident else {
                let help = "write the struct with named fields";
                errors.push(worded(attribute, "this field has no name", help));
                continue;
            };
            let read = attribute.parse_nested_meta(|meta| {
                let slot = if meta.path.is_ident("key") {
                    &mut keys.key
                } else if meta.path.is_ident("unique") {
                    &mut keys.unique
                } else {
                    return Err(worded(&meta.path, "this is not known here", OF_FIELD));
                };
                match slot.replace(ident.clone()) {
                    None => Ok(()),
                    Some(_) => Err(worded(&meta.path, "two fields are named for this", "leave one of them out, and give the key with `push_with` where it is made of both")),
                }
            });
            if let Err(error) = read {
                errors.push(error);
            }
        }
    }
    keys
}
