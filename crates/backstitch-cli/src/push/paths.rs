//! The files that a run reads and writes: what is written must be none of the others.

use std::path::{Path, PathBuf};

use crate::exit::usage;

/// A file, and what names it.
pub(super) struct Named<'a> {
    pub(super) by: &'static str,
    pub(super) path: &'a Path,
    pub(super) is_written: bool,
}

/// Refuses a file that is written and named for something else too.
pub(super) fn check(files: &[Named<'_>]) -> anyhow::Result<()> {
    let places: Vec<(&Named<'_>, PathBuf)> = files.iter().filter_map(|file| Some((file, place(file.path)?))).collect();
    for (index, (file, place)) in places.iter().enumerate() {
        let clash =
            places.iter().take(index).find(|(other, known)| known == place && (file.is_written || other.is_written));
        if let Some((other, _)) = clash {
            return Err(usage(format!(
                "{} is named by {} and by {}: name a file of its own for each",
                file.path.display(),
                other.by,
                file.by
            )));
        }
    }
    Ok(())
}

/// Where a file is, or would be; nothing of what is no file, such as `/dev/null`, which may be named as often as it is wanted.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(place) = path.canonicalize() {
        return Some(place).filter(|place| place.is_file());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}
