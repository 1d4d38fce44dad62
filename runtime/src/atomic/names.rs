//! Names of coordinators, transactions and branches: `bnd1:<chance>.<home>:<time>-<number>:<group>.<engine>.<session>`. The
//! name says all that recovery has to know: which home decides, and where the branch is.

use std::fmt;

use super::protocol::Id;
use crate::driver::random;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Of a coordinator's name; home refuses one that is there.
const CHANCE: usize = 10;

/// A text that is not likely to have been used before.
pub(super) fn chance() -> String {
    let mut text = base36(random::number());
    text.truncate(CHANCE);
    text
}

/// The name of a transaction, all but its branch.
pub(super) fn transaction(coordinator: &str, begun_ms: u64, number: u64) -> Box<str> {
    let (begun, number) = (base36(begun_ms), base36(number));
    format!("bnd1:{coordinator}:{begun}-{number}").into()
}

/// The coordinator of a transaction by its name.
pub(super) fn coordinator(transaction: &str) -> &str {
    transaction.split(':').nth(1).unwrap_or_default()
}

/// The engine that decides.
pub(super) fn home(coordinator: &str) -> &str {
    coordinator.split_once('.').map_or("", |(_, home)| home)
}

/// When a transaction began, by the clock of its program.
pub(super) fn begun_ms(id: &Id) -> Option<u64> {
    let (begun, _) = id.transaction.split_once('-')?;
    u64::from_str_radix(begun, 36).ok()
}

/// The parts of a branch's name.
pub(super) struct Branch<'n> {
    pub(super) group: &'n str,
    pub(super) engine: &'n str,
    pub(super) session: u32,
}

impl<'n> Branch<'n> {
    pub(super) fn parse(name: &'n str) -> Option<Self> {
        let mut parts = name.split('.');
        let (group, engine) = (parts.next()?, parts.next()?);
        let session = u32::from_str_radix(parts.next()?, 16).ok()?;
        parts.next().is_none().then_some(Self {
            group,
            engine,
            session,
        })
    }
}

/// A branch as a decision names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DecidedBranch {
    /// `<group>.<engine>.<session>`
    pub(super) name: String,
    /// The number of its transaction, where its database keeps the outcome by that: after `@`.
    pub(super) number: Option<u64>,
    /// The time at which it was found rolled back, though it was to be committed: after `!`, in milliseconds.
    pub(super) rolled_back_ms: Option<u64>,
}

impl DecidedBranch {
    pub(super) fn parse(text: &str) -> Self {
        let (text, rolled_back) = cut(text, '!');
        let (name, number) = cut(text, '@');
        let number_of = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        Self {
            name: name.to_owned(),
            number: number_of(number),
            rolled_back_ms: number_of(rolled_back),
        }
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

impl fmt::Display for DecidedBranch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)?;
        if let Some(number) = self.number {
            write!(out, "@{number}")?;
        }
        match self.rolled_back_ms {
            Some(found) => write!(out, "!{found}"),
            None => Ok(()),
        }
    }
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(DIGITS[(number % 36) as usize]);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.reverse();
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::prepared::Gid;

    /// Covers 2PC-9.
    #[test]
    fn the_longest_names_fit_every_database_and_are_read_back() {
        let engine = "e".repeat(32);
        let coordinator = format!("{}.{engine}", "z".repeat(CHANCE));
        let transaction = transaction(&coordinator, 2_700_000_000_000, 36_u64.pow(6) - 1);
        let group = "g".repeat(22);
        let name = format!("{transaction}:{group}.{engine}.{:x}", u32::MAX);
        assert!(Gid::new(&name).is_some(), "{name}");
        let id = Id::parse(&name).expect("it is one of ours");
        assert_eq!(home(&id.coordinator), engine);
        assert_eq!(begun_ms(&id), Some(2_700_000_000_000));
        assert_eq!(id.decision(), *transaction);
        let branch = Branch::parse(&id.branch).expect("it has all parts");
        assert_eq!((branch.group, branch.engine), (&*group, &*engine));
        assert_eq!(branch.session, u32::MAX);
    }

    #[test]
    fn branches_of_decisions_are_read_as_they_are_written() {
        for (text, number, rolled_back_ms) in [
            ("checkout.pg.1f", None, None),
            ("checkout.pg.1f@123", Some(123), None),
            ("checkout.pg.1f@123!456", Some(123), Some(456)),
        ] {
            let branch = DecidedBranch::parse(text);
            let read = (&*branch.name, branch.number, branch.rolled_back_ms);
            assert_eq!(read, ("checkout.pg.1f", number, rolled_back_ms));
            assert_eq!(branch.to_string(), text);
        }
    }

    #[test]
    fn names_of_coordinators_differ() {
        assert_ne!(chance(), chance());
        assert!(chance().len() <= CHANCE);
    }
}
