//! The tables are read as they were measured.

use super::*;

fn given(name: &str, arguments: &[Class]) -> (Option<Class>, Null) {
    let function = function(name).unwrap_or_else(|| panic!("`{name}`"));
    assert!(function.takes(arguments.len()), "`{name}`");
    (function.result(arguments), function.null(arguments))
}

#[test]
fn every_line_is_read() {
    for line in include_str!("functions.txt").lines().skip(1) {
        let name = line.split(' ').next().unwrap_or_default();
        let function = function(name).unwrap_or_else(|| panic!("`{name}`"));
        let count = (0..8)
            .find(|count| function.takes(*count))
            .unwrap_or_else(|| panic!("`{line}`"));
        let result = function.result(&vec![Class::Int; count]);
        assert!(result.is_some(), "{line}");
    }
    let columns = &WORDS[..12];
    for (_, left) in columns {
        for (_, right) in columns {
            assert!(common(*left, *right).is_some(), "{left:?} and {right:?}");
        }
    }
}

#[test]
fn results_follow_the_rule_of_their_function() {
    use Class::{Bytes, Date, DateTime, Decimal, Double, Int, Text};
    for (name, arguments, class, null) in [
        ("length", &[Text][..], Int, Null::Argument),
        ("concat", &[Text, Int, Bytes], Bytes, Null::Argument),
        ("coalesce", &[Int, Decimal], Decimal, Null::Argument),
        ("if", &[Text, Int, Double], Double, Null::Argument),
        ("abs", &[Text], Double, Null::Argument),
        ("sum", &[Int], Decimal, Null::Argument),
        ("count", &[Int], Int, Null::Never),
        ("date", &[DateTime], Date, Null::Argument),
        ("date", &[Text], Date, Null::Maybe),
        ("database", &[], Text, Null::Maybe),
    ] {
        assert_eq!(given(name, arguments), (Some(class), null), "{name}");
    }
    assert!(function("lenght").is_none());
    assert!(!function("length").is_some_and(|length| length.takes(2)));
}
