//! Any bytes as a drawing (KML, shapefile with its parts, DXF, archive, map), as a log of a gate, as a list of hauls and as trips: it is
//! read or told to be wrong, and a plan that is made is one that a scenario reads.

use portvolt::import::map::Map;
use portvolt::import::plan::{Input, read, template};
use portvolt::import::plan_map::PlanMap;
use portvolt::import::trips::{self, Truck};
use portvolt::import::{gates, hauls};

/// How a file of shapes begins.
const SHP: &[u8] = &[0, 0, 0x27, 0x0a];
const PROJECTED: &[u8] = br#"PROJCS["a",PROJECTION["Transverse_Mercator"],UNIT["Meter",1.0]]"#;

pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    let mut problems = Vec::new();
    match kind % 4 {
        3 => tables(bytes),
        kind => {
            let mut input = Input { name: "a".to_owned(), bytes: bytes.to_vec(), ..Input::default() };
            if kind == 1 {
                // Half of it is the table beside the shapes.
                let (shp, dbf) = bytes.split_at(bytes.len() / 2);
                input.bytes = [SHP, shp].concat();
                input.beside.insert("dbf".to_owned(), dbf.to_vec());
                input.beside.insert("prj".to_owned(), PROJECTED.to_vec());
            }
            if kind == 2 {
                input.bytes = [SHP, &[0; 96], bytes].concat();
                input.beside.insert("prj".to_owned(), bytes.to_vec());
            }
            let map = PlanMap { units: Some("m".to_owned()), machine: Some("rtg".to_owned()), ..PlanMap::default() };
            let found = read(vec![input.clone()], &map, "a", &mut problems);
            assert_eq!(found.is_none(), !problems.is_empty());
            let _ = template(vec![input], &map, &mut problems);
        }
    }
}

fn tables(bytes: &[u8]) {
    let (map, mut problems) = (Map::default(), Vec::new());
    if let Some(found) = gates::read("a", bytes, &map, Some("pier"), &mut problems) {
        let _ = (found.to_toml("a", &mut Vec::new()), found.to_csv("pier"));
    }
    let _ = hauls::read("a", bytes, &map, Some(8.0), &mut problems);
    if let Some(found) = trips::read("a", bytes, &trips::Options::default(), &mut problems) {
        let _ = found.duties(Truck { battery_kwh: 400.0, kwh_per_km: 1.2, charge_kw: 100.0 }, "a");
    }
}
