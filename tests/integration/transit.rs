//! `jonction transit` as scripts use it.

use std::fs;
use std::path::Path;

use crate::commands::{expect, run};

/// A feed of three stops as files in a folder.
fn feed(folder: &Path) -> String {
    let feed = folder.join("flux");
    fs::create_dir_all(&feed).unwrap();
    for (name, text) in [
        (
            "stops.txt",
            "stop_id,stop_name,stop_lat,stop_lon\nA,Hoche,48.8912,2.4024\nB,Bobigny,48.9063,2.4501\nC,Gagny,48.8837,2.5254\n",
        ),
        ("routes.txt", "route_id,route_short_name,route_type\nR,5,1\n"),
        ("trips.txt", "route_id,service_id,trip_id\nR,s,t1\nR,s,t2\n"),
        ("calendar_dates.txt", "service_id,date,exception_type\ns,20261124,1\n"),
        (
            "stop_times.txt",
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n\
             t1,08:10:00,08:10:00,A,1\nt1,08:20:00,08:20:00,B,2\nt2,08:40:00,08:40:00,A,1\nt2,08:50:00,08:50:00,B,2\n",
        ),
    ] {
        fs::write(feed.join(name), text).unwrap();
    }
    feed.display().to_string()
}

#[test]
fn a_query_writes_an_arrival_for_every_stop() {
    let folder = tempfile::tempdir().unwrap();
    let (feed, out) = (feed(folder.path()), folder.path().join("arrivees.csv"));
    let query = |more: &[&str]| {
        let head = ["transit", "query", &feed, "--depart", "08:00", "--out", "arrivees.csv"];
        run(folder.path(), &[&head, more].concat())
    };
    expect(0, query(&["--date", "2026-11-24", "--from", "A"]), &["2 arrêts atteints"]);
    assert_eq!(fs::read_to_string(&out).unwrap(), "stop_id,arrival\nA,28800\nB,30000\nC,\n");
    // A point beside Hoche: a minute of walk and one to get in.
    expect(0, query(&["--date", "2026-11-24", "--latitude", "48.8913", "--longitude", "2.4024"]), &["2 arrêts"]);
    assert_eq!(fs::read_to_string(&out).unwrap(), "stop_id,arrival\nA,28920\nB,30000\nC,\n");
    let scenario = "name = \"essai\"\n[[station]]\nid = \"b\"\nname = \"B\"\nstop = \"B\"\n[[station]]\nid = \"c\"\n\
        name = \"C\"\nstop = \"C\"\n[[line]]\nid = \"n\"\nname = \"N\"\nkind = 1\nsource = \"essai\"\n\
        stations = [\"b\", \"c\"]\nrun_seconds = [600]\nstop_seconds = 0\n[[line.headway]]\nfrom = \"08:00\"\n\
        until = \"09:00\"\nseconds = 300\n";
    fs::write(folder.path().join("essai.toml"), scenario).unwrap();
    expect(0, query(&["--date", "2026-11-24", "--from", "A", "--scenario", "essai.toml"]), &["3 arrêts"]);
    // Two minutes to change, then the vehicle of 08:25.
    assert!(fs::read_to_string(&out).unwrap().ends_with("C,30900\n"));
    let before = fs::read(&out).unwrap();
    expect(1, query(&["--date", "2026-11-23", "--from", "A"]), &["aucune course", "24 novembre 2026"]);
    expect(1, query(&["--date", "2026-11-24", "--from", "Z"]), &["« Z »", "stops.txt"]);
    expect(2, query(&["--date", "2026-11-24", "--latitude", "91", "--longitude", "0"]), &["pas sur Terre"]);
    expect(5, query(&["--date", "2026-11-24", "--from", "A", "--scenario", "absent.toml"]), &["absent.toml"]);
    assert_eq!(fs::read(&out).unwrap(), before);
}

#[test]
fn a_matrix_tells_what_travel_times_are_like_over_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let feed = feed(folder.path());
    fs::write(folder.path().join("de.csv"), "id,stop_id,latitude,longitude\nhoche,A,,\npoint,,48.8913,2.4024\n")
        .unwrap();
    fs::write(folder.path().join("a.csv"), "id,stop_id\nbobigny,B\ngagny,C\n").unwrap();
    let matrix = |window: &str, targets: &str| {
        let head = ["transit", "matrix", &feed, "--origins", "de.csv", "--targets", targets];
        let tail = ["--date", "2026-11-24", "--window", window, "--out", "matrice.csv"];
        run(folder.path(), &[head.as_slice(), tail.as_slice()].concat())
    };
    expect(0, matrix("08:01-08:41", "a.csv"), &["2 lieux vers 2 lieux", "40 départs"]);
    let written = fs::read_to_string(folder.path().join("matrice.csv")).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "origin,target,p25,median,p75,share_45,share_60");
    // From 08:01 to 08:10, 19 to 10 minutes; from 08:11 to 08:40, 39 to 10.
    assert_eq!(lines[1], "hoche,bobigny,840,1140,1740,1.0000,1.0000");
    assert_eq!(lines[2], "hoche,gagny,,,,0.0000,0.0000");
    assert!(lines[3].starts_with("point,bobigny,"));
    expect(5, matrix("08:00-09:00", "absent.csv"), &["absent.csv"]);
    fs::write(folder.path().join("b.csv"), "id,stop_id\nbobigny,Z\n").unwrap();
    expect(1, matrix("08:00-09:00", "b.csv"), &["b.csv, ligne 2"]);
    expect(2, matrix("09:00-08:00", "a.csv"), &["dans l’ordre"]);
}

#[test]
fn a_feed_is_checked_then_put_in_service_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let feed = feed(folder.path());
    expect(0, run(folder.path(), &["transit", "check", &feed]), &["3 arrêts", "2 courses", "peut être mis en service"]);
    let times = Path::new(&feed).join("stop_times.txt");
    let good = fs::read_to_string(&times).unwrap();
    fs::write(&times, good.replace("08:50:00,08:50:00", "08:30:00,08:30:00")).unwrap();
    expect(1, run(folder.path(), &["transit", "check", &feed]), &["stop_times.txt, ligne 5", "avant le départ"]);
    let data = folder.path().join("donnees").display().to_string();
    let import = |file: &str| run(folder.path(), &["transit", "import", file, "--data-folder", &data]);
    expect(1, import(&feed), &["archive zip"]);
    fs::write(folder.path().join("faux.zip"), "rien").unwrap();
    expect(1, import("faux.zip"), &["n’est pas une archive"]);
    expect(5, import("absent.zip"), &["absent.zip"]);
    assert!(!Path::new(&data).join("mobilite/reseau.zip").exists());
}
