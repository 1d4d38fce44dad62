//! Reads `@sync`: the engines that rows are copied from and to, the model there, and how changed rows are found.

use crate::ast::{Name, SyncTag};
use crate::lists::IntoVec as _;

use super::annotation::{Reader, Tag, unquoted};

impl<'a> Reader<'a> {
    pub(super) fn sync(&mut self, tag: &Tag<'a>) -> Option<SyncTag> {
        let sync = self.sync_parts(tag);
        if sync.is_none() {
            self.malformed(
                tag,
                "`@sync` needs the engine that is read and the one that is written".to_owned(),
                "write for example `@sync from default to analytics by updated_at`, or `captured` in place of `by updated_at`, with \
                 `as UserAnalytics` before it for another model"
                    .to_owned(),
            );
        }
        sync
    }

    /// Pairs of a word and a name, in this order; `captured` at the end stands alone.
    fn sync_parts(&self, tag: &Tag<'a>) -> Option<SyncTag> {
        let mut words: Vec<&'a str> = tag.rest.split_whitespace().into_vec();
        let captured = words.pop_if(|last| *last == "captured").is_some();
        let (pairs, []) = words.as_chunks::<2>() else {
            return None;
        };
        let mut pairs = pairs.iter().peekable();
        let mut after = |word: &str| {
            let [_, text] = pairs.next_if(|[first, _]| *first == word)?;
            let span = self.span_of(tag, text);
            let text = unquoted(text)?;
            Some(Name { text, span })
        };
        let sync = SyncTag {
            from: after("from")?,
            to: after("to")?,
            model: after("as"),
            column: after("by"),
            captured,
            span: self.whole(tag),
        };
        let is_whole = pairs.next().is_none() && !(captured && sync.column.is_some());
        is_whole.then_some(sync)
    }
}
