//! Files that hold records.

use std::fs::OpenOptions;
use std::path::Path;

/// Has a file that is made be its owner's alone.
pub(super) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Waits until it is on disk that a file is there.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Elsewhere a folder can't be opened, and needs no syncing.
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
