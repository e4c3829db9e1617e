//! The beneficiary feed. Limits taken in the same run: reading the bytes, `quick-xml` alone, and a bare
//! bulk insert of the very rows that the import produced.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::pin::pin;
use std::time::Instant as Monotonic;

use bytes::Bytes;
use exchange::caf::{Import, import};
use futures_util::{SinkExt, TryStreamExt};
use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;
use rusqlite::Connection;
use rusqlite::types::Value;
use tokio_postgres::NoTls;

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
    let ours = store(&format!("sqlite:{}", database.display()), &file).await?;
    let (rows, bare) = bare_insert(&database, &folder.path().join("bare.sqlite"))?;
    println!("\nA month of {} households, {rows} rows, SQLite", arguments.store);
    let mut table = Table::new(["work", "wall s", "CPU s", "wall ratio", "CPU ratio"]);
    for (work, spent) in [("bare insert of the same rows (limit)", &bare), ("check + parse + store", &ours)] {
        table.row([
            work.to_owned(),
            format!("{:.1}", spent.wall),
            format!("{:.1}", spent.cpu),
            format!("{:.2}", spent.wall / bare.wall),
            format!("{:.2}", spent.cpu / bare.cpu),
        ]);
    }
    table.print();
    if let Some(url) = &arguments.postgres {
        let ours = store(url, &file).await?;
        let bare = bare_copy(url).await?;
        println!("\nThe same on PostgreSQL (its own CPU is not counted)");
        let mut table = Table::new(["work", "wall s", "wall ratio"]);
        for (work, seconds) in [("bare COPY of the same rows (limit)", bare), ("check + parse + store", ours.wall)] {
            table.row([work.to_owned(), format!("{seconds:.1}"), format!("{:.2}", seconds / bare)]);
        }
        table.print();
    }
    Ok(())
}

/// What a piece of work took, in seconds.
struct Spent {
    wall: f64,
    cpu: f64,
}

/// Where two clocks stood when a piece of work began.
struct Begun(Monotonic, f64);

impl Begun {
    fn now() -> Self {
        Self(Monotonic::now(), cpu_seconds())
    }

    fn spent(&self) -> Spent {
        Spent { wall: self.0.elapsed().as_secs_f64(), cpu: cpu_seconds() - self.1 }
    }
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

/// A whole import.
async fn store(url: &str, file: &Path) -> anyhow::Result<Spent> {
    let (platform, actor) = platform(url).await?;
    let request =
        Import { path: file.to_owned(), file_name: "bench".to_owned(), dry_run: false, accept_count_mismatch: false };
    let begun = Begun::now();
    import(&platform, &actor, &request, |_| {}).await?;
    let spent = begun.spent();
    platform.stop().await;
    Ok(spent)
}

/// Inserts every row of `source` into a new database of the same schema, by the bare driver: a prepared
/// statement a table, all values already in memory, a commit every 20,000 rows. Gives how many rows.
fn bare_insert(source: &Path, target: &Path) -> anyhow::Result<(usize, Spent)> {
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
    let begun = Begun::now();
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
    Ok((count, begun.spent()))
}

/// Copies every row of the database into tables of the same indexes and references beside them, by binary `COPY` in
/// one transaction, all rows already in memory. Gives seconds on the wall.
async fn bare_copy(url: &str) -> anyhow::Result<f64> {
    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute("CREATE SCHEMA bare").await?;
    // Parents come before what refers to them: in the order of the migrations, which is that of their numbers.
    let names = client
        .query("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY oid", &[])
        .await?;
    let mut tables: Vec<(String, Vec<Bytes>)> = Vec::new();
    for row in names {
        let name: String = row.get(0);
        client.batch_execute(&format!("CREATE TABLE bare.{name} (LIKE public.{name} INCLUDING ALL)")).await?;
        let rows = client.copy_out(&format!("COPY public.{name} TO STDOUT (FORMAT binary)")).await?;
        tables.push((name, rows.try_collect().await?));
    }
    let references = client
        .query(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
            &[],
        )
        .await?;
    client.batch_execute("SET search_path = bare").await?;
    for row in references {
        let (table, definition): (String, String) = (row.get(0), row.get(1));
        client.batch_execute(&format!("ALTER TABLE {table} ADD {definition}")).await?;
    }
    let start = Monotonic::now();
    let transaction = client.transaction().await?;
    for (name, rows) in tables {
        let mut sink = pin!(transaction.copy_in(&format!("COPY {name} FROM STDIN (FORMAT binary)")).await?);
        for piece in rows {
            sink.feed(piece).await?;
        }
        sink.finish().await?;
    }
    transaction.commit().await?;
    let seconds = start.elapsed().as_secs_f64();
    client.batch_execute("DROP SCHEMA bare CASCADE").await?;
    Ok(seconds)
}
