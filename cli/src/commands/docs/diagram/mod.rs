//! The diagram as SVG: boxes for tables, framed by engine and schema, and curves for what refers to what.

mod boxes;
mod folds;
mod layers;
mod shelves;

use self::boxes::{BoxText, HEAD, ROW, box_text};
use self::layers::layered;
use self::shelves::{Block, Placed, Shape, shelved};
use super::book::{Book, Reference};
use super::escape::html;

/// Between a frame and what is in it.
const PADDING: f64 = 24.0;
/// The height of a frame's title.
const TITLE: f64 = 30.0;
/// Hues of the engines, one after the other.
const HUES: [u32; 8] = [212, 152, 28, 276, 340, 90, 188, 48];

const STYLE: &str = include_str!("diagram.css");
/// The colours of one engine; not variables of CSS, which viewers other than browsers do not know.
const ENGINE_STYLE: &str = include_str!("engine.css");

/// A frame around the tables of an engine or of one of its schemas.
struct Frame {
    title: String,
    engine: usize,
    shape: Shape,
    at: (f64, f64),
    is_engine: bool,
}

/// The places of everything.
struct Drawing {
    /// Of each table.
    at: Vec<(f64, f64)>,
    frames: Vec<Frame>,
    size: Shape,
}

/// A diagram and its size in pixels.
pub(super) struct Diagram {
    pub(super) svg: String,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The SVG is a file by itself, too.
pub(super) fn diagram(book: &Book<'_>) -> Diagram {
    let texts: Vec<BoxText> = (0..book.tables.len())
        .map(|at| box_text(book, at))
        .collect();
    let drawing = draw(book, &texts);
    let (width, height) = (drawing.size.width, drawing.size.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"diagram\" class=\"diagram\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>Diagram of the schema</title>\n<style>{STYLE}{}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" class=\"tip\"/></marker></defs>\n\
         <rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n",
        colours(book.engines.len())
    );
    text.extend(drawing.frames.iter().map(frame));
    text.extend(
        book.references
            .iter()
            .map(|one| curve(book, one, &drawing, &texts)),
    );
    for (place, box_text) in texts.iter().enumerate() {
        text += &box_text.svg(place, book.tables[place].engine, drawing.at[place]);
    }
    Diagram {
        svg: text + "</svg>\n",
        width,
        height,
    }
}

fn colours(engines: usize) -> String {
    let of_engine = |engine: usize| {
        let hue = HUES[engine % HUES.len()].to_string();
        ENGINE_STYLE
            .replace("NUMBER", &engine.to_string())
            .replace("HUE", &hue)
    };
    (0..engines).map(of_engine).collect()
}

/// Tables within schemas within engines, each laid out by itself.
fn draw(book: &Book<'_>, texts: &[BoxText]) -> Drawing {
    let mut drawing = Drawing {
        at: vec![(0.0, 0.0); texts.len()],
        frames: Vec::new(),
        size: Shape::default(),
    };
    let mut engines = Vec::new();
    for at in 0..book.engines.len() {
        let tables: Vec<usize> = book.tables_of(at).collect();
        if !tables.is_empty() {
            engines.push(engine(book, texts, at, &tables, &mut drawing));
        }
    }
    let blocks: Vec<Block> = engines.into_iter().map(|(block, _)| block).collect();
    let whole = shelved(&blocks, PADDING);
    for (block, (x, y)) in blocks.iter().zip(&whole.at) {
        block.shift(&mut drawing.at, (x + PADDING, y + PADDING));
        let frames = drawing.frames.iter_mut();
        for frame in frames.filter(|frame| book.tables[block.members[0]].engine == frame.engine) {
            frame.at = (frame.at.0 + x + PADDING, frame.at.1 + y + PADDING);
        }
    }
    drawing.size = whole.shape.padded(2.0 * PADDING, 2.0 * PADDING);
    drawing
}

/// An engine with its frame, at the origin, and its number.
fn engine(
    book: &Book<'_>,
    texts: &[BoxText],
    at: usize,
    tables: &[usize],
    drawing: &mut Drawing,
) -> (Block, usize) {
    let mut schemas: Vec<Option<&str>> = tables
        .iter()
        .map(|place| book.tables[*place].schema)
        .collect();
    schemas.sort_unstable();
    schemas.dedup();
    let mut blocks = Vec::new();
    let first = drawing.frames.len();
    for schema in &schemas {
        let own = tables
            .iter()
            .filter(|place| book.tables[**place].schema == *schema);
        let own: Vec<usize> = own.copied().collect();
        let placed = grouped(book, texts, &own);
        let is_framed = schemas.len() > 1;
        blocks.push(framed(
            &own,
            placed,
            drawing,
            is_framed.then(|| Frame {
                title: schema.unwrap_or("default").to_owned(),
                engine: at,
                shape: Shape::default(),
                at: (0.0, 0.0),
                is_engine: false,
            }),
        ));
    }
    let whole = shelved(&blocks, PADDING);
    for (index, (block, (x, y))) in blocks.iter().zip(&whole.at).enumerate() {
        block.shift(&mut drawing.at, (*x, *y));
        if let Some(frame) = drawing.frames.get_mut(first + index) {
            frame.at = (frame.at.0 + x, frame.at.1 + y);
        }
    }
    let engine = &book.engines[at];
    let last = drawing.frames.len();
    let block = framed(
        tables,
        Placed {
            at: Vec::new(),
            shape: whole.shape,
        },
        drawing,
        Some(Frame {
            title: format!("{} ({})", engine.name, engine.product),
            engine: at,
            shape: Shape::default(),
            at: (0.0, 0.0),
            is_engine: true,
        }),
    );
    for frame in &mut drawing.frames[first..last] {
        frame.at = (frame.at.0 + PADDING, frame.at.1 + TITLE);
    }
    // The frame of the engine is drawn before those in it.
    drawing.frames[first..].rotate_right(1);
    (block, at)
}

/// The tables of one schema: those that refer to each other side by side, the others in rows.
fn grouped(book: &Book<'_>, texts: &[BoxText], tables: &[usize]) -> Placed {
    let shapes: Vec<Shape> = tables.iter().map(|place| texts[*place].shape).collect();
    let place = |table: usize| tables.iter().position(|one| *one == table);
    let edges = book.references.iter();
    let edges: Vec<(usize, usize)> = edges
        .filter_map(|one| Some((place(one.from)?, place(one.to)?)))
        .filter(|(from, to)| from != to)
        .collect();
    layered(&shapes, &edges)
}

/// Puts a frame around tables that are placed already, and moves them into it.
fn framed(tables: &[usize], placed: Placed, drawing: &mut Drawing, frame: Option<Frame>) -> Block {
    for (table, at) in tables.iter().zip(&placed.at) {
        drawing.at[*table] = *at;
    }
    let mut block = Block {
        members: tables.to_vec(),
        shape: placed.shape,
    };
    if let Some(frame) = frame {
        block.shift(&mut drawing.at, (PADDING, TITLE));
        block.shape = block.shape.padded(2.0 * PADDING, TITLE + PADDING);
        drawing.frames.push(Frame {
            shape: block.shape,
            ..frame
        });
    }
    block
}

fn frame(frame: &Frame) -> String {
    let (x, y) = frame.at;
    let class = if frame.is_engine { "engine" } else { "schema" };
    let engine = frame.engine;
    format!(
        "<g class=\"{class} e{engine}\"><rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"8\"/>\
         <text x=\"{:.0}\" y=\"{:.0}\">{}</text></g>\n",
        frame.shape.width,
        frame.shape.height,
        x + 14.0,
        y + 20.0,
        html(&frame.title)
    )
}

/// From the side of one box to the side of the other that is nearest.
fn curve(book: &Book<'_>, one: &Reference<'_>, drawing: &Drawing, texts: &[BoxText]) -> String {
    let end = |table: usize, columns: &[&str]| {
        let (x, y) = drawing.at[table];
        let row = columns
            .first()
            .and_then(|column| texts[table].row_of(column));
        (
            x,
            y + row.map_or(HEAD / 2.0, |row| HEAD + ROW * (row as f64 + 0.5)),
            texts[table].shape.width,
        )
    };
    let (x1, y1, w1) = end(one.from, &one.columns);
    let (x2, y2, w2) = end(one.to, &one.referred);
    let is_left = x2 + w2 <= x1;
    let is_right = x1 + w1 <= x2;
    let (start, turn1) = if is_left { (x1, -1.0) } else { (x1 + w1, 1.0) };
    let (stop, turn2) = if is_right { (x2, -1.0) } else { (x2 + w2, 1.0) };
    let reach = ((start - stop).abs() / 2.0).clamp(24.0, 90.0);
    let class = if one.is_link { "link" } else { "key" };
    let (from, to) = (&book.tables[one.from], &book.tables[one.to]);
    let title = format!(
        "{}.{} → {}.{}",
        book.name_from(one.from, to.engine),
        one.columns.join(", "),
        book.name_from(one.to, from.engine),
        one.referred.join(", ")
    );
    format!(
        "<path class=\"{class}\" data-from=\"{}\" data-to=\"{}\" marker-end=\"url(#arrow)\" \
         d=\"M{start:.1} {y1:.1}C{:.1} {y1:.1} {:.1} {y2:.1} {stop:.1} {y2:.1}\"><title>{}</title></path>\n",
        one.from,
        one.to,
        start + turn1 * reach,
        stop + turn2 * reach,
        html(&title)
    )
}
