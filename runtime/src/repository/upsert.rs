//! Insert or update, decided by one unique key only. A conflict on any other is an error and changes nothing.

use super::in_turn::{self, update_or_insert};
use super::insert::{Values, inserted, is_unique_violation, read_returned};
use super::published::on_unique;
use super::read::read_one;
use super::upsert_many::ensure_given;
use super::{Repository, ensure_new};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::ColumnSet;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row, or gives the row with the same values in the unique key of this number the columns that `new`
    /// gives, NULL included; what it leaves out stays, but for a version, which counts on, and a time of the last change.
    /// For `upsert_by_…` of generated code.
    ///
    /// # Errors
    /// `new` leaves out a column of the unique key, another constraint is violated, a key in it is of another engine, or
    /// the database fails.
    #[doc(hidden)]
    #[track_caller]
    pub fn upsert_by(&mut self, unique: usize, new: M::New<E>) -> Result<M::Inserted<E>>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.upsert_at(|sql| &sql.uniques[unique].columns, new)
    }

    /// Inserts a row, or gives the row with the same key the columns that `new` gives, NULL included; what it leaves out stays,
    /// but for a version, which counts on, and a time of the last change. The key stays as it is.
    ///
    /// # Errors
    /// `new` leaves out the key, which the database generates otherwise, another constraint is violated, a key in it is of
    /// another engine, or the database fails.
    #[track_caller]
    pub fn upsert(&mut self, new: M::New<E>) -> Result<M::Inserted<E>>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        self.upsert_at(|sql| &sql.key, new)
    }

    #[track_caller]
    fn upsert_at(
        &mut self,
        unique: impl FnOnce(&'static TableSql) -> UniqueColumns,
        new: M::New<E>,
    ) -> Result<M::Inserted<E>> {
        self.run_on_link(Operation::Upsert, |link, sql, engine| {
            ensure_new::<M, E>(link.bound(), sql, &new, engine)?;
            let write = |params: &mut ParamWriter<'_>| new.write(params);
            let upsert = Upsert::new(sql, unique(sql), &new, &write)?;
            let unique = (sql, *upsert.unique);
            let row = on_unique::<M, E, _, _>(link, unique, engine, &[&new], |link| {
                match (link.ready()?.dialect(), link.depth()) {
                    (Dialect::Sqlite, _) => upsert.at_once::<M, E>(link.ready()?, engine),
                    (Dialect::Postgres, _) => {
                        let columns = upsert.values.columns();
                        let brings_another = brings_another_key(sql, upsert.unique, columns);
                        once_or_again(link, brings_another, |link| {
                            upsert.at_once::<M, E>(link.ready()?, engine)
                        })
                    }
                    (Dialect::Mysql, _) => upsert.on_duplicate_key::<M, E>(link, engine),
                }
            });
            inserted::<M, E>(row)
        })
    }
}

/// Of two PostgreSQL sessions that insert the same row at the same time, one may meet the other in a unique key
/// that is not the upsert's: only that key's is looked at with care, and the index of another may be filled first.
/// By then the row is there, so once more it is an update. Where it is another row that is in the way, nothing was
/// done, and once more it is the same error.
#[track_caller]
pub(super) fn once_or_again<T>(
    link: &mut Link,
    brings_another_key: bool,
    work: impl Fn(&mut Link) -> Result<T>,
) -> Result<T> {
    let once = |link: &mut Link| match link.depth() {
        0 => work(link),
        // An error would end the transaction around it.
        _ => link.atomically(&work),
    };
    if link.depth() > 0 && !brings_another_key {
        return work(link);
    }
    match once(link) {
        Err(error) if is_unique_violation(&error) => once(link),
        outcome => outcome,
    }
}

/// Whether a new row of these columns brings a whole unique key besides the one that an upsert goes by.
pub(super) fn brings_another_key(sql: &TableSql, unique: &[usize], columns: &ColumnSet) -> bool {
    let uniques = sql.uniques.iter().map(|unique| unique.columns);
    let mut others = uniques
        .chain([sql.key])
        .filter(|key| !key.is_empty() && *key != unique);
    others.any(|key| key.iter().all(|&column| columns.contains(column)))
}

/// The columns of a unique key where the table's statements have them: their place distinguishes the texts of keys.
pub(super) type UniqueColumns = &'static &'static [usize];

pub(super) struct Upsert<'v> {
    pub(super) sql: &'static TableSql,
    pub(super) unique: UniqueColumns,
    /// The columns that the program gave: an existing row gets these and no more. A new row gets all values.
    given: ColumnSet,
    pub(super) values: Values<'v>,
}

impl<'v> Upsert<'v> {
    /// Refuses a row that leaves out a column of the unique key.
    pub(super) fn new(
        sql: &'static TableSql,
        unique: UniqueColumns,
        new: &impl ColumnSource,
        write: &'v dyn Fn(&mut ParamWriter<'_>),
    ) -> Result<Self> {
        let given = new.given();
        ensure_given(unique, &given)?;
        Ok(Self {
            sql,
            unique,
            given,
            values: Values::new(sql, new.columns(), write),
        })
    }
}

impl Upsert<'_> {
    /// Columns that an existing row gets, beside those that every update sets by itself.
    fn changed(&self) -> ColumnSet {
        self.sql.settable_beside(self.unique, &self.given)
    }

    fn at_once<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        if in_turn::is_needed(physical, self.sql) {
            return self.in_turn::<M, E>(physical, engine);
        }
        let columns = self.values.columns();
        let dialect = physical.dialect();
        let text = self
            .sql
            .upsert_text(dialect, self.unique, (columns, &self.given));
        read_returned::<M, E>(physical, engine, &text, &mut |params| {
            self.values.write(params)
        })
    }

    fn in_turn<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let (sql, dialect) = (self.sql, physical.dialect());
        let (changed, unique) = (self.changed(), self.unique.iter().copied().collect());
        let update = sql.update_by_sql(dialect, &changed, &unique) + sql.returning;
        let by_unique = |params: &mut ParamWriter<'_>| {
            self.values.write_some(&changed, params);
            self.values.write_some(&unique, params);
        };
        let insert = self.insert_or_nothing_sql(dialect);
        let whole = |params: &mut ParamWriter<'_>| self.values.write(params);
        let both = ((&*update, &by_unique as _), (&*insert, &whole as _));
        update_or_insert::<M, E>(physical, engine, both)
    }

    /// Inserts the row and returns it, unless one is there by the unique key.
    pub(super) fn insert_or_nothing_sql(&self, dialect: Dialect) -> String {
        let insert = self
            .sql
            .insert_sql(dialect, self.values.columns(), 1, false);
        insert + &self.sql.do_nothing_sql(dialect, self.unique) + self.sql.returning
    }

    /// MySQL and MariaDB: one statement, which fails where another key is in the way; then the ways of several statements find out what
    /// the error is. MariaDB returns the row by it; elsewhere a transaction keeps others from the row until it is read.
    #[track_caller]
    fn on_duplicate_key<M: Model, E: Engine>(
        &self,
        link: &mut Link,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let outcome = if self.sql.returning.is_empty() {
            link.atomically(|link| self.write_and_find::<M, E>(link.ready()?, engine))
        } else {
            self.at_once::<M, E>(link.ready()?, engine)
        };
        match (outcome, link.depth()) {
            (Err(error), 0) if error.is_about_a_row() => self.insert_first::<M, E>(link, engine),
            (Err(error), _) if error.is_about_a_row() => {
                link.atomically(|link| self.look_first::<M, E>(link.ready()?, engine))
            }
            (outcome, _) => outcome,
        }
    }

    fn write_and_find<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let dialect = physical.dialect();
        let given = (self.values.columns(), &self.given);
        let text = self.sql.upsert_text(dialect, self.unique, given);
        physical.execute(&text, &mut |params| self.values.write(params))?;
        let unique: ColumnSet = self.unique.iter().copied().collect();
        let find = self.sql.select_text(dialect, &unique, None);
        read_one::<M, E>(physical, engine, &find, &mut |params| {
            self.values.write_some(&unique, params)
        })
    }

    /// Inserts first, where nothing is locked yet: looking first would lock the gap where the row is to be, and two programs that do so
    /// refuse each other's insert.
    #[track_caller]
    fn insert_first<M: Model, E: Engine>(
        &self,
        link: &mut Link,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let mut may_be_gone = true;
        loop {
            let taken = match self.insert_alone::<M, E>(link, engine) {
                Err(error) if is_unique_violation(&error) => error,
                outcome => return outcome,
            };
            let found = link.atomically(|link| self.change::<M, E>(link.ready()?, engine))?;
            if found.is_some() {
                return Ok(found);
            }
            // Another key is in the way, or the row was deleted in between.
            if !std::mem::take(&mut may_be_gone) {
                return Err(taken);
            }
        }
    }

    /// Nobody changes the row between the insert and its reading.
    #[track_caller]
    pub(super) fn insert_alone<M: Model, E: Engine>(
        &self,
        link: &mut Link,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let insert = |link: &mut Link| self.values.insert::<M, E>(link.ready()?, engine);
        if self.sql.returning.is_empty() {
            link.atomically(insert)
        } else {
            insert(link)
        }
    }

    /// Within a transaction, where a failed insert would leave a lock that others wait for.
    fn look_first<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        match self.change::<M, E>(physical, engine)? {
            Some(row) => Ok(Some(row)),
            None => self.values.insert::<M, E>(physical, engine),
        }
    }

    /// Locks the row that has the unique key, changes it and reads it again. Nothing where there is none.
    fn change<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let unique: ColumnSet = self.unique.iter().copied().collect();
        let select = self.sql.select_sql(physical.dialect(), unique.iter());
        let find = |physical: &mut Physical, text: &str| {
            read_one::<M, E>(physical, engine, text, &mut |params| {
                self.values.write_some(&unique, params)
            })
        };
        let found = find(physical, &format!("{select} FOR UPDATE"))?;
        let changed = self.changed();
        let is_touched = !self.sql.touch.is_empty();
        if found.is_none() || (changed.is_empty() && !is_touched) {
            return Ok(found);
        }
        let update = self
            .sql
            .update_sql(physical.dialect(), &changed, unique.iter());
        physical.execute(&update, &mut |params| {
            self.values.write_some(&changed, params);
            self.values.write_some(&unique, params);
        })?;
        find(physical, &select)
    }
}
