//! Amounts of money are not kept in binary fractions: 0.1 + 0.2 is not 0.3 there.

use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, Model};
use crate::name;

/// Words of a name that say money.
const MONEY: [&str; 16] = [
    "amount", "balance", "cost", "costs", "fee", "fees", "money", "payment", "price", "prices",
    "revenue", "salary", "subtotal", "turnover", "wage", "wages",
];

/// Words beside them that say something else: `price_ratio`, `amount_kg`, `cost_factor`.
const NO_MONEY: [&str; 20] = [
    "factor",
    "grams",
    "hours",
    "index",
    "kg",
    "level",
    "litres",
    "meters",
    "minutes",
    "ml",
    "pct",
    "percent",
    "percentage",
    "quantity",
    "rate",
    "ratio",
    "score",
    "seconds",
    "units",
    "weight",
];

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let columns = table.columns.iter().filter(|column| !column.skip);
        for column in columns.filter(|column| is_binary(column) && says_money(&column.name)) {
            let message = format!(
                "`{}` holds money in binary fractions, which do not hold 0.1",
                column.name
            );
            let written = &column.sql_type;
            let help = format!(
                "write `DECIMAL(12, 2)` instead of `{written}`, or count cents in a `BIGINT`"
            );
            let diagnostic = Diagnostic::warning("B0410", message);
            diagnostics.push(
                diagnostic
                    .at(column.type_span, "sums will not be exact")
                    .help(help),
            );
        }
    }
}

fn is_binary(column: &Column) -> bool {
    matches!(column.column_type, ColumnType::F32 | ColumnType::F64)
}

fn says_money(column: &str) -> bool {
    let name = name::field(column);
    let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
    has(&MONEY) && !has(&NO_MONEY)
}

#[cfg(test)]
mod tests {
    use super::says_money;

    #[test]
    fn names_say_money_by_whole_words() {
        for money in [
            "price",
            "UnitPrice",
            "total_cost",
            "monthly fee",
            "amount",
            "salary_eur",
        ] {
            assert!(says_money(money), "{money}");
        }
        for other in [
            "coffee",
            "amounted",
            "price_ratio",
            "amount_kg",
            "lat",
            "costume",
            "cost_factor",
        ] {
            assert!(!says_money(other), "{other}");
        }
    }
}
