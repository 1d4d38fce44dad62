//! Insert or update, decided by one unique key only. A conflict on any other is an error and changes nothing.

use super::insert::{Values, inserted, read_returned};
use super::read::read_one;
use super::{Repository, ensure};
use crate::Dialect;
use crate::driver::{ParamWriter, Physical};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::lives_on::Hosts;
use crate::model::{ColumnSet, ColumnSource, Model};
use crate::statements::{TableSql, UniqueSql};

impl<M: Model, E: Hosts<M>> Repository<'_, M, E> {
    /// Inserts a row, or gives the row with the same values in the unique key of this number the columns that `new`
    /// gives; the others stay. For `upsert_by_…` of generated code.
    ///
    /// # Errors
    /// `new` leaves out a column of the unique key, another constraint is violated, a key in it is of another engine, or
    /// the database fails.
    #[doc(hidden)]
    pub fn upsert_by(&mut self, unique: usize, new: M::New<E>) -> Result<M::Inserted<E>> {
        self.run_on_link(Operation::Upsert, |link, sql, engine| {
            ensure(M::new_belongs_to(&new, engine))?;
            let write = |params: &mut ParamWriter<'_>| new.write(params);
            let upsert = Upsert {
                sql,
                unique: &sql.uniques[unique],
                values: Values::new(new.columns(), &write),
            };
            upsert.check_given()?;
            let row = match link.ready()?.dialect() {
                Dialect::Sqlite | Dialect::Postgres => {
                    upsert.at_once::<M, E>(link.ready()?, engine)
                }
                Dialect::Mysql => {
                    link.atomically(|link| upsert.in_steps::<M, E>(link.ready()?, engine))
                }
            };
            inserted::<M, E>(row)
        })
    }
}

struct Upsert<'v> {
    sql: &'static TableSql,
    unique: &'static UniqueSql,
    values: Values<'v>,
}

impl Upsert<'_> {
    fn check_given(&self) -> Result<()> {
        let given = self.values.columns();
        if self
            .unique
            .columns
            .iter()
            .all(|&column| given.contains(column))
        {
            return Ok(());
        }
        let why = "an upsert needs a value for every column of the unique key it goes by";
        Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())))
    }

    /// Columns that an existing row gets.
    fn changed(&self) -> ColumnSet {
        let given = self.values.columns().iter();
        given
            .filter(|column| !self.unique.columns.contains(column))
            .collect()
    }

    fn at_once<M: Model, E: Hosts<M>>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let columns = self.values.columns();
        let dialect = physical.dialect();
        let mut text = self.sql.insert_sql(dialect, columns, 1, false);
        text += &self
            .sql
            .do_update_sql(dialect, self.unique.columns, &self.changed());
        text += self.sql.returning;
        read_returned::<M, E>(physical, engine, &text, &mut |params| {
            self.values.write(params)
        })
    }

    /// `ON DUPLICATE KEY UPDATE` would take whichever unique key is in the way, so the row is looked for and locked.
    fn in_steps<M: Model, E: Hosts<M>>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let unique: ColumnSet = self.unique.columns.iter().copied().collect();
        let select = self.sql.select_sql(physical.dialect(), unique.iter());
        let locking = format!("{select} FOR UPDATE");
        let find = |physical: &mut Physical, text: &str| {
            read_one::<M, E>(physical, engine, text, &mut |params| {
                self.values.write_some(&unique, params)
            })
        };
        let found = find(physical, &locking)?;
        if found.is_none() {
            return self.values.insert::<M, E>(physical, self.sql, engine);
        }
        let changed = self.changed();
        if changed.is_empty() {
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
