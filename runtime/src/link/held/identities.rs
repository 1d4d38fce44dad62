//! Rows that were found by their keys over a connection, kept for as long as its holder wants: the identity cache of a
//! session. Whatever is written over the connection, or undone, removes all of them: a trigger may change any row.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Link;

/// Rows by table and key, as recorded values.
pub(crate) struct Identities {
    most: usize,
    rows: HashMap<Arc<[u8]>, Vec<u8>>,
    /// In the order in which they came; each once.
    order: VecDeque<Arc<[u8]>>,
}

impl Identities {
    fn new(most: usize) -> Self {
        Self {
            most,
            rows: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    fn keep(&mut self, name: Arc<[u8]>, row: Vec<u8>) {
        if self.most == 0 {
            return;
        }
        if self.rows.insert(Arc::clone(&name), row).is_some() {
            return;
        }
        self.order.push_back(name);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.rows.remove(&oldest);
        }
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.order.clear();
    }
}

/// The name of a row of a table: no name of a table has a zero byte.
fn name_of(table: &str, key: &[u8]) -> Arc<[u8]> {
    [table.as_bytes(), &[0], key].concat().into()
}

impl Link {
    /// Keeps up to this number of rows that are found by their keys.
    pub(crate) fn keep_rows(&mut self, most: usize) {
        self.identities = Some(Box::new(Identities::new(most)));
    }

    #[inline]
    pub(crate) fn keeps_rows(&self) -> bool {
        self.identities.is_some()
    }

    /// The row of this table with this key, where it is kept.
    pub(crate) fn kept_row(&self, table: &str, key: &[u8]) -> Option<&[u8]> {
        let identities = self.identities.as_ref()?;
        let row = identities.rows.get(&name_of(table, key))?;
        Some(row)
    }

    /// Keeps a row that was found.
    pub(crate) fn keep_row(&mut self, table: &str, key: &[u8], row: Vec<u8>) {
        if let Some(identities) = &mut self.identities {
            identities.keep(name_of(table, key), row);
        }
    }

    /// Keeps no row any more that was found before.
    #[inline]
    pub(crate) fn forget_rows(&mut self) {
        if let Some(identities) = &mut self.identities {
            identities.clear();
        }
    }
}
