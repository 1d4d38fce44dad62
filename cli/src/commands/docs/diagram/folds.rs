//! Columns that would be much higher than the others are broken into several, so that a table which a hundred others refer to does not
//! make a diagram that cannot be read.

use super::layers::{COLUMN_GAP, Columns, ROW_GAP};
use super::shelves::Shape;

/// The height that a column may have, as a multiple of that of the whole as a square.
const SLACK: f64 = 1.5;

/// No column is much higher than the whole is wide.
pub(super) fn folded(layers: Columns, shapes: &[Shape]) -> Columns {
    let height = |at: &usize| shapes[*at].height + ROW_GAP;
    let area: f64 = shapes
        .iter()
        .map(|one| (one.width + COLUMN_GAP) * (one.height + ROW_GAP))
        .sum();
    let tallest = shapes.iter().map(|one| one.height).fold(0.0, f64::max);
    let limit = (area / 1.6).sqrt().max(tallest) * SLACK;
    let mut columns = Columns::new();
    for layer in layers {
        let whole: f64 = layer.iter().map(height).sum();
        let parts = (whole / limit).ceil().max(1.0);
        let (share, mut used) = (whole / parts, 0.0);
        let mut column = Vec::new();
        for at in layer {
            if !column.is_empty() && used + height(&at) / 2.0 > share {
                columns.push(std::mem::take(&mut column));
                used = 0.0;
            }
            used += height(&at);
            column.push(at);
        }
        columns.push(column);
    }
    columns
}
