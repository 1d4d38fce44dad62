//! Large and hostile files, values at their edges, paths, and engines that share a database.

use super::*;

/// The cost of many variables and long chains is bounded: looks at the environment, findings and their length.
///
/// Covers CFG-2.
#[test]
fn many_variables_and_long_chains_are_bounded() {
    let config = good(&format!("url = 'sqlite://{}'", "${A}".repeat(20_000)));
    let looks = std::cell::Cell::new(0);
    let environment = |name: &str| {
        looks.set(looks.get() + 1);
        (name == "A").then(|| "x".repeat(30_000))
    };
    let mut diagnostics = Diagnostics::default();
    config.model_engines(&environment, &mut diagnostics);
    let codes: Vec<_> = diagnostics.iter().map(|found| found.code).collect();
    assert_eq!((codes, looks.get()), (vec!["B0313"], 3));
    let refused = config
        .target("default", &environment)
        .expect_err("too long");
    assert!(refused.message.contains("64 KiB"), "{refused:?}");
    // The override, then the variable.
    assert_eq!(looks.get(), 7);

    let chain = |last: &str| {
        let one = |at: usize| {
            let of = if at + 1 == 15_000 {
                last.to_owned()
            } else {
                format!(", models-of = 'e{:05}'", at + 1)
            };
            format!("e{at:05} = {{ dialect = 'mysql'{of} }}\n")
        };
        format!("[engines]\n{}", (0..15_000).map(one).collect::<String>())
    };
    let config = good(&chain(""));
    let mut engines = vec![EngineId(14_999)];
    config.models_of().add_to(&mut engines);
    assert_eq!(engines.len(), 15_000);
    let (_, diagnostics, _) = parse(&chain(", models-of = 'e00000'"));
    let found: Vec<_> = diagnostics.iter().collect();
    assert_eq!((found.len(), found[0].code), (1, "B0311"));
    assert!(found[0].message.len() < 300 && found[0].labels.len() < 10);
}

/// Covers CFG-2.
#[test]
fn hostile_files_end_in_findings() {
    let deep = format!("url = {}", "[".repeat(200_000));
    let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
    let long = format!("url = 'sqlite://{}'", "x".repeat(1_000_000));
    for text in [
        deep.as_str(),
        dotted.as_str(),
        "\0",
        "url = \"\u{202e}\"",
        "=",
        "[[[[",
        "[engines.'\u{1b}[31m']\n",
    ] {
        assert!(
            parse(text).1.has_errors(),
            "{}",
            &text[..text.len().min(20)]
        );
    }
    good(&long);
    let levels = |count: usize| {
        format!(
            "url = 'sqlite://a'\nschema = {}{}",
            "{ files = ".repeat(count),
            "}".repeat(count)
        )
    };
    assert!(parse(&levels(65)).1.has_errors());
    let large = format!("url = 'sqlite://a'\n#{}", "x".repeat(1 << 20));
    let (_, diagnostics, _) = parse(&large);
    let first = diagnostics.iter().next().expect("it is refused");
    assert_eq!(
        (first.code, first.message.as_str()),
        ("B0300", "the file is too large")
    );
}

/// Times and counts at their edges: the smallest and largest that are taken, and what lies beyond.
///
/// Covers CFG-7.
#[test]
fn times_and_counts_at_their_edges() {
    let times = [
        ("1ms", true),
        ("8760h", true),
        ("525600m", true),
        ("none", true),
        ("0ms", false),
        ("0", false),
        ("30", false),
        ("-1s", false),
        ("+1s", false),
        ("1.5s", false),
        (" 1s", false),
        ("1 s", false),
        ("1d", false),
        ("1S", false),
        ("8760h1ms", false),
        ("8761h", false),
        ("31536000001ms", false),
        ("18446744073709551615s", false),
        ("18446744073709551616ms", false),
        ("None", false),
        ("", false),
        ("inf", false),
    ];
    for key in [
        "statement-timeout",
        "lock-timeout",
        "idle-in-transaction-timeout",
        "connect-timeout",
    ] {
        for (time, fine) in times {
            let text = format!("[engines.b]\nurl = 'mysql://h/d'\n{key} = '{time}'");
            // Connecting always ends.
            let fine = fine && (key, time) != ("connect-timeout", "none");
            assert_eq!(parse(&text).0.is_some(), fine, "{text}");
        }
    }
    let counts = [
        ("1", true),
        ("4294967295", true),
        ("0x10", true),
        ("0", false),
        ("-1", false),
        ("4294967296", false),
        ("99999999999999999999", false),
        ("1.0", false),
        ("'8'", false),
        ("inf", false),
        ("true", false),
    ];
    for (count, fine) in counts {
        let text =
            format!("engines.b = {{ url = 'sqlite://a', pool = {{ max-connections = {count} }} }}");
        assert_eq!(parse(&text).0.is_some(), fine, "{text}");
    }
}

/// Paths start where the file is; nothing in them is a variable or a home.
///
/// Covers CFG-6.
#[test]
fn paths_start_where_the_file_is() {
    let cases = [
        ("sqlite://a.db", "/etc/shop/a.db"),
        ("sqlite://data/../a.db", "/etc/shop/data/../a.db"),
        ("sqlite:///var/a.db", "/var/a.db"),
        ("sqlite://~/a.db", "/etc/shop/~/a.db"),
        ("sqlite://$HOME/a.db", "/etc/shop/$HOME/a.db"),
        ("sqlite://a%20b.db", "/etc/shop/a b.db"),
    ];
    for (url, expected) in cases {
        let config = good(&format!("url = '{url}'"));
        let target = config.target("default", &nothing).expect(url);
        assert_eq!(target.to_string(), format!("sqlite://{expected}"));
    }
}

/// Names of one database: a host by name and by address, hosts of which one is the same, a file and a link to it.
///
/// Covers CFG-5.
#[test]
fn engines_of_one_database_are_warned_of() {
    let cases = [
        (
            "postgres://localhost/d",
            "postgres://127.0.0.1:5432/d",
            true,
        ),
        ("postgres://localhost/d", "postgres://[::1]/d", true),
        (
            "postgres://A.example.org/d",
            "postgresql://a.example.org/d",
            true,
        ),
        ("postgres://a,b/d", "postgres://b/d", true),
        ("postgres://h/d", "postgres://h/e", false),
        ("postgres://h/d", "postgres://h:1/d", false),
        ("postgres://h:3306/d", "mysql://h/d", false),
        ("sqlite://a.db", "sqlite://./x/../a.db", true),
        ("sqlite::memory:", "sqlite::memory:", false),
        ("postgres://h/d?schema=a", "postgres://h/d?schema=b", false),
        ("postgres://h/d?schema=a", "postgres://h/d", false),
        ("postgres://h/d?schema=a", "postgres://h/d?schema=a", true),
        ("postgres://h/d?schema=public", "postgres://h/d", true),
    ];
    for (one, two, same) in cases {
        let (_, diagnostics, _) = parse(&format!("engines.b = '{one}'\nengines.c = '{two}'"));
        let warned = diagnostics.iter().any(|found| found.code == "B0324");
        assert_eq!(warned, same, "{one} {two}");
    }
}

#[test]
fn unreadable_files_are_refused() {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let config = Config::load(
        Path::new("no/such/bindery.toml"),
        &mut sources,
        &mut diagnostics,
    );
    assert!(config.is_none());
    let codes: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(codes, ["B0318"]);
}
