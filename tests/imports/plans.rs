//! Drawings of one terminal in KML, as shapefiles, in DXF and as a map of another vocabulary become the plan that was drawn, in
//! degrees or metres; arcs keep to their circle; what is not read is said; rubbish is told with its place, in a moment.
//!
//! Seen red with feet taken as metres, a transform of blocks in the wrong order, a hole dropped, and bulges to the other side.

use portvolt::document::problem::Problems;
use portvolt::import::plan::{Input, read, template};
use portvolt::import::plan_features::Converted;
use portvolt::import::plan_map::PlanMap;
use portvolt::scenario::load::{Request, load};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::time::Instant;

const SMALL: &str = include_str!("../yard/small.geojson");
const SCENARIO: &str = include_str!("../yard/small.toml");
const FOOT_M: f64 = 0.3048;
const DEGREE_M: f64 = 111_195.0;

/// A feature of the small plan: kind, id, points in metres.
type Drawn = (String, String, Vec<(f64, f64)>);

fn small() -> Vec<Drawn> {
    let plan: Value = serde_json::from_str(SMALL).unwrap();
    features(&plan)
}

fn features(plan: &Value) -> Vec<Drawn> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |feature: &Value| {
        let points = points(&feature["geometry"]["coordinates"]);
        (word(&feature["properties"]["kind"]), word(&feature["properties"]["id"]), points)
    };
    plan["features"].as_array().unwrap().iter().map(one).collect()
}

fn points(coordinates: &Value) -> Vec<(f64, f64)> {
    match coordinates.as_array().map(Vec::as_slice) {
        Some([Value::Number(x), Value::Number(y), ..]) => vec![(x.as_f64().unwrap(), y.as_f64().unwrap())],
        Some(list) => list.iter().flat_map(points).collect(),
        None => Vec::new(),
    }
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Input {
    Input { name: name.to_owned(), bytes: bytes.into(), ..Input::default() }
}

fn mapped(files: Vec<Input>, map: &str) -> Result<Converted, String> {
    let mut problems = Vec::new();
    let told = |list| Problems { files: Vec::new(), list }.to_string();
    let Some(map) = PlanMap::parse("map.toml", map, &mut problems) else { return Err(told(problems)) };
    let begin = Instant::now();
    let found = read(files, &map, "a test", &mut problems);
    assert!(begin.elapsed().as_secs() < 20, "it took {:?}", begin.elapsed());
    assert_eq!(found.is_none(), !problems.is_empty());
    found.ok_or_else(|| told(problems))
}

fn plan(files: Vec<Input>, map: &str) -> (Converted, Vec<Drawn>) {
    let found = mapped(files, map).unwrap_or_else(|told| panic!("{told}"));
    let json: Value = serde_json::from_str(&found.geojson).unwrap();
    (found, features(&json))
}

fn said(found: &Converted, words: &str) {
    assert!(found.notes.iter().any(|note| note.contains(words)), "{words}: {:?}", found.notes);
}

/// The same places, in any order, within a millimetre; ids of blocks and lots are theirs.
fn assert_small(drawn: &[Drawn], metres: impl Fn((f64, f64)) -> (f64, f64)) {
    let mut left: Vec<Drawn> = drawn.to_vec();
    for (kind, id, points) in small() {
        let is_it = |other: &Drawn| {
            let here = other.2.iter().map(|at| metres(*at));
            let is_near = |(a, b): ((f64, f64), &(f64, f64))| (a.0 - b.0).abs() < 2e-3 && (a.1 - b.1).abs() < 2e-3;
            let has_id = matches!(kind.as_str(), "block" | "lot");
            other.0 == kind
                && (!has_id || other.1 == id)
                && other.2.len() == points.len()
                && here.zip(&points).all(is_near)
        };
        let at = left.iter().position(is_it).unwrap_or_else(|| panic!("{kind} {id} {points:?} is not in {left:#?}"));
        left.remove(at);
    }
    assert!(left.is_empty(), "{left:?}");
}

/// The small scenario takes the plan and finds nothing wrong with it.
fn assert_loads(geojson: &str) {
    let (from, to) = (SCENARIO.find("quay_m").unwrap(), SCENARIO.find("detour").unwrap());
    let mut text = format!("{}file = \"plan.geojson\"\n{}", &SCENARIO[..from], &SCENARIO[to..]);
    let lots = text.find("[terminal.pier.plan.lots.north]").unwrap();
    text.replace_range(lots..text[lots..].find("\n\n").unwrap() + lots, "");
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("scenario.toml"), text).unwrap();
    std::fs::write(dir.path().join("plan.geojson"), geojson).unwrap();
    let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
    if let Err(problems) = load(&request) {
        panic!("{problems}");
    }
}

/// Groups of an entity: code and value by turns.
fn groups(pairs: &[(i32, String)]) -> String {
    pairs.iter().fold(String::new(), |mut out, (code, value)| {
        writeln!(out, "{code:>3}\r\n{value}\r").unwrap();
        out
    })
}

fn polyline(layer: &str, points: &[(f64, f64)], closed: bool) -> String {
    let mut pairs: Vec<(i32, String)> =
        [(0, "LWPOLYLINE"), (8, layer)].map(|(code, text)| (code, text.to_owned())).into();
    pairs.push((90, points.len().to_string()));
    pairs.push((70, i32::from(closed).to_string()));
    for (x, y) in points {
        pairs.extend([(10, x.to_string()), (20, y.to_string())]);
    }
    groups(&pairs)
}

fn entity(kind: &str, layer: &str, numbers: &[(i32, f64)]) -> String {
    let mut pairs = vec![(0, kind.to_owned()), (8, layer.to_owned())];
    pairs.extend(numbers.iter().map(|(code, number)| (*code, number.to_string())));
    groups(&pairs)
}

fn text(layer: &str, text: &str, (x, y): (f64, f64)) -> String {
    entity("TEXT", layer, &[(10, x), (20, y), (40, 2.0)]) + &groups(&[(1, text.to_owned())])
}

fn dxf(units: Option<i32>, blocks: &str, entities: &str) -> String {
    let header = units.map_or(String::new(), |units| groups(&[(9, "$INSUNITS".to_owned()), (70, units.to_string())]));
    let section = |name: &str, body: &str| format!("  0\r\nSECTION\r\n  2\r\n{name}\r\n{body}  0\r\nENDSEC\r\n");
    section("HEADER", &header) + &section("BLOCKS", blocks) + &section("ENTITIES", entities) + "  0\r\nEOF\r\n"
}

fn middle(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    (points.iter().map(|at| at.0).sum::<f64>() / count, points.iter().map(|at| at.1).sum::<f64>() / count)
}

fn layer(kind: &str) -> &'static str {
    match kind {
        "fence" => "C-FENCE",
        "quay" => "Wharf edge",
        "gate" => "GATE_IN",
        "block" => "RTG-STACKS",
        "lot" => "E-CHARGING",
        "road" => "C-ROAD-CNTR",
        _ => "PARKING",
    }
}

/// In feet, with names as texts, outlines closed by a flag or drawn as pieces.
#[test]
fn a_dxf_in_feet() {
    let feet = |points: &[(f64, f64)]| points.iter().map(|at| (at.0 / FOOT_M, at.1 / FOOT_M)).collect::<Vec<_>>();
    let mut entities = String::new();
    for (kind, id, points) in small() {
        let (layer, points) = (layer(&kind), feet(&points));
        if points.len() == 1 {
            entities += &entity("POINT", layer, &[(10, points[0].0), (20, points[0].1)]);
        } else if kind == "fence" {
            for pair in points.windows(2) {
                entities +=
                    &entity("LINE", layer, &[(10, pair[0].0), (20, pair[0].1), (11, pair[1].0), (21, pair[1].1)]);
            }
        } else {
            let is_area = matches!(kind.as_str(), "block" | "lot");
            entities += &polyline(layer, if is_area { &points[..points.len() - 1] } else { &points }, is_area);
            if is_area {
                entities += &text("C-ANNO", &id, middle(&points[1..]));
            }
        }
    }
    entities += &text("C-ANNO", "NOT FOR CONSTRUCTION", (-500.0, -500.0));
    entities += &entity("HATCH", "RTG-STACKS", &[]);
    entities += &polyline("DIMENSIONS", &[(0.0, 0.0), (5.0, 5.0)], false);
    let drawing = dxf(Some(2), "", &entities);
    let (found, drawn) = plan(vec![file("pier.dxf", drawing.clone())], "machine = \"stacker\"");
    assert_small(&drawn, |at| at);
    assert_loads(&found.geojson);
    assert!((found.size_m.0 - 300.0).abs() < 0.01 && (found.size_m.1 - 200.0).abs() < 0.01, "{:?}", found.size_m);
    for words in [
        "`DIMENSIONS` (1 line)",
        "1 HATCH",
        "3 places are named by the text",
        "1 texts name no place",
        "lines that meet",
    ] {
        said(&found, words);
    }
    // What it does not say is asked for, and what is said otherwise is told.
    let silent = dxf(None, "", &entities);
    let told = mapped(vec![file("pier.dxf", silent.clone())], "machine = \"stacker\"").unwrap_err();
    assert!(told.contains("pier.dxf: does not say in which units") && told.contains("--units"), "{told}");
    let (_, drawn) = plan(vec![file("pier.dxf", silent)], "machine = \"stacker\"\nunits = \"ft\"");
    assert_small(&drawn, |at| at);
    let (found, _) = plan(vec![file("pier.dxf", drawing.clone())], "machine = \"stacker\"\nunits = \"m\"");
    said(&found, "taken as m, though it says ft");
    let told = mapped(vec![file("pier.dxf", drawing)], "").unwrap_err();
    assert!(told.contains("which machine works the blocks of `RTG-STACKS`"), "{told}");
}

fn at_degrees((x, y): (f64, f64)) -> (f64, f64) {
    (-118.2 + x / (DEGREE_M * 33.7_f64.to_radians().cos()), 33.7 + y / DEGREE_M)
}

fn at_metres((lon, lat): (f64, f64)) -> (f64, f64) {
    ((lon + 118.2) * DEGREE_M * 33.7_f64.to_radians().cos(), (lat - 33.7) * DEGREE_M)
}

fn kml() -> String {
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    for (kind, id, points) in small() {
        let list: Vec<String> =
            points.iter().map(|at| at_degrees(*at)).map(|(x, y)| format!("{x:.9},{y:.9},0")).collect();
        let list = format!("<coordinates>\n {} \n</coordinates>", list.join("\n "));
        let shape = match (kind.as_str(), points.len()) {
            (_, 1) => format!("<Point>{list}</Point>"),
            ("fence" | "block" | "lot", _) => {
                format!("<Polygon><outerBoundaryIs><LinearRing>{list}</LinearRing></outerBoundaryIs></Polygon>")
            }
            _ => format!("<LineString>{list}</LineString>"),
        };
        let data = "<ExtendedData><Data name=\"handled by\"><value>stacker</value></Data></ExtendedData>";
        let data = if kind == "block" { data } else { "" };
        let placemark = format!("<Placemark><name>{id}</name>{data}{shape}</Placemark>\n");
        folders.entry(kind).or_default().push_str(&placemark);
    }
    let mut out =
        "<?xml version=\"1.0\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>Gate plan</name>\n"
            .to_owned();
    for (kind, placemarks) in folders {
        write!(out, "<Folder><name>{}</name>{placemarks}</Folder>", kind.to_uppercase()).unwrap();
    }
    out + "<GroundOverlay/><Placemark><name>view</name></Placemark></Document></kml>"
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_kml_and_a_kmz() {
    let map = "[columns]\nmachine = \"handled by\"";
    let (found, drawn) = plan(vec![file("pier.kml", kml())], map);
    assert_small(&drawn, at_metres);
    assert_loads(&found.geojson);
    said(&found, "1 GroundOverlay");
    said(&found, "Placemark without a shape");
    assert!((found.size_m.0 - 300.0).abs() < 1.0, "{:?}", found.size_m);
    let archive = zipped(&[("files/a.png", b"png"), ("doc.kml", kml().as_bytes())]);
    let (found, drawn) = plan(vec![file("pier.kmz", archive)], map);
    assert_small(&drawn, at_metres);
    said(&found, "1 files in it are no drawings");
}

/// A shapefile of areas, lines or points: shapes as lists of parts, each with its attributes.
fn shapefile(kind: i32, shapes: &[(Vec<Vec<(f64, f64)>>, Vec<&str>)], fields: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let mut records = Vec::new();
    for (number, (parts, _)) in shapes.iter().enumerate() {
        let mut body = kind.to_le_bytes().to_vec();
        let points: Vec<(f64, f64)> = parts.concat();
        if kind != 1 {
            body.extend([0_u8; 32]);
            body.extend((parts.len() as i32).to_le_bytes());
            body.extend((points.len() as i32).to_le_bytes());
            let mut start = 0_i32;
            for part in parts {
                body.extend(start.to_le_bytes());
                start += part.len() as i32;
            }
        }
        body.extend(points.iter().flat_map(|at| [at.0, at.1]).flat_map(f64::to_le_bytes));
        records.extend((number as i32 + 1).to_be_bytes());
        records.extend((body.len() as i32 / 2).to_be_bytes());
        records.extend(body);
    }
    let mut shp = 9994_i32.to_be_bytes().to_vec();
    shp.resize(24, 0);
    shp.extend(((100 + records.len()) as i32 / 2).to_be_bytes());
    shp.extend(1000_i32.to_le_bytes());
    shp.extend(kind.to_le_bytes());
    shp.resize(100, 0);
    shp.extend(records);
    let mut dbf = vec![3, 125, 6, 2];
    dbf.extend((shapes.len() as u32).to_le_bytes());
    dbf.extend((32 * (fields.len() as u16 + 1) + 1).to_le_bytes());
    dbf.extend((1 + 20 * fields.len() as u16).to_le_bytes());
    dbf.resize(32, 0);
    for field in fields {
        let mut descriptor = field.as_bytes().to_vec();
        descriptor.resize(11, 0);
        descriptor.extend([b'C', 0, 0, 0, 0, 20]);
        descriptor.resize(32, 0);
        dbf.extend(descriptor);
    }
    dbf.push(0x0d);
    for (_, values) in shapes {
        dbf.push(b' ');
        for value in values {
            dbf.extend(format!("{value:<20}").as_bytes());
        }
    }
    (shp, dbf)
}

const UTM: &str = r#"PROJCS["WGS_1984_UTM_Zone_11N",GEOGCS["GCS_WGS_1984",UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],UNIT["Meter",1.0]]"#;

fn shapefiles(prj: Option<&str>) -> Vec<Input> {
    let all = small();
    let of = |kind: i32, name: &str, is_it: &dyn Fn(&str, usize) -> bool| {
        let those: Vec<&Drawn> = all.iter().filter(|(kind, _, points)| is_it(kind, points.len())).collect();
        let shapes: Vec<(Vec<Vec<(f64, f64)>>, Vec<&str>)> = those
            .iter()
            .map(|(kind, id, points)| {
                (
                    vec![points.iter().map(|at| (at.0 + 384_000.0, at.1 + 3_732_000.0)).collect()],
                    vec![kind.as_str(), id.as_str()],
                )
            })
            .collect();
        let (shp, dbf) = shapefile(kind, &shapes, &["WHAT", "ID"]);
        let mut input = file(name, shp);
        input.beside.insert("dbf".to_owned(), dbf);
        input.beside.extend(prj.map(|prj| ("prj".to_owned(), prj.as_bytes().to_vec())));
        input
    };
    let is_area = |kind: &str| matches!(kind, "fence" | "block" | "lot");
    vec![
        of(5, "areas.shp", &|kind, _| is_area(kind)),
        of(3, "lines.shp", &|kind, points| !is_area(kind) && points > 1),
        of(1, "points.shp", &|_, points| points == 1),
    ]
}

#[test]
fn shapefiles_of_a_projected_system() {
    let map = "machine = \"stacker\"\n[columns]\nkind = \"what\"";
    let (found, drawn) = plan(shapefiles(Some(UTM)), map);
    assert_small(&drawn, |at| (at.0 - 384_000.0, at.1 - 3_732_000.0));
    assert_loads(&found.geojson);
    said(&found, "WGS_1984_UTM_Zone_11N");
    let told = mapped(shapefiles(None), map).unwrap_err();
    assert!(told.contains("lines.shp: does not say in which units"), "{told}");
    let (_, drawn) = plan(shapefiles(None), &format!("units = \"m\"\n{map}"));
    assert_small(&drawn, |at| (at.0 - 384_000.0, at.1 - 3_732_000.0));
    let told = mapped(shapefiles(Some(&UTM.replace("Transverse_Mercator", "Albers"))), map).unwrap_err();
    assert!(told.contains("EPSG:4326"), "{told}");
    let mixed = [shapefiles(Some(UTM)), vec![file("pier.kml", kml())]].concat();
    assert!(mapped(mixed, map).unwrap_err().contains("another file a plane"));
    // Zipped together, as portals give them.
    let parts = shapefiles(Some(UTM));
    let entries: Vec<(String, &[u8])> = parts
        .iter()
        .flat_map(|input| {
            let stem = input.name.trim_end_matches(".shp");
            let beside = input.beside.iter().map(move |(ending, bytes)| (format!("{stem}.{ending}"), bytes.as_slice()));
            beside.chain([(input.name.clone(), input.bytes.as_slice())])
        })
        .collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let (_, drawn) = plan(vec![file("all.zip", zipped(&entries))], map);
    assert_small(&drawn, |at| (at.0 - 384_000.0, at.1 - 3_732_000.0));
}

/// Two outlines and a hole in one record are two areas, one of them with the hole.
#[test]
fn rings_of_a_record_are_areas_and_holes() {
    let square =
        |at: f64, size: f64| vec![(at, at), (at, at + size), (at + size, at + size), (at + size, at), (at, at)];
    let hole: Vec<(f64, f64)> = square(2.0, 1.0).into_iter().rev().collect();
    let (shp, _) = shapefile(5, &[(vec![square(0.0, 10.0), square(20.0, 5.0), hole], vec![])], &[]);
    let (found, _) = plan(vec![file("lots.shp", shp)], "units = \"m\"");
    let json: Value = serde_json::from_str(&found.geojson).unwrap();
    let rings: Vec<usize> = json["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["geometry"]["coordinates"].as_array().unwrap().len())
        .collect();
    assert_eq!(rings, [2, 1]);
    said(&found, "a plan also needs: fence, quay, gate, block");
    said(&found, "numbered: lot_1 and on");
}

/// A block that is inserted twice, turned and scaled; one drawn from behind; arcs within what is said.
#[test]
fn inserts_mirrors_and_arcs_of_a_dxf() {
    let block = groups(&[(0, "BLOCK".into()), (2, "bay".into()), (10, "1".into()), (20, "1".into())])
        + &polyline("0", &[(1.0, 1.0), (3.0, 1.0), (3.0, 2.0), (1.0, 2.0)], true)
        + &groups(&[(0, "ENDBLK".into())]);
    let insert = |numbers: &[(i32, f64)]| entity("INSERT", "LOT", numbers) + &groups(&[(2, "BAY".into())]);
    let entities = insert(&[(10, 100.0), (20, 50.0)])
        + &insert(&[(10, 200.0), (20, 50.0), (41, 2.0), (42, 3.0), (50, 90.0)])
        + &insert(&[(10, -300.0), (20, 50.0), (230, -1.0)]);
    let (_, drawn) = plan(vec![file("a.dxf", dxf(Some(6), &block, &entities))], "");
    let boxes: Vec<[f64; 4]> = drawn.iter().map(|(_, _, points)| around(points)).collect();
    // Scaled to 4 x 3 and turned by a quarter it lies left of its point; from behind, x runs the other way.
    let expected = [[100.0, 50.0, 102.0, 51.0], [197.0, 50.0, 200.0, 54.0], [298.0, 50.0, 300.0, 51.0]];
    for (found, expected) in boxes.iter().zip(expected) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3), "{boxes:?}");
    }
    // A half circle by its bulge, a circle and an old polyline.
    let mut bulged = polyline("LOT", &[], true);
    bulged += &[(10, 0.0), (20, 0.0), (42, 1.0), (10, 20.0), (20, 0.0)]
        .map(|(code, number)| format!("{code}\r\n{number}\r\n"))
        .concat();
    let vertex = |x: f64, y: f64| entity("VERTEX", "LOT", &[(10, x), (20, y)]);
    let old = entity("POLYLINE", "LOT", &[(70, 1.0), (10, 0.0), (20, 0.0)])
        + &[vertex(50.0, 0.0), vertex(60.0, 0.0), vertex(60.0, 5.0)].concat()
        + &entity("SEQEND", "LOT", &[]);
    let circle = entity("CIRCLE", "LOT", &[(10, 100.0), (20, 0.0), (40, 10.0)]);
    let (found, drawn) = plan(vec![file("a.dxf", dxf(Some(6), "", &(bulged + &old + &circle)))], "flatten_m = 0.01");
    said(&found, "2 arcs and splines are made straight pieces that lie within 0.01 m");
    let bow = &drawn[0].2;
    assert!(
        around(bow)[1] < -9.98 && around(bow)[3] < 1e-6,
        "counterclockwise from (0, 0) to (20, 0) lies below: {:?}",
        around(bow)
    );
    assert_eq!(around(&drawn[1].2), [50.0, 0.0, 60.0, 5.0]);
    let round = &drawn[2].2;
    let off = |at: (f64, f64)| 10.0 - ((at.0 - 100.0).powi(2) + at.1.powi(2)).sqrt();
    let middles =
        round.windows(2).map(|pair| (f64::midpoint(pair[0].0, pair[1].0), f64::midpoint(pair[0].1, pair[1].1)));
    assert!(middles.map(off).all(|off| off < 0.011) && round.len() < 200, "{}", round.len());
    assert_eq!(round.first(), round.last());
}

/// A quarter of a circle as a rational spline: a road within what may be off. One that is told by the points that it goes through
/// alone is counted, and one that is none is told with its line.
#[test]
fn splines_of_a_dxf() {
    let control = [(10, 100.0), (20, 0.0), (10, 100.0), (20, 100.0), (10, 0.0), (20, 100.0)];
    let spline = |knots: &[f64], points: &[(i32, f64)]| {
        let knots: Vec<(i32, f64)> = knots.iter().map(|knot| (40, *knot)).collect();
        let weights = [(41, 1.0), (41, core::f64::consts::FRAC_1_SQRT_2), (41, 1.0)];
        // Its normal looks down; the points are those of the drawing all the same.
        let head = [(70, 8.0), (71, 2.0), (230, -1.0)];
        entity("SPLINE", "ROAD", &[&head[..], &knots, &weights, points].concat())
    };
    let knots = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let fitted = entity("SPLINE", "ROAD", &[(71, 3.0), (11, 0.0), (21, 0.0), (11, 5.0), (21, 5.0)]);
    let (found, drawn) =
        plan(vec![file("a.dxf", dxf(Some(6), "", &(spline(&knots, &control) + &fitted)))], "flatten_m = 0.05");
    said(&found, "1 SPLINE");
    said(&found, "1 arcs and splines are made straight pieces");
    let bow = &drawn[0].2;
    assert!(bow.len() > 5 && bow.iter().all(|at| (at.0.hypot(at.1) - 100.0).abs() < 1e-3), "{bow:?}");
    assert_eq!(around(bow).map(f64::round), [0.0, 0.0, 100.0, 100.0]);
    let short = spline(&knots[1..], &control);
    let told = mapped(vec![file("a.dxf", dxf(Some(6), "", &short))], "").unwrap_err();
    assert!(told.contains("a.dxf:") && told.contains("3 control points and 5 knots"), "{told}");
}

fn around(points: &[(f64, f64)]) -> [f64; 4] {
    let fold = |by: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| points.iter().map(of).reduce(by).unwrap();
    [fold(f64::min, |at| at.0), fold(f64::min, |at| at.1), fold(f64::max, |at| at.0), fold(f64::max, |at| at.1)]
}

/// A map of another vocabulary, such as an extract of `OpenStreetMap`, by its attributes; lanes of a gate are one gate.
#[test]
fn a_map_of_another_vocabulary() {
    let mut json: Value = serde_json::from_str(SMALL).unwrap();
    for feature in json["features"].as_array_mut().unwrap() {
        let kind = feature["properties"]["kind"].as_str().unwrap().to_owned();
        let id = feature["properties"]["id"].clone();
        feature["properties"] = serde_json::json!({ "landuse": format!("X{kind}9"), "ref": id, "oneway": "yes" });
    }
    let gate = json["features"][2].clone();
    json["features"].as_array_mut().unwrap().push(gate);
    let kinds =
        ["fence", "quay", "gate", "parking", "block", "lot", "road"].map(|kind| format!("\"x{kind}*\" = \"{kind}\"\n"));
    let map =
        format!("machine = \"stacker\"\n[columns]\nkind = \"landuse\"\nid = \"ref\"\n[kinds]\n{}", kinds.concat());
    let (found, drawn) = plan(vec![file("a.geojson", json.to_string())], &map);
    said(&found, "2 shapes of kind gate are one");
    assert_eq!((found.counts["gate"], drawn.iter().filter(|it| it.0 == "gate").count()), (2, 1));
    assert!(found.geojson.contains("\"one_way\": true") && found.geojson.contains("\"units\": \"m\""));
    assert_loads(&found.geojson.replace("\"one_way\": true", "\"one_way\": false"));
    let told = mapped(vec![file("a.geojson", json.to_string())], "").unwrap_err();
    assert!(told.contains("nothing says what these are") && told.contains("--write-map"), "{told}");
    let mut problems = Vec::new();
    let filled = template(
        vec![file("a.geojson", json.to_string())],
        &PlanMap::parse("m", &map, &mut problems).unwrap(),
        &mut problems,
    );
    let filled = filled.unwrap();
    assert!(filled.contains("\"Xblock9\" = \"block\"   # 2 areas") && filled.contains("landuse"), "{filled}");
    assert!(PlanMap::parse("m", &filled, &mut problems).is_some(), "{problems:?}");
}

#[test]
fn rubbish_is_told() {
    let line = |points: &str| {
        format!(
            "<kml><Placemark><name>road</name><LineString><coordinates>{points}</coordinates></LineString></Placemark></kml>"
        )
    };
    let deep = format!("<kml>{}<Placemark/>{}</kml>", "<Folder>".repeat(60), "</Folder>".repeat(60));
    let (mut shp, dbf) =
        shapefile(5, &[(vec![vec![(0.0, 0.0), (0.0, 9.0), (9.0, 9.0), (0.0, 0.0)]], vec!["lot"])], &["kind"]);
    let with_dbf = |shp: &[u8], dbf: &[u8]| {
        let mut input = file("lots.shp", shp);
        input.beside.insert("dbf".to_owned(), dbf.to_vec());
        input
    };
    let endless = groups(&[(0, "BLOCK".into()), (2, "A".into())])
        + &(entity("INSERT", "0", &[(70, 100.0), (71, 100.0)]) + &groups(&[(2, "A".into())])).repeat(3)
        + &groups(&[(0, "ENDBLK".into())]);
    let mut many = shp.clone();
    many[144..148].copy_from_slice(&i32::MAX.to_le_bytes());
    let mut rows = dbf.clone();
    rows[4..8].copy_from_slice(&i32::MAX.to_le_bytes());
    let insert = entity("INSERT", "0", &[]) + &groups(&[(2, "A".into())]);
    let cases: Vec<(Input, &str)> = vec![
        (file("a.kml", line("1,2 nan,3")), "a.kml:1: Placemark: `nan,3` is no position"),
        (file("a.kml", line("1,2 x")), "is no position"),
        (file("a.kml", line("1,2")), "a line of 1 positions"),
        (file("a.kml", line("500,2 501,3")), "nowhere on Earth"),
        (file("a.kml", line("1,2 1,2")), "has no length"),
        (file("a.kml", line("1,2 1,3").replace("road", "block")), "is open: its ends lie apart"),
        (file("a.kml", "<kml><Placemark>"), "is no XML"),
        (file("a.kml", "<!DOCTYPE a [<!ENTITY b \"c\">]><kml>&b;</kml>"), "is no XML"),
        (file("a.kml", deep), "nested more than 32 deep"),
        (file("a.txt", "hello"), "no drawing of a known kind"),
        (file("a.dwg", "AC1032 and more"), "DWG, which is not read"),
        (file("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\0".to_vec()), "binary DXF"),
        (file("a.dxf", "0\nSECTION\n2\nENTITIES\n"), "has no end (EOF)"),
        (file("a.dxf", "0\nSECTION\n2\nENTITIES\nx\n1\n"), "a.dxf:5: `x` is no group code"),
        (
            file("a.dxf", dxf(Some(6), "", &entity("CIRCLE", "LOT", &[(40, f64::NAN)]))),
            "CIRCLE: `NaN` (group 40) is not a number",
        ),
        (file("a.dxf", dxf(Some(6), "", &entity("POINT", "LOT", &[(10, 1e300)]))), "is no place"),
        (file("a.dxf", dxf(Some(6), &endless, &insert)), "nested more than 8 blocks deep"),
        (file("a.dxf", dxf(Some(6), "", "")), "hold no shape"),
        (file("a.zip", zipped(&[("a.txt", b"x")])), "holds no drawing"),
        (file("a.zip", b"PK\x03\x04 and no more".to_vec()), "is no archive"),
        (file("a.zip", zipped(&[("a.kml", &vec![b' '; 257 << 20])])), "unpacks to more than 256 MB"),
        (with_dbf(&many, &dbf), "record 1: is shorter than what it says"),
        (with_dbf(&shp, &rows), "has fewer bytes than its"),
        (with_dbf(&shp, b"x"), "its header is wrong"),
        (with_dbf(&[shp.clone(), shp[100..].to_vec()].concat(), &dbf), "has 1 rows for 2 shapes"),
        (file("a.shp", shp[..130].to_vec()), "record 1: goes beyond the end"),
        (file("a.geojson", "{}"), "a FeatureCollection"),
        (file("a.geojson", r#"{"features":[{"geometry":{"type":"Point","coordinates":[1]}}]}"#), "features[0]"),
    ];
    for (input, words) in cases {
        let name = input.name.clone();
        let told = mapped(vec![input], "").err().unwrap_or_else(|| panic!("{name} is taken: {words}"));
        assert!(told.contains(words), "{words}: {told}");
    }
    shp[108] = 31;
    assert!(mapped(vec![with_dbf(&shp, &dbf)], "units = \"m\"").unwrap_err().contains("hold no shape"));
}

/// Small files that mean much work are done with in a moment: a folder with its name behind 40,000 places, lines that all meet.
#[test]
fn no_drawing_takes_the_square_of_its_size() {
    let places = "<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>".repeat(40_000);
    let folder = format!("<kml><Folder>{places}<name>Lots</name></Folder></kml>");
    assert!(mapped(vec![file("a.kml", folder)], "").unwrap_err().contains("more than 20000"));
    let star = (0..8_000).fold(String::new(), |out, at| {
        out + &entity(
            "LINE",
            "BLOCK",
            &[(10, 0.0), (20, 0.0), (11, f64::from(at % 97) + 1.0), (21, f64::from(at) + 1.0)],
        )
    });
    assert!(mapped(vec![file("a.dxf", dxf(Some(6), "", &star))], "").unwrap_err().contains("is open"));
}

/// Any cut or changed drawing is read or told, without a panic.
#[test]
fn broken_drawings_do_no_harm() {
    let parts = shapefiles(Some(UTM)).swap_remove(0);
    let drawing = dxf(
        Some(6),
        "",
        &(polyline("LOT", &[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)], true) + &entity("ARC", "ROAD", &[(40, 5.0)])),
    );
    let kml = kml();
    let mut seed = 7_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for round in 0..400 {
        for (name, bytes) in
            [("a.shp", &parts.bytes), ("a.dxf", &drawing.clone().into_bytes()), ("a.kml", &kml.clone().into_bytes())]
        {
            let mut broken = bytes.clone();
            if round % 2 == 0 {
                broken.truncate(random() % bytes.len());
            }
            for _ in 0..=random() % 4 {
                if !broken.is_empty() {
                    let at = random() % broken.len();
                    broken[at] = random() as u8;
                }
            }
            let mut input = Input { name: name.to_owned(), bytes: broken, beside: parts.beside.clone() };
            let mut dbf = input.beside["dbf"].clone();
            let at = random() % dbf.len();
            dbf[at] = random() as u8;
            input.beside.insert("dbf".to_owned(), dbf);
            let _ = mapped(vec![input], "machine = \"stacker\"\nunits = \"m\"");
        }
    }
}
