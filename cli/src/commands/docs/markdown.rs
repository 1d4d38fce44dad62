//! The document as Markdown, with the diagram as Mermaid, which many pages of Markdown draw.

use super::book::{Book, ColumnPart, Reference, TablePart};
use super::escape::markdown;
use super::text_diagram;

/// More tables make a diagram that Mermaid draws too small to read.
const DRAWN: usize = 40;

pub(super) fn page(book: &Book<'_>) -> String {
    let mut text = "# Schema\n".to_owned();
    for (at, engine) in book.engines.iter().enumerate() {
        text += &format!(
            "\n## Engine {} ({})\n",
            markdown(engine.name),
            markdown(&engine.product)
        );
        let tables = book.tables_of(at);
        text.extend(tables.map(|place| table(book, place)));
    }
    if book.tables.len() <= DRAWN {
        text += &format!(
            "\n## Diagram\n\n```mermaid\n{}```\n",
            text_diagram::mermaid(book)
        );
    }
    text
}

fn table(book: &Book<'_>, place: usize) -> String {
    let part: &TablePart<'_> = &book.tables[place];
    let mut text = format!("\n### {}\n", markdown(&part.name));
    if part.kind != "table" {
        text += &format!("\n*{}*\n", part.kind);
    }
    if !part.comment.is_empty() {
        text += &format!("\n{}\n", markdown(&part.comment));
    }
    text += "\n| column | type | null | default | comment |\n|---|---|---|---|---|\n";
    text.extend(part.columns.iter().map(column));
    let from = |one: &Reference<'_>| format!("refers to {}", target(book, one, part.engine));
    let to = |one: &Reference<'_>| {
        format!(
            "referred to by {} ({})",
            markdown(&book.name_from(one.from, part.engine)),
            markdown(&one.columns.join(", "))
        )
    };
    let lines: Vec<String> = book
        .from(place)
        .map(from)
        .chain(book.to(place).map(to))
        .chain(part.rules.iter().map(|rule| markdown(rule)))
        .collect();
    if !lines.is_empty() {
        text.push('\n');
        text.extend(lines.iter().map(|line| format!("* {line}\n")));
    }
    text
}

fn column(column: &ColumnPart<'_>) -> String {
    let name = markdown(column.name);
    let name = if column.in_key {
        format!("**{name}**")
    } else {
        name
    };
    let null = if column.nullable { "NULL" } else { "" };
    format!(
        "| {name} | {} | {null} | {} | {} |\n",
        markdown(column.sql_type),
        markdown(&column.default),
        markdown(&column.comment)
    )
}

fn target(book: &Book<'_>, one: &Reference<'_>, engine: usize) -> String {
    let kind = if one.is_link { " (link)" } else { "" };
    let action = if one.on_delete.is_empty() {
        String::new()
    } else {
        format!(", {}", one.on_delete)
    };
    format!(
        "{} ({} → {}){kind}{action}",
        markdown(&book.name_from(one.to, engine)),
        markdown(&one.columns.join(", ")),
        markdown(&one.referred.join(", "))
    )
}
