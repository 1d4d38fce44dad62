//! A connection to RabbitMQ with one channel: requests with their answers, what is delivered between them, and heartbeats.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::frame::{AROUND, Fields, Frame, GREETING, Malformed, Method, Request, Value, heartbeat};
use crate::net::{Endpoint, Fault, Socket};

/// The one channel for everything but the connection itself.
pub(super) const CHANNEL: u16 = 1;
/// The largest frame that is sent, where the server sets no limit.
const FRAME_MAX: u32 = 128 * 1024;
/// The longest time without a sign of life, where the server sets none. It is the one that RabbitMQ sets by itself.
const HEARTBEAT_S: u16 = 60;
/// The longest wait for the answer to a farewell.
const FAREWELL: Duration = Duration::from_millis(500);

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::Lost("the server does not speak AMQP 0-9-1".to_owned())
    }
}

/// A message that the server has delivered.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) tag: u64,
    pub(super) body: Vec<u8>,
}

/// Content whose body is not complete.
#[derive(Debug)]
struct Incoming {
    /// Of a delivery; a message that comes back has none.
    tag: Option<u64>,
    size: Option<u64>,
    body: Vec<u8>,
}

impl Incoming {
    fn new(tag: Option<u64>) -> Self {
        Self {
            tag,
            size: None,
            body: Vec::new(),
        }
    }

    fn is_complete(&mut self) -> bool {
        self.size.is_some_and(|size| self.body.len() as u64 >= size)
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    socket: Socket,
    frame_max: usize,
    heartbeat: Duration,
    sent_at: Instant,
    heard_at: Instant,
    incomplete: Option<Incoming>,
    delivered: VecDeque<Delivered>,
    /// The highest number up to which the server has what was published.
    confirmed: u64,
    is_rejected: bool,
    /// Whether what was published last came back, as no queue is bound to its exchange.
    is_returned: bool,
    /// Why the server takes no messages, while it does not.
    blocked: Option<String>,
    is_over: bool,
}

impl Connection {
    /// Connects, logs in and opens the channel.
    pub(super) fn open(place: &Endpoint) -> Result<Self, Fault> {
        let mut socket = Socket::connect(&place.address, place.timeout)?;
        if place.address.is_encrypted {
            socket = socket.encrypt(&place.address, &place.trust)?;
        }
        let now = Instant::now();
        let mut connection = Self {
            socket,
            frame_max: FRAME_MAX as usize,
            heartbeat: Duration::from_secs(HEARTBEAT_S.into()),
            sent_at: now,
            heard_at: now,
            incomplete: None,
            delivered: VecDeque::new(),
            confirmed: 0,
            is_rejected: false,
            is_returned: false,
            blocked: None,
            is_over: false,
        };
        connection.log_in(place)?;
        let open = Request::new(CHANNEL, (20, 10)).text("");
        connection.call(&open, (20, 11))?;
        Ok(connection)
    }

    fn log_in(&mut self, place: &Endpoint) -> Result<(), Fault> {
        let address = &place.address;
        self.send(GREETING)?;
        self.answer((10, 10))?;
        let can: Vec<(&str, Value<'_>)> = [
            "publisher_confirms",
            "consumer_cancel_notify",
            "connection.blocked",
            "authentication_failure_close",
        ]
        .map(|name| (name, Value::Boolean(true)))
        .into();
        let login = format!(
            "\0{}\0{}",
            address.user.as_deref().unwrap_or("guest"),
            address.password.as_deref().unwrap_or("guest")
        );
        let start = Request::new(0, (10, 11))
            .table(&[
                ("product", Value::Text("bindery")),
                ("version", Value::Text(env!("CARGO_PKG_VERSION"))),
                ("connection_name", Value::Text(&place.name)),
                ("capabilities", Value::Table(&can)),
            ])
            .text("PLAIN")
            .long_text(&login)
            .text("en_US");
        let limits = self.call(&start, (10, 30))?;
        let mut limits = Fields(&limits);
        let (channels, frame_max, heartbeat) = (limits.short()?, limits.long()?, limits.short()?);
        let frame_max = if frame_max == 0 {
            FRAME_MAX
        } else {
            frame_max.min(FRAME_MAX)
        };
        let heartbeat = if heartbeat == 0 {
            HEARTBEAT_S
        } else {
            heartbeat.min(HEARTBEAT_S)
        };
        self.frame_max = (frame_max as usize).max(4096);
        self.heartbeat = Duration::from_secs(heartbeat.into());
        let tune = Request::new(0, (10, 31))
            .short(channels)
            .long(frame_max)
            .short(heartbeat);
        self.send(&tune.frame())?;
        let host = address.path.as_deref().unwrap_or("/");
        let open = Request::new(0, (10, 40)).text(host).text("").bits(0);
        self.call(&open, (10, 41)).map(drop)
    }

    /// Sends a request and waits for its answer, of which it gives the fields.
    pub(super) fn call(&mut self, request: &Request, answer: Method) -> Result<Vec<u8>, Fault> {
        self.send(&request.frame())?;
        self.answer(answer)
    }

    /// Publishes a message, and returns when the server has it on disk, or in as many copies as its queue has. It is *mandatory*: without that
    /// RabbitMQ confirms a message for which no queue is bound, and drops it.
    pub(super) fn publish(
        &mut self,
        exchange: &str,
        number: u64,
        (id, body): (&str, &[u8]),
    ) -> Result<(), Fault> {
        const MANDATORY: u8 = 0b1;
        let publish = Request::new(CHANNEL, (60, 40))
            .short(0)
            .text(exchange)
            .text("")
            .bits(MANDATORY);
        self.send(&publish.with_body(id, body, self.frame_max))?;
        self.is_returned = false;
        let until = self.socket.deadline();
        while self.confirmed < number && !self.is_rejected {
            self.step(until).map_err(|fault| self.explained(fault))?;
        }
        if self.is_rejected {
            return Err(Fault::Lost(
                "the server could not store the message".to_owned(),
            ));
        }
        match self.is_returned {
            true => Err(Fault::Unrouted(format!(
                "no queue is bound to the exchange `{exchange}`: no consumer has subscribed"
            ))),
            false => Ok(()),
        }
    }

    /// A server that is short of memory or of disk reads nothing any more.
    fn explained(&self, fault: Fault) -> Fault {
        match &self.blocked {
            Some(why) => Fault::Lost(format!("the server takes no messages: {why}")),
            None => fault,
        }
    }

    /// Acknowledges a delivery.
    pub(super) fn acknowledge(&mut self, tag: u64) -> Result<(), Fault> {
        let acknowledge = Request::new(CHANNEL, (60, 80)).long_long(tag).bits(0);
        self.send(&acknowledge.frame())
    }

    /// Takes in what has come, and gives signs of life.
    pub(super) fn look(&mut self) -> Result<(), Fault> {
        loop {
            while self.take_frame()? {}
            if !self.socket.receive_now()? {
                break;
            }
            self.heard_at = Instant::now();
        }
        if self.heard_at.elapsed() > self.heartbeat * 2 {
            return Err(Fault::Lost("the server gives no sign of life".to_owned()));
        }
        if self.sent_at.elapsed() > self.heartbeat / 2 {
            self.send(&heartbeat())?;
        }
        Ok(())
    }

    /// The next message that was delivered and is complete.
    pub(super) fn next_delivered(&mut self) -> Option<Delivered> {
        self.delivered.pop_front()
    }

    /// Whether it is in step, and the server has not closed it as it heard nothing.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_over && !self.is_rejected && self.sent_at.elapsed() <= self.heartbeat
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.sent_at = Instant::now();
        let sent = self.socket.send(bytes);
        sent.map_err(|error| {
            // The server's farewell says more than the end of the connection.
            let farewell = self.look().err();
            farewell.unwrap_or_else(|| error.into())
        })
    }

    fn answer(&mut self, wanted: Method) -> Result<Vec<u8>, Fault> {
        let until = self.socket.deadline();
        loop {
            if let Some(Frame::Method(method, fields)) = self.next_frame(until)? {
                if method == wanted {
                    return Ok(fields);
                }
                self.handle_method(method, &fields)?;
            }
        }
    }

    /// Handles the next frame.
    fn step(&mut self, until: Instant) -> Result<(), Fault> {
        match self.next_frame(until)? {
            Some(Frame::Method(method, fields)) => self.handle_method(method, &fields),
            _ => Ok(()),
        }
    }

    /// Waits for a frame; one that is not a method is handled here.
    fn next_frame(&mut self, until: Instant) -> Result<Option<Frame>, Fault> {
        loop {
            if let Some((frame, size)) = Frame::read(self.socket.input())? {
                self.socket.consume(size);
                return self.content(frame);
            }
            self.socket.receive(until)?;
            self.heard_at = Instant::now();
        }
    }

    /// Handles a frame of those that have come, and says whether there was one.
    fn take_frame(&mut self) -> Result<bool, Fault> {
        let Some((frame, size)) = Frame::read(self.socket.input())? else {
            return Ok(false);
        };
        self.socket.consume(size);
        if let Some(Frame::Method(method, fields)) = self.content(frame)? {
            self.handle_method(method, &fields)?;
        }
        Ok(true)
    }

    /// Puts the parts of a delivery together.
    fn content(&mut self, frame: Frame) -> Result<Option<Frame>, Fault> {
        match frame {
            Frame::Method(..) => return Ok(Some(frame)),
            Frame::Heartbeat => {}
            Frame::Header(size) => {
                let incoming = self.incomplete.as_mut().ok_or(Malformed)?;
                incoming.size = Some(size);
            }
            Frame::Body(part) => {
                let incoming = self.incomplete.as_mut().ok_or(Malformed)?;
                incoming.body.extend(part);
            }
        }
        let complete = self.incomplete.take_if(Incoming::is_complete);
        if let Some(Incoming {
            tag: Some(tag),
            body,
            ..
        }) = complete
        {
            self.delivered.push_back(Delivered { tag, body });
        }
        Ok(None)
    }

    fn handle_method(&mut self, method: Method, fields: &[u8]) -> Result<(), Fault> {
        let mut fields = Fields(fields);
        match method {
            // Deliver.
            (60, 60) => {
                fields.text()?;
                self.incomplete = Some(Incoming::new(Some(fields.long_long()?)));
            }
            // Return, before the confirmation.
            (60, 50) => {
                self.is_returned = true;
                self.incomplete = Some(Incoming::new(None));
            }
            // Ack, and nack, of what was published.
            (60, 80) => self.confirmed = self.confirmed.max(fields.long_long()?),
            (60, 120) => self.is_rejected = true,
            // The queue of a consumer was deleted.
            (60, 30) => return Err(Fault::Lost("the queue was deleted".to_owned())),
            (10, 60) => self.blocked = Some(fields.text()?),
            (10, 61) => self.blocked = None,
            // The channel, or the connection, is closed.
            (20, 40) | (10, 50) => {
                self.is_over = true;
                let code = fields.short()?;
                return Err(closed(code, &fields.text()?));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Drop for Connection {
    /// Says farewell and waits for the answer, so that acknowledgements on their way arrive: bytes that are unread when a socket is closed
    /// would have the system drop them.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let close = Request::new(0, (10, 50))
            .short(200)
            .text("")
            .short(0)
            .short(0);
        if self.send(&close.frame()).is_err() {
            return;
        }
        let until = Instant::now() + FAREWELL;
        while let Ok(frame) = self.next_frame(until) {
            let is_answered = match frame {
                Some(Frame::Method((10, 51), _)) => true,
                // Deliveries that were on their way.
                Some(Frame::Method(method, fields)) => self.handle_method(method, &fields).is_err(),
                _ => false,
            };
            if is_answered {
                return;
            }
        }
    }
}

fn closed(code: u16, text: &str) -> Fault {
    let why = format!("the server has closed the channel: {text} ({code})");
    let is_too_large = code == 406 && text.contains("message size");
    if is_too_large {
        Fault::Refused(why)
    } else {
        Fault::Lost(why)
    }
}

/// A frame has room for its own bytes.
const _: () = assert!(FRAME_MAX as usize > AROUND);
