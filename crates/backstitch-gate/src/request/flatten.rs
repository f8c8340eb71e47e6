//! The data of checked records as rows of columns: objects flattened, arrays as subtables, values typed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::SystemTime;

use super::check::{Keys, Record, What};
use super::group::GroupBuilder;
use super::typing::Typing;
use crate::batch::{Batch, Step};

/// What records have in common that are loaded together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Identity<'a> {
    table: Cow<'a, str>,
    keys: Keys<'a>,
    version: Option<i64>,
}

enum Draft<'t> {
    Load(GroupBuilder<'t>),
    Activate(Step),
}

/// Flattens the records of one request.
pub(crate) struct Flattener<'a, 't> {
    typing: Option<&'t Typing>,
    drafts: Vec<Draft<'t>>,
    index: HashMap<Identity<'a>, usize>,
    /// What the last record was, which the next one most often is too.
    last: Option<(Identity<'a>, usize)>,
}

impl<'a, 't> Flattener<'a, 't> {
    /// A Batch request's schema says the types of values; without one each value has its own.
    pub(crate) fn new(typing: Option<&'t Typing>) -> Self {
        Flattener { typing, drafts: Vec::new(), index: HashMap::new(), last: None }
    }

    /// Adds a record after those before.
    ///
    /// # Errors
    /// The parser's, for a value that cannot be read.
    pub(crate) fn add(&mut self, record: Record<'a, '_>) -> Result<(), serde_json::Error> {
        let Record { table, sequence, keys, version, extracted_at, what, text } = record;
        let data = match what {
            What::Upsert(data) => data,
            What::Activate(version) => {
                // What follows of this table must be loaded after it.
                self.index.retain(|known, _| known.table != table);
                self.last = None;
                let table = table.into_owned();
                self.drafts.push(Draft::Activate(Step::Activate { table, version, record: text }));
                return Ok(());
            }
        };
        let at = self.group(table, keys, version);
        match self.drafts.get_mut(at) {
            Some(Draft::Load(builder)) => builder.record(sequence, extracted_at.as_deref(), &data, text),
            _ => Ok(()),
        }
    }

    /// The draft that a record belongs to.
    fn group(&mut self, table: Cow<'a, str>, keys: Keys<'a>, version: Option<i64>) -> usize {
        if let Some((last, at)) = &self.last
            && last.table == table
            && last.version == version
            && (Rc::ptr_eq(&last.keys, &keys) || last.keys == keys)
        {
            return *at;
        }
        let identity = Identity { table, keys, version };
        let at = match self.index.get(&identity) {
            Some(&at) => at,
            None => {
                let builder = GroupBuilder::new(&identity.table, &identity.keys, version, self.typing);
                self.drafts.push(Draft::Load(builder));
                self.index.insert(identity.clone(), self.drafts.len() - 1);
                self.drafts.len() - 1
            }
        };
        self.last = Some((identity, at));
        at
    }

    /// The rows of all records.
    pub(crate) fn finish(self, received_at: SystemTime) -> Batch {
        let step = |draft| match draft {
            Draft::Load(builder) => Step::Load(builder.finish()),
            Draft::Activate(step) => step,
        };
        Batch { received_at, steps: self.drafts.into_iter().map(step).collect() }
    }
}
