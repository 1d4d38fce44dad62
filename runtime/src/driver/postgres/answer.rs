//! The messages that an operation's answer has to hold before its ReadyForQuery. A server that leaves out the end of a
//! statement, or says it twice, breaks the protocol: what it has done is not known then.

/// The request, as far as its answer shows it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    /// Statements, each bound and executed by itself.
    Statements {
        /// How many of them begin a transaction; they come first.
        begins: usize,
        /// How many there are besides.
        times: usize,
        /// Whether those return rows.
        returns: bool,
    },
    /// The description of a statement.
    Description {
        /// How many statements that begin a transaction come before it.
        begins: usize,
    },
    /// The statements of a text, whose number is not known.
    Text,
    /// A function's result.
    Call,
    /// Nothing but what the server reports about itself.
    Login,
}

/// The messages of an answer so far.
pub(super) struct Tally {
    expected: Expected,
    /// Statements that have ended.
    ended: usize,
    /// Rows of the statement at hand.
    rows: u64,
    /// A statement of a text has described its rows.
    has_columns: bool,
    parameters_described: bool,
    columns_described: bool,
    called: bool,
    refused: bool,
}

impl Expected {
    /// One statement after those that begin a transaction.
    pub(super) fn one(begins: usize, returns: bool) -> Self {
        Self::Statements {
            begins,
            times: 1,
            returns,
        }
    }

    fn begins(self) -> usize {
        match self {
            Self::Statements { begins, .. } | Self::Description { begins } => begins,
            Self::Text | Self::Call | Self::Login => 0,
        }
    }

    /// The number of statements whose end is reported, where it is known.
    fn statements(self) -> Option<usize> {
        match self {
            Self::Statements { begins, times, .. } => Some(begins + times),
            Self::Description { begins } => Some(begins),
            Self::Text => None,
            Self::Call | Self::Login => Some(0),
        }
    }
}

const NO_END: &str = "an answer without its end";
const TOO_MUCH: &str = "more answers than statements";
const OTHER_ROWS: &str = "not as many rows as the statement has returned";
const UNASKED: &str = "a message without a request";

impl Tally {
    pub(super) fn new(expected: Expected) -> Self {
        Self {
            expected,
            ended: 0,
            rows: 0,
            has_columns: false,
            parameters_described: false,
            columns_described: false,
            called: false,
            refused: false,
        }
    }

    /// Takes one more message into account.
    ///
    /// # Errors
    /// It does not belong to the answer.
    #[inline]
    pub(super) fn see(&mut self, tag: u8, body: &[u8]) -> Result<(), &'static str> {
        match tag {
            _ if self.refused => Err(UNASKED),
            b'D' if self.returns() => {
                self.rows += 1;
                Ok(())
            }
            b'C' => self.see_end(body),
            _ => self.see_other(tag),
        }
    }

    /// The server refused: nothing but ReadyForQuery follows.
    pub(super) fn refuse(&mut self) {
        self.refused = true;
    }

    fn see_end(&mut self, tag: &[u8]) -> Result<(), &'static str> {
        let count = count(tag)?;
        if self.returns() && count.is_some_and(|count| count != self.rows) {
            return Err(OTHER_ROWS);
        }
        self.end_statement()
    }

    fn see_other(&mut self, tag: u8) -> Result<(), &'static str> {
        match (tag, self.expected) {
            // An empty text has no statement.
            (b'I', Expected::Text) => return self.end_statement(),
            (b'T', Expected::Text) => self.has_columns = true,
            (b't', Expected::Description { .. }) => self.parameters_described = true,
            (b'T' | b'n', Expected::Description { .. }) => self.columns_described = true,
            (b'V', Expected::Call) if !self.called => self.called = true,
            // Parsed, bound, closed.
            (b'1' | b'2' | b'3', Expected::Statements { .. } | Expected::Description { .. }) => (),
            _ => return Err(UNASKED),
        }
        Ok(())
    }

    fn end_statement(&mut self) -> Result<(), &'static str> {
        if self.expected.statements() == Some(self.ended) {
            return Err(TOO_MUCH);
        }
        self.ended += 1;
        self.rows = 0;
        self.has_columns = false;
        Ok(())
    }

    #[inline]
    fn returns(&self) -> bool {
        match self.expected {
            Expected::Statements {
                begins,
                times,
                returns,
            } => returns && (begins..begins + times).contains(&self.ended),
            Expected::Text => self.has_columns,
            Expected::Description { .. } | Expected::Call | Expected::Login => false,
        }
    }

    /// Returns which statement is at hand, counted from the first after those that begin a transaction.
    pub(super) fn at(&self) -> Option<usize> {
        self.ended.checked_sub(self.expected.begins())
    }

    /// ReadyForQuery has come.
    ///
    /// # Errors
    /// Something is missing before it.
    pub(super) fn ensure_whole(&self) -> Result<(), &'static str> {
        let is_whole = match self.expected {
            _ if self.refused => true,
            Expected::Statements { .. } | Expected::Login => {
                self.expected.statements() == Some(self.ended)
            }
            Expected::Description { begins } => {
                self.ended == begins && self.parameters_described && self.columns_described
            }
            Expected::Text => self.ended > 0,
            Expected::Call => self.called,
        };
        if is_whole { Ok(()) } else { Err(NO_END) }
    }
}

/// The number at the end of a command's tag: `INSERT 0 5`, `UPDATE 3`; none where the command counts no rows, as `BEGIN`.
///
/// # Errors
/// It is not a tag that a server sends.
pub(super) fn count(tag: &[u8]) -> Result<Option<u64>, &'static str> {
    const COUNTED: [&[u8]; 8] = [
        b"SELECT", b"INSERT", b"UPDATE", b"DELETE", b"MERGE", b"COPY", b"FETCH", b"MOVE",
    ];
    const BROKEN: &str = "the end of a statement without a status";
    let text = tag.strip_suffix(&[0]).ok_or(BROKEN)?;
    let last = text.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    if last.first().is_some_and(u8::is_ascii_digit) {
        let number = std::str::from_utf8(last).ok();
        let number = number.and_then(|number| number.parse().ok());
        return number.map(Some).ok_or(BROKEN);
    }
    let first = text.split(|&byte| byte == b' ').next().unwrap_or_default();
    let is_word = |byte: &u8| byte.is_ascii_uppercase() || *byte == b' ';
    if COUNTED.contains(&first) || !text.iter().all(is_word) {
        return Err(BROKEN);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(expected: Expected, messages: &[(u8, &[u8])]) -> Result<(), &'static str> {
        let mut tally = Tally::new(expected);
        for (tag, body) in messages {
            tally.see(*tag, body)?;
        }
        tally.ensure_whole()
    }

    #[test]
    fn tags_are_counted_or_refused() {
        for (tag, expected) in [
            (&b"INSERT 0 5\0"[..], Ok(Some(5))),
            (b"SELECT 0\0", Ok(Some(0))),
            (b"BEGIN\0", Ok(None)),
            (b"CREATE TABLE\0", Ok(None)),
        ] {
            assert_eq!(count(tag), expected);
        }
        for broken in [
            &b"UPDATE\0"[..],
            b"UPDATE!1\0",
            b"UPDATE 1x\0",
            b"UPDATE q\0",
            b"UPDATE 1",
            b"UPDATE 99999999999999999999\0",
        ] {
            assert!(count(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn an_answer_is_whole_with_each_end_once() {
        let rows = Expected::one(1, true);
        let begin: (u8, &[u8]) = (b'C', b"BEGIN\0");
        let row: (u8, &[u8]) = (b'D', b"");
        let end: (u8, &[u8]) = (b'C', b"SELECT 1\0");
        assert_eq!(see(rows, &[begin, row, end]), Ok(()));
        assert_eq!(see(rows, &[begin, row]), Err(NO_END));
        assert_eq!(see(rows, &[begin, end]), Err(OTHER_ROWS));
        assert_eq!(see(rows, &[begin, row, row, end]), Err(OTHER_ROWS));
        assert_eq!(see(rows, &[begin, row, end, end]), Err(TOO_MUCH));
        let nothing: (u8, &[u8]) = (b'C', b"SELECT 0\0");
        assert_eq!(see(rows, &[begin, nothing, nothing]), Err(TOO_MUCH));
        assert_eq!(see(rows, &[row]), Err(UNASKED));
        assert_eq!(see(Expected::one(0, false), &[row]), Err(UNASKED));
        let empty: (u8, &[u8]) = (b'I', b"");
        assert_eq!(see(Expected::Text, &[empty]), Ok(()));
        assert_eq!(see(Expected::one(0, false), &[empty]), Err(UNASKED));
        for expected in [
            Expected::Text,
            Expected::Call,
            Expected::Description { begins: 0 },
        ] {
            assert_eq!(see(expected, &[]), Err(NO_END));
        }
        assert_eq!(see(Expected::Login, &[]), Ok(()));
    }
}
