//! The key `flavour` of an engine: the products that are served, and those whose names are kept for them.

use toml::de::DeTable;

use crate::config::toml_reader::Reader;
use crate::dialect::Flavour;

#[derive(Clone, Copy)]
enum Word {
    Served(Flavour),
    /// It speaks the protocol of this product, and was not run.
    Reserved {
        name: &'static str,
        speaks: &'static str,
    },
}

const fn reserved(name: &'static str, speaks: &'static str) -> Word {
    Word::Reserved { name, speaks }
}

const FLAVOURS: &[(&str, Word)] = &[
    ("mariadb", Word::Served(Flavour::Mariadb)),
    ("mysql", Word::Served(Flavour::Mysql)),
    ("aurora", reserved("Aurora", "MySQL or PostgreSQL")),
    ("cockroachdb", reserved("CockroachDB", "PostgreSQL")),
    ("neon", reserved("Neon", "PostgreSQL")),
    ("tidb", reserved("TiDB", "MySQL")),
    ("vitess", reserved("Vitess", "MySQL")),
    ("yugabytedb", reserved("YugabyteDB", "PostgreSQL")),
];

impl Reader<'_> {
    pub(super) fn flavour(&mut self, table: &DeTable<'_>) -> Option<Flavour> {
        match self.word(table, "flavour", FLAVOURS)? {
            Word::Served(flavour) => Some(flavour),
            Word::Reserved { name, speaks } => {
                if let Some(entry) = self.get(table, "flavour") {
                    let message = format!(
                        "no release of bindery was run on {name} yet: what holds there is not known"
                    );
                    let help = format!(
                        "docs/other-engines.md has what its manual says; without `flavour` it is taken for {speaks}, whose protocol it speaks"
                    );
                    self.bad_value(entry.value_span, message, help);
                }
                None
            }
        }
    }
}
