//! The stream of a queue: making it, publishing to it, and the state of its consumers.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bindery::messages::Message;
use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::{Answer, ApiError, Connection};
use crate::net::Fault;

/// A stream is there with settings of its own: it is used as it is.
const OTHER_SETTINGS: u32 = 10_058;
/// A consumer of another program is connected.
const IN_USE: u32 = 10_013;
/// There is no consumer of the name.
const NO_CONSUMER: u32 = 10_014;
/// No message has the number or a later one.
const NO_MESSAGE: u32 = 10_037;
/// The stream takes only smaller messages.
const TOO_LARGE: u32 = 10_054;
/// The most messages that the server hands to a program before it gets acknowledgements.
pub(super) const MOST_HELD: usize = 250;

/// A stream by its name and its subject.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    name: String,
    subject: String,
}

/// The state of a consumer.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConsumerState {
    /// Messages that were not delivered yet.
    #[serde(default)]
    pub(super) num_pending: u64,
    /// Messages that were delivered and not acknowledged.
    #[serde(default)]
    pub(super) num_ack_pending: usize,
    /// The last one that was delivered.
    #[serde(default)]
    pub(super) delivered: Position,
    /// The last one that was acknowledged, as were all before it.
    #[serde(default)]
    pub(super) ack_floor: Position,
    /// The server delivers to a connection that is there.
    #[serde(default)]
    pub(super) push_bound: bool,
    #[serde(default)]
    pub(super) config: ConsumerConfig,
}

/// A place in a stream.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Position {
    pub(super) stream_seq: u64,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ConsumerConfig {
    #[serde(default)]
    pub(super) deliver_subject: String,
}

/// A message as the stream has it.
#[derive(Debug, Deserialize)]
pub(super) struct Stored {
    #[serde(rename = "seq")]
    pub(super) number: u64,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct StoredAnswer {
    message: Stored,
}

impl Stored {
    pub(super) fn body(&self) -> Result<Vec<u8>, Fault> {
        let body = BASE64_STANDARD.decode(&self.data);
        body.map_err(|_| Fault::Lost("the server's answer is no message".to_owned()))
    }
}

impl Stream {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: format!("bindery-{name}"),
            subject: format!("bindery.{name}"),
        }
    }

    /// Makes the stream, unless it is there. Its messages are kept until all of its consumers have acknowledged them.
    pub(super) fn ensure(&self, connection: &mut Connection) -> Result<(), Fault> {
        let settings = json!({
            "name": self.name, "subjects": [self.subject], "retention": "interest", "storage": "file",
            "num_replicas": 1, "duplicate_window": nanos(Duration::from_secs(120)),
        });
        let subject = format!("$JS.API.STREAM.CREATE.{}", self.name);
        match connection.call::<Value>(&subject, &settings.to_string())? {
            Answer::Done(_) => Ok(()),
            Answer::Failed(error) if error.err_code == OTHER_SETTINGS => Ok(()),
            other => Err(refused(other)),
        }
    }

    /// Publishes a message, and returns when the stream has it.
    pub(super) fn store(
        &self,
        connection: &mut Connection,
        message: &Message,
    ) -> Result<(), Fault> {
        let body = message.to_json();
        let id = format!("{} {}", message.source(), message.id());
        let id = id.replace(|one: char| one.is_control(), " ");
        let headers = format!("Nats-Msg-Id: {id}\r\n");
        let publish = |connection: &mut Connection| {
            connection.request::<Value>(&self.subject, &headers, body.as_bytes())
        };
        let answer = match publish(connection)? {
            Answer::NobodyListens => {
                self.ensure(connection)?;
                publish(connection)?
            }
            answer => answer,
        };
        match answer {
            Answer::Done(_) => Ok(()),
            Answer::Failed(error) if error.err_code == TOO_LARGE => {
                Err(Fault::Refused(error.description))
            }
            other => Err(refused(other)),
        }
    }

    /// Makes the consumer deliver to this connection, and says whether it does: not while it delivers to another one that is there. The
    /// server checks that (*name already in use*).
    pub(super) fn claim_consumer(
        &self,
        connection: &mut Connection,
        consumer: &str,
        redelivers_after: Duration,
    ) -> Result<bool, Fault> {
        // Those that wait here for their turn are not to be sent again all the time.
        let wait = redelivers_after.max(Duration::from_secs(30)) * 2;
        let settings = json!({ "stream_name": self.name, "config": {
            "durable_name": consumer, "deliver_subject": connection.deliveries(),
            "deliver_policy": "new", "ack_policy": "explicit", "replay_policy": "instant",
            "ack_wait": nanos(wait), "max_ack_pending": MOST_HELD,
            "flow_control": true, "idle_heartbeat": nanos(Duration::from_secs(30)),
        } });
        let subject = format!("$JS.API.CONSUMER.DURABLE.CREATE.{}.{consumer}", self.name);
        match connection.call::<Value>(&subject, &settings.to_string())? {
            Answer::Done(_) => Ok(true),
            Answer::Failed(error) if error.err_code == IN_USE => Ok(false),
            other => Err(refused(other)),
        }
    }

    /// The first message from this number on.
    pub(super) fn next_stored(
        &self,
        connection: &mut Connection,
        number: u64,
    ) -> Result<Option<Stored>, Fault> {
        let wanted = json!({ "seq": number, "next_by_subj": ">" });
        let subject = format!("$JS.API.STREAM.MSG.GET.{}", self.name);
        match connection.call::<StoredAnswer>(&subject, &wanted.to_string())? {
            Answer::Done(answer) => Ok(Some(answer.message)),
            Answer::Failed(error) if error.err_code == NO_MESSAGE => Ok(None),
            other => Err(refused(other)),
        }
    }

    /// Returns the subject that acknowledges a message which was delivered to an earlier connection.
    pub(super) fn receipt(&self, consumer: &str, number: u64) -> String {
        format!("$JS.ACK.{}.{consumer}.1.{number}.{number}.0.0", self.name)
    }

    /// The state of a consumer; `None` where there is none.
    pub(super) fn consumer_state(
        &self,
        connection: &mut Connection,
        consumer: &str,
    ) -> Result<Option<ConsumerState>, Fault> {
        let subject = format!("$JS.API.CONSUMER.INFO.{}.{consumer}", self.name);
        match connection.call(&subject, "")? {
            Answer::Done(state) => Ok(Some(state)),
            Answer::Failed(error) if error.err_code == NO_CONSUMER => Ok(None),
            other => Err(refused(other)),
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn refused<T>(answer: Answer<T>) -> Fault {
    let why = match answer {
        Answer::Failed(ApiError { description, .. }) => description,
        Answer::Done(_) | Answer::NobodyListens => {
            "JetStream does not answer: is it on (`jetstream` in the server's settings)?".to_owned()
        }
    };
    Fault::Lost(why)
}
