//! What changed in destinations. Who relies on a destination relies on the names that it gives to tables
//! and columns, and on what it takes: another name breaks, and so does a limit that is tighter.

use super::Changes;
use crate::destination::{Length, Split, StitchType};
use crate::model::{ColumnType, Destination, DestinationRules};

impl Changes {
    pub(super) fn destination_rules(&mut self, old: &DestinationRules, new: &DestinationRules) {
        let name = "destinations";
        self.words(name, "reserved prefix", &old.reserved_prefixes, &new.reserved_prefixes, Words::Refused);
        self.words(name, "allowed column", &old.allowed_columns, &new.allowed_columns, Words::Taken);
        if old.matching != new.matching {
            self.push(name, "case of reserved words: read in another way".to_owned(), true);
        }
        // What a fallback changes is told of each destination.
        if old.description != new.description {
            self.push(name, "description changed".to_owned(), false);
        }
    }

    pub(super) fn destination(&mut self, name: &str, old: &Destination, new: &Destination) {
        self.differ(name, "title", &old.title, &new.title, false);
        self.length(name, "table name", old.table_name, new.table_name);
        self.length(name, "column name", old.column_name, new.column_name);
        self.bound(name, "columns", old.columns, new.columns, |old, new| new < old);
        self.bound(name, "record bytes", old.record_bytes, new.record_bytes, |old, new| new < old);
        self.differ(name, "case", &old.case.name(), &new.case.name(), true);
        let split = |destination: &Destination| match destination.split {
            Split::RenamesOriginal => "yes",
            Split::KeepsOriginal => "no",
            Split::Unstated => "not said",
        };
        self.differ(name, "a split renames the first column", &split(old), &split(new), true);
        let nested = |destination: &Destination| match destination.nested.name() {
            "" => "not said",
            answer => answer,
        };
        self.differ(name, "objects and arrays", &nested(old), &nested(new), true);
        self.words(
            name,
            "reserved column prefix",
            &old.reserved_column_prefixes,
            &new.reserved_column_prefixes,
            Words::Refused,
        );
        self.words(
            name,
            "reserved column suffix",
            &old.reserved_column_suffixes,
            &new.reserved_column_suffixes,
            Words::Refused,
        );
        self.words(
            name,
            "reserved table suffix",
            &old.reserved_table_suffixes,
            &new.reserved_table_suffixes,
            Words::Refused,
        );
        self.types(name, old, new);
        let steps = |destination: &Destination| match destination.steps.as_slice() {
            [] => "none".to_owned(),
            steps => steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        };
        self.differ(name, "steps", &steps(old), &steps(new), true);
        if old.transforms != new.transforms {
            self.push(name, "examples of names changed".to_owned(), false);
        }
        if old.description != new.description {
            self.push(name, "description changed".to_owned(), false);
        }
    }

    fn length(&mut self, name: &str, what: &str, old: Length, new: Length) {
        let is_tighter = match (old, new) {
            (_, Length::Unlimited) => false,
            (Length::Characters(old), Length::Characters(new)) | (Length::Bytes(old), Length::Bytes(new)) => new < old,
            // A character can be as long as four bytes, and is never shorter than one.
            (Length::Characters(old), Length::Bytes(new)) => new < old.saturating_mul(4),
            (Length::Bytes(old), Length::Characters(new)) => new < old,
            (Length::Unlimited, _) => true,
        };
        self.differ(name, what, &old, &new, is_tighter);
    }

    fn types(&mut self, name: &str, old: &Destination, new: &Destination) {
        for (_, of) in StitchType::ALL {
            let what = format!("{name}.{of}");
            match (column(old, *of), column(new, *of)) {
                (Some(old), Some(new)) => {
                    self.differ(&what, "type", &old.name, &new.name, true);
                    self.differ(&what, "suffix", &old.suffix, &new.suffix, true);
                    if old.note != new.note {
                        self.push(&what, "note changed".to_owned(), false);
                    }
                }
                (Some(_), None) => self.push(&what, "removed".to_owned(), true),
                (None, Some(_)) => self.push(&what, "added".to_owned(), false),
                (None, None) => {}
            }
            match (old.unsupported.contains(of), new.unsupported.contains(of)) {
                (false, true) => self.push(&what, "rejected".to_owned(), true),
                (true, false) => self.push(&what, "not rejected any more".to_owned(), false),
                _ => {}
            }
        }
    }

    /// Reports the words that came and went.
    fn words(&mut self, name: &str, what: &str, old: &[String], new: &[String], words: Words) {
        for word in old.iter().filter(|word| !new.contains(word)) {
            self.push(name, format!("{what} `{word}` is gone"), words == Words::Taken);
        }
        for word in new.iter().filter(|word| !old.contains(word)) {
            self.push(name, format!("{what} `{word}` is new"), words == Words::Refused);
        }
    }
}

/// What becomes of names with certain words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    Refused,
    Taken,
}

fn column(destination: &Destination, of: StitchType) -> Option<&ColumnType> {
    destination.types.iter().find(|column| column.of == of)
}
