//! Taking over what is in the spool of a process that is gone.

use std::path::Path;

use super::disk::{Change, Disk, Found};
use super::encoded::Parts;
use super::{Identity, SpoolError};
use crate::sender::route::Route;

/// How many blocks are moved at once: their bytes are in memory for that long.
const BLOCKS_AT_ONCE: usize = 64;

/// Moves all blocks of another spool into `disk`, and what is known of them into `found`. One that can't be read stays
/// where it is.
pub(in crate::sender) fn adopt(
    disk: &Disk,
    found: &mut Found,
    path: &Path,
    identity: &Identity,
) -> Result<(), SpoolError> {
    let (other, of, theirs) = Disk::open_any(path)?;
    if of != *identity {
        return Err(SpoolError::OtherClient { path: path.to_owned(), of, asked: identity.clone() });
    }
    // What this version can't send is left to one that can.
    if let Some((number, _)) = theirs.lanes.iter().find(|(_, route)| Route::read(route).is_none()) {
        return Err(SpoolError::Damaged { path: path.to_owned(), reason: format!("lane {number} can't be read") });
    }
    found.mark = found.mark.max(theirs.mark);
    let mut next = found.blocks.iter().map(|(id, ..)| id + 1).max().unwrap_or(1);
    for blocks in theirs.blocks.chunks(BLOCKS_AT_ONCE) {
        let mut moved = Vec::new();
        for (id, lane, summary) in blocks {
            match other.load(*id) {
                Ok(block) => moved.push((next, *id, block, summary.clone())),
                Err(SpoolError::Damaged { reason, .. }) => {
                    crate::sender::observe::damaged(*id, summary.records, &reason);
                    continue;
                }
                Err(error) => return Err(error),
            }
            next += 1;
            let route = theirs.lanes.get(lane).map_or("", String::as_str);
            if !found.lanes.values().any(|known| known == route) {
                let number = found.lanes.len() as u32;
                found.lanes.insert(number, route.to_owned());
                disk.commit(&Change { lanes: vec![(number, route)], ..Change::default() })?;
            }
        }
        let lane_of =
            |route: &str| found.lanes.iter().find(|(_, known)| *known == route).map_or(0, |(number, _)| *number);
        let of_moved = moved.iter().map(|(id, _, block, summary)| {
            let content = &block.content;
            let parts = Parts { id: *id, route: &block.route, ends: &content.ends, bytes: &content.bytes };
            (lane_of(&block.route), parts, summary.clone())
        });
        disk.commit(&Change { blocks: of_moved.collect(), mark: found.mark, ..Change::default() })?;
        // Here first: whatever happens in between, nothing is gone, and what is there twice has the same sequences.
        other
            .commit(&Change { removed: moved.iter().map(|(_, theirs, ..)| *theirs).collect(), ..Change::default() })?;
        for (id, _, block, summary) in &moved {
            found.blocks.push((*id, lane_of(&block.route), summary.clone()));
        }
    }
    Ok(())
}
