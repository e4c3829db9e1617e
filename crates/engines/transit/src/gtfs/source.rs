//! Where the files of a feed come from: a folder or a zip archive, read within limits.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::fault::Refusal;

/// What a feed may take. The defaults let the largest public feeds through (about 1.5 GB for Île-de-France) and stop
/// archives made to fill a machine.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// Bytes of one file, decompressed.
    pub file_bytes: u64,
    /// How many times larger than its compressed form a file may be. Timetables reach about 30.
    pub ratio: u64,
    /// Bytes of one line.
    pub line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 4 << 30, ratio: 200, line_bytes: 1 << 16 }
    }
}

/// Below this size a file harms nobody, however well it was compressed.
const HARMLESS: u64 = 1 << 20;

/// A feed, open.
pub(super) enum Source {
    Folder(PathBuf),
    /// The archive, and the folder inside it that holds the files (empty, or with its slash).
    Zip(Box<ZipArchive<BufReader<File>>>, String),
}

impl Source {
    /// Opens a folder or an archive. An archive may hold its files in one folder.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let unreadable = |problem| Refusal::Unreadable { place: path.display().to_string(), problem };
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let file = File::open(path).map_err(unreadable)?;
        let archive = ZipArchive::new(BufReader::new(file))
            .map_err(|problem| Refusal::NotZip { place: path.display().to_string(), problem: problem.to_string() })?;
        let folder = |name: &str| {
            let before = name.strip_suffix("stops.txt")?;
            (before.is_empty() || before.ends_with('/')).then(|| before.to_owned())
        };
        let inside = archive.file_names().flatten().find_map(|name| folder(&name)).unwrap_or_default();
        Ok(Self::Zip(Box::new(archive), inside))
    }

    /// One file of the feed, or none when it is not there.
    pub fn file(&mut self, name: &'static str, limits: &Limits) -> Result<Option<Guard<Box<dyn Read + '_>>>, Refusal> {
        let (reader, most): (Box<dyn Read>, u64) = match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let file = match File::open(&path) {
                    Ok(file) => file,
                    Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(None),
                    Err(problem) => return Err(Refusal::Unreadable { place: path.display().to_string(), problem }),
                };
                (Box::new(file), limits.file_bytes)
            }
            Self::Zip(archive, inside) => {
                let inner = format!("{inside}{name}");
                let Some(index) = archive.index_for_name(&inner) else { return Ok(None) };
                let entry = archive
                    .by_index(index)
                    .map_err(|problem| Refusal::NotZip { place: inner.clone(), problem: problem.to_string() })?;
                let (packed, announced) = (entry.compressed_size(), entry.size());
                if announced > limits.file_bytes {
                    return Err(Refusal::TooLarge { file: inner, bytes: announced, limit: limits.file_bytes });
                }
                let honest = packed.saturating_mul(limits.ratio).max(HARMLESS);
                if announced > honest {
                    return Err(Refusal::Bomb { file: inner, ratio: limits.ratio });
                }
                // What the archive announces may be a lie: what comes out is counted too.
                (Box::new(entry), honest.min(limits.file_bytes))
            }
        };
        Ok(Some(Guard::new(name, reader, most, limits.line_bytes)))
    }
}

/// Lets a file through while its size and its lines stay within limits.
pub(super) struct Guard<R> {
    file: &'static str,
    inner: R,
    /// Bytes that may still come, and at first.
    left: u64,
    most: u64,
    longest: usize,
    /// Of the record being read: its bytes, and whether a quote is open.
    length: usize,
    quoted: bool,
    line: u64,
}

impl<R> Guard<R> {
    fn new(file: &'static str, inner: R, most: u64, longest: usize) -> Self {
        Self { file, inner, left: most, most, longest, length: 0, quoted: false, line: 1 }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let refuse = |refusal| Err(io::Error::other(refusal));
        let Some(left) = self.left.checked_sub(read as u64) else {
            let (file, limit) = (self.file.to_owned(), self.most);
            return refuse(Refusal::TooLarge { file, bytes: limit + 1, limit });
        };
        self.left = left;
        let mut from = 0;
        for at in memchr::memchr2_iter(b'\n', b'"', &buffer[..read]) {
            if buffer[at] == b'"' {
                self.quoted = !self.quoted;
                continue;
            }
            self.line += 1;
            if !self.quoted {
                self.length = 0;
                from = at + 1;
            }
        }
        self.length += read - from;
        if self.length > self.longest + buffer.len() {
            return refuse(Refusal::LongLine { file: self.file, line: self.line, limit: self.longest });
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(text: &[u8], most: u64, longest: usize) -> io::Result<usize> {
        let mut guard = Guard::new("stops.txt", text, most, longest);
        let mut buffer = [0; 64];
        let mut total = 0;
        loop {
            match guard.read(&mut buffer)? {
                0 => return Ok(total),
                read => total += read,
            }
        }
    }

    #[test]
    fn a_guard_stops_what_is_too_large_or_never_ends() {
        let lines = "a,b\n".repeat(1000);
        assert_eq!(through(lines.as_bytes(), 5000, 100).unwrap(), 4000);
        assert!(through(lines.as_bytes(), 3999, 100).unwrap_err().to_string().contains("limite"));
        let long = "a".repeat(1000);
        assert!(through(long.as_bytes(), 5000, 100).unwrap_err().to_string().contains("ligne 1"));
        let open = format!("x,\"{lines}");
        assert!(through(open.as_bytes(), 5000, 100).unwrap_err().to_string().contains("guillemet"));
    }
}
