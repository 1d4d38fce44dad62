//! The position of what was written, as a token that travels from one request to the next.

#[cfg(feature = "read-token")]
mod signed;

#[cfg(feature = "read-token")]
pub use self::signed::ReadTokenKey;

use crate::driver::position::Position;

/// The positions that reads have to see: how far the log of each engine had come. Made by [`Registry::read_token`](crate::Registry::read_token)
/// and given to [`Registry::reading_after`](crate::Registry::reading_after); with the feature `read-token` it is signed, for
/// a cookie or a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadToken {
    /// In the order of the engines.
    positions: Vec<(String, Position)>,
}

impl ReadToken {
    /// Nothing has to be seen.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    pub(crate) fn add(&mut self, engine: &str, position: Position) {
        self.positions.push((engine.to_owned(), position));
    }

    pub(crate) fn position(&self, engine: &str) -> Option<&Position> {
        let mut positions = self.positions.iter();
        positions.find_map(|(name, position)| (name == engine).then_some(position))
    }
}
