//! Values on their way to the server: for each column an array, in the server's binary form.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::batch::{Group, Value};
use crate::store::kind::Kind;

/// Values of one column, one for each row.
#[derive(Debug)]
pub(super) struct Array<'a> {
    pub(super) kind: Kind,
    pub(super) values: Vec<Option<Value>>,
    pub(super) group: &'a Group,
}

/// The type of an array of values that are sent in this form.
fn element(kind: Kind) -> Type {
    match kind {
        Kind::BigInt => Type::INT8,
        Kind::Boolean => Type::BOOL,
        Kind::Double => Type::FLOAT8,
        Kind::Decimal | Kind::Timestamp | Kind::Text => Type::TEXT,
    }
}

fn length(count: usize) -> Result<[u8; 4], Box<dyn Error + Sync + Send>> {
    Ok(i32::try_from(count)?.to_be_bytes())
}

impl ToSql for Array<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let has_null = self.values.iter().any(Option::is_none);
        // Dimensions, whether there are nulls, the type; then the dimension, and where it begins to count.
        for head in [1, i32::from(has_null)] {
            out.extend_from_slice(&head.to_be_bytes());
        }
        out.extend_from_slice(&element(self.kind).oid().to_be_bytes());
        out.extend_from_slice(&length(self.values.len())?);
        out.extend_from_slice(&1_i32.to_be_bytes());
        for value in &self.values {
            match value {
                None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(Value::Boolean(value)) => {
                    out.extend_from_slice(&length(1)?);
                    out.extend_from_slice(&[u8::from(*value)]);
                }
                Some(Value::Integer(value)) => {
                    out.extend_from_slice(&length(8)?);
                    out.extend_from_slice(&value.to_be_bytes());
                }
                Some(Value::Double(value)) => {
                    out.extend_from_slice(&length(8)?);
                    out.extend_from_slice(&value.to_be_bytes());
                }
                Some(Value::Decimal(span) | Value::Timestamp(span) | Value::Text(span)) => {
                    let text = self.group.text(*span);
                    out.extend_from_slice(&length(text.len())?);
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        // Statements name the type of each of these, by the same list.
        true
    }

    to_sql_checked!();
}
