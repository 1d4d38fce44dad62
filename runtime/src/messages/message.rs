//! The envelope of an event: CloudEvents 1.0 in JSON.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::json_problem;
use crate::value::{calendar_parse, calendar_text};

/// An event on its way, in the envelope of [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). The
/// extension `binderyversion` is the number by which events of a row are ordered, `binderyorigin` the engines that it came through.
#[derive(Debug, Clone)]
pub struct Message {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) event: String,
    pub(super) subject: String,
    pub(super) version: i64,
    pub(super) time: SystemTime,
    pub(super) origin: Option<String>,
    pub(super) data: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    specversion: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    event: String,
    subject: String,
    time: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataschema: Option<String>,
    binderyversion: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binderyorigin: Option<String>,
    data: Box<RawValue>,
}

/// A text that is not a message: the reason, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMessage(String);

impl fmt::Display for InvalidMessage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "this is not a message: {}", self.0)
    }
}

impl std::error::Error for InvalidMessage {}

impl Message {
    /// A text that no other event has.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The program and engine that it comes from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The name of the event, `user_created`.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The key of the row, in JSON.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Larger than that of every earlier event of the row.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The time at which it was written.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The names of the engines that the change came through, where it was itself made for an event: parted by commas.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The data, in JSON: `key`, `before` and `after`.
    pub fn data(&self) -> &str {
        self.data.get()
    }

    /// A text that all messages about its row have, and no other: those are to come in the order in which they were pushed.
    pub fn row(&self) -> String {
        format!("{} {} {}", self.source, self.model(), self.subject)
    }

    /// The model, `user`.
    pub(super) fn model(&self) -> &str {
        self.event.rsplit_once('_').map_or("", |(model, _)| model)
    }

    /// The envelope in JSON.
    ///
    /// # Panics
    /// Never: all of it can be written as JSON.
    pub fn to_json(&self) -> String {
        let envelope = Envelope {
            specversion: "1.0".to_owned(),
            id: self.id.clone(),
            source: self.source.clone(),
            event: self.event.clone(),
            subject: self.subject.clone(),
            time: time_text(self.time),
            datacontenttype: Some("application/json".to_owned()),
            dataschema: Some(format!("urn:bindery:event:{}", self.event)),
            binderyversion: self.version.to_string(),
            binderyorigin: self.origin.clone(),
            data: self.data.clone(),
        };
        serde_json::to_string(&envelope).expect("texts and JSON can be written as JSON")
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// It is not JSON, or lacks something.
    pub fn from_json(text: &str) -> Result<Self, InvalidMessage> {
        let envelope: Envelope =
            serde_json::from_str(text).map_err(|error| InvalidMessage(json_problem(&error)))?;
        if envelope.specversion != "1.0" {
            return Err(InvalidMessage("its `specversion` is not 1.0".to_owned()));
        }
        let wrong = |field: &str| InvalidMessage(format!("its `{field}` cannot be read"));
        Ok(Self {
            version: envelope
                .binderyversion
                .parse()
                .map_err(|_| wrong("binderyversion"))?,
            time: parse_time(&envelope.time).ok_or_else(|| wrong("time"))?,
            id: envelope.id,
            source: envelope.source,
            event: envelope.event,
            subject: envelope.subject,
            origin: envelope.binderyorigin,
            data: envelope.data,
        })
    }
}

/// `2026-11-22T10:00:00.123Z`, as RFC 3339 has it.
fn time_text(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut text = String::new();
    calendar_text::write_datetime(i64::try_from(since.as_micros()).unwrap_or(0), &mut text);
    text.replace(' ', "T") + "Z"
}

/// Reads a time as an envelope has it; `None` where it is none.
#[doc(hidden)]
pub fn parse_time(text: &str) -> Option<SystemTime> {
    let micros = calendar_parse::read_datetime(text)?;
    Some(UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Message {
        Message {
            id: "a1".to_owned(),
            source: "/engines/default".to_owned(),
            event: "user_created".to_owned(),
            subject: "7".to_owned(),
            version: 1_763_800_000_000_001,
            time: UNIX_EPOCH + Duration::from_millis(1_763_800_000_123),
            origin: None,
            data: RawValue::from_string(r#"{"key":7,"after":{"id":7}}"#.to_owned())
                .expect("it is JSON"),
        }
    }

    #[test]
    fn msg_01_an_envelope_is_read_as_it_was_written() {
        let text = sample().to_json();
        assert_eq!(
            text,
            r#"{"specversion":"1.0","id":"a1","source":"/engines/default","type":"user_created","subject":"7","time":"2025-11-22T08:26:40.123000Z","datacontenttype":"application/json","dataschema":"urn:bindery:event:user_created","binderyversion":"1763800000000001","data":{"key":7,"after":{"id":7}}}"#
        );
        let read = Message::from_json(&text).expect("it is a message");
        assert_eq!(read.to_json(), text);
        assert_eq!(read.time(), sample().time);
    }

    #[test]
    fn msg_04_a_text_that_is_not_a_message_is_refused_without_its_values() {
        for (text, why) in [
            ("{", "this is not a message: "),
            (
                r#"{"specversion":"1.0","id":"secret"}"#,
                "it has another shape",
            ),
        ] {
            let error = Message::from_json(text)
                .expect_err("it is none")
                .to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }
}
