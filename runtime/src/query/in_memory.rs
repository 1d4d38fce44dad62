//! Rows of two queries put together in memory, where no statement can join them: their tables are on different engines.

use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use crate::error::{Error, ErrorKind, Result};

/// The rows of one query in memory, by a key, to be joined with those of another.
///
/// A hash join: this side is held in memory, up to a bound; the other one is streamed, in any order. See
/// [`merge_join`] for two sides that are both streamed.
///
/// ```
/// # use bindery_cases::links::*;
/// use bindery::query::HashJoin;
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut b = db.b()?;
/// let ann = db.users().insert(NewUser::new("ann@example.org"))?;
/// b.visits().insert_many([NewVisit::new("/").user_id(ann.id), NewVisit::new("/rust")])?;
///
/// let users = HashJoin::new(db.users().iter()?, |user| Some(user.id), 10_000)?;
/// for pair in users.join(b.visits().iter()?, |visit| visit.user_id) {
///     let (visit, users) = pair?;
///     println!("{} by {:?}", visit.path, users.first().map(|user| &user.email));
/// }
/// # assert_eq!(users.get(&ann.id), [ann]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HashJoin<K, R> {
    rows: HashMap<K, Vec<R>>,
}

impl<K: Hash + Eq, R> HashJoin<K, R> {
    /// Reads rows into memory. Those without a key are left out.
    ///
    /// # Errors
    /// A row cannot be read; [`ErrorKind::Unsupported`] where there are more than `most` rows.
    pub fn new(
        rows: impl IntoIterator<Item = Result<R>>,
        key: impl Fn(&R) -> Option<K>,
        most: usize,
    ) -> Result<Self> {
        let mut of_key: HashMap<K, Vec<R>> = HashMap::new();
        for (count, row) in rows.into_iter().enumerate() {
            let row = row?;
            if count >= most {
                return Err(too_many());
            }
            if let Some(key) = key(&row) {
                of_key.entry(key).or_default().push(row);
            }
        }
        Ok(Self { rows: of_key })
    }

    /// The rows with this key, in the order in which they were read.
    pub fn get(&self, key: &K) -> &[R] {
        self.rows.get(key).map_or(&[], Vec::as_slice)
    }

    /// Each of these rows with those in memory that have its key: none where it has no key.
    pub fn join<'j, L>(
        &'j self,
        rows: impl IntoIterator<Item = Result<L>> + 'j,
        key: impl Fn(&L) -> Option<K> + 'j,
    ) -> impl Iterator<Item = Result<(L, &'j [R])>> + 'j {
        rows.into_iter().map(move |row| {
            let row = row?;
            let found = key(&row).map_or(&[][..], |key| self.get(&key));
            Ok((row, found))
        })
    }
}

#[cold]
fn too_many() -> Error {
    let why = "a join in memory of more rows than its bound: filter the rows, raise the bound, or use `merge_join`";
    Error::new(ErrorKind::Unsupported(why))
}

/// Each row of `left` with the rows of `right` that have its key: none where it has no key. Both come in ascending order of
/// their keys; rows of one key are in memory, no more.
///
/// Keys are compared as Rust compares them: numbers by size, texts by bytes. A database that sorts texts by another collation
/// gives an order that is refused. A row without a key (NULL) is less than all others, as queries sort it.
///
/// ```
/// # use bindery_cases::links::*;
/// use bindery::query::merge_join;
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut b = db.b()?;
/// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
/// # b.visits().insert_many([NewVisit::new("/").user_id(ann.id), NewVisit::new("/rust")])?;
/// let visits = b.visits().order_by(visit::user_id.asc()).iter()?;
/// let users = db.users().order_by(user::id.asc()).iter()?;
/// for pair in merge_join(visits, users, |visit| visit.user_id, |user| Some(user.id)) {
///     let (visit, users) = pair?;
///     println!("{} by {:?}", visit.path, users.first().map(|user| &user.email));
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As items: a row cannot be read; [`ErrorKind::Unsupported`] where rows are not in the order of their keys. Nothing comes
/// after an error.
pub fn merge_join<L, R, K: Ord>(
    left: impl IntoIterator<Item = Result<L>>,
    right: impl IntoIterator<Item = Result<R>>,
    left_key: impl Fn(&L) -> Option<K>,
    right_key: impl Fn(&R) -> Option<K>,
) -> impl Iterator<Item = Result<(L, Rc<[R]>)>> {
    let mut left = left.into_iter();
    let mut right = Ordered {
        rows: right.into_iter(),
        key: right_key,
        next: None,
    };
    let mut group: Option<(K, Rc<[R]>)> = None;
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let pair = left.next()?.and_then(|row| {
            let key = left_key(&row);
            let rows = matching(key, &mut group, &mut right)?;
            Ok((row, rows))
        });
        is_over = pair.is_err();
        Some(pair)
    })
}

/// The rows with a key, which is not less than that of the group before.
fn matching<R, K: Ord, I: Iterator<Item = Result<R>>, F: Fn(&R) -> Option<K>>(
    key: Option<K>,
    group: &mut Option<(K, Rc<[R]>)>,
    right: &mut Ordered<I, F, R, K>,
) -> Result<Rc<[R]>> {
    match (key, &*group) {
        (None, None) => Ok(Rc::from([])),
        (None, Some(_)) => Err(not_in_order()),
        (Some(key), Some((before, _))) if key < *before => Err(not_in_order()),
        (Some(key), Some((before, rows))) if key == *before => Ok(Rc::clone(rows)),
        (Some(key), _) => {
            let rows: Rc<[R]> = right.take(&key)?.into();
            *group = Some((key, Rc::clone(&rows)));
            Ok(rows)
        }
    }
}

/// Rows in the order of their keys.
struct Ordered<I, F, R, K> {
    rows: I,
    key: F,
    next: Option<(K, R)>,
}

impl<R, K: Ord, I: Iterator<Item = Result<R>>, F: Fn(&R) -> Option<K>> Ordered<I, F, R, K> {
    /// The rows with this key; those before it are passed over.
    fn take(&mut self, wanted: &K) -> Result<Vec<R>> {
        let mut found = Vec::new();
        loop {
            if self.next.is_none() {
                self.next = self.read()?;
            }
            let Some((key, row)) = self.next.take_if(|(key, _)| *key <= *wanted) else {
                return Ok(found);
            };
            self.next = self.read()?;
            if self.next.as_ref().is_some_and(|(next, _)| *next < key) {
                return Err(not_in_order());
            }
            if key == *wanted {
                found.push(row);
            }
        }
    }

    /// The next row that has a key.
    fn read(&mut self) -> Result<Option<(K, R)>> {
        for row in self.rows.by_ref() {
            let row = row?;
            if let Some(key) = (self.key)(&row) {
                return Ok(Some((key, row)));
            }
        }
        Ok(None)
    }
}

#[cold]
fn not_in_order() -> Error {
    let why = "a merge of rows that are not in ascending order of their keys: order both queries by the key, and texts by bytes";
    Error::new(ErrorKind::Unsupported(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (Option<i64>, &'static str);

    fn rows(of: &[Row]) -> impl Iterator<Item = Result<Row>> {
        of.iter().copied().map(Ok)
    }

    fn merged(left: &[Row], right: &[Row]) -> Result<Vec<String>> {
        let pairs = merge_join(rows(left), rows(right), |row| row.0, |row| row.0);
        let text = |(row, found): (Row, Rc<[Row]>)| {
            let found: Vec<&str> = found.iter().map(|row| row.1).collect();
            format!("{}:{}", row.1, found.join(""))
        };
        pairs.map(|pair| pair.map(text)).collect()
    }

    const LEFT: &[Row] = &[
        (None, "z"),
        (Some(1), "a"),
        (Some(2), "b"),
        (Some(2), "c"),
        (Some(4), "d"),
        (Some(9), "e"),
    ];
    const RIGHT: &[Row] = &[
        (None, "n"),
        (Some(0), "o"),
        (Some(2), "p"),
        (Some(2), "q"),
        (Some(3), "r"),
        (Some(4), "s"),
    ];
    const JOINED: [&str; 6] = ["z:", "a:", "b:pq", "c:pq", "d:s", "e:"];

    #[test]
    fn rows_in_order_are_merged() {
        assert_eq!(merged(LEFT, RIGHT).expect("they are in order"), JOINED);
        assert_eq!(merged(&[], RIGHT).expect("they are in order"), [""; 0]);
        assert_eq!(merged(&LEFT[1..2], &[]).expect("they are in order"), ["a:"]);
    }

    #[test]
    fn rows_out_of_order_are_refused() {
        let swapped = [(Some(2), "b"), (Some(1), "a")];
        let null_last = [(Some(2), "b"), (None, "z")];
        for (left, right) in [
            (&swapped, RIGHT),
            (&null_last, RIGHT),
            (&[(Some(9), "e"); 2], &swapped[..]),
        ] {
            let error = merged(left, right).expect_err("not in order");
            assert!(error.to_string().contains("ascending order"), "{error}");
        }
        let mut pairs = merge_join(rows(&swapped), rows(RIGHT), |row| row.0, |row| row.0);
        assert!(pairs.next().is_some_and(|pair| pair.is_ok()));
        assert!(pairs.next().is_some_and(|pair| pair.is_err()));
        assert!(pairs.next().is_none(), "nothing comes after an error");
    }

    #[test]
    fn rows_are_joined_by_hash_up_to_a_bound() {
        let joined = HashJoin::new(rows(RIGHT), |row| row.0, 6).expect("there are six");
        let pairs = joined.join(rows(LEFT), |row| row.0).map(|pair| {
            let (row, found) = pair.expect("a row");
            let found: Vec<&str> = found.iter().map(|row| row.1).collect();
            format!("{}:{}", row.1, found.join(""))
        });
        assert!(pairs.eq(JOINED));
        let error = HashJoin::new(rows(RIGHT), |row| row.0, 5).expect_err("there are six");
        assert!(
            error.to_string().contains("more rows than its bound"),
            "{error}"
        );
    }
}
