//! The folder of the crate being compiled: `bindery.toml` and the schema files beside its `Cargo.toml`.

use std::path::PathBuf;

use bindery_codegen::derive::Setting;
use bindery_schema::config::process_environment;
use quote::ToTokens;

use crate::places::{Errors, worded};

/// Reads what surrounds the crate; errors are put on these tokens.
pub(crate) fn setting(tokens: &impl ToTokens) -> syn::Result<Setting> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let Some(folder) = folder else {
        let help = "build the crate with cargo";
        return Err(worded(
            tokens,
            "the folder of the crate is not known: `CARGO_MANIFEST_DIR` is not set",
            help,
        ));
    };
    Setting::load(&folder, &process_environment).map_err(|findings| {
        let mut errors = Errors::default();
        for finding in findings {
            errors.push(syn::Error::new_spanned(tokens, finding));
        }
        errors.into_error("`bindery.toml` cannot be used")
    })
}
