//! In which order views are read: each after those that its query reads.

use crate::lists::IntoVec as _;
use std::collections::HashMap;

use crate::draft::DraftView;
use crate::lower::names_of;
use crate::sorting::sort_by;

/// Indexes of all views. Views that hold each other's names come in the order of their statements.
pub(super) fn reading_order(views: &[DraftView]) -> Vec<usize> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, view) in views.iter().enumerate() {
        let name = view.table.name.name.text.to_lowercase();
        by_name.entry(name).or_default().push(at);
    }
    let mut order = Vec::with_capacity(views.len());
    let mut begun = vec![false; views.len()];
    for start in 0..views.len() {
        walk(start, views, &by_name, &mut begun, &mut order);
    }
    order
}

/// Walks down from one view without recursion; what was begun already is not begun again, so circles end.
fn walk(
    start: usize,
    views: &[DraftView],
    by_name: &HashMap<String, Vec<usize>>,
    begun: &mut [bool],
    order: &mut Vec<usize>,
) {
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut next = Some(start);
    loop {
        if let Some(at) = next
            .take()
            .filter(|at| !std::mem::replace(&mut begun[*at], true))
        {
            open.push((at, named_views(&views[at], by_name)));
        }
        let Some((at, waiting)) = open.last_mut() else {
            return;
        };
        match waiting.pop() {
            Some(other) => next = Some(other),
            None => {
                order.push(*at);
                open.pop();
            }
        }
    }
}

/// The views that a query reads, the first last.
fn named_views(view: &DraftView, by_name: &HashMap<String, Vec<usize>>) -> Vec<usize> {
    let sources = names_of(view).tables.into_iter();
    let known = sources.filter_map(|source| by_name.get(&source.name.name.text.to_lowercase()));
    let mut found: Vec<usize> = known.flatten().copied().into_vec();
    sort_by(&mut found, Ord::cmp);
    found.dedup();
    found.reverse();
    found
}
