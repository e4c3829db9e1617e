use std::io::{self, Write};

use super::record::{COLUMNS, Record};

/// Writes a file, in UTF-8.
pub struct Writer<W: Write>(csv::Writer<W>);

impl<W: Write> Writer<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(to: W) -> io::Result<Self> {
        let mut records = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(to);
        records.write_record(COLUMNS).map_err(io::Error::from)?;
        Ok(Self(records))
    }

    /// # Errors
    /// Those of the output.
    pub fn line(&mut self, record: &Record) -> io::Result<()> {
        self.0.write_record(record.cells()).map_err(io::Error::from)
    }

    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}
