//! Texts of a table's statements that depend on which columns are given, each built once a thread. What they say is
//! `table_sql`'s.

use std::rc::Rc;

use super::TableSql;
use super::texts::{TextKey, address, text_of};
use crate::value::ColumnSet;
use bindery_core::dialect::Dialect;

static NO_COLUMNS: ColumnSet = ColumnSet::new();

/// The purpose of a text. Those of the query builder's have lesser numbers.
#[derive(Clone, Copy)]
enum Text {
    Insert = 128,
    InsertReturning,
    InsertOrIgnore,
    Overwrite,
    Update,
    Upsert,
    Select,
}

impl TableSql {
    /// Everything that the text depends on, beside its dialect: a table's statements are of one.
    #[inline]
    fn key<'k>(
        &'static self,
        text: Text,
        columns: &'k ColumnSet,
        number: u64,
        others: &'k ColumnSet,
    ) -> TextKey<'k> {
        let (first, more) = columns.parts();
        let (other, more_others) = others.parts();
        TextKey {
            // There are few texts, and no statement has 2⁵⁶ rows.
            numbers: [address(self), text as u64 | number << 8, first, other],
            words: [more, more_others],
            ..TextKey::default()
        }
    }

    /// [`insert_sql`](Self::insert_sql).
    pub(crate) fn insert_text(
        &'static self,
        dialect: Dialect,
        columns: &ColumnSet,
        rows: usize,
        returning: bool,
    ) -> Rc<str> {
        let text = if returning {
            Text::InsertReturning
        } else {
            Text::Insert
        };
        let key = self.key(text, columns, rows as u64, &NO_COLUMNS);
        text_of(&key, || self.insert_sql(dialect, columns, rows, returning))
    }

    /// Works with an INSERT of one row with these columns that returns it where the server can.
    #[inline]
    pub(crate) fn with_insert<T>(
        &'static self,
        dialect: Dialect,
        columns: &ColumnSet,
        work: impl FnOnce(&str) -> T,
    ) -> T {
        if columns.is_exactly(self.required) {
            work(self.insert)
        } else {
            work(&self.insert_text(dialect, columns, 1, true))
        }
    }

    /// An INSERT of one row with these columns that returns nothing, where the driver may read the row back by itself: on SQLite.
    #[inline]
    pub(crate) fn plain_insert(
        &'static self,
        dialect: Dialect,
        columns: &ColumnSet,
    ) -> Option<Rc<str>> {
        let reads_back = matches!(dialect, Dialect::Sqlite);
        reads_back.then(|| self.insert_text(dialect, columns, 1, false))
    }

    /// An INSERT of one row with these columns that does nothing where a unique key holds one of its values already, or
    /// fails where that ends no transaction.
    pub(crate) fn insert_or_ignore_text(
        &'static self,
        dialect: Dialect,
        columns: &ColumnSet,
    ) -> Rc<str> {
        let key = self.key(Text::InsertOrIgnore, columns, 0, &NO_COLUMNS);
        text_of(&key, || {
            let sql = self.insert_sql(dialect, columns, 1, false);
            match dialect {
                // An error would end the transaction around it.
                Dialect::Postgres => sql + " ON CONFLICT DO NOTHING",
                // An error undoes this statement only. `INSERT IGNORE` would hide other errors too.
                Dialect::Sqlite | Dialect::Mysql => sql,
            }
        })
    }

    /// An INSERT of the whole row that overwrites the one with the same key and returns it. `overwritten` are always the
    /// same columns of a table.
    pub(crate) fn overwrite_text(
        &'static self,
        dialect: Dialect,
        overwritten: &ColumnSet,
    ) -> Rc<str> {
        let key = self.key(Text::Overwrite, overwritten, 0, &NO_COLUMNS);
        text_of(&key, || {
            let update = self.do_update_sql(dialect, self.key, overwritten);
            self.insert_row.to_owned() + &update + self.returning
        })
    }

    /// An UPDATE of these columns by the key.
    pub(crate) fn update_text(&'static self, dialect: Dialect, columns: &ColumnSet) -> Rc<str> {
        let key = self.key(Text::Update, columns, 0, &NO_COLUMNS);
        text_of(&key, || {
            self.update_sql(dialect, columns, self.key.iter().copied())
        })
    }

    /// An INSERT of one row with these columns that returns it where the server can; a row that is there by `unique` gets the new values
    /// of those of `given` that an update may set.
    pub(crate) fn upsert_text(
        &'static self,
        dialect: Dialect,
        unique: &'static &'static [usize],
        (columns, given): (&ColumnSet, &ColumnSet),
    ) -> Rc<str> {
        let key = self.key(Text::Upsert, columns, address(unique), given);
        text_of(&key, || {
            let changed = self.settable_beside(unique, given);
            self.insert_sql(dialect, columns, 1, false)
                + &match dialect {
                    Dialect::Sqlite | Dialect::Postgres => {
                        self.do_update_sql(dialect, unique, &changed)
                    }
                    Dialect::Mysql => self.on_duplicate_key_sql(dialect, unique, &changed),
                }
                + self.returning
        })
    }

    /// A SELECT of the whole row by these columns, and then by one more where `last` says so; that is always the same one
    /// for the same columns.
    pub(crate) fn select_text(
        &'static self,
        dialect: Dialect,
        columns: &ColumnSet,
        last: Option<usize>,
    ) -> Rc<str> {
        let key = self.key(Text::Select, columns, 0, &NO_COLUMNS);
        text_of(&key, || {
            self.select_sql(dialect, columns.iter().chain(last))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::UniqueSql;

    static TABLE: TableSql = TableSql {
        table: "items",
        columns: &["id", "name", "note"],
        key: &[0],
        writable: &[0, 1, 2],
        returning: " RETURNING id, name, note",
        uniques: &[
            UniqueSql {
                columns: &[1],
                find: "",
            },
            UniqueSql {
                columns: &[2],
                find: "",
            },
        ],
        ..TableSql::NOTHING
    };

    #[test]
    fn texts_that_are_built_at_run_time_are_built_once() {
        let some: ColumnSet = [0, 1].into_iter().collect();
        let all: ColumnSet = [0, 1, 2].into_iter().collect();
        let [by_name, by_note] = TABLE.uniques else {
            panic!("two")
        };
        let texts = || {
            [
                TABLE.insert_text(Dialect::Sqlite, &some, 1, false),
                TABLE.insert_text(Dialect::Sqlite, &some, 2, false),
                TABLE.insert_text(Dialect::Sqlite, &some, 1, true),
                TABLE.insert_text(Dialect::Sqlite, &all, 1, false),
                TABLE.insert_or_ignore_text(Dialect::Postgres, &all),
                TABLE.overwrite_text(Dialect::Sqlite, &all),
                TABLE.update_text(Dialect::Sqlite, &some),
                TABLE.upsert_text(Dialect::Sqlite, &by_name.columns, (&all, &all)),
                TABLE.upsert_text(Dialect::Sqlite, &by_note.columns, (&all, &all)),
                TABLE.upsert_text(Dialect::Sqlite, &by_name.columns, (&all, &some)),
                TABLE.upsert_text(Dialect::Sqlite, &TABLE.key, (&all, &all)),
                TABLE.select_text(Dialect::Sqlite, &some, None),
            ]
        };
        let (once, again) = (texts(), texts());
        for (at, (text, same)) in once.iter().zip(&again).enumerate() {
            assert!(Rc::ptr_eq(text, same), "{text}");
            assert!(!once[..at].contains(text), "{text}");
        }
        assert_eq!(
            &*once[7],
            "INSERT INTO items (id, name, note) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET id = excluded.id, \
             note = excluded.note RETURNING id, name, note"
        );
    }
}
