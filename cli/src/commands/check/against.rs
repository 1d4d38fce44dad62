//! The queries of files held against the databases of engines, which prepare them and do not run them.

use std::collections::BTreeMap;

use bindery::__private::{DescribedColumn, StatementDescription, describe};
use bindery::{Connection, Sql};
use bindery_schema::column_type::ColumnType;
use bindery_schema::dialect::Dialect;
use bindery_schema::dialect::computed_type;
use bindery_schema::model::{Column, EngineId, Query, QueryText};

use crate::at_once::at_once;
use crate::database::{Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::EngineOptions;
use crate::output::Output;
use crate::project::{Compiled, Project};
use crate::report::summary::AgainstEngine;
use crate::text::count;

/// The engines that are named; they are known to the configuration.
pub(super) fn engines(project: &Project, named: &[String]) -> Result<Vec<EngineId>, Failure> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let options = EngineOptions {
        engine: named.to_vec(),
        all: false,
    };
    project.choose(&options, Purpose::Harmless)
}

/// Has each engine prepare the queries that run on it. A schema with errors has none.
pub(super) fn compare(
    compiled: &Compiled,
    chosen: &[EngineId],
) -> Result<Vec<AgainstEngine>, Failure> {
    let model = compiled.checked.as_ref();
    let Some(model) = model.filter(|_| !chosen.is_empty()) else {
        return Ok(Vec::new());
    };
    let engines = Engines::with_schema(&compiled.project, chosen, Some(model))?;
    Ok(at_once(chosen, |index, id| {
        of_engine(&engines, index, compiled, *id)
    }))
}

fn of_engine(engines: &Engines, index: usize, compiled: &Compiled, id: EngineId) -> AgainstEngine {
    let (model, sources) = (&compiled.model, &compiled.project.input.sources);
    let engine = model.engine(id);
    let mut found = AgainstEngine {
        engine: engine.name.clone(),
        queries: 0,
        differences: BTreeMap::new(),
        error: None,
    };
    let mut connection = match engines.registry.connect(engines.chosen(index)) {
        Ok(connection) => connection,
        Err(error) => {
            found.error = Some(error.to_string());
            return found;
        }
    };
    let mut server = Server {
        connection: &mut connection,
        dialect: engine.dialect,
    };
    let queries = model.queries.iter();
    for query in queries.filter(|query| query.engines.contains(&id)) {
        match server.differences_of(query) {
            Err(error) => {
                found.error = Some(error.to_string());
                break;
            }
            Ok(differences) if differences.is_empty() => {}
            Ok(differences) => {
                let place = sources.file(query.span.file).place(query.span.start);
                let query = format!("{place}: `{}`", query.function);
                found.differences.insert(query, differences);
            }
        }
        found.queries += 1;
    }
    found
}

/// The failure where a database sees a query otherwise, or cannot be reached.
pub(super) fn outcome(compared: &[AgainstEngine], output: &Output) -> Result<(), Failure> {
    for one in compared {
        for (query, differences) in &one.differences {
            for difference in differences {
                output.failure(&Failure::new(format!(
                    "engine `{}`: {query}: {difference}",
                    one.engine
                )));
            }
        }
        if let Some(error) = &one.error {
            output.failure(&Failure::new(error.clone()));
        }
    }
    if compared.iter().all(AgainstEngine::is_ok) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

/// The database that a query is held against.
struct Server<'c> {
    connection: &'c mut Connection<Chosen>,
    dialect: Dialect,
}

impl Server<'_> {
    /// Has the database prepare each text of a query, one for each combination of the parts that may be left out: what it says otherwise
    /// of the first that it sees otherwise.
    ///
    /// # Errors
    /// The database does not answer, so it would not answer the next one.
    fn differences_of(&mut self, query: &Query) -> bindery::Result<Vec<String>> {
        let dialect = self.dialect;
        let texts = query.texts.iter();
        for text in texts.filter(|text| text.dialect == dialect) {
            let described = describe(self.connection, Sql::assembled(text.sql.clone()));
            let found = match described {
                Ok(described) => self.differences(query, text, &described)?,
                Err(error) if is_silent(&error) => return Err(error),
                Err(error) => vec![refused(&error)],
            };
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The differences from what the database says, in words that follow the query's name.
    fn differences(
        &mut self,
        query: &Query,
        text: &QueryText,
        described: &StatementDescription,
    ) -> bindery::Result<Vec<String>> {
        let mut found = Vec::new();
        let (takes, given) = (described.parameters.len(), text.arguments.len());
        if takes != given {
            found.push(format!(
                "the database takes {}, and {} bound",
                count(takes, "value"),
                if given == 1 {
                    "1 is".to_owned()
                } else {
                    format!("{given} are")
                }
            ));
        } else if self.dialect == Dialect::Postgres {
            found.extend(self.parameters(query, text, described)?);
        }
        if query.kind.reads_rows() {
            found.extend(self.columns(query, described)?);
        }
        Ok(found)
    }

    fn columns(
        &mut self,
        query: &Query,
        described: &StatementDescription,
    ) -> bindery::Result<Vec<String>> {
        // MariaDB describes the columns of a query alone, and none of `RETURNING`.
        if self.dialect == Dialect::Mysql && described.columns.is_empty() {
            return Ok(Vec::new());
        }
        let names = |columns: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            let mut names: Vec<String> = columns.map(|name| format!("`{name}`")).collect();
            if query.by_name {
                names.sort();
            }
            names
        };
        let here = names(&mut query.columns.iter().map(|column| column.name.as_str()));
        let there = names(&mut described.columns.iter().map(|column| column.name.as_str()));
        if here != there {
            let (here, there) = (here.join(", "), there.join(", "));
            return Ok(vec![format!(
                "the database gives the columns {there}, and the schema says {here}"
            )]);
        }
        let mut found = Vec::new();
        for (at, column) in query.columns.iter().enumerate() {
            let mut same = described.columns.iter();
            let other = if query.by_name {
                same.find(|other| other.name == column.name)
            } else {
                same.nth(at)
            };
            if let Some(other) = other {
                found.extend(self.column(column, other)?);
            }
        }
        Ok(found)
    }

    /// The type of a column, where the database says another.
    fn column(
        &mut self,
        column: &Column,
        described: &DescribedColumn,
    ) -> bindery::Result<Option<String>> {
        // A domain is described as what it is of, which may be a domain itself.
        const SQL: &str = "WITH RECURSIVE named(oid, base) AS (\
             SELECT oid, typbasetype FROM pg_type WHERE oid = to_regtype($1) \
             UNION ALL SELECT t.oid, t.typbasetype FROM named JOIN pg_type t ON t.oid = named.base) \
             SELECT oid::bigint FROM named WHERE base = 0";
        let Some((number, name)) = &described.column_type else {
            return Ok(None);
        };
        let here = (column.sql_type.as_str(),);
        let found: Option<i64> = self.connection.query_optional(Sql::assembled(SQL), here)?;
        Ok((found != Some(i64::from(*number))).then(|| {
            format!(
                "the database gives the column `{}` the type {name}, and the schema says {}",
                column.name, column.sql_type
            )
        }))
    }

    fn parameters(
        &mut self,
        query: &Query,
        text: &QueryText,
        described: &StatementDescription,
    ) -> bindery::Result<Vec<String>> {
        const SQL: &str = "SELECT format_type($1::bigint::oid, NULL)";
        let mut found = Vec::new();
        for (argument, number) in text.arguments.iter().zip(&described.parameters) {
            let Some(number) = number else { continue };
            let parameter = &query.parameters[*argument];
            let name: String = {
                let number = (i64::from(*number),);
                self.connection.query_scalar(Sql::assembled(SQL), number)?
            };
            if !takes(&name, &parameter.column_type, parameter.is_list) {
                found.push(format!(
                    "the database takes {name} for `{}`, and the schema says {}",
                    parameter.name,
                    computed_type(Dialect::Postgres, &parameter.column_type)
                ));
            }
        }
        Ok(found)
    }
}

/// The words of the database, or of the error where it said none.
fn refused(error: &bindery::Error) -> String {
    let said = error.server_message();
    let said = said.map_or_else(|| error.to_string(), ToOwned::to_owned);
    format!("the database refuses it: {said}")
}

/// Whether the database gave no answer at all.
fn is_silent(error: &bindery::Error) -> bool {
    error.is_connection_lost() || error.is_timeout() || error.is_unavailable()
}

/// Whether values of this type are sent as one of PostgreSQL's type of this name.
fn takes(name: &str, column_type: &ColumnType, is_list: bool) -> bool {
    if let Some(element) = name.strip_suffix("[]") {
        return match column_type {
            ColumnType::Array(of) => takes(element, of, false),
            of => is_list && takes(element, of, false),
        };
    }
    match column_type {
        ColumnType::Bool => name == "boolean",
        ColumnType::I8 | ColumnType::I16 | ColumnType::U8 => name == "smallint",
        ColumnType::I24 | ColumnType::I32 | ColumnType::U16 | ColumnType::U24 => name == "integer",
        ColumnType::I64 => name == "bigint",
        ColumnType::F32 => name == "real",
        ColumnType::F64 => name == "double precision",
        ColumnType::Decimal(_) => name == "numeric",
        ColumnType::Blob(_) => name == "bytea",
        ColumnType::Date => name == "date",
        ColumnType::Time(_) => name.starts_with("time without"),
        ColumnType::DateTime(_) => name.starts_with("timestamp without"),
        ColumnType::Timestamp(_) => name.starts_with("timestamp with "),
        ColumnType::Interval => name == "interval",
        ColumnType::Uuid => name == "uuid",
        ColumnType::Json { binary } => name == if *binary { "jsonb" } else { "json" },
        ColumnType::Array(_) => false,
        // Texts stand for all that has no type of Rust, and enums are named by the schema.
        _ => true,
    }
}
