//! Queries as CSV and JSON lines: the same bytes from all three databases. The models are those of the case `queries`.

use std::io::{self, Write};

use bindery::types::{BigDecimal, NaiveDate, NaiveDateTime, Uuid};
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows as rows;

const CSV: &str = "\
id,author_id,editor_id,title,body,stars,rank,weight,price,is_public,token,day,created_at
1,1,,plain,,1,,,,true,,,1970-01-01T00:00:00
2,1,1,\"a \"\"b\"\", c\",\"\",-9223372036854775808,-5,0.1,12.5,true,67e55044-10b1-426f-9247-bb680e5fe0c8,2026-11-20,2026-11-20T13:45:00.000120
3,1,,\"two
lines\",\" \\N\",0,7,1e300,-0.01,true,,0001-01-01,9999-12-31T23:59:59
";

const JSON: &str = r#"{"id":1,"author_id":1,"editor_id":null,"title":"plain","body":null,"stars":1,"rank":null,"weight":null,"price":null,"is_public":true,"token":null,"day":null,"created_at":"1970-01-01T00:00:00"}
{"id":2,"author_id":1,"editor_id":1,"title":"a \"b\", c","body":"","stars":-9223372036854775808,"rank":-5,"weight":0.1,"price":"12.5","is_public":true,"token":"67e55044-10b1-426f-9247-bb680e5fe0c8","day":"2026-11-20","created_at":"2026-11-20T13:45:00.000120"}
{"id":3,"author_id":1,"editor_id":null,"title":"two\u000alines","body":" \\N","stars":0,"rank":7,"weight":1e300,"price":"-0.01","is_public":true,"token":null,"day":"0001-01-01","created_at":"9999-12-31T23:59:59"}
"#;

fn decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
}

fn time(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn fill<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
    let ann = c.users().insert(NewUser::new("Ann"))?.id;
    let second = NewPost {
        created_at: time("2026-11-20T13:45:00.000120"),
        ..rows::post(ann, "a \"b\", c", i64::MIN)
    };
    let token = Uuid::parse_str("67e55044-10b1-426f-9247-bb680e5fe0c8").expect("a UUID");
    let second = second
        .body("")
        .editor_id(ann)
        .rank(-5)
        .weight(0.1)
        .price(decimal("12.50"));
    let third = NewPost {
        created_at: time("9999-12-31T23:59:59"),
        ..rows::post(ann, "two\nlines", 0)
    };
    let third = third
        .body(" \\N")
        .rank(7)
        .weight(1e300)
        .price(decimal("-0.01"));
    for new in [
        rows::post(ann, "plain", 1),
        second.token(token).day(day("2026-11-20")),
        third.day(day("0001-01-01")),
    ] {
        c.posts().insert(new)?;
    }
    Ok(())
}

fn exported_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("exports are UTF-8")
}

#[test]
fn exports_are_the_same_from_every_database() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let mut none = Vec::new();
        assert_eq!(c.users().query().write_csv(&mut none)?, 0);
        assert_eq!(exported_text(none), "id,name,city,boss_id\n");
        fill(c)?;
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        assert_eq!(c.posts().order_by(post::id.asc()).write_csv(&mut csv)?, 3);
        assert_eq!(exported_text(csv), CSV);
        c.transaction(|tx| {
            tx.posts()
                .order_by(post::id.asc())
                .write_json_lines(&mut json)
        })?;
        assert_eq!(exported_text(json), JSON);
        Ok(())
    }
    on_each!(show)
}

/// Takes this number of bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_is_full_is_an_error_and_ends_no_connection() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let names = (0..50_000).map(|number| NewUser::new(format!("user {number}")));
        c.users().insert_many(names)?;
        for room in [0, 100_000] {
            let error = c
                .users()
                .query()
                .write_csv(Full(room))
                .expect_err("it is full");
            assert_eq!(error.kind(), &ErrorKind::Output(io::ErrorKind::StorageFull));
            assert_eq!(error.model(), Some("User"));
        }
        assert_eq!(c.users().query().write_json_lines(io::sink())?, 50_000);
        assert_eq!(c.users().count()?, 50_000);
        Ok(())
    }
    on_each!(show)
}
