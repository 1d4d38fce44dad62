//! Tables in columns: each to the right of those that it refers to. A column that would be much higher than the others is broken into
//! several, so that a table which a hundred others refer to does not make a diagram that cannot be read.

use std::collections::BTreeMap;

use super::shelves::{Placed, Shape, on_shelves};

const COLUMN_GAP: f64 = 64.0;
const ROW_GAP: f64 = 22.0;
/// Between groups of tables that do not refer to each other.
const GROUP_GAP: f64 = 44.0;
/// The height that a column may have, as a multiple of that of the whole as a square.
const SLACK: f64 = 1.5;
/// Rounds in which the order within columns is mended.
const SWEEPS: usize = 4;

/// Places shapes; an edge goes from what refers to what is referred to.
pub(super) fn layered(shapes: &[Shape], edges: &[(usize, usize)]) -> Placed {
    let groups = groups(shapes.len(), edges);
    let (alone, together): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| group.len() == 1);
    let alone: Vec<usize> = alone.into_iter().flatten().collect();
    let mut parts: Vec<(Vec<usize>, Placed)> = Vec::new();
    for group in together {
        let placed = one_group(&group, shapes, edges);
        parts.push((group, placed));
    }
    if !alone.is_empty() {
        let own: Vec<Shape> = alone.iter().map(|at| shapes[*at]).collect();
        parts.push((alone, on_shelves(&own, ROW_GAP)));
    }
    let whole: Vec<Shape> = parts.iter().map(|(_, placed)| placed.shape).collect();
    let whole = on_shelves(&whole, GROUP_GAP);
    let mut at = vec![(0.0, 0.0); shapes.len()];
    for ((members, placed), (x, y)) in parts.iter().zip(&whole.at) {
        for (member, own) in members.iter().zip(&placed.at) {
            at[*member] = (own.0 + x, own.1 + y);
        }
    }
    Placed {
        at,
        shape: whole.shape,
    }
}

/// Shapes that edges connect, the largest groups first.
fn groups(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..count).collect();
    for (from, to) in edges {
        let (one, other) = (group[*from], group[*to]);
        if one != other {
            group
                .iter_mut()
                .filter(|own| **own == other)
                .for_each(|own| *own = one);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, group) in group.iter().enumerate() {
        groups.entry(*group).or_default().push(at);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    groups
}

fn one_group(group: &[usize], shapes: &[Shape], edges: &[(usize, usize)]) -> Placed {
    let own: Vec<Shape> = group.iter().map(|at| shapes[*at]).collect();
    let place: BTreeMap<usize, usize> =
        group.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let edges = edges.iter();
    let edges = edges.filter_map(|(from, to)| Some((*place.get(from)?, *place.get(to)?)));
    let edges: Vec<(usize, usize)> = edges.collect();
    let mut columns = broken(ranks(own.len(), &edges), &own);
    for sweep in 0..SWEEPS {
        mend_order(&mut columns, &edges, own.len(), sweep % 2 == 0);
    }
    in_columns(&columns, &own)
}

/// The tables of each rank: one more than the highest of those that it refers to. Where they refer to each other in a circle, the one
/// that waits for the fewest goes first.
fn ranks(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut waits = vec![0_usize; count];
    let mut referrers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in edges {
        waits[*from] += 1;
        referrers[*to].push(*from);
    }
    let (mut rank, mut is_done) = (vec![0_usize; count], vec![false; count]);
    for _ in 0..count {
        let open = (0..count).filter(|at| !is_done[*at]);
        let Some(next) =
            open.min_by_key(|at| (waits[*at], std::cmp::Reverse(referrers[*at].len()), *at))
        else {
            break;
        };
        is_done[next] = true;
        for from in &referrers[next] {
            waits[*from] = waits[*from].saturating_sub(1);
            if !is_done[*from] {
                rank[*from] = rank[*from].max(rank[next] + 1);
            }
        }
    }
    let highest = rank.iter().max().copied().unwrap_or_default();
    let mut ranks = vec![Vec::new(); highest + 1];
    rank.iter()
        .enumerate()
        .for_each(|(at, rank)| ranks[*rank].push(at));
    ranks
}

/// No column is much higher than the whole is wide.
fn broken(ranks: Vec<Vec<usize>>, shapes: &[Shape]) -> Vec<Vec<usize>> {
    let height = |at: &usize| shapes[*at].height + ROW_GAP;
    let area: f64 = shapes
        .iter()
        .map(|one| (one.width + COLUMN_GAP) * (one.height + ROW_GAP))
        .sum();
    let tallest = shapes.iter().map(|one| one.height).fold(0.0, f64::max);
    let limit = (area / 1.6).sqrt().max(tallest) * SLACK;
    let mut columns = Vec::new();
    for rank in ranks {
        let whole: f64 = rank.iter().map(height).sum();
        let parts = (whole / limit).ceil().max(1.0);
        let (share, mut used) = (whole / parts, 0.0);
        let mut column = Vec::new();
        for at in rank {
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

/// Brings each table near the middle of those that it is connected with in other columns.
fn mend_order(columns: &mut [Vec<usize>], edges: &[(usize, usize)], count: usize, forwards: bool) {
    let mut height = vec![0.0; count];
    let note = |column: &[usize], height: &mut [f64]| {
        let middle = column.len() as f64 / 2.0;
        column
            .iter()
            .enumerate()
            .for_each(|(row, at)| height[*at] = row as f64 + 0.5 - middle);
    };
    columns.iter().for_each(|column| note(column, &mut height));
    let order: Vec<usize> = if forwards {
        (0..columns.len()).collect()
    } else {
        (0..columns.len()).rev().collect()
    };
    for column in order {
        let wanted: BTreeMap<usize, f64> = columns[column]
            .iter()
            .map(|at| (*at, wanted_height(*at, edges, &height)))
            .collect();
        columns[column].sort_by(|one, other| wanted[one].total_cmp(&wanted[other]));
        let sorted = columns[column].clone();
        note(&sorted, &mut height);
    }
}

fn wanted_height(at: usize, edges: &[(usize, usize)], height: &[f64]) -> f64 {
    let neighbours = edges
        .iter()
        .filter_map(|(from, to)| match (*from == at, *to == at) {
            (true, _) => Some(height[*to]),
            (_, true) => Some(height[*from]),
            (false, false) => None,
        });
    let neighbours: Vec<f64> = neighbours.collect();
    if neighbours.is_empty() {
        return height[at];
    }
    neighbours.iter().sum::<f64>() / neighbours.len() as f64
}

/// Columns beside each other, their middles on one line.
fn in_columns(columns: &[Vec<usize>], shapes: &[Shape]) -> Placed {
    let height = |column: &Vec<usize>| {
        let all: f64 = column.iter().map(|at| shapes[*at].height + ROW_GAP).sum();
        all - ROW_GAP
    };
    let tallest = columns.iter().map(height).fold(0.0, f64::max);
    let mut placed = Placed {
        at: vec![(0.0, 0.0); shapes.len()],
        shape: Shape::default(),
    };
    let mut x = 0.0;
    for column in columns {
        let mut y = (tallest - height(column)) / 2.0;
        for at in column {
            placed.at[*at] = (x, y);
            y += shapes[*at].height + ROW_GAP;
        }
        let widest = column
            .iter()
            .map(|at| shapes[*at].width)
            .fold(0.0, f64::max);
        x += widest + COLUMN_GAP;
    }
    placed.shape = Shape {
        width: (x - COLUMN_GAP).max(0.0),
        height: tallest,
    };
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Shape = Shape {
        width: 100.0,
        height: 60.0,
    };

    #[test]
    fn what_is_referred_to_is_to_the_left() {
        let placed = layered(&[ONE; 4], &[(1, 0), (2, 1), (2, 0)]);
        assert!(
            placed.at[0].0 < placed.at[1].0 && placed.at[1].0 < placed.at[2].0,
            "{placed:?}"
        );
    }

    #[test]
    fn a_circle_ends() {
        let placed = layered(&[ONE; 3], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(placed.at.len(), 3);
    }

    /// A hub of a large schema does not make one endless column.
    #[test]
    fn a_hub_makes_no_tower() {
        let edges: Vec<(usize, usize)> = (1..170).map(|at| (at, 0)).collect();
        let placed = layered(&[ONE; 170], &edges);
        let aspect = placed.shape.width / placed.shape.height;
        assert!((0.5..3.0).contains(&aspect), "{:?}", placed.shape);
    }
}
