//! Rows for every table: ordinary ones, extreme ones, and such as a constraint forbids. Each goes to all engines of its
//! table, which must agree about whether they take it, and give what they took back equal.

use std::collections::BTreeMap;
use std::str::FromStr;

use bindery::Connection;
use bindery::types::{BigDecimal, DateTime, Interval, JsonValue, NaiveDate, NaiveTime, Uuid};
use bindery_schema::column_type::{ColumnType, DecimalSize};
use bindery_schema::model::{
    Column, ColumnId, Default, DefaultValue, EngineId, Generated, Model, Table, TableId,
};
use bindery_schema::plan::create_statements;
use bindery_schema::plan::statements::{is_required, is_writable, row_columns};

use super::program::{Bound, ENGINES, Given, Shape, Which, rows_of};
use super::value::Value;

/// Rows tried for each table.
const ROWS: usize = 14;

/// How far the engines agree.
#[derive(Default)]
pub(super) struct Tried {
    /// Rows that all engines of their table took and gave back equal.
    pub(super) taken: usize,
    /// Rows that all refused.
    pub(super) refused: usize,
    /// Tables that took no row at all.
    pub(super) empty: Vec<String>,
    pub(super) differences: Vec<String>,
}

/// Rows that are stored, by table.
type Stored = BTreeMap<TableId, Vec<Vec<Value>>>;

/// Tries rows of every table, referred ones first.
pub(super) fn try_all(bound: &Bound) -> Tried {
    let mut tried = Tried::default();
    let mut stored = Stored::new();
    let mut connections = match bound.connect() {
        Ok(connections) => connections,
        Err(error) => {
            tried.differences.push(error.to_string());
            return tried;
        }
    };
    // Views are read only.
    let made = create_statements(&bound.model, EngineId(2));
    let tables = made
        .into_iter()
        .filter_map(|made| made.table)
        .filter(|id| bound.model.table(*id).view.is_none());
    for id in tables {
        let table = Trial {
            bound,
            id,
            shape: bound.shape(id),
            stored: &stored,
        };
        let kept = table.run(&mut connections, &mut tried);
        stored.insert(id, kept);
    }
    tried
}

struct Trial<'t> {
    bound: &'t Bound,
    id: TableId,
    shape: &'static Shape,
    stored: &'t Stored,
}

impl Trial<'_> {
    fn model(&self) -> &Model {
        &self.bound.model
    }

    fn table(&self) -> &Table {
        self.bound.model.table(self.id)
    }

    fn run(&self, connections: &mut [Connection<Which>], tried: &mut Tried) -> Vec<Vec<Value>> {
        for number in 0..ROWS {
            let given = self.row(number);
            self.insert(&given, number, connections, tried);
        }
        self.compare(connections, tried)
    }

    /// One row to all engines of the table.
    fn insert(
        &self,
        given: &Given,
        number: usize,
        connections: &mut [Connection<Which>],
        tried: &mut Tried,
    ) {
        let mut outcomes = Vec::new();
        for connection in self.hosts(connections) {
            let name = ENGINES[connection.engine().0];
            let outcome = rows_of(connection, self.shape).insert(given.clone());
            outcomes.push((name, outcome));
        }
        let taken = outcomes
            .iter()
            .filter(|(_, outcome)| outcome.is_ok())
            .count();
        if taken == 0 {
            tried.refused += 1;
        } else if taken < outcomes.len() {
            let told = outcomes.iter().map(|(name, outcome)| match outcome {
                Ok(()) => format!("{name}: taken"),
                Err(error) => format!("{name}: {error}"),
            });
            let told = told.collect::<Vec<_>>().join("; ");
            let table = &self.table().name.name;
            tried.differences.push(format!(
                "{table}, row {number}: {told}\n        {}",
                short(&given.0)
            ));
        }
    }

    fn hosts<'c>(
        &'c self,
        connections: &'c mut [Connection<Which>],
    ) -> impl Iterator<Item = &'c mut Connection<Which>> {
        let hosts = |at: usize| self.table().engines.contains(&EngineId(at as u32));
        connections
            .iter_mut()
            .filter(move |connection| hosts(connection.engine().0))
    }

    /// All rows of all engines; those of the first are kept for the tables that refer to them.
    fn compare(&self, connections: &mut [Connection<Which>], tried: &mut Tried) -> Vec<Vec<Value>> {
        let mut all: Vec<(&str, Vec<Vec<Value>>)> = Vec::new();
        let name = &self.table().name.name;
        for connection in self.hosts(connections) {
            let engine = ENGINES[connection.engine().0];
            match rows_of(connection, self.shape).all() {
                Ok(mut rows) => {
                    rows.iter_mut().for_each(|row| self.forget_moments(row));
                    rows.sort_by_key(|row| format!("{row:?}"));
                    all.push((engine, rows));
                }
                Err(error) => tried
                    .differences
                    .push(format!("{name} on {engine}: {error}")),
            }
        }
        let Some((first, rows)) = all.first() else {
            return Vec::new();
        };
        for (engine, others) in &all[1..] {
            if let Some((one, other)) = rows.iter().zip(others).find(|(one, other)| one != other) {
                let (one, other) = differing(self.table(), one, other);
                tried.differences.push(format!(
                    "{name} differs\n        {first}: {one}\n        {engine}: {other}"
                ));
            } else if rows.len() == others.len() {
                continue;
            }
            return rows.clone();
        }
        if rows.is_empty() {
            tried.empty.push(name.clone());
        }
        tried.taken += rows.len();
        rows.clone()
    }

    /// Removes values that the database takes from its clock or from chance: they differ each time.
    fn forget_moments(&self, row: &mut [Value]) {
        for (value, id) in row.iter_mut().zip(row_columns(self.table())) {
            if is_by_itself(self.table().column(id)) {
                *value = Value::Null;
            }
        }
    }

    /// The values of one row; those of a foreign key are of one stored row.
    fn row(&self, number: usize) -> Given {
        let table = self.table();
        let columns = row_columns(table);
        let mut values: Vec<Option<Value>> =
            columns.iter().map(|id| self.value(*id, number)).collect();
        for key in &table.foreign_keys {
            let Some(parents) = self.stored.get(&key.table).filter(|rows| !rows.is_empty()) else {
                continue;
            };
            let parent = &parents[number % parents.len()];
            let positions = row_columns(self.model().table(key.table));
            for (own, referred) in key.columns.iter().zip(&key.referred) {
                let at = columns.iter().position(|id| id == own);
                let from = positions.iter().position(|id| id == referred);
                if let (Some(at), Some(from)) = (at, from)
                    && values[at]
                        .as_ref()
                        .is_some_and(|value| *value != Value::Null)
                {
                    values[at] = Some(parent[from].clone());
                }
            }
        }
        Given(values)
    }

    /// Row 0 has what it must have; row 1 has NULL where that may be.
    fn value(&self, id: ColumnId, number: usize) -> Option<Value> {
        let table = self.table();
        let column = table.column(id);
        if !is_writable(column)
            || (number == 0 && !is_required(self.model(), table, id) && !is_counted(column))
        {
            return None;
        }
        if column.nullable && number < 2 {
            return Some(Value::Null);
        }
        if is_counted(column) {
            return Some(integer(&column.column_type, number as i64 + 1));
        }
        let in_key = is_in_key(table, id);
        let shift = if in_key { 0 } else { id.0 as usize * 5 };
        let values = self.values(column);
        let at = number + shift;
        match values.get(if in_key { at } else { at % values.len() }) {
            Some(value) => Some(value.clone()),
            None => Some(plain(&column.column_type, number)),
        }
    }

    fn values(&self, column: &Column) -> Vec<Value> {
        if column.as_text {
            return text_forms(&column.sql_type);
        }
        match &column.column_type {
            ColumnType::Enum(id) => {
                let names = self.model().enum_type(*id).values.iter();
                let mut names: Vec<String> = names.map(|value| value.value.clone()).collect();
                names.push("no such value".to_owned());
                names.into_iter().map(Value::Text).collect()
            }
            other => of_type(other),
        }
    }
}

fn is_counted(column: &Column) -> bool {
    matches!(column.generated, Generated::Key { .. })
}

/// Has the column a default that is another one each time?
fn is_by_itself(column: &Column) -> bool {
    let moves = |default: &Default| match &default.value {
        DefaultValue::Now
        | DefaultValue::CurrentDate
        | DefaultValue::CurrentTime
        | DefaultValue::RandomUuid
        | DefaultValue::Expression(_) => true,
        DefaultValue::Null
        | DefaultValue::Bool(_)
        | DefaultValue::Number(_)
        | DefaultValue::Text(_)
        | DefaultValue::Bytes(_) => false,
    };
    column.default.as_ref().is_some_and(moves)
}

fn is_in_key(table: &Table, id: ColumnId) -> bool {
    let keys = table.primary_key.iter().map(|key| &key.columns);
    let uniques = table.uniques.iter().map(|unique| &unique.columns);
    keys.chain(uniques).any(|columns| columns.contains(&id))
}

/// Text forms that PostgreSQL gives back as they are.
fn text_forms(sql_type: &str) -> Vec<Value> {
    let text = |number: usize| match sql_type {
        "inet" => format!("2001:db8::{:x}/128", number + 1),
        "tsvector" => format!("'a':{}A 'b'", number + 1),
        _ => String::new(),
    };
    (0..ROWS).map(text).map(Value::Text).collect()
}

fn integer(column_type: &ColumnType, number: i64) -> Value {
    match column_type {
        ColumnType::I16 => Value::I16(number as i16),
        ColumnType::I32 => Value::I32(number as i32),
        _ => Value::I64(number),
    }
}

/// An ordinary value that is another one for each row.
fn plain(column_type: &ColumnType, number: usize) -> Value {
    match column_type {
        ColumnType::Char(length) | ColumnType::VarChar(Some(length)) => {
            let text = format!("{number}k");
            Value::Text(text.chars().take(*length as usize).collect())
        }
        ColumnType::VarChar(None) | ColumnType::Text(_) => Value::Text(format!("k{number}")),
        ColumnType::I16 | ColumnType::I32 | ColumnType::I64 => {
            integer(column_type, 100 + number as i64)
        }
        other => {
            let values = of_type(other);
            values[number % values.len()].clone()
        }
    }
}

fn of_type(column_type: &ColumnType) -> Vec<Value> {
    let date = |text| NaiveDate::from_str(text).expect("a date");
    let time = |text| NaiveTime::from_str(text).expect("a time");
    match column_type {
        ColumnType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        ColumnType::I16 => [1, 0, -1, i16::MIN, i16::MAX, 1901, 7]
            .map(Value::I16)
            .to_vec(),
        ColumnType::I32 => [1, 0, -1, i32::MIN, i32::MAX, 1901, 7]
            .map(Value::I32)
            .to_vec(),
        ColumnType::I64 => [1, 0, -1, i64::MIN, i64::MAX, 1901, 7]
            .map(Value::I64)
            .to_vec(),
        ColumnType::F32 => [1.5, 0.0, -0.1, f32::MIN, f32::MAX, f32::MIN_POSITIVE, 0.3]
            .map(Value::F32)
            .to_vec(),
        ColumnType::F64 => [1.5, 0.0, -0.1, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 0.3]
            .map(Value::F64)
            .to_vec(),
        ColumnType::Decimal(size) => decimals(*size),
        ColumnType::Char(length) => limited(*length),
        ColumnType::VarChar(Some(length)) => limited(*length),
        ColumnType::VarChar(None) | ColumnType::Text(_) => {
            let mut found = limited(300);
            found.push(Value::Text("ä".repeat(70_000)));
            found
        }
        ColumnType::Binary(length) | ColumnType::VarBinary(length) => {
            let most = *length as usize;
            [
                vec![],
                vec![0],
                vec![0; most],
                vec![255; most],
                vec![1; most + 1],
            ]
            .map(Value::Bytes)
            .to_vec()
        }
        ColumnType::Blob(_) => [vec![], vec![0], vec![255; 70_000]]
            .map(Value::Bytes)
            .to_vec(),
        ColumnType::Date => ["2026-11-20", "1000-01-01", "9999-12-31", "1969-12-31"]
            .map(|text| Value::Date(date(text)))
            .to_vec(),
        ColumnType::Time(_) => ["13:45:00", "00:00:00", "23:59:59"]
            .map(|text| Value::Time(time(text)))
            .to_vec(),
        ColumnType::DateTime(_) => [
            "2007-01-20",
            "1000-01-01",
            "9999-12-31",
            "2007-02-28",
            "2007-03-01",
            "2007-04-30",
            "2007-05-31",
            "2007-06-30",
        ]
        .map(|day| Value::DateTime(date(day).and_time(time("23:59:59"))))
        .to_vec(),
        ColumnType::Timestamp(_) => [0, 1_000_000_000, 253_402_300_799]
            .map(|seconds| {
                Value::Timestamp(DateTime::from_timestamp(seconds, 0).expect("a point in time"))
            })
            .to_vec(),
        ColumnType::Interval => vec![Value::Interval(Interval::default())],
        ColumnType::Uuid => [0, 1, u128::MAX]
            .map(|number| Value::Uuid(Uuid::from_u128(number)))
            .to_vec(),
        ColumnType::Json { .. } => [
            r#"{"b": [1, 2.5, null, true], "a": {"ä": "😀 \" \\"}}"#,
            "[]",
            "null",
            "\"text\"",
        ]
        .map(|text| Value::Json(JsonValue::from_str(text).expect("JSON")))
        .to_vec(),
        // Types that no schema here is written with.
        _ => vec![Value::Null],
    }
}

/// Texts up to a length and one beyond it, and pairs that some collations take for equal.
fn limited(length: u32) -> Vec<Value> {
    let most = length as usize;
    let mut found = vec![
        "b".to_owned(),
        "B".to_owned(),
        "b ".to_owned(),
        " b".to_owned(),
        "X".to_owned(),
        "é".to_owned(),
        "e\u{301}".to_owned(),
        "ss".to_owned(),
        "ß".to_owned(),
        String::new(),
        "'\"\\%_\n\t`".to_owned(),
    ];
    found.retain(|text| text.chars().count() <= most);
    found.push("😀".repeat(most));
    found.push("z".repeat(most + 1));
    found.into_iter().map(Value::Text).collect()
}

/// The largest, the smallest fraction, and one digit too many.
fn decimals(size: Option<DecimalSize>) -> Vec<Value> {
    let (precision, scale) = size.map_or((30, 10), |size| (size.precision, size.scale));
    let whole = (precision - scale) as usize;
    let largest = match (whole, scale) {
        (0, scale) => format!("0.{}", "9".repeat(scale as usize)),
        (whole, 0) => "9".repeat(whole),
        (whole, scale) => format!("{}.{}", "9".repeat(whole), "9".repeat(scale as usize)),
    };
    let smallest = BigDecimal::new(1.into(), i64::from(scale));
    let decimal = |text: &str| BigDecimal::from_str(text).expect("a decimal");
    let beyond = format!("1{}", "0".repeat(whole));
    [
        decimal("0"),
        decimal(&largest),
        decimal(&format!("-{largest}")),
        smallest,
        decimal(&beyond),
    ]
    .map(Value::Decimal)
    .to_vec()
}

/// The first column that differs.
fn differing(table: &Table, one: &[Value], other: &[Value]) -> (String, String) {
    let columns = row_columns(table);
    let at = one.iter().zip(other).position(|(one, other)| one != other);
    let at = at.unwrap_or(0);
    let name = &table.column(columns[at]).name;
    let told = |row: &[Value]| format!("{name} = {:.120}", format!("{:?}", row[at]));
    (told(one), told(other))
}

fn short(values: &[Option<Value>]) -> String {
    let one = |value: &Option<Value>| match value {
        None => "-".to_owned(),
        Some(value) => format!("{:.60}", format!("{value:?}")),
    };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}
