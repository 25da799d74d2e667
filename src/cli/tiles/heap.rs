//! How the C library's allocator treats large blocks that are freed. Tiles are made zoom by zoom, and every zoom takes what the one before
//! gave up.

/// Keeps what is freed for what comes next: handing it to the system and taking it back page by page is a fifteenth of the time of tiles
/// of countries.
pub(super) fn keep_freed() {
    // The largest threshold that there is, and room that is never reached.
    set(32 << 20, i32::MAX);
}

/// Hands large blocks back to the system as soon as they are free: less is in memory at a time, as a bound on it asks for.
pub(super) fn return_freed() {
    set(256 << 10, 1 << 20);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set(mapped_from: i32, trimmed_from: i32) {
    #[expect(
        unsafe_code,
        reason = "mallopt changes settings of the allocator under its own lock; a value it does not take changes nothing"
    )]
    // SAFETY: the call takes two numbers and touches no memory of ours.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, mapped_from);
        libc::mallopt(libc::M_TRIM_THRESHOLD, trimmed_from);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set(_mapped_from: i32, _trimmed_from: i32) {}
