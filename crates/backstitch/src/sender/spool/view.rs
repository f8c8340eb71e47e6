//! Spools as those see them who do not send: the command, and whoever has to find out what is left.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::disk::{Disk, Found};
use super::encoded::Decoded;
use super::{Identity, SpoolError, salvage as scan};
use crate::body::WireFormat;
use crate::sender::route::Route;

/// What is in a spool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// What it is bound to.
    pub identity: Identity,
    /// How many records wait to be sent.
    pub records: u64,
    /// How many blocks they are in.
    pub blocks: usize,
    /// How many bytes the records take.
    pub live_bytes: u64,
    /// How many bytes the file has.
    pub file_bytes: u64,
    /// The records by table, in the order of their names.
    pub tables: Vec<TableCount>,
    /// No sequence up to this one will be given out again.
    pub sequences_until: Option<i64>,
}

/// How many records of a table wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableCount {
    /// The table.
    pub table: String,
    /// How many.
    pub records: u64,
}

/// What was found when a spool was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// How many records are as they were written.
    pub records: u64,
    /// Blocks that are not as they were written: they can't be sent.
    pub damaged_blocks: Vec<u64>,
    /// How many records were in these.
    pub damaged_records: u64,
    /// Whether the database's own structure is whole.
    pub is_whole: bool,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.is_whole && self.damaged_blocks.is_empty()
    }
}

/// What was written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// How many records.
    pub records: u64,
    /// Blocks that could not be read.
    pub damaged_blocks: Vec<u64>,
}

/// Says what is in a spool, which nobody has open. The file is not changed.
///
/// # Errors
///
/// When another process has it open, which the error names; when it can't be read.
pub fn inspect(path: impl AsRef<Path>) -> Result<Inspection, SpoolError> {
    let (disk, identity, found) = Disk::look(path.as_ref())?;
    let mut tables: BTreeMap<String, u64> = BTreeMap::new();
    for (table, count) in found.blocks.iter().flat_map(|(_, _, summary)| &summary.tables) {
        *tables.entry(table.to_string()).or_default() += u64::from(*count);
    }
    Ok(Inspection {
        identity,
        records: found.blocks.iter().map(|(_, _, summary)| u64::from(summary.records)).sum(),
        blocks: found.blocks.len(),
        live_bytes: found.blocks.iter().map(|(_, _, summary)| summary.bytes as u64).sum(),
        file_bytes: disk.file_bytes(),
        tables: tables.into_iter().map(|(table, records)| TableCount { table, records }).collect(),
        sequences_until: found.mark,
    })
}

/// Reads a spool whole, and says what of it is not as it was written. The file is not changed.
///
/// # Errors
///
/// As [`inspect`].
pub fn verify(path: impl AsRef<Path>) -> Result<Verification, SpoolError> {
    let (disk, _, found) = Disk::look(path.as_ref())?;
    let mut verification = Verification { records: 0, damaged_blocks: Vec::new(), damaged_records: 0, is_whole: false };
    each(&disk, &found, |id, records, block| {
        // One with other records than are expected is not sent.
        if block.is_some_and(|block| block.content.ends.len() == records as usize) {
            verification.records += u64::from(records);
        } else {
            verification.damaged_blocks.push(id);
            verification.damaged_records += u64::from(records);
        }
        Ok(())
    })?;
    // Last, since nothing is read after it fails.
    verification.is_whole = match disk.is_whole() {
        Err(SpoolError::Damaged { .. }) => false,
        is_whole => is_whole?,
    };
    Ok(verification)
}

/// Writes all records of a spool as they would be sent, a line each: a Push record, or the whole request where it is
/// one of the Batch endpoint.
///
/// # Errors
///
/// As [`inspect`]; when `to` can't be written to. Of a spool that is no database any more, [`salvage`] finds records.
pub fn export(path: impl AsRef<Path>, to: &mut impl Write) -> Result<Exported, SpoolError> {
    let (disk, _, found) = Disk::look(path.as_ref())?;
    let mut exported = Exported::default();
    each(&disk, &found, |id, _, block| match block {
        Some(block) => write_block(&block, to, &mut exported.records),
        None => {
            exported.damaged_blocks.push(id);
            Ok(())
        }
    })?;
    Ok(exported)
}

/// Writes all records that are anywhere in a file that was a spool, whatever became of it. Some may have been delivered
/// already.
///
/// # Errors
///
/// When the file can't be read, or `to` can't be written to.
pub fn salvage(path: impl AsRef<Path>, to: &mut impl Write) -> Result<Exported, SpoolError> {
    let mut exported = Exported::default();
    scan::each(path.as_ref(), |block| write_block(block, to, &mut exported.records))?;
    Ok(exported)
}

/// Shows each block, or nothing in the place of one that can't be read.
fn each(
    disk: &Disk,
    found: &Found,
    mut show: impl FnMut(u64, u32, Option<Decoded>) -> Result<(), SpoolError>,
) -> Result<(), SpoolError> {
    for (id, _, summary) in &found.blocks {
        let block = match disk.load(*id) {
            Ok(block) => Some(block),
            Err(SpoolError::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        show(*id, summary.records, block)?;
    }
    Ok(())
}

fn write_block(block: &Decoded, to: &mut impl Write, records: &mut u64) -> Result<(), SpoolError> {
    // What a later version wrote is written as it is.
    let route = Route::read(&block.route).unwrap_or_else(|| Route::push(WireFormat::Json));
    for record in block.content.records() {
        let mut line = route.alone(&record);
        line.push(b'\n');
        to.write_all(&line).map_err(|error| SpoolError::Output { error })?;
        *records += 1;
    }
    Ok(())
}
