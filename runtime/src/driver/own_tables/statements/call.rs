//! Running a statement over bindery's own tables, which observers see as bindery's own. Each half of the runtime uses some of these.

pub(super) use super::Statement;
pub(super) use crate::driver::Physical;
pub(super) use crate::error::Result;
use crate::value::ParamWriter;
pub(super) use crate::value::RowReader;
use crate::value::types::ToColumn;
use bindery_core::dialect::Dialect;

/// The values of a statement, in the order of its placeholders.
type Values<'v> = &'v [&'v dyn ToColumn];

/// How many values of a list are in one statement: few sizes, so that few statements are prepared.
const SIZES: [usize; 4] = [1, 10, 100, 500];

impl Statement {
    pub(super) fn on(&self, physical: &Physical) -> &'static str {
        self.of(physical.dialect())
    }

    /// Over a table that is like the one it was checked against.
    pub(crate) fn over(&self, physical: &Physical, table: &str) -> String {
        self.on(physical).replace("{table}", table)
    }
}

/// The statement with placeholders for this number of values.
pub(crate) fn with_list(text: &str, count: usize) -> String {
    text.replace("{list}", &vec!["?"; count].join(", "))
}

fn write(params: &mut ParamWriter<'_>, values: Values<'_>) {
    values.iter().for_each(|value| params.push(*value));
}

/// Writes a list: on PostgreSQL an array; elsewhere as many values as the statement has places for, the last of them again and again.
pub(crate) fn write_list<T: ToColumn>(
    params: &mut ParamWriter<'_>,
    dialect: Dialect,
    list: &[T],
    size: usize,
) {
    match dialect {
        Dialect::Postgres => params.array(list.len(), &mut |elements| {
            list.iter().for_each(|value| elements.push(value));
        }),
        Dialect::Sqlite | Dialect::Mysql => {
            let filled = list.iter().chain(std::iter::repeat(&list[list.len() - 1]));
            filled.take(size).for_each(|value| params.push(value));
        }
    }
}

/// Gives how many rows were changed.
pub(super) fn execute(physical: &mut Physical, text: &str, values: Values<'_>) -> Result<u64> {
    physical.next_is_own();
    physical.execute(text, &mut |params| write(params, values))
}

/// The same with a list as the last parameter, in parts.
pub(super) fn execute_of<T: ToColumn>(
    physical: &mut Physical,
    text: &str,
    values: Values<'_>,
    list: &[T],
) -> Result<u64> {
    let mut changed = 0;
    for part in list.chunks(SIZES[SIZES.len() - 1]) {
        let size = size_for(part.len());
        let text = with_list(text, size);
        let dialect = physical.dialect();
        physical.next_is_own();
        changed += physical.execute(&text, &mut |params| {
            write(params, values);
            write_list(params, dialect, part, size);
        })?;
    }
    Ok(changed)
}

fn size_for(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(count)
}

/// All rows.
pub(super) fn rows<T>(
    physical: &mut Physical,
    text: &str,
    values: Values<'_>,
    read: fn(&mut RowReader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    physical.next_is_own();
    physical.query(text, &mut |params| write(params, values), &mut |row| {
        rows.push(read(row)?);
        Ok(true)
    })?;
    Ok(rows)
}

/// The same with a list as the last parameter; of none there are no rows.
pub(super) fn rows_of<T, V: ToColumn>(
    physical: &mut Physical,
    text: &str,
    values: Values<'_>,
    list: &[V],
    read: fn(&mut RowReader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    if list.is_empty() {
        return Ok(rows);
    }
    let (size, dialect) = (size_for(list.len()), physical.dialect());
    let write = &mut |params: &mut ParamWriter<'_>| {
        write(params, values);
        write_list(params, dialect, list, size);
    };
    physical.next_is_own();
    physical.query(&with_list(text, size), write, &mut |row| {
        rows.push(read(row)?);
        Ok(true)
    })?;
    Ok(rows)
}

/// The row, if there is one.
pub(super) fn optional<T>(
    physical: &mut Physical,
    text: &str,
    values: Values<'_>,
    read: fn(&mut RowReader<'_>) -> Result<T>,
) -> Result<Option<T>> {
    rows(physical, text, values, read).map(|rows| rows.into_iter().next())
}

/// The one row.
pub(super) fn one<T>(
    physical: &mut Physical,
    text: &str,
    values: Values<'_>,
    read: fn(&mut RowReader<'_>) -> Result<T>,
) -> Result<T> {
    let row = optional(physical, text, values, read)?;
    row.ok_or_else(|| physical.without_row())
}
