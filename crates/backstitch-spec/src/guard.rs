//! Keeps rendering within bounds: names that are not there are empty, texts that grow without end are dropped, and
//! what makes the engine panic is an error like any other.
//!
//! Every name was followed before anything is rendered, so that what is missing here is missing on purpose: in a test
//! whether it is there.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use liquid_core::model::{KString, KStringCow, KStringRef, ScalarCow, Value, ValueCow, ValueView as _};
use liquid_core::runtime::{PartialStore, Registers};
use liquid_core::{Result, Runtime};

/// The most bytes of a text that is given a name.
const MOST_BYTES: usize = 64 << 10;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, or nothing if it panics; nobody is told of the panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !CATCHING.get() {
                others(panic);
            }
        }));
    });
    let before = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(before);
    result.ok()
}

/// A runtime within bounds.
pub(crate) struct Guarded<R> {
    inner: R,
    too_long: Cell<bool>,
}

impl<R: Runtime> Guarded<R> {
    pub(crate) fn new(inner: R) -> Self {
        Guarded { inner, too_long: Cell::new(false) }
    }

    /// Whether a text was dropped.
    pub(crate) fn was_too_long(&self) -> bool {
        self.too_long.get()
    }
}

impl<R: Runtime> Runtime for Guarded<R> {
    fn partials(&self) -> &dyn PartialStore {
        self.inner.partials()
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        self.inner.name()
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.inner.roots()
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        self.inner.try_get(path)
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        Ok(self.inner.try_get(path).unwrap_or(ValueCow::Owned(Value::Nil)))
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        let is_long = value.as_scalar().is_some_and(|text| text.to_kstr().len() > MOST_BYTES);
        if is_long {
            self.too_long.set(true);
        }
        self.inner.set_global(name, if is_long { Value::Nil } else { value })
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.inner.set_index(name, value)
    }

    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.inner.get_index(name)
    }

    fn registers(&self) -> &Registers {
        self.inner.registers()
    }
}
