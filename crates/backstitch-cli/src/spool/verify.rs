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
        let blocks = count(found.damaged_blocks.len() as u64, "block");
        let records = count(found.damaged_records, "record");
        say!("{records} can't: {blocks} of them, {}", numbers(&found.damaged_blocks));
    }
    if !found.is_whole {
        say!("the database around them is not as it was written");
    }
    let file = file.display();
    let what_to_do = if found.is_whole {
        format!(
            "`backstitch spool replay {file}` sends what can be read and leaves the rest there, of which `backstitch spool \
             export --salvage {file}` may find older copies"
        )
    } else {
        format!(
            "use it no more: write what can be read with `backstitch spool export --output {file}.jsonl {file}`, send that \
             with `backstitch spool replay {file}.jsonl`, and begin with a new file; `export --salvage` may find more"
        )
    };
    bail!("the spool {file} is damaged: {what_to_do}")
}
