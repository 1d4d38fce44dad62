//! The link of a consumer: its connection, and the messages that the server has handed to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bindery::messages::Delivery;

use super::connection::{Connection, Incoming};
use super::stream::{MOST_HELD, Stream};
use crate::broker::Link;
use crate::net::{Fault, Held};

/// The pause between two attempts to get the messages of a consumer that another program has.
const CLAIM_EVERY: Duration = Duration::from_secs(1);
/// The longest wait for messages that the server is about to deliver.
const DELIVERY: Duration = Duration::from_secs(1);

/// The connection of a consumer in this program.
pub(super) struct ConsumerLink {
    connection: Connection,
    stream: Stream,
    name: String,
    redelivers_after: Duration,
    held: Held,
    /// Where each message is acknowledged.
    replies: BTreeMap<u64, String>,
    /// Does the server hand messages to this connection?
    is_active: bool,
    claimed_at: Instant,
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
            is_active: false,
            claimed_at: Instant::now(),
        };
        link.claim()?;
        Ok(link)
    }

    fn claim(&mut self) -> Result<(), Fault> {
        self.claimed_at = Instant::now();
        let (connection, after) = (&mut self.connection, self.redelivers_after);
        self.is_active = self.stream.claim_consumer(connection, &self.name, after)?;
        Ok(())
    }

    /// Has the server messages for this connection that are not here yet?
    fn are_more_to_come(&mut self) -> Result<bool, Fault> {
        let state = self
            .stream
            .consumer_state(&mut self.connection, &self.name)?;
        if state.config.deliver_subject != self.connection.deliveries() {
            self.is_active = false;
            return Ok(false);
        }
        Ok(state.num_pending > 0 || state.num_ack_pending > self.held.len())
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
                return Ok(taken);
            }
            if !self.are_more_to_come()? || Instant::now() >= until {
                self.hold()?;
                return Ok(self.taken(most));
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
