//! How large statements may be. A server answers one that is too large by closing the connection, so it is not sent.

use mysql::Value;

use crate::error::{Error, ErrorKind, Result};

/// What a value takes beside its bytes: length, type, its share of the NULL bitmap.
const OVERHEAD: usize = 12;
/// What the statement itself takes, generously.
const STATEMENT: usize = 64;
/// The longest packet of the protocol. The driver sends the values of a longer statement one by one.
const LONGEST_PACKET: usize = (1 << 24) - 1;

/// Bytes of a value on the wire, or a few more.
pub(super) fn wire_size(value: &Value) -> usize {
    let bytes = match value {
        Value::Bytes(bytes) => bytes.len(),
        Value::NULL => 0,
        Value::Int(_)
        | Value::UInt(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::Date(..)
        | Value::Time(..) => 12,
    };
    bytes + OVERHEAD
}

/// Refuses what the server does not take (`max_allowed_packet`).
pub(super) fn check(values: &[Value], max_allowed_packet: usize) -> Result<()> {
    let sizes = values.iter().map(wire_size);
    let largest = sizes.clone().max().unwrap_or(0);
    let together = sizes.sum::<usize>() + STATEMENT;
    let too_large = largest >= max_allowed_packet
        || (together <= LONGEST_PACKET && together >= max_allowed_packet);
    if too_large {
        Err(refused(max_allowed_packet))
    } else {
        Ok(())
    }
}

#[cold]
fn refused(max_allowed_packet: usize) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "the values are larger than the server takes at once (max_allowed_packet is {max_allowed_packet} bytes)"
    )))
}
