//! The story file: the hinge between reading and making, in plain TOML that an editor may correct line by line.
//!
//! [`read`] checks a file and names every mistake by line; [`write`] puts a story into the same form. Neither guesses:
//! guessing is the work of [`draft`].

mod dateline;
mod draft;
mod file;
mod headline;
mod read;
mod slug;
mod write;

pub use draft::draft;
pub use read::read;
pub use slug::slug;
pub use write::write;

#[cfg(test)]
mod tests;
