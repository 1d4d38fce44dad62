//! Random text for passwords and unique names.

use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;

use crate::{Error, Result};

/// The password of all servers of this process: it stands in the data that they are copied from.
pub(crate) fn of_process() -> Result<String> {
    static PASSWORD: OnceLock<String> = OnceLock::new();
    if let Some(password) = PASSWORD.get() {
        return Ok(password.clone());
    }
    let new = random_hex(16)?;
    Ok(PASSWORD.get_or_init(|| new).clone())
}

/// `bytes` random bytes as lower-case hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0u8; bytes];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut buffer))
        .map_err(Error::io("read random bytes from `/dev/urandom`"))?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}
