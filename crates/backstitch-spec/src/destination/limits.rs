//! How long names, how wide tables and how large records may be.

use backstitch_codegen::destination::Length;

use crate::object::Reader;

/// What stands for no limit.
const NONE: &str = "-";

/// The units of a record's size. The vendor's are those of ten: the smaller reading is the safe one.
const SIZES: &[(&str, usize)] =
    &[("bytes", 1), ("KB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000)];

impl Reader<'_, '_> {
    /// How long a name may be. It must be said, unless another destination says it.
    pub(super) fn length_unless(&mut self, key: &str, is_said_elsewhere: bool) -> Length {
        let Some(node) = self.document.get(key) else {
            if !is_said_elsewhere {
                self.no_limit_stated(key, "63");
            }
            return Length::Unlimited;
        };
        let text = node.text().unwrap_or_default();
        let (digits, unit) = text.split_once(' ').unwrap_or((text, "characters"));
        match (number(digits), unit) {
            _ if text == NONE => Length::Unlimited,
            (Some(most), "characters") => Length::Characters(most),
            (Some(most), "bytes") => Length::Bytes(most),
            _ => {
                self.wrong_kind(node, "a number of characters, `N bytes`, or `-` for no limit");
                Length::Unlimited
            }
        }
    }

    /// The most columns of a table. They must be said, too.
    pub(super) fn most_columns_unless(&mut self, is_said_elsewhere: bool) -> Option<usize> {
        let Some(node) = self.document.get("columns") else {
            if !is_said_elsewhere {
                self.no_limit_stated("columns", "1600");
            }
            return None;
        };
        let text = node.text().unwrap_or_default();
        let most = number(text);
        if most.is_none() && text != NONE {
            self.wrong_kind(node, "a whole number of at least 1, or `-` for no limit");
        }
        most
    }

    /// The most bytes of a record, where anything is said of it.
    pub(super) fn record_bytes(&mut self) -> Option<usize> {
        let node = self.document.get("record")?;
        let text = node.text().unwrap_or_default();
        let (digits, unit) = text.split_once(' ').unwrap_or((text, "bytes"));
        let size = SIZES.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
        let bytes = number(digits).zip(size).and_then(|(count, size)| count.checked_mul(size));
        if bytes.is_none() && text != NONE {
            self.wrong_kind(node, "a size such as `1 MB`, or `-` for no limit");
        }
        bytes
    }

    fn no_limit_stated(&mut self, key: &str, example: &str) {
        let help = format!("add `{key}: {example}`, or `{key}: \"-\"` for no limit");
        self.report.push(self.document.lacks("destination", key, help));
    }
}

/// A whole number of at least 1.
fn number(text: &str) -> Option<usize> {
    text.replace(['_', ','], "").parse().ok().filter(|number| *number > 0)
}
