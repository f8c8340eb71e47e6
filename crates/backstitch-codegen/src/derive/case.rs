//! The cases of names, as serde has them.

use crate::name::nearest;

/// A rule for all names of a struct or an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// Every case by its own name.
const CASES: &[(&str, Case)] = &[
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The case called `name`; the nearest one, or all of them, where there is none.
    pub(super) fn called(name: &str) -> Result<Self, String> {
        if let Some((_, case)) = CASES.iter().find(|(known, _)| *known == name) {
            return Ok(*case);
        }
        let names = || CASES.iter().map(|(known, _)| *known);
        // Cases differ from one another in what a search for the nearest takes for nothing.
        Err(match nearest(name, names()) {
            Some(near) => format!("write `{near}`"),
            None => format!("write one of `{}`", names().collect::<Vec<_>>().join("`, `")),
        })
    }

    /// The name of a field, which Rust has in snake case.
    pub(super) fn of_field(self, name: &str) -> String {
        let pascal = || {
            let words = name.split('_');
            words.map(capitalized).collect::<String>()
        };
        match self {
            Case::Lower | Case::Snake => name.to_owned(),
            Case::Upper | Case::ScreamingSnake => name.to_ascii_uppercase(),
            Case::Pascal => pascal(),
            Case::Camel => uncapitalized(&pascal()),
            Case::Kebab => name.replace('_', "-"),
            Case::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The name of a variant, which Rust has in Pascal case.
    pub(super) fn of_variant(self, name: &str) -> String {
        let snake = || {
            let mut result = String::new();
            for (index, letter) in name.char_indices() {
                if index > 0 && letter.is_uppercase() {
                    result.push('_');
                }
                result.push(letter.to_ascii_lowercase());
            }
            result
        };
        match self {
            Case::Pascal => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            Case::Camel => uncapitalized(name),
            Case::Snake => snake(),
            Case::ScreamingSnake => snake().to_ascii_uppercase(),
            Case::Kebab => snake().replace('_', "-"),
            Case::ScreamingKebab => snake().to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn uncapitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{CASES, Case};

    #[test]
    fn names_change_their_case_as_serde_changes_it() {
        let fields = [
            "first_name",
            "FIRST_NAME",
            "FirstName",
            "firstName",
            "first_name",
            "FIRST_NAME",
            "first-name",
            "FIRST-NAME",
        ];
        let variants =
            ["verygood", "VERYGOOD", "VeryGood", "veryGood", "very_good", "VERY_GOOD", "very-good", "VERY-GOOD"];
        for (index, (name, case)) in CASES.iter().enumerate() {
            let lower = if index == 0 { "first_name" } else { fields[index] };
            assert_eq!(case.of_field("first_name"), lower, "{name}");
            assert_eq!(case.of_variant("VeryGood"), variants[index], "{name}");
        }
        assert_eq!(Case::called("camelcase"), Err("write `camelCase`".to_owned()));
    }
}
