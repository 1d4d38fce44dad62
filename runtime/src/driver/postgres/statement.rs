//! Prepared statements: what the server says of them, and those of one connection by their SQL text.

use std::collections::HashMap;
use std::sync::Arc;

use postgres_types::Type;

use super::encode::is_foreign;
use super::message;

/// How many are kept; the least recently used goes first.
const CAPACITY: usize = 256;

/// A prepared statement.
pub(super) struct Statement {
    pub(super) name: String,
    pub(super) params: Vec<Type>,
    pub(super) columns: Vec<Column>,
    /// The beginning of each Bind: no portal's name, the statement's, the forms of the parameters, their number.
    bind: Vec<u8>,
}

/// A column of a statement's rows.
pub(super) struct Column {
    pub(super) column_type: Type,
    /// `typmod`: the length of a `character(n)`, or -1.
    pub(super) modifier: i32,
}

impl Statement {
    pub(super) fn new(name: String, params: Vec<Type>, columns: Vec<Column>) -> Self {
        let mut bind = vec![0];
        message::text(&mut bind, &name);
        // The server counts them in 16 bits itself.
        let count = (params.len() as u16).to_be_bytes();
        bind.extend_from_slice(&count);
        for param in &params {
            let is_binary = u16::from(!is_foreign(param));
            bind.extend_from_slice(&is_binary.to_be_bytes());
        }
        bind.extend_from_slice(&count);
        Self {
            name,
            params,
            columns,
            bind,
        }
    }

    /// Writes the message that gives the parameters, which `encode` writes. Rows come in binary form.
    pub(super) fn bind<E>(
        &self,
        out: &mut Vec<u8>,
        encode: impl FnOnce(&[Type], &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        out.push(b'B');
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.bind);
        encode(&self.params, out)?;
        out.extend_from_slice(&[0, 1, 0, 1]);
        message::end_counted(out, start);
        Ok(())
    }
}

/// The statements of one connection.
#[derive(Default)]
pub(super) struct Statements {
    kept: HashMap<Box<str>, Kept>,
    /// Counts uses; larger is more recent.
    uses: u64,
    /// Counts names, so that none is used twice.
    named: u64,
    /// Names that the server shall forget with the next message to it.
    dropped: Vec<String>,
}

struct Kept {
    statement: Arc<Statement>,
    last_use: u64,
}

impl Statements {
    pub(super) fn get(&mut self, sql: &str) -> Option<Arc<Statement>> {
        self.uses += 1;
        let kept = self.kept.get_mut(sql)?;
        kept.last_use = self.uses;
        Some(Arc::clone(&kept.statement))
    }

    /// A name for one more.
    pub(super) fn next_name(&mut self) -> String {
        self.named += 1;
        format!("bindery_{}", self.named)
    }

    pub(super) fn insert(&mut self, sql: &str, statement: Arc<Statement>) {
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
    pub(super) fn forget(&mut self, sql: &str) {
        if let Some(kept) = self.kept.remove(sql) {
            self.dropped.push(kept.statement.name.clone());
        }
    }

    /// The same for a statement whose text is not at hand.
    pub(super) fn forget_statement(&mut self, statement: &Statement) {
        let of = |kept: &Kept| kept.statement.name == statement.name;
        let found = self.kept.iter().find(|(_, kept)| of(kept));
        if let Some(sql) = found.map(|(sql, _)| sql.clone()) {
            self.forget(&sql);
        }
    }

    /// Has the server forget a statement that is not kept.
    pub(super) fn drop_unkept(&mut self, statement: &Statement) {
        self.dropped.push(statement.name.clone());
    }

    /// Writes that the server shall forget what was forgotten here. What it does not know it forgets without a word.
    pub(super) fn write_dropped(&mut self, out: &mut Vec<u8>) {
        for name in self.dropped.drain(..) {
            message::close(out, &name);
        }
    }

    /// A walk over all, once in a statement that is not kept: small beside preparing it.
    fn drop_oldest(&mut self) {
        let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.last_use);
        if let Some(sql) = oldest.map(|(sql, _)| sql.clone()) {
            self.forget(&sql);
        }
    }
}
