//! The order in which rows are written that wait for each other: circles of them at once, and whatever they wait for before them.

/// A node on the way, and how many of its edges were followed.
type Step = (usize, usize);

/// The circles of a graph, each after all that its nodes lead to; a node that is in no circle is alone. Tarjan's algorithm of strongly
/// connected components (SIAM J. Comput. 1, 1972), without recursion.
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        edges,
        index: vec![None; edges.len()],
        low: vec![0; edges.len()],
        is_open: vec![false; edges.len()],
        open: Vec::new(),
        found: Vec::new(),
        next: 0,
    };
    for node in 0..edges.len() {
        if search.index[node].is_none() {
            search.from(node);
        }
    }
    search.found
}

struct Search<'g> {
    edges: &'g [Vec<usize>],
    /// The order in which nodes were met.
    index: Vec<Option<usize>>,
    /// The least index that is reached from a node within what is open.
    low: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    found: Vec<Vec<usize>>,
    next: usize,
}

impl Search<'_> {
    fn from(&mut self, start: usize) {
        let mut way: Vec<Step> = vec![(start, 0)];
        self.meet(start);
        while let Some((node, followed)) = way.pop() {
            let Some(&to) = self.edges[node].get(followed) else {
                self.leave(node, way.last().map(|(before, _)| *before));
                continue;
            };
            way.push((node, followed + 1));
            match self.index[to] {
                None => {
                    self.meet(to);
                    way.push((to, 0));
                }
                Some(index) if self.is_open[to] => self.low[node] = self.low[node].min(index),
                Some(_) => {}
            }
        }
    }

    fn meet(&mut self, node: usize) {
        self.index[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.open.push(node);
        self.is_open[node] = true;
    }

    /// All edges of the node were followed.
    fn leave(&mut self, node: usize, before: Option<usize>) {
        if let Some(before) = before {
            self.low[before] = self.low[before].min(self.low[node]);
        }
        if self.index[node] != Some(self.low[node]) {
            return;
        }
        let first = self.open.iter().rposition(|open| *open == node);
        let circle = self.open.split_off(first.unwrap_or_default());
        for &node in &circle {
            self.is_open[node] = false;
        }
        self.found.push(circle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let mut found = circles(edges);
        found.iter_mut().for_each(|circle| circle.sort_unstable());
        found
    }

    #[test]
    fn a_chain_comes_from_its_end() {
        assert_eq!(sorted(&[vec![1], vec![2], vec![]]), [[2], [1], [0]]);
    }

    #[test]
    fn circles_are_together_and_before_what_waits_for_them() {
        // 0 and 1 exchange; 2 waits for 1; 3, 4 and 5 go round; 6 waits for both.
        let edges = [
            vec![1],
            vec![0],
            vec![1],
            vec![4],
            vec![5],
            vec![3],
            vec![2, 5],
        ];
        assert_eq!(
            sorted(&edges),
            [vec![0, 1], vec![2], vec![3, 4, 5], vec![6]]
        );
    }

    #[test]
    fn two_circles_that_share_a_node_are_one() {
        assert_eq!(sorted(&[vec![1, 2], vec![0], vec![0]]), [[0, 1, 2]]);
    }

    #[test]
    fn a_long_circle_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (0..200_000).map(|at| vec![(at + 1) % 200_000]).collect();
        assert_eq!(circles(&edges).len(), 1);
    }
}
