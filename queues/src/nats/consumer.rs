//! The link of a consumer: its connection, and the messages that the server has handed to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bindery::messages::Delivery;

use super::connection::{Connection, Incoming};
use super::stream::{ConsumerState, MOST_HELD, Stream};
use crate::broker::Link;
use crate::net::{Fault, Held};

/// The pause between two attempts to get the messages of a consumer that another program has.
const CLAIM_EVERY: Duration = Duration::from_secs(1);
/// The longest wait for messages that the server is about to deliver.
const DELIVERY: Duration = Duration::from_secs(1);
/// The time after which messages that the server has and does not deliver are claimed anew.
const STALLED: Duration = Duration::from_secs(3);

/// The most numbers of messages from the first that is not acknowledged on that are looked at when a consumer is claimed.
const MOST_LOOKED_AT: u64 = 10_000;

/// The connection of a consumer in this program.
pub(super) struct ConsumerLink {
    connection: Connection,
    stream: Stream,
    name: String,
    redelivers_after: Duration,
    held: Held,
    /// Where each message is acknowledged.
    replies: BTreeMap<u64, String>,
    /// Those that were read from the stream at the last claim. The server may deliver them, too, and after they were acknowledged.
    read: BTreeSet<u64>,
    /// The server hands messages to this connection.
    is_active: bool,
    claimed_at: Instant,
    /// Since when the server has had messages and has delivered none.
    stalled_since: Option<Instant>,
}

impl ConsumerLink {
    /// Makes the stream and the consumer, unless they are there.
    pub(super) fn open(
        mut connection: Connection,
        (stream, name): (&Stream, &str),
        redelivers_after: Duration,
    ) -> Result<Self, Fault> {
        stream.ensure(&mut connection)?;
        let mut link = Self {
            connection,
            stream: stream.clone(),
            name: name.to_owned(),
            redelivers_after,
            held: Held::new(redelivers_after),
            replies: BTreeMap::new(),
            read: BTreeSet::new(),
            is_active: false,
            claimed_at: Instant::now(),
            stalled_since: None,
        };
        link.claim()?;
        Ok(link)
    }

    fn claim(&mut self) -> Result<(), Fault> {
        self.claimed_at = Instant::now();
        let left = self.unacknowledged()?;
        let (connection, after) = (&mut self.connection, self.redelivers_after);
        self.is_active = self.stream.claim_consumer(connection, &self.name, after)?;
        self.read.clear();
        for (number, body) in left.into_iter().filter(|_| self.is_active) {
            self.read.insert(number);
            self.held.add(number, &body);
            let receipt = self.stream.receipt(&self.name, number);
            self.replies.entry(number).or_insert(receipt);
        }
        Ok(())
    }

    /// The messages that were delivered to a connection that is gone and not acknowledged. The server is to deliver them again. NATS 2.9.10
    /// that was killed does not always: it may have forgotten them (`num_ack_pending` 0 where 71 are delivered and 66 acknowledged, and goes
    /// on after them), and it stops where it would deliver one that is gone from the stream, as its acknowledgement came just before
    /// (`num_pending` 160, and none comes). So the former are read here, and the latter acknowledged.
    fn unacknowledged(&mut self) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
        let state = self.consumer_state()?;
        let Some(state) = state.filter(|state| !state.push_bound) else {
            return Ok(Vec::new());
        };
        let mut next = state.ack_floor.stream_seq + 1;
        let last = state.delivered.stream_seq.min(next + MOST_LOOKED_AT);
        let mut left = Vec::new();
        while next <= last {
            let stored = self.stream.next_stored(&mut self.connection, next)?;
            let stored = stored.filter(|stored| stored.number <= last);
            let gone_until = stored.as_ref().map_or(last + 1, |stored| stored.number);
            for number in next..gone_until {
                let receipt = self.stream.receipt(&self.name, number);
                self.connection.publish(&receipt, b"+ACK")?;
            }
            if let Some(stored) = stored {
                left.push((stored.number, stored.body()?));
            }
            next = gone_until + 1;
        }
        Ok(left)
    }

    fn consumer_state(&mut self) -> Result<Option<ConsumerState>, Fault> {
        self.stream.consumer_state(&mut self.connection, &self.name)
    }

    /// Whether the server has messages for this connection that are not here yet.
    fn are_more_to_come(&mut self) -> Result<bool, Fault> {
        let state = self.consumer_state()?.unwrap_or_default();
        if state.config.deliver_subject != self.connection.deliveries() {
            self.is_active = false;
            return Ok(false);
        }
        Ok(state.num_pending > 0 || state.num_ack_pending > self.held.len())
    }

    /// Fails where the server has had messages for a while and delivers none, so that they are claimed over a new connection.
    fn ensure_delivered(&mut self, is_stalled: bool) -> Result<(), Fault> {
        if !is_stalled || self.held.len() > 0 {
            self.stalled_since = None;
            return Ok(());
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        if since.elapsed() < STALLED {
            return Ok(());
        }
        let why = "the server has messages and does not deliver them";
        Err(Fault::Lost(why.to_owned()))
    }

    fn taken(&mut self, most: usize) -> Vec<Delivery> {
        let taken = self.held.take(most).into_iter();
        let delivery = |(number, body)| {
            let receipt = self.replies.get(&number).cloned().unwrap_or_default();
            Delivery { receipt, body }
        };
        taken.map(delivery).collect()
    }

    /// Takes over what was delivered.
    fn hold(&mut self) -> Result<(), Fault> {
        while let Some(message) = self.connection.next_delivered() {
            if message.head.starts_with("NATS/1.0 100") {
                self.answer(&message)?;
                continue;
            }
            let reply = message.reply.as_deref();
            let Some((reply, number)) = reply.and_then(|one| Some((one, stream_number(one)?)))
            else {
                continue;
            };
            if self.read.contains(&number) && !self.replies.contains_key(&number) {
                self.connection.publish(reply, b"+ACK")?;
                continue;
            }
            self.replies.insert(number, reply.to_owned());
            self.held.add(number, &message.payload);
        }
        Ok(())
    }

    /// Tells the server that what it sent has arrived, where it waits for that (*flow control*).
    fn answer(&mut self, message: &Incoming) -> Result<(), Fault> {
        let stalled = message.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("Nats-Consumer-Stalled")
                .then_some(value.trim())
        });
        match message.reply.as_deref().or(stalled) {
            Some(subject) => self.connection.publish(subject, b""),
            None => Ok(()),
        }
    }
}

impl Link for ConsumerLink {
    fn take(&mut self, most: usize) -> Result<Vec<Delivery>, Fault> {
        if !self.is_active && self.claimed_at.elapsed() >= CLAIM_EVERY {
            self.claim()?;
        }
        self.connection.look()?;
        let until = Instant::now() + DELIVERY;
        loop {
            self.hold()?;
            let taken = self.taken(most);
            if !taken.is_empty() || !self.is_active || self.held.len() >= MOST_HELD {
                self.stalled_since = None;
                return Ok(taken);
            }
            let are_more = self.are_more_to_come()?;
            if !are_more || Instant::now() >= until {
                self.hold()?;
                let taken = self.taken(most);
                self.ensure_delivered(are_more && taken.is_empty())?;
                return Ok(taken);
            }
            self.connection.wait(Duration::from_millis(20))?;
        }
    }

    /// Whichever connection it was taken over.
    fn acknowledge(&mut self, receipt: &str) -> Result<(), Fault> {
        let number = number_of(receipt)?;
        self.held.remove(number);
        self.replies.remove(&number);
        self.connection.publish(receipt, b"+ACK")
    }

    fn give_back(&mut self, receipt: &str) -> Result<(), Fault> {
        self.held.give_back(number_of(receipt)?);
        Ok(())
    }
}

fn number_of(receipt: &str) -> Result<u64, Fault> {
    let number = stream_number(receipt);
    number.ok_or_else(|| Fault::Refused("this is not one of the queue's receipts".to_owned()))
}

/// The number of a message in its stream, from where it is acknowledged:
/// `$JS.ACK.[domain.account.]stream.consumer.deliveries.number.….….…`.
fn stream_number(reply: &str) -> Option<u64> {
    let words: Vec<&str> = reply.split('.').collect();
    let at = match (words.get(..2)?, words.len()) {
        (["$JS", "ACK"], 9) => 5,
        (["$JS", "ACK"], 11..) => 7,
        _ => return None,
    };
    words.get(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_message_is_read_from_where_it_is_acknowledged() {
        for (reply, number) in [
            ("$JS.ACK.bindery-shop.a.1.42.7.1700000000.0", Some(42)),
            (
                "$JS.ACK.hub.ABC.bindery-shop.a.1.42.7.1700000000.0.x",
                Some(42),
            ),
            (
                "$JS.ACK.hub.ABC.bindery-shop.a.1.42.7.1700000000.0",
                Some(42),
            ),
            ("elsewhere", None),
            ("a.b.c.d.e.f.g.h.i", None),
        ] {
            assert_eq!(stream_number(reply), number, "{reply}");
        }
    }
}
