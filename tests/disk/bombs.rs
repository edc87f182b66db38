//! Small files that mean any number of cells, texts, roads or readings: each is refused in a moment, with what it holds too much of.

use super::text;
use portvolt::document::problem::{Problem, Problems};
use portvolt::import::map::Map;
use portvolt::import::{load as metered, sessions};
use portvolt::scenario::load::{Request, load};
use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::time::Instant;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// A workbook with one sheet of these cells, and this list of texts.
pub(crate) fn workbook(cells: &str, texts: &str) -> Vec<u8> {
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", texts.to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{cells}</sheetData></worksheet>")),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, part) in parts {
        archive.start_file(name, stored).unwrap();
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn texts(unique: &str, list: &str) -> String {
    format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"{unique}\">{list}</sst>")
}

/// What the reader of a meter's load says of a file, in a moment.
fn told(bytes: &[u8]) -> String {
    let begin = Instant::now();
    let mut problems = Vec::new();
    assert!(metered::read("a", bytes, &Map::default(), &mut problems).is_none());
    assert!(begin.elapsed().as_secs() < 20, "it took {:?}", begin.elapsed());
    words(problems)
}

fn words(list: Vec<Problem>) -> String {
    Problems { files: Vec::new(), list }.to_string()
}

#[test]
fn a_workbook_is_no_larger_than_what_is_written_in_it() {
    let one = texts("1", "<si><t>Start</t></si>");
    let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert!(told(&workbook(far, &one)).contains("a cell in column 16384"));
    let many = (1..=11_000).fold(String::new(), |mut out, row| {
        let _ = write!(out, "<row r=\"{row}\"><c r=\"BXW{row}\"><v>1</v></c></row>");
        out
    });
    assert!(told(&workbook(&many, &one)).contains("more than 20 million cells"));
    let good = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let hidden = " ".repeat(70) + "400000000000";
    for unique in ["99999999999999999999", "400000000000", &hidden] {
        assert!(told(&workbook(good, &texts(unique, ""))).contains("texts"), "{unique}");
    }
    let long = |bytes: usize| texts("1", &format!("<si><t>{}</t></si>", "x".repeat(bytes)));
    let again = |count: usize| {
        (1..=count).fold(String::new(), |mut out, row| {
            let _ = write!(out, "<row r=\"{row}\"><c r=\"B{row}\" t=\"s\"><v>0</v></c></row>");
            out
        })
    };
    assert!(told(&workbook(&again(600), &long(500_000))).contains("cell B1 holds more than 128 KB"));
    assert!(told(&workbook(&again(600), &long(2 << 20))).contains("holds more than 128 KB"));
    let inline = format!("<row r=\"3\"><c r=\"C3\" t=\"inlineStr\"><is><t>{}</t></is></c></row>", "x".repeat(2 << 20));
    assert!(told(&workbook(&inline, &one)).contains("cell C3 holds more than 128 KB"));
    assert!(told(&workbook(&again(9_500), &long(120_000))).contains("MB of text"));
    assert!(told(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).contains("before 2007"));
    assert!(told(b"PK\x03\x04").contains("is no workbook"));
}

#[test]
fn a_table_of_others_has_room_for_what_a_table_holds() {
    let line = format!("start,kw\n\"2025-06-02\",{}\n", ",".repeat(2 << 20));
    assert!(told(line.as_bytes()).contains("a:2: is longer than 1024 KiB"));
    let wide = format!("start,kw\n2025-06-02 00:00,{}\n", "1,".repeat(2_000));
    assert!(told(wide.as_bytes()).contains("a:2: has more than 2000 cells"));
    let row = format!("1{}\n", ",".repeat(1_999));
    assert!(told(row.repeat(10_001).as_bytes()).contains("more than 20 million cells"));
    let mut problems = Vec::new();
    let log = format!("[{}0]\n", "0,".repeat(999)).repeat(11_000);
    let found = sessions::read("a.jsonl", log.as_bytes(), &sessions::Options::default(), &mut problems);
    assert!(found.list.is_empty() && !problems.is_empty());
}

#[test]
fn xml_of_a_meter_is_that_of_a_meter() {
    let feed = |inner: &str| told(format!("<feed xmlns=\"http://naesb.org/espi\">{inner}</feed>").as_bytes());
    let names = (0..20_000).fold(String::new(), |mut out, at| {
        let _ = write!(out, " a{at}=\"\"");
        out
    });
    assert!(feed(&format!("\n<entry{names}/>")).contains("a:2: has a tag of more than 8 KiB"));
    let nested = (0..2_000).fold(String::new(), |mut out, at| {
        let _ = write!(out, "<a xmlns:n{at}=\"x\">");
        out
    });
    assert!(feed(&nested).contains("namespaces"));
    let block = |start: &str| {
        format!(
            "<IntervalBlock><IntervalReading><timePeriod><duration>900</duration><start>{start}</start></timePeriod>\
             <value>1</value></IntervalReading></IntervalBlock>"
        )
    };
    for start in ["9223372036854775807", "-9223372036854775808", "4102444800"] {
        let kind = "<ReadingType><uom>72</uom></ReadingType>";
        assert!(feed(&format!("{kind}{}{}", block("0"), block(start))).contains("no start"), "{start}");
    }
    // A year of quarters of an hour is read in a moment, each with its line.
    let year = (0..35_040)
        .fold(String::new(), |out, at| out + &block(&(1_750_000_000_u64 / 900 * 900 + at * 900).to_string()) + "\n");
    let begin = Instant::now();
    let text = format!(
        "<feed xmlns=\"http://naesb.org/espi\"><ReadingType><uom>72</uom></ReadingType>{}</feed>",
        year.replace("</IntervalBlock>\n<IntervalBlock>", "\n")
    );
    let mut problems = Vec::new();
    let read = metered::read("a", text.as_bytes(), &Map::default(), &mut problems);
    assert_eq!(read.map(|it| it.load.kw().len()), Some(35_040), "{}", words(problems));
    assert!(begin.elapsed().as_secs() < 20, "it took {:?}", begin.elapsed());
}

const SMALL: &str = include_str!("../yard/small.toml");

/// The small terminal with its plan from a file.
fn with_file() -> String {
    let cut = |text: &str, from: &str, to: &str, with: &str| {
        let start = text.find(from).unwrap();
        let end = text[start..].find(to).unwrap() + start;
        format!("{}{with}{}", &text[..start], &text[end..])
    };
    let drawn = cut(SMALL, "quay_m", "detour", "file = \"plan.geojson\"\n");
    cut(&drawn, "[terminal.pier.plan.lots.north]", "\n\n", "")
}

/// What is said of a small terminal with settings, or with a drawn plan that has these features more.
fn of_terminal(settings: &[String], features: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    match features {
        None => write("scenario.toml", SMALL),
        Some(features) => {
            write("scenario.toml", &with_file());
            let (before, after) = include_str!("../yard/small.geojson").split_once("\"features\": [").unwrap();
            write("plan.geojson", &format!("{before}\"features\": [{features},{after}"));
        }
    }
    let begin = Instant::now();
    let said = load(&Request { path: dir.path().to_path_buf(), settings: settings.to_vec(), ..Request::default() });
    assert!(begin.elapsed().as_secs() < 30, "it took {:?}", begin.elapsed());
    said.err().map(|problems| problems.to_string()).unwrap_or_default()
}

#[test]
fn a_plan_has_what_a_terminal_has() {
    let settings = |set: &str| of_terminal(&[format!("terminal.pier.plan.{set}")], None);
    assert!(settings("blocks={ stacker = 1000000 }").contains("1000000 blocks, more than 1000"));
    assert!(settings("rail_at_m=[1e300, 0]").contains("20000 m from the quay"));
    assert!(settings("lots.north.size_m=[1e308, 1e308]").contains("20000 m from the quay"));
    let lots: Vec<String> = (0..1_500).map(|at| format!("terminal.pier.plan.lots.n{at}.at_m=[150, 180]")).collect();
    assert!(of_terminal(&lots, None).contains("lots, more than 1000"));
    let road = |points: &str| {
        format!(
            "{{\"type\": \"Feature\", \"properties\": {{\"kind\": \"road\"}}, \"geometry\": {{\"type\": \"LineString\", \"coordinates\": [{points}]}}}}"
        )
    };
    let zigzag = |count: usize| {
        let points = (0..count).map(|at| format!("[{}, {}]", at % 2 * 200 + 50, 20.0 + at as f64 / 40.0));
        points.collect::<Vec<_>>().join(",")
    };
    assert!(of_terminal(&[], Some(&road(&zigzag(30_000)))).contains("positions, more than 20000"));
    assert!(of_terminal(&[], Some(&road(&zigzag(15_000)))).contains("straight stretches, more than 5000"));
    let crossing = (0..400_u32).map(|at| {
        let half = f64::from(at) / 2.0;
        road(&if at % 2 == 0 { format!("[{half}, 0], [{half}, 200]") } else { format!("[0, {half}], [300, {half}]") })
    });
    assert!(of_terminal(&[], Some(&crossing.collect::<Vec<_>>().join(","))).contains("meet more than 20000 times"));
}

/// Numbers of the command line are numbers that mean something.
#[test]
fn options_take_no_odd_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let good = ["--radius-km=0.5", "--least-stops=5", "--battery-kwh=400", "--kwh-per-km=1.3", "--charge-kw=150"];
    let exit = |numbers: &[&str]| {
        let words = [&["import", "trips", "trips.csv", "--out", "fleet"][..], numbers].concat();
        let done = super::portvolt(dir.path(), &words);
        (done.status.code(), text(&done.stderr))
    };
    assert_eq!(exit(&good).0, Some(4), "only the file is missing");
    for odd in ["nan", "inf", "-1", "0", "1e400", "99999999999", "x"] {
        for at in 0..good.len() {
            let option = good[at].split_once('=').unwrap().0;
            let wrong = format!("{option}={odd}");
            let mut numbers = good;
            numbers[at] = &wrong;
            let (code, said) = exit(&numbers);
            assert!(code == Some(2) && said.contains(option), "{wrong}: {said}");
        }
    }
}
