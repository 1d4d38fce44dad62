//! Views, and which of them stand in the way of other changes.

use std::collections::BTreeSet;

use super::same::same_view;
use super::{Comparison, functions};
use crate::diff::change::Change;
use crate::diff::facts::Facts;
use crate::diff::key::KeyKind;
use crate::diff::structure::ViewShape;
use crate::syntax::canonical::{has_groups, has_star};

impl<'s> Comparison<'s> {
    /// A view is made again where what it reads changes.
    pub(super) fn views(&mut self) {
        let from = self.from;
        let kept = self.kept_views();
        let mut made_again: BTreeSet<String> = std::mem::take(&mut self.unsettled);
        let dropped = loop {
            let dropped = self.views_that_go(&kept, &mut made_again);
            let callers = functions::views_over(from, &dropped).into_iter();
            let count = made_again.len();
            made_again.extend(callers.map(|view| self.key_of(&view.name)));
            if made_again.len() == count {
                break dropped;
            }
        };
        let drops = dropped.iter().rev();
        let drops = drops.map(|view| Change::DropView((*view).clone()));
        self.changes.extend(drops);
        for view in kept {
            let key = self.key_of(&view.name);
            let known = from.views.iter().find(|one| self.key_of(&one.name) == key);
            match known.filter(|_| !made_again.contains(&key)) {
                Some(known) => {
                    let (old, new) = (known.keys.iter().collect::<Vec<_>>(), view.keys.iter());
                    self.keys(&view.name, &old, &new.collect::<Vec<_>>());
                }
                None => self.changes.push(Change::CreateView(view.clone())),
            }
        }
    }

    /// Those that differ, that read what is made again, or that are among it already.
    fn views_that_go(
        &self,
        kept: &[&ViewShape],
        made_again: &mut BTreeSet<String>,
    ) -> Vec<&'s ViewShape> {
        let mut dropped = Vec::new();
        let (grown, rekeyed) = (self.grown(), self.rekeyed());
        for view in &self.from.views {
            let key = self.key_of(&view.name);
            let known = kept.iter().find(|one| self.key_of(&one.name) == key);
            let reads_one_of = |tables: &BTreeSet<String>| {
                let mut read = view.reads.iter().map(|name| self.key_of(name));
                read.any(|name| tables.contains(&name))
            };
            let goes = made_again.contains(&key)
                || reads_one_of(made_again)
                || (reads_one_of(&grown) && has_star(&view.query, self.dialect()))
                || (reads_one_of(&rekeyed) && has_groups(&view.query, self.dialect()));
            if goes || known.is_none_or(|known| !same_view(view, known, self.dialect())) {
                made_again.insert(key);
                dropped.push(view);
            }
        }
        dropped
    }

    /// The tables that get a column. Where a view keeps what its `*` was when it was made, it would not have that.
    fn grown(&self) -> BTreeSet<String> {
        if !Facts::of(self.dialect()).views_keep_stars {
            return BTreeSet::new();
        }
        let added = self.changes.iter().filter_map(|change| match change {
            Change::AddColumn { table, .. } => Some(self.key_of(table)),
            _ => None,
        });
        added.collect()
    }

    /// The tables whose primary key goes. A view that groups by it may have columns that are the same in each group by that key alone.
    fn rekeyed(&self) -> BTreeSet<String> {
        if !Facts::of(self.dialect()).views_need_keys {
            return BTreeSet::new();
        }
        let gone = self.changes.iter().filter_map(|change| match change {
            Change::DropKey { table, key } if key.kind == KeyKind::PrimaryKey => {
                Some(self.key_of(table))
            }
            _ => None,
        });
        gone.collect()
    }

    /// The views that are to be there: those of `to`, and after them, as no other reads them, those that it leaves alone.
    fn kept_views(&self) -> Vec<&'s ViewShape> {
        let (from, to) = (self.from, self.to);
        let alone = from.views.iter();
        let alone = alone.filter(|view| to.leaves_view_alone(&view.name));
        to.views.iter().chain(alone).collect()
    }
}
