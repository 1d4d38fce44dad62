//! Views, and which of them stand in the way of other changes.

use std::collections::BTreeSet;

use super::Comparison;
use super::same::same_view;
use crate::diff::change::Change;
use crate::diff::structure::ViewShape;

impl Comparison<'_> {
    /// A view is made again where what it reads changes.
    pub(super) fn views(&mut self) {
        let (from, to) = (self.from, self.to);
        let mut made_again: BTreeSet<String> = std::mem::take(&mut self.unsettled);
        let mut dropped: Vec<&ViewShape> = Vec::new();
        for view in &from.views {
            let key = self.key_of(&view.name);
            let kept = to.views.iter().find(|one| self.key_of(&one.name) == key);
            let reads = view
                .reads
                .iter()
                .any(|name| made_again.contains(&self.key_of(name)));
            if reads || kept.is_none_or(|kept| !same_view(view, kept, self.dialect())) {
                made_again.insert(key);
                dropped.push(view);
            }
        }
        let drops = dropped.iter().rev();
        let drops = drops.map(|view| Change::DropView((*view).clone()));
        self.parts.drop_views.extend(drops);
        for view in &to.views {
            let key = self.key_of(&view.name);
            let known = from.views.iter().find(|one| self.key_of(&one.name) == key);
            match known.filter(|_| !made_again.contains(&key)) {
                Some(known) => {
                    let (old, new) = (known.keys.iter().collect::<Vec<_>>(), view.keys.iter());
                    self.keys(&view.name, &old, &new.collect::<Vec<_>>());
                }
                None => self
                    .parts
                    .create_views
                    .push(Change::CreateView(view.clone())),
            }
        }
    }
}
