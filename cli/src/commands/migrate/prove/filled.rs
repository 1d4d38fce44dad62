//! The scratch database as one that rows are put into.

use std::collections::BTreeSet;

use bindery::{Connection, Engine as _, Sql};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::Structure;
use bindery_schema::model::Engine;

use super::rows::{Filled, Rows};
use crate::comparison::unreadable;
use crate::database::{Chosen, Engines, failure};
use crate::failure::Failure;

impl Filled for Connection<Chosen> {
    type Error = Failure;

    fn dialect(&self) -> Dialect {
        Connection::dialect(self)
    }

    fn count(&mut self, sql: String) -> Result<u64, Failure> {
        let counted = self.query_scalar::<i64>(Sql::assembled(sql), ());
        let counted = counted.map_err(|error| failure(&error))?;
        Ok(counted.unsigned_abs())
    }

    fn insert(&mut self, sql: String, values: Vec<String>) -> Result<(), String> {
        let done = match Connection::dialect(self) {
            Dialect::Mysql => self.execute_batch(Sql::assembled(sql)),
            Dialect::Sqlite | Dialect::Postgres => {
                self.execute(Sql::assembled(sql), values).map(drop)
            }
        };
        done.map_err(|error| {
            let engine = self.engine().name();
            failure(&error).without_engine(engine).message()
        })
    }
}

/// Puts rows into the tables that the scratch database has.
pub(super) fn fill(rows: &mut Rows, engines: &Engines, engine: &Engine) -> Result<(), Failure> {
    let catalogue = engines.catalogue(0, &|_| ())?;
    let text = catalogue.statements(&BTreeSet::new());
    let structure = Structure::read(&text, engine.dialect, engine.flavour);
    let structure = structure.map_err(|why| unreadable(&why))?;
    let connection = engines.registry.connect(engines.chosen(0));
    let mut connection = connection.map_err(|error| failure(&error))?;
    rows.fill(&structure, &mut connection)
}
