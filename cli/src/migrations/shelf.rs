//! Migrations that were read, at places that do not change: the runtime's descriptions of them refer to it, and to each other.

use std::cell::{Cell, OnceCell};

use bindery::migrate::{Migration, Replaced, Required, Script};
use bindery_schema::diff::ParsedMigration;
use bindery_schema::migrations::{self, ServerVersion};

/// Holds the files of migrations, and the lists that their descriptions refer to, until the command is done with them.
#[derive(Default)]
pub(crate) struct Shelf<'s> {
    files: Arena<Vec<ParsedMigration>>,
    parts: Arena<Parts<'s>>,
}

/// The parts of a description that its file has in another form.
#[derive(Default)]
struct Parts<'s> {
    checksum: String,
    up: Vec<(&'s str, u32)>,
    down: Vec<(&'s str, u32)>,
    requires: Vec<Required<'s>>,
    replaces: Vec<Replaced<'s>>,
}

impl<'s> Shelf<'s> {
    /// Holds files.
    pub(super) fn hold(&'s self, files: Vec<ParsedMigration>) -> &'s [ParsedMigration] {
        self.files.hold(files)
    }

    /// Describes a migration to the runtime.
    pub(super) fn described(&'s self, file: &'s migrations::Migration) -> Migration<'s> {
        let down = file.down.as_ref();
        let parts = self.parts.hold(Parts {
            checksum: file.checksum(),
            up: statements(&file.up),
            down: down.map(statements).unwrap_or_default(),
            requires: file.requires.iter().map(required).collect(),
            replaces: self.replaced(&file.replaces),
        });
        let up = Script::new(&parts.up, file.up.no_transaction);
        let down = down.map(|script| Script::new(&parts.down, script.no_transaction));
        Migration::new(&file.version, &file.name, &parts.checksum, up, down)
            .replacing(&parts.replaces)
            .requiring(&parts.requires)
    }

    fn replaced(&'s self, replaced: &'s [migrations::Replaced]) -> Vec<Replaced<'s>> {
        let each = replaced.iter().map(|one| {
            let parts = self.parts.hold(Parts {
                replaces: self.replaced(&one.replaces),
                ..Parts::default()
            });
            let file = one.migration.as_ref();
            let file = file.map(|file| self.described(file));
            Replaced::new(&one.version, &one.checksum, file).replacing(&parts.replaces)
        });
        each.collect()
    }
}

fn statements(script: &migrations::Script) -> Vec<(&str, u32)> {
    let statements = script.statements.iter();
    statements.map(|one| (&*one.sql, one.line)).collect()
}

fn required(server: &ServerVersion) -> Required<'_> {
    (server.product, &server.version)
}

/// Chunks of an arena: each is twice as long as the one before it.
const CHUNKS: usize = usize::BITS as usize;

/// Holds values at places that do not change, so that a value can refer to those before it.
struct Arena<T> {
    chunks: [OnceCell<Vec<OnceCell<T>>>; CHUNKS],
    held: Cell<usize>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self {
            chunks: [const { OnceCell::new() }; CHUNKS],
            held: Cell::new(0),
        }
    }
}

impl<T> Arena<T> {
    fn hold(&self, value: T) -> &T {
        let number = self.held.get() + 1;
        self.held.set(number);
        let chunk = number.ilog2() as usize;
        let length = 1 << chunk;
        let cells =
            self.chunks[chunk].get_or_init(|| (0..length).map(|_| OnceCell::new()).collect());
        cells[number - length].get_or_init(|| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Arena;

    #[test]
    fn what_is_held_stays_where_it_is() {
        let arena = Arena::default();
        let held: Vec<&String> = (0..100).map(|at| arena.hold(format!("{at}"))).collect();
        for (at, text) in held.into_iter().enumerate() {
            assert_eq!(*text, at.to_string());
        }
    }
}
