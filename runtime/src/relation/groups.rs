//! Rows that are brought together by the group that each belongs to. The order is found once for all models: what sorts is most of the code.

/// Brings the rows of each group together, in the order of the groups, without changing their order within one. Mostly they come so.
pub(super) fn in_groups<R>(found: Vec<(u32, R)>) -> Vec<(u32, R)> {
    if found.is_sorted_by_key(|(group, _)| *group) {
        return found;
    }
    let groups: Vec<u32> = found.iter().map(|(group, _)| *group).collect();
    let mut rows: Vec<Option<(u32, R)>> = found.into_iter().map(Some).collect();
    let order = order(&groups).into_iter();
    order.filter_map(|at| rows[at].take()).collect()
}

/// Returns the places of the groups in their order.
fn order(groups: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&at| groups[at]);
    order
}

#[cfg(test)]
mod tests {
    use super::in_groups;

    #[test]
    fn rows_of_a_group_stay_in_their_order() {
        let found = vec![(2, "c"), (0, "a"), (2, "d"), (1, "b"), (0, "z")];
        let sorted = [(0, "a"), (0, "z"), (1, "b"), (2, "c"), (2, "d")];
        assert_eq!(in_groups(found), sorted);
        assert_eq!(in_groups(sorted.to_vec()), sorted);
        assert_eq!(in_groups::<u8>(Vec::new()), []);
    }
}
