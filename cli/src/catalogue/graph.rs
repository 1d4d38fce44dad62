//! The order in which objects can be made: each after what it needs, else by kind and name, so that it is the same for
//! every database that has the same objects.

use std::collections::{BTreeMap, BTreeSet};

/// An object that others may need.
#[derive(Debug)]
pub(super) struct Node {
    /// The heading of its statements.
    pub(super) key: String,
    /// Its kind, and its name among those of the kind.
    pub(super) place: (ObjectKind, String),
    /// The keys of what must be there before; those that are not among the nodes are there already.
    pub(super) needs: BTreeSet<String>,
    /// The same of what can be added later.
    pub(super) prefers: BTreeSet<String>,
}

/// Kinds of objects, in the order they come in where none needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObjectKind {
    Collation,
    Type,
    Sequence,
    Function,
    Table,
    View,
    /// A trigger, or a function that nothing but triggers needs.
    Trigger,
}

/// The positions of the nodes in an order in which they can be made. A circle is cut at a preference where it has one.
pub(super) fn sorted(nodes: &[Node]) -> Vec<usize> {
    let positions: BTreeMap<&str, usize> = nodes
        .iter()
        .map(|node| node.key.as_str())
        .zip(0..)
        .collect();
    let mut open: Open<'_> = Open::default();
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    let mut after: Vec<Vec<(usize, bool)>> = nodes.iter().map(|_| Vec::new()).collect();
    for (at, node) in nodes.iter().enumerate() {
        let known = |keys: &BTreeSet<String>| -> Vec<usize> {
            let found = keys
                .iter()
                .filter_map(|key| positions.get(key.as_str()).copied());
            found.filter(|other| *other != at).collect()
        };
        let needs = known(&node.needs);
        let mut prefers = known(&node.prefers);
        prefers.retain(|other| !needs.contains(other));
        waiting.push((needs.len(), prefers.len()));
        needs
            .iter()
            .for_each(|other| after[*other].push((at, true)));
        prefers
            .iter()
            .for_each(|other| after[*other].push((at, false)));
        open.put(node, at, waiting[at]);
    }
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(at) = open.take() {
        order.push(at);
        for (other, is_need) in &after[at] {
            let before = waiting[*other];
            let count = if *is_need {
                &mut waiting[*other].0
            } else {
                &mut waiting[*other].1
            };
            *count -= 1;
            open.moved(&nodes[*other], *other, before, waiting[*other]);
        }
    }
    order
}

/// Objects that are not in the order yet. First is what waits for no need, then the kind, then what waits for no preference.
#[derive(Default)]
struct Open<'n> {
    nodes: BTreeSet<(bool, ObjectKind, bool, &'n str, usize)>,
}

impl<'n> Open<'n> {
    fn put(&mut self, node: &'n Node, at: usize, waiting: (usize, usize)) {
        self.nodes.insert(Self::rank(node, at, waiting));
    }

    fn take(&mut self) -> Option<usize> {
        self.nodes.pop_first().map(|(.., at)| at)
    }

    /// Leaves alone what was taken out of a circle before its turn.
    fn moved(&mut self, node: &'n Node, at: usize, before: (usize, usize), now: (usize, usize)) {
        if self.nodes.remove(&Self::rank(node, at, before)) {
            self.put(node, at, now);
        }
    }

    fn rank(
        node: &'n Node,
        at: usize,
        (needs, prefers): (usize, usize),
    ) -> (bool, ObjectKind, bool, &'n str, usize) {
        (needs > 0, node.place.0, prefers > 0, &node.place.1, at)
    }
}

/// The names, of those given, that are among the words of a statement.
pub(super) fn mentioned<'a>(
    words: &[String],
    names: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let words: BTreeSet<&String> = words.iter().collect();
    let names = names.map(str::to_lowercase);
    names.filter(|name| words.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(key: &str, kind: ObjectKind, needs: &[&str], prefers: &[&str]) -> Node {
        let set = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
        Node {
            key: key.to_owned(),
            place: (kind, key.to_owned()),
            needs: set(needs),
            prefers: set(prefers),
        }
    }

    fn order(nodes: &[Node]) -> Vec<&str> {
        let order = sorted(nodes).into_iter();
        order.map(|at| nodes[at].key.as_str()).collect()
    }

    #[test]
    fn objects_come_after_what_they_need_and_by_name() {
        use ObjectKind::{Table, Type, View};
        let nodes = [
            node("v", View, &["a", "gone"], &[]),
            node("b", Table, &[], &["c"]),
            node("a", Table, &["t"], &[]),
            node("c", Table, &[], &[]),
            node("t", Type, &["c"], &[]),
        ];
        assert_eq!(order(&nodes), ["c", "t", "a", "b", "v"]);
    }

    #[test]
    fn circles_are_cut_at_preferences() {
        use ObjectKind::Table;
        let nodes = [
            node("b", Table, &[], &["a"]),
            node("a", Table, &["c"], &[]),
            node("c", Table, &[], &["b", "c"]),
        ];
        assert_eq!(order(&nodes), ["b", "c", "a"]);
    }
}
