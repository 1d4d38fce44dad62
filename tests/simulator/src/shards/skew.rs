//! How evenly the slots of keys spread tenants and their load over shards.

use bindery_core::slots::{of_integer, of_text, slot};

use super::Plan;

/// By which tenants are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// 1, 2, 3 …
    Numbers,
    /// `tenant-1`, `tenant-2` …
    Texts,
}

impl Keys {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Numbers => "1, 2, 3",
            Self::Texts => "tenant-1",
        }
    }

    fn number(self, tenant: u32) -> u32 {
        match self {
            Self::Numbers => of_integer(i64::from(tenant)),
            Self::Texts => of_text(format!("tenant-{tenant}").as_bytes()),
        }
    }
}

/// The shard of each tenant; the first of them is the largest.
pub(super) struct Spread {
    shards: u32,
    of_tenants: Vec<u32>,
}

impl Spread {
    pub(super) fn of(plan: &Plan, keys: Keys) -> Self {
        let tenants = 1..=plan.tenants;
        let shard = |tenant| shard_of(slot(keys.number(tenant), plan.slots), plan);
        Self {
            shards: plan.shards,
            of_tenants: tenants.map(shard).collect(),
        }
    }

    /// The load of the fullest shard as a part of the mean, where that of a tenant is one over a power of its rank; with 0 all have the same. Ranks are in no relation to
    /// keys.
    pub(super) fn fullest(&self, exponent: f64) -> f64 {
        let mut loads = vec![0.0; self.shards as usize];
        let tenants = self.of_tenants.len();
        for (at, shard) in self.of_tenants.iter().enumerate() {
            let rank = (at * STEP) % tenants + 1;
            loads[*shard as usize] += weight(rank, exponent);
        }
        let sum: f64 = loads.iter().sum();
        loads.iter().fold(0.0, |most: f64, load| most.max(*load)) / (sum / loads.len() as f64)
    }

    /// The part of all load that the largest tenant has.
    pub(super) fn share_of_largest(plan: &Plan, exponent: f64) -> f64 {
        let all: f64 = (1..=plan.tenants as usize)
            .map(|rank| weight(rank, exponent))
            .sum();
        1.0 / all
    }
}

/// A prime: ranks in another order than keys.
const STEP: usize = 7_919;

fn weight(rank: usize, exponent: f64) -> f64 {
    (rank as f64).powf(-exponent)
}

/// The shard of a slot where all are divided evenly, as `divide` does: the first shards have one more where it does not come out even.
fn shard_of(slot: u32, plan: &Plan) -> u32 {
    let (share, more) = (plan.slots / plan.shards, plan.slots % plan.shards);
    let with_more = more * (share + 1);
    match slot < with_more {
        true => slot / (share + 1),
        false => more + (slot - with_more) / share,
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, Plan, Spread, shard_of};

    #[test]
    fn slots_are_divided_evenly() {
        let plan = Plan {
            shards: 5,
            slots: 12,
            ..Plan::USUAL
        };
        let shards: Vec<u32> = (0..12).map(|slot| shard_of(slot, &plan)).collect();
        assert_eq!(shards, [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4]);
    }

    /// Covers DIST-10 on no database.
    #[test]
    fn dist_10_more_slots_spread_better_and_a_large_tenant_is_on_one_shard() {
        let of = |slots| {
            Spread::of(
                &Plan {
                    slots,
                    ..Plan::USUAL
                },
                Keys::Texts,
            )
        };
        let (few, many) = (of(1_024), of(65_536));
        assert!(few.fullest(0.0) > 2.0, "{}", few.fullest(0.0));
        assert!(many.fullest(0.0) < 1.4, "{}", many.fullest(0.0));
        let share = Spread::share_of_largest(&Plan::USUAL, 1.0);
        assert!(
            many.fullest(1.0) >= share * 1_000.0,
            "{}",
            many.fullest(1.0)
        );
    }
}
