//! The account that a server runs as. Database servers refuse to run as root; root lends them an unprivileged account.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::{Error, Result};

/// The user a server runs as: ourselves, or an account that root steps down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    Ourselves,
    Lent { user: u32, group: u32 },
}

impl Account {
    /// Ourselves; for root the first of `names` that the machine knows.
    pub(crate) fn choose(names: &[&'static str]) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let passwd = fs::read_to_string("/etc/passwd").map_err(Error::io("read `/etc/passwd`"))?;
        names
            .iter()
            .find_map(|name| look_up(&passwd, name))
            .ok_or_else(|| Error::NoAccount {
                tried: names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
                first: names.first().copied().unwrap_or("nobody"),
            })
    }

    /// Makes `command` run as this account, without root's supplementary groups.
    pub(crate) fn apply(self, command: &mut Command) {
        match self {
            Self::Ourselves => {}
            // Setting a user as root also empties the list of supplementary groups (see `CommandExt::uid`).
            Self::Lent { user, group } => {
                command.uid(user).gid(group);
            }
        }
    }

    /// Hands a file or directory to this account.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Lent { user, group } => chown(path, Some(user), Some(group))
                .map_err(Error::path("change the owner of", path)),
        }
    }
}

/// Finds the account `name` in the text of a passwd file; never root.
fn look_up(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        (user != 0).then_some(Account::Lent { user, group })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\nbroken\nnobody:x:65534:65533:nobody:/:/bin/false\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let nobody = Account::Lent {
            user: 65534,
            group: 65533,
        };
        assert_eq!(look_up(PASSWD, "nobody"), Some(nobody));
        assert_eq!(look_up(PASSWD, "nobod"), None);
        assert_eq!(look_up(PASSWD, "broken"), None);
    }

    #[test]
    fn root_is_never_lent() {
        assert_eq!(look_up(PASSWD, "root"), None);
    }
}
