//! Each target for a moment, the same in every run: its seeds and former findings as they are, then with slips in them.

mod sessions;

use std::path::Path;

use bindery_fuzz::Target;

/// So many inputs of each target.
const ROUNDS: usize = 300;
/// Inputs are cut to this length: what goes wrong does so in a few lines.
const LENGTH: usize = 1500;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The seeds of a target, by name, so that the order is the same everywhere.
fn seeds(target: Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target.name());
    let entries = std::fs::read_dir(&folder).expect("each target has a folder of seeds");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{}: no seeds", target.name());
    let read = |path| std::fs::read(path).expect("a seed can be read");
    paths.into_iter().map(read).collect()
}

/// The words of the dictionaries that `cargo xtask fuzz` uses.
fn words(target: Target) -> Vec<Vec<u8>> {
    let text = match target {
        Target::Config => include_str!("../seeds/toml.dict"),
        Target::Url => "\"://\"\n\"@\"\n\"%40\"\n\"[::1]\"\n\":\"\n\"?a=b\"\n\"&\"",
        Target::PostgresServer | Target::MysqlServer => "Z\nI\nE\nD\n2\nC\nS\nN",
        Target::JsonRows | Target::Manifest | Target::Messages | Target::Tasks => {
            "{\n}\n[\n]\n,\n:\nnull\n1e400\n-9223372036854775809\n\\u0000\n\\ud800\nuser"
        }
        Target::TarArchive | Target::ZipArchive => {
            "ustar\nL\n2\n0\nPK\ndefault/\nmanifest.json\nusers.csv\n../"
        }
        Target::CsvRows => "\"\"\n,\n;\n\"a\n\r\nid,email\nemail",
        Target::Inputs => "config \nschema \nschema.sql\nbindery.toml\nout\n.\n*",
        Target::Schema(_)
        | Target::Queries(_)
        | Target::Annotation
        | Target::Names
        | Target::Migrations => include_str!("../seeds/sql.dict"),
    };
    let word = |line: &str| line.trim_matches('"').replace("\\\"", "\"").into_bytes();
    text.lines().map(word).collect()
}

/// One slip: a byte changed, a stretch lost, doubled or taken from elsewhere, a word put in.
fn slip(bytes: &mut Vec<u8>, others: &[Vec<u8>], words: &[Vec<u8>], numbers: &mut Numbers) {
    let start = numbers.below(bytes.len() + 1);
    let end = (start + numbers.below(40)).min(bytes.len());
    let put_in: Vec<u8> = match numbers.below(5) {
        0 => vec![numbers.below(256) as u8],
        1 => Vec::new(),
        2 => bytes[start..end].repeat(2),
        3 => {
            let other = numbers.one_of(others);
            let from = numbers.below(other.len());
            let to = (from + numbers.below(60)).min(other.len());
            other[from..to].to_vec()
        }
        _ => numbers.one_of(words).clone(),
    };
    let over = if numbers.below(2) == 0 { start } else { end };
    bytes.splice(start..over, put_in);
}

/// Covers BAD-03.
#[test]
fn every_target_survives_its_seeds() {
    for target in Target::ALL {
        for seed in seeds(target) {
            target.run(&seed);
        }
    }
}

/// Covers BAD-03.
#[test]
fn every_target_survives_slips() {
    for (at, target) in Target::ALL.into_iter().enumerate() {
        let (seeds, words) = (seeds(target), words(target));
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 + at as u64);
        for _ in 0..ROUNDS {
            let mut bytes = numbers.one_of(&seeds).clone();
            let start = numbers.below(bytes.len().saturating_sub(LENGTH));
            bytes.drain(..start);
            bytes.truncate(LENGTH);
            for _ in 0..=numbers.below(6) {
                slip(&mut bytes, &seeds, &words, &mut numbers);
            }
            target.run(&bytes);
        }
    }
}

/// Else the targets of archives reach nothing behind the checks.
#[test]
fn whole_archives_are_accepted() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for name in ["archive-tar/whole.tar.zst", "archive-zip/whole.zip"] {
        let files = bindery_cli::dumps::read_archive(&seeds.join(name), false);
        let files = files.unwrap_or_else(|reason| panic!("{name}: {reason}"));
        let lengths: Vec<_> = files
            .iter()
            .map(|file| (file.expected, file.found))
            .collect();
        assert_eq!(lengths, [(15, 15)], "{name}");
    }
}

#[test]
fn the_command_knows_every_target() {
    for target in Target::ALL {
        assert_eq!(Target::named(target.name()), Some(target));
    }
}
