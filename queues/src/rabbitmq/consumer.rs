//! The link of a consumer: its connection, and the messages that the server has handed to it.

use std::time::Duration;

use bindery::messages::{Delivery, QueueError};

use super::connection::{CHANNEL, Connection, Place};
use super::declare_exchange;
use super::frame::{Fields, Request, Value};
use crate::net::{Fault, Held};

/// The most messages that the server hands to a program before it gets acknowledgements.
const MOST_HELD: u16 = 250;

/// A consumer in this program.
pub(super) struct ConsumerLink {
    queue: String,
    exchange: String,
    redelivers_after: Duration,
    connected: Option<Connected>,
    /// The number of the connection: a receipt of an earlier one has another.
    number: u64,
}

struct Connected {
    connection: Connection,
    held: Held,
    is_consuming: bool,
}

impl ConsumerLink {
    pub(super) fn new(queue: String, exchange: String, redelivers_after: Duration) -> Self {
        Self {
            queue,
            exchange,
            redelivers_after,
            connected: None,
            number: 0,
        }
    }

    /// Connects and makes the consumer's queue, unless that is done.
    pub(super) fn ensure(&mut self, place: &Place) -> Result<(), Fault> {
        if self.connected.is_some() {
            return Ok(());
        }
        let mut connection = Connection::open(place)?;
        declare_exchange(&mut connection, &self.exchange)?;
        const DURABLE: u8 = 0b10;
        let declare = Request::new(CHANNEL, (50, 10))
            .short(0)
            .text(&self.queue)
            .bits(DURABLE);
        let single = [("x-single-active-consumer", Value::Boolean(true))];
        connection.call(&declare.table(&single), (50, 11))?;
        let bind = Request::new(CHANNEL, (50, 20)).short(0).text(&self.queue);
        let bind = bind.text(&self.exchange).text("").bits(0).table(&[]);
        connection.call(&bind, (50, 21))?;
        self.number += 1;
        self.connected = Some(Connected {
            connection,
            held: Held::new(self.redelivers_after),
            is_consuming: false,
        });
        Ok(())
    }

    /// Hands out messages. A link that fails is given up; what it held comes again.
    pub(super) fn take(&mut self, place: &Place, most: usize) -> Result<Vec<Delivery>, Fault> {
        self.ensure(place)?;
        let taken = self
            .connected
            .as_mut()
            .map(|link| link.take(&self.queue, most));
        let taken = taken.unwrap_or_else(|| Ok(Vec::new()));
        let taken = taken.inspect_err(|_| self.connected = None)?;
        let delivery = |(tag, body)| Delivery {
            receipt: format!("{}/{tag}", self.number),
            body,
        };
        Ok(taken.into_iter().map(delivery).collect())
    }

    /// Acknowledges what was taken on this connection: what was taken on an earlier one is handed out again.
    pub(super) fn acknowledge(&mut self, receipt: &str) -> Result<(), QueueError> {
        let (number, tag) = numbers_of(receipt)?;
        let link = self.connected.as_mut();
        let Some(link) = link.filter(|_| self.number == number) else {
            let why = "the connection on which the message was taken is lost: it comes again";
            return Err(QueueError::Unavailable(why.to_owned()));
        };
        let sent = link.connection.acknowledge(tag);
        link.held.remove(tag);
        Ok(sent.inspect_err(|_| self.connected = None)?)
    }

    /// Hands out again what was taken; that of an earlier connection comes by itself.
    pub(super) fn give_back(&mut self, receipt: &str) -> Result<(), QueueError> {
        let (number, tag) = numbers_of(receipt)?;
        let link = self.connected.as_mut().filter(|_| self.number == number);
        if let Some(link) = link {
            link.held.give_back(tag);
        }
        Ok(())
    }

    /// Ends the connection: what it had goes to another program.
    pub(super) fn leave(&mut self) {
        self.connected = None;
    }
}

/// The numbers of the connection and of the delivery.
fn numbers_of(receipt: &str) -> Result<(u64, u64), QueueError> {
    let parts = receipt.split_once('/');
    let parts = parts.and_then(|(link, tag)| Some((link.parse().ok()?, tag.parse().ok()?)));
    parts.ok_or_else(|| QueueError::Refused("this is not one of its receipts".to_owned()))
}

impl Connected {
    fn take(&mut self, queue: &str, most: usize) -> Result<Vec<(u64, String)>, Fault> {
        self.consume(queue)?;
        self.connection.look()?;
        self.hold();
        let taken = self.held.take(most);
        if !taken.is_empty() || self.held.len() >= usize::from(MOST_HELD) {
            return Ok(taken);
        }
        // All that was stored before this request has been delivered when the second answer is here: the first waits for the queue, the
        // second for the channel.
        self.count(queue)?;
        self.count(queue)?;
        self.hold();
        Ok(self.held.take(most))
    }

    /// Has the server hand messages to this program, unless another one of the consumer gets them.
    fn consume(&mut self, queue: &str) -> Result<(), Fault> {
        if self.is_consuming {
            return Ok(());
        }
        let limit = Request::new(CHANNEL, (60, 10))
            .long(0)
            .short(MOST_HELD)
            .bits(0);
        self.connection.call(&limit, (60, 11))?;
        let consume = Request::new(CHANNEL, (60, 20))
            .short(0)
            .text(queue)
            .text("bindery");
        self.connection
            .call(&consume.bits(0).table(&[]), (60, 21))?;
        self.is_consuming = true;
        Ok(())
    }

    /// The number of messages that are in the queue and with no consumer.
    fn count(&mut self, queue: &str) -> Result<u32, Fault> {
        const PASSIVE: u8 = 0b1;
        let count = Request::new(CHANNEL, (50, 10))
            .short(0)
            .text(queue)
            .bits(PASSIVE);
        let answer = self.connection.call(&count.table(&[]), (50, 11))?;
        let mut answer = Fields(&answer);
        answer.text()?;
        Ok(answer.long()?)
    }

    fn hold(&mut self) {
        while let Some(delivered) = self.connection.next_delivered() {
            self.held.add(delivered.tag, &delivered.body);
        }
    }
}
