//! What stands around a record's data: the same bytes for every record of a table, but for the
//! sequence.

use backstitch_api::generated::message;
use backstitch_api::generated::push_record::{ATTRIBUTES, WIRE_ORDER};
use backstitch_api::{Attribute, Role};

use crate::encode::Encoder;
use crate::fit::is_same;
use crate::out::{Block, EIGHT_DIGITS, Output};
use crate::push::with_role;
use crate::sequence::{ClientId, Sequence};
use crate::table::Table;
use crate::value::Value;

/// A format that records are written in, one after the other.
pub trait Format: Encoder + Sized {
    /// What is written to.
    type Output: Output;

    /// What is written to.
    fn out(&mut self) -> &mut Self::Output;

    /// An encoder that writes elsewhere what this one would write next.
    fn aside(&self) -> Self;

    /// A number that changes when what was written of an envelope can't be written again as it was.
    fn generation(&self) -> u64;

    /// What stands before the digits of an integer in a string, where it is in a string; otherwise nothing.
    fn mark(integer: i64) -> &'static str;

    /// The data begins.
    fn enter(&mut self) {}

    /// The data has ended.
    fn leave(&mut self) {}
}

/// Whether the sequence stands before the data.
const IS_SEQUENCE_FIRST: bool = place_of(Role::Sequence) < place_of(Role::Data);

/// Where the attribute with a role stands in a record, or after the last one.
const fn place_of(role: Role) -> usize {
    let mut place = 0;
    while place < WIRE_ORDER.len() {
        if let Some(found) = ATTRIBUTES[WIRE_ORDER[place]].role
            && found as u8 == role as u8
        {
            break;
        }
        place += 1;
    }
    place
}

/// The envelope of one table's records, made once for a body.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    around: Around,
    made: Option<Made>,
}

/// What the data is a part of.
#[derive(Clone, Debug)]
enum Around {
    /// A record of a client for a table.
    Record(ClientId, Table),
    /// A message of a batch.
    Message,
}

/// An envelope as it is copied.
#[derive(Clone, Debug, Default)]
struct Made {
    generation: u64,
    /// What is before the sequence and the data, between them, and after them.
    pieces: [Block; 3],
    shared: Shared,
}

/// The digits that the sequences of neighbours share.
#[derive(Clone, Debug, Default)]
struct Shared {
    /// The first of the sequences that share them.
    first: i64,
    /// How many they are.
    count: u64,
    /// The piece before the sequence, and the digits.
    before: Block,
    /// The piece after the sequence.
    after: Block,
}

impl Envelope {
    pub(crate) fn new<K: AsRef<str>>(client: ClientId, table: &str, keys: &[K]) -> Self {
        let table = Table::new(table).keys(keys.iter().map(|key| key.as_ref().to_owned()));
        Envelope { around: Around::Record(client, table), made: None }
    }

    /// That of the messages of a batch.
    pub(crate) fn of_messages() -> Self {
        Envelope { around: Around::Message, made: None }
    }

    /// Whether it is that of a table.
    pub(crate) fn is_of<K: AsRef<str>>(&self, table: &str, keys: &[K]) -> bool {
        let Around::Record(_, of) = &self.around else { return false };
        let known = of.key_names();
        of.name() == table
            && known.len() == keys.len()
            && known.iter().zip(keys).all(|(known, key)| known == key.as_ref())
    }

    /// Writes one record with a comma before it; `data` writes its data.
    #[inline(always)]
    pub(crate) fn write<F: Format>(&mut self, format: &mut F, sequence: Sequence, data: impl FnOnce(&mut F)) {
        let generation = format.generation();
        let Some(made) = self.made.as_mut().filter(|made| made.generation == generation) else {
            return self.spell(format, sequence, data);
        };
        let [before, between, after] = &made.pieces;
        if IS_SEQUENCE_FIRST {
            made.shared.write(format, sequence.get(), before, between);
        } else {
            format.out().block(before);
        }
        within(format, data);
        if IS_SEQUENCE_FIRST {
            format.out().block(after);
        } else {
            made.shared.write(format, sequence.get(), between, after);
        }
    }

    /// Writes one record, attribute by attribute, and then keeps what can be copied for the next.
    #[cold]
    #[inline(never)]
    fn spell<F: Format>(&mut self, format: &mut F, sequence: Sequence, data: impl FnOnce(&mut F)) {
        self.each(format, |format| sequence.get().write(format), data);
        let generation = format.generation();
        let mut aside = format.aside();
        let (mut of_sequence, mut of_data) = (0, 0);
        self.each(&mut aside, |aside| of_sequence = aside.out().size(), |aside| of_data = aside.out().size());
        let text = aside.out().bytes();
        let (first, second) = (of_sequence.min(of_data), of_sequence.max(of_data));
        // In the memory of those that are of no use any more.
        let made = self.made.get_or_insert_default();
        for (piece, range) in made.pieces.iter_mut().zip([0..first, first..second, second..text.len()]) {
            piece.set(&[text.get(range).unwrap_or_default()]);
        }
        made.shared.count = 0;
        made.generation = generation;
    }

    /// Writes the attributes, with a comma before the record.
    fn each<F: Format>(&self, format: &mut F, sequence: impl FnOnce(&mut F), data: impl FnOnce(&mut F)) {
        format.out().add(b",");
        format.begin_object();
        match &self.around {
            Around::Record(client, table) => each_of_record(*client, table, format, sequence, data),
            Around::Message => each_of_message(format, sequence, data),
        }
        format.end_object();
    }
}

/// Writes the attributes of a record as the API's definition orders them.
fn each_of_record<F: Format>(
    client: ClientId,
    table: &Table,
    format: &mut F,
    sequence: impl FnOnce(&mut F),
    data: impl FnOnce(&mut F),
) {
    let (mut sequence, mut data) = (Some(sequence), Some(data));
    for attribute in WIRE_ORDER.iter().filter_map(|index| ATTRIBUTES.get(*index)) {
        let fixed = attribute.constant_that_must_be_there();
        // Other attributes without a part in a record are sent only where a typed record sets them.
        if attribute.role.is_none() && fixed.is_none() {
            continue;
        }
        format.key_text(attribute.name);
        match attribute.role {
            None => format.string(fixed.unwrap_or_default()),
            Some(Role::Client) => format.integer(client.get()),
            Some(Role::Table) => format.string(table.name()),
            Some(Role::Action) => format.string(attribute.constraints.constant.unwrap_or_default()),
            Some(Role::Keys) => table.key_names().write(format),
            // The definitions have one attribute for each role.
            Some(Role::Sequence) => sequence.take().into_iter().for_each(|write| write(format)),
            Some(Role::Data) => data.take().into_iter().for_each(|write| within(format, write)),
        }
    }
}

/// Writes the attributes of a message with a record.
fn each_of_message<F: Format>(format: &mut F, sequence: impl FnOnce(&mut F), data: impl FnOnce(&mut F)) {
    let sequence = |format: &mut F| {
        format.key_text(SEQUENCE);
        sequence(format);
    };
    let data = |format: &mut F| {
        format.key_text(DATA);
        within(format, data);
    };
    format.key_text(ACTION);
    let action = with_role(Role::Action).and_then(|attribute| attribute.constraints.constant);
    format.string(action.unwrap_or_default());
    if IS_SEQUENCE_FIRST {
        sequence(format);
        data(format);
    } else {
        data(format);
        sequence(format);
    }
}

/// The attributes of a message.
const ACTION: &str = name_in(message::ATTRIBUTES, "action");
const SEQUENCE: &str = name_in(message::ATTRIBUTES, "sequence");
const DATA: &str = name_in(message::ATTRIBUTES, "data");

/// A name of an attribute that the API's definition has: a program does not compile where it has it no more.
pub(crate) const fn name_in(attributes: &[Attribute], name: &'static str) -> &'static str {
    let mut index = 0;
    while index < attributes.len() {
        if is_same(attributes[index].name, name) {
            return name;
        }
        index += 1;
    }
    panic!("the definition has no such attribute")
}

/// Writes data, of which the format is told.
#[inline(always)]
pub(crate) fn within<F: Format>(format: &mut F, data: impl FnOnce(&mut F)) {
    format.enter();
    data(format);
    format.leave();
}

impl Shared {
    /// Writes a sequence between two pieces.
    #[inline(always)]
    fn write<F: Format>(&mut self, format: &mut F, sequence: i64, before: &Block, after: &Block) {
        let above = sequence.wrapping_sub(self.first).cast_unsigned();
        if above >= self.count && !self.share::<F>(sequence, before, after) {
            format.out().block(before);
            format.integer(sequence);
            format.out().block(after);
            return;
        }
        let above = sequence.wrapping_sub(self.first).cast_unsigned();
        format.out().digits_between(&self.before, above as u32, &self.after);
    }

    /// Keeps the digits that a sequence shares with its neighbours; says whether there are any.
    #[cold]
    #[inline(never)]
    fn share<F: Format>(&mut self, sequence: i64, before: &Block, after: &Block) -> bool {
        const COUNT: i64 = EIGHT_DIGITS.cast_signed();
        self.count = 0;
        let first = sequence - sequence % COUNT;
        let mark = F::mark(first);
        // All of them are written alike.
        if first < COUNT || first.checked_add(COUNT - 1).is_none_or(|last| F::mark(last) != mark) {
            return false;
        }
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(first / COUNT).as_bytes();
        let quote: &[u8] = if mark.is_empty() { b"" } else { b"\"" };
        self.before.set(&[before.text(), quote, mark.as_bytes(), digits]);
        self.after.set(&[quote, after.text()]);
        (self.first, self.count) = (first, EIGHT_DIGITS);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Envelope;
    use crate::json::JsonEncoder;
    use crate::out::{Best, Output};
    use crate::sequence::{ClientId, Sequence};

    #[test]
    fn the_envelope_is_that_of_the_documented_example() {
        let mut envelope = Envelope::new(ClientId::from(7723), "customers", &["id"]);
        let mut json = JsonEncoder::<Best>::within(Vec::new());
        let sequences = [1_565_880_017, 1_565_880_018, 7, -1, i64::MAX, i64::MIN, 99_999_999, 100_000_000, 0];
        let mut expected = String::new();
        for sequence in sequences {
            envelope.write(&mut json, Sequence::from(sequence), |json| json.out.add(b"{}"));
            expected += &format!(
                r#",{{"client_id":7723,"table_name":"customers","sequence":{sequence},"data":{{}},"key_names":["id"],"action":"upsert"}}"#
            );
        }
        assert_eq!(String::from_utf8_lossy(json.out.bytes()), expected);
    }
}
