//! Records with a table: what `#[derive(Push)]` implements.

use backstitch_api::generated::push_record;
use backstitch_api::{Attribute, Code, Destination, Role, Violations};

use crate::check::Check;
use crate::columns::Column;
use crate::encode::Encoder;
use crate::fit::Misfit;
use crate::record::{self, Attributes, Envelope};
use crate::value::Value;

/// A type whose values are rows of a destination table. `#[derive(Push)]` implements it for structs
/// with `#[push(table = "…", key = "…")]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no destination table",
    label = "not a record",
    note = "derive it: `#[derive(backstitch::Push)]` with `#[push(table = \"…\", key = \"…\")]` on the struct"
)]
pub trait Push: Value {
    /// The name of the destination table.
    const TABLE_NAME: &'static str;

    /// The names, as they are on the wire, of the fields that are the table's primary key.
    const KEY_NAMES: &'static [&'static str];

    /// The destinations that the records are meant for, as `#[push(destination("…"))]` names them: names and counts
    /// fit all of them.
    const DESTINATIONS: &'static [Destination] = &[];

    /// What keeps the records from their destinations, where the type is generic: for others the compiler tells.
    #[doc(hidden)]
    const MISFIT: &'static Misfit = &Misfit::NONE;

    /// Reports what keeps the key fields from being a key.
    #[doc(hidden)]
    fn check_keys(&self, check: &mut Check);

    /// What orders this version of the row among the others, where a field of the record says so
    /// (`#[push(sequence = "updated_at")]`); otherwise whoever sends it does.
    fn own_sequence(&self) -> Option<crate::Sequence> {
        None
    }

    /// The documented example: the fields' examples, or their types'.
    #[must_use]
    fn example() -> Self
    where
        Self: Sized,
    {
        Self::sample()
    }

    /// The record's JSON Schema (draft 4), as the Batch endpoint takes it: the types of all fields, which may be null,
    /// and that the keys must be there. It is made once.
    #[must_use]
    fn schema() -> &'static serde_json::Value
    where
        Self: Sized,
    {
        crate::schema::of::<Self>(Self::KEY_NAMES)
    }

    /// The columns of the table that `destination` makes of such records, in the order of the fields: of their
    /// [`schema`](Push::schema), as the Batch endpoint loads them. What is pushed as JSON is typed by its values
    /// instead: a float is a double there, and a moment a string.
    ///
    /// Where the destination flattens objects, so do the columns; arrays are tables of their own there, and maps get
    /// the columns that they have fields for: neither is among them. The loader's own columns (`_sdc_…`) are not, nor
    /// is what is always null.
    ///
    /// ```
    /// use backstitch::{Destination, Push};
    ///
    /// #[derive(Push)]
    /// struct Address {
    ///     city: String,
    /// }
    ///
    /// #[derive(Push)]
    /// #[push(table = "customers", key = "id", destination("postgres", "snowflake"))]
    /// struct Customer {
    ///     id: i64,
    ///     address: Option<Address>,
    /// }
    ///
    /// let columns = Customer::columns(Destination::Postgres);
    /// let shown: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.data_type)).collect();
    /// assert_eq!(shown, [("id", Some("bigint")), ("address__city", Some("text"))]);
    /// assert!(columns[0].is_key);
    /// assert_eq!(columns[1].pointer, "/address/city");
    ///
    /// let columns = Customer::columns(Destination::Snowflake);
    /// assert_eq!(columns[1].name, "ADDRESS");
    /// assert_eq!(columns[1].data_type, Some("variant"));
    /// ```
    #[must_use]
    fn columns(destination: Destination) -> Vec<Column>
    where
        Self: Sized,
    {
        crate::columns::of::<Self>(destination)
    }

    /// Checks the record as the API would: numbers finite, keys short enough, no more data points
    /// than allowed.
    ///
    /// # Errors
    ///
    /// All that is wrong, each with a JSON Pointer within the Push record (`/data/email`), and never
    /// with the value.
    fn validate(&self) -> Result<(), Violations> {
        let mut check = Check::new();
        check_data(self, &mut check);
        check.finish()
    }

    /// Writes the record's data in a format.
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) {
        self.write(encoder);
    }
}

/// A reference to a record is sent as the record is.
#[diagnostic::do_not_recommend]
impl<T: Push> Push for &T {
    const TABLE_NAME: &'static str = T::TABLE_NAME;
    const KEY_NAMES: &'static [&'static str] = T::KEY_NAMES;
    const DESTINATIONS: &'static [Destination] = T::DESTINATIONS;
    const MISFIT: &'static Misfit = T::MISFIT;

    fn check_keys(&self, check: &mut Check) {
        T::check_keys(self, check);
    }

    fn own_sequence(&self) -> Option<crate::Sequence> {
        T::own_sequence(self)
    }

    fn schema() -> &'static serde_json::Value {
        T::schema()
    }

    fn columns(destination: Destination) -> Vec<Column> {
        T::columns(destination)
    }

    fn validate(&self) -> Result<(), Violations> {
        T::validate(self)
    }

    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) {
        T::encode(self, encoder);
    }
}

/// A typed Push record, with its envelope: what `#[derive(Push)]` generates beside the struct, such
/// as `CustomerPush` for `Customer`.
pub trait PushRecord {
    /// The record's data.
    type Data: Push;

    /// The attributes that every record has.
    #[doc(hidden)]
    fn envelope(&self) -> Envelope<'_, Self::Data>;

    /// Shows another attribute of this name.
    #[doc(hidden)]
    fn attribute<A: Attributes>(&self, name: &'static str, to: &mut A) {
        let _ = (name, to);
    }

    /// The client that the record belongs to.
    fn client(&self) -> crate::ClientId {
        self.envelope().client.into()
    }

    /// Writes the whole record.
    fn encode<E: Encoder>(&self, encoder: &mut E)
    where
        Self: Sized,
    {
        encoder.begin_object();
        record::each(self, &mut record::Writing(encoder));
        encoder.end_object();
    }

    /// Reports all that is wrong with the envelope and the data.
    #[doc(hidden)]
    fn check(&self, check: &mut Check)
    where
        Self: Sized,
    {
        record::each(self, &mut record::Checking(check));
    }

    /// Checks the envelope against the API's rules, and the data as [`Push::validate`] does.
    ///
    /// # Errors
    ///
    /// All that is wrong, each with a JSON Pointer within the record.
    fn validate(&self) -> Result<(), Violations>
    where
        Self: Sized,
    {
        let mut check = Check::new();
        self.check(&mut check);
        check.finish()
    }
}

/// The attribute with `role`. The definitions have one for each.
pub(crate) fn with_role(role: Role) -> Option<&'static Attribute> {
    push_record::ATTRIBUTES.iter().find(|attribute| attribute.role == Some(role))
}

/// The name of the attribute with `role`.
pub(crate) fn name_of(role: Role) -> &'static str {
    with_role(role).map_or("", |attribute| attribute.name)
}

/// Checks a record's data at its place within the Push record.
#[inline]
pub(crate) fn check_data<T: Push + ?Sized>(data: &T, check: &mut Check) {
    check.data(|check| {
        if let Some(message) = T::MISFIT.message() {
            check.violation(Code::Destination, message);
        }
        data.check(check);
        data.check_keys(check);
    });
    check.data_points_within_limit();
}
