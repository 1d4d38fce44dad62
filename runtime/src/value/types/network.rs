//! Addresses of networks: those of the standard library, and with the length of a network as PostgreSQL has them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// An address with the length of its network: `inet` and `cidr` of PostgreSQL.
///
/// ```
/// use bindery::types::IpNet;
///
/// let net: IpNet = "10.1.2.0/24".parse().unwrap();
/// assert_eq!((net.address().to_string().as_str(), net.prefix()), ("10.1.2.0", 24));
/// let host: IpNet = "::1".parse().unwrap();
/// assert_eq!((host.prefix(), host.to_string().as_str()), (128, "::1"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpNet {
    address: IpAddr,
    prefix: u8,
}

/// The text is not an address with or without the length of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseIpNetError;

impl fmt::Display for ParseIpNetError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not an address: expected `10.1.2.3`, `10.1.2.0/24`, `::1` or `fe80::/10`")
    }
}

impl std::error::Error for ParseIpNetError {}

/// Bits of an address.
fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl IpNet {
    /// An address in a network of this length; `None` where the address has fewer bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        (prefix <= bits(address)).then_some(Self { address, prefix })
    }

    /// The address, host bits included.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// Returns how many bits the network has.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Returns whether it is one address rather than a network: all bits are the host's.
    pub fn is_host(self) -> bool {
        self.prefix == bits(self.address)
    }
}

/// One address: a network of its own.
impl From<IpAddr> for IpNet {
    fn from(address: IpAddr) -> Self {
        let prefix = bits(address);
        Self { address, prefix }
    }
}

/// Without the length where it is one address.
impl fmt::Display for IpNet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_host() {
            self.address.fmt(out)
        } else {
            write!(out, "{}/{}", self.address, self.prefix)
        }
    }
}

impl FromStr for IpNet {
    type Err = ParseIpNetError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ParseIpNetError)?;
        let Some(prefix) = prefix else {
            return Ok(address.into());
        };
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse().ok().filter(|_| digits);
        prefix
            .and_then(|prefix| Self::new(address, prefix))
            .ok_or(ParseIpNetError)
    }
}

impl ToColumn for IpNet {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(&self.to_string());
    }
}

impl FromColumn for IpNet {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let net = row.text()?.parse();
        net.map_err(|_| row.mismatch("address of a network"))
    }
}

/// Reads an `inet` that is one address, and text.
macro_rules! addresses {
    ($($type:ty: $of:expr, $expected:literal;)*) => {$(
        impl ToColumn for $type {
            fn write(&self, params: &mut ParamWriter<'_>) {
                params.text(&self.to_string());
            }
        }

        impl FromColumn for $type {
            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                let net: Option<IpNet> = row.text()?.parse().ok();
                let host = net.filter(|net| net.is_host()).map(IpNet::address);
                let of: fn(IpAddr) -> Option<$type> = $of;
                host.and_then(of).ok_or_else(|| row.mismatch($expected))
            }
        }
    )*};
}

addresses! {
    IpAddr: Some, "IP address";
    Ipv4Addr: |address| match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }, "IPv4 address";
    Ipv6Addr: |address| match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => Some(address),
    }, "IPv6 address";
}

/// As its text.
#[cfg(feature = "serde")]
impl serde::Serialize for IpNet {
    fn serialize<S: serde::Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// From its text.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for IpNet {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_read() {
        for text in ["10.1.2.0/24", "0.0.0.0/0", "10.0.0.1", "fe80::/10", "::1"] {
            let net: IpNet = text.parse().expect(text);
            assert_eq!(net.to_string(), text);
        }
        for text in [
            "",
            "10.0.0",
            "10.0.0.1/33",
            "::/129",
            "10.0.0.1/+8",
            "10.0.0.1/",
            "x",
        ] {
            assert_eq!(text.parse::<IpNet>(), Err(ParseIpNetError), "{text}");
        }
    }
}
