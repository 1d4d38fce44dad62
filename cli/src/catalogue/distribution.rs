//! Where the rows of tables are on a Citus cluster, as tags. Groups of tables have numbers there: of those of one type the one with the least
//! is what a table joins that names none, and what has no word in its tag.

use std::collections::BTreeMap;

use bindery::{Connection, Sql};
use bindery_schema::model::TableName;

use super::Catalogue;
use crate::database::Chosen;

const IS_THERE: &str = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'";

/// Of tables that are no part of another: by the column, by none and with a copy on each server, or in a way that no tag says.
const TABLES: &str = r"
SELECT n.nspname::text AS schema, c.relname::text AS name, CASE WHEN p.partmethod = 'h' THEN column_to_column_name(p.logicalrelid, p.partkey) END AS column,
  p.partmethod = 'n' AND p.repmodel = 't' AS is_reference, p.colocationid AS group_number,
  coalesce(g.distributioncolumntype::text || ' ' || g.distributioncolumncollation::text, '') AS type_key
FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_dist_colocation g ON g.colocationid = p.colocationid
WHERE NOT c.relispartition AND (p.partmethod <> 'n' OR p.repmodel = 't' OR p.colocationid <> 0) ORDER BY 1, 2";

/// A table as the catalogue of Citus has it.
struct Row {
    table: TableName,
    column: Option<String>,
    is_reference: bool,
    group_number: i32,
    type_key: String,
}

impl Row {
    fn new(
        (schema, name, column, is_reference, group_number, type_key): (
            String,
            String,
            Option<String>,
            bool,
            i32,
            String,
        ),
    ) -> Self {
        let schema = Some(schema).filter(|schema| schema != "public");
        Self {
            table: TableName { schema, name },
            column,
            is_reference,
            group_number,
            type_key,
        }
    }
}

pub(super) fn of_postgres(
    connection: &mut Connection<Chosen>,
    catalogue: &mut Catalogue,
) -> bindery::Result<()> {
    let count: i64 = connection.query_scalar(Sql::assembled(IS_THERE), ())?;
    if count == 0 {
        return Ok(());
    }
    let rows = connection.query_as(Sql::assembled(TABLES), ())?;
    let rows: Vec<Row> = rows.into_iter().map(Row::new).collect();
    let mut usual: BTreeMap<&str, i32> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.column.is_some()) {
        let least = usual.entry(&row.type_key).or_insert(row.group_number);
        *least = row.group_number.min(*least);
    }
    for row in &rows {
        let table = row.table.clone();
        match (&row.column, row.is_reference) {
            (_, true) => catalogue
                .distributions
                .push((table, "@reference".to_owned())),
            (Some(column), false) => {
                let column = word(column);
                let is_usual = usual.get(row.type_key.as_str()) == Some(&row.group_number);
                let mut others = rows.iter();
                let first = others.find(|other| other.group_number == row.group_number);
                let tag = match first.map(|first| &first.table).filter(|_| !is_usual) {
                    None => format!("@shard {column}"),
                    Some(first) if *first == table => format!("@shard {column} alone"),
                    Some(first) => format!("@shard {column} with {}", qualified(first)),
                };
                catalogue.distributions.push((table, tag));
            }
            (None, false) => {
                let line = format!(
                    "distribution of {table}: neither by the hash of a column nor a reference table"
                );
                catalogue.left_out.push(line);
            }
        }
    }
    Ok(())
}

fn qualified(table: &TableName) -> String {
    let schema = table.schema.as_ref();
    let schema = schema.map_or(String::new(), |schema| format!("{}.", word(schema)));
    format!("{schema}{}", word(&table.name))
}

/// A name as tags have it: in quotes where it is not of letters and digits.
fn word(name: &str) -> String {
    let is_plain = name
        .chars()
        .all(|sign| sign.is_alphanumeric() || "_$".contains(sign));
    match is_plain && !["with", "alone"].contains(&name) {
        true => name.to_owned(),
        false => format!("\"{name}\""),
    }
}
