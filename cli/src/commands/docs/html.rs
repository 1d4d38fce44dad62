//! The document as one HTML file: nothing in it leads out of it, and a policy in its head says so to the browser.

use super::book::{Book, ColumnPart, Reference};
use super::diagram::diagram;
use super::escape::html;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn page(book: &Book<'_>) -> String {
    let names: Vec<&str> = book.engines.iter().map(|engine| engine.name).collect();
    let title = html(&format!("Schema of {}", names.join(", ")));
    let engines = (0..book.engines.len()).map(|at| engine(book, at));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n{}<main>\n<h1>{title}</h1>\n{}{}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        navigation(book),
        picture(book),
        engines.collect::<String>()
    )
}

fn navigation(book: &Book<'_>) -> String {
    let mut text = "<nav aria-label=\"Tables\">\n<input id=\"search\" type=\"search\" placeholder=\"Search ( / )\" aria-label=\"Search tables and columns\">\n".to_owned();
    for (at, engine) in book.engines.iter().enumerate() {
        text += &format!(
            "<h2>{} · {}</h2>\n<ul>\n",
            html(engine.name),
            html(&engine.product)
        );
        for place in book.tables_of(at) {
            let name = html(&book.tables[place].name);
            text += &format!("<li><a href=\"#t{place}\" data-table=\"{place}\">{name}</a></li>\n");
        }
        text += "</ul>\n";
    }
    text + "</nav>\n"
}

fn picture(book: &Book<'_>) -> String {
    let has_links = book.references.iter().any(|one| one.is_link);
    let links = if has_links {
        " Dashed: links, which no database keeps."
    } else {
        ""
    };
    let diagram = diagram(book);
    format!(
        "<div class=\"tools\"><button id=\"in\">Larger</button><button id=\"out\">Smaller</button><button id=\"fit\">Whole</button>\
         <span>Arrows lead to what is referred to.{links}</span></div>\n<div id=\"picture\">\n{}</div>\n{}",
        diagram.svg,
        sheets(diagram.width, diagram.height)
    )
}

/// The part of a diagram that a sheet of paper shows so that it can be read, in pixels.
const SHEET: (f64, f64) = (1150.0, 1450.0);
/// The width that two sheets both have, so that a cut table is whole on one of them more often.
const OVERLAP: f64 = 60.0;

/// A large diagram in parts, for paper: the whole on one page is too small to read.
fn sheets(width: f64, height: f64) -> String {
    let starts = |length: f64, of_sheet: f64| {
        let step = of_sheet - OVERLAP;
        let count = ((length - OVERLAP) / step).ceil().max(1.0) as u32;
        (0..count).map(move |at| f64::from(at) * step)
    };
    let (sheet_width, sheet_height) = SHEET;
    if width <= sheet_width && height <= sheet_height {
        return String::new();
    }
    let mut text = "<div class=\"sheets\">\n".to_owned();
    for y in starts(height, sheet_height) {
        for x in starts(width, sheet_width) {
            text += &format!(
                "<svg viewBox=\"{x:.0} {y:.0} {sheet_width:.0} {sheet_height:.0}\"><use href=\"#diagram\"/></svg>\n"
            );
        }
    }
    text + "</div>\n"
}

fn engine(book: &Book<'_>, at: usize) -> String {
    let engine = &book.engines[at];
    let tables = book.tables_of(at).map(|place| table(book, place));
    format!(
        "<h2>Engine {} · {}</h2>\n{}",
        html(engine.name),
        html(&engine.product),
        tables.collect::<String>()
    )
}

fn table(book: &Book<'_>, place: usize) -> String {
    let part = &book.tables[place];
    let words = part
        .columns
        .iter()
        .map(|column| format!(" {} {}", column.name, column.comment));
    let words = format!(
        "{} {}{}",
        part.name,
        part.comment,
        words.collect::<String>()
    );
    let comment = if part.comment.is_empty() {
        String::new()
    } else {
        format!("<p class=\"comment\">{}</p>\n", html(&part.comment))
    };
    let rows: String = part.columns.iter().map(row).collect();
    format!(
        "<section id=\"t{place}\" data-table=\"{place}\" data-text=\"{}\">\n<h3>{} <small>{}</small></h3>\n{comment}\
         <div class=\"scroll\"><table><thead><tr><th></th><th>column</th><th>type</th><th></th><th>default</th><th>comment</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>\n{}</section>\n",
        html(&words.to_lowercase()),
        html(&part.name),
        html(part.kind),
        notes(book, place)
    )
}

fn row(column: &ColumnPart<'_>) -> String {
    let mark = match (column.in_key, column.refers) {
        (true, _) => "PK",
        (false, true) => "FK",
        (false, false) => "",
    };
    let null = if column.nullable { "NULL" } else { "" };
    format!(
        "<tr><td class=\"mark\">{mark}</td><td><code>{}</code></td><td><code>{}</code></td><td>{null}</td><td><code>{}</code></td><td class=\"text\">{}</td></tr>\n",
        html(column.name),
        html(column.sql_type),
        html(&column.default),
        html(&column.comment)
    )
}

/// The references from and to a table, and its constraints and indexes.
fn notes(book: &Book<'_>, place: usize) -> String {
    let engine = book.tables[place].engine;
    let to = |table: usize| {
        let name = html(&book.name_from(table, engine));
        format!("<a href=\"#t{table}\"><code>{name}</code></a>")
    };
    let code = |columns: &[&str]| format!("<code>{}</code>", html(&columns.join(", ")));
    let kind = |one: &Reference<'_>| {
        if one.is_link {
            " <span class=\"link\">link</span>"
        } else {
            ""
        }
    };
    let refers = book.from(place).map(|one| {
        let action = html(one.on_delete);
        format!(
            "{} → {} {}{} {action}",
            code(&one.columns),
            to(one.to),
            code(&one.referred),
            kind(one)
        )
    });
    let referred = book.to(place).map(|one| {
        format!(
            "referred to by {} {}{}",
            to(one.from),
            code(&one.columns),
            kind(one)
        )
    });
    let rules = book.tables[place]
        .rules
        .iter()
        .map(|rule| format!("<code>{}</code>", html(rule)));
    let notes: Vec<String> = refers.chain(referred).chain(rules).collect();
    if notes.is_empty() {
        return String::new();
    }
    let items: String = notes
        .iter()
        .map(|note| format!("<li>{note}</li>\n"))
        .collect();
    format!("<ul class=\"notes\">\n{items}</ul>\n")
}
