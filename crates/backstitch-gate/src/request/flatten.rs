//! The data of checked records as rows of columns: objects flattened, arrays as subtables, values typed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::SystemTime;

use super::check::{Record, What};
use super::group::GroupBuilder;
use super::typing::Typing;
use crate::batch::{Batch, Step};

/// What records have in common that are loaded together.
type Identity<'a> = (Cow<'a, str>, Vec<Cow<'a, str>>, Option<i64>);

enum Draft<'t> {
    Load(GroupBuilder<'t>),
    Activate(Step),
}

/// Flattens the records of one request. A Batch request's schema says the types of values; without one each
/// value has its own.
///
/// # Errors
/// The parser's, for a value that cannot be read.
pub(crate) fn batch(
    records: Vec<Record<'_>>,
    schema: Option<&serde_json::Value>,
    received_at: SystemTime,
) -> Result<Batch, serde_json::Error> {
    let typing = schema.map(Typing::of);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    let mut index: HashMap<Identity<'_>, usize> = HashMap::new();
    for Record { table, sequence, keys, version, extracted_at, what, text } in records {
        let data = match what {
            What::Upsert(data) => data,
            What::Activate(version) => {
                // What follows of this table must be loaded after it.
                index.retain(|(known, ..), _| *known != table);
                drafts.push(Draft::Activate(Step::Activate { table: table.into_owned(), version, record: text }));
                continue;
            }
        };
        let identity = (table, keys, version);
        let at = match index.get(&identity) {
            Some(&at) => at,
            None => {
                let (table, keys, version) = &identity;
                drafts.push(Draft::Load(GroupBuilder::new(table, keys, *version, typing.as_ref())));
                index.insert(identity, drafts.len() - 1);
                drafts.len() - 1
            }
        };
        if let Some(Draft::Load(builder)) = drafts.get_mut(at) {
            builder.record(sequence, extracted_at.as_deref(), data, text)?;
        }
    }
    let step = |draft| match draft {
        Draft::Load(builder) => Step::Load(builder.finish()),
        Draft::Activate(step) => step,
    };
    Ok(Batch { received_at, steps: drafts.into_iter().map(step).collect() })
}
