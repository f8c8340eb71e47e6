//! `backstitch spool verify`.

use std::path::Path;

use anyhow::bail;
use backstitch::spool;

use super::{count, numbers};
use crate::terminal::say;

pub(super) fn run(file: &Path) -> anyhow::Result<()> {
    let found = spool::verify(file)?;
    let whole = count(found.records, "record");
    if found.is_sound() {
        say!("{} is sound, with {whole}", file.display());
        return Ok(());
    }
    say!("{whole} can be read");
    if !found.damaged_blocks.is_empty() {
        let blocks = count(found.damaged_blocks.len() as u64, "damaged block");
        let records = count(found.damaged_records, "record");
        say!("{records} can't, of {blocks}: {}", numbers(&found.damaged_blocks));
    }
    if !found.is_whole {
        say!("the database around them is not as it was written");
    }
    let file = file.display();
    bail!(
        "the spool {file} is damaged: copy it before anything else; `backstitch spool replay {file}` sends what can be read \
         and leaves the rest, of which `backstitch spool export --salvage {file}` may find older copies; let senders begin \
         with a new file"
    )
}
