//! `migrations!()`: the migrations of the crate's folder, embedded.

use std::path::PathBuf;

use bindery_core::config::process_environment;
use proc_macro2::{Span, TokenStream};
use syn::LitStr;
use syn::parse::{Parse, ParseStream};

use crate::embedded::{FOLDER, embedded};
use crate::error::worded;

/// Nothing, or the folder: `migrations!("../db/migrations")`.
pub(crate) struct Input(Option<LitStr>);

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self(None));
        }
        let folder = input.parse().map_err(|error| {
            let help = "write `bindery::migrations!()`, or the folder: `bindery::migrations!(\"../db/migrations\")`";
            syn::Error::new(
                error.span(),
                format!("this is no folder of migrations\nhelp: {help}"),
            )
        })?;
        if input.is_empty() {
            return Ok(Self(Some(folder)));
        }
        Err(input.error("nothing more is known here"))
    }
}

/// Expands the macro.
pub(crate) fn expand(input: &Input) -> syn::Result<TokenStream> {
    let place = input.0.as_ref().map_or_else(Span::call_site, LitStr::span);
    let error = |message: String| syn::Error::new(place, message);
    let Some(crate_folder) = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else {
        let message = "the folder of the crate is not known: `CARGO_MANIFEST_DIR` is not set";
        let place = proc_macro2::Ident::new("migrations", place);
        return Err(worded(&place, message, "build the crate with cargo"));
    };
    let folder = input.0.as_ref().map_or(FOLDER.to_owned(), LitStr::value);
    embedded(&crate_folder, &folder, &process_environment).map_err(|found| {
        let errors = found.into_iter().map(error);
        let all = errors.reduce(|mut all, next| {
            all.combine(next);
            all
        });
        all.unwrap_or_else(|| error("the migrations cannot be read".to_owned()))
    })
}
