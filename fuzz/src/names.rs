//! Names of tables and columns: whatever they are, the code generated from them is Rust.

use bindery_schema::dialect::Dialect;

use crate::compile::compile;

/// The first line names a table, the others its columns; an empty line begins the next table.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let tables: Vec<Vec<&str>> = text
        .split("\n\n")
        .map(|table| table.split('\n').collect())
        .collect();
    for dialect in Dialect::ALL {
        let sql: String = tables.iter().map(|lines| table(lines, dialect)).collect();
        let code = compile(sql.as_bytes(), dialect).unwrap_or_default();
        if let Err(error) = syn::parse_file(&code) {
            panic!("{error}\n{sql}\n{code}");
        }
    }
}

fn table(lines: &[&str], dialect: Dialect) -> String {
    let (name, columns) = lines.split_first().unwrap_or((&"", &[]));
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let ty = if at == 0 {
                "INTEGER PRIMARY KEY"
            } else {
                "VARCHAR(20)"
            };
            format!("{} {ty}", quoted(column, dialect))
        })
        .collect();
    let name = quoted(name, dialect);
    format!("CREATE TABLE {name} ({});\n", columns.join(", "))
}

fn quoted(name: &str, dialect: Dialect) -> String {
    let mark = match dialect {
        Dialect::Mysql => '`',
        Dialect::Sqlite | Dialect::Postgres => '"',
    };
    let doubled = name.replace(mark, &format!("{mark}{mark}"));
    format!("{mark}{doubled}{mark}")
}
