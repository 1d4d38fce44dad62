//! The registry of codes: one page each, in `codes/<code>.md`, shown by `bindery explain CODE`.
//!
//! B0001–B0049 reading, B0050–B0099 annotations, B0100–B0199 engines, references and names, B0200–B0299 types, defaults
//! and features, B0300–B0379 configuration, B0400–B0499 warnings, B0510–B0519 syncs, B0520–B0529 capture, B0540–B0549 interfaces, B0580–B0589 clusters, B0600–B0619 files of
//! queries, B0620–B0639 their statements.

/// A code and its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code: `B0103`.
    pub code: &'static str,
    /// One line: what is wrong.
    pub title: &'static str,
    /// The whole page, Markdown.
    pub page: &'static str,
}

/// All codes, sorted.
pub fn all() -> impl Iterator<Item = Code> {
    PAGES.iter().map(|&(code, page)| Code {
        code,
        title: title(page),
        page,
    })
}

/// The page of a code; upper and lower case are the same.
///
/// ```
/// use bindery_schema::codes;
/// assert!(codes::find("b0300").is_some_and(|code| code.page.starts_with("# B0300: ")));
/// assert!(codes::find("B9999").is_none());
/// ```
pub fn find(code: &str) -> Option<Code> {
    all().find(|known| known.code.eq_ignore_ascii_case(code))
}

/// The codes of warnings: those that have a level.
pub(crate) const WARNINGS: &[&str] = &[
    "B0250", "B0252", "B0253", "B0254", "B0324", "B0400", "B0401", "B0402", "B0403", "B0404",
    "B0405", "B0406", "B0407", "B0410", "B0411", "B0412", "B0413", "B0414", "B0420", "B0422",
    "B0430", "B0431", "B0432", "B0434", "B0435", "B0436", "B0437", "B0438", "B0439", "B0440",
    "B0441", "B0516", "B0572",
];

/// Warnings that advise on how tables are designed, which are not wanted for the dump of a database. What a program
/// would miss without a word, such as transactions (B0411), is not among them.
pub(crate) const ADVICE: &[&str] = &["B0401", "B0410", "B0412", "B0413", "B0414"];

/// Whether a finding of this code advises on how tables are designed, and has no bearing on what a command does with them.
///
/// ```
/// use bindery_schema::codes;
/// // A text as the key of a table, and a transaction that an engine of tables does not have.
/// assert!(codes::is_advice("B0412") && !codes::is_advice("B0411"));
/// ```
pub fn is_advice(code: &str) -> bool {
    ADVICE.contains(&code)
}

/// Whether a finding of this code says what the generated code of a table or view lacks: `check` and what generates code say it.
///
/// ```
/// use bindery_schema::codes;
/// // A table without a primary key has no methods for one row.
/// assert!(codes::is_about_models("B0400") && !codes::is_about_models("B0411"));
/// ```
pub fn is_about_models(code: &str) -> bool {
    ["B0400", "B0422"].contains(&code)
}

/// Warnings about the configuration, whatever the schema is.
pub(crate) const OF_CONFIGURATION: &[&str] = &["B0252", "B0253", "B0324"];

/// The first line is `# CODE: title`.
fn title(page: &'static str) -> &'static str {
    let first = page.lines().next().unwrap_or_default();
    first.split_once(": ").map_or(first, |(_, title)| title)
}

macro_rules! pages {
    ($($code:literal)*) => { &[$(($code, include_str!(concat!("codes/", $code, ".md")))),*] };
}

const PAGES: &[(&str, &str)] = pages! {
    "B0001" "B0002" "B0003" "B0004" "B0005" "B0006" "B0007" "B0008"
    "B0009" "B0010" "B0011" "B0012" "B0013" "B0050" "B0051" "B0052" "B0053" "B0054"
    "B0055" "B0056" "B0057" "B0058" "B0059" "B0060" "B0061" "B0062" "B0100" "B0101" "B0102"
    "B0103" "B0104" "B0105" "B0106" "B0107" "B0108" "B0110" "B0111"
    "B0113" "B0114" "B0116" "B0117" "B0118" "B0119"
    "B0120" "B0122" "B0123" "B0124" "B0126" "B0127" "B0128" "B0210"
    "B0211" "B0212" "B0213" "B0214" "B0215" "B0216" "B0217" "B0218"
    "B0219" "B0220" "B0221" "B0222" "B0230" "B0250" "B0251" "B0252" "B0253" "B0254" "B0300" "B0301" "B0302" "B0303" "B0304"
    "B0305" "B0306" "B0307" "B0308" "B0309" "B0310" "B0311" "B0312"
    "B0313" "B0314" "B0315" "B0316" "B0318" "B0319" "B0320"
    "B0321" "B0323" "B0324" "B0325" "B0326" "B0328" "B0329" "B0330" "B0331" "B0332" "B0333" "B0334" "B0335" "B0336" "B0337" "B0364" "B0365" "B0366" "B0367" "B0368" "B0370" "B0371" "B0372" "B0373" "B0374" "B0375" "B0376" "B0377" "B0380" "B0381"
    "B0400" "B0401" "B0402" "B0403" "B0404" "B0405" "B0406" "B0407" "B0410" "B0411" "B0412" "B0413" "B0414" "B0420" "B0422" "B0430" "B0431"
    "B0432" "B0434" "B0435" "B0436" "B0437" "B0438" "B0439" "B0440" "B0441"
    "B0510" "B0511" "B0512" "B0513" "B0514" "B0515" "B0516" "B0520" "B0521" "B0522" "B0523" "B0540" "B0541" "B0542" "B0543" "B0544" "B0545" "B0546" "B0570" "B0571" "B0572" "B0580" "B0581" "B0582" "B0583" "B0584" "B0585"
    "B0600" "B0601" "B0602" "B0603" "B0604" "B0605" "B0606" "B0607" "B0608" "B0609" "B0610" "B0611" "B0620" "B0621" "B0622" "B0623" "B0624" "B0625" "B0626" "B0627" "B0628" "B0629" "B0630" "B0631" "B0632" "B0633"
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn pages_are_sorted_and_well_formed() {
        assert!(PAGES.is_sorted_by(|a, b| a.0 < b.0));
        for Code { code, title, page } in all() {
            assert!(
                page.starts_with(&format!("# {code}: ")),
                "{code}: the first line"
            );
            assert!(
                !title.ends_with('.') && title.chars().all(|letter| !letter.is_control()),
                "{code}: the title"
            );
            let is_configuration = code.starts_with("B03");
            let has_example = |text: &str| {
                text.contains("```sql\n") || is_configuration && text.contains("```toml\n")
            };
            for heading in ["\n## Wrong\n", "\n## Right\n"] {
                let (_, rest) = page
                    .split_once(heading)
                    .unwrap_or_else(|| panic!("{code}: no{heading}"));
                assert!(has_example(rest), "{code}: no example after{heading}");
            }
        }
    }

    #[test]
    fn every_code_in_the_sources_has_a_page_and_every_page_a_use() {
        let mut used = BTreeSet::new();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        collect(&here.join("src"), &mut used);
        collect(&here.join("../core/src"), &mut used);
        let known: BTreeSet<String> = PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(
            used.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "codes without a page"
        );
        assert_eq!(
            known.difference(&used).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "pages without a use"
        );
    }

    /// Codes in string literals of the library's own code, tests left out.
    fn collect(folder: &Path, used: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("the folder of the sources is readable") {
            let path = entry.expect("the folder of the sources is readable").path();
            let is_source = path.extension().is_some_and(|end| end == "rs");
            if path.is_dir() {
                collect(&path, used);
            } else if is_source && !path.ends_with("tests.rs") && !path.ends_with("codes.rs") {
                collect_file(&fs::read_to_string(&path).expect("sources are UTF-8"), used);
            }
        }
    }

    fn collect_file(text: &str, used: &mut BTreeSet<String>) {
        let own = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in own
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let literals = line.split('"').skip(1).step_by(2);
            used.extend(literals.filter(|word| is_code(word)).map(str::to_owned));
        }
    }

    fn is_code(word: &str) -> bool {
        let digits = word.strip_prefix('B').unwrap_or_default();
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
}
