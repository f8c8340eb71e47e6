//! Memory that is given back to the system once it is not needed.

/// From this size on memory is the system's own, and goes back to it at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 256 * 1024;

/// Has large pieces of memory go back to the system. The allocator of glibc raises that size to the largest piece that was
/// ever freed, up to 32 MB, and keeps those that are smaller, in a heap for each thread: a gate that was sent bodies of
/// 20 MB would keep three times the memory that it needs.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: it takes two numbers and sets one of the allocator's own, before there is another thread.
        #[expect(unsafe_code, reason = "there is no other way to tell the allocator but its environment")]
        let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
    }
}
