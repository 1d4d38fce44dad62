//! `databases!(models = […])`: what a program has once, for all its models.

use bindery_codegen::derive::{self, ModelPath};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, bracketed};

use crate::crate_folder;
use crate::output::Respan;
use crate::places::{Errors, worded};
use crate::rust_type::compact;

/// `models = [Blog, shop::Order]`
pub(crate) struct Input {
    models: Vec<Path>,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let help = "write `bindery::databases!(models = [User, Blog]);`";
        let word: Ident = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("the models of the program are missing\nhelp: {help}"),
            )
        })?;
        if word != "models" {
            return Err(worded(&word, &format!("`{word}` is not known here"), help));
        }
        input.parse::<Token![=]>()?;
        let list;
        bracketed!(list in input);
        let models =
            Punctuated::<Path, Token![,]>::parse_terminated_with(&list, Path::parse_mod_style)?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(input.error("nothing more is known here"));
        }
        let models: Vec<Path> = models.into_iter().collect();
        distinct(&models)?;
        Ok(Self { models })
    }
}

fn distinct(models: &[Path]) -> syn::Result<()> {
    let mut errors = Errors::default();
    for (index, model) in models.iter().enumerate() {
        let known = &models[..index];
        if known.iter().any(|other| last(other) == last(model)) {
            let message = format!("two models are called `{}`", last(model));
            errors.report(
                model,
                &message,
                "give one of the structs another name: tags such as `model::Blog` have to differ",
            );
        }
    }
    errors.finish()
}

fn last(path: &Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.unraw().to_string())
        .unwrap_or_default()
}

/// Expands the macro.
pub(crate) fn expand(input: &Input) -> syn::Result<TokenStream> {
    let whole: TokenStream = input.models.iter().map(ToTokens::to_token_stream).collect();
    let setting = crate_folder::setting(&whole)?;
    let models: Vec<ModelPath> = input
        .models
        .iter()
        .map(|path| ModelPath {
            path: compact(path.to_token_stream()),
            name: last(path),
        })
        .collect();
    let mut respan = Respan::default();
    input
        .models
        .iter()
        .flat_map(|path| &path.segments)
        .for_each(|segment| respan.model(&segment.ident));
    let fallback = Ident::new("databases", proc_macro2::Span::call_site());
    respan.tokens(&derive::databases(&setting, &models), &fallback)
}
