//! Random text for passwords and unique names.

use std::fs::File;
use std::io::Read;

use crate::{Error, Result};

/// `bytes` random bytes as lower-case hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0u8; bytes];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut buffer))
        .map_err(Error::io("read random bytes from `/dev/urandom`"))?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}
