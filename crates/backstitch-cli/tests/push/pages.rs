//! The sessions that the documentation shows are what the command says.

use std::path::Path;

use crate::{Place, said};

/// The blocks of a page: what stands after the three backticks, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(kind) => {
                is_open = true;
                blocks.push((kind.to_owned(), String::new()));
            }
            None if is_open => {
                let text = &mut blocks.last_mut().unwrap().1;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Runs the sessions of a page one after the other. A block `jsonl NAME` is a file; lines after `$ ` are what a person
/// types, all others what is said. The gate's address is that of the page.
#[cfg(unix)]
async fn sessions(page: &str, least: usize) {
    let place = Place::new().await;
    let programs = Path::new(env!("CARGO_BIN_EXE_backstitch")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page)).unwrap();
    let mut sessions = 0;
    for (kind, text) in blocks(&page) {
        if let Some((_, name)) = kind.split_once(' ').filter(|(language, _)| *language != "console") {
            place.write(name, text);
        } else if kind == "console" {
            let typed: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
            let expected: Vec<&str> = text.lines().filter(|line| !line.starts_with("$ ")).collect();
            let mut shell = std::process::Command::new("sh");
            shell
                .arg("-c")
                .arg(format!("exec 2>&1\n{}", typed.join("\n")))
                .env("PATH", &path)
                .current_dir(&place.folder);
            shell.env("STITCH_URL", place.gate.url()).env("STITCH_CLIENT_ID", "7723").env("STITCH_TOKEN", crate::TOKEN);
            let output = said(&mut shell, b"").stdout.replace(&place.gate.url(), "http://127.0.0.1:8080");
            assert_eq!(output.lines().collect::<Vec<_>>(), expected, "{text}");
            sessions += 1;
        }
    }
    assert!(sessions >= least, "{sessions} sessions");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn those_of_the_command() {
    sessions("docs/command.md", 6).await;
}
