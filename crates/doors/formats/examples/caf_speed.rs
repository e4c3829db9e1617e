//! How fast the beneficiary feed is read: `cargo run --release -p formats --example caf_speed [HOUSEHOLDS]`.
//!
//! Writes a file of that many households (30,000 by default, 6.5 kB each as in a real month) and compares, in CPU
//! seconds: reading its bytes, `quick-xml` alone, our reader (parse + validate + map).

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use formats::caf::Reader;
use quick_xml::events::Event;

const EXAMPLE: &[u8] = include_bytes!("../tests/data/example.xml");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let households = std::env::args().nth(1).map_or(Ok(30_000), |count| count.parse::<usize>())?;
    let path = std::env::temp_dir().join(format!("caf-speed-{}.xml", std::process::id()));
    let accented_path = path.with_extension("accents.xml");
    generate(&path, households, false)?;
    generate(&accented_path, households, true)?;
    let size = std::fs::metadata(&path)?.len() as f64;
    println!("{households} households, {:.1} MB, {:.0} bytes each", size / 1e6, size / households as f64);

    let bytes = best(|| {
        let mut buffer = vec![0; 256 * 1024];
        let mut file = File::open(&path)?;
        while file.read(&mut buffer)? > 0 {}
        Ok(())
    })?;
    show("reading the bytes", bytes, bytes, size);
    let ours = best(|| read(&path, households))?;
    let memory = peak_memory();
    let accented = best(|| read(&accented_path, households))?;
    let streamed = best(|| {
        let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(256 * 1024, File::open(&path)?));
        let mut buffer = Vec::new();
        while !matches!(reader.read_event_into(&mut buffer)?, Event::Eof) {
            buffer.clear();
        }
        Ok(())
    })?;
    let document = std::fs::read(&path)?;
    let in_memory = best(|| {
        let mut reader = quick_xml::Reader::from_reader(&document[..]);
        while !matches!(reader.read_event()?, Event::Eof) {}
        Ok(())
    })?;
    show("quick-xml alone, streamed", streamed, bytes, size);
    show("quick-xml alone, whole file in memory", in_memory, bytes, size);
    show("our reader", ours, bytes, size);
    show("our reader, accents in every household", accented, bytes, size);
    println!("our reader / quick-xml streamed: {:.2}", ours.as_secs_f64() / streamed.as_secs_f64());
    println!("our reader / quick-xml in memory: {:.2}", ours.as_secs_f64() / in_memory.as_secs_f64());
    if let Some(memory) = memory {
        println!("peak memory after our reader: {memory}");
    }
    std::fs::remove_file(path)?;
    std::fs::remove_file(accented_path)?;
    Ok(())
}

/// Reads a file as an import does, and checks that nothing is lost.
fn read(path: &Path, households: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = Reader::new(File::open(path)?)?;
    let (mut valid, mut hash) = (0, 0u64);
    while let Some(entry) = reader.next_household()? {
        let record = entry?;
        valid += 1;
        hash ^= record.household.content_hash();
    }
    assert_eq!(valid, households, "{hash}");
    Ok(())
}

/// The example again and again, with three months of resources so that a household weighs what it does in a month.
fn generate(path: &Path, households: usize, accents: bool) -> std::io::Result<()> {
    let (example, _, _) = encoding_rs::WINDOWS_1252.decode(EXAMPLE);
    let month = "        <RessourcesMensuelles>\n          <GeneraliteRessourcesMensuelles>\n            \
                 <MOISRESS>2026-07-01</MOISRESS>\n            <NBHEUMENTRA>040</NBHEUMENTRA>\n          \
                 </GeneraliteRessourcesMensuelles>\n          <DetailRessourcesMensuelles>\n            \
                 <NATRESS>001</NATRESS>\n            <MTNATRESSMEN>0000310.00</MTNATRESSMEN>\n          \
                 </DetailRessourcesMensuelles>\n          <DetailRessourcesMensuelles>\n            \
                 <NATRESS>010</NATRESS>\n            <MTNATRESSMEN>0000120.50</MTNATRESSMEN>\n          \
                 </DetailRessourcesMensuelles>\n        </RessourcesMensuelles>\n";
    let quarter = format!(
        "      <Ressources>\n        <GeneraliteRessourcesTrimestre>\n          <TOPRESSNUL>0</TOPRESSNUL>\n          \
         <DDRESS>2026-06-01</DDRESS>\n          <DFRESS>2026-08-31</DFRESS>\n        \
         </GeneraliteRessourcesTrimestre>\n{}      </Ressources>\n",
        month.repeat(3)
    );
    let example = example
        .replace("        </RessourcesMensuelles>\n", &format!("        </RessourcesMensuelles>\n{}", month.repeat(2)));
    // The second household has no resources in the example.
    let (first, second) = example.split_once("</InfosFoyerRSA>").unwrap_or((&example, ""));
    let second = second.replacen(
        "      <MontantCalculDroitRSAPersonne>",
        &format!("{quarter}      <MontantCalculDroitRSAPersonne>"),
        1,
    );
    let mut example = format!("{first}</InfosFoyerRSA>{second}");
    if !accents {
        example = example.replace('É', "E");
    }
    let start = example.find("  <InfosFoyerRSA>").unwrap_or(0);
    let middle = example.find("</InfosFoyerRSA>").map_or(0, |end| end + "</InfosFoyerRSA>\n".len());
    let end = example.find("  <TransmissionFlux>").unwrap_or(example.len());
    let encode = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let parts = [encode(&example[start..middle]), encode(&example[middle..end])];
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&encode(&example[..start]))?;
    for index in 0..households {
        out.write_all(&parts[index % 2])?;
    }
    out.write_all(&example.as_bytes()[end..])?;
    out.flush()
}

/// CPU time of the best of three runs.
fn best(
    mut work: impl FnMut() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<Duration, Box<dyn std::error::Error>> {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let (start, clock) = (cpu_time(), Instant::now());
        work()?;
        let spent = match (start, cpu_time()) {
            (Some(start), Some(end)) => end - start,
            _ => clock.elapsed(),
        };
        best = best.min(spent);
    }
    Ok(best)
}

/// CPU time of this thread, where Linux tells it.
fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|size| size.trim().to_owned())
}

fn show(what: &str, time: Duration, reference: Duration, size: f64) {
    let seconds = time.as_secs_f64();
    println!(
        "{what:<40} {seconds:>7.3} s CPU  {:>6.0} MB/s  {:>5.1} × the bytes",
        size / 1e6 / seconds,
        seconds / reference.as_secs_f64()
    );
}
