//! The integration tests, in one binary: a new topic is a new module here, never a new binary (each would be linked
//! against the whole application again).

mod commands;
mod dependencies;
mod documents;
mod facts;
mod feed;
mod follow_pages;
mod host_pages;
mod inputs;
mod journal;
mod layout;
mod line_pages;
mod orientation;
mod orientation_pages;
mod people_pages;
mod platform;
mod publics;
mod school;
mod school_pages;
mod school_papers;
mod sql;
mod territory;
mod territory_pages;
mod timetable_pages;
mod transit;
mod web;
mod workspace;
