//! The destinations as their definitions describe them.

use crate::destination::{Case, Class, Length, Matching, Nested, Split, Step, StitchType};
use crate::name;

/// What holds for every destination.
#[derive(Clone, Debug, Default)]
pub struct DestinationRules {
    /// The definition's path within the spec folder; empty where there is none.
    pub source: String,
    /// What is said of destinations, in Markdown.
    pub description: String,
    /// What no name of a table or a column may start with.
    pub reserved_prefixes: Vec<String>,
    /// The columns that may be sent although they start so.
    pub allowed_columns: Vec<String>,
    /// How names are held against reserved words.
    pub matching: Matching,
    /// Types that are stored as another one where a destination says nothing of them.
    pub type_fallbacks: Vec<(StitchType, StitchType)>,
}

/// A destination.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its short name, such as `postgres`; names the variant.
    pub key: String,
    /// Its name as people and reasons for rejections have it.
    pub title: String,
    /// The definition's path within the spec folder.
    pub source: String,
    /// What it is, in Markdown.
    pub description: String,
    /// The key of the destination that this one is documented to be the same as.
    pub same_as: Option<String>,
    /// How long a table's name may be.
    pub table_name: Length,
    /// How long a column's name may be.
    pub column_name: Length,
    /// The most columns of a table.
    pub columns: Option<usize>,
    /// The most bytes of a record.
    pub record_bytes: Option<usize>,
    /// What becomes of the case of names.
    pub case: Case,
    /// What becomes of a column that has to be split.
    pub split: Split,
    /// What becomes of objects and arrays.
    pub nested: Nested,
    /// What no name of a column may start with, besides what no name may.
    pub reserved_column_prefixes: Vec<String>,
    /// What no name of a column may end in.
    pub reserved_column_suffixes: Vec<String>,
    /// What no name of a table may end in.
    pub reserved_table_suffixes: Vec<String>,
    /// The columns for each type, those of [`DestinationRules::type_fallbacks`] included.
    pub types: Vec<ColumnType>,
    /// The types whose values are rejected.
    pub unsupported: Vec<StitchType>,
    /// What is done to the names of columns, in this order.
    pub steps: Vec<Step<Vec<Class>>>,
    /// The documented examples of what is done to names; the steps agree with all of them.
    pub transforms: Vec<Transform>,
}

impl Destination {
    /// The name of its variant.
    #[must_use]
    pub fn variant(&self) -> String {
        name::type_name(&self.key)
    }

    /// The name of its constant.
    #[must_use]
    pub fn constant(&self) -> String {
        name::constant_name(&self.key)
    }
}

/// The column that a destination has for values of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// The type of the values.
    pub of: StitchType,
    /// The type of the column, in the destination's words.
    pub name: String,
    /// What the name of a split column ends in, without the underscores before it.
    pub suffix: String,
    /// What the column can hold, in Markdown.
    pub note: String,
}

/// A documented example of what becomes of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transform {
    /// What is shown.
    pub kind: String,
    /// The name as it is sent.
    pub from: String,
    /// The name in the destination.
    pub to: String,
}
