//! What stands around a record's data: the same bytes for every record of a table, but for the
//! sequence.

use backstitch_api::generated::push_record::{ATTRIBUTES, WIRE_ORDER};
use backstitch_api::{Attribute, Role};

use crate::json;
use crate::sequence::{ClientId, Sequence};

/// A piece of an envelope.
#[derive(Clone, Debug)]
enum Piece {
    /// Bytes that are the same for every record.
    Bytes(Vec<u8>),
    /// The record's sequence.
    Sequence,
    /// The record's data.
    Data,
}

/// The envelope of one table's records, made once for a body.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pieces: Vec<Piece>,
}

impl Envelope {
    /// The envelope as the API's definition orders it.
    pub(crate) fn json<K: AsRef<str>>(client: ClientId, table: &str, keys: &[K]) -> Self {
        let attributes = WIRE_ORDER.iter().filter_map(|index| ATTRIBUTES.get(*index));
        Envelope::of(attributes, client, table, keys)
    }

    fn of<'a, K: AsRef<str>>(
        attributes: impl Iterator<Item = &'a Attribute>,
        client: ClientId,
        table: &str,
        keys: &[K],
    ) -> Self {
        let mut pieces = Vec::new();
        let mut bytes = b"{".to_vec();
        for attribute in attributes {
            let fixed = attribute.constant_that_must_be_there();
            // Other attributes without a part in a record are sent only where a typed record sets them.
            if attribute.role.is_none() && fixed.is_none() {
                continue;
            }
            if !matches!(bytes.as_slice(), b"{") || !pieces.is_empty() {
                bytes.push(b',');
            }
            json::string(&mut bytes, attribute.name);
            bytes.push(b':');
            let Some(role) = attribute.role else {
                json::string(&mut bytes, fixed.unwrap_or_default());
                continue;
            };
            match role {
                Role::Client => bytes.extend_from_slice(client.to_string().as_bytes()),
                Role::Table => json::string(&mut bytes, table),
                Role::Action => json::string(&mut bytes, attribute.constraints.constant.unwrap_or_default()),
                Role::Keys => {
                    bytes.push(b'[');
                    for (index, key) in keys.iter().enumerate() {
                        if index > 0 {
                            bytes.push(b',');
                        }
                        json::string(&mut bytes, key.as_ref());
                    }
                    bytes.push(b']');
                }
                Role::Sequence => pieces.extend([Piece::Bytes(std::mem::take(&mut bytes)), Piece::Sequence]),
                Role::Data => pieces.extend([Piece::Bytes(std::mem::take(&mut bytes)), Piece::Data]),
            }
        }
        bytes.push(b'}');
        pieces.push(Piece::Bytes(bytes));
        Envelope { pieces }
    }

    /// Writes one record; `data` writes its data.
    pub(crate) fn write(&self, out: &mut Vec<u8>, sequence: Sequence, mut data: impl FnMut(&mut Vec<u8>)) {
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Sequence => out.extend_from_slice(itoa::Buffer::new().format(sequence.get()).as_bytes()),
                Piece::Data => data(out),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Envelope;
    use crate::sequence::{ClientId, Sequence};

    #[test]
    fn the_envelope_is_that_of_the_documented_example() {
        let envelope = Envelope::json(ClientId::from(7723), "customers", &["id"]);
        let mut out = Vec::new();
        envelope.write(&mut out, Sequence::from(1_565_880_017), |out| out.extend_from_slice(b"{}"));
        assert_eq!(
            String::from_utf8_lossy(&out),
            r#"{"client_id":7723,"table_name":"customers","sequence":1565880017,"data":{},"key_names":["id"],"action":"upsert"}"#
        );
    }
}
