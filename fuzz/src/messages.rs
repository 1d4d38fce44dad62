//! Envelopes of events, as a queue gives them to a consumer.

use bindery::messages::Message;

/// Any text as a message. One that is read stands for the same event when it has been written again.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(message) = Message::from_json(&text) else {
        return;
    };
    let written = message.to_json();
    let again = Message::from_json(&written).expect("what is written is a message");
    assert_eq!(again.to_json(), written);
    assert_eq!(again.row(), message.row());
    assert_eq!(again.version(), message.version());
    assert_eq!(again.data(), message.data());
}
