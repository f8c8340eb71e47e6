//! When a record was extracted, as the API takes it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Error, Timestamp};

use super::message::unquoted;

/// Turns `time_extracted` of messages into UTC. Records that were extracted together have the same, so that the last one
/// is kept.
#[derive(Default)]
pub(super) struct Extracted {
    read: String,
    written: Option<String>,
}

impl Extracted {
    /// The moment that a JSON value says, in UTC to the microsecond; none where it says none.
    pub(super) fn in_utc(&mut self, raw: &str) -> Option<&str> {
        if self.read != raw {
            raw.clone_into(&mut self.read);
            self.written = unquoted(raw).and_then(|text| moment(&text)).map(|moment| format!("{moment:.6}"));
        }
        self.written.as_deref()
    }
}

/// The moment that a text says, with any offset; without one it is in UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let local = || -> Result<Timestamp, Error> { TimeZone::UTC.to_timestamp(text.parse::<DateTime>()?) };
    text.parse().or_else(|_| local()).ok()
}

#[cfg(test)]
mod tests {
    use super::Extracted;

    #[test]
    fn any_offset_becomes_utc() {
        let mut extracted = Extracted::default();
        for (text, expected) in [
            ("2026-01-14T00:00:00.500000Z", "2026-01-14T00:00:00.500000Z"),
            ("2026-01-14T00:00:00Z", "2026-01-14T00:00:00.000000Z"),
            ("2026-01-14T00:00:00+02:00", "2026-01-13T22:00:00.000000Z"),
            ("2026-01-14T00:00:00.123456789-0530", "2026-01-14T05:30:00.123456Z"),
            ("2026-01-14 00:00:00+02", "2026-01-13T22:00:00.000000Z"),
            ("2026-01-14T00:00:00", "2026-01-14T00:00:00.000000Z"),
            ("2026-01-14", "2026-01-14T00:00:00.000000Z"),
        ] {
            assert_eq!(extracted.in_utc(&format!("\"{text}\"")), Some(expected), "{text}");
        }
        for wrong in ["\"yesterday\"", "null", "5", "\"2026-13-01T00:00:00Z\""] {
            assert_eq!(extracted.in_utc(wrong), None, "{wrong}");
        }
    }
}
