//! The tokens of each place of a description, and errors on them.

use bindery_codegen::derive::{Finding, SourceSpan};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Remembers which tokens a place stands for.
#[derive(Default)]
pub(crate) struct Places(Vec<TokenStream>);

impl Places {
    /// A place for these tokens.
    pub(crate) fn span_of(&mut self, tokens: &impl ToTokens) -> SourceSpan {
        self.0.push(tokens.to_token_stream());
        SourceSpan(self.0.len() as u32 - 1)
    }

    /// The tokens of a place as text.
    #[cfg(test)]
    pub(crate) fn text(&self, place: SourceSpan) -> String {
        crate::rust_type::compact(self.0[place.0 as usize].clone())
    }

    /// One error for all findings, each on the tokens of its place.
    pub(crate) fn errors(&self, findings: &[Finding]) -> syn::Error {
        let mut errors = Errors::default();
        for finding in findings {
            let tokens = self.0.get(finding.place.0 as usize);
            errors.push(syn::Error::new_spanned(tokens, &finding.message));
        }
        errors.into_error("the struct cannot be used")
    }
}

/// Errors that have been found so far; all are reported, not only the first.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds an error to those that are reported together.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds a sentence with its help.
    pub(crate) fn report(&mut self, tokens: &impl ToTokens, message: &str, help: &str) {
        self.push(worded(tokens, message, help));
    }

    /// The value, or the error.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// All of them; that there is one is known to the caller.
    pub(crate) fn into_error(self, otherwise: &str) -> syn::Error {
        let nothing = || syn::Error::new(Span::call_site(), otherwise);
        self.0.unwrap_or_else(nothing)
    }

    /// All of them, or nothing.
    pub(crate) fn finish(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// An error in the wording of all our findings.
pub(crate) fn worded(tokens: &impl ToTokens, message: &str, help: &str) -> syn::Error {
    syn::Error::new_spanned(tokens, format!("{message}\nhelp: {help}"))
}
