//! Any bytes as a workbook, and as each part of one: its rows are read or it is told to be wrong, within the memory of a target.
//! So are any bytes as a download of a meter in XML.

use portvolt::import::{load, map::Map, sessions, trips};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// The parts of a workbook with a sheet that is good.
fn parts() -> [(&'static str, Vec<u8>); 6] {
    [
        (
            "_rels/.rels",
            format!("<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into(),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>").into(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>").into(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>45810.5</v></c></row></sheetData></worksheet>").into(),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"1\"><si><t>Start</t></si></sst>").into()),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"1\"><xf numFmtId=\"22\"/></cellXfs></styleSheet>").into()),
    ]
}

/// A workbook with bytes in the place of one of its parts.
fn workbook(which: usize, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (at, (name, part)) in parts().into_iter().enumerate() {
        archive.start_file(name, stored).expect("memory takes it");
        archive.write_all(if at == which { bytes } else { &part }).expect("memory takes it");
    }
    archive.finish().expect("memory takes it").into_inner()
}

/// The reader of workbooks may panic; who calls it catches that and refuses the file. The fuzzer would take any panic for a find.
pub(crate) fn let_the_reader_panic() {
    let fail = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_of_reader = |file: &str| ["calamine", "quick-xml", "zip-"].iter().any(|name| file.contains(name));
        if !panic.location().is_some_and(|place| is_of_reader(place.file())) {
            fail(panic);
        }
    }));
}

pub(crate) fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let bytes = match usize::from(kind % 8) {
        6 => rest.to_vec(),
        7 => [b"<feed xmlns=\"espi\">", rest].concat(),
        which => workbook(which, rest),
    };
    let mut problems = Vec::new();
    let read = load::read("a.xlsx", &bytes, &Map::default(), &mut problems);
    assert!(read.is_some() || !problems.is_empty(), "nothing read and nothing told");
    problems.clear();
    let read = sessions::read("a.xlsx", &bytes, &sessions::Options::default(), &mut problems);
    assert!(!read.list.is_empty() || !problems.is_empty(), "nothing read and nothing told");
    problems.clear();
    let read = trips::read("a.xlsx", &bytes, &trips::Options::default(), &mut problems);
    assert!(read.is_some() || !problems.is_empty(), "nothing read and nothing told");
}
