//! Values in PostgreSQL's binary form, each checked against the type of its place.

pub(crate) mod bytes;
pub(crate) mod decode;
pub(crate) mod encode;
mod numeric;

pub(crate) use self::decode::RowRef;
pub(crate) use self::encode::Encoder;
