//! Where messages begin and end, on both protocols: which messages request an answer, and which ones an answer consists
//! of.

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// PostgreSQL's.
    Postgres,
    /// MySQL's and MariaDB's.
    Mysql,
}

/// Returns the length of a message's header.
fn header(speaker: Speaker) -> usize {
    match speaker {
        Speaker::Postgres => 5,
        Speaker::Mysql => 4,
    }
}

/// The length of the message that begins here, where all of it is there.
fn length(speaker: Speaker, bytes: &[u8]) -> Option<usize> {
    let length = match (speaker, bytes) {
        (Speaker::Postgres, &[_, a, b, c, d, ..]) => 1 + u32::from_be_bytes([a, b, c, d]) as usize,
        (Speaker::Mysql, &[a, b, c, _, ..]) => 4 + u32::from_le_bytes([a, b, c, 0]) as usize,
        _ => return None,
    };
    (header(speaker)..=bytes.len())
        .contains(&length)
        .then_some(length)
}

/// The messages of a piece; an incomplete message is the last.
pub fn messages(speaker: Speaker, mut piece: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !piece.is_empty() {
        let length = length(speaker, piece).unwrap_or(piece.len());
        let (message, rest) = piece.split_at(length);
        found.push(message);
        piece = rest;
    }
    found
}

/// The requests of a client, as they come in.
pub(super) struct Requests {
    speaker: Speaker,
    came: Vec<u8>,
    /// PostgreSQL's first message has no tag.
    started: bool,
}

impl Requests {
    pub(super) fn new(speaker: Speaker) -> Self {
        Self {
            speaker,
            came: Vec::new(),
            started: speaker == Speaker::Mysql,
        }
    }

    /// How many more answers are requested.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        self.came.extend_from_slice(bytes);
        let mut asked = 0;
        if !self.started {
            let Some(&[a, b, c, d]) = self.came.first_chunk() else {
                return 0;
            };
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            if self.came.len() < length {
                return 0;
            }
            self.came.drain(..length);
            self.started = true;
            asked = 1;
        }
        while let Some(length) = length(self.speaker, &self.came) {
            asked += usize::from(self.asks());
            self.came.drain(..length);
        }
        asked
    }

    /// Does the message at the front ask for an answer of its own?
    fn asks(&self) -> bool {
        const QUIT: u8 = 1;
        const CLOSE: u8 = 0x19;
        match (self.speaker, &self.came[..]) {
            (Speaker::Postgres, &[tag, ..]) => {
                matches!(tag, b'S' | b'Q' | b'F' | b'c' | b'f' | b'p')
            }
            (Speaker::Mysql, &[_, _, _, 0, command, ..]) => command != QUIT && command != CLOSE,
            _ => true,
        }
    }
}

/// Returns the output of a PostgreSQL server, cut where it waits for the client.
pub(super) fn postgres_pieces(said: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    for message in messages(Speaker::Postgres, said) {
        let piece = pieces.last_mut().expect("there is one");
        piece.extend_from_slice(message);
        if waits(message) {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Returns whether a PostgreSQL server waits for an answer after this message.
fn waits(message: &[u8]) -> bool {
    const LET_IN: u8 = 0;
    const SASL_FINAL: u8 = 12;
    match message {
        [b'Z' | b'G', ..] => true,
        [b'R', _, _, _, _, _, _, _, request, ..] => !matches!(*request, LET_IN | SASL_FINAL),
        _ => false,
    }
}

/// Returns the output of a PostgreSQL server as if no password were needed.
pub(super) fn without_login(said: &[u8]) -> &[u8] {
    const LET_IN: &[u8] = b"R\0\0\0\x08\0\0\0\0";
    let start = said.windows(LET_IN.len()).position(|part| part == LET_IN);
    &said[start.unwrap_or(0)..]
}
