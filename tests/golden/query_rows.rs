//! Rows for queries: some by name, and many that a seed decides.

use bindery::types::{BigDecimal, NaiveDate, NaiveDateTime, Uuid};
use bindery::{Connection, Engine, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::Everything;

/// A post with what it must have.
pub(crate) fn post<E: Engine>(author: UserId<E>, title: &str, stars: i64) -> NewPost<E> {
    NewPost::new(author, title, stars, true, NaiveDateTime::default())
}

pub(crate) fn titles<E: Engine>(rows: Vec<Post<E>>) -> Vec<String> {
    rows.into_iter().map(|row| row.title).collect()
}

/// A row as text, without the name of its engine.
pub(crate) fn line<E: Engine>(row: &Post<E>) -> String {
    format!(
        "{} {} {:?} {} {:?} {} {:?} {:?} {:?} {} {:?} {:?}",
        row.id.value(),
        row.author_id.value(),
        row.editor_id.map(|id| *id.value()),
        row.title,
        row.body,
        row.stars,
        row.rank,
        row.weight,
        row.price
            .as_ref()
            .map(|price| price.normalized().to_string()),
        row.is_public,
        row.token,
        row.day,
    )
}

/// Numbers that a seed decides (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }

    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }

    /// One of four has none.
    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.below(4) == 0 {
            None
        } else {
            Some(make(self))
        }
    }
}

/// Texts that databases compare in different ways unless they are told how.
pub(crate) const TEXTS: &[&str] = &[
    "", " ", "a", "A", "b", "B", "ab", "aB", "a b", "a_b", "a%b", "a|b", "a*b", "[a]", "é",
    "e\u{301}", "É", "ß", "ss", "ж", "日本", "🦀", "z", "Z", "'", "\"", "\\", "a ", "10", "9",
];

pub(crate) fn random_text(seeded: &mut Seeded) -> String {
    let (one, two) = (*seeded.of(TEXTS), *seeded.of(TEXTS));
    if seeded.below(2) == 0 {
        one.to_owned()
    } else {
        format!("{one}{two}")
    }
}

pub(crate) fn day(seeded: &mut Seeded) -> NaiveDate {
    let days = seeded.below(40) as u32;
    NaiveDate::from_ymd_opt(2024, 1 + days / 20, 1 + days % 20).expect("days of two months")
}

pub(crate) fn price(seeded: &mut Seeded) -> BigDecimal {
    BigDecimal::new((seeded.below(60) as i64 - 20).into(), 2)
}

pub(crate) fn token(seeded: &mut Seeded) -> Uuid {
    Uuid::from_u128(u128::from(seeded.below(20)) << 64)
}

/// Fills the tables with as many posts, by five users.
pub(crate) fn fill<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    posts: u64,
    seed: u64,
) -> bindery::Result<()> {
    let mut seeded = Seeded::new(seed);
    let mut users: Vec<UserId<E>> = Vec::new();
    for number in 0..5 {
        let city = seeded.maybe(random_text);
        let boss = users.get(number / 2).copied();
        let new = NewUser::new(random_text(&mut seeded))
            .city(city)
            .boss_id(boss);
        users.push(c.users().insert(new)?.id);
    }
    let rows = (0..posts)
        .map(|_| random_post(&mut seeded, &users))
        .collect::<Vec<_>>();
    c.posts().insert_many(rows)?;
    let ids: Vec<PostId<E>> = c
        .posts()
        .order_by(post::id.asc())
        .all()?
        .iter()
        .map(|row| row.id)
        .collect();
    let words = (0..posts).map(|_| {
        let author = seeded.maybe(|seeded| *seeded.of(&users));
        NewComment::new(*seeded.of(&ids), random_text(&mut seeded)).author_id(author)
    });
    let words = words.collect::<Vec<_>>();
    c.comments().insert_many(words)?;
    Ok(())
}

fn random_post<E: Engine>(seeded: &mut Seeded, users: &[UserId<E>]) -> NewPost<E> {
    let author = *seeded.of(users);
    let title = random_text(seeded);
    let mut post = post(author, &title, seeded.below(8) as i64 - 2);
    post.is_public = seeded.below(3) > 0;
    post.editor_id(seeded.maybe(|seeded| *seeded.of(users)))
        .body(seeded.maybe(random_text))
        .rank(seeded.maybe(|seeded| seeded.below(6) as i32))
        .weight(seeded.maybe(|seeded| seeded.below(9) as f64 / 4.0))
        .price(seeded.maybe(price))
        .token(seeded.maybe(token))
        .day(seeded.maybe(day))
}
