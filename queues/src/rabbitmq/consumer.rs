//! The link of a consumer: its connection, and the messages that the server has handed to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bindery::messages::Delivery;

use super::connection::{CHANNEL, Connection};
use super::frame::{Fields, Request, Value};
use crate::broker::Link;
use crate::net::{Fault, Held};

/// The most messages that the server hands to a program before it gets acknowledgements.
const MOST_HELD: u16 = 250;

/// The connection of a consumer in this program.
pub(super) struct ConsumerLink {
    connection: Connection,
    queue: String,
    held: Held,
    is_consuming: bool,
    /// A receipt of another connection has another number.
    number: u64,
}

impl ConsumerLink {
    /// Makes the consumer's queue, unless it is there.
    pub(super) fn open(
        mut connection: Connection,
        (exchange, queue): (&str, &str),
        redelivers_after: Duration,
    ) -> Result<Self, Fault> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        const DURABLE: u8 = 0b10;
        let declare = Request::new(CHANNEL, (50, 10))
            .short(0)
            .text(queue)
            .bits(DURABLE);
        let single = [("x-single-active-consumer", Value::Boolean(true))];
        connection.call(&declare.table(&single), (50, 11))?;
        let bind = Request::new(CHANNEL, (50, 20)).short(0).text(queue);
        let bind = bind.text(exchange).text("").bits(0).table(&[]);
        connection.call(&bind, (50, 21))?;
        Ok(Self {
            connection,
            queue: queue.to_owned(),
            held: Held::new(redelivers_after),
            is_consuming: false,
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// The server's number of a delivery; `None` for one of another connection.
    fn tag_of(&self, receipt: &str) -> Result<Option<u64>, Fault> {
        let parts = receipt.split_once('/');
        let parts = parts.and_then(|(link, tag)| Some((link.parse().ok()?, tag.parse().ok()?)));
        let (number, tag): (u64, u64) = parts
            .ok_or_else(|| Fault::Refused("this is not one of the queue's receipts".to_owned()))?;
        Ok((number == self.number).then_some(tag))
    }

    fn taken(&mut self, most: usize) -> Vec<Delivery> {
        let number = self.number;
        let taken = self.held.take(most).into_iter();
        let delivery = |(tag, body)| Delivery {
            receipt: format!("{number}/{tag}"),
            body,
        };
        taken.map(delivery).collect()
    }

    /// Has the server hand messages to this program, unless another one of the consumer gets them.
    fn consume(&mut self) -> Result<(), Fault> {
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
            .text(&self.queue)
            .text("bindery");
        self.connection
            .call(&consume.bits(0).table(&[]), (60, 21))?;
        self.is_consuming = true;
        Ok(())
    }

    /// The number of messages that are in the queue and with no consumer.
    fn count(&mut self) -> Result<u32, Fault> {
        const PASSIVE: u8 = 0b1;
        let count = Request::new(CHANNEL, (50, 10))
            .short(0)
            .text(&self.queue)
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

impl Link for ConsumerLink {
    fn take(&mut self, most: usize) -> Result<Vec<Delivery>, Fault> {
        self.consume()?;
        self.connection.look()?;
        self.hold();
        let taken = self.taken(most);
        if !taken.is_empty() || self.held.len() >= usize::from(MOST_HELD) {
            return Ok(taken);
        }
        // All that was stored before this request has been delivered when the second answer is here: the first waits for the queue, the
        // second for the channel.
        self.count()?;
        self.count()?;
        self.hold();
        Ok(self.taken(most))
    }

    fn acknowledge(&mut self, receipt: &str) -> Result<(), Fault> {
        let tag = self.tag_of(receipt)?.ok_or(Fault::Redelivered)?;
        self.held.remove(tag);
        self.connection.acknowledge(tag)
    }

    fn give_back(&mut self, receipt: &str) -> Result<(), Fault> {
        if let Some(tag) = self.tag_of(receipt)? {
            self.held.give_back(tag);
        }
        Ok(())
    }
}
