//! How the program is linked: relocations in the packed form where the system's C library can read it.
//!
//! A position-independent program is moved at its start, word by word. The list of those words is most of a megabyte in the old form
//! and ten kilobytes in the packed one, and what is not read is not in memory: a map's process needs some 2.5 MiB less.

use std::process::Command;

/// The first glibc that reads packed relocations.
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let env = |name| std::env::var(name).unwrap_or_default();
    let at_home = env("HOST") == env("TARGET");
    if at_home && env("CARGO_CFG_TARGET_ENV") == "gnu" && glibc().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of the C library here, as `getconf` tells it: `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
