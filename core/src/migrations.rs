//! Migrations as they are applied: each is a list of statements. A program has its own as constants, and the command reads them from
//! their files (feature `checksum`).

#[cfg(feature = "checksum")]
mod adopted;
#[cfg(feature = "checksum")]
mod beside;
mod configured;
pub mod folder;
#[cfg(feature = "checksum")]
mod reading;

use std::borrow::Cow;
use std::mem;

#[cfg(feature = "checksum")]
pub use self::adopted::{Adopted, adopt, compare_versions, version_numbers};
pub use self::configured::{find_heads, no_order, refuse_check_without_feature};
#[cfg(feature = "checksum")]
pub use self::reading::{
    LoadedMigration, read_folder, read_migration, replaced_folder, replaced_leftovers,
    replaces_lines,
};

/// One migration of an engine.
///
/// A constant borrows all that it is made of; lists are written as `const { &[…] }`. One that is read at run time owns it:
///
/// ```
/// use bindery_core::migrations::{Migration, Script, ScriptStatement};
///
/// const NOTES: &[Migration] = &[Migration::new(
///     "1",
///     "notes",
///     "7f83b165",
///     Script::new(const { &[ScriptStatement::new("CREATE TABLE notes (id INTEGER)", 1)] }, false),
///     None,
/// )];
///
/// let sql = String::from("CREATE TABLE notes (id INTEGER)");
/// let mut read = Migration::default();
/// read.version = String::from("1").into();
/// read.name = String::from("notes").into();
/// read.checksum = String::from("7f83b165").into();
/// read.up.statements = vec![ScriptStatement { sql: sql.into(), line: 1 }].into();
/// assert_eq!(read, NOTES[0]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// As the file's name has it, such as `20240131120000`. Migrations are in their order where they are given.
    pub version: Cow<'static, str>,
    /// The rest of the file's name, such as `add_nick`.
    pub name: Cow<'static, str>,
    /// SHA-256 of the file in hexadecimal digits, line ends as `\n`: one that was applied is never changed.
    pub checksum: Cow<'static, str>,
    /// The statements that apply it.
    pub up: Script,
    /// The statements that undo it, where they are written.
    pub down: Option<Script>,
    /// The migrations that it was squashed from. A database that has applied those has applied this one.
    pub replaces: Cow<'static, [Replaced]>,
    /// The servers that it can be applied on; none are named: on all.
    pub requires: Cow<'static, [ServerVersion]>,
}

impl Migration {
    /// A migration of these parts.
    pub const fn new(
        version: &'static str,
        name: &'static str,
        checksum: &'static str,
        up: Script,
        down: Option<Script>,
    ) -> Self {
        Self {
            version: Cow::Borrowed(version),
            name: Cow::Borrowed(name),
            checksum: Cow::Borrowed(checksum),
            up,
            down,
            replaces: Cow::Borrowed(&[]),
            requires: Cow::Borrowed(&[]),
        }
    }

    /// The same as one that one of these servers is needed for, in this version or a later one.
    #[must_use]
    pub const fn requiring(mut self, servers: &'static [ServerVersion]) -> Self {
        replace(&mut self.requires, servers);
        self
    }

    /// The same as a squashed one, in place of these.
    #[must_use]
    pub const fn replacing(mut self, replaces: &'static [Replaced]) -> Self {
        replace(&mut self.replaces, replaces);
        self
    }
}

/// A migration in place of which there is a squashed one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replaced {
    /// The version that it had.
    pub version: Cow<'static, str>,
    /// The checksum that it was applied with.
    pub checksum: Cow<'static, str>,
    /// The migration itself, where its file is still there: a database that has applied some of them goes on with the others.
    pub migration: Option<Migration>,
    /// The migrations that it was squashed from itself. A database that has applied those has applied it.
    pub replaces: Cow<'static, [Replaced]>,
}

impl Replaced {
    /// A replaced migration of these parts.
    pub const fn new(
        version: &'static str,
        checksum: &'static str,
        migration: Option<Migration>,
    ) -> Self {
        Self {
            version: Cow::Borrowed(version),
            checksum: Cow::Borrowed(checksum),
            migration,
            replaces: Cow::Borrowed(&[]),
        }
    }

    /// The same of one that was squashed from these.
    #[must_use]
    pub const fn replacing(mut self, replaces: &'static [Replaced]) -> Self {
        replace(&mut self.replaces, replaces);
        self
    }
}

/// A `const fn` can drop nothing. What was there is the empty list of a constructor; a longer one would leak.
const fn replace<T: Clone>(list: &mut Cow<'static, [T]>, with: &'static [T]) {
    mem::forget(mem::replace(list, Cow::Borrowed(with)));
}

/// The statements of one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Script {
    /// In their order.
    pub statements: Cow<'static, [ScriptStatement]>,
    /// `-- @no-transaction`: each statement is for itself, as `CREATE INDEX CONCURRENTLY` has to be.
    pub no_transaction: bool,
}

impl Script {
    /// A script of these parts.
    pub const fn new(statements: &'static [ScriptStatement], no_transaction: bool) -> Self {
        Self {
            statements: Cow::Borrowed(statements),
            no_transaction,
        }
    }
}

/// One statement as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptStatement {
    /// Its text without the delimiter.
    pub sql: Cow<'static, str>,
    /// The line of its file in which it begins, from 1.
    pub line: u32,
}

impl ScriptStatement {
    /// A statement of this text, which begins in this line.
    pub const fn new(sql: &'static str, line: u32) -> Self {
        let sql = Cow::Borrowed(sql);
        Self { sql, line }
    }
}

/// A product, and its oldest version: `-- @requires PostgreSQL 16`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// `SQLite`, `PostgreSQL`, `MySQL`, `MariaDB`.
    pub product: &'static str,
    /// Numbers and points.
    pub version: Cow<'static, str>,
}

impl ServerVersion {
    /// This version of a product.
    pub const fn new(product: &'static str, version: &'static str) -> Self {
        let version = Cow::Borrowed(version);
        Self { product, version }
    }
}
