//! Character sets and their collations. Those of MariaDB are `collations.txt`, which `cargo xtask catalogue` writes; MySQL has others,
//! whose names have a mark of their own.

use bindery_core::dialect::Flavour;

use crate::ast::Name;
use crate::dialect::Dialect;
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::value::{Constant, Value};

/// Whether MySQL or MariaDB has a character set (`SHOW CHARACTER SET`).
pub(in crate::typing) fn is_character_set(name: &str) -> bool {
    const SETS: &str = "armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb18030 \
        gb2312 gbk geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7 tis620 ucs2 \
        ujis utf16 utf16le utf32 utf8 utf8mb3 utf8mb4";
    SETS.split(' ').any(|known| known == name)
}

/// A collation that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collation<'n> {
    /// Of this character set, on both products.
    Of(&'n str),
    /// Of one product alone.
    OfProduct(Flavour),
}

/// Finds a collation by its name in lower case; `None`: neither product has it.
fn collation(name: &str) -> Option<Collation<'_>> {
    if name.contains("uca1400") {
        return Some(Collation::OfProduct(Flavour::Mariadb));
    }
    let mut known = include_str!("collations.txt").lines().skip(1);
    if known.any(|one| one == name) {
        return Some(Collation::Of(set_of(name)?));
    }
    let is_mysql = name.contains("_0900_") || name.starts_with("gb18030_");
    is_mysql.then_some(Collation::OfProduct(Flavour::Mysql))
}

/// The character set of a collation: the name up to the first `_`.
fn set_of(collation: &str) -> Option<&str> {
    let set = collation.split('_').next()?;
    is_character_set(set).then_some(set)
}

/// Whether two names are of one character set: `utf8` is the old name of `utf8mb3`.
fn is_same_set(one: &str, other: &str) -> bool {
    let plain = |name: &str| match name {
        "utf8" => "utf8mb3".to_owned(),
        other => other.to_owned(),
    };
    plain(one) == plain(other)
}

/// The character set that words of a column or a table name: `CHARACTER SET utf8mb4`, `COLLATE=latin1_bin`.
fn named_set(words: &str) -> Option<String> {
    let lower = words.to_lowercase();
    let is_about_sets = ["character set", "charset", "collate"];
    if !is_about_sets.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let last = lower
        .rsplit([' ', '=', '\'', '"'])
        .find(|word| !word.is_empty())?;
    set_of(last).map(str::to_owned)
}

impl Checker<'_> {
    /// A collation is of one character set, and orders texts of that set alone.
    pub(in crate::typing) fn check_collation_of_set(&mut self, value: &Value, name: &Name) {
        if self.dialect != Dialect::Mysql {
            return;
        }
        let lower = name.text.to_lowercase();
        match collation(&lower) {
            Some(Collation::Of(set)) => {
                let own = self.character_set_of(value);
                if own.is_some_and(|own| !is_same_set(&own, set)) {
                    self.report(findings::collation_of_another_set(name, set, value.span));
                }
            }
            Some(Collation::OfProduct(flavour)) => {
                let what = format!("the collation `{}`", name.text);
                self.remember_words(what, flavour, name.span);
            }
            None => self.report(findings::no_collation(name)),
        }
    }

    /// The character set of a constant text, which is that of the connection, and of a column that says one, or whose table does.
    fn character_set_of(&self, value: &Value) -> Option<String> {
        if value.constant == Constant::Text && value.cell.is_none() {
            let is_plain = self.text_at(value.span).starts_with(['\'', '"']);
            return is_plain.then(|| "utf8mb4".to_owned());
        }
        let (table, column) = value.source?;
        let table = self.model.table(table);
        let column = &table.columns[column.0 as usize];
        if let Some(collation) = &column.collation {
            return set_of(&collation.to_lowercase()).map(str::to_owned);
        }
        let words = column.native.type_words.iter().chain(&table.native.options);
        words.rev().find_map(|words| named_set(words))
    }
}

#[cfg(test)]
mod tests {
    use super::{Collation, collation, named_set};
    use bindery_core::dialect::Flavour;

    #[test]
    fn collations_are_of_a_character_set_or_of_one_product() {
        assert_eq!(collation("utf8mb4_bin"), Some(Collation::Of("utf8mb4")));
        assert_eq!(
            collation("latin1_swedish_ci"),
            Some(Collation::Of("latin1"))
        );
        assert_eq!(collation("binary"), Some(Collation::Of("binary")));
        let mysql = Some(Collation::OfProduct(Flavour::Mysql));
        assert_eq!(collation("utf8mb4_0900_ai_ci"), mysql);
        let mariadb = Some(Collation::OfProduct(Flavour::Mariadb));
        assert_eq!(collation("utf8mb4_uca1400_ai_ci"), mariadb);
        assert_eq!(collation("utf8mb4_klingon"), None);
    }

    #[test]
    fn words_name_a_set() {
        assert_eq!(
            named_set("CHARACTER SET utf8mb4").as_deref(),
            Some("utf8mb4")
        );
        assert_eq!(named_set("COLLATE=latin1_bin").as_deref(), Some("latin1"));
        assert_eq!(named_set("ENGINE=InnoDB"), None);
    }
}
