//! The link of a consumer: its connection, and the messages that the server has handed to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bindery::messages::{Delivery, QueueError};

use super::connection::{Connection, Incoming, Place};
use super::stream::{MOST_HELD, Stream};
use crate::net::{Fault, Held};

/// The pause between two attempts to get the messages of a consumer that another program has.
const CLAIM_EVERY: Duration = Duration::from_secs(1);
/// The longest wait for messages that the server is about to deliver.
const DELIVERY: Duration = Duration::from_secs(1);
/// How long a durable name may be.
const LONGEST_NAME: usize = 200;

/// A consumer in this program.
pub(super) struct ConsumerLink {
    stream: Stream,
    name: String,
    redelivers_after: Duration,
    connected: Option<Connected>,
}

struct Connected {
    connection: Connection,
    held: Held,
    /// Where each message is acknowledged.
    replies: BTreeMap<u64, String>,
    /// Does the server hand messages to this connection?
    is_active: bool,
    claimed_at: Instant,
}

impl ConsumerLink {
    /// A name may have any characters; those that the server does not take are written as `=2E`.
    pub(super) fn new(
        stream: Stream,
        consumer: &str,
        redelivers_after: Duration,
    ) -> Result<Self, QueueError> {
        let encoded = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("={other:02X}"),
        };
        let name: String = consumer.bytes().map(encoded).collect();
        if name.is_empty() || name.len() > LONGEST_NAME {
            let why = format!("the name of a consumer has from 1 to {LONGEST_NAME} characters");
            return Err(QueueError::Refused(why));
        }
        Ok(Self {
            stream,
            name,
            redelivers_after,
            connected: None,
        })
    }

    /// Connects and makes the consumer, unless that is done.
    pub(super) fn ensure(&mut self, place: &Place) -> Result<(), Fault> {
        if self.connected.is_some() {
            return Ok(());
        }
        let mut connection = Connection::open(place)?;
        self.stream.ensure(&mut connection)?;
        let mut connected = Connected {
            connection,
            held: Held::new(self.redelivers_after),
            replies: BTreeMap::new(),
            is_active: false,
            claimed_at: Instant::now(),
        };
        connected.claim(&self.stream, &self.name, self.redelivers_after)?;
        self.connected = Some(connected);
        Ok(())
    }

    /// Hands out messages. A link that fails is given up; what it held comes again.
    pub(super) fn take(&mut self, place: &Place, most: usize) -> Result<Vec<Delivery>, Fault> {
        self.ensure(place)?;
        let Some(link) = &mut self.connected else {
            return Ok(Vec::new());
        };
        let about = (&self.stream, self.name.as_str(), self.redelivers_after);
        let taken = link.take(about, most);
        taken.inspect_err(|_| self.connected = None)
    }

    pub(super) fn acknowledge(&mut self, place: &Place, receipt: &str) -> Result<(), QueueError> {
        let Some(number) = stream_number(receipt) else {
            let why = "this is not one of its receipts";
            return Err(QueueError::Refused(why.to_owned()));
        };
        self.ensure(place)?;
        if let Some(link) = &mut self.connected {
            let sent = link.connection.publish(receipt, b"+ACK");
            link.held.remove(number);
            link.replies.remove(&number);
            sent.inspect_err(|_| self.connected = None)?;
        }
        Ok(())
    }

    /// Hands out again what was taken.
    pub(super) fn give_back(&mut self, receipt: &str) {
        if let (Some(link), Some(number)) = (&mut self.connected, stream_number(receipt)) {
            link.held.give_back(number);
        }
    }

    /// Ends the connection: what it had goes to another program.
    pub(super) fn leave(&mut self) {
        self.connected = None;
    }
}

impl Connected {
    fn claim(&mut self, stream: &Stream, name: &str, after: Duration) -> Result<(), Fault> {
        self.claimed_at = Instant::now();
        self.is_active = stream.claim_consumer(&mut self.connection, name, after)?;
        Ok(())
    }

    fn take(
        &mut self,
        (stream, name, redelivers_after): (&Stream, &str, Duration),
        most: usize,
    ) -> Result<Vec<Delivery>, Fault> {
        if !self.is_active && self.claimed_at.elapsed() >= CLAIM_EVERY {
            self.claim(stream, name, redelivers_after)?;
        }
        self.connection.look()?;
        let until = Instant::now() + DELIVERY;
        loop {
            self.hold()?;
            let taken = self.taken(most);
            if !taken.is_empty() || !self.is_active || self.held.len() >= MOST_HELD {
                return Ok(taken);
            }
            if !self.are_more_to_come(stream, name)? || Instant::now() >= until {
                self.hold()?;
                return Ok(self.taken(most));
            }
            self.connection.wait(Duration::from_millis(20))?;
        }
    }

    /// Has the server messages for this connection that are not here yet?
    fn are_more_to_come(&mut self, stream: &Stream, name: &str) -> Result<bool, Fault> {
        let state = stream.consumer_state(&mut self.connection, name)?;
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
