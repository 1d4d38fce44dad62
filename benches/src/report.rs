//! Tables in Markdown.

use crate::measure::{Times, least_and_middle, ratios};

/// The head: the first client's times, and the others' ratios to them.
pub(crate) fn heading(title: &str, names: &[&'static str]) -> String {
    let mut head = format!("## {title}\n\n| |");
    let mut line = "|---|".to_owned();
    for (at, name) in names.iter().enumerate() {
        head += &match at {
            0 => format!(" {name}, µs |"),
            _ => format!(" {name} |"),
        };
        line += "---|";
    }
    format!("{head}\n{line}")
}

/// One case: least and middle of each client.
pub(crate) fn line(case: &str, measured: &[Times]) -> String {
    let mut line = format!("| {case} |");
    let Some((first, others)) = measured.split_first() else {
        return line;
    };
    line += &cell(first, None);
    for times in others {
        line += &cell(times, Some(first).filter(|first| !first.is_empty()));
    }
    line
}

/// Times beside those of the first client; where that has none, the times themselves.
fn cell(times: &[f64], first: Option<&Times>) -> String {
    if times.is_empty() {
        return " – |".to_owned();
    }
    let Some(first) = first else {
        let (least, middle) = least_and_middle(times);
        return format!(" {} / {} |", micros(least), micros(middle));
    };
    let (least, middle) = ratios(times, first);
    format!(" {least:.2} / {middle:.2} |")
}

fn micros(seconds: f64) -> String {
    let micros = seconds * 1e6;
    match micros {
        ..1.0 => format!("{:.0} ns", micros * 1e3),
        ..100.0 => format!("{micros:.2}"),
        _ => format!("{micros:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_column_for_each_client() {
        assert_eq!(
            heading("SQLite", &["a", "b"]),
            "## SQLite\n\n| | a, µs | b |\n|---|---|---|"
        );
        let measured = [vec![2e-6, 4e-6], vec![1e-6, 1e-6]];
        assert_eq!(
            line("find", &measured),
            "| find | 2.00 / 4.00 | 0.50 / 0.50 |"
        );
        // A row that the first client does not have stands there as it was measured.
        let measured = [vec![], vec![1e-7, 2e-6], vec![]];
        assert_eq!(
            line("checkout", &measured),
            "| checkout | – | 100 ns / 2.00 | – |"
        );
    }
}
