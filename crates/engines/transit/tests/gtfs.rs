//! Feeds as files: what is read of them, and what is said of those that are wrong.

use std::fs;
use std::io::Write;
use std::path::Path;

use jiff::civil::date;
use transit::gtfs::{Gravity, Limits, Reading, Refusal, read};
use transit::raptor::search;
use transit::{NEVER, Options, Place, Timetable, Walking};

/// A small feed that is right: a station, a frequency, a night trip, a call without times.
const FILES: [(&str, &str); 8] = [
    (
        "agency.txt",
        "agency_id,agency_name,agency_url,agency_timezone\n1,Transports fictifs,http://exemple.fr,Europe/Paris\n",
    ),
    (
        "stops.txt",
        "\u{feff}stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n\
         A,\"Gare, quai A\",48.90,2.30,0,G\nB,Gare quai B,48.90,2.30,,G\nC,Mairie,48.91,2.31,,\nD,Lycée,48.92,2.32,,\nG,Gare,48.90,2.30,1,\n",
    ),
    ("routes.txt", "route_id,route_short_name,route_long_name,route_type\nR1,1,,1\nR2,,Navette,3\n"),
    (
        "calendar.txt",
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n\
         week,1,1,1,1,1,0,0,20261101,20261130\n",
    ),
    ("calendar_dates.txt", "service_id,date,exception_type\nweek,20261111,2\nfete,20261111,1\n"),
    ("trips.txt", "route_id,service_id,trip_id\nR1,week,t1\nR2,week,t2\nR1,week,t3\nR1,fete,t4\n"),
    (
        "stop_times.txt",
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n\
         t1,08:00:00,08:00:00,A,1,0,0\nt1,,,C,2,0,0\nt1,08:20:00,08:20:00,D,3,0,0\n\
         t2,10:00:00,10:00:00,B,1,,\nt2,10:05:00,10:05:00,C,2,,\n\
         t3,24:10:00,24:10:00,D,7,0,0\nt3,24:30:00,24:30:00,A,9,0,0\n\
         t4,09:00:00,09:00:00,A,1,0,0\nt4,09:10:00,09:10:00,D,2,0,0\n",
    ),
    ("frequencies.txt", "trip_id,start_time,end_time,headway_secs\nt2,09:00:00,09:30:00,600\n"),
];

fn folder(changes: &[(&str, Option<&str>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text).unwrap();
    }
    for (name, text) in changes {
        match text {
            Some(text) => fs::write(folder.path().join(name), text).unwrap(),
            None => fs::remove_file(folder.path().join(name)).unwrap(),
        }
    }
    folder
}

fn good(path: &Path) -> Reading {
    read(path, &Limits::default()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn zipped(path: &Path, inside: &str, files: &[(&str, &[u8])]) {
    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, text) in files {
        archive.start_file(format!("{inside}{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn a_folder_an_archive_and_an_archive_of_a_folder_read_the_same() {
    let folder = folder(&[]);
    let plain = good(folder.path());
    assert_eq!(plain.report.faults(), []);
    assert_eq!(plain.feed.publisher.as_deref(), Some("Transports fictifs"));
    assert_eq!(plain.feed.stops[0].name, "Gare, quai A");
    assert_eq!(plain.feed.days(), Some((date(2026, 11, 1), date(2026, 11, 30))));
    let files = FILES.map(|(name, text)| (name, text.as_bytes()));
    for inside in ["", "export/"] {
        let path = folder.path().join("feed.zip");
        zipped(&path, inside, &files);
        assert_eq!(good(&path).feed, plain.feed, "in «{inside}»");
    }
}

#[test]
fn days_nights_frequencies_and_stations_are_those_of_the_files() {
    let feed = good(folder(&[]).path()).feed;
    let walking = Walking::default();
    let at = |day, from: &str, time| {
        let timetable = Timetable::build(&feed, date(2026, 11, day), &Options::default());
        let from = Place::Stop(timetable.stop(from).unwrap());
        search(&timetable, from, time, NEVER, &walking).arrivals()
    };
    let hour = |hours: i32, minutes: i32| hours * 3600 + minutes * 60;
    // A working day: the call without times lies half way, the other platform is a change away.
    assert_eq!(at(24, "A", hour(8, 0)), [hour(8, 0), hour(8, 2), hour(8, 10), hour(8, 20), hour(8, 0)]);
    // The bus runs every ten minutes from nine, and no more at half past.
    assert_eq!(at(24, "B", hour(9, 11))[2], hour(9, 25));
    assert_eq!(at(24, "B", hour(9, 21))[2], NEVER);
    // What left after midnight of the eve is there before half past midnight; on the eve itself it is told after 24:00.
    assert_eq!(at(24, "D", 0)[0], hour(0, 30));
    assert_eq!(at(24, "D", hour(23, 0))[4], hour(24, 30));
    // The night of Monday has no Sunday before it; a holiday has its own service, and the night of its eve.
    assert_eq!(at(23, "D", 0)[0], hour(24, 30));
    assert_eq!(at(11, "A", hour(8, 0))[3], hour(9, 10));
    assert_eq!(at(11, "D", 0)[0], hour(0, 30));
    // From the station, by any of its platforms.
    assert_eq!(at(24, "G", hour(9, 0))[2], hour(9, 5));
}

#[test]
fn a_malformed_line_is_told_and_the_rest_is_read() {
    let times = FILES[6].1;
    let cases: [(&str, String, u64, &str); 14] = [
        ("stop_times.txt", times.replace("t2,10:05:00,10:05:00", "t2,09:55:00,09:55:00"), 6, "avant le départ"),
        ("stop_times.txt", times.replace("08:20:00,08:20:00,D", "08:20:00,08:19:00,D"), 4, "avant l’arrivée"),
        ("stop_times.txt", times.replace("t1,08:00:00,08:00:00,A", "t1,8h00,08:00:00,A"), 2, "HH:MM:SS"),
        ("stop_times.txt", times.replace("08:00:00,A,1", "08:00:00,Z,1"), 2, "ne figure pas dans stops.txt"),
        ("stop_times.txt", times.replace("08:00:00,A,1", "08:00:00,G,1"), 2, "est une station"),
        ("stop_times.txt", times.replace("t1,,,C,2", "t1,,,C,1"), 3, "deux fois"),
        ("stop_times.txt", times.replace("t1,08:20:00,08:20:00,D,3", "t1,,,D,3"), 4, "doivent avoir une heure"),
        ("stop_times.txt", times.replace("t4,09:10:00,09:10:00,D,2,0,0", "t4,09:10:00,09:10:00,D,2"), 10, "5 cellules"),
        ("stop_times.txt", format!("{times}t9,09:00:00,09:00:00,A,1,0,0\n"), 11, "ne figure pas dans trips.txt"),
        ("stops.txt", FILES[1].1.replace("48.91,2.31", "148.91,2.31"), 4, "hors de la Terre"),
        ("stops.txt", FILES[1].1.replace("C,Mairie", "A,Mairie"), 4, "déjà défini"),
        ("trips.txt", FILES[5].1.replace("R2,week,t2", "R2,weak,t2"), 3, "ne figure pas dans calendar.txt"),
        ("calendar.txt", FILES[3].1.replace("20261130", "20261131"), 2, "AAAAMMJJ"),
        ("frequencies.txt", FILES[7].1.replace("600", "0"), 2, "une seconde au moins"),
    ];
    for (name, text, line, expected) in cases {
        let reading = read(folder(&[(name, Some(&text))]).path(), &Limits::default());
        let reading = reading.unwrap_or_else(|refusal| panic!("{name}, {expected}: {refusal}"));
        assert!(!reading.report.is_sound());
        let first = reading.report.faults().iter().find(|fault| fault.gravity == Gravity::Error).unwrap();
        assert_eq!((first.file, first.line), (name, Some(line)), "{first}");
        assert!(first.message.contains(expected), "{first}");
        assert!(!reading.feed.trips.is_empty());
    }
}

#[test]
fn a_feed_that_cannot_be_used_is_refused_with_its_reason() {
    let refused = |changes: &[(&str, Option<&str>)]| read(folder(changes).path(), &Limits::default()).unwrap_err();
    assert!(matches!(refused(&[("trips.txt", None)]), Refusal::Missing("trips.txt")));
    assert!(matches!(
        refused(&[("calendar.txt", None), ("calendar_dates.txt", None)]),
        Refusal::Missing("calendar.txt")
    ));
    let heads = FILES[3].1.lines().next().unwrap();
    assert!(matches!(
        refused(&[("calendar.txt", Some(heads)), ("calendar_dates.txt", None)]),
        Refusal::Empty("calendar.txt")
    ));
    let never = FILES[3].1.replace("1,1,1,1,1", "0,0,0,0,0");
    assert!(matches!(
        refused(&[("calendar.txt", Some(&never)), ("calendar_dates.txt", None)]),
        Refusal::Empty("calendar.txt")
    ));
    assert!(matches!(
        refused(&[("stops.txt", Some("id,name\nA,B\n"))]),
        Refusal::Column { file: "stops.txt", column: "stop_id" }
    ));
    let open = format!("{}A,\"{}", FILES[1].1, "x\n".repeat(100_000));
    assert!(matches!(refused(&[("stops.txt", Some(&open))]), Refusal::LongLine { file: "stops.txt", .. }));
    let nothing = tempfile::tempdir().unwrap();
    let path = nothing.path().join("feed.zip");
    assert!(matches!(read(&path, &Limits::default()), Err(Refusal::Unreadable { .. })));
    fs::write(&path, "not an archive").unwrap();
    assert!(matches!(read(&path, &Limits::default()), Err(Refusal::NotZip { .. })));
}

#[test]
fn an_archive_that_swells_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.zip");
    let mut files = FILES.map(|(name, text)| (name, text.as_bytes().to_vec()));
    files[6].1.extend(vec![b'\n'; 64 << 20]);
    let refs: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_slice())).collect();
    zipped(&path, "", &refs);
    assert!(fs::metadata(&path).unwrap().len() < 1 << 20);
    assert!(matches!(read(&path, &Limits::default()), Err(Refusal::Bomb { ratio: 200, .. })));
    let tight = Limits { file_bytes: 1 << 20, ratio: 10_000, ..Limits::default() };
    assert!(matches!(read(&path, &tight), Err(Refusal::TooLarge { limit: 1_048_576, .. })));
}
