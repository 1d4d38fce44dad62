//! `sql!("… {value} …")`: the text is taken apart by `bindery_codegen::sql_places`; here its values become expressions again.

use bindery_codegen::sql_places;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Expr, LitStr};

use crate::places::worded;

/// The text of the macro, which has to be written there; `help` says how.
fn literal(input: &TokenStream, help: &str) -> syn::Result<LitStr> {
    syn::parse2(input.clone())
        .map_err(|_| worded(input, "the text of the macro is one literal", help))
}

/// Expands the macro.
pub(crate) fn expand(input: &TokenStream) -> syn::Result<TokenStream> {
    let help = "write it there: `sql!(\"SELECT … WHERE id = {id}\")`; one that is put together while the program runs is `Sql::assembled(text)`, with parameters";
    let text = &literal(input, help)?;
    let (places, values) = parsed(text)?;
    let (unnumbered, numbered) = (&places.unnumbered, &places.numbered);
    Ok(quote_spanned! {text.span()=>
        ::bindery::raw::BoundSql::new(
            ::bindery::__private::BoundText { unnumbered: #unnumbered, numbered: #numbered },
            [#(&(#values) as &dyn ::bindery::types::ToColumn),*],
        )
    })
}

/// Expands `sql_fragment!`: the texts and the parts between them, in their order.
pub(crate) fn expand_fragment(input: &TokenStream) -> syn::Result<TokenStream> {
    let help = "write it there: `sql_fragment!(\"lower({post::title}) = {title}\")`; conditions that are chosen while the program runs are joined by `and` and `or`";
    let text = &literal(input, help)?;
    let (places, parts) = parsed(text)?;
    let (first, others) = places.texts.split_first().unzip();
    let first = first.map_or("", String::as_str);
    let others = others.unwrap_or_default();
    Ok(quote_spanned! {text.span()=>
        ::bindery::__private::Fragment::new(#first)#(.part(&(#parts)).text(#others))*.condition()
    })
}

/// The text apart from its places, and the expressions that stand there.
fn parsed(text: &LitStr) -> syn::Result<(sql_places::SqlPlaces, Vec<Expr>)> {
    let places = sql_places::parse(&text.value())
        .map_err(|fault| worded(text, &fault.to_string(), fault.help()))?;
    let values = places.values.iter().map(|value| expression(value, text));
    let values = values.collect::<syn::Result<Vec<Expr>>>()?;
    Ok((places, values))
}

/// With the place of the text, which is all that is known of a place in it.
fn expression(value: &str, text: &LitStr) -> syn::Result<Expr> {
    LitStr::new(value, text.span()).parse().map_err(|error| {
        let message = format!("`{{{value}}}` is no expression: {error}");
        worded(
            text,
            &message,
            "write a variable, a field or a call: `{user.id}`",
        )
    })
}
