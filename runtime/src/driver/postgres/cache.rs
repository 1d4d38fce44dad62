//! Prepared statements of one connection by their SQL text; the least recently used goes first.

use std::collections::HashMap;

use postgres::Statement;

const CAPACITY: usize = 256;

#[derive(Default)]
pub(super) struct StatementCache {
    statements: HashMap<Box<str>, Cached>,
    /// Counts uses; larger is more recent.
    uses: u64,
}

struct Cached {
    statement: Statement,
    last_use: u64,
}

impl StatementCache {
    pub(super) fn get(&mut self, sql: &str) -> Option<Statement> {
        self.uses += 1;
        let cached = self.statements.get_mut(sql)?;
        cached.last_use = self.uses;
        Some(cached.statement.clone())
    }

    pub(super) fn insert(&mut self, sql: &str, statement: Statement) {
        if self.statements.len() >= CAPACITY {
            self.remove_oldest();
        }
        let last_use = self.uses;
        let cached = Cached {
            statement,
            last_use,
        };
        self.statements.insert(sql.into(), cached);
    }

    /// Forgets a statement that the server no longer accepts.
    pub(super) fn forget(&mut self, sql: &str) {
        self.statements.remove(sql);
    }

    /// A walk over all, once in a statement that is not cached: small beside preparing it.
    fn remove_oldest(&mut self) {
        let oldest = self
            .statements
            .iter()
            .min_by_key(|(_, cached)| cached.last_use)
            .map(|(sql, _)| sql.clone());
        if let Some(sql) = oldest {
            self.statements.remove(&sql);
        }
    }
}
