//! `models-of`: engines that host what another engine hosts. An engine names at most one other, so that the ways between
//! them are followed once each, however many there are.

use crate::config::EngineId;

/// Which engines host what an engine hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelsOf {
    /// By the id of an engine: those that name it. Empty where no engine names another.
    followers: Vec<Vec<EngineId>>,
}

impl ModelsOf {
    /// For this number of engines; of each pair the first hosts what the second hosts.
    pub fn new(engines: usize, pairs: impl IntoIterator<Item = (EngineId, EngineId)>) -> Self {
        let mut followers: Vec<Vec<EngineId>> = Vec::new();
        for (engine, of) in pairs {
            followers.resize(engines, Vec::new());
            followers[of.0 as usize].push(engine);
        }
        Self { followers }
    }

    /// Adds the engines that host what those found host; an engine that hosts what such an engine hosts, too.
    pub fn add_to(&self, found: &mut Vec<EngineId>) {
        self.follow(found, |_| ());
    }

    /// The same; each engine whose followers are visited is passed to the callback.
    fn follow(&self, found: &mut Vec<EngineId>, mut look: impl FnMut(EngineId)) {
        if self.followers.is_empty() {
            return;
        }
        let mut known = vec![false; self.followers.len()];
        found.iter().for_each(|id| known[id.0 as usize] = true);
        let mut next = 0;
        while let Some(&id) = found.get(next) {
            next += 1;
            look(id);
            for &follower in &self.followers[id.0 as usize] {
                if !std::mem::replace(&mut known[follower.0 as usize], true) {
                    found.push(follower);
                }
            }
        }
    }
}

/// The circles among things that each lead to at most one other: each circle once, from its first member on. Every thing
/// is looked up once.
pub(crate) fn circles(
    count: usize,
    mut next: impl FnMut(usize) -> Option<usize>,
) -> Vec<Vec<usize>> {
    // The way by which a thing was come to; 0: none yet.
    let mut way_of = vec![0; count];
    let mut circles = Vec::new();
    for start in 0..count {
        let (way, mut path, mut at) = (start + 1, Vec::new(), Some(start));
        while let Some(here) = at.filter(|&here| way_of[here] == 0) {
            way_of[here] = way;
            path.push(here);
            at = next(here);
        }
        let closed = at.filter(|&here| way_of[here] == way);
        let closed = closed.and_then(|here| path.iter().position(|&member| member == here));
        circles.extend(closed.map(|first| path.split_off(first)));
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: u32 = 100_000;

    #[test]
    fn a_chain_is_followed_once() {
        let pairs = (1..MANY).map(|id| (EngineId(id), EngineId(id - 1)));
        let models_of = ModelsOf::new(MANY as usize, pairs);
        let (mut found, mut looks) = (vec![EngineId(0)], 0_u32);
        models_of.follow(&mut found, |_| looks += 1);
        assert_eq!((found.len(), looks), (MANY as usize, MANY));
        let mut last = vec![EngineId(MANY - 1)];
        models_of.add_to(&mut last);
        assert_eq!(last.len(), 1);
    }

    #[test]
    fn followers_of_followers_come_behind_them() {
        let id = EngineId;
        let models_of = ModelsOf::new(5, [(id(0), id(2)), (id(1), id(0)), (id(3), id(3))]);
        for (given, expected) in [
            (vec![2], vec![2, 0, 1]),
            (vec![1, 2], vec![1, 2, 0]),
            (vec![4], vec![4]),
            (vec![3], vec![3]),
        ] {
            let mut found: Vec<_> = given.into_iter().map(id).collect();
            models_of.add_to(&mut found);
            assert_eq!(found.iter().map(|id| id.0).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn circles_are_found_once_and_everything_is_asked_once() {
        let leads = [Some(1), Some(2), Some(0), Some(1), Some(4), None, Some(5)];
        let found = circles(leads.len(), |at| leads[at]);
        assert_eq!(found, [vec![0, 1, 2], vec![4]]);
        let many = MANY as usize;
        for (last, expected) in [(None, 0), (Some(0), 1)] {
            let mut asked = 0;
            let chain = |at| if at + 1 == many { last } else { Some(at + 1) };
            let found = circles(many, |at| {
                asked += 1;
                chain(at)
            });
            assert_eq!((found.len(), asked), (expected, many));
        }
    }
}
