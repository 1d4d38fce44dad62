//! The messages that a server has handed to this program, until they are acknowledged: which of them may be taken now.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use bindery::messages::Message;

/// Messages in the order in which they are handed out, by the server's number for each.
#[derive(Debug)]
pub(crate) struct Held {
    entries: BTreeMap<u64, Entry>,
    redelivers_after: Duration,
}

#[derive(Debug)]
struct Entry {
    /// Of the row that it is about; `None` for a text that is no message, which waits for no other.
    row: Option<String>,
    body: String,
    taken_until: Option<Instant>,
}

impl Held {
    pub(crate) fn new(redelivers_after: Duration) -> Self {
        Self {
            entries: BTreeMap::new(),
            redelivers_after,
        }
    }

    /// Adds a message, unless it is here.
    pub(crate) fn add(&mut self, number: u64, body: &[u8]) {
        let body = String::from_utf8_lossy(body).into_owned();
        self.entries.entry(number).or_insert_with(|| Entry {
            row: Message::from_json(&body).ok().map(|message| message.row()),
            body,
            taken_until: None,
        });
    }

    /// Hands out messages, those of a row in their order: a later one waits while an earlier one is taken.
    pub(crate) fn take(&mut self, most: usize) -> Vec<(u64, String)> {
        let now = Instant::now();
        let (mut taken, mut busy) = (Vec::new(), HashSet::new());
        for (number, entry) in &mut self.entries {
            let is_free = entry.taken_until.is_none_or(|until| until <= now);
            let waits = entry.row.as_deref().is_some_and(|row| busy.contains(row));
            if is_free && !waits && taken.len() < most {
                entry.taken_until = Some(now + self.redelivers_after);
                taken.push((*number, entry.body.clone()));
            } else {
                busy.extend(entry.row.as_deref());
            }
        }
        taken
    }

    /// Has a message that was taken handed out again at once.
    pub(crate) fn give_back(&mut self, number: u64) {
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.taken_until = None;
        }
    }

    pub(crate) fn remove(&mut self, number: u64) {
        self.entries.remove(&number);
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(row: u32) -> Vec<u8> {
        format!(
            r#"{{"specversion":"1.0","id":"x","source":"/a","type":"user_updated","subject":"{row}","time":"2026-11-22T10:00:00.000000Z","binderyversion":"1","data":{{"key":{row}}}}}"#
        )
        .into_bytes()
    }

    fn numbers(held: &mut Held, most: usize) -> Vec<u64> {
        held.take(most)
            .into_iter()
            .map(|(number, _)| number)
            .collect()
    }

    #[test]
    fn msg_03_a_row_waits_for_its_earlier_message_and_others_do_not() {
        let mut held = Held::new(Duration::from_secs(60));
        for (number, row) in [(1, 1), (2, 1), (3, 2)] {
            held.add(number, &body(row));
        }
        held.add(4, b"no message");
        held.add(5, b"no message");
        assert_eq!(numbers(&mut held, 1), [1]);
        assert_eq!(numbers(&mut held, 10), [3, 4, 5], "2 waits for 1");
        held.give_back(1);
        assert_eq!(numbers(&mut held, 10), [1, 2], "both in one call");
        held.remove(1);
        held.add(2, &body(1));
        let none = numbers(&mut held, 10);
        assert!(none.is_empty(), "2 is taken, and here once: {none:?}");
    }
}
