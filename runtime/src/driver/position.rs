//! How far a database has come in what is written to it: what a primary has written, and what a replica has applied of it.

use std::collections::BTreeMap;
use std::fmt;

/// A place in the log of a primary. Places of one kind are compared; those of different kinds never reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Position {
    /// PostgreSQL: bytes of the write-ahead log.
    Lsn(u64),
    /// MariaDB: the last number of each domain, with the server that gave it.
    Gtids(BTreeMap<u32, (u32, u64)>),
    /// MySQL: the numbers of each source that are applied, as ranges in order.
    GtidSet(BTreeMap<String, Vec<(u64, u64)>>),
}

/// The report of a replica about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replay {
    /// The position that it has applied; `None` where it always has everything, or does not know.
    pub(crate) position: Option<Position>,
    /// It takes writes of its own and follows no other server: it was promoted.
    pub(crate) is_promoted: bool,
}

impl Position {
    /// Reads what MariaDB reports, such as `0-1-100,7-2-9`; `None` where that is no position.
    pub(crate) fn of_gtids(text: &str) -> Option<Self> {
        let mut domains = BTreeMap::new();
        for gtid in text.split(',').map(str::trim) {
            let mut parts = gtid.split('-');
            let domain = parts.next()?.parse().ok()?;
            let server = parts.next()?.parse().ok()?;
            let number = parts.next()?.parse().ok()?;
            if parts.next().is_some() || domains.insert(domain, (server, number)).is_some() {
                return None;
            }
        }
        Some(Self::Gtids(domains))
    }

    /// Reads what MySQL reports, such as `3e11fa47-…:1-5:7,…`; `None` where that is no position.
    pub(crate) fn of_gtid_set(text: &str) -> Option<Self> {
        let mut sources: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
        for source in text.split(',').map(str::trim) {
            let mut parts = source.split(':');
            let uuid = parts.next().filter(|uuid| is_uuid(uuid))?;
            let mut key = uuid.to_owned();
            let mut is_empty = true;
            for part in parts {
                match range(part) {
                    Some(range) => {
                        sources.entry(key.clone()).or_default().push(range);
                        is_empty = false;
                    }
                    // The numbers after a tag are its own.
                    None if is_tag(part) => key = format!("{uuid}:{part}"),
                    None => return None,
                }
            }
            if is_empty {
                return None;
            }
        }
        Some(Self::GtidSet(sources))
    }

    /// Whether everything up to `other` is here, too.
    pub(crate) fn reaches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lsn(own), Self::Lsn(other)) => own >= other,
            (Self::Gtids(own), Self::Gtids(other)) => other.iter().all(|(domain, (_, number))| {
                own.get(domain)
                    .is_some_and(|(_, reached)| reached >= number)
            }),
            (Self::GtidSet(own), Self::GtidSet(other)) => {
                other.iter().all(|(source, ranges)| match own.get(source) {
                    Some(own) => ranges.iter().all(|range| is_within(own, *range)),
                    None => false,
                })
            }
            (Self::Lsn(_) | Self::Gtids(_) | Self::GtidSet(_), _) => false,
        }
    }

    /// Reads what `Display` has written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        match kind {
            "p" => u64::from_str_radix(rest, 16).ok().map(Self::Lsn),
            "m" => Self::of_gtids(rest),
            "g" => Self::of_gtid_set(rest),
            _ => None,
        }
    }

    /// As the server that it is of writes it.
    pub(crate) fn server_text(&self) -> String {
        match self {
            Self::Lsn(bytes) => format!("{:X}/{:X}", bytes >> 32, bytes & 0xFFFF_FFFF),
            Self::Gtids(domains) => {
                let gtids = domains
                    .iter()
                    .map(|(domain, (server, number))| format!("{domain}-{server}-{number}"));
                gtids.collect::<Vec<_>>().join(",")
            }
            Self::GtidSet(sources) => {
                let sources = sources.iter().map(|(source, ranges)| {
                    let ranges = ranges
                        .iter()
                        .map(|(first, last)| format!(":{first}-{last}"));
                    format!("{source}{}", ranges.collect::<String>())
                });
                sources.collect::<Vec<_>>().join(",")
            }
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lsn(bytes) => write!(out, "p{bytes:x}"),
            Self::Gtids(_) => write!(out, "m{}", self.server_text()),
            Self::GtidSet(_) => write!(out, "g{}", self.server_text()),
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_tag(text: &str) -> bool {
    let is_first = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
    text.len() <= 32
        && text.as_bytes().first().is_some_and(is_first)
        && text
            .bytes()
            .all(|byte| is_first(&byte) || byte.is_ascii_digit())
}

/// `7` or `1-5`.
fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (1..=last).contains(&first).then_some((first, last))
}

/// Whether the whole range is in one of these. The server joins ranges that touch.
fn is_within(ranges: &[(u64, u64)], (first, last): (u64, u64)) -> bool {
    ranges
        .iter()
        .any(|&(own_first, own_last)| own_first <= first && last <= own_last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    #[test]
    fn positions_are_compared_within_their_kind() {
        let gtids = |text| Position::of_gtids(text).expect(text);
        let set = |text: &str| Position::of_gtid_set(&text.replace('U', UUID)).expect(text);
        for (own, other, reaches) in [
            (Position::Lsn(7), Position::Lsn(7), true),
            (Position::Lsn(6), Position::Lsn(7), false),
            (gtids("0-1-100"), gtids("0-2-99"), true),
            (gtids("0-1-100"), gtids("0-1-101"), false),
            (gtids("0-1-100"), gtids("0-1-100,7-1-1"), false),
            (gtids("0-1-100,7-1-1"), gtids("7-1-1"), true),
            (set("U:1-9"), set("U:1-5:7"), true),
            (set("U:1-5:7-9"), set("U:1-6"), false),
            (set("U:1-5"), set("U:red:1-5"), false),
            (set("U:1-5:red:1-9"), set("U:red:2"), true),
            (Position::Lsn(u64::MAX), gtids("0-1-1"), false),
        ] {
            assert_eq!(own.reaches(&other), reaches, "{own} and {other}");
        }
    }

    #[test]
    fn a_position_is_read_back_as_it_was_written() {
        let all = [
            Position::Lsn(0x16_B374_D848),
            Position::of_gtids("0-1-100, 7-2-9").expect("two domains"),
            Position::of_gtid_set(&format!("{UUID}:1-5:7:red:1-2")).expect("ranges and a tag"),
        ];
        for position in all {
            assert_eq!(
                Position::parse(&position.to_string()),
                Some(position.clone())
            );
        }
        assert_eq!(Position::Lsn(0x16_B374_D848).server_text(), "16/B374D848");
    }

    #[test]
    fn other_texts_are_no_positions() {
        let texts = [
            "",
            "p",
            "px",
            "p-1",
            "m",
            "m0-1",
            "m0-1-1-1",
            "m0-1-1,0-2-2",
            "g",
            "gx:1",
            "q1",
            "é",
            "g3e11fa47-71ca-11e1-9e33-c80aa9429562",
            "g3e11fa47-71ca-11e1-9e33-c80aa9429562:0",
            "g3e11fa47-71ca-11e1-9e33-c80aa9429562:5-1",
        ];
        for text in texts {
            assert_eq!(Position::parse(text), None, "{text}");
        }
    }
}
