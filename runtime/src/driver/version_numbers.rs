//! The numbers of a version, as servers and migrations write it.

/// Returns the numbers that a version begins with: of `10.11.19-MariaDB-0+deb12u1` 10, 11 and 19, of `17devel` 17, of an empty text none.
/// Old MariaDB servers put `5.5.5-` before theirs, for programs that know of MySQL only.
pub(crate) fn version_numbers(version: &str) -> Vec<u32> {
    let hidden = version.strip_prefix("5.5.5-");
    let version = hidden
        .filter(|_| version.to_ascii_lowercase().contains("mariadb"))
        .unwrap_or(version);
    let end = version.find(|sign: char| !sign.is_ascii_digit() && sign != '.');
    let numbers = version[..end.unwrap_or(version.len())].split('.');
    numbers.map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::version_numbers;

    #[test]
    fn numbers_end_where_other_characters_begin() {
        for (version, expected) in [
            ("15.18 (Debian 15.18-0+deb12u1)", &[15, 18][..]),
            ("17devel", &[17]),
            ("10.11.19-MariaDB-0+deb12u1", &[10, 11, 19]),
            ("5.5.5-10.4.34-MariaDB", &[10, 4, 34]),
            ("5.5.5-log", &[5, 5, 5]),
            ("8.0.16", &[8, 0, 16]),
            ("99999999999999999999", &[]),
            ("devel", &[]),
            ("", &[]),
        ] {
            assert_eq!(version_numbers(version), expected, "{version}");
        }
    }
}
