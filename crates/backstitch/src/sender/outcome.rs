//! What an answer means for the records of its request, by its status alone.

/// What is done about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The records were accepted, and are never sent again.
    Accepted,
    /// The request is sent again later.
    Retry,
    /// The request is sent in halves; a record that is alone in it is rejected.
    TooLarge,
    /// The record that it was refused for is found and rejected, the others are sent.
    BadRecord,
    /// The records are kept; after a pause one request tries whether it is taken now.
    Pause,
    /// The records are kept, and nothing more is sent: the address or the program is wrong.
    Stop,
}

/// The class of a status.
pub(super) const fn class_of(status: u16) -> Class {
    match status {
        200..=299 => Class::Accepted,
        400 | 422 => Class::BadRecord,
        408 | 425 | 429 | 500..=599 => Class::Retry,
        413 => Class::TooLarge,
        // No redirect is followed: the address is wrong.
        300..=399 | 404 | 405 | 415 => Class::Stop,
        // 401, 403, and whatever else a server may refuse with that another token or another day may change.
        _ => Class::Pause,
    }
}

/// The record that the API names in its refusal, by its place in the request.
pub(super) fn named_record(message: &str) -> Option<usize> {
    ["Record ", "#/messages/"].iter().find_map(|before| {
        let (_, after) = message.split_once(before)?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        after.get(..digits)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::{Class, class_of, named_record};

    #[test]
    fn every_status_has_its_class() {
        let mut counts = [0; 6];
        for status in 200..=599 {
            let expected = match status {
                200..=299 => Class::Accepted,
                300..=399 => Class::Stop,
                400 | 422 => Class::BadRecord,
                404 | 405 | 415 => Class::Stop,
                408 | 425 | 429 => Class::Retry,
                413 => Class::TooLarge,
                401..=499 => Class::Pause,
                _ => Class::Retry,
            };
            assert_eq!(class_of(status), expected, "{status}");
            counts[expected as usize] += 1;
        }
        assert_eq!(counts, [100, 103, 1, 2, 91, 103]);
    }

    #[test]
    fn the_api_names_a_record_in_two_ways() {
        assert_eq!(named_record("Record 17 did not conform to schema: #/F: expected: T, found: U"), Some(17));
        assert_eq!(named_record("Request failed validation:#/messages/3: #: 0 subschemas matched"), Some(3));
        assert_eq!(named_record("Record 3 has more than 10000 data points"), Some(3));
        for without in ["Record is missing key property K", "Request cannot be processed; see errors.", "Record "] {
            assert_eq!(named_record(without), None, "{without}");
        }
    }
}
