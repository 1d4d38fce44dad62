//! Random queries, and which rows meet them: evaluated in this process by the rules of docs/queries.md, without SQL. Databases that are
//! compared with each other alone (`query_random.rs`) could all be wrong alike. It has conditions, orders, pages, counts and sums.

use std::cmp::Ordering;

use bindery::query::Order;
use bindery::types::BigDecimal;
use bindery::{Condition, Connection, Query, StaticEngine};
use chrono::{Datelike, TimeDelta};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{self as rows, Seeded, TEXTS};

const ROWS: u64 = 60;
const QUERIES: u64 = 300;
const FULL_QUERIES: u64 = 10_000;

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

use Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};

impl Comparison {
    const ALL: [Self; 6] = [Equal, NotEqual, Less, AtMost, Greater, AtLeast];

    fn holds(self, order: Ordering) -> bool {
        match self {
            Equal => order.is_eq(),
            NotEqual => order.is_ne(),
            Less => order.is_lt(),
            AtMost => order.is_le(),
            Greater => order.is_gt(),
            AtLeast => order.is_ge(),
        }
    }
}

/// A post, and what conditions may have of other rows.
struct Row<E: StaticEngine> {
    post: Post<E>,
    /// The words of its comments.
    words: Vec<String>,
    /// The most stars of all posts, and of the public ones.
    most: [i64; 2],
}

/// A condition, to be given to a database and to be evaluated.
#[derive(Debug)]
enum Wanted {
    Stars(Comparison, i64),
    Rank(Comparison, i32),
    Title(Comparison, String),
    Body(Comparison, String),
    /// The stars beside the rank, plus a number.
    StarsOfRank(Comparison, i64),
    /// The stars times the price, and a number.
    Worth(Comparison, i64),
    /// The weight beside the stars, times a number.
    WeightOfStars(Comparison, i64),
    /// The remainder of the stars.
    Remainder(i64, i64),
    /// The day is that of the week, or the one so many days later is in the month.
    Weekday(i64),
    MonthLater(i64, i64),
    /// The title as a number.
    TitleNumber(Comparison, i64),
    Public(bool),
    HasBody,
    HasNoRank,
    StarsIn(Vec<i64>),
    BodyIn(Vec<String>),
    StarsBetween(i64, i64),
    TitleContains(&'static str),
    BodyStartsWith(&'static str),
    /// How many comments it has.
    Comments(Comparison, u64),
    /// How many whose words contain this.
    CommentsWith(&'static str, Comparison, u64),
    /// It is among the posts of comments that contain this.
    InCommentsWith(&'static str),
    /// No post has more stars, or none of the public ones.
    MostStars(bool),
    /// The greatest words of its comments.
    LastWords(Comparison, String),
    Both(Box<[Self; 2]>),
    Either(Box<[Self; 2]>),
    Not(Box<Self>),
}

impl Wanted {
    fn random(seeded: &mut Seeded, depth: u64) -> Self {
        if depth == 0 {
            return Self::leaf(seeded);
        }
        let one = Self::random(seeded, depth - 1);
        match seeded.below(5) {
            0 | 1 => Self::Both(Box::new([one, Self::random(seeded, depth - 1)])),
            2 | 3 => Self::Either(Box::new([one, Self::random(seeded, depth - 1)])),
            _ => Self::Not(Box::new(one)),
        }
    }

    fn leaf(seeded: &mut Seeded) -> Self {
        let comparison = *seeded.of(&Comparison::ALL);
        let number = seeded.below(8) as i64 - 2;
        let several = seeded.below(5);
        match seeded.below(24) {
            22 => Self::Weekday(several as i64 + 2),
            23 => Self::MonthLater(number * 7, several as i64),
            17 => Self::StarsOfRank(comparison, number),
            18 => Self::Worth(comparison, number),
            19 => Self::WeightOfStars(comparison, number),
            20 => Self::Remainder(number, several as i64 - 2),
            21 => Self::TitleNumber(comparison, number * 5),
            0 => Self::Stars(comparison, number),
            1 => Self::Rank(comparison, number as i32),
            2 => Self::Title(comparison, rows::random_text(seeded)),
            3 => Self::Body(comparison, rows::random_text(seeded)),
            4 => Self::Public(number > 1),
            5 => Self::HasBody,
            6 => Self::HasNoRank,
            7 => Self::StarsIn((0..several as i64).map(|n| n * 2 - 1).collect()),
            8 => Self::BodyIn((0..several).map(|_| rows::random_text(seeded)).collect()),
            9 => Self::StarsBetween(number, number + several as i64),
            10 => Self::TitleContains(seeded.of::<&str>(TEXTS)),
            11 => Self::BodyStartsWith(seeded.of::<&str>(TEXTS)),
            12 => Self::Comments(comparison, several / 2),
            13 => Self::CommentsWith(seeded.of::<&str>(TEXTS), comparison, several / 2),
            14 => Self::InCommentsWith(seeded.of::<&str>(TEXTS)),
            15 => Self::MostStars(several > 2),
            _ => Self::LastWords(comparison, rows::random_text(seeded)),
        }
    }

    fn condition<E: Everything>(&self) -> Condition<model::Post, E> {
        macro_rules! compare {
            ($expression:expr, $comparison:expr, $value:expr) => {
                match $comparison {
                    Equal => $expression.eq($value),
                    NotEqual => $expression.ne($value),
                    Less => $expression.lt($value),
                    AtMost => $expression.le($value),
                    Greater => $expression.gt($value),
                    AtLeast => $expression.ge($value),
                }
            };
        }
        match self {
            Self::Stars(comparison, number) => compare!(post::stars, comparison, *number),
            Self::Rank(comparison, number) => compare!(post::rank, comparison, *number),
            Self::Title(comparison, text) => compare!(post::title, comparison, text.as_str()),
            Self::Body(comparison, text) => compare!(post::body, comparison, text.as_str()),
            Self::StarsOfRank(comparison, number) => {
                compare!(
                    post::stars,
                    comparison,
                    post::rank + post::rank.cast::<i64>() - *number
                )
            }
            Self::Worth(comparison, number) => {
                compare!(post::stars * post::price, comparison, *number)
            }
            Self::WeightOfStars(comparison, number) => {
                compare!(post::weight, comparison, post::stars * *number)
            }
            Self::Remainder(divisor, rest) => (post::stars % *divisor).eq(*rest),
            Self::Weekday(weekday) => post::day.iso_weekday().eq(*weekday),
            Self::MonthLater(days, month) => post::day.add_days(*days).month().eq(*month),
            Self::TitleNumber(comparison, number) => {
                compare!(post::title.cast::<i64>(), comparison, *number)
            }
            Self::Public(wanted) => post::is_public.eq(*wanted),
            Self::HasBody => post::body.is_not_null(),
            Self::HasNoRank => post::rank.is_null(),
            Self::StarsIn(numbers) => post::stars.in_list(numbers.iter().copied()),
            Self::BodyIn(texts) => post::body.in_list(texts.clone()),
            Self::StarsBetween(least, most) => post::stars.between(*least, *most),
            Self::TitleContains(text) => post::title.contains(text),
            Self::BodyStartsWith(text) => post::body.starts_with(text),
            Self::Comments(comparison, count) => {
                compare!(post::comments.count(), comparison, *count)
            }
            Self::CommentsWith(text, comparison, count) => {
                let with = post::comments.filter(comment::words.contains(text));
                compare!(with.count(), comparison, *count)
            }
            Self::InCommentsWith(text) => {
                let with = comment::post_id
                    .select()
                    .filter(comment::words.contains(text));
                post::id.in_query(with)
            }
            Self::MostStars(true) => {
                let public = post::stars.select().filter(post::is_public.eq(true));
                post::stars.ge(public.max())
            }
            Self::MostStars(false) => post::stars.eq(post::stars.select().max()),
            Self::LastWords(comparison, text) => {
                compare!(
                    post::comments.max(comment::words),
                    comparison,
                    text.as_str()
                )
            }
            Self::Both(both) => both[0].condition().and(both[1].condition()),
            Self::Either(either) => either[0].condition().or(either[1].condition()),
            Self::Not(inner) => !inner.condition(),
        }
    }

    /// Whether a row meets it; `None` where that is unknown, as NULL is compared.
    fn is_met<E: StaticEngine>(&self, of: &Row<E>) -> Option<bool> {
        let (row, words) = (&of.post, &of.words);
        let body = row.body.as_deref();
        match self {
            Self::Stars(comparison, number) => Some(comparison.holds(row.stars.cmp(number))),
            Self::Rank(comparison, number) => {
                row.rank.map(|rank| comparison.holds(rank.cmp(number)))
            }
            Self::Title(comparison, text) => Some(comparison.holds(row.title.cmp(text))),
            Self::Body(comparison, text) => body.map(|body| comparison.holds(body.cmp(text))),
            Self::StarsOfRank(comparison, number) => {
                let other = row.rank.map(|rank| 2 * i64::from(rank) - number);
                other.map(|other| comparison.holds(row.stars.cmp(&other)))
            }
            Self::Worth(comparison, number) => {
                let worth = row.price.as_ref().map(|price| price * row.stars);
                worth.map(|worth| comparison.holds(worth.cmp(&BigDecimal::from(*number))))
            }
            Self::WeightOfStars(comparison, number) => row.weight.map(|weight| {
                let other = (row.stars * number) as f64;
                comparison.holds(weight.total_cmp(&(other + 0.0)))
            }),
            Self::Remainder(divisor, rest) => {
                row.stars.checked_rem(*divisor).map(|found| found == *rest)
            }
            Self::Weekday(weekday) => row
                .day
                .map(|day| i64::from(day.weekday().number_from_monday()) == *weekday),
            Self::MonthLater(days, month) => row
                .day
                .map(|day| i64::from((day + TimeDelta::days(*days)).month()) == *month),
            Self::TitleNumber(comparison, number) => {
                let title = row.title.parse::<i64>().ok();
                title.map(|title| comparison.holds(title.cmp(number)))
            }
            Self::Public(wanted) => Some(row.is_public == *wanted),
            Self::HasBody => Some(body.is_some()),
            Self::HasNoRank => Some(row.rank.is_none()),
            Self::StarsIn(numbers) => Some(numbers.contains(&row.stars)),
            // Nothing is in an empty list, NULL neither.
            Self::BodyIn(texts) if texts.is_empty() => Some(false),
            Self::BodyIn(texts) => body.map(|body| texts.iter().any(|text| text == body)),
            Self::StarsBetween(least, most) => Some((*least..=*most).contains(&row.stars)),
            Self::TitleContains(text) => Some(row.title.contains(text)),
            Self::BodyStartsWith(text) => body.map(|body| body.starts_with(text)),
            Self::Comments(comparison, count) => {
                Some(comparison.holds((words.len() as u64).cmp(count)))
            }
            Self::CommentsWith(text, comparison, count) => {
                let with = words.iter().filter(|words| words.contains(text)).count();
                Some(comparison.holds((with as u64).cmp(count)))
            }
            Self::InCommentsWith(text) => Some(words.iter().any(|words| words.contains(text))),
            Self::MostStars(true) => Some(row.stars >= of.most[1]),
            Self::MostStars(false) => Some(row.stars == of.most[0]),
            Self::LastWords(comparison, text) => {
                let last = words.iter().max();
                last.map(|last| comparison.holds(last.cmp(text)))
            }
            Self::Both(both) => match both.each_ref().map(|one| one.is_met(of)) {
                [Some(false), _] | [_, Some(false)] => Some(false),
                [Some(true), Some(true)] => Some(true),
                [None, _] | [_, None] => None,
            },
            Self::Either(either) => match either.each_ref().map(|one| one.is_met(of)) {
                [Some(true), _] | [_, Some(true)] => Some(true),
                [Some(false), Some(false)] => Some(false),
                [None, _] | [_, None] => None,
            },
            Self::Not(inner) => inner.is_met(of).map(|is_met| !is_met),
        }
    }
}

/// An order by one column, to be given to a database and to be evaluated.
#[derive(Debug, Clone, Copy)]
struct By {
    column: u64,
    is_down: bool,
}

impl By {
    fn random(seeded: &mut Seeded) -> Self {
        Self {
            column: seeded.below(4),
            is_down: seeded.below(2) == 0,
        }
    }

    fn order(self) -> Order<model::Post> {
        macro_rules! by {
            ($column:ident) => {
                if self.is_down {
                    post::$column.desc()
                } else {
                    post::$column.asc()
                }
            };
        }
        match self.column {
            0 => by!(stars),
            1 => by!(rank),
            2 => by!(title),
            _ => by!(body),
        }
    }

    /// NULL is least. Equal rows are in the order of their keys.
    fn compare<E: StaticEngine>(self, one: &Post<E>, other: &Post<E>) -> Ordering {
        let order = match self.column {
            0 => one.stars.cmp(&other.stars),
            1 => one.rank.cmp(&other.rank),
            2 => one.title.cmp(&other.title),
            _ => one.body.cmp(&other.body),
        };
        let order = order.then(one.id.value().cmp(other.id.value()));
        if self.is_down { order.reverse() } else { order }
    }
}

fn query<'c, E: StaticEngine + Everything>(
    c: &'c mut Connection<E>,
    wanted: &Wanted,
) -> Query<'c, model::Post, E> {
    c.posts().filter(wanted.condition())
}

/// Runs a query in every form, and compares each with what the rows in memory have.
fn compare<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    all: &[Row<E>],
    seeded: &mut Seeded,
) -> bindery::Result<usize> {
    let depth = seeded.below(4);
    let (wanted, by) = (Wanted::random(seeded, depth), By::random(seeded));
    let met = all.iter().filter(|row| wanted.is_met(row) == Some(true));
    let mut met: Vec<&Post<E>> = met.map(|row| &row.post).collect();
    met.sort_by(|one, other| by.compare(one, other));
    let name = E::default().name();

    assert_eq!(
        query(c, &wanted).count()?,
        met.len() as u64,
        "{name}: {wanted:?}"
    );
    assert_eq!(
        query(c, &wanted).exists()?,
        !met.is_empty(),
        "{name}: {wanted:?}"
    );
    let sum = (!met.is_empty()).then(|| met.iter().map(|row| row.stars).sum::<i64>());
    assert_eq!(
        query(c, &wanted).sum(post::stars)?,
        sum,
        "{name}: {wanted:?}"
    );

    let found = query(c, &wanted).order_by(by.order()).all()?;
    let found: Vec<&Post<E>> = found.iter().collect();
    assert_eq!(found, met, "{name}: {wanted:?} {by:?}");
    let (limit, offset) = (seeded.below(20), seeded.below(20));
    let page = query(c, &wanted)
        .order_by(by.order())
        .limit(limit)
        .offset(offset);
    let page = page.all()?;
    let expected = met.iter().skip(offset as usize).take(limit as usize);
    assert!(
        page.iter().eq(expected.copied()),
        "{name}: {wanted:?} {by:?} {limit} {offset}"
    );
    Ok(met.len())
}

/// In full: 10,000 queries on each database.
#[test]
fn qry_01_random_queries_answer_as_they_are_evaluated_in_memory() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        rows::fill(c, ROWS, 7)?;
        let comments = c.comments().all()?;
        let words = |post: &Post<E>| {
            let of = comments.iter().filter(|comment| comment.post_id == post.id);
            of.map(|comment| comment.words.clone()).collect()
        };
        let posts = c.posts().all()?;
        let stars = |public: bool| {
            let of = posts.iter().filter(move |post| post.is_public || !public);
            of.map(|post| post.stars).max().expect("there are posts")
        };
        let most = [false, true].map(stars);
        let row = |post: &Post<E>| Row {
            words: words(post),
            post: post.clone(),
            most,
        };
        let all: Vec<Row<E>> = posts.iter().map(row).collect();
        assert_eq!(all.len() as u64, ROWS);
        let queries = if bindery_testkit::is_full_run() {
            FULL_QUERIES
        } else {
            QUERIES
        };
        let mut meaningful = 0;
        for seed in 0..queries {
            let met = compare(c, &all, &mut Seeded::new(seed))?;
            meaningful += u64::from((1..all.len()).contains(&met));
        }
        assert!(
            meaningful > queries / 2,
            "most queries find some rows and not all: {meaningful}"
        );
        Ok(())
    }
    on_each!(show)
}
