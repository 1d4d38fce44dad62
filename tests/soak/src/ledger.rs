//! The rows as one worker knows them: the other half of what is compared in the end.

use std::collections::BTreeMap;

/// The expected state of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Belief {
    /// The row, with this amount.
    Stored(i64),
    /// One of these amounts, or no row where `None` is among them: an outcome is unknown and stays so.
    OneOf(Vec<Option<i64>>),
}

/// The rows of one worker on one engine. What is surely not stored is not in it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    rows: BTreeMap<i64, Belief>,
}

/// A task that a transaction pushed.
#[derive(Debug)]
pub(crate) struct PushedTask {
    pub(crate) number: i64,
    pub(crate) has_key: bool,
    pub(crate) fate: Fate,
}

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Applied,
    NotApplied,
    Unknown,
}

impl Ledger {
    /// A row that is surely stored, with its amount; the `pick`th of them.
    pub(crate) fn stored(&self, pick: usize) -> Option<(i64, i64)> {
        let sure = |(id, belief): (&i64, &Belief)| match belief {
            Belief::Stored(amount) => Some((*id, *amount)),
            Belief::OneOf(_) => None,
        };
        let count = self.rows.len().max(1);
        self.rows.iter().filter_map(sure).nth(pick % count)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A write wanted this row to be so; `None`: gone.
    pub(crate) fn note(&mut self, id: i64, wanted: Option<i64>, fate: Fate) {
        match fate {
            Fate::NotApplied => (),
            Fate::Applied => match wanted {
                Some(amount) => drop(self.rows.insert(id, Belief::Stored(amount))),
                None => drop(self.rows.remove(&id)),
            },
            Fate::Unknown => {
                let mut possible = match self.rows.remove(&id) {
                    None => vec![None],
                    Some(Belief::Stored(amount)) => vec![Some(amount)],
                    Some(Belief::OneOf(possible)) => possible,
                };
                possible.push(wanted);
                self.rows.insert(id, Belief::OneOf(possible));
            }
        }
    }

    /// Returns the expected state of each row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (i64, &Belief)> {
        self.rows.iter().map(|(id, belief)| (*id, belief))
    }
}

impl Belief {
    /// Does it allow what was found?
    pub(crate) fn allows(&self, found: Option<i64>) -> bool {
        match self {
            Self::Stored(amount) => found == Some(*amount),
            Self::OneOf(possible) => possible.contains(&found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_outcome_allows_both() {
        let mut ledger = Ledger::default();
        ledger.note(1, Some(5), Fate::Applied);
        ledger.note(1, Some(6), Fate::NotApplied);
        ledger.note(1, None, Fate::Unknown);
        ledger.note(2, Some(7), Fate::NotApplied);
        let beliefs: Vec<_> = ledger.rows().collect();
        let [(1, belief)] = beliefs.as_slice() else {
            panic!("{beliefs:?}")
        };
        assert!(belief.allows(None) && belief.allows(Some(5)) && !belief.allows(Some(6)));
        assert_eq!(ledger.stored(0), None);
    }
}
