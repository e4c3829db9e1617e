//! `calendar.txt` and `calendar_dates.txt`.

use super::table::Columns;
use super::{Files, Ranks, Refusal, rank};
use crate::feed::{Feed, Service};

const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads the days of the services. One of the two files is enough.
pub(super) fn services(files: &mut Files, feed: &mut Feed) -> Result<Ranks, Refusal> {
    let mut ranks = Ranks::new();
    let mut services: Vec<Service> = Vec::new();
    let required: Vec<&'static str> = WEEK.into_iter().chain(["service_id", "start_date", "end_date"]).collect();
    let weekly = files.read("calendar.txt", &Columns { required: &required, optional: &[] }, |row, _| {
        let mut days = [false; 7];
        for (column, day) in days.iter_mut().enumerate() {
            *day = row.choice(column, WEEK[column], &[0, 1])? == 1;
        }
        let (first, last) = (row.day(8, "start_date")?, row.day(9, "end_date")?);
        if last < first {
            return Err(format!("end_date {last} est avant start_date {first}"));
        }
        rank(&mut ranks, row.bytes(7), "service_id")?;
        services.push(Service { week: Some((days, first, last)), exceptions: Vec::new() });
        Ok(())
    })?;
    let columns = Columns { required: &["service_id", "date", "exception_type"], optional: &[] };
    let daily = files.read("calendar_dates.txt", &columns, |row, _| {
        let day = row.day(1, "date")?;
        let added = match row.bytes(2) {
            b"1" => true,
            b"2" => false,
            _ => {
                return Err(format!(
                    "exception_type «\u{a0}{}\u{a0}» inconnu\u{202f}; attendu\u{a0}: 1, 2",
                    row.text(2)
                ));
            }
        };
        let service = match ranks.get(row.bytes(0)) {
            Some(service) => *service,
            None => {
                services.push(Service::default());
                rank(&mut ranks, row.bytes(0), "service_id").inspect_err(|_| {
                    services.pop();
                })?
            }
        };
        services[service as usize].exceptions.push((day, added));
        Ok(())
    })?;
    if !weekly && !daily {
        return Err(Refusal::Missing("calendar.txt"));
    }
    if services.is_empty() {
        return Err(Refusal::Empty(if weekly { "calendar.txt" } else { "calendar_dates.txt" }));
    }
    feed.services = services;
    Ok(ranks)
}
