//! A queue in the memory of the process.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::message::Message;
use super::queue::{Delivery, Queue, QueueError};

/// A queue in memory, for tests and for programs of one process: its messages are gone with it.
#[derive(Debug)]
pub struct MemoryQueue {
    redelivers_after: Duration,
    state: Mutex<QueueState>,
}

#[derive(Debug, Default)]
struct QueueState {
    next: u64,
    consumers: BTreeMap<String, VecDeque<Entry>>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    /// Of the row that it is about.
    key: String,
    body: String,
    taken_until: Option<Instant>,
}

impl Default for MemoryQueue {
    fn default() -> Self {
        Self::new(Duration::from_secs(30))
    }
}

impl MemoryQueue {
    /// An empty queue that hands out again what is not acknowledged within this time.
    pub fn new(redelivers_after: Duration) -> Self {
        Self {
            redelivers_after,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue for MemoryQueue {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        let mut state = self.lock();
        state.next += 1;
        let number = state.next;
        let key = message.row();
        for entries in state.consumers.values_mut() {
            entries.push_back(Entry {
                number,
                key: key.clone(),
                body: message.to_json(),
                taken_until: None,
            });
        }
        Ok(())
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        self.lock()
            .consumers
            .entry(consumer.to_owned())
            .or_default();
        Ok(())
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let now = Instant::now();
        let mut state = self.lock();
        let Some(entries) = state.consumers.get_mut(consumer) else {
            return Err(QueueError::Refused(format!(
                "`{consumer}` has not subscribed"
            )));
        };
        let (mut taken, mut busy) = (Vec::new(), HashSet::new());
        for entry in entries.iter_mut() {
            if entry.taken_until.is_some_and(|until| until > now) {
                busy.insert(entry.key.clone());
            } else if taken.len() < most && !busy.contains(&entry.key) {
                entry.taken_until = Some(now + self.redelivers_after);
                taken.push(Delivery {
                    receipt: entry.number.to_string(),
                    body: entry.body.clone(),
                });
            } else {
                busy.insert(entry.key.clone());
            }
        }
        Ok(taken)
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        if let Some(entries) = self.lock().consumers.get_mut(consumer) {
            entries.retain(|entry| entry.number.to_string() != delivery.receipt);
        }
        Ok(())
    }

    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        if let Some(entries) = self.lock().consumers.get_mut(consumer) {
            let mut entries = entries.iter_mut();
            let given = entries.find(|entry| entry.number.to_string() == delivery.receipt);
            if let Some(entry) = given {
                entry.taken_until = None;
            }
        }
        Ok(())
    }

    fn redelivers_after(&self) -> Duration {
        self.redelivers_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn msg_01_a_queue_in_memory_keeps_the_contract() {
        super::super::contract(|| MemoryQueue::new(Duration::from_millis(200)));
    }
}
