//! Lines of arguments that are understood, and those that are refused.

use super::*;

fn parse(line: &str) -> Result<Command, String> {
    Command::parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn every_command_is_understood() {
    assert_eq!(parse(""), Ok(Command::Help));
    assert_eq!(parse("corpus"), Ok(Command::Corpus(None)));
    let only = Command::Corpus(Some("sakila".to_owned()));
    assert_eq!(parse("corpus --only sakila"), Ok(only));
    for only in [None, Some("mysql/shop".to_owned())] {
        let line = match &only {
            Some(text) => format!("histories /tmp/a --only {text}"),
            None => "histories /tmp/a".to_owned(),
        };
        let folder = "/tmp/a".to_owned();
        let expected = Command::Histories(Replaying { folder, only });
        assert_eq!(parse(&line), Ok(expected));
    }
    assert!(parse("histories").is_err());
    let measuring = |folder: Option<&str>, dialect: Option<&str>| Measuring {
        folder: folder.map(str::to_owned),
        count: 10_000,
        seed: 7,
        dialect: dialect.map(str::to_owned),
    };
    let some = parse("statements /tmp/a --dialect mysql --seed 7");
    let expected = measuring(Some("/tmp/a"), Some("mysql"));
    assert_eq!(some, Ok(Command::Statements(expected)));
    let all = parse("statements --seed 7 --count 10000");
    assert_eq!(all, Ok(Command::Statements(measuring(None, None))));
    for wrong in ["--count 0", "--dialect oracle", "/tmp/a /tmp/b"] {
        assert!(parse(&format!("statements {wrong}")).is_err());
    }
    assert_eq!(parse("growth"), Ok(Command::Growth(Growing::All)));
    let clean = Ok(Command::Growth(Growing::CleanBuild));
    assert_eq!(parse("growth --clean-build"), clean);
    let queries = Ok(Command::Growth(Growing::Queries));
    assert_eq!(parse("growth --queries"), queries);
    let rooms = Ok(Command::Growth(Growing::Rooms));
    assert_eq!(parse("growth --rooms"), rooms);
    let checked = Ok(Command::Growth(Growing::Checked));
    assert_eq!(parse("growth --checked"), checked);
    let all = EqualPart { number: 1, of: 1 };
    assert_eq!(parse("features"), Ok(Command::Features(all)));
    let second = EqualPart { number: 2, of: 5 };
    assert_eq!(parse("features --part 2/5"), Ok(Command::Features(second)));
    for wrong in ["0/5", "6/5", "1/0", "x"] {
        assert!(parse(&format!("features --part {wrong}")).is_err());
    }
    assert_eq!(parse("book"), Ok(Command::Book));
    assert_eq!(parse("lint"), Ok(Command::Lint));
    assert_eq!(parse("record"), Ok(Command::Record(Recording::Compare)));
    let update = Ok(Command::Record(Recording::Update));
    assert_eq!(parse("record --update"), update);
    let by_hand = Ok(Command::Record(Recording::ByHand));
    assert_eq!(parse("record --by-hand"), by_hand);
    let public = |is_update| Ok(Command::Public { is_update });
    assert_eq!(parse("public"), public(false));
    assert_eq!(parse("public --update"), public(true));
    assert_eq!(parse("servers up"), Ok(Command::ServersUp));
    assert_eq!(parse("servers down"), Ok(Command::ServersDown));
    assert_eq!(parse("servers env"), Ok(Command::ServersEnv));
    assert_eq!(parse("test"), Ok(Command::Test(Selection::default())));
}

#[test]
fn a_full_run_has_a_filter_and_arguments_for_cargo() {
    let mut full = Selection {
        is_full: true,
        filter: Some("keys".to_owned()),
        cargo_args: Vec::new(),
    };
    assert_eq!(
        parse("test --full --filter keys"),
        Ok(Command::Test(full.clone()))
    );
    full.cargo_args = vec!["-p".to_owned(), "bindery".to_owned()];
    assert_eq!(
        parse("test --full --filter keys -- -p bindery"),
        Ok(Command::Test(full))
    );
}

#[test]
fn a_selection_has_a_filter_and_arguments_for_cargo() {
    for line in [
        "test --filter keys -- -p bindery",
        "test --filter=keys -- -p bindery",
    ] {
        let expected = Selection {
            is_full: false,
            filter: Some("keys".to_owned()),
            cargo_args: vec!["-p".to_owned(), "bindery".to_owned()],
        };
        assert!(!expected.is_everything());
        assert_eq!(parse(line), Ok(Command::Test(expected)));
    }
}

#[test]
fn benches_take_the_options_of_their_program() {
    let expected = |program, options: &[&str]| {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        Ok(Command::Bench(Benching { program, options }))
    };
    assert_eq!(parse("bench"), expected(BenchProgram::Own, &[]));
    let line = "bench --async --slices 5";
    let options = ["--slices", "5"];
    assert_eq!(parse(line), expected(BenchProgram::Async, &options));
    let atomic = expected(BenchProgram::Atomic, &["500"]);
    assert_eq!(parse("bench --atomic 500"), atomic);
    let line = "bench --peers --rounds 5";
    assert_eq!(
        parse(line),
        expected(BenchProgram::Peers, &["--rounds", "5"])
    );
    let line = "bench --dump --rows 1000";
    let options = ["--rows", "1000"];
    assert_eq!(parse(line), expected(BenchProgram::Dump, &options));
    let outbox = expected(BenchProgram::Outbox, &["--tasks", "9"]);
    assert_eq!(parse("bench --outbox --tasks 9"), outbox);
    let line = "bench --verify --rows 1000";
    assert_eq!(parse(line), expected(BenchProgram::Verify, &options));
}

#[test]
fn fuzzing_has_a_target_a_time_and_a_seed() {
    let fuzzing = |target: Option<&str>, minutes, seed| {
        let target = target.map(str::to_owned);
        Ok(Command::Fuzz(Fuzzing {
            target,
            minutes,
            seed,
        }))
    };
    assert_eq!(parse("fuzz"), fuzzing(None, 10, 1));
    let line = "fuzz --seed 7 --target url --minutes 2";
    assert_eq!(parse(line), fuzzing(Some("url"), 2, 7));
}

#[test]
fn simulating_takes_the_options_of_its_program() {
    let options = ["--seeds", "5"].map(str::to_owned).to_vec();
    let expected = Ok(Command::Simulate(Simulating { options }));
    assert_eq!(parse("simulate --seeds 5"), expected);
}

#[test]
fn soaking_has_a_time_a_seed_and_threads() {
    let soaking = |minutes, seed, threads| {
        Ok(Command::Soak(Soaking {
            minutes,
            seed,
            threads,
        }))
    };
    assert_eq!(parse("soak"), soaking(5, None, 64));
    let line = "soak --seed 7 --minutes 30 --threads 8";
    assert_eq!(parse(line), soaking(30, Some(7), 8));
}

#[test]
fn splitting_has_a_number_and_a_seed() {
    let splitting = |runs, seed| Splitting {
        runs,
        seed,
        jobs: 1,
        is_release: false,
    };
    let split = |runs, seed| Ok(Command::Split(splitting(runs, seed)));
    assert_eq!(parse("split"), split(1_000, None));
    assert_eq!(parse("split --seed 7 --runs 30"), split(30, Some(7)));
    let fast = Splitting {
        jobs: 4,
        is_release: true,
        ..splitting(30, None)
    };
    let line = "split --release --jobs 4 --runs 30";
    assert_eq!(parse(line), Ok(Command::Split(fast)));
    let saga = Command::Saga(splitting(2_000, None));
    assert_eq!(parse("saga --runs 2000"), Ok(saga));
    let bank = Command::Bank(splitting(2_000, None));
    assert_eq!(parse("bank --runs 2000"), Ok(bank));
    assert!(parse("bank --jobs 2").is_err());
}

#[test]
fn the_newest_servers_are_chosen_where_servers_are_started() {
    let parse_line = |line: &str| Line::parse(line.split_whitespace().map(str::to_owned));
    let plain = parse_line("test --filter keys").expect("a line of ours");
    assert_eq!(plain.on_newest, None);
    let words = ["test", "--filter", "keys", "--", "--newest"].map(str::to_owned);
    let newest = parse_line("test --newest --filter keys -- --newest").expect("a line of ours");
    assert_eq!(newest.on_newest, Some(words.to_vec()));
    let for_cargo = parse_line("test -- --newest").expect("a line of ours");
    assert_eq!(for_cargo.on_newest, None);
    for line in ["lint --newest", "servers env --newest", "fuzz --newest"] {
        parse_line(line).expect_err(line);
    }
}

#[test]
fn commands_that_pages_show_are_understood() {
    let pages = crate::book::pages().expect("the pages can be read");
    let lines = pages.iter().flat_map(|page| page.lines());
    let commands = lines.filter_map(|line| {
        let line = line.trim_start_matches("$ ").strip_prefix("cargo xtask ")?;
        line.split(" #").next()
    });
    let mut count = 0;
    for command in commands {
        let words = command.split_whitespace().map(str::to_owned);
        Line::parse(words).expect(command);
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn anything_else_is_refused() {
    for line in [
        "tset",
        "test keys",
        "test --filter",
        "servers",
        "servers start",
        "lint now",
        "corpus sakila",
        "fuzz url",
        "fuzz --minutes",
        "fuzz --minutes long",
        "fuzz --minutes 0",
    ] {
        parse(line).expect_err(line);
    }
}
