//! Records that are read part by part are what they are when they are read whole.

mod records;

use std::io::{self, BufRead, BufReader, Cursor, Read};

use self::records::{Random, csv, json};
use super::Limits;
use crate::data::DataFormat;
use crate::data::check::check_rows;
use crate::data::reader::{Next, Reader, RowsSource};
use crate::data::rows::{BadRow, Rows, Written};
use crate::data::table::{DataColumn, DataTable, ValueType};
use crate::error::{DataProblem, ErrorKind};
use crate::value::hexadecimal;
use bindery_core::dialect::Dialect;

const COLUMNS: [&str; 6] = ["id", "note", "data", "doc", "tags", "any"];

fn table() -> DataTable {
    let values = [
        ValueType::Integer,
        ValueType::Text,
        ValueType::Bytes,
        ValueType::Json,
        ValueType::Array(Box::new(ValueType::Text)),
        ValueType::Any,
    ];
    let columns = COLUMNS.into_iter().zip(values).map(|(name, value)| {
        let mut column = DataColumn::new(name, value);
        column.stored_in_parts = matches!(column.value, ValueType::Text | ValueType::Bytes);
        column.nullable = name != "id";
        column
    });
    DataTable::new(Dialect::Sqlite, None, "notes", columns.collect(), vec![0])
}

/// Every record is long.
fn tiny() -> Limits {
    Limits {
        record: 3,
        value: 3,
        files: 1 << 20,
        part: 5,
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Row(u64, Vec<(&'static str, Value)>),
    Bad(u64, DataProblem, Option<String>),
    /// Nothing more is read.
    Failed(String),
}

#[derive(Debug, PartialEq)]
enum Value {
    Null,
    Text(String),
    Bytes(Vec<u8>),
    Other(Written, String),
}

fn outcomes(input: &mut dyn BufRead, format: DataFormat, limits: Limits) -> Vec<Outcome> {
    let table = table();
    let mut reader = Reader::new(RowsSource::new(input, format), &table, false);
    reader.limits = limits;
    let (mut found, mut rows) = (Vec::new(), Rows::default());
    if let Err(error) = reader.begin() {
        return vec![Outcome::Failed(error.to_string())];
    }
    loop {
        rows.clear();
        found.push(match reader.next(&mut rows) {
            Ok(Next::Taken) => row(&rows, format, tiny().value),
            Ok(Next::OtherColumns) => panic!("there are no rows that it waits for"),
            Ok(Next::Bad(bad, line)) => Outcome::Bad(line, bad.problem, bad.column),
            Ok(Next::End) => return found,
            Err(error) => {
                found.push(Outcome::Failed(error.to_string()));
                return found;
            }
        });
    }
}

/// A row, or how it is refused where bytes of more than `long` digits are none: where they are fewer, they are refused later.
fn row(rows: &Rows, format: DataFormat, long: usize) -> Outcome {
    let line = rows.lines[0];
    let mut values = Vec::new();
    for (&at, (written, text)) in rows.columns.iter().zip(rows.row(0)) {
        let spilled = rows.spilled.iter().find(|(column, _)| *column == at);
        let is_string = format == DataFormat::Csv || written == Written::Quoted;
        let digits = text.strip_prefix("\\x").unwrap_or(text);
        let value = match (COLUMNS[at], written, hexadecimal::parse(digits)) {
            (_, Written::Null, _) => Value::Null,
            ("note", ..) => Value::Text(spilled.map_or(text.to_owned(), |(_, spilled)| {
                let mut text = String::new();
                let read = spilled.texts(5, &mut |part| {
                    text.push_str(part);
                    Ok(())
                });
                read.map(|()| text).unwrap()
            })),
            ("data", _, Some(bytes)) => Value::Bytes(spilled.map_or(bytes, |(_, spilled)| {
                let mut bytes = Vec::new();
                let read = spilled.parts(5, &mut |part| {
                    bytes.extend_from_slice(part);
                    Ok(())
                });
                read.map(|()| bytes).unwrap()
            })),
            ("data", _, None) if is_string && text.len() > long => {
                let problem = DataProblem::Value("not hexadecimal digits");
                return Outcome::Bad(line, problem, Some("data".to_owned()));
            }
            (_, written, _) => Value::Other(written, text.to_owned()),
        };
        values.push((COLUMNS[at], value));
    }
    Outcome::Row(line, values)
}

/// Reads the records whole, and part by part: with buffers of 1 to 7 bytes, and as many parts of other sizes.
fn compare(input: &[u8], format: DataFormat) -> Vec<Outcome> {
    let whole = outcomes(&mut &*input, format, Limits::USUAL);
    for (capacity, part) in (1..).zip([64, 1, 3, 2, 64, 7, 4]) {
        let limits = Limits { part, ..tiny() };
        let mut read = BufReader::with_capacity(capacity, input);
        let long = outcomes(&mut read, format, limits);
        let shown = String::from_utf8_lossy(input);
        assert_eq!(long, whole, "{capacity}, {part}: {shown}");
    }
    whole
}

/// The generator has to come by every kind of outcome.
fn compare_many(format: DataFormat, seed: u64, records: fn(&mut Random) -> Vec<u8>) {
    let mut random = Random(seed);
    let mut problems = Vec::new();
    let mut rows = 0;
    for _ in 0..3_000 {
        for outcome in compare(&records(&mut random), format) {
            match outcome {
                Outcome::Row(..) => rows += 1,
                Outcome::Bad(_, problem, _) => problems.push(problem),
                Outcome::Failed(_) => {}
            }
        }
    }
    assert!(rows > 1_000, "{rows}");
    let words = problems.iter().map(ToString::to_string);
    let mut words: Vec<String> = words
        .map(|words| {
            words
                .split(['(', '`'])
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    words.sort();
    words.dedup();
    assert_eq!(words, all_problems(format));
}

/// The beginnings of all sentences, in their order.
fn all_problems(format: DataFormat) -> &'static [&'static str] {
    match format {
        DataFormat::Csv => &[
            "a quote is not closed",
            "a quote stands within a field that has none at its ends",
            "not hexadecimal digits",
            "the line is not UTF-8: convert the file, as by ",
            "the row has another number of fields ",
            "there is text after a closing quote",
        ],
        DataFormat::JsonLines => &[
            "no value is given for ",
            "not hexadecimal digits",
            "the line is not UTF-8: convert the file, as by ",
            "the line is not a JSON object with each name once",
            "there is no column ",
        ],
    }
}

#[test]
fn records_of_csv_are_the_same_in_parts_and_whole() {
    compare_many(DataFormat::Csv, 1, csv);
}

#[test]
fn records_of_json_lines_are_the_same_in_parts_and_whole() {
    compare_many(DataFormat::JsonLines, 2, json);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_record() {
    let input = "\u{feff}{\"id\":1,\"note\":\"a long note\"}\n\u{feff}{\"id\":2}\n";
    let found = compare(input.as_bytes(), DataFormat::JsonLines);
    assert!(
        matches!(found[..], [Outcome::Row(1, _), Outcome::Bad(2, ..)]),
        "{found:?}"
    );
    let input = "\u{feff}id,note\n1,a long note\n";
    let found = compare(input.as_bytes(), DataFormat::Csv);
    assert!(matches!(found[..], [Outcome::Row(2, _)]), "{found:?}");
}

#[test]
fn every_escape_of_json_is_read_and_half_a_pair_of_surrogates_is_refused() {
    for (text, is_text) in [
        (r#"\"\\\/\b\f\n\r\t"#, true),
        (r"\u0041\u00e9\u6f22\uD83E\udd80\u0000", true),
        (r"\ud83e", false),
        (r"\ud83e ", false),
        (r"\ud83e\n", false),
        (r"\ud83e\ud83e", false),
        (r"\ud83e\u0041", false),
        (r"\udd80", false),
        (r"\u00g0", false),
        (r"\u+123", false),
        (r"\x", false),
        ("\t", false),
        ("\u{7f}", true),
    ] {
        for (before, after) in [("", ""), ("long text ", " and more")] {
            let input = format!("{{\"id\":1,\"note\":\"{before}{text}{after}\"}}\n");
            let found = compare(input.as_bytes(), DataFormat::JsonLines);
            assert_eq!(
                matches!(found[..], [Outcome::Row(..)]),
                is_text,
                "{input}: {found:?}"
            );
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_any_more_is_reported_as_such() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let begun: &[u8] = b"{\"id\":1,\"note\":\"a long note";
    for limits in [Limits::USUAL, tiny()] {
        let mut input = BufReader::with_capacity(4, begun.chain(Broken));
        let found = outcomes(&mut input, DataFormat::JsonLines, limits);
        let failed = "table `notes`, line 1: the file cannot be read: connection reset";
        assert_eq!(found, [Outcome::Failed(failed.to_owned())]);
    }
}

/// The first row, or its problem, of a file whose rows may have 50 bytes, and its files 200.
fn first(input: &str, keeps_records: bool) -> Result<Rows, DataProblem> {
    let table = table();
    let mut input = input.as_bytes();
    let source = RowsSource::new(&mut input, DataFormat::JsonLines).longest_row(50);
    let mut reader = Reader::new(source, &table, keeps_records);
    reader.limits = Limits {
        files: 200,
        ..tiny()
    };
    let mut rows = Rows::default();
    match reader.next(&mut rows) {
        Ok(Next::Taken) => Ok(rows),
        Ok(Next::Bad(BadRow { problem, .. }, _)) => Err(problem),
        Ok(_) => panic!("there is a row"),
        Err(error) => match error.kind() {
            ErrorKind::Data(data) => Err(data.problem.clone()),
            kind => panic!("{kind:?}"),
        },
    }
}

#[test]
fn what_is_kept_in_memory_has_the_length_of_a_row_at_most() {
    let long = "x".repeat(150);
    let nested = "[".repeat(100);
    let limit = |input: String| match first(&input, false) {
        Err(DataProblem::TooLong { limit }) => limit,
        other => panic!("{other:?} for {input}"),
    };
    let text = format!("{{\"id\":1,\"note\":\"{long}\"}}");
    let rows = first(&text, false).unwrap();
    assert_eq!((rows.spilled.len(), rows.text.as_str()), (1, "1"));
    assert_eq!(rows.spilled[0].1.length(), 150);
    let unknown = format!("{{\"id\":1,\"other\":\"{long}\"}}");
    assert!(matches!(
        first(&unknown, false),
        Err(DataProblem::Columns { .. })
    ));
    for input in [
        format!("{{\"id\":1,\"doc\":\"{long}\"}}"),
        format!("{{\"id\":1,\"any\":\"{long}\"}}"),
        format!("{{\"id\":1,\"{long}\":2}}"),
        format!("{{\"id\":1,\"other\":{nested}"),
        format!("{{\"id\":1,\"{}\":2,\"{}\":3}}", &long[..30], &long[..31]),
    ] {
        assert_eq!(limit(input), 50);
    }
    assert_eq!(
        limit(format!("{{\"id\":1,\"note\":\"{long}{long}\"}}")),
        200
    );
}

#[test]
fn a_reader_that_keeps_records_reads_them_whole() {
    let input = "{\"id\":1,\"note\":\"a long note\"}\n";
    let rows = first(input, true).unwrap();
    assert!(rows.spilled.is_empty());
    assert_eq!(rows.records, [input.trim_end()]);
    let long = format!("{{\"id\":1,\"note\":\"{}\"}}", "x".repeat(150));
    assert!(matches!(
        first(&long, true),
        Err(DataProblem::TooLong { limit: 50 })
    ));
}

#[test]
fn a_long_record_waits_until_the_rows_before_it_are_stored() {
    let table = table();
    let mut input: &[u8] = b"id,note\n1,a\n2,\"a long\nnote\"\n3,b\n";
    let source = RowsSource::new(&mut input, DataFormat::Csv);
    let mut reader = Reader::new(source, &table, false);
    reader.limits = Limits {
        record: 4,
        ..tiny()
    };
    reader.begin().unwrap();
    let mut rows = Rows::default();
    assert!(matches!(reader.next(&mut rows), Ok(Next::Taken)));
    for _ in 0..2 {
        assert!(matches!(reader.next(&mut rows), Ok(Next::OtherColumns)));
        assert_eq!(
            (rows.lines.as_slice(), rows.text.as_str()),
            (&[2][..], "1a")
        );
    }
    rows.clear();
    assert!(matches!(reader.next(&mut rows), Ok(Next::Taken)));
    assert_eq!((rows.lines.as_slice(), rows.spilled.len()), (&[3][..], 1));
    rows.clear();
    assert!(matches!(reader.next(&mut rows), Ok(Next::Taken)));
    assert_eq!((rows.lines.as_slice(), rows.spilled.len()), (&[5][..], 0));
    assert!(matches!(reader.next(&mut rows), Ok(Next::End)));
}

#[test]
fn long_values_are_checked_as_any_others() {
    let (table, long) = (table(), "ab".repeat(9 << 20));
    for (data, checked) in [
        (format!("1,{long},{long}"), Some(1)),
        (format!("1,{long},{long}x"), None),
        (format!(",{long},{long}"), None),
    ] {
        let mut input = Cursor::new(format!("id,note,data\n{data}\n"));
        let source = RowsSource::new(&mut input, DataFormat::Csv);
        assert_eq!(check_rows(source, &table, Dialect::Postgres).ok(), checked);
    }
}
