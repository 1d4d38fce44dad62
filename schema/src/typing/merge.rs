//! PostgreSQL's `MERGE`.

use super::checker::{Checker, Clause};
use super::scope::{Common, Scope};
use crate::syntax::{Merge, MergeAction};

impl Checker<'_> {
    pub(super) fn merge_rows(&mut self, merge: &Merge, common: &Common) {
        let common = match &merge.with {
            Some(with) => self.with(with, None, common),
            None => common.clone(),
        };
        let mut found = Scope::of(&common, None);
        self.sources(std::slice::from_ref(&merge.using), &mut found);
        let mut both = Scope::of(&common, None);
        self.sources(std::slice::from_ref(&merge.into), &mut both);
        let into = both.relations.first();
        let written = into.and_then(|one| Some((one.table?, one.name.clone())));
        both.relations.extend(found.relations.iter().cloned());
        both.merged.clone_from(&found.merged);
        self.within(Clause::On, |checker| checker.condition(&merge.on, &both));
        let Some((id, name)) = written else { return };
        for when in &merge.whens {
            // A row that nothing is found for is that of the source alone.
            let seen = if when.matched { &both } else { &found };
            if let Some(condition) = &when.condition {
                self.within(Clause::Where, |checker| checker.condition(condition, seen));
            }
            match &when.action {
                MergeAction::Nothing => {}
                MergeAction::Delete => {
                    self.check_written_view((id, "delete"), &[], merge.into.span);
                }
                MergeAction::Update(assignments) => {
                    self.assignments(assignments, &[(id, name.clone())], seen);
                }
                MergeAction::Insert(insert) => self.inserted(id, insert, seen),
            }
        }
    }
}
