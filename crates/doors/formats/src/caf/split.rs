//! Cuts the file into its parts without loading it: bytes in, one element of the second level at a time, with its
//! line and its place in the file.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::memmem;

use super::refusal::{Reason, Refusal};
use super::value::is_blank;

const READ_SIZE: usize = 256 * 1024;
/// Far above any household: 6.5 kB on average.
const MAX_PART: usize = 16 * 1024 * 1024;
/// Bytes without a character in windows-1252.
const UNDEFINED: [char; 5] = ['\u{81}', '\u{8D}', '\u{8F}', '\u{90}', '\u{9D}'];

/// The bytes not consumed yet, and where they are in the file.
#[derive(Debug)]
pub(super) struct Splitter<R> {
    input: R,
    buffer: Vec<u8>,
    /// First byte of `buffer` not consumed.
    start: usize,
    at_end: bool,
    /// Of `start`, from 1.
    pub(super) line: u64,
    /// Of `start`, in the file.
    pub(super) offset: u64,
    pub(super) text: Decoder,
}

/// Bytes to text.
#[derive(Debug)]
pub(super) struct Decoder {
    encoding: &'static Encoding,
    decoded: String,
    /// Bytes that had no character.
    pub(super) replaced: u64,
}

impl Decoder {
    pub(super) fn set(&mut self, label: &str) -> Result<(), Refusal> {
        match Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding == WINDOWS_1252 || encoding == UTF_8 => {
                self.encoding = encoding;
                Ok(())
            }
            _ => Err(Refusal::at(1, Reason::Encoding(label.to_owned()))),
        }
    }

    /// The text of some bytes; a byte without a character becomes U+FFFD and is counted.
    pub(super) fn decode<'a>(&'a mut self, bytes: &'a [u8]) -> &'a str {
        if bytes.is_ascii()
            && let Ok(text) = str::from_utf8(bytes)
        {
            return text;
        }
        let (text, _) = self.encoding.decode_without_bom_handling(bytes);
        // The decoder gives control characters for the undefined bytes, as browsers do.
        let undefined = self.encoding == WINDOWS_1252 && text.contains(UNDEFINED);
        self.decoded = if undefined { text.replace(UNDEFINED, "\u{FFFD}") } else { text.into_owned() };
        self.replaced += self.decoded.matches('\u{FFFD}').count() as u64;
        &self.decoded
    }
}

impl<R: Read> Splitter<R> {
    pub(super) fn new(input: R) -> Self {
        let text = Decoder { encoding: UTF_8, decoded: String::new(), replaced: 0 };
        Self { input, buffer: Vec::new(), start: 0, at_end: false, line: 1, offset: 0, text }
    }

    /// What is read and not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The first `length` bytes not consumed, and what turns them into text.
    pub(super) fn head(&mut self, length: usize) -> (&[u8], &mut Decoder) {
        (&self.buffer[self.start..self.start + length], &mut self.text)
    }

    /// Reads some more. `false` at the end of the file.
    fn read_more(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + READ_SIZE, 0);
        let read = loop {
            match self.input.read(&mut self.buffer[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(length + *read.as_ref().unwrap_or(&0));
        let read = read?;
        self.at_end = read == 0;
        Ok(read > 0)
    }

    /// Makes sure of `count` bytes ahead, if the file has them.
    pub(super) fn look_ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.rest().len() < count && self.read_more()? {}
        Ok(self.rest())
    }

    /// Consumes `count` bytes.
    pub(super) fn advance(&mut self, count: usize) {
        let passed = &self.buffer[self.start..self.start + count];
        self.line += count_lines(passed);
        self.offset += count as u64;
        self.start += count;
    }

    /// The end of the first `needle` from byte `from` of the rest; `None` if the file has no other.
    pub(super) fn find(&mut self, needle: &[u8], from: usize) -> Result<Option<usize>, Refusal> {
        let mut searched = from;
        loop {
            let rest = self.rest();
            if let Some(found) = rest.get(searched..).and_then(|ahead| memmem::find(ahead, needle)) {
                return Ok(Some(searched + found + needle.len()));
            }
            searched = searched.max(rest.len().saturating_sub(needle.len() - 1));
            if rest.len() > MAX_PART {
                return Err(Refusal::at(self.line, Reason::TooLarge(MAX_PART / (1024 * 1024))));
            }
            if !self.read_more()? {
                return Ok(None);
            }
        }
    }

    /// Passes blanks, comments and processing instructions. `false` at the end of the file.
    pub(super) fn skip_between(&mut self) -> Result<bool, Refusal> {
        loop {
            let blanks = self.rest().iter().take_while(|byte| is_blank(**byte)).count();
            self.advance(blanks);
            let rest = self.look_ahead(4)?;
            if rest.is_empty() {
                return Ok(false);
            }
            if is_blank(rest[0]) {
                continue;
            }
            let end: &[u8] = if rest.starts_with(b"<!--") {
                b"-->"
            } else if rest.starts_with(b"<?") {
                b"?>"
            } else if rest.starts_with(b"<!") {
                return Err(Refusal::at(self.line, Reason::Doctype));
            } else if rest.starts_with(b"<") {
                return Ok(true);
            } else {
                return Err(Refusal::at(self.line, Reason::UnexpectedContent("entre deux foyers : texte à retirer")));
            };
            match self.find(end, 2)? {
                Some(end) => self.advance(end),
                None => return Ok(false),
            }
        }
    }

    /// The name of the tag ahead, with its `/` when it closes.
    pub(super) fn tag_name(&mut self) -> Result<String, Refusal> {
        // No element of the format has a longer name.
        let rest = self.look_ahead(64)?;
        let name = rest.iter().skip(1).take(63);
        let name: Vec<u8> = name
            .enumerate()
            .take_while(|(index, byte)| !is_blank(**byte) && **byte != b'>' && (**byte != b'/' || *index == 0))
            .map(|(_, byte)| *byte)
            .collect();
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    /// Whether the tag ahead opens `name`.
    pub(super) fn opens(&mut self, name: &str) -> io::Result<bool> {
        let rest = self.look_ahead(name.len() + 2)?;
        let after = rest.strip_prefix(b"<").and_then(|rest| rest.strip_prefix(name.as_bytes()));
        Ok(matches!(after, Some([b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r', ..])))
    }

    /// The length of the element ahead, up to a closing tag found after byte `from`.
    /// `None`: the file ends before.
    pub(super) fn element_length(&mut self, name: &str, from: usize) -> Result<Option<usize>, Refusal> {
        if from == 0 {
            // An element without content has no closing tag.
            match self.find(b">", 0)? {
                None => return Ok(None),
                Some(end) if self.rest()[end - 2] == b'/' => return Ok(Some(end)),
                Some(_) => {}
            }
        }
        let mut from = from;
        loop {
            let Some(end) = self.find(format!("</{name}").as_bytes(), from)? else {
                return Ok(None);
            };
            let Some(close) = self.find(b">", end)? else {
                return Ok(None);
            };
            if self.rest()[end..close - 1].iter().all(|byte| is_blank(*byte)) {
                return Ok(Some(close));
            }
            from = end;
        }
    }
}

impl<R: Read + Seek> Splitter<R> {
    /// Goes on from another place of the file.
    pub(super) fn jump(&mut self, offset: u64, line: u64) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(offset))?;
        self.buffer.clear();
        self.start = 0;
        self.at_end = false;
        self.offset = offset;
        self.line = line;
        Ok(())
    }
}

/// Line ends in some bytes.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
