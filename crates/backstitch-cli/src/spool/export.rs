//! `backstitch spool export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use backstitch::spool::{self, Exported, SpoolError};

use super::{count, numbers};
use crate::terminal::passed;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The spool
    file: PathBuf,
    /// The file to write to, which must not be there yet; without it, the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Search the file for records whatever became of it, those that were delivered before too
    #[arg(long)]
    salvage: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let exported = match &arguments.output {
        Some(output) => to_file(arguments, output)?,
        None => match write(arguments, io::stdout().lock()) {
            Err(SpoolError::Output { error }) => return passed(Err(error)),
            exported => {
                let (exported, mut to) = exported?;
                passed(to.flush())?;
                exported
            }
        },
    };
    let records = count(exported.records, "record");
    let place = arguments.output.as_ref().map_or(String::new(), |output| format!(" to {}", output.display()));
    let _ = writeln!(io::stderr(), "wrote {records}{place}");
    if exported.damaged_blocks.is_empty() {
        return Ok(());
    }
    let (blocks, file) = (numbers(&exported.damaged_blocks), arguments.file.display());
    bail!(
        "{} of {file} can't be read: {blocks}; `backstitch spool export --salvage {file}` may find older copies",
        count(exported.damaged_blocks.len() as u64, "block"),
    )
}

fn to_file(arguments: &Arguments, output: &Path) -> anyhow::Result<Exported> {
    // What is there already may be all that is left of something; the spool itself, say.
    let file = File::create_new(output).with_context(|| match output.exists() {
        true => format!("{} is there already: name another --output", output.display()),
        false => format!("{} can't be made", output.display()),
    })?;
    let (exported, file) = match write(arguments, file) {
        Ok(done) => done,
        Err(error) => {
            // Nothing but a beginning is in it.
            let _ = std::fs::remove_file(output);
            return Err(error.into());
        }
    };
    file.sync_all().with_context(|| format!("{} can't be written", output.display()))?;
    Ok(exported)
}

fn write<W: Write>(arguments: &Arguments, to: W) -> Result<(Exported, W), SpoolError> {
    let mut to = BufWriter::with_capacity(1 << 16, to);
    let exported = if arguments.salvage {
        spool::salvage(&arguments.file, &mut to)?
    } else {
        spool::export(&arguments.file, &mut to)?
    };
    match to.into_inner() {
        Ok(to) => Ok((exported, to)),
        Err(error) => Err(SpoolError::Output { error: error.into_error() }),
    }
}
