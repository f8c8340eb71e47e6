//! `backstitch spool`: what a sender left on disk.

mod export;
mod inspect;
mod replay;
mod verify;

use std::panic;
use std::path::PathBuf;

use clap::Subcommand;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what is in a spool
    Inspect(inspect::Arguments),
    /// Read a spool whole and say what of it is damaged
    Verify {
        /// The spool
        file: PathBuf,
    },
    /// Write the records of a spool as they would be sent, a line of JSON each
    Export(export::Arguments),
    /// Send what is in a spool, or in a file of dead letters or of exported records
    Replay(replay::Arguments),
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    hush_database();
    match &arguments.command {
        Command::Inspect(arguments) => inspect::run(arguments),
        Command::Verify { file } => verify::run(file),
        Command::Export(arguments) => export::run(arguments),
        Command::Replay(arguments) => replay::run(arguments).await,
    }
}

/// Keeps quiet about panics of the database's library, which has them for some damaged files: they become errors.
fn hush_database() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_of_database = panic.location().is_some_and(|place| place.file().contains("redb"));
        if !is_of_database {
            told(panic);
        }
    }));
}

/// `1 record`, `2 records`.
pub(crate) fn count(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// Blocks by their numbers: all of a few, the first ones of many.
fn numbers(blocks: &[u64]) -> String {
    const MOST: usize = 10;
    let shown: Vec<String> = blocks.iter().take(MOST).map(u64::to_string).collect();
    let more = blocks.len().saturating_sub(MOST);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::{count, numbers};

    #[test]
    fn few_blocks_are_named_and_many_are_counted() {
        assert_eq!(numbers(&[3, 9]), "3, 9");
        assert_eq!(numbers(&(1..=12).collect::<Vec<_>>()), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
        assert_eq!((count(1, "block"), count(0, "block")), ("1 block".to_owned(), "0 blocks".to_owned()));
    }
}
