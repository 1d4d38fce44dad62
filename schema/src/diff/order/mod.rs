//! The order of changes, derived from the parts of a database that each of them makes, drops, alters and needs: a part is made
//! before what needs it, and goes after what needed it. Among changes that may come next the first by [`rank`] does, so that
//! files read alike. Beside that, what stands in the way of a change is dropped before it and made again after it: [`around`].

mod around;
mod bound;
mod circle;
mod distributed;
mod divided;
mod effects;
mod held;
mod mysql;
mod part;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

pub(super) use self::divided::added_parts;
use self::effects::Effects;
pub(super) use self::effects::Sides;
pub(super) use self::effects::is_made_anew;
pub(super) use self::held::held_back;
pub(super) use self::mysql::grouped_by_key;
pub(super) use self::part::is_counted;
use self::part::{DatabasePart, Side};
use super::change::Change;
use super::facts::Facts;
use super::key::KeyKind;
use super::structure::Structure;
use crate::sorting::sort_by;

/// All changes with those that they need around them, in an order in which a database executes them. Those of a group are one
/// statement.
pub(super) fn ordered(from: &Structure, to: &Structure, changes: &[Change]) -> Vec<Vec<Change>> {
    let sides = Sides {
        from: Side::new(from),
        to: Side::new(to),
    };
    let changes = around::completed(&sides, changes);
    let changes = distributed::in_two(&sides, bound::apart(&sides, changes));
    let mut changes = divided::in_two(&sides, changes);
    by_rank(&mut changes);
    let grouped = Facts::of(to.dialect).keys.grouped;
    let groups = grouped(&sides, changes);
    let groups = circle::opened(&sides, groups);
    let effects: Vec<Vec<Effects>> = groups
        .iter()
        .map(|group| group.iter().map(|one| sides.effects(one)).collect())
        .collect();
    let mut groups: Vec<Option<Vec<Change>>> = groups.into_iter().map(Some).collect();
    let order = Graph::new(&effects).order();
    order
        .into_iter()
        .filter_map(|at| groups[at].take())
        .collect()
}

/// Groups of one change each.
pub(super) fn one_each(_: &Sides<'_>, changes: Vec<Change>) -> Vec<Vec<Change>> {
    changes.into_iter().map(|one| vec![one]).collect()
}

/// Sorts changes by their ranks; those of one rank stay in their order.
pub(super) fn by_rank(changes: &mut [Change]) {
    sort_by(changes, |one, other| rank(one).cmp(&rank(other)));
}

/// The place of a change where nothing else decides: what goes comes first, but for columns and tables, which may be kept.
fn rank(change: &Change) -> u8 {
    match change {
        Change::DropCapture { .. } => 0,
        Change::DropView(_) => 1,
        Change::DropKey { key, .. } if key.kind == KeyKind::ForeignKey => 2,
        Change::DropKey { .. } => 3,
        Change::CreateObject(_)
        | Change::ChangeObject { .. }
        | Change::CreateEnum(_)
        | Change::ChangeEnum { .. } => 4,
        Change::AddColumn { .. }
        | Change::ChangeColumn { .. }
        | Change::ChangeOptions { .. }
        | Change::ChangePartitioning { .. }
        | Change::ChangeComment { .. } => 5,
        Change::AddKey { key, .. } if key.kind == KeyKind::ForeignKey => 8,
        Change::ValidateKey { .. } => 8,
        Change::AddKey { .. } | Change::RenameKey { .. } => 6,
        Change::CreateTable(_)
        | Change::AddPartition { .. }
        | Change::ChangeDistribution { .. } => 7,
        Change::DropColumn { .. } => 9,
        Change::DropTable(_) | Change::DropPartition { .. } => 10,
        Change::DropEnum(_) | Change::DropObject(_) => 11,
        Change::CreateView(_) => 12,
        Change::AddCapture { .. } => 13,
    }
}

/// Which groups have to come before which.
struct Graph {
    /// The groups after each.
    after: Vec<Vec<usize>>,
    /// The number of groups before each that are not done yet.
    waits: Vec<usize>,
}

impl Graph {
    fn new(groups: &[Vec<Effects>]) -> Self {
        let mut graph = Self {
            after: vec![Vec::new(); groups.len()],
            waits: vec![0; groups.len()],
        };
        let by_part = |parts: fn(&Effects) -> &Vec<DatabasePart>| {
            let mut known: BTreeMap<&DatabasePart, Vec<usize>> = BTreeMap::new();
            for (at, group) in groups.iter().enumerate() {
                for part in group.iter().flat_map(parts) {
                    known.entry(part).or_default().push(at);
                }
            }
            known
        };
        let makers = by_part(|one| &one.makes);
        let droppers = by_part(|one| &one.drops);
        let alterers = by_part(|one| &one.alters);
        let positions = |known: &BTreeMap<&DatabasePart, Vec<usize>>, part: &DatabasePart| {
            known.get(part).cloned().unwrap_or_default().into_iter()
        };
        for (at, effects) in groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.iter().map(move |one| (at, one)))
        {
            for part in &effects.needs {
                let before = positions(&makers, part).chain(positions(&alterers, part));
                before.for_each(|before| graph.edge(before, at));
            }
            for part in effects.waits_for.iter().chain(&effects.makes) {
                positions(&droppers, part).for_each(|before| graph.edge(before, at));
            }
            for part in effects.leaves.iter().chain(&effects.alters) {
                positions(&droppers, part).for_each(|after| graph.edge(at, after));
            }
            for part in effects.leaves.iter().filter(|_| effects.is_in_the_way) {
                positions(&alterers, part).for_each(|after| graph.edge(at, after));
            }
        }
        graph
    }

    fn edge(&mut self, before: usize, after: usize) {
        if before != after {
            self.after[before].push(after);
            self.waits[after] += 1;
        }
    }

    /// Of those that wait for none the first; in a circle, where none is left that does, the first of all.
    fn order(mut self) -> Vec<usize> {
        let mut ready: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
        ready.extend(
            (0..self.waits.len())
                .filter(|at| self.waits[*at] == 0)
                .map(Reverse),
        );
        let mut is_done = vec![false; self.waits.len()];
        let (mut order, mut first) = (Vec::new(), 0);
        while order.len() < self.waits.len() {
            while is_done.get(first) == Some(&true) {
                first += 1;
            }
            let at = ready.pop().map_or(first, |Reverse(at)| at);
            if std::mem::replace(&mut is_done[at], true) {
                continue;
            }
            order.push(at);
            for next in std::mem::take(&mut self.after[at]) {
                self.waits[next] -= 1;
                if self.waits[next] == 0 {
                    ready.push(Reverse(next));
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabasePart, Effects, Graph};

    fn named(makes: &str, drops: &str) -> Vec<Effects> {
        let part = |name: &str| vec![DatabasePart::Name(String::new(), name.to_owned())];
        vec![Effects {
            makes: part(makes),
            drops: part(drops),
            ..Effects::default()
        }]
    }

    #[test]
    fn what_frees_a_name_comes_before_what_takes_it() {
        let order = Graph::new(&[named("c", "b"), named("b", "a"), named("d", "c")]).order();
        assert_eq!(order, [2, 0, 1]);
    }

    /// Two that take each other's name: there is no order, and yet an end.
    #[test]
    fn a_circle_begins_with_its_first() {
        let order = Graph::new(&[named("a", "b"), named("b", "a"), named("c", "d")]).order();
        assert_eq!(order, [2, 0, 1]);
    }
}
