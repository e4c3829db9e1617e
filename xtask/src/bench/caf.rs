//! The beneficiary feed. Limits taken in the same run: reading the bytes, `quick-xml` alone, and a bare
//! bulk insert of the very rows that the import produced.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Instant as Monotonic;

use exchange::caf::{Import, import};
use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::table::Table;
use super::{cpu_seconds, month, platform};

#[derive(clap::Args)]
pub struct Arguments {
    /// Households of the parsing part (194 MB for the default).
    #[arg(long, default_value_t = 30_000)]
    parse: u64,
    /// Households of the storing part: a whole month of the département.
    #[arg(long, default_value_t = 85_000)]
    store: u64,
    /// Also store in this PostgreSQL database, which must be empty.
    #[arg(long)]
    postgres: Option<String>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    parse(&month(arguments.parse)?, arguments.parse)?;
    let file = month(arguments.store)?;
    let folder = tempfile::tempdir_in("target/bench")?;
    let database = folder.path().join("imported.sqlite");
    let (wall, cpu) = store(&format!("sqlite:{}", database.display()), &file).await?;
    let (rows, bare_wall, bare_cpu) = bare_insert(&database, &folder.path().join("bare.sqlite"))?;
    println!("\nA month of {} households, {rows} rows, SQLite", arguments.store);
    let mut table = Table::new(["work", "wall s", "CPU s", "wall ratio"]);
    table.row([
        "bare insert of the same rows (limit)".to_owned(),
        format!("{bare_wall:.1}"),
        format!("{bare_cpu:.1}"),
        "1.00".to_owned(),
    ]);
    table.row([
        "check + parse + store".to_owned(),
        format!("{wall:.1}"),
        format!("{cpu:.1}"),
        format!("{:.2}", wall / bare_wall),
    ]);
    table.print();
    if let Some(url) = &arguments.postgres {
        let (wall, cpu) = store(url, &file).await?;
        println!("\nThe same on PostgreSQL: {wall:.1} s, of which {cpu:.1} s CPU in this process");
    }
    Ok(())
}

/// Runs the work three times and keeps the least CPU: the closest to an idle machine.
fn best(mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let before = cpu_seconds();
        work()?;
        least = least.min(cpu_seconds() - before);
    }
    Ok(least)
}

fn parse(path: &Path, households: u64) -> anyhow::Result<()> {
    let bytes = best(|| {
        let mut buffer = vec![0; 1 << 16];
        let mut file = File::open(path)?;
        while file.read(&mut buffer)? > 0 {}
        Ok(())
    })?;
    let xml = best(|| {
        let mut reader = XmlReader::from_reader(BufReader::with_capacity(1 << 16, Ascii(File::open(path)?)));
        let mut buffer = Vec::new();
        while !matches!(reader.read_event_into(&mut buffer)?, Event::Eof) {
            buffer.clear();
        }
        Ok(())
    })?;
    let ours = best(|| {
        let mut reader = formats::caf::Reader::new(File::open(path)?)?;
        let mut hashes = 0_u64;
        while let Some(entry) = reader.next_household()? {
            hashes ^= entry.map_or(0, |record| record.household.content_hash());
        }
        std::hint::black_box(hashes);
        Ok(())
    })?;
    let megabytes = std::fs::metadata(path)?.len() as f64 / 1e6;
    println!("{households} households, {megabytes:.0} MB, CPU of one thread, best of three");
    let mut table = Table::new(["work", "CPU s", "to quick-xml"]);
    for (work, seconds) in [("reading the bytes", bytes), ("quick-xml alone", xml), ("parse + validate + map", ours)] {
        table.row([work.to_owned(), format!("{seconds:.2}"), format!("{:.2}", seconds / xml)]);
    }
    table.print();
    Ok(())
}

/// A file whose accents are blanked: `quick-xml` alone reads UTF-8, the feed is in windows-1252.
struct Ascii(File);

impl Read for Ascii {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        buffer[..count].iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
        Ok(count)
    }
}

/// Wall and CPU seconds of a whole import.
async fn store(url: &str, file: &Path) -> anyhow::Result<(f64, f64)> {
    let (platform, actor) = platform(url).await?;
    let request =
        Import { path: file.to_owned(), file_name: "bench".to_owned(), dry_run: false, accept_count_mismatch: false };
    let (start, before) = (Monotonic::now(), cpu_seconds());
    import(&platform, &actor, &request, |_| {}).await?;
    let measured = (start.elapsed().as_secs_f64(), cpu_seconds() - before);
    platform.stop().await;
    Ok(measured)
}

/// Inserts every row of `source` into a new database of the same schema, by the bare driver: a prepared
/// statement a table, all values already in memory, a commit every 20,000 rows. Gives rows, wall, CPU.
fn bare_insert(source: &Path, target: &Path) -> anyhow::Result<(usize, f64, f64)> {
    let source = Connection::open(source)?;
    let target = Connection::open(target)?;
    target.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824;")?;
    let mut schema = source.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, rowid")?;
    let statements: Vec<String> = schema.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for statement in statements.iter().filter(|statement| !statement.contains("sqlite_")) {
        target.execute_batch(statement)?;
    }
    let mut names =
        source.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut tables: Vec<(String, Vec<Vec<Value>>)> = Vec::new();
    for name in names {
        let mut select = source.prepare(&format!("SELECT * FROM {name}"))?;
        let columns = select.column_count();
        let rows: Vec<Vec<Value>> = select
            .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?
            .collect::<Result<_, _>>()?;
        tables.push((name, rows));
    }
    let count = tables.iter().map(|(_, rows)| rows.len()).sum();
    let (start, before) = (Monotonic::now(), cpu_seconds());
    for (name, rows) in &tables {
        let Some(width) = rows.first().map(Vec::len) else { continue };
        let marks = vec!["?"; width].join(", ");
        for chunk in rows.chunks(20_000) {
            target.execute_batch("BEGIN IMMEDIATE")?;
            let mut insert = target.prepare_cached(&format!("INSERT INTO {name} VALUES ({marks})"))?;
            for row in chunk {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
            drop(insert);
            target.execute_batch("COMMIT")?;
        }
    }
    Ok((count, start.elapsed().as_secs_f64(), cpu_seconds() - before))
}
