//! The folder of the crate being compiled: `bindery.toml` and the schema files beside its `Cargo.toml`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bindery_codegen::derive::Setting;
use bindery_schema::config::process_environment;
use quote::ToTokens;

use crate::places::{Errors, worded};

/// Reads what surrounds the crate; errors are put on these tokens.
pub(crate) fn setting(tokens: &impl ToTokens) -> syn::Result<Arc<Setting>> {
    let folder = folder(tokens)?;
    let read = Setting::load(&folder, &process_environment);
    read.map(kept).map_err(|findings| {
        let mut errors = Errors::default();
        for finding in findings {
            errors.push(syn::Error::new_spanned(tokens, finding));
        }
        errors.into_error("`bindery.toml` cannot be used")
    })
}

/// The folder of the crate; that it is not known is an error on these tokens.
pub(crate) fn folder(tokens: &impl ToTokens) -> syn::Result<PathBuf> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    folder.ok_or_else(|| {
        let help = "build the crate with cargo";
        worded(
            tokens,
            "the folder of the crate is not known: `CARGO_MANIFEST_DIR` is not set",
            help,
        )
    })
}

/// The setting of the derive before, where nothing changed since: one process expands all derives of a crate, and that of
/// an editor those of many.
fn kept(read: Setting) -> Arc<Setting> {
    static LAST: Mutex<Option<Arc<Setting>>> = Mutex::new(None);
    // A derive that panicked left nothing half done here.
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match last.as_ref().filter(|last| last.is_same(&read)) {
        Some(last) => Arc::clone(last),
        None => Arc::clone(last.insert(Arc::new(read))),
    }
}
