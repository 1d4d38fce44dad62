//! Frames of AMQP 0-9-1 and the values in them: <https://www.rabbitmq.com/amqp-0-9-1-reference>.

/// The first bytes of a client.
pub(super) const GREETING: &[u8] = b"AMQP\0\0\x09\x01";

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const HEARTBEAT: u8 = 8;
const END: u8 = 0xCE;
/// The bytes of a frame that are not its payload.
pub(super) const AROUND: usize = 8;

/// A method: its class and its number in it.
pub(super) type Method = (u16, u16);

/// A frame that came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Method(Method, Vec<u8>),
    /// The size of the body that follows.
    Header(u64),
    Body(Vec<u8>),
    Heartbeat,
}

/// The bytes are not a frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Frame {
    /// Reads a frame from the beginning of the bytes, and says how many it has; `None` where more have to come.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let Some((head, rest)) = bytes.split_at_checked(7) else {
            return Ok(None);
        };
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
        let Some(payload) = rest.get(..size) else {
            return Ok(None);
        };
        match rest.get(size) {
            None => Ok(None),
            Some(&END) => Ok(Some((Self::of(head[0], payload)?, size + AROUND))),
            Some(_) => Err(Malformed),
        }
    }

    fn of(kind: u8, payload: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields(payload);
        match kind {
            METHOD => {
                let method = (fields.short()?, fields.short()?);
                Ok(Self::Method(method, fields.0.to_vec()))
            }
            HEADER => {
                fields.take(4)?;
                Ok(Self::Header(fields.long_long()?))
            }
            BODY => Ok(Self::Body(payload.to_vec())),
            HEARTBEAT => Ok(Self::Heartbeat),
            _ => Err(Malformed),
        }
    }
}

/// The fields of a method that came in.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub(super) fn bits(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn short(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn long(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn long_long(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        let length = self.bits()?;
        let bytes = self.take(length.into())?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// A method to send, on a channel; content may follow.
pub(super) struct Request {
    channel: u16,
    bytes: Vec<u8>,
}

impl Request {
    pub(super) fn new(channel: u16, (class, number): Method) -> Self {
        let request = Self {
            channel,
            bytes: Vec::new(),
        };
        request.short(class).short(number)
    }

    pub(super) fn bits(mut self, bits: u8) -> Self {
        self.bytes.push(bits);
        self
    }

    pub(super) fn short(mut self, value: u16) -> Self {
        self.bytes.extend(value.to_be_bytes());
        self
    }

    pub(super) fn long(mut self, value: u32) -> Self {
        self.bytes.extend(value.to_be_bytes());
        self
    }

    pub(super) fn long_long(mut self, value: u64) -> Self {
        self.bytes.extend(value.to_be_bytes());
        self
    }

    /// A text of up to 255 bytes; longer ones are refused before.
    pub(super) fn text(mut self, text: &str) -> Self {
        push_text(&mut self.bytes, text);
        self
    }

    pub(super) fn long_text(mut self, text: &str) -> Self {
        push_long(&mut self.bytes, text.as_bytes());
        self
    }

    pub(super) fn table(mut self, entries: &[(&str, Value<'_>)]) -> Self {
        push_table(&mut self.bytes, entries);
        self
    }

    pub(super) fn frame(&self) -> Vec<u8> {
        frame(METHOD, self.channel, &self.bytes)
    }

    /// The method with the frames of a body: JSON that is kept on disk.
    pub(super) fn with_body(&self, id: &str, body: &[u8], frame_max: usize) -> Vec<u8> {
        const CONTENT_TYPE: u16 = 1 << 15;
        const DELIVERY_MODE: u16 = 1 << 12;
        const MESSAGE_ID: u16 = 1 << 7;
        let mut header = Vec::new();
        header.extend(60_u16.to_be_bytes());
        header.extend(0_u16.to_be_bytes());
        header.extend((body.len() as u64).to_be_bytes());
        header.extend((CONTENT_TYPE | DELIVERY_MODE | MESSAGE_ID).to_be_bytes());
        push_text(&mut header, "application/cloudevents+json");
        header.push(2);
        push_text(&mut header, id);
        let mut bytes = self.frame();
        bytes.extend(frame(HEADER, self.channel, &header));
        for part in body.chunks(frame_max - AROUND) {
            bytes.extend(frame(BODY, self.channel, part));
        }
        bytes
    }
}

/// A value of a table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Boolean(bool),
    Text(&'a str),
    Table(&'a [(&'a str, Value<'a>)]),
}

pub(super) fn heartbeat() -> Vec<u8> {
    frame(HEARTBEAT, 0, &[])
}

fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(channel.to_be_bytes());
    push_long(&mut bytes, payload);
    bytes.push(END);
    bytes
}

/// Cut off at 255 bytes.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(255);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    bytes.push(u8::try_from(end).unwrap_or(u8::MAX));
    bytes.extend(&text.as_bytes()[..end]);
}

fn push_long(bytes: &mut Vec<u8>, value: &[u8]) {
    let length = u32::try_from(value.len()).expect("a frame and its texts are far below 4 GiB");
    bytes.extend(length.to_be_bytes());
    bytes.extend(value);
}

fn push_table(bytes: &mut Vec<u8>, entries: &[(&str, Value<'_>)]) {
    let mut table = Vec::new();
    for (name, value) in entries {
        push_text(&mut table, name);
        match value {
            Value::Boolean(value) => table.extend([b't', u8::from(*value)]),
            Value::Text(text) => {
                table.push(b'S');
                push_long(&mut table, text.as_bytes());
            }
            Value::Table(entries) => {
                table.push(b'F');
                push_table(&mut table, entries);
            }
        }
    }
    push_long(bytes, &table);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_when_all_of_it_is_there() {
        let sent = Request::new(1, (20, 40))
            .short(404)
            .text("NOT_FOUND")
            .frame();
        for end in 0..sent.len() {
            assert_eq!(Frame::read(&sent[..end]), Ok(None), "{end} bytes");
        }
        let (frame, size) = Frame::read(&sent)
            .expect("it is a frame")
            .expect("all of it");
        assert_eq!(size, sent.len());
        let Frame::Method(method, rest) = frame else {
            panic!("it is a method");
        };
        let mut fields = Fields(&rest);
        assert_eq!((method, fields.short()), ((20, 40), Ok(404)));
        assert_eq!(fields.text(), Ok("NOT_FOUND".to_owned()));
        assert_eq!(fields.bits(), Err(Malformed));
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused() {
        let mut sent = heartbeat();
        assert_eq!(Frame::read(&sent), Ok(Some((Frame::Heartbeat, 8))));
        sent[7] = 0;
        assert_eq!(Frame::read(&sent), Err(Malformed));
        assert_eq!(Frame::read(&[9, 0, 0, 0, 0, 0, 0, END]), Err(Malformed));
    }
}
