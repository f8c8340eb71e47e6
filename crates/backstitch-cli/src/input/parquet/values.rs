//! Values that can't be written: JSON has no NaN, and RFC 3339 no year 10000.

use std::ops::RangeInclusive;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, DurationMillisecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampSecondType,
};
use arrow_array::{Array, ListLikeArray};
use arrow_schema::{DataType, TimeUnit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Number,
    Moment,
    Time,
}

impl Wrong {
    /// What it is, and what to do.
    pub(super) fn told(self) -> &'static str {
        match self {
            Wrong::Number => "a number that is not finite, which JSON can't write: write null in its place",
            Wrong::Moment => {
                "a date that is not of the years 0 to 9999: write null in its place, or a date that was meant"
            }
            Wrong::Time => "a time that is none: write null in its place",
        }
    }
}

/// What is wrong with each value of a column; nothing where nothing is with any.
pub(super) type Found = Option<Vec<Option<Wrong>>>;

const SECONDS: i64 = 86_400;

/// Since 1970-01-01.
const DAYS: RangeInclusive<i64> = -719_528..=2_932_896;

/// A moment of these days, counted in parts of a second.
fn is_moment(value: i64, parts: i64) -> bool {
    DAYS.contains(&value.div_euclid(SECONDS * parts))
}

pub(super) fn wrong(column: &dyn Array) -> Found {
    let is_time = |value: i64, parts: i64| (0..SECONDS * parts).contains(&value);
    match column.data_type() {
        DataType::Float16 => each::<Float16Type>(column, Wrong::Number, |number| f32::from(number).is_finite()),
        DataType::Float32 => each::<Float32Type>(column, Wrong::Number, f32::is_finite),
        DataType::Float64 => each::<Float64Type>(column, Wrong::Number, f64::is_finite),
        DataType::Date32 => each::<Date32Type>(column, Wrong::Moment, |days| DAYS.contains(&days.into())),
        DataType::Date64 => each::<Date64Type>(column, Wrong::Moment, |at| is_moment(at, 1_000)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            each::<TimestampSecondType>(column, Wrong::Moment, |at| is_moment(at, 1))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each::<TimestampMillisecondType>(column, Wrong::Moment, |at| is_moment(at, 1_000))
        }
        // All that can be counted in nanoseconds are right.
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each::<TimestampMicrosecondType>(column, Wrong::Moment, |at| is_moment(at, 1_000_000))
        }
        DataType::Time32(TimeUnit::Second) => each::<Time32SecondType>(column, Wrong::Time, |at| is_time(at.into(), 1)),
        DataType::Time32(_) => each::<Time32MillisecondType>(column, Wrong::Time, |at| is_time(at.into(), 1_000)),
        DataType::Time64(TimeUnit::Microsecond) => {
            each::<Time64MicrosecondType>(column, Wrong::Time, |at| is_time(at, 1_000_000))
        }
        DataType::Time64(_) => each::<Time64NanosecondType>(column, Wrong::Time, |at| is_time(at, 1_000_000_000)),
        // As milliseconds all of them must have a number.
        DataType::Duration(TimeUnit::Second) => {
            each::<DurationSecondType>(column, Wrong::Time, |of| of.unsigned_abs() <= (i64::MAX / 1_000) as u64)
        }
        DataType::Duration(TimeUnit::Millisecond) => {
            each::<DurationMillisecondType>(column, Wrong::Time, |of| of != i64::MIN)
        }
        DataType::List(_) => of_lists(column.as_list::<i32>()),
        DataType::LargeList(_) => of_lists(column.as_list::<i64>()),
        DataType::ListView(_) => of_lists(column.as_list_view::<i32>()),
        DataType::LargeListView(_) => of_lists(column.as_list_view::<i64>()),
        DataType::FixedSizeList(..) => of_lists(column.as_fixed_size_list()),
        DataType::Map(..) => {
            let (map, values) = (column.as_map(), wrong(column.as_map().values())?);
            let ends = map.value_offsets().iter().map(|at| usize::try_from(*at).unwrap_or_default());
            let starts = ends.clone();
            some(starts.zip(ends.skip(1)).enumerate().map(|(row, (start, end))| {
                let values = if map.is_valid(row) { values.get(start..end)? } else { return None };
                values.iter().flatten().next().copied()
            }))
        }
        DataType::Struct(_) => {
            let of = column.as_struct();
            let fields: Vec<_> = of.columns().iter().filter_map(|field| wrong(field)).collect();
            if fields.is_empty() {
                return None;
            }
            some((0..of.len()).map(|row| {
                let mut found = fields.iter().filter_map(|field| field.get(row).copied().flatten());
                if of.is_valid(row) { found.next() } else { None }
            }))
        }
        _ => None,
    }
}

fn some(found: impl Iterator<Item = Option<Wrong>>) -> Found {
    let found: Vec<_> = found.collect();
    found.iter().any(Option::is_some).then_some(found)
}

fn each<T: ArrowPrimitiveType>(column: &dyn Array, what: Wrong, is_right: impl Fn(T::Native) -> bool) -> Found {
    let column = column.as_primitive::<T>();
    // What stands where a value is null is mostly right too, and this is the fastest way to look.
    if column.values().iter().all(|value| is_right(*value)) {
        return None;
    }
    some(column.iter().map(|value| value.filter(|value| !is_right(*value)).map(|_| what)))
}

fn of_lists(lists: &impl ListLikeArray) -> Found {
    let elements = wrong(lists.values())?;
    some((0..lists.len()).map(|row| {
        let elements = if lists.is_valid(row) { elements.get(lists.element_range(row))? } else { return None };
        elements.iter().flatten().next().copied()
    }))
}
