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
    let (least, middle) = least_and_middle(first);
    line += &format!(" {} / {} |", micros(least), micros(middle));
    for times in others {
        if times.is_empty() {
            line += " – |";
            continue;
        }
        let (least, middle) = ratios(times, first);
        line += &format!(" {least:.2} / {middle:.2} |");
    }
    line
}

fn micros(seconds: f64) -> String {
    let micros = seconds * 1e6;
    if micros < 100.0 {
        format!("{micros:.2}")
    } else {
        format!("{micros:.0}")
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
    }
}
