//! Tables in columns: each to the right of those that it refers to. Which column, the order in it and the heights are those of `dugong`,
//! dagre's algorithms; columns that would be much higher than the others are broken ([`folds`](super::folds)).

use std::collections::{BTreeMap, BTreeSet};

use dugong::graphlib::{Graph, GraphOptions};
use dugong::order::{OrderOptions, order};
use dugong::position::bk::position_x;
use dugong::{EdgeLabel, GraphLabel, NodeLabel, normalize, rank};

use super::folds::folded;
use super::shelves::{Placed, Shape, on_shelves};

/// Between columns, and between the tables of one.
pub(super) const COLUMN_GAP: f64 = 64.0;
pub(super) const ROW_GAP: f64 = 22.0;
/// Tables that are more columns apart do not count for the order: an edge takes a place in each column that it passes.
const FARTHEST: usize = 8;
/// Between groups of tables that do not refer to each other.
const GROUP_GAP: f64 = 44.0;

/// The tables of each column, from left to right.
pub(super) type Columns = Vec<Vec<usize>>;

/// From what is referred to, to what refers to it, each once.
type Edges = BTreeSet<(usize, usize)>;

type Layout = Graph<NodeLabel, EdgeLabel, GraphLabel>;

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
    let edges = edges.filter_map(|(from, to)| Some((*place.get(to)?, *place.get(from)?)));
    let edges: Edges = edges.filter(|(from, to)| from != to).collect();
    let Some(layers) = layers(&own, &edges) else {
        return on_shelves(&own, ROW_GAP);
    };
    let columns = folded(in_order(&layers, &own, &edges), &own);
    let columns = in_order(&columns, &own, &edges);
    placed(&columns, &own, &edges)
}

fn id(at: usize) -> String {
    format!("t{at}")
}

/// The graph of the tables, whose columns are layers one below the other: to `dugong` a height is a width.
fn graph(shapes: &[Shape], edges: impl Iterator<Item = (usize, usize)>) -> Layout {
    let mut graph = Layout::new(GraphOptions {
        multigraph: true,
        ..GraphOptions::default()
    });
    graph.set_graph(GraphLabel {
        nodesep: ROW_GAP,
        ..GraphLabel::default()
    });
    for (at, shape) in shapes.iter().enumerate() {
        graph.set_node(
            id(at),
            NodeLabel {
                width: shape.height,
                height: shape.width,
                ..NodeLabel::default()
            },
        );
    }
    for (from, to) in edges {
        let label = EdgeLabel {
            weight: 1.0,
            ..EdgeLabel::default()
        };
        graph.set_edge_with_label(id(from), id(to), label);
    }
    graph
}

/// The tables of each layer, where edges of a circle may go back.
fn layers(shapes: &[Shape], edges: &Edges) -> Option<Columns> {
    let plan = rank::plan(&graph(shapes, edges.iter().copied())).ok()?;
    let ranks: BTreeMap<&str, usize> = plan
        .nodes
        .iter()
        .filter_map(|node| Some((node.id.as_str(), usize::try_from(node.rank?).ok()?)))
        .collect();
    let mut layers = Columns::new();
    for at in 0..shapes.len() {
        let rank = *ranks.get(id(at).as_str())?;
        if layers.len() <= rank {
            layers.resize(rank + 1, Vec::new());
        }
        layers[rank].push(at);
    }
    layers.retain(|layer| !layer.is_empty());
    Some(layers)
}

/// The graph with each table in its column and at its place there, and with edges between columns that are at most so far from each other.
fn in_columns(columns: &Columns, shapes: &[Shape], edges: &Edges, farthest: usize) -> Layout {
    let mut column = vec![0; shapes.len()];
    for (number, members) in columns.iter().enumerate() {
        members.iter().for_each(|at| column[*at] = number);
    }
    let edges: Edges = edges
        .iter()
        .map(|&(from, to)| match column[from] <= column[to] {
            true => (from, to),
            false => (to, from),
        })
        .filter(|&(from, to)| (1..=farthest).contains(&(column[to] - column[from])))
        .collect();
    let mut graph = graph(shapes, edges.into_iter());
    for (number, members) in columns.iter().enumerate() {
        for (order, at) in members.iter().enumerate() {
            if let Some(node) = graph.node_mut(&id(*at)) {
                node.rank = i32::try_from(number).ok();
                node.order = Some(order);
            }
        }
    }
    graph
}

/// The same columns, whose order has few edges cross.
fn in_order(columns: &Columns, shapes: &[Shape], edges: &Edges) -> Columns {
    let mut graph = in_columns(columns, shapes, edges, FARTHEST);
    normalize::run(&mut graph);
    order(&mut graph, OrderOptions::default());
    let order = |at: &usize| graph.node(&id(*at)).and_then(|node| node.order);
    let mut columns = columns.clone();
    for column in &mut columns {
        column.sort_by_key(order);
    }
    columns
}

/// Edges that pass columns get no room there: it would make a diagram of three times the size where columns are broken.
fn placed(columns: &Columns, shapes: &[Shape], edges: &Edges) -> Placed {
    let graph = in_columns(columns, shapes, edges, 1);
    let middles = position_x(&graph);
    let mut placed = Placed {
        at: vec![(0.0, 0.0); shapes.len()],
        shape: Shape::default(),
    };
    let mut x = 0.0;
    for column in columns {
        let mut widest: f64 = 0.0;
        for &at in column {
            let middle = middles.get(id(at).as_str()).copied().unwrap_or_default();
            placed.at[at] = (x, middle - shapes[at].height / 2.0);
            widest = widest.max(shapes[at].width);
        }
        x += widest + COLUMN_GAP;
    }
    let top = placed.at.iter().map(|(_, y)| *y).fold(f64::MAX, f64::min);
    placed.at.iter_mut().for_each(|(_, y)| *y -= top);
    let bottoms = placed.at.iter().zip(shapes);
    let bottoms = bottoms.map(|((_, y), shape)| y + shape.height);
    placed.shape = Shape {
        width: (x - COLUMN_GAP).max(0.0),
        height: bottoms.fold(0.0, f64::max),
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
        for (at, one) in placed.at.iter().enumerate() {
            for two in &placed.at[..at] {
                let is_apart =
                    (one.0 - two.0).abs() >= ONE.width || (one.1 - two.1).abs() >= ONE.height;
                assert!(is_apart, "{one:?} and {two:?}");
            }
        }
    }
}
