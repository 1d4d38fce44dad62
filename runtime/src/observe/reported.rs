//! The places of a program of which something was reported: each is reported once for each engine, however often it is met.

use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// Places of calls; there are no more than the program has.
#[derive(Default)]
pub(crate) struct Reported {
    places: Mutex<BTreeSet<&'static Location<'static>>>,
}

impl Reported {
    /// Whether nothing was reported of this place yet, which counts as reported from now on.
    pub(crate) fn is_new(&self, place: &'static Location<'static>) -> bool {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.insert(place)
    }
}
