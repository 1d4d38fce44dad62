//! Time zones of PostgreSQL: `Europe/Berlin`, `CET`, `UTC+3`.

use crate::name::suggest;

/// Finds a zone; where there is none, gives one that may be meant. A zone is created now and then: one in an area that there is, and
/// unlike all others, is left to the server, as is one with a shift of its own.
pub(super) fn find(text: &str) -> Result<(), Option<&'static str>> {
    let wanted = text.trim().to_lowercase();
    let is_shift = wanted.bytes().any(|byte| byte.is_ascii_digit());
    let zones = || {
        let lines = include_str!("../postgres/zones.txt").lines();
        lines.skip(1)
    };
    let mut known = zones();
    if is_shift || known.any(|zone| zone.to_lowercase() == wanted) {
        return Ok(());
    }
    let near = suggest(text.trim(), zones());
    let area = wanted.split_once('/').map(|(area, _)| area);
    let has_area = area.is_some_and(|area| {
        let mut areas = zones().filter_map(|zone| zone.split_once('/'));
        areas.any(|(known, _)| known.to_lowercase() == area)
    });
    match near {
        None if has_area => Ok(()),
        near => Err(near),
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn zones_are_those_of_the_server() {
        for zone in [
            "Europe/Berlin",
            "utc",
            "CET",
            "+03:30",
            "UTC+3",
            "Asia/Nowhereville",
        ] {
            assert_eq!(find(zone), Ok(()), "{zone}");
        }
        assert_eq!(find("Europe/Berln"), Err(Some("Europe/Berlin")));
        assert_eq!(find("Mars/Olympus"), Err(None));
    }
}
