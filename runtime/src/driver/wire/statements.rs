//! Prepared statements of one connection by their SQL text.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use crate::driver::texts::TextHasher;

/// How many are kept; the least recently used goes first.
const CAPACITY: usize = 256;

/// The statements of one connection.
pub(in crate::driver) struct Statements<S> {
    kept: HashMap<Box<str>, Kept<S>, BuildHasherDefault<TextHasher>>,
    /// Counts uses; larger is more recent.
    uses: u64,
    /// The statements to close with the next message to the server.
    dropped: Vec<Arc<S>>,
}

struct Kept<S> {
    statement: Arc<S>,
    last_use: u64,
}

impl<S> Default for Statements<S> {
    fn default() -> Self {
        Self {
            kept: HashMap::default(),
            uses: 0,
            dropped: Vec::new(),
        }
    }
}

impl<S> Statements<S> {
    pub(in crate::driver) fn get(&mut self, sql: &str) -> Option<Arc<S>> {
        self.uses += 1;
        let kept = self.kept.get_mut(sql)?;
        kept.last_use = self.uses;
        Some(Arc::clone(&kept.statement))
    }

    pub(in crate::driver) fn insert(&mut self, sql: &str, statement: Arc<S>) {
        if self.kept.len() >= CAPACITY {
            self.drop_oldest();
        }
        let last_use = self.uses;
        let kept = Kept {
            statement,
            last_use,
        };
        self.kept.insert(sql.into(), kept);
    }

    /// Forgets a statement that fits its tables no more.
    pub(in crate::driver) fn forget(&mut self, sql: &str) {
        if let Some(kept) = self.kept.remove(sql) {
            self.dropped.push(kept.statement);
        }
    }

    /// The same for a statement whose text is not at hand.
    #[cfg(feature = "postgres")]
    pub(in crate::driver) fn forget_statement(&mut self, statement: &Arc<S>) {
        let same = |kept: &Kept<S>| Arc::ptr_eq(&kept.statement, statement);
        let found = self.kept.iter().find(|(_, kept)| same(kept));
        if let Some(sql) = found.map(|(sql, _)| sql.clone()) {
            self.forget(&sql);
        }
    }

    /// Has the server forget a statement that is not kept.
    #[cfg(feature = "postgres")]
    pub(in crate::driver) fn drop_unkept(&mut self, statement: Arc<S>) {
        self.dropped.push(statement);
    }

    /// Returns the statements to close; the caller sends the request.
    pub(in crate::driver) fn take_dropped(&mut self) -> Vec<Arc<S>> {
        std::mem::take(&mut self.dropped)
    }

    /// A walk over all, once in a statement that is not kept: small beside preparing it.
    fn drop_oldest(&mut self) {
        let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.last_use);
        if let Some(sql) = oldest.map(|(sql, _)| sql.clone()) {
            self.forget(&sql);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut statements = Statements::default();
        for number in 0..CAPACITY {
            statements.insert(&number.to_string(), Arc::new(number));
            statements.get("0");
        }
        statements.insert("one more", Arc::new(0));
        assert!(statements.get("0").is_some() && statements.get("1").is_none());
        assert_eq!(statements.take_dropped(), [Arc::new(1)]);
        assert!(statements.take_dropped().is_empty());
    }
}
