//! The commands of README.md, run as they stand against the running program.

use std::process::Command;

use crate::shop::Shop;

const README: &str = include_str!("../../README.md");

/// Returns the output of a command of the README.
fn run(shop: &Shop, command: &str) -> String {
    let command = command.replace("localhost:3000", &shop.address);
    let output = Command::new("sh").args(["-c", &command]).output();
    let output = output.expect("there is a shell");
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).expect("the answer is text")
}

#[test]
fn the_commands_of_the_readme_work() {
    if Command::new("curl").arg("--version").output().is_err() {
        bindery_testkit::skip("curl is not installed");
        return;
    }
    let shop = Shop::start(&[]);
    let commands = README.lines().filter(|line| line.starts_with("curl "));
    let answers: Vec<String> = commands.map(|command| run(&shop, command)).collect();
    assert_eq!(
        answers,
        [
            r#"{"id":1,"name":"Sencha","stock":3}"#,
            r#"{"id":1,"customer":"Mira","product_id":1,"quantity":2}"#,
            "not in stock",
            r#"{"id":1,"name":"Sencha","stock":1}"#,
            "ready",
        ]
    );
    assert_eq!(run(&shop, "curl -s localhost:3000/orders"), "1");
}
