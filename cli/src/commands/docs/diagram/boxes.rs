//! The box of a table: its name, and its columns. In a large schema only those of keys, so that the whole can be read.

use super::Shape;
use crate::commands::docs::book::Book;
use crate::commands::docs::escape::{html, shortened};

/// Heights of the parts of a box.
pub(super) const HEAD: f64 = 24.0;
pub(super) const ROW: f64 = 17.0;
/// The width of a character, about, and of what surrounds a line.
const CHARACTER: f64 = 6.7;
const MARGIN: f64 = 24.0;
/// The mark of a key beside a column.
const MARK: f64 = 22.0;
/// More tables than these show the columns of keys only.
const ALL_COLUMNS: usize = 30;
/// Longer names are cut; they are whole where the mouse rests on them.
const LONGEST: usize = 34;
const LONGEST_TYPE: usize = 28;
/// More columns are summed up.
const MOST_ROWS: usize = 40;

pub(super) struct BoxText {
    head: String,
    /// The text that is shown where the mouse rests.
    whole: String,
    rows: Vec<Row>,
    pub(super) shape: Shape,
}

struct Row {
    /// As in the schema; empty for what is summed up.
    column: String,
    name: String,
    sql_type: String,
    mark: &'static str,
}

pub(super) fn box_text(book: &Book<'_>, place: usize) -> BoxText {
    let table = &book.tables[place];
    let is_large = book.tables.len() > ALL_COLUMNS;
    let is_referred = |name: &str| book.to(place).any(|one| one.referred.contains(&name));
    let shown = table.columns.iter();
    let shown = shown
        .filter(|column| !is_large || column.in_key || column.refers || is_referred(column.name));
    let mut rows: Vec<Row> = shown
        .map(|column| Row {
            column: column.name.to_owned(),
            name: shortened(column.name, LONGEST),
            sql_type: shortened(column.sql_type, LONGEST_TYPE),
            mark: match (column.in_key, column.refers) {
                (true, _) => "PK",
                (false, true) => "FK",
                (false, false) => "",
            },
        })
        .take(MOST_ROWS)
        .collect();
    let left = table.columns.len() - rows.len();
    if left > 0 {
        rows.push(Row {
            column: String::new(),
            name: format!("… {left} more"),
            sql_type: String::new(),
            mark: "",
        });
    }
    let head = shortened(&table.name, LONGEST);
    let width = |text: &str| text.chars().count() as f64 * CHARACTER;
    let widest = rows
        .iter()
        .map(|row| width(&row.name) + width(&row.sql_type) + MARK);
    let widest = widest.fold(width(&head) * 1.12, f64::max);
    BoxText {
        shape: Shape {
            width: (widest + MARGIN).ceil(),
            height: HEAD + ROW * rows.len() as f64 + 6.0,
        },
        head,
        whole: format!("{}: {}", table.name, table.kind),
        rows,
    }
}

impl BoxText {
    /// The row of a column.
    pub(super) fn row_of(&self, column: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.column == column)
    }

    /// The box at a place.
    pub(super) fn svg(&self, place: usize, engine: usize, (x, y): (f64, f64)) -> String {
        let (width, height) = (self.shape.width, self.shape.height);
        let mut text = format!(
            "<g class=\"table e{engine}\" data-table=\"{place}\" transform=\"translate({x:.1} {y:.1})\"><title>{}</title>\
             <rect class=\"body\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"4\"/>\
             <path class=\"head\" d=\"M0 {HEAD}V4a4 4 0 0 1 4-4H{:.0}a4 4 0 0 1 4 4V{HEAD}z\"/>\
             <text class=\"name\" x=\"8\" y=\"17\">{}</text>",
            html(&self.whole),
            width - 4.0,
            html(&self.head)
        );
        for (at, row) in self.rows.iter().enumerate() {
            let line = HEAD + ROW * at as f64 + 13.5;
            text += &format!(
                "<text class=\"mark\" x=\"8\" y=\"{line:.1}\">{}</text><text x=\"{:.0}\" y=\"{line:.1}\">{}</text>\
                 <text class=\"type\" x=\"{:.0}\" y=\"{line:.1}\">{}</text>",
                row.mark,
                8.0 + MARK,
                html(&row.name),
                width - 8.0,
                html(&row.sql_type)
            );
        }
        text + "</g>\n"
    }
}
