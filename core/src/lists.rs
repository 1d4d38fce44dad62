//! Lists of what iterators give, compiled in few pieces. `collect` is compiled anew as some fifteen functions for each closure that it runs
//! over, in every clean build of a program: a quarter of all that a compiler of schemas had of them.

/// Iterators whose items become a list.
pub trait IntoVec: Iterator + Sized {
    /// Returns all items in their order, as `collect` does.
    ///
    /// ```
    /// use bindery_core::lists::IntoVec;
    ///
    /// assert_eq!((1..4).map(|number| 2 * number).into_vec(), [2, 4, 6]);
    /// ```
    fn into_vec(self) -> Vec<Self::Item> {
        let mut items = Vec::new();
        for item in self {
            items.push(item);
        }
        items
    }
}

impl<I: Iterator> IntoVec for I {}
