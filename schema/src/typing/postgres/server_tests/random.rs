//! Random types and calls.

use super::*;

/// A sequence of numbers that the seed repeats (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }

    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// The types that values have, arrays among them.
pub(super) struct Types {
    pub(super) all: Vec<PgType>,
    /// Those of most columns.
    pub(super) usual: Vec<PgType>,
    ranges: Vec<PgType>,
}

impl Types {
    pub(super) fn read() -> Self {
        let lines = include_str!("../types.txt").lines().skip(1);
        let names = lines.filter_map(|line| line.split(' ').nth(2));
        let known = names.filter_map(PgType::of_catalogue);
        let has_values = |one: &PgType| {
            !matches!(
                one.category(),
                Category::Pseudo | Category::Unknown | Category::Internal
            )
        };
        let scalars: Vec<_> = known.filter(has_values).collect();
        let arrays = scalars.iter().filter_map(|one| one.array());
        let all: Vec<_> = scalars.iter().copied().chain(arrays).collect();
        let usual = [
            "int2",
            "int4",
            "int8",
            "numeric",
            "float4",
            "float8",
            "text",
            "varchar",
            "bpchar",
            "name",
            "bool",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "interval",
            "uuid",
            "json",
            "jsonb",
            "bytea",
            "inet",
            "oid",
            "_int4",
            "_text",
            "_varchar",
            "_numeric",
            "int4range",
            "tstzrange",
            "nummultirange",
            "bit",
            "money",
            "regclass",
        ];
        let usual = usual.iter().filter_map(|name| PgType::of_catalogue(name));
        let ranges = all
            .iter()
            .copied()
            .filter(|one| one.multirange().is_some())
            .collect();
        let mut types = Self {
            usual: usual.chain([MOOD, MOODS, PgType::RECORD]).collect(),
            all,
            ranges,
        };
        types.all.extend([MOOD, MOODS, PgType::RECORD]);
        types
    }

    /// Types for the polymorphic ones among the declared.
    fn instance(&self, declared: &[PgType], random: &mut Random) -> Vec<PgType> {
        let range = random.one_of(&self.ranges);
        let has_range = declared.iter().any(|one| one.name().contains("range"));
        let element = match range.bound() {
            Some(bound) if has_range => bound,
            _ => random.one_of(&self.usual),
        };
        let concrete = |declared: &PgType| match *declared {
            PgType::ANY_ARRAY | PgType::ANY_COMPATIBLE_ARRAY => element.array().unwrap_or(element),
            PgType::ANY_RANGE | PgType::ANY_COMPATIBLE_RANGE => range,
            PgType::ANY_MULTIRANGE | PgType::ANY_COMPATIBLE_MULTIRANGE => {
                range.multirange().unwrap_or(range)
            }
            PgType::ANY_ENUM => MOOD,
            one if polymorphic::is_polymorphic(one) || one == PgType::ANY => element,
            one => one,
        };
        declared.iter().map(concrete).collect()
    }

    /// Types for a call with these declared ones: the same, untyped, others that become them, and sometimes any.
    pub(super) fn near(&self, declared: &[PgType], random: &mut Random) -> Vec<PgType> {
        let exact = self.instance(declared, random);
        let vary = |one: PgType| {
            let fitting = |from: &PgType| can_cast(*from, one, Context::Implicit);
            match random.below(10) {
                0..4 => one,
                4..7 => PgType::UNKNOWN,
                7 => random.one_of(&self.usual),
                _ => {
                    let from: Vec<_> = self.all.iter().copied().filter(fitting).collect();
                    if from.is_empty() {
                        one
                    } else {
                        random.one_of(&from)
                    }
                }
            }
        };
        exact.into_iter().map(vary).collect()
    }

    pub(super) fn exact(&self, declared: &[PgType], random: &mut Random) -> Vec<PgType> {
        self.instance(declared, random)
    }

    pub(super) fn any(&self, count: usize, random: &mut Random) -> Vec<PgType> {
        let one = |random: &mut Random| match random.percent(25) {
            true => PgType::UNKNOWN,
            false => random.one_of(&self.usual),
        };
        (0..count).map(|_| one(random)).collect()
    }
}
