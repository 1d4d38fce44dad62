//! Cuts out of the sources what a finding's places need: whole lines where they are short, a window of them where not.

use crate::lists::IntoVec as _;
use std::ops::Range;

use super::{clean, width};
use crate::diagnostic::Label;
use crate::sorting::sort_by;
use crate::source::{FileId, LineColumn, SourceFile, Sources};

/// Letters shown of a long line where no width is given.
const WINDOW: u32 = 120;
/// This fraction of them is before the first mark.
const LEAD: u32 = 4;
/// The columns around a line beside its number: ` | `, and the two `…`.
const FRAME: usize = 5;
/// Lines further apart than this go into excerpts of their own.
const FAR_APART: u32 = 500;
/// A piece of one file, ready to be shown.
pub(super) struct Excerpt {
    path: String,
    /// Of the leading mark, in the whole file.
    place: LineColumn,
    /// The lines that are shown, in their order; there is one at least.
    pub(super) lines: Vec<Line>,
}

impl Excerpt {
    /// Characters of the largest line number.
    pub(super) fn gutter(&self) -> usize {
        let last = self.lines.last().map_or(0, |line| line.number);
        last.to_string().len()
    }

    /// The place as `schema.sql:6:30`.
    pub(super) fn origin(&self) -> String {
        let LineColumn { line, column } = self.place;
        format!("{}:{line}:{column}", self.path)
    }
}

/// A line of an excerpt.
pub(super) struct Line {
    pub(super) number: u32,
    /// Its text, or a window of it between two `…`.
    pub(super) text: String,
    /// The main one first.
    pub(super) marks: Vec<Mark>,
}

/// A place in a line.
pub(super) struct Mark {
    /// Columns of a terminal, from that of the text's start; there is one at least.
    pub(super) columns: Range<usize>,
    /// The label; may be empty.
    pub(super) label: String,
    /// The finding's main place.
    pub(super) main: bool,
}

/// One label, within one line.
#[derive(Clone)]
struct LineLabel {
    file: FileId,
    line: u32,
    /// Columns from 0.
    columns: Range<u32>,
    text: String,
    main: bool,
}

/// The excerpts of a finding, the main place's first, and sentences for places that no excerpt shows.
pub(super) fn cut(
    labels: &[Label],
    sources: &Sources,
    columns: Option<usize>,
) -> (Vec<Excerpt>, Vec<String>) {
    let places = labels
        .iter()
        .enumerate()
        .map(|(index, label)| place(label, index == 0, sources));
    let mut excerpts = Vec::new();
    let mut notes = Vec::new();
    for group in grouped(places.into_vec()) {
        let file = sources.file(group[0].file);
        let cutter = Cutter::new(file, &group, columns);
        let (mut shown, hidden) = cutter.split_by_window(group);
        notes.extend(hidden.iter().map(|place| note(place, file)));
        for place in &mut shown {
            notes.extend(cutter.take_wide_label(place));
        }
        excerpts.push(cutter.excerpt(shown));
    }
    (excerpts, notes)
}

/// Places of several lines are shown by their first line.
fn place(label: &Label, main: bool, sources: &Sources) -> LineLabel {
    let file = sources.file(label.span.file);
    let start = file.line_column(label.span.start);
    let end = file.line_column(label.span.end.max(label.span.start));
    let first = start.column - 1;
    let last = if end.line == start.line {
        end.column - 1
    } else {
        file.line_text(start.line).chars().count() as u32
    };
    let columns = first..last.max(first + 1);
    LineLabel {
        file: label.span.file,
        line: start.line,
        columns,
        text: clean::sentence(&label.text),
        main,
    }
}

/// By file and neighbourhood; the first place of each group leads it.
fn grouped(places: Vec<LineLabel>) -> Vec<Vec<LineLabel>> {
    let mut groups: Vec<Vec<LineLabel>> = Vec::new();
    for place in places {
        let near = |group: &&mut Vec<LineLabel>| {
            group[0].file == place.file && group[0].line.abs_diff(place.line) < FAR_APART
        };
        match groups.iter_mut().find(near) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups
}

/// Cuts the lines of one group of places.
struct Cutter<'s> {
    file: &'s SourceFile,
    /// Letters shown of a line.
    window: u32,
    /// Columns for a line and its labels, where they are limited.
    room: Option<usize>,
}

impl<'s> Cutter<'s> {
    fn new(file: &'s SourceFile, group: &[LineLabel], columns: Option<usize>) -> Self {
        let last = group.iter().map(|place| place.line).max().unwrap_or(1);
        let room = columns.map(|columns| columns.saturating_sub(FRAME + last.to_string().len()));
        let window = room.map_or(WINDOW, |room| (room as u32).min(WINDOW));
        Self { file, window, room }
    }

    /// Places of a long line that lie outside the window around its first place cannot be shown.
    fn split_by_window(&self, group: Vec<LineLabel>) -> (Vec<LineLabel>, Vec<LineLabel>) {
        let mut shown: Vec<LineLabel> = Vec::new();
        let mut hidden = Vec::new();
        for mut place in group {
            let leader = shown
                .iter()
                .find(|other| other.line == place.line)
                .unwrap_or(&place);
            let window = self.window_of(leader);
            if window.contains(&place.columns.start) {
                place.columns.end = place.columns.end.min(window.end);
                shown.push(place);
            } else {
                hidden.push(place);
            }
        }
        (shown, hidden)
    }

    /// The characters shown of the line of `leader`: from its start where the place is seen then, else from a little
    /// before. The place itself is always among them, however wide its characters are.
    fn window_of(&self, leader: &LineLabel) -> Range<u32> {
        let lead = self.window / LEAD;
        let line = self.file.line_text(leader.line);
        let at = leader.columns.start;
        let split = line.char_indices().nth(at as usize);
        let before = &line[..split.map_or(line.len(), |(byte, _)| byte)];
        let width = before.chars().map(width::of_letter).sum::<usize>();
        let is_far = at.max(width as u32) >= self.window - lead;
        let start = if is_far {
            let nearest = before.chars().rev().take(lead as usize);
            at - fitting(nearest, lead as usize)
        } else {
            0
        };
        let mut letters = line.chars().skip(start as usize);
        let shown = fitting(letters.clone(), self.window as usize);
        // Where the line ends in the window, places past its end are seen, too.
        let ends = letters.nth(shown as usize).is_none();
        let end = start + if ends { self.window } else { shown };
        start..end.max(at + 1)
    }

    /// A label that would run out of the line becomes a sentence below.
    fn take_wide_label(&self, place: &mut LineLabel) -> Option<String> {
        let room = self.room?;
        let window = self.window_of(place);
        let line = self.file.line_text(place.line).chars();
        let shown = line
            .skip(window.start as usize)
            .take((place.columns.end - window.start) as usize);
        let end: usize = shown.map(width::of_letter).sum();
        if place.text.is_empty() || end + 1 + width::text_width(&place.text) <= room {
            return None;
        }
        let text = std::mem::take(&mut place.text);
        let is_main = place.main;
        Some(if is_main {
            text
        } else {
            note(
                &LineLabel {
                    text,
                    ..place.clone()
                },
                self.file,
            )
        })
    }

    fn excerpt(&self, places: Vec<LineLabel>) -> Excerpt {
        let mut marked: Vec<u32> = places.iter().map(|place| place.line).into_vec();
        sort_by(&mut marked, Ord::cmp);
        let shown = (marked[0]..=marked[marked.len() - 1]).filter(|&line| is_shown(line, &marked));
        let lines = shown.map(|number| self.line(number, &places)).into_vec();
        let leader = places.iter().min_by_key(|place| (!place.main, place.line));
        let place = leader.map_or(LineColumn { line: 1, column: 1 }, |place| LineColumn {
            line: place.line,
            column: place.columns.start + 1,
        });
        Excerpt {
            path: clean::sentence(self.file.path()),
            place,
            lines,
        }
    }

    /// The window of a line, with those of the places that lie in it.
    fn line(&self, number: u32, places: &[LineLabel]) -> Line {
        let here = places.iter().filter(|place| place.line == number);
        let mut here: Vec<&LineLabel> = here.into_vec();
        let window = here
            .first()
            .map_or(0..self.window, |leader| self.window_of(leader));
        let (text, columns) = self.text_within(number, &window);
        sort_by(&mut here, |one, other| other.main.cmp(&one.main));
        let marks = here.iter().map(|place| {
            let place_of =
                |column: u32| columns[((column - window.start) as usize).min(columns.len() - 1)];
            let (start, end) = (place_of(place.columns.start), place_of(place.columns.end));
            Mark {
                columns: start..end.max(start + 1),
                label: place.text.clone(),
                main: place.main,
            }
        });
        Line {
            number,
            marks: marks.into_vec(),
            text,
        }
    }

    /// The characters of a window, and the columns of a terminal before each of them and after the last.
    fn text_within(&self, number: u32, window: &Range<u32>) -> (String, Vec<usize>) {
        let line = self.file.line_text(number);
        let mut text = String::new();
        if window.start > 0 {
            text.push('…');
        }
        let mut column = width::text_width(&text);
        let mut columns = vec![column];
        for letter in line.chars().skip(window.start as usize).take(window.len()) {
            let letter = clean::letter(letter);
            text.push(letter);
            column += width::of_letter(letter);
            columns.push(column);
        }
        if line.chars().nth(window.end as usize).is_some() {
            text.push('…');
        }
        (text, columns)
    }
}

fn note(place: &LineLabel, file: &SourceFile) -> String {
    format!(
        "{} ({}:{}:{})",
        place.text,
        clean::sentence(file.path()),
        place.line,
        place.columns.start + 1
    )
}

/// Marked lines, and one alone between two of them. `marked` is sorted.
fn is_shown(line: u32, marked: &[u32]) -> bool {
    let next = marked.partition_point(|&marked| marked < line);
    marked[next] == line || marked[next] - marked[next - 1] == 2
}

/// Returns how many characters are not wider than the room, all together.
fn fitting(letters: impl Iterator<Item = char>, mut room: usize) -> u32 {
    let fits = |letter: &char| {
        let width = width::of_letter(*letter);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    };
    letters.take_while(fits).count() as u32
}
