//! Whose a spool is while it is open: a small file beside it. The lock itself is the database's; this only names who
//! has it.

use std::path::{Path, PathBuf};

/// The file, which goes when the spool is closed.
#[derive(Debug)]
pub(super) struct Owner {
    path: PathBuf,
}

fn place(spool: &Path) -> PathBuf {
    let mut name = spool.as_os_str().to_owned();
    name.push(".owner");
    name.into()
}

impl Owner {
    /// Says that a spool, whose lock this process has, is its own.
    pub(super) fn new(spool: &Path) -> Self {
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let text = format!("process {} ({})\n", std::process::id(), program.as_deref().unwrap_or("unknown program"));
        let path = place(spool);
        // Without it an error names nobody, which is no reason not to work.
        let _ = std::fs::write(&path, text);
        Owner { path }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Who has a spool open, as far as it is known.
pub(super) fn of(spool: &Path) -> String {
    let known = std::fs::read_to_string(place(spool)).unwrap_or_default();
    let known: String = known.trim().chars().filter(|character| !character.is_control()).take(200).collect();
    if known.is_empty() { "another process".to_owned() } else { known }
}
