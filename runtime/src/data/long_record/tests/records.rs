//! Records that are made up, of which a part is spoilt.

use super::COLUMNS;

/// The same numbers in every run (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((number ^ (number >> 31)) % end as u64) as usize
    }

    fn pick<'p>(&mut self, pieces: &[&'p str]) -> &'p str {
        pieces[self.below(pieces.len())]
    }

    fn one_of(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn text(&mut self, most: usize, pieces: &[&str]) -> String {
        let number = self.below(most);
        (0..number).map(|_| self.pick(pieces)).collect()
    }

    /// Some of the columns, in any order. The first must be among them but rarely is not.
    fn columns(&mut self) -> Vec<&'static str> {
        let mut left = COLUMNS.to_vec();
        let mut columns = Vec::new();
        while !left.is_empty() {
            let column = left.swap_remove(self.below(left.len()));
            if column == "id" || !self.one_of(3) {
                columns.push(column);
            }
        }
        columns
    }

    fn hexadecimal(&mut self) -> String {
        let before = self.pick(&["", "", "\\x"]);
        let digits = self.text(8, &["00", "fF", "A9", "7e"]);
        let wrong = match self.one_of(8) {
            true => self.pick(&["g", "0", "é", "\\x", " "]),
            false => "",
        };
        let after = self.text(3, &["12", "ab"]);
        format!("{before}{digits}{wrong}{after}")
    }

    /// Replaces a few bytes by others, or by none.
    fn spoil(&mut self, record: &mut Vec<u8>, pieces: &[&[u8]]) {
        if !self.one_of(3) || record.is_empty() {
            return;
        }
        let start = self.below(record.len());
        let end = (start + self.below(3)).min(record.len());
        let piece = pieces[self.below(pieces.len())];
        record.splice(start..end, piece.iter().copied());
    }
}

const PLAIN: &[&str] = &["a", "bc", " ", "é", "漢", "🦀", "\\", "0", "'", ";"];

/// A line of names, and up to three records.
pub(super) fn csv(random: &mut Random) -> Vec<u8> {
    let columns = random.columns();
    let mut file = columns.join(",").into_bytes();
    file.push(b'\n');
    for number in 0..=random.below(3) {
        let fields: Vec<String> = columns
            .iter()
            .map(|column| csv_field(random, column, number))
            .collect();
        let mut record = fields.join(",").into_bytes();
        record.extend(random.pick(&["\n", "\n", "\r\n"]).bytes());
        random.spoil(
            &mut record,
            &[
                b"", b"\"", b"\"\"", b",", b"\n", b"\r", b"\xff", b"\xc3", b"x",
            ],
        );
        file.extend(record);
    }
    end_somehow(random, &mut file);
    file
}

fn csv_field(random: &mut Random, column: &str, number: usize) -> String {
    let plain = match column {
        "id" => number.to_string(),
        "data" => random.hexadecimal(),
        _ => random.text(9, PLAIN),
    };
    if random.one_of(2) {
        return plain;
    }
    let special = random.text(5, &["\"\"", ",", "\n", "\r\n", "\r", "é", "x"]);
    match column {
        "id" | "data" => format!("\"{plain}\""),
        _ => format!("\"{plain}{special}\""),
    }
}

/// Up to three objects.
pub(super) fn json(random: &mut Random) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..=random.below(3) {
        let mut columns = random.columns();
        if random.one_of(6) {
            columns.push(random.pick(&["other", "no_te", "ID"]));
        }
        if random.one_of(12) {
            columns.push("note");
        }
        if random.one_of(12) {
            columns.retain(|column| *column != "id");
        }
        let members: Vec<String> = columns
            .iter()
            .map(|column| json_member(random, column, number))
            .collect();
        let mut record = format!("{{{}}}", members.join(",")).into_bytes();
        record.extend(random.pick(&["\n", "\n", "\r\n", " \n"]).bytes());
        random.spoil(
            &mut record,
            &[
                b"",
                b"\"",
                b"\\",
                b",",
                b"\n",
                b"\r",
                b"\xff",
                b"\xf0\x9f",
                b"}",
                b"]",
                b"[",
                b"{",
                b":",
                b" ",
                b"-",
                b"0",
                b".",
                b"e",
                b"\x01",
                b"\\u",
                b"x",
            ],
        );
        file.extend(record);
    }
    end_somehow(random, &mut file);
    file
}

fn json_member(random: &mut Random, column: &str, number: usize) -> String {
    let space = random.pick(&["", "", "", " ", "\t"]);
    let name = match random.one_of(9) {
        true => column.replacen('o', "\\u006f", 1),
        false => column.to_owned(),
    };
    let value = match column {
        "id" => number.to_string(),
        _ if random.one_of(6) => "null".to_owned(),
        "data" => format!("\"{}\"", random.hexadecimal().replace('\\', "\\\\")),
        "note" if !random.one_of(6) => json_text(random),
        _ => json_value(random, 3),
    };
    format!("{space}\"{name}\"{space}:{space}{value}{space}")
}

fn json_text(random: &mut Random) -> String {
    let pieces = [
        "a",
        "bc",
        " ",
        "é",
        "漢",
        "🦀",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\u6F22",
        "\\ud83e\\udd80",
        "[",
        "}",
        ",",
        ":",
    ];
    let text = random.text(9, &pieces);
    let wrong = match random.one_of(20) {
        true => random.pick(&["\\ud83e", "\\udd80", "\\ud83e\\n", "\\q", "\\u12", "\t"]),
        false => "",
    };
    let after = random.text(4, &pieces);
    format!("\"{text}{wrong}{after}\"")
}

fn json_value(random: &mut Random, depth: usize) -> String {
    let space = random.pick(&["", "", " "]);
    let kinds = if depth == 0 { 3 } else { 6 };
    match random.below(kinds) {
        0 => random
            .pick(&[
                "true",
                "false",
                "null",
                "{\"$json\":null}",
                "{\"$json\":{}}",
            ])
            .to_owned(),
        1 => random
            .pick(&[
                "0", "-0", "12", "-1.50", "3e7", "1E+2", "2.0e-3", "01", "1.", "+1", "1e", "-",
            ])
            .to_owned(),
        2 => json_text(random),
        3 => {
            let number = random.below(4);
            let values: Vec<String> = (0..number).map(|_| json_value(random, depth - 1)).collect();
            format!(
                "[{space}{}{space}]",
                values.join(&format!("{space},{space}"))
            )
        }
        _ => {
            let number = random.below(3);
            let members: Vec<String> = (0..number)
                .map(|_| {
                    let name = json_text(random);
                    format!(
                        "{space}{name}{space}:{space}{}",
                        json_value(random, depth - 1)
                    )
                })
                .collect();
            format!("{{{space}{}{space}}}", members.join(","))
        }
    }
}

/// A file may end without the end of its last line, or in the middle of it.
fn end_somehow(random: &mut Random, file: &mut Vec<u8>) {
    if random.one_of(4) {
        file.truncate(file.len() - 1);
    } else if random.one_of(8) {
        let first_line = file.iter().position(|&byte| byte == b'\n').unwrap_or(0);
        let cut = random.below(file.len() - first_line);
        file.truncate(file.len() - cut);
    }
}
