//! The files of a folder of definitions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use crate::data::DataTree;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::source::{Place, Source};

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

/// Reads all files of the folder at `path`, and those beside it that belong to it.
pub(crate) fn read(path: &Path, report: &mut Report) -> Folder {
    let mut found = files(path, report);
    // The usual layout of a site: the definitions in a folder of their own, the data beside it.
    let above = above(path);
    for name in [DATA, INCLUDES] {
        if !found.iter().any(|file| inside(&file.names, name).is_some())
            && let Some(parent) = above.iter().find(|parent| parent.join(name).is_dir())
        {
            let files = files(&parent.join(name), report).into_iter();
            found.extend(files.map(|file| File {
                names: [name.to_owned()].into_iter().chain(file.names).collect(),
                root: parent.clone(),
                content: file.content,
            }));
        }
    }
    for names in [SITE, CONFIGURATION] {
        if !found.iter().any(|file| file.is_one_of(names)) {
            found.extend(above.iter().find_map(|root| {
                let name = names.into_iter().find(|name| root.join(name).is_file())?;
                let content = Content::Disk(root.join(name));
                Some(File { content, root: root.clone(), names: vec![name.to_owned()] })
            }));
        }
    }
    sorted(path, &found, report)
}

/// Takes files as those of a folder: by their paths within it, what they hold or why that can't be read.
pub(crate) fn given<'a>(
    files: impl IntoIterator<Item = (&'a str, Result<&'a [u8], io::ErrorKind>)>,
    report: &mut Report,
) -> Folder {
    let mut found = Vec::new();
    for (path, content) in files {
        let names: Vec<String> = path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if !names.is_empty() && !names.iter().any(|name| is_hidden(name)) {
            found.push(File { content: Content::Given(content), root: PathBuf::new(), names });
        }
    }
    found.sort_by(|a, b| a.names.cmp(&b.names));
    // The same file in two ways of writing, such as `a.md` and `/a.md`, is one file.
    found.dedup_by(|a, b| a.names == b.names);
    sorted(Path::new(""), &found, report)
}

/// What each of the files is for.
fn sorted(path: &Path, found: &[File<'_>], report: &mut Report) -> Folder {
    let mut result = Folder {
        path: path.to_owned(),
        documents: Vec::new(),
        data: DataTree::default(),
        includes: Arc::default(),
        site: None,
        configuration: None,
    };
    let mut includes = BTreeMap::new();
    for (names, place) in [(SITE, &mut result.site), (CONFIGURATION, &mut result.configuration)] {
        *place = found.iter().find(|file| file.is_one_of(names)).and_then(|file| source(file, report));
    }
    for file in found {
        let name = file.names.last().map(String::as_str).unwrap_or_default();
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
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
struct File<'a> {
    content: Content<'a>,
    /// The folder that `names` starts from.
    root: PathBuf,
    /// The parts of its path below `root`.
    names: Vec<String>,
}

/// Where what a file holds is.
enum Content<'a> {
    /// In the file at this path.
    Disk(PathBuf),
    /// Here.
    Given(Result<&'a [u8], io::ErrorKind>),
}

impl File<'_> {
    /// Whether it stands in the folder itself and has one of these names.
    fn is_one_of(&self, names: [&str; 2]) -> bool {
        matches!(self.names.as_slice(), [name] if names.contains(&name.as_str()))
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        match &self.content {
            Content::Disk(path) => fs::read(path),
            Content::Given(bytes) => bytes.map(<[u8]>::to_vec).map_err(io::Error::from),
        }
    }
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// The parts of a path within the folder `special`, if it leads there.
fn inside<'a>(names: &'a [String], special: &str) -> Option<&'a [String]> {
    let (_, folders) = names.split_last()?;
    let plain = special.trim_start_matches('_');
    let at = folders.iter().enumerate().position(|(depth, name)| name == special || (depth == 0 && name == plain))?;
    names.get(at + 1..)
}

/// All files below `folder`, but for hidden ones, in the order of their names.
fn files(folder: &Path, report: &mut Report) -> Vec<File<'static>> {
    let mut found = Vec::new();
    // Each with the folders that it lies in, links followed.
    let mut open = vec![(folder.to_owned(), Vec::<String>::new(), Vec::<PathBuf>::new())];
    while let Some((path, names, mut within)) = open.pop() {
        // Links are followed, so that a folder of data can be shared; one that leads back up is passed over.
        if let Ok(whole) = fs::canonicalize(&path) {
            if within.contains(&whole) {
                continue;
            }
            within.push(whole);
        }
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                report.push(unreadable(&path.to_string_lossy().replace('\\', "/"), &error));
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if is_hidden(&name) {
                continue;
            }
            let names: Vec<String> = names.iter().cloned().chain([name]).collect();
            let Ok(kind) = fs::metadata(entry.path()) else { continue };
            // What is neither has no end that could be waited for.
            if kind.is_file() {
                found.push(File { content: Content::Disk(entry.path()), root: folder.to_owned(), names });
            } else if kind.is_dir() && names.len() <= GREATEST_DEPTH {
                open.push((entry.path(), names, within.clone()));
            }
        }
    }
    found.sort_by(|a, b| a.names.cmp(&b.names));
    found
}

fn source(file: &File<'_>, report: &mut Report) -> Option<Arc<Source>> {
    let path = file.names.join("/");
    let root = file.root.to_string_lossy().replace('\\', "/");
    let bytes = match file.bytes() {
        Ok(bytes) => bytes,
        Err(error) => {
            let shown = Source::new(path, root, String::new()).display_path();
            report.push(unreadable(&shown, &error));
            return None;
        }
    };
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(Arc::new(Source::new(path, root, text))),
        Err(error) => error,
    };
    // What can't be read is shown as a character that stands for it, at the place where it is.
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    let source = Arc::new(Source::new(path, root, text));
    report.push(
        Diagnostic::error(Code::NotUtf8, Place::new(&source, at..at + length), "this file is not UTF-8")
            .label(format!("the byte 0x{byte:02X}"))
            .help("save the file as UTF-8"),
    );
    None
}

fn unreadable(path: &str, error: &io::Error) -> Diagnostic {
    // The words of a system differ from those of another.
    let (reason, help) = match error.kind() {
        io::ErrorKind::NotFound => ("it is not there".to_owned(), "check the path"),
        io::ErrorKind::PermissionDenied => ("permission denied".to_owned(), "make the file readable"),
        _ => (error.to_string(), "check the path and its permissions"),
    };
    Diagnostic::without_place(Code::Unreadable, format!("can't read {path}: {reason}"), help)
}
