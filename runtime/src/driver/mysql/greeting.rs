//! The server's description of itself, before anything else.

use crate::value::mysql::bytes::{take_bytes, take_text, take_u8, take_u16, take_u32};

/// The capability that MariaDB's servers do not claim, so that both sides know what the reserved bytes mean.
pub(super) const IS_MYSQL: u32 = 1;

/// The server's description of itself, before anything else.
pub(super) struct Greeting {
    pub(super) version: String,
    pub(super) connection: u32,
    pub(super) capabilities: u32,
    /// Those that only MariaDB has; none elsewhere.
    pub(super) extended: u32,
    pub(super) plugin: Vec<u8>,
    pub(super) salt: Vec<u8>,
}

impl Greeting {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut rest = body.strip_prefix(&[10])?;
        let version = String::from_utf8_lossy(take_text(&mut rest)).into_owned();
        let connection = take_u32(&mut rest)?;
        let mut salt = take_bytes(&mut rest, 8)?.to_vec();
        take_bytes(&mut rest, 1)?;
        let low = take_u16(&mut rest)?;
        let _charset_and_status = take_bytes(&mut rest, 3)?;
        let high = take_u16(&mut rest)?;
        let salt_length = usize::from(take_u8(&mut rest)?);
        let _reserved = take_bytes(&mut rest, 6)?;
        // MySQL's servers leave zeros there, and say what they are by a capability that MariaDB's do not claim.
        let extended = take_u32(&mut rest)?;
        let more = take_bytes(&mut rest, salt_length.saturating_sub(8).max(13))?;
        salt.extend_from_slice(more.strip_suffix(&[0]).unwrap_or(more));
        let capabilities = u32::from(low) | u32::from(high) << 16;
        let is_mysql = capabilities & IS_MYSQL != 0;
        Some(Self {
            version,
            connection,
            capabilities,
            extended: if is_mysql { 0 } else { extended },
            plugin: take_text(&mut rest).to_vec(),
            salt,
        })
    }
}
