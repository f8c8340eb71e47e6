//! The files of a folder of definitions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::DataTree;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::source::Source;

/// The folder whose YAML files are data for placeholders. Directly under the folder of definitions it
/// may also be called without the underscore.
const DATA: &str = "_data";

/// The folder whose files can be included; the same holds for its name.
const INCLUDES: &str = "_includes";

/// The greatest depth of folders within one another.
const GREATEST_DEPTH: usize = 32;

/// The site's own configuration, whose keys are named `site.KEY`.
const SITE: [&str; 2] = ["_config.yml", "_config.yaml"];

/// The configuration of how definitions are read.
const CONFIGURATION: [&str; 2] = ["backstitch.yml", "backstitch.yaml"];

/// How many folders above the definitions may be the site's root.
const GREATEST_HEIGHT: usize = 8;

/// What a folder of definitions holds.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    /// The Markdown files in the order of their paths.
    pub(crate) documents: Vec<Arc<Source>>,
    pub(crate) data: DataTree,
    /// The files that can be included, by their path within their folder.
    pub(crate) includes: Arc<BTreeMap<String, Arc<Source>>>,
    /// The site's configuration.
    pub(crate) site: Option<Arc<Source>>,
    /// The configuration of how definitions are read.
    pub(crate) configuration: Option<Arc<Source>>,
}

/// Reads all files of `folder`.
pub(crate) fn read(folder: &Path, report: &mut Report) -> Folder {
    let mut result = Folder {
        path: folder.to_owned(),
        documents: Vec::new(),
        data: DataTree::default(),
        includes: Arc::default(),
        site: None,
        configuration: None,
    };
    let mut includes = BTreeMap::new();
    let mut found: Vec<File> = files(folder, report);
    // The usual layout of a site: the definitions in a folder of their own, the data beside it.
    let above = above(folder);
    for name in [DATA, INCLUDES] {
        if !found.iter().any(|file| inside(&file.names, name).is_some())
            && let Some(parent) = above.iter().find(|parent| parent.join(name).is_dir())
        {
            let files = files(&parent.join(name), report).into_iter();
            found.extend(files.map(|file| File {
                names: [name.to_owned()].into_iter().chain(file.names).collect(),
                root: parent.clone(),
                path: file.path,
            }));
        }
    }
    for (names, place) in [(SITE, &mut result.site), (CONFIGURATION, &mut result.configuration)] {
        let is_one = |file: &&File| file.names.len() == 1 && names.contains(&file.names[0].as_str());
        let beside = || {
            above.iter().find_map(|root| {
                let name = names.into_iter().find(|name| root.join(name).is_file())?;
                Some(File { path: root.join(name), root: root.clone(), names: vec![name.to_owned()] })
            })
        };
        *place = match found.iter().find(is_one) {
            Some(file) => source(file, report),
            None => beside().and_then(|file| source(&file, report)),
        };
    }
    for file in &found {
        let extension = file.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if let Some(inner) = inside(&file.names, INCLUDES) {
            if let Some(source) = source(file, report) {
                includes.insert(inner.join("/"), source);
            }
        } else if let Some(inner) = inside(&file.names, DATA) {
            if matches!(extension, "yml" | "yaml" | "json")
                && let Some(source) = source(file, report)
            {
                result.data.add(inner, &source, report);
            }
        } else if extension == "md"
            && let Some(source) = source(file, report)
        {
            result.documents.push(source);
        }
    }
    result.includes = Arc::new(includes);
    result
}

/// The folders above `folder` that may hold its data: the one just above it, and further up the root of the
/// site, which has the site's configuration.
fn above(folder: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if !folder.exists() {
        return folders;
    }
    // A path that is relative, such as `.`, may have no parent in its name.
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    for (height, parent) in whole.ancestors().skip(1).take(GREATEST_HEIGHT).enumerate() {
        if height == 0 || SITE.iter().any(|name| parent.join(name).is_file()) {
            // What is shown is as short as what was asked for.
            let shown = folder.ancestors().nth(height + 1).filter(|shown| !shown.as_os_str().is_empty());
            folders.push(shown.map_or_else(|| parent.to_owned(), Path::to_owned));
        }
    }
    folders
}

/// A file that was found.
struct File {
    path: PathBuf,
    /// The folder that `names` starts from.
    root: PathBuf,
    /// The parts of its path below `root`.
    names: Vec<String>,
}

/// The parts of a path within the folder `special`, if it leads there.
fn inside<'a>(names: &'a [String], special: &str) -> Option<&'a [String]> {
    let (_, folders) = names.split_last()?;
    let plain = special.trim_start_matches('_');
    let at = folders.iter().enumerate().position(|(depth, name)| name == special || (depth == 0 && name == plain))?;
    names.get(at + 1..)
}

/// All files below `folder`, but for hidden ones, in the order of their names.
fn files(folder: &Path, report: &mut Report) -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), Vec::<String>::new())];
    while let Some((path, names)) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                report.push(unreadable(&path, &error));
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let names: Vec<String> = names.iter().cloned().chain([name]).collect();
            // Links are followed, so that a folder of data can be shared; a circle of them ends.
            if !entry.path().is_dir() {
                found.push(File { path: entry.path(), root: folder.to_owned(), names });
            } else if names.len() <= GREATEST_DEPTH {
                open.push((entry.path(), names));
            }
        }
    }
    found.sort_by(|a, b| a.names.cmp(&b.names));
    found
}

fn source(file: &File, report: &mut Report) -> Option<Arc<Source>> {
    let path = &file.path;
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            report.push(unreadable(path, &error));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let root = file.root.to_string_lossy().replace('\\', "/");
            Some(Arc::new(Source { path: file.names.join("/"), root, text }))
        }
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
            report.push(Diagnostic::without_place(
                Code::NotUtf8,
                format!("{} is not UTF-8, at line {}", path.display(), line + 1),
                "save the file as UTF-8",
            ));
            None
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::without_place(
        Code::Unreadable,
        format!("can't read {}: {error}", path.display()),
        "check the path and its permissions",
    )
}
