//! Reads the files of rows that a scenario names.

use super::files::{self, Files};
use super::loaded::{Background, FuelVisit, KmRow, ListedHaul, Picture, Schedule, Visits};
use super::{Scenario, listing, visits};
use crate::account::load::Load;
use crate::account::tariff::Tariff;
use crate::charging::spec::VisitsSpec;
use crate::disk::read::{Kind, utf8};
use crate::document::problem::{Problem, Problems};
use crate::grid::spec::SiteSpec;
use crate::import;
use crate::import::map::Map;
use crate::import::sessions;
use crate::import::template::MEASURED;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::place::spec::PicturePoint;
use crate::yard::spec::Drawing;
use crate::yard::{check as yard_check, drawing};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of all files that a scenario names.
pub(super) struct Listed {
    pub(super) hauls: Option<Vec<ListedHaul>>,
    pub(super) visits: BTreeMap<String, Visits>,
    pub(super) fuel_visits: BTreeMap<String, Vec<FuelVisit>>,
    pub(super) plans: BTreeMap<String, Drawing>,
    pub(super) matrix: Vec<KmRow>,
    pub(super) solar: BTreeMap<String, Vec<f64>>,
    pub(super) schedule: Option<Schedule>,
    pub(super) tariffs: BTreeMap<String, Tariff>,
    pub(super) site_loads: BTreeMap<String, Load>,
    /// Fields whose file holds measurements, and that file with its hash.
    pub(super) measured: BTreeMap<String, String>,
    /// What was assumed of the files, and what of them was left out.
    pub(super) notes: Vec<String>,
}

/// Reads a tariff by the name of its file, or of one that comes along; `label` says which, where the file holds several. Its
/// hash goes to the inputs, its mistakes to the problems.
pub fn tariff(
    file: &str,
    label: Option<&str>,
    inputs: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Option<Tariff> {
    Rows { folders: &Folders::default(), from: &mut Files::new(None), inputs, problems }.tariff("", file, label)
}

/// Where the files lie that a scenario names.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// The folder of the scenario.
    pub(super) base: PathBuf,
    /// Folders of the files that it extends, the nearest first.
    pub(super) extended: Vec<PathBuf>,
}

/// Reads the files that a scenario names.
pub(super) struct Rows<'a> {
    pub(super) folders: &'a Folders,
    pub(super) from: &'a mut Files,
    pub(super) inputs: &'a mut BTreeMap<String, String>,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Rows<'_> {
    /// The file that a scenario names: in its folder, else beside a file that it extends, which may be what names it.
    pub(super) fn place(&self, file: &str) -> PathBuf {
        let own = self.folders.base.join(file);
        let beside = || self.folders.extended.iter().map(|folder| folder.join(file)).find(|path| files::is_file(path));
        if files::is_file(&own) { own } else { beside().unwrap_or(own) }
    }

    pub(super) fn all(&mut self, scenario: &Scenario, zone: Option<&Calendar>) -> Listed {
        let hauls = scenario.freight.as_ref().and_then(|freight| freight.hauls.as_ref()).zip(zone);
        let hauls = hauls.map(|(file, calendar)| {
            self.read("freight.hauls", Kind::Csv, file, |path, text, out| {
                let before = out.len();
                let hauls = listing::hauls(path, text, scenario, calendar, out);
                if hauls.is_empty() && out.len() == before {
                    let help = Some("write a haul a row, or take `freight.hauls` out".to_owned());
                    out.extend(Problems::of_file(path, "holds no rows", help).list);
                }
                let end_s = i64::from(scenario.time.days) * DAY_S;
                if !hauls.is_empty() && !hauls.iter().any(|haul| (0..end_s).contains(&haul.ready_s)) {
                    let message = "none of its hauls is ready within the days of the run";
                    let help = Some("set `time.start` and `time.days` to days of the list".to_owned());
                    out.extend(Problems::of_file(path, message, help).list);
                }
                hauls
            })
        });
        let visits = scenario.visits.iter();
        let mut from = Measured::default();
        let visits: BTreeMap<String, Visits> =
            visits.map(|(key, spec)| (key.clone(), self.sessions(key, spec, scenario, zone, &mut from))).collect();
        let fuel_visits = scenario.fuel_visits.iter();
        let fuel_visits = fuel_visits.map(|(key, spec)| {
            let read =
                |path: &str, text: &str, out: &mut Vec<Problem>| listing::fuel_visits(path, text, spec, scenario, out);
            (key.clone(), self.read(&format!("fuel_visits.{key}.csv"), Kind::Csv, &spec.csv, read))
        });
        let fuel_visits = fuel_visits.collect();
        let matrix = scenario.travel.as_ref().and_then(|travel| travel.matrix.as_ref());
        let matrix = matrix.map(|file| {
            self.read("travel.matrix", Kind::Csv, file, |path, text, out| listing::matrix(path, text, scenario, out))
        });
        let profiles = scenario.solar.iter().filter_map(|(key, spec)| Some((key, spec.csv.as_ref()?)));
        let solar = profiles.map(|(key, file)| {
            let field = format!("solar.{key}.csv");
            (key.clone(), self.read_bytes(&field, Kind::Csv, file, import::weather::solar))
        });
        let solar: BTreeMap<String, Vec<f64>> = solar.collect();
        let with_load = scenario.site.iter().filter(|(_, site)| site.load.is_some());
        let site_loads: BTreeMap<String, Load> = with_load
            .filter_map(|(key, site)| Some((key.clone(), self.site_load(key, site, scenario, zone?, &mut from)?)))
            .collect();
        let schedule = scenario.policy.charging.keys.csv.as_ref().zip(zone).map(|(file, calendar)| {
            let read =
                |path: &str, text: &str, out: &mut Vec<Problem>| listing::schedule(path, text, scenario, calendar, out);
            self.read("policy.charging.csv", Kind::Csv, file, read)
        });
        let tariffs = self.tariffs(scenario);
        let plans = self.plans(scenario);
        let Measured { fields: measured, notes } = from;
        let matrix = matrix.unwrap_or_default();
        Listed { hauls, visits, fuel_visits, plans, matrix, solar, schedule, tariffs, site_loads, measured, notes }
    }

    /// Reads a file that the scenario names at `field`.
    pub(super) fn read<T: Default>(
        &mut self,
        field: &str,
        kind: Kind,
        file: &str,
        parse: impl FnOnce(&str, &str, &mut Vec<Problem>) -> T,
    ) -> T {
        self.read_bytes(field, kind, file, |path, bytes, problems| match utf8(bytes) {
            Ok(text) => parse(path, &text, problems),
            Err(error) => {
                let help = Some("save the file as UTF-8".to_owned());
                problems.extend(Problems::of_file(path, error.to_string(), help).list);
                T::default()
            }
        })
    }

    /// The same for a file that need not be text.
    fn read_bytes<T: Default>(
        &mut self,
        field: &str,
        kind: Kind,
        file: &str,
        parse: impl FnOnce(&str, Vec<u8>, &mut Vec<Problem>) -> T,
    ) -> T {
        let path = self.place(file);
        let name = path.display().to_string();
        match self.from.bytes(&path, kind) {
            Ok(bytes) => {
                self.inputs.insert(name.clone(), blake3::hash(&bytes).to_hex().to_string());
                parse(&name, bytes, self.problems)
            }
            Err((message, help)) => {
                self.refuse(field, &name, message, help);
                T::default()
            }
        }
    }

    fn refuse(&mut self, field: &str, name: &str, message: String, help: Option<String>) {
        let list = Problems::of_file(name, message, help).list;
        self.problems.extend(list.into_iter().map(|it| Problem { field: field.to_owned(), ..it }));
    }

    /// What lies under the sites on a map.
    pub(super) fn background(&mut self, scenario: &Scenario) -> Background {
        let Some(spec) = &scenario.background else { return Background::default() };
        let places: Vec<(f64, f64)> = scenario.site.values().map(|site| (site.lat, site.lon)).collect();
        let read = |path: &str, text: &str, out: &mut Vec<Problem>| import::background::read(path, text, &places, out);
        let drawn = spec.geojson.as_ref().map(|file| self.read("background.geojson", Kind::Map, file, read));
        let picture = spec.picture.as_ref().and_then(|file| self.picture(file, &spec.picture_at));
        Background { picture, ..drawn.unwrap_or_default() }
    }

    fn picture(&mut self, file: &str, at: &[PicturePoint]) -> Option<Picture> {
        const FIELD: &str = "background.picture";
        let path = self.place(file);
        let name = path.display().to_string();
        let read = self.from.bytes(&path, Kind::Picture);
        let read = read.and_then(|bytes| import::background::picture(&bytes, at).map(|picture| (bytes, picture)));
        match read {
            Ok((bytes, picture)) => {
                self.inputs.insert(name, blake3::hash(&bytes).to_hex().to_string());
                Some(picture)
            }
            Err((message, help)) => {
                self.refuse(FIELD, &name, message, help);
                None
            }
        }
    }
}

/// What files of measurements say beside their rows.
#[derive(Debug, Default)]
struct Measured {
    fields: BTreeMap<String, String>,
    notes: Vec<String>,
}

impl Measured {
    /// Notes that a field's file holds measurements.
    fn add(&mut self, field: String, file: &str, bytes: &[u8], said: &[String]) {
        let hash = blake3::hash(bytes).to_hex();
        self.notes.extend(said.iter().map(|said| format!("{field}: {said}")));
        self.fields.insert(field, format!("{file}, blake3 {hash}"));
    }
}

impl Rows<'_> {
    /// The plans of all terminals and depots that have one in a file.
    fn plans(&mut self, scenario: &Scenario) -> BTreeMap<String, Drawing> {
        let of_terminals =
            scenario.terminal.iter().filter_map(|(key, spec)| Some((key, spec.plan.as_ref()?.file.as_ref()?)));
        let of_depots = scenario.site.iter().filter_map(|(key, spec)| Some((key, spec.plan.as_ref()?.file.as_ref()?)));
        let tables = of_terminals.map(|it| ("terminal", it)).chain(of_depots.map(|it| ("site", it)));
        let plans = tables.map(|(table, (key, file))| {
            let plan = self.read(&format!("{table}.{key}.plan.file"), Kind::Map, file, |path, text, out| {
                let known = out.len();
                let drawing = drawing::read(path, text, out);
                if out.len() > known {
                    return drawing;
                }
                yard_check::check_drawn(scenario, key, path, drawing, out)
            });
            (key.clone(), plan)
        });
        plans.collect()
    }

    /// A mapping file of the scenario, or nothing said; its zone is the scenario's where it names none.
    fn map(&mut self, field: &str, file: Option<&String>, zone: &str) -> Map {
        let map = file.map(|file| {
            self.read(field, Kind::Toml, file, |path, text, out| Map::parse(path, text, out).unwrap_or_default())
        });
        let map = map.unwrap_or_default();
        Map { zone: map.zone.clone().or_else(|| Some(zone.to_owned())), ..map }
    }

    /// Visits: the plain CSV, or a log of others, of which the sessions within the run count.
    fn sessions(
        &mut self,
        key: &str,
        spec: &VisitsSpec,
        scenario: &Scenario,
        calendar: Option<&Calendar>,
        from: &mut Measured,
    ) -> Visits {
        let field = format!("visits.{key}.csv");
        let map = self.map(&format!("visits.{key}.map"), spec.map.as_ref(), &scenario.time.zone);
        self.read_bytes(&field, Kind::Csv, &spec.csv, |path, bytes, out| {
            if sessions::is_own(&bytes) {
                return match utf8(bytes) {
                    Ok(text) => {
                        if let Some(origin) = text.lines().take(5).find_map(|line| line.strip_prefix(MEASURED)) {
                            from.fields.insert(field.clone(), origin.to_owned());
                        }
                        visits::visits(path, &text, out)
                    }
                    Err(error) => {
                        out.extend(
                            Problems::of_file(path, error.to_string(), Some("save the file as UTF-8".to_owned())).list,
                        );
                        Visits::default()
                    }
                };
            }
            let before = out.len();
            let options = sessions::Options { map, ..sessions::Options::default() };
            let found = sessions::read(path, &bytes, &options, out);
            let (Some(calendar), true) = (calendar, out.len() == before) else { return Visits::default() };
            let (within, left_out) = found.within(calendar, scenario.time.days);
            if within.list.is_empty() {
                let message = format!(
                    "none of its {left_out} sessions lies within the days of the run; they begin on {}",
                    found.start
                );
                let help = Some("set `time.start` and `time.days` to days of the log".to_owned());
                out.extend(Problems::of_file(path, message, help).list);
                return Visits::default();
            }
            from.add(field.clone(), &spec.csv, &bytes, &found.notes);
            if left_out > 0 {
                from.notes.push(format!("{field}: {left_out} sessions lie outside of the run and are left out"));
            }
            visits::visits(path, &sessions::to_visits_csv(&within), out)
        })
    }

    /// The metered load of a site.
    fn site_load(
        &mut self,
        key: &str,
        site: &SiteSpec,
        scenario: &Scenario,
        calendar: &Calendar,
        from: &mut Measured,
    ) -> Option<Load> {
        let field = format!("site.{key}.load");
        let file = site.load.as_ref()?;
        let map = self.map(&format!("site.{key}.load_map"), site.load_map.as_ref(), &scenario.time.zone);
        self.read_bytes(&field, Kind::Csv, file, |path, bytes, out| {
            let metered = import::load::read(path, &bytes, &map, out)?;
            let end_s = calendar.elapsed_s(i64::from(scenario.time.days) * DAY_S);
            if metered.load.mean_kw(calendar.unix_s(0), calendar.unix_s(end_s)).is_none() {
                let ((first, last), start, end) = (metered.load.span(), calendar.iso(0), calendar.iso(end_s));
                let message = format!("covers {first} to {last}, and the run lasts from {start} to {end}");
                let help = Some("set `time.start` and `time.days` to days of the load".to_owned());
                out.extend(Problems::of_file(path, message, help).list);
                return None;
            }
            from.add(field.clone(), file, &bytes, &metered.said);
            Some(metered.load)
        })
    }

    /// The tariffs of all sites. A file that many sites name is read once.
    fn tariffs(&mut self, scenario: &Scenario) -> BTreeMap<String, Tariff> {
        let mut known: BTreeMap<(&str, Option<&str>), Option<Tariff>> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for (site, spec) in &scenario.site {
            let Some(file) = spec.tariff.as_deref() else {
                continue;
            };
            let name = spec.tariff_name.as_deref();
            let tariff =
                known.entry((file, name)).or_insert_with(|| self.tariff(&format!("site.{site}.tariff"), file, name));
            out.extend(tariff.clone().map(|tariff| (site.clone(), tariff)));
        }
        out
    }

    /// A tariff from a file, or the shipped one of that name.
    fn tariff(&mut self, field: &str, file: &str, name: Option<&str>) -> Option<Tariff> {
        let path = self.place(file);
        if self.from.is_free(&path) && !files::is_file(&path) {
            if let Some(text) = import::shipped(file) {
                let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
                self.inputs.insert(import::shipped_input(file), hash);
                return import::tariff(file, text, name, self.problems);
            }
            if Path::new(file).extension().is_none() {
                let message = "is no file, and no tariff that comes with Portvolt";
                self.problems.extend(Problems::of_file(file, message, import::shipped_help(file)).list);
                return None;
            }
        }
        self.read(field, Kind::Tariff, file, |path, text, out| import::tariff(path, text, name, out))
    }
}
