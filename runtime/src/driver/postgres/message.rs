//! Messages to the server, written one after the other into a buffer, and the pieces its messages are made of
//! (PostgreSQL's manual, "Frontend/Backend Protocol", "Message Formats").

/// Runs the statement that was bound last, for all of its rows.
pub(super) const EXECUTE: &[u8] = b"E\0\0\0\x09\0\0\0\0\0";
/// Ends a group of messages: after an error the server skips all up to here.
pub(super) const SYNC: &[u8] = b"S\0\0\0\x04";
/// `Terminate` as a whole message: its letter and its length.
pub(super) const TERMINATE: &[u8] = b"X\0\0\0\x04";
/// Ends the rows of a COPY.
pub(super) const COPY_DONE: &[u8] = b"c\0\0\0\x04";

/// Version 3.0, which every server since 2003 speaks.
const PROTOCOL: i32 = 3 << 16;
/// In place of a version: requests that another session's statement be cancelled.
const CANCEL: i32 = (1234 << 16) | 5678;

/// Writes a message; its length is filled in when its body is written.
pub(super) fn message(out: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag);
    counted(out, body);
}

fn counted(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    body(out);
    end_counted(out, start);
}

/// Fills in the length that stands at `start`.
pub(super) fn end_counted(out: &mut [u8], start: usize) {
    // A body of 2 GiB does not come here: values of that size are refused before.
    let length = i32::try_from(out.len() - start).unwrap_or(i32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// Text with its end marked. NUL cannot be in it, so it is left out: the server would end the text there.
pub(super) fn push_cstr(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().filter(|&byte| byte != 0));
    out.push(0);
}

/// The first message: account, database and settings.
pub(super) fn startup(out: &mut Vec<u8>, settings: &[(&str, &str)]) {
    counted(out, |out| {
        out.extend_from_slice(&PROTOCOL.to_be_bytes());
        for (name, value) in settings {
            push_cstr(out, name);
            push_cstr(out, value);
        }
        out.push(0);
    });
}

/// The only message of a connection of its own.
pub(super) fn cancel(out: &mut Vec<u8>, key: [u8; 8]) {
    counted(out, |out| {
        out.extend_from_slice(&CANCEL.to_be_bytes());
        out.extend_from_slice(&key);
    });
}

/// Statements without parameters.
pub(super) fn query(out: &mut Vec<u8>, sql: &str) {
    message(out, b'Q', |out| push_cstr(out, sql));
}

/// Prepares a statement; the empty name stands for one that the next takes the place of.
pub(super) fn parse(out: &mut Vec<u8>, name: &str, sql: &str, types: &[u32]) {
    message(out, b'P', |out| {
        push_cstr(out, name);
        push_cstr(out, sql);
        // Only our own statements name types, a few.
        out.extend_from_slice(&u16::try_from(types.len()).unwrap_or(u16::MAX).to_be_bytes());
        for oid in types {
            out.extend_from_slice(&oid.to_be_bytes());
        }
    });
}

/// Asks for the types of a prepared statement.
pub(super) fn describe(out: &mut Vec<u8>, name: &str) {
    message(out, b'D', |out| {
        out.push(b'S');
        push_cstr(out, name);
    });
}

/// Forgets a prepared statement.
pub(super) fn close(out: &mut Vec<u8>, name: &str) {
    message(out, b'C', |out| {
        out.push(b'S');
        push_cstr(out, name);
    });
}

/// One statement without parameters in the extended protocol, so that it can go before others under one Sync.
pub(super) fn plain(out: &mut Vec<u8>, sql: &str) {
    parse(out, "", sql, &[]);
    message(out, b'B', |out| out.extend_from_slice(&[0; 8]));
    out.extend_from_slice(EXECUTE);
}

/// Asks whether the server does TLS; one byte answers.
pub(super) fn ask_for_tls(out: &mut Vec<u8>) {
    const CODE: i32 = 80_877_103;
    out.extend_from_slice(&8_i32.to_be_bytes());
    out.extend_from_slice(&CODE.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_carry_their_length() {
        let mut out = Vec::new();
        query(&mut out, "SELECT\0 1");
        assert_eq!(out, b"Q\0\0\0\x0dSELECT 1\0");
        out.clear();
        parse(&mut out, "s1", "X", &[25]);
        assert_eq!(out, b"P\0\0\0\x0fs1\0X\0\0\x01\0\0\0\x19");
        out.clear();
        startup(&mut out, &[("user", "ann")]);
        assert_eq!(out, b"\0\0\0\x12\0\x03\0\0user\0ann\0\0");
    }
}
