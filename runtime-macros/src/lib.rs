//! The macros of bindery that need no schema: `#[derive(Task)]` and `migrations!`.
//!
//! Use them through the crate `bindery` with its features `outbox` and `migrations`; both are documented there. The compiler of schemas
//! is not among the dependencies: what needs it is in `bindery-macros`.
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `migrations` | `migrations!` | `bindery-core` |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "migrations")]
mod embedded;
mod error;
#[cfg(feature = "migrations")]
mod migrations;
mod task;

use proc_macro::TokenStream;

/// Makes a task of a type. Documented as `bindery::outbox::Task`.
#[proc_macro_derive(Task, attributes(task))]
pub fn derive_task(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    task::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Embeds migrations. Documented as `bindery::migrations!`.
#[cfg(feature = "migrations")]
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as migrations::Input);
    migrations::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
