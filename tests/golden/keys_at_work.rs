//! Rows by keys of each kind, many at once as one by one, on all databases. The models are those of the case `keyed`.

use bindery::types::{BigDecimal, NaiveDate, NaiveTime, Uuid};
use bindery::{Connection, Hosts, StaticEngine};

use crate::keyed::*;
use crate::on_each::on_each;

trait Everything:
    StaticEngine
    + Hosts<model::Place>
    + Hosts<model::Room>
    + Hosts<model::Word>
    + Hosts<model::Token>
    + Hosts<model::Price>
    + Hosts<model::Day>
    + Hosts<model::Moment>
    + Hosts<model::Hour>
{
}

impl<E> Everything for E where
    E: StaticEngine
        + Hosts<model::Place>
        + Hosts<model::Room>
        + Hosts<model::Word>
        + Hosts<model::Token>
        + Hosts<model::Price>
        + Hosts<model::Day>
        + Hosts<model::Moment>
        + Hosts<model::Hour>
{
}

/// More than SQLite takes as single values.
const ROWS: u8 = 12;

/// Finds keys of which some are given twice and some have no row, in an order that is not the table's: at once, and one by one.
macro_rules! agree {
    ($rows:expr, $new:ident, $key:ident, $value:expr) => {{
        let value = $value;
        let key = |number: u8| $key::new(value(number));
        for number in 0..ROWS {
            $rows.insert($new::new(value(number)).note(number.to_string()))?;
        }
        let numbers = (0..ROWS + 3).rev().chain([0, 5]);
        let found = $rows.find_many(numbers.clone().map(key))?;
        for (number, row) in numbers.zip(found) {
            let note = row.as_ref().and_then(|row| row.note.clone());
            assert_eq!(note, (number < ROWS).then(|| number.to_string()));
            assert_eq!(row, $rows.find(key(number))?);
        }
    }};
}

#[test]
fn rows_of_many_keys_are_those_of_each_key() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        agree!(c.places(), NewPlace, PlaceId, |number| i16::from(number)
            - 6);
        agree!(c.rooms(), NewRoom, RoomId, |number| i32::from(number)
            * 1_000_000);
        agree!(c.tokens(), NewToken, TokenId, |number| Uuid::from_u128(
            u128::from(number) << 100
        ));
        // The database has three digits where the key that is looked for has one.
        agree!(c.prices(), NewPrice, PriceId, |number| BigDecimal::new(
            i64::from(number).into(),
            1
        ));
        let day = |number: u8| {
            NaiveDate::from_ymd_opt(2024, 2, 15 + u32::from(number)).expect("February has 29 days")
        };
        agree!(c.days(), NewDay, DayId, day);
        let hour = |number: u8| {
            NaiveTime::from_hms_micro_opt(number.into(), 59, 59, 999_990).expect("a time")
        };
        agree!(c.hours(), NewHour, HourId, hour);
        agree!(c.moments(), NewMoment, MomentId, |number| day(number)
            .and_time(hour(number))
            .and_utc());
        agree!(c.words(), NewWord, WordId, |number: u8| {
            // By some collations, and by none of bytes, a text is equal to that in other letters.
            let text = ["a", "b\"\\", "ß", "", "日本", "ab c"][usize::from(number % 6)];
            format!("{text}{}", "x".repeat(usize::from(number / 6)))
        });
        Ok(())
    }
    on_each!(keyed, show)
}

/// A key that no column can hold is the one that the error says, in whichever statement it was to be sent.
#[test]
fn the_key_that_cannot_be_found_is_named_by_its_place() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let today = NaiveDate::from_ymd_opt(2024, 2, 15).expect("a date");
        let never = NaiveDate::from_ymd_opt(200_000, 1, 1).expect("a date");
        for place in [0, 700, 4_999] {
            let day = |at| if at == place { never } else { today };
            let keys = (0..5_000).map(|at| DayId::new(day(at)));
            let error = c
                .days()
                .find_many(keys)
                .expect_err("no database has the year");
            assert_eq!(error.row(), Some(place), "{error:?}");
        }
        Ok(())
    }
    on_each!(keyed, show)
}
