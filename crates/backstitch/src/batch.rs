//! The body of a batch request: one table, its schema once, and a message for each record.

use backstitch_api::generated::batch::{ATTRIBUTES, WIRE_ORDER};
use backstitch_api::{Code, Violation};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::body::BodyError;
use crate::envelope::name_in;
use crate::json::JsonEncoder;
use crate::out::{Best, NOTHING, Output as _};
use crate::push::Push;
use crate::records::Records;
use crate::sequence::Sequence;
use crate::table::Table;
use crate::value::Value as _;

/// The attributes of a batch.
const TABLE: &str = name_in(ATTRIBUTES, "table_name");
const SCHEMA: &str = name_in(ATTRIBUTES, "schema");
const MESSAGES: &str = name_in(ATTRIBUTES, "messages");
const KEYS: &str = name_in(ATTRIBUTES, "key_names");

/// The body of a batch request, in JSON, written record by record.
///
/// All records go to one table. Its columns have the types of the schema, which is sent once. A table without keys is
/// only ever appended to.
///
/// ```
/// use backstitch::{BatchBody, Push};
///
/// #[derive(Push)]
/// #[push(table = "customers", key = "id")]
/// struct Customer {
///     id: i64,
///     name: Option<String>,
/// }
///
/// let mut body = BatchBody::of::<Customer>();
/// body.push(&Customer { id: 1, name: Some("Finn".into()) }, 1565880017)?;
/// body.push(&Customer { id: 2, name: None }, 1565880018)?;
/// let text = String::from_utf8(body.finish())?;
/// assert!(text.starts_with(r#"{"table_name":"customers","schema":{"#));
/// assert!(text.ends_with(concat!(
///     r#","messages":[{"action":"upsert","sequence":1565880017,"data":{"id":1,"name":"Finn"}},"#,
///     r#"{"action":"upsert","sequence":1565880018,"data":{"id":2,"name":null}}],"key_names":["id"]}"#,
/// )));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A record that breaks a rule, or that does not fit, leaves the body as it was. A body holds at most 20,000 records and
/// 20,000,000 bytes.
#[derive(Clone, Debug)]
pub struct BatchBody {
    table: Table,
    messages: Records<JsonEncoder<Best>>,
    /// The schema, where it is that of a type.
    of: Option<&'static Json>,
}

impl BatchBody {
    /// An empty body of records of the type `T`, with its table, its keys and its schema.
    #[must_use]
    pub fn of<T: Push>() -> Self {
        BatchBody::within::<T>(T::TABLE_NAME, Vec::new())
    }

    /// An empty body of records of the type `T` for a table of any name, in the memory of a buffer.
    pub(crate) fn within<T: Push>(table: &str, buffer: Vec<u8>) -> Self {
        let table = Table::new(table).keys(T::KEY_NAMES.iter().copied());
        BatchBody { of: Some(T::schema()), ..BatchBody::written(&table, T::schema(), buffer) }
    }

    /// An empty body of records of a table known at run time, which conform to a schema (JSON Schema, draft 4). The table
    /// may have no keys, which is how records get into a table that is only appended to: the derive asks for a key. Whether
    /// the schema is one, and has the keys, is for the API to say.
    #[must_use]
    pub fn new(table: &Table, schema: &Json) -> Self {
        BatchBody::written(table, schema, Vec::new())
    }

    fn written(table: &Table, schema: &Json, buffer: Vec<u8>) -> Self {
        let messages = Records::messages(JsonEncoder::within(buffer), around(table, schema));
        BatchBody { table: table.clone(), messages, of: None }
    }

    /// Takes at most `bytes` bytes, or 20,000,000 if that is less.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        self.messages.limit_bytes(bytes);
        self
    }

    /// How many records it holds.
    #[must_use]
    pub fn records(&self) -> usize {
        self.messages.records()
    }

    /// Whether it holds no record. The API takes no such body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records() == 0
    }

    /// How many bytes the finished body would have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.messages.bytes()
    }

    /// Checks a record and adds it.
    ///
    /// # Errors
    ///
    /// When the record breaks a rule, is of another type than the body, or does not fit; the body is as it was before.
    /// The pointers of violations start with the record's index, as in `/17/data/email`.
    pub fn push<T: Push>(&mut self, record: &T, sequence: impl Into<Sequence>) -> Result<(), BodyError> {
        let wrong = match self.of {
            Some(schema) if !std::ptr::eq(schema, T::schema()) => Some("of the type that the batch is of"),
            None if self.table.key_names() != T::KEY_NAMES => Some("of a type with the keys of the batch's table"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            let message = format!("must be {wrong}, and is of `{}`", std::any::type_name::<T>());
            let violation = Violation::new(format!("/{}", self.records()), Code::Type, message);
            return Err(BodyError::Invalid(violation.into()));
        }
        self.messages.push_message(record, sequence.into())
    }

    /// Adds a record of the body's type that was checked already.
    #[cfg(feature = "client")]
    pub(crate) fn append<T: Push>(&mut self, record: &T, sequence: Sequence) -> Result<(), BodyError> {
        self.messages.append_message(record, sequence)
    }

    /// Checks a record of a table known at run time and adds it. Numbers stay as they are written. Whether it conforms to
    /// the schema is for the API to say.
    ///
    /// # Errors
    ///
    /// As [`push`](BatchBody::push).
    pub fn push_json(&mut self, sequence: impl Into<Sequence>, data: &RawValue) -> Result<(), BodyError> {
        self.messages.push_message_json(&self.table, sequence.into(), data)
    }

    /// Takes all records out again, and keeps the memory.
    pub fn clear(&mut self) {
        self.messages.clear();
    }

    /// The finished body: one object.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.messages.finish()
    }
}

/// What is before the messages of a body, and after them: the attributes as the API's definition orders them.
pub(crate) fn around(table: &Table, schema: &Json) -> [Vec<u8>; 2] {
    let mut around = [JsonEncoder::<Best>::within(Vec::new()), JsonEncoder::within(Vec::new())];
    let mut end = 0;
    around[end].out.add(b"{");
    let mut between = "";
    for attribute in WIRE_ORDER.iter().filter_map(|index| ATTRIBUTES.get(*index)) {
        let is_sent = match attribute.name {
            TABLE | SCHEMA | MESSAGES => true,
            KEYS => !table.key_names().is_empty(),
            _ => false,
        };
        if !is_sent {
            continue;
        }
        let json = &mut around[end];
        json.out.add(between.as_bytes());
        between = ",";
        json.out.string(NOTHING, attribute.name);
        json.out.add(b":");
        match attribute.name {
            TABLE => json.out.string(NOTHING, table.name()),
            SCHEMA => schema.write(json),
            KEYS => table.key_names().write(json),
            _ => end = 1,
        }
    }
    around[1].out.add(b"}");
    around.map(|json| json.out.into_bytes())
}
