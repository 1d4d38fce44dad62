//! The types and the nullability of the statements of the cases: what PostgreSQL describes, and what comes in of tables whose rows
//! provoke NULL.

use super::queries::query;
use super::random::Random;
use super::server::{Described, Server};
use super::values::literal;
use super::worlds::{emptying, worlds};
use super::{Results, Settings, schema, schema_model, statements};
use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::Dialect;
use crate::model::Model;
use crate::syntax::Parameter;
use crate::typing::postgres::PgType;
use crate::typing::tests::check_statement;
use crate::typing::{Checked, CheckedColumn};

/// Runs of each statement in each world, with other values each.
const ROUNDS: usize = 2;

struct Measured<'a> {
    model: &'a Model,
    dialect: Dialect,
    results: Results,
    columns: usize,
    parameters: usize,
    runs: usize,
    wrong: usize,
    unsound: usize,
}

fn measure(dialect: Dialect) {
    let settings = Settings::read();
    let Some(mut server) = Server::of(dialect, &schema(dialect)) else {
        return;
    };
    let model = schema_model(dialect);
    let mut random = Random(settings.seed);
    let worlds = worlds(
        &model,
        dialect,
        settings.count.map_or(4, |count| 4 + count / 250),
        &mut random,
    );
    let mut texts = statements(dialect, &settings);
    let of_cases = texts.len();
    let count = settings.count.map_or(40, |count| count / 20);
    texts.extend((0..count).map(|_| query(dialect, &mut random)));
    let mut measured = Measured {
        model: &model,
        dialect,
        results: Results::new("types and nulls", dialect, &settings),
        columns: 0,
        parameters: 0,
        runs: 0,
        wrong: 0,
        unsound: 0,
    };
    let mut typed = Vec::new();
    for text in &texts {
        match check_statement(&model, text, dialect) {
            Ok(checked) => typed.push((text.as_str(), checked)),
            Err(why) => {
                let line = format!("refused: {text}\n    {}", why.join("; "));
                measured.results.findings.push(line);
            }
        }
    }
    for (text, checked) in &typed {
        measured.described(text, checked, &mut server);
    }
    let mut ran = vec![false; typed.len()];
    let mut last = vec![String::new(); typed.len()];
    for world in &worlds {
        for statement in emptying(&model, dialect).iter().chain(&world.script) {
            let done = server.run(statement);
            done.unwrap_or_else(|why| panic!("{statement}: {}", why.message));
        }
        for attempt in &world.attempts {
            // Refused, where the schema is as the compiler has it.
            let _ = server.run(attempt);
        }
        for (at, (text, checked)) in typed.iter().enumerate() {
            for _ in 0..if checked.parameters.is_empty() {
                1
            } else {
                ROUNDS
            } {
                match measured.run(text, checked, &world.name, &mut server, &mut random) {
                    Ok(()) => ran[at] = true,
                    Err(why) => last[at] = why,
                }
            }
        }
    }
    let Measured {
        mut results,
        columns,
        parameters,
        runs,
        wrong,
        unsound,
        ..
    } = measured;
    let never = ran.iter().filter(|ran| !**ran).count();
    for (at, (text, _)) in typed.iter().enumerate().filter(|(at, _)| !ran[*at]) {
        let line = format!("runs in no world: {text}\n    {}", last[at]);
        results.findings.push(line);
    }
    results.number("version", server.version());
    results.number("statements of the cases", of_cases);
    results.number("random queries", count);
    results.share("not typed", texts.len() - typed.len(), texts.len(), 5.0);
    results.number("columns", columns);
    results.number("parameters", parameters);
    results.number("worlds", worlds.len());
    results.number("runs", runs);
    results.share("statements that run in no world", never, typed.len(), 0.0);
    results.share(
        "columns and parameters of another type",
        wrong,
        columns + parameters,
        0.0,
    );
    results.share(
        "columns that are NULL and said not to be",
        unsound,
        columns,
        0.0,
    );
    results.conclude(&settings);
}

impl Measured<'_> {
    /// Compares what the server describes.
    fn described(&mut self, text: &str, checked: &Checked, server: &mut Server) {
        let (mut sql, parameters) = prepared(text, checked, self.dialect);
        if self.dialect == Dialect::Mysql {
            // MariaDB types what is computed of a parameter once it has a value.
            sql = self.bound(text, checked, server, &mut Random(1));
        }
        let found = match server.describe(&sql) {
            Ok(found) => found,
            Err(why) => {
                self.wrong += 1;
                let line = format!("the server refuses: {sql}\n    {}", why.message);
                return self.results.findings.push(line);
            }
        };
        self.columns += checked.columns.len();
        self.parameters += parameters.len();
        // MariaDB says nothing of what INSERT and DELETE return.
        let says_none = self.dialect == Dialect::Mysql && found.0.is_empty();
        if found.0.len() != checked.columns.len() && !says_none {
            self.wrong += 1;
            let line = format!("{} columns: {sql}", found.0.len());
            self.results.findings.push(line);
        }
        for (own, theirs) in checked.columns.iter().zip(&found.0) {
            // SQLite promises no names but those of `AS`.
            let is_free = self.dialect == Dialect::Sqlite;
            let named = own
                .name
                .as_ref()
                .is_none_or(|name| is_free || *name == theirs.name);
            if !named || !self.is_type(own, theirs) {
                self.wrong += 1;
                let name = own.name.as_deref().unwrap_or("-");
                let line = format!(
                    "{name} {} is {} {} on the server: {sql}",
                    own.sql_type, theirs.name, theirs.type_name
                );
                self.results.findings.push(line);
            }
        }
        if self.dialect == Dialect::Postgres {
            for (own, theirs) in parameters.iter().zip(&found.1) {
                if !self.is_parameter(own.0, own.1, theirs) {
                    self.wrong += 1;
                    let line = format!(
                        "a parameter {:?} is {} on the server: {sql}",
                        own.0, theirs.type_name
                    );
                    self.results.findings.push(line);
                }
            }
        }
    }

    fn is_type(&self, own: &CheckedColumn, theirs: &Described) -> bool {
        match self.dialect {
            Dialect::Sqlite => true,
            Dialect::Mysql => is_class(&own.column_type, &theirs.type_name),
            Dialect::Postgres => {
                let known = PgType::of_catalogue(&theirs.type_name);
                let own_type = PgType::named(&own.sql_type);
                own.sql_type == theirs.type_name
                    || (own_type.is_some() && own_type == known)
                    || own
                        .sql_type
                        .strip_suffix("[]")
                        .is_some_and(|element| theirs.type_name.strip_prefix('_') == Some(element))
            }
        }
    }

    fn is_parameter(&self, own: &ColumnType, is_list: bool, theirs: &Described) -> bool {
        let name = &theirs.type_name;
        let name = if is_list {
            name.trim_start_matches('_')
        } else {
            name
        };
        if let ColumnType::Enum(id) = own {
            return self.model.enum_type(*id).name == *name;
        }
        let known = PgType::of_catalogue(name).and_then(PgType::to_column);
        known.is_some_and(|(known, _, _)| known.facts().rust.path == own.facts().rust.path)
    }

    /// Runs a statement once and looks at what comes in; the error says why it does not run.
    fn run(
        &mut self,
        text: &str,
        checked: &Checked,
        world: &str,
        server: &mut Server,
        random: &mut Random,
    ) -> Result<(), String> {
        let sql = self.bound(text, checked, server, random);
        let is_write = !starts_as_query(text);
        if is_write {
            server.run("BEGIN").map_err(|why| why.message)?;
        }
        let rows = server.rows(&sql);
        if is_write {
            server.run("ROLLBACK").map_err(|why| why.message)?;
        }
        let rows = rows.map_err(|why| format!("{}: {sql}", why.message))?;
        self.runs += 1;
        let mut findings = Vec::new();
        for (at, column) in checked.columns.iter().enumerate() {
            let values = || rows.iter().filter_map(|row| row.get(at));
            let name = column.name.as_deref().unwrap_or("-");
            if !column.nullable && values().any(Option::is_none) {
                self.unsound += 1;
                findings.push(format!("{name} is NULL ({world}): {sql}"));
            }
            if let ColumnType::Array(_) = column.column_type
                && values().flatten().any(|array| has_null(array))
            {
                self.unsound += 1;
                findings.push(format!("{name} has NULL within ({world}): {sql}"));
            }
            if self.dialect == Dialect::Sqlite
                && let Some(odd) = values().flatten().find(|one| !is_stored(column, one))
            {
                self.wrong += 1;
                findings.push(format!(
                    "{name} {} is {odd} ({world}): {sql}",
                    column.sql_type
                ));
            }
        }
        for finding in findings {
            let same = finding.split(" (").next().unwrap_or_default().to_owned();
            let known = |one: &String| one.starts_with(&same) && one.contains(text);
            if !self.results.findings.iter().any(known) {
                self.results
                    .findings
                    .push(format!("{finding}\n    of {text}"));
            }
        }
        Ok(())
    }

    /// The statement with values in place of its parameters.
    fn bound(
        &self,
        text: &str,
        checked: &Checked,
        server: &mut Server,
        random: &mut Random,
    ) -> String {
        let (sql, parameters) = prepared(text, checked, self.dialect);
        let types = match (self.dialect, parameters.is_empty()) {
            (Dialect::Postgres, false) => server.describe(&sql).map(|both| both.1),
            _ => Ok(Vec::new()),
        };
        let types = types.unwrap_or_default();
        let values: Vec<String> = parameters
            .iter()
            .enumerate()
            .map(|(at, (column_type, is_list, nullable))| {
                let mut one = || literal(self.model, column_type, self.dialect, random);
                let value = match (self.dialect, is_list) {
                    (Dialect::Postgres, true) => format!("ARRAY[{}, {}]", one(), one()),
                    (_, true) => format!("{}, {}", one(), one()),
                    (_, false) => one(),
                };
                let is_null = *nullable && random.percent(25);
                let value = if is_null { "NULL".to_owned() } else { value };
                match types.get(at) {
                    Some(one) => format!("CAST({value} AS \"{}\")", one.type_name),
                    None => value,
                }
            })
            .collect();
        written(text, checked, self.dialect, |at| values[at].clone())
    }
}

pub(super) fn starts_as_query(text: &str) -> bool {
    let upper = text.to_uppercase();
    let writes = [
        "INSERT",
        "UPDATE",
        "DELETE",
        "REPLACE",
        "FOR UPDATE",
        "FOR SHARE",
    ];
    !writes.iter().any(|word| upper.contains(word))
}

/// A parameter's type, whether it is a list, and whether it takes NULL.
type Wanted<'c> = (&'c ColumnType, bool, bool);

/// The statement with the placeholders of its dialect, and their types in order.
fn prepared<'c>(text: &str, checked: &'c Checked, dialect: Dialect) -> (String, Vec<Wanted<'c>>) {
    let order = order(checked, dialect);
    let count = order.iter().max().map_or(0, |last| last + 1);
    let parameters = (0..count).map(|number| {
        let at = order
            .iter()
            .position(|one| *one == number)
            .unwrap_or_default();
        let found = &checked.parameters[at];
        let nullable = (checked.parameters.iter().zip(&order))
            .filter(|(_, one)| **one == number)
            .all(|(one, _)| one.nullable);
        (&found.column_type, found.list.is_some(), nullable)
    });
    let parameters = parameters.collect();
    let sql = written(text, checked, dialect, |at| match dialect {
        Dialect::Postgres => format!("${}", at + 1),
        Dialect::Sqlite => format!("?{}", at + 1),
        Dialect::Mysql => "?".to_owned(),
    });
    (sql, parameters)
}

/// The number of the parameter at each place.
fn order(checked: &Checked, dialect: Dialect) -> Vec<usize> {
    let mut known: Vec<&Parameter> = Vec::new();
    let mut numbers = Vec::new();
    for found in &checked.parameters {
        let is_own = found.parameter == Parameter::Next || dialect == Dialect::Mysql;
        let at = known.iter().position(|one| **one == found.parameter);
        match at.filter(|_| !is_own) {
            Some(at) => numbers.push(at),
            None => {
                known.push(&found.parameter);
                numbers.push(known.len() - 1);
            }
        }
    }
    numbers
}

/// The statement with other texts in place of its parameters.
fn written(
    text: &str,
    checked: &Checked,
    dialect: Dialect,
    placeholder: impl Fn(usize) -> String,
) -> String {
    let mut sql = String::new();
    let mut start = 0;
    for (found, number) in checked.parameters.iter().zip(order(checked, dialect)) {
        let place = found.list.map_or(found.span, |list| list.operator);
        sql.push_str(&text[start..place.start as usize]);
        start = found.span.end as usize;
        let value = placeholder(number);
        let (before, after) = match (found.list, dialect) {
            (None, _) => ("", ""),
            (Some(list), Dialect::Postgres) if list.negated => ("<> ALL (", ")"),
            (Some(_), Dialect::Postgres) => ("= ANY (", ")"),
            (Some(list), _) if list.negated => ("NOT IN (", ")"),
            (Some(_), _) => ("IN (", ")"),
        };
        sql.push_str(&format!("{before}{value}{after}"));
    }
    sql.push_str(&text[start..]);
    sql
}

/// Whether MySQL's class of a column is that of its type here.
fn is_class(own: &ColumnType, theirs: &str) -> bool {
    match own.class() {
        TypeClass::Boolean => matches!(theirs, "integer"),
        TypeClass::Integer(integer) if !integer.signed => theirs == "unsigned",
        TypeClass::Integer(_) => theirs == "integer",
        TypeClass::Float { .. } => theirs == "double",
        TypeClass::Decimal => theirs == "decimal",
        TypeClass::Bytes => theirs == "bytes",
        TypeClass::Date => theirs == "date",
        TypeClass::Time => theirs == "time",
        TypeClass::DateTime | TypeClass::Timestamp => theirs == "datetime",
        TypeClass::Year => theirs == "year",
        TypeClass::Bit => theirs == "bit",
        TypeClass::Text | TypeClass::Json | TypeClass::Enum | TypeClass::Set | TypeClass::Uuid => {
            theirs == "text"
        }
        TypeClass::Interval | TypeClass::Any | TypeClass::Array => false,
    }
}

/// Whether NULL is among the elements of an array of PostgreSQL, in its text form.
fn has_null(array: &str) -> bool {
    let mut elements = array.split(['{', ',', '}']);
    elements.any(|element| element == "NULL")
}

/// Whether SQLite stores such a value for a column of this type.
fn is_stored(column: &CheckedColumn, value: &str) -> bool {
    let stored = value.split(':').next().unwrap_or_default();
    match column.column_type.class() {
        TypeClass::Boolean | TypeClass::Integer(_) | TypeClass::Year | TypeClass::Bit => {
            stored == "integer"
        }
        TypeClass::Float { .. } => matches!(stored, "real" | "integer"),
        TypeClass::Decimal => matches!(stored, "real" | "integer" | "text"),
        TypeClass::Text | TypeClass::Enum | TypeClass::Uuid | TypeClass::Json => stored == "text",
        TypeClass::Bytes => stored == "blob",
        TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp => {
            stored == "text"
        }
        TypeClass::Any | TypeClass::Interval | TypeClass::Set | TypeClass::Array => true,
    }
}

/// SQL-05, SQL-06, SQL-07.
///
/// Covers SQL-05, SQL-06, SQL-07 on SQLite.
#[test]
fn sql_05_sql_06_sql_07_values_are_what_is_said_of_them_on_sqlite() {
    measure(Dialect::Sqlite);
}

/// SQL-05, SQL-06, SQL-07.
///
/// Covers SQL-05, SQL-06, SQL-07 on PostgreSQL.
#[test]
fn sql_05_sql_06_sql_07_values_are_what_is_said_of_them_on_postgres() {
    measure(Dialect::Postgres);
}

/// SQL-05, SQL-06, SQL-07.
///
/// Covers SQL-05, SQL-06, SQL-07 on MariaDB.
#[test]
fn sql_05_sql_06_sql_07_values_are_what_is_said_of_them_on_mysql() {
    measure(Dialect::Mysql);
}
