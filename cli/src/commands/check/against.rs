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
    for query in model
        .queries
        .iter()
        .filter(|query| query.engines.contains(&id))
    {
        found.queries += 1;
        let mut server = Server {
            connection: &mut connection,
            dialect: engine.dialect,
        };
        // One for each combination of the parts that may be left out.
        let texts = query.texts.iter();
        let mut texts = texts.filter(|text| text.dialect == engine.dialect);
        let differences = texts.find_map(|text| server.differences_of(query, text));
        if let Some(differences) = differences {
            let place = sources.file(query.span.file).place(query.span.start);
            let query = format!("{place}: `{}`", query.function);
            found.differences.insert(query, differences);
        }
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
            output.failure(&Failure::new(format!("engine `{}`: {error}", one.engine)));
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
    /// Has the database prepare a text; `None` where it sees it as the build does.
    fn differences_of(&mut self, query: &Query, text: &QueryText) -> Option<Vec<String>> {
        let found = match describe(self.connection, Sql::assembled(text.sql.clone())) {
            Ok(described) => self.differences(query, text, &described),
            Err(error) => Ok(vec![format!("the database refuses it: {error}")]),
        };
        let found = found.unwrap_or_else(|error| vec![error.to_string()]);
        (!found.is_empty()).then_some(found)
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
