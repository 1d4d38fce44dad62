//! Variables that are named like the URL of an engine, and that nothing reads: most are misspelt.

use super::{Config, override_variable};
use crate::lists::IntoVec as _;
use crate::name::suggest;
use crate::sorting::sort_by;

/// The variables of the test servers are not for engines.
const OF_TESTS: &str = "TEST_";

/// One of them. Its value is never looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadVariable {
    /// The name of the variable.
    pub name: String,
    /// The engine whose URL it would be.
    engine: String,
}

impl UnreadVariable {
    /// Returns those among these names, sorted: of the form `BINDERY_<ENGINE>_URL`, of none of these engines, and read by no URL of the
    /// file.
    pub fn among(
        names: impl Iterator<Item = String>,
        engines: &[&str],
        file: &Config,
    ) -> Vec<Self> {
        let is_read = |name: &str| {
            let mut engines = engines.iter();
            engines.any(|engine| override_variable(engine) == name) || file.reads_url(name)
        };
        let names = names.filter(|name| !is_read(name));
        let mut unread: Vec<Self> = names.filter_map(Self::from_name).into_vec();
        sort_by(&mut unread, Ord::cmp);
        unread.dedup();
        unread
    }

    fn from_name(name: String) -> Option<Self> {
        let engine = name.strip_prefix("BINDERY_")?.strip_suffix("_URL")?;
        if engine.is_empty() || engine.starts_with(OF_TESTS) {
            return None;
        }
        let engine = engine.to_ascii_lowercase();
        // No engine has a variable with small letters.
        (override_variable(&engine) == name).then_some(Self { name, engine })
    }

    /// A sentence that says what is wrong.
    pub fn message(&self, engines: &[&str]) -> String {
        let all = engines.iter().map(|one| format!("`{one}`"));
        let all = all.into_vec().join(", ");
        format!(
            "`{}` is set, and there is no engine `{}`: the engines are {all}",
            self.name, self.engine
        )
    }

    /// The variable that may be meant.
    pub fn near(&self, engines: &[&str]) -> Option<String> {
        suggest(&self.engine, engines.iter().copied()).map(override_variable)
    }
}
