//! Panics of a library that reads damaged files, as errors.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread's panics are told as errors, rather than as what they are.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What is given, or what a panic says instead.
pub(super) fn caught<T>(given: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_CAUGHT.get() {
                before(panic);
            }
        }));
    });
    IS_CAUGHT.set(true);
    let given = panic::catch_unwind(AssertUnwindSafe(given));
    IS_CAUGHT.set(false);
    given.map_err(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("the reader gave up").to_owned()
    })
}
