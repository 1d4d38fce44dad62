//! Diagrams as text, for tools that draw them: Mermaid and DOT.

use super::book::{Book, ColumnPart, Reference};
use super::escape::{html, quoted, word};

/// An entity relationship diagram of Mermaid.
pub(super) fn mermaid(book: &Book<'_>) -> String {
    let mut text = "erDiagram\n".to_owned();
    for (place, table) in book.tables.iter().enumerate() {
        let engine = book.engines[table.engine].name;
        text += &format!(
            "    t{place}[\"{}\"] {{\n",
            quoted(&format!("{engine}: {}", table.name))
        );
        for column in &table.columns {
            text += &format!("        {}\n", attribute(column));
        }
        text += "    }\n";
    }
    for one in &book.references {
        // Solid is kept by the database, dashed is not.
        let line = if one.is_link { ".." } else { "--" };
        let columns = quoted(&one.columns.join(", "));
        text += &format!(
            "    t{} }}o{line}|| t{} : \"{columns}\"\n",
            one.from, one.to
        );
    }
    text
}

fn attribute(column: &ColumnPart<'_>) -> String {
    let key = match (column.in_key, column.refers) {
        (true, true) => " PK,FK",
        (true, false) => " PK",
        (false, true) => " FK",
        (false, false) => "",
    };
    let comment = quoted(&column.comment);
    let comment = if comment.is_empty() {
        String::new()
    } else {
        format!(" \"{comment}\"")
    };
    format!(
        "{} {}{key}{comment}",
        word(column.sql_type),
        word(column.name)
    )
}

/// A graph of Graphviz, with a cluster for each engine.
pub(super) fn dot(book: &Book<'_>) -> String {
    let mut text =
        "digraph schema {\n  rankdir=RL;\n  node [shape=plaintext, fontname=\"sans-serif\"];\n"
            .to_owned();
    for (at, engine) in book.engines.iter().enumerate() {
        text += &format!(
            "  subgraph cluster_{at} {{\n    label=\"{}\";\n",
            quoted(engine.name)
        );
        for place in book.tables_of(at) {
            text += &format!("    t{place} [label=<{}>];\n", dot_table(book, place));
        }
        text += "  }\n";
    }
    text.extend(book.references.iter().map(edge));
    text + "}\n"
}

fn dot_table(book: &Book<'_>, place: usize) -> String {
    let table = &book.tables[place];
    let row = |column: &ColumnPart<'_>| {
        let name = html(column.name);
        let name = if column.in_key {
            format!("<b>{name}</b>")
        } else {
            name
        };
        format!(
            "<tr><td align=\"left\">{name}</td><td align=\"left\">{}</td></tr>",
            html(column.sql_type)
        )
    };
    let rows: String = table.columns.iter().map(row).collect();
    let head = html(&table.name);
    format!(
        "<table border=\"0\" cellborder=\"1\" cellspacing=\"0\"><tr><td colspan=\"2\"><b>{head}</b></td></tr>{rows}</table>"
    )
}

fn edge(one: &Reference<'_>) -> String {
    let style = if one.is_link { "dashed" } else { "solid" };
    let columns = quoted(&one.columns.join(", "));
    format!(
        "  t{} -> t{} [style={style}, label=\"{columns}\"];\n",
        one.from, one.to
    )
}
