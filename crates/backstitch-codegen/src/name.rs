//! Names of the API made into names of Rust.

/// Words that are not allowed as a raw identifier either.
const NEVER_RAW: &[&str] = &["Self", "_", "crate", "self", "super"];

/// Words that Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What the output calls its own modules and pages, beside those of the objects: no object can be called so. Every
/// name that an emitter writes stands here, and nothing else but the names that Rust gives a meaning.
pub const TAKEN_MODULES: &[&str] = &[
    "destination",
    "destinations",
    "endpoints",
    "json",
    "lib",
    "limits",
    "mod",
    "objects",
    "push_record",
    "read",
    "readme",
    "regions",
    "responses",
    "rules",
];

/// The words of a name: split at whatever is neither a letter nor a digit, and where a capital
/// follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            words.push(String::new());
            after_small = false;
            continue;
        }
        if character.is_ascii_uppercase() && after_small {
            words.push(String::new());
        }
        after_small = character.is_ascii_lowercase() || character.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `Batch Status` and `batch-status` as `BatchStatus`. A name that starts with a digit, or that
/// has no letter at all, gets a `T` before it.
#[must_use]
pub fn type_name(name: &str) -> String {
    let mut result = String::new();
    for word in words(name) {
        let mut characters = word.chars();
        if let Some(first) = characters.next() {
            result.push(first.to_ascii_uppercase());
            // An acronym is a word like any other.
            let is_acronym = word.len() > 1 && !word.contains(|letter: char| letter.is_ascii_lowercase());
            if is_acronym {
                result.push_str(&characters.as_str().to_ascii_lowercase());
            } else {
                result.push_str(characters.as_str());
            }
        }
    }
    if !result.starts_with(|first: char| first.is_ascii_alphabetic()) || result == "Self" {
        result.insert(0, 'T');
    }
    result
}

/// `Batch Status` and `BatchStatus` as `batch_status`. A name that starts with a digit, or that has
/// no letter at all, gets an underscore before it.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let words: Vec<String> = words(name).iter().map(|word| word.to_ascii_lowercase()).collect();
    let mut result = words.join("_");
    if !result.starts_with(|first: char| first.is_ascii_alphabetic()) {
        result.insert(0, '_');
    }
    if result == "_" {
        result.push('_');
    }
    result
}

/// `records-per-request` as `RECORDS_PER_REQUEST`, for a constant.
#[must_use]
pub fn constant_name(name: &str) -> String {
    snake_case(name).to_ascii_uppercase()
}

/// The Rust field for an attribute: its words in snake case, escaped where Rust keeps the word.
#[must_use]
pub fn field_name(name: &str) -> String {
    let field = snake_case(name);
    if NEVER_RAW.contains(&field.as_str()) {
        format!("{field}_")
    } else if KEYWORDS.contains(&field.as_str()) {
        format!("r#{field}")
    } else {
        field
    }
}

/// The member of `known` that `word` was most likely meant to be, if one is near: at most a third
/// of its letters apart, or the same but for case and separators.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.replace(['-', '_', ' '], "").to_lowercase();
    let word = plain(word);
    let length = word.chars().count();
    known
        .into_iter()
        .filter_map(|candidate| {
            let most = candidate.chars().count().div_ceil(3);
            let other = plain(candidate);
            // Names whose lengths differ by more are further apart, whatever their letters.
            let is_near = other.chars().count().abs_diff(length) <= most;
            let distance = is_near.then(|| distance(&word, &other, most)).flatten()?;
            Some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether `word` is `known` but for a slip of the pen: at most two letters apart.
#[must_use]
pub fn is_slip_of(word: &str, known: &str) -> bool {
    known.chars().count() > 5 && distance(&word.to_lowercase(), known, 2).is_some()
}

/// The number of letters to insert, drop, change or swap with their neighbour to get from `a` to
/// `b` (optimal string alignment).
/// Nothing, where there are more than `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    // The last row but one, the last row, and the one that is being made.
    let mut older: Vec<usize> = vec![0; b.len() + 1];
    let mut old: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let changed = old[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(old[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(older[j - 2] + 1);
            }
            row.push(best);
        }
        // No row to come has less than the least of the last two.
        let least = |row: &[usize]| row.iter().min().copied().unwrap_or_default();
        if least(&row) > most && least(&old) > most {
            return None;
        }
        older = std::mem::replace(&mut old, row);
    }
    old.get(b.len()).copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::{field_name, nearest, snake_case, type_name};

    #[test]
    fn titles_become_type_names() {
        assert_eq!(type_name("Batch Status"), "BatchStatus");
        assert_eq!(type_name("API Status"), "ApiStatus");
        assert_eq!(type_name("2nd thing"), "T2ndThing");
        assert_eq!(type_name("…"), "T");
    }

    #[test]
    fn names_become_fields_that_rust_takes() {
        assert_eq!(field_name("client_id"), "client_id");
        assert_eq!(field_name("clientId"), "client_id");
        assert_eq!(field_name("client-id"), "client_id");
        assert_eq!(field_name("type"), "r#type");
        assert_eq!(field_name("self"), "self_");
        assert_eq!(field_name("1st"), "_1st");
        assert_eq!(field_name("…"), "__");
        assert_eq!(snake_case("API Status"), "api_status");
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_name_that_was_meant() {
        let known = ["table", "key", "rename"];
        assert_eq!(nearest("tabel", known), Some("table"));
        assert_eq!(nearest("tables", known), Some("table"));
        assert_eq!(nearest("re_name", known), Some("rename"));
        assert_eq!(nearest("colour", known), None);
    }
}
