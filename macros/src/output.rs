//! Generated text as tokens, with the places of the user's words on the same words in it.

use std::collections::BTreeMap;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

use crate::places::worded;

/// Words and where the user wrote them.
#[derive(Default)]
pub(crate) struct Respan(BTreeMap<String, Span>);

impl Respan {
    /// A word of the user's; the first place counts.
    pub(crate) fn word(&mut self, word: &Ident) {
        self.0
            .entry(word.to_string())
            .or_insert_with(|| word.span());
    }

    /// A model's name, and the names made of it that may be missing.
    pub(crate) fn model(&mut self, name: &Ident) {
        self.word(name);
        self.0
            .entry(format!("{name}Table"))
            .or_insert_with(|| name.span());
    }

    /// All words among these tokens.
    pub(crate) fn words(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(word) => self.word(&word),
                TokenTree::Group(group) => self.words(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// The tokens of a text. That it is Rust is the generator's promise; should it break it, the error is on `name`.
    pub(crate) fn tokens(&self, text: &str, name: &Ident) -> syn::Result<TokenStream> {
        let tokens: TokenStream = text.parse().map_err(|error| {
            let help = "this is a fault of bindery: please report it with the struct";
            worded(
                name,
                &format!("the generated code is not Rust: {error}"),
                help,
            )
        })?;
        Ok(self.respanned(tokens))
    }

    fn respanned(&self, tokens: TokenStream) -> TokenStream {
        let mut done: Vec<TokenTree> = Vec::new();
        for tree in tokens {
            let (tree, place) = self.tree(tree);
            if let Some(span) = place {
                path_before(&mut done, span);
            }
            done.push(tree);
        }
        done.into_iter().collect()
    }

    /// The tree, and its new place if it has one.
    fn tree(&self, tree: TokenTree) -> (TokenTree, Option<Span>) {
        match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), self.respanned(group.stream()));
                inner.set_span(group.span());
                (TokenTree::Group(inner), None)
            }
            TokenTree::Ident(mut word) => {
                // The place only: names are looked up as in all generated code.
                let place = self.0.get(&word.to_string());
                let span = place.map(|place| Span::call_site().located_at(*place));
                word.set_span(span.unwrap_or(word.span()));
                (TokenTree::Ident(word), span)
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => (tree, None),
        }
    }
}

/// The path before a word, `crate::model::`, belongs to its place: the compiler points at whole paths.
fn path_before(trees: &mut [TokenTree], span: Span) {
    let is_colon =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(sign) if sign.as_char() == ':');
    let mut end = trees.len();
    while let [.., word @ TokenTree::Ident(_), first, second] = &mut trees[..end] {
        if !is_colon(first) || !is_colon(second) {
            break;
        }
        for tree in [word, first, second] {
            tree.set_span(span);
        }
        end -= 3;
    }
}
