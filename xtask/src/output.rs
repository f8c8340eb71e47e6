//! Generated files held against what is on disk: the one place that compares and writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use backstitch_codegen::emit::Files;

/// A folder, and what it should hold.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) files: Files,
    /// Whether nothing but `files` belongs there.
    pub(crate) owned: bool,
}

/// How a file on disk compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is as it should be.
    Same,
    /// It is not there.
    Missing,
    /// Its text is another.
    Differs,
    /// It was generated once and is not any more.
    Leftover,
    /// Someone else's file stands where one is to go.
    Foreign,
}

impl Folder {
    /// The state of every file, in the order of their paths, leftovers last.
    pub(crate) fn compare(&self) -> io::Result<Vec<(PathBuf, State)>> {
        let mut states = Vec::new();
        for (name, text) in &self.files {
            let path = self.path.join(name);
            let state = match fs::read(&path) {
                Ok(found) if without_carriage_returns(&found) == text.as_bytes() => State::Same,
                Ok(found) if is_generated(&found) => State::Differs,
                Ok(_) => State::Foreign,
                Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
                Err(error) => return Err(at(&path, &error)),
            };
            states.push((path, state));
        }
        states.extend(self.leftovers()?.into_iter().map(|path| (path, State::Leftover)));
        Ok(states)
    }

    /// Writes the files that differ, and removes leftovers.
    pub(crate) fn write(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path).map_err(|error| at(&self.path, &error))?;
        let states = self.compare()?;
        if let Some((path, _)) = states.iter().find(|(_, state)| *state == State::Foreign) {
            let message = format!("{} was not generated: move it away, or choose another folder", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        for (path, state) in states {
            let name = path.strip_prefix(&self.path).unwrap_or(&path).to_string_lossy().into_owned();
            let result = match (state, self.files.get(&name)) {
                (State::Leftover, _) => fs::remove_file(&path),
                (State::Missing | State::Differs, Some(text)) => fs::write(&path, text),
                _ => Ok(()),
            };
            result.map_err(|error| at(&path, &error))?;
        }
        Ok(())
    }

    /// Files of an owned folder that carry the mark of generated ones and are not wanted any more.
    fn leftovers(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        if !self.owned || !self.path.exists() {
            return Ok(found);
        }
        for entry in fs::read_dir(&self.path).map_err(|error| at(&self.path, &error))? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !path.is_file() || self.files.contains_key(&name) {
                continue;
            }
            if is_generated(&fs::read(&path).map_err(|error| at(&path, &error))?) {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Whether a file carries the mark of generated ones in its first line.
fn is_generated(text: &[u8]) -> bool {
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(first_line).contains(backstitch_codegen::emit::COMMAND)
}

/// The text as it would be without a checkout that changes line ends.
fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    for (index, byte) in text.iter().enumerate() {
        if *byte != b'\r' || text.get(index + 1) != Some(&b'\n') {
            result.push(*byte);
        }
    }
    result
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Folder, State};
    use std::fs;

    #[test]
    fn files_are_compared_written_and_leftovers_removed() -> std::io::Result<()> {
        let temporary = tempfile::tempdir()?;
        let path = temporary.path().join("generated");
        let files = [("a.rs".to_owned(), "a\n".to_owned()), ("b.rs".to_owned(), "b\n".to_owned())];
        let folder = Folder { path: path.clone(), files: files.into(), owned: true };
        let states = |folder: &Folder| -> std::io::Result<Vec<State>> {
            Ok(folder.compare()?.into_iter().map(|(_, state)| state).collect())
        };
        assert_eq!(states(&folder)?, [State::Missing, State::Missing]);
        folder.write()?;
        assert_eq!(states(&folder)?, [State::Same, State::Same]);
        fs::write(path.join("a.rs"), "a\r\n")?;
        fs::write(path.join("b.rs"), "// Generated by `cargo xtask regenerate` from y.\n")?;
        fs::write(path.join("old.rs"), "// Generated by `cargo xtask regenerate` from x.\n")?;
        fs::write(path.join("mine.rs"), "// by hand\n")?;
        assert_eq!(states(&folder)?, [State::Same, State::Differs, State::Leftover]);
        folder.write()?;
        assert_eq!(states(&folder)?, [State::Same, State::Same]);
        assert!(!path.join("old.rs").exists());
        assert!(path.join("mine.rs").exists());
        fs::write(path.join("b.rs"), "// by hand\n")?;
        assert_eq!(states(&folder)?, [State::Same, State::Foreign]);
        assert!(folder.write().is_err());
        assert_eq!(fs::read_to_string(path.join("b.rs"))?, "// by hand\n");
        Ok(())
    }
}
