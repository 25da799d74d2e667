//! Writing files whole or not at all: into a temporary file beside the target, then renamed over it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("{path} cannot be written", path = path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Writes a file through `fill`; a reader sees the old file or the whole new one, never a part. Missing folders are made.
///
/// # Errors
/// The folder cannot be made, the disk is full, or `fill` fails; the old file is then untouched.
pub fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), FileError> {
    let wrap = |source| FileError { path: path.to_owned(), source };
    let (builder, folder) = beside(path, 0o666).map_err(wrap)?;
    let file = builder.tempfile_in(&folder).map_err(wrap)?;
    let mut out = BufWriter::with_capacity(1 << 16, file.as_file());
    fill(&mut out).and_then(|()| out.flush()).map_err(wrap)?;
    drop(out);
    file.persist(path).map_err(|e| wrap(e.error))?;
    Ok(())
}

/// What makes a temporary file or folder beside a target, and the folder to make it in, which is made where it is missing. Results are
/// ordinary files, subject to the umask: tempfile's own default is private to the user.
pub(super) fn beside(path: &Path, mode: u32) -> io::Result<(tempfile::Builder<'static, 'static>, PathBuf)> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mapdesk-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    Ok((builder, folder.to_owned()))
}

/// Writes bytes as [`write_atomically`] does.
///
/// # Errors
/// As [`write_atomically`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_atomically(path, |out| out.write_all(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("deep/er/x.txt");
        write_bytes(&path, b"old").expect("written");
        let failed = write_atomically(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).expect("readable"), b"old");
        let names: Vec<_> = std::fs::read_dir(path.parent().expect("parent")).expect("listed").collect();
        assert_eq!(names.len(), 1, "no temporary file stays behind");
    }
}
