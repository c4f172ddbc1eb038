//! Workbooks, made here part by part, read through the binary.

use std::ffi::OsStr;
use std::io::Write;

use crate::harness::{Dir, data, mytools};

/// An archive of these members, stored.
fn archive(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/><sheet name="2" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;

/// A workbook of Excel: a header, then rows of text, numbers, dates, formulas, errors and nothing.
fn excel() -> Vec<u8> {
    let text = |cell: &str, text: &str| format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let plain = |cell: &str, value: &str| format!(r#"<c r="{cell}"><v>{value}</v></c>"#);
    let styled = |cell: &str, style: u8, value: &str| format!(r#"<c r="{cell}" s="{style}"><v>{value}</v></c>"#);
    let header: String = ["zip", "n", "day", "at", "took", "sum", "ok", "zip"]
        .iter()
        .zip('A'..)
        .map(|(name, column)| text(&format!("{column}1"), name))
        .collect();
    let first = [
        text("A2", "007"),
        plain("B2", "1.1000000000000001"),
        styled("C2", 1, "45943"),
        styled("D2", 2, "45943.541"),
        styled("E2", 3, "1.5"),
        r#"<c r="F2"><f>B2*2</f><v>42</v></c>"#.to_string(),
        r#"<c r="G2" t="b"><v>1</v></c>"#.to_string(),
        text("H2", "x"),
    ];
    let second = [
        plain("B4", "-3"),
        r#"<c r="F4" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#.to_string(),
        r#"<c r="G4" t="b"><v>0</v></c>"#.to_string(),
    ];
    let sheet = |rows: &str| {
        format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        )
    };
    let one = sheet(&format!(
        r#"<row r="1">{header}</row><row r="2">{}</row><row r="4">{}</row>"#,
        first.concat(),
        second.concat()
    ));
    let two = sheet(&format!(r#"<row r="1">{}</row><row r="2">{}</row>"#, text("A1", "a"), plain("A2", "1")));
    archive(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &one),
        ("xl/worksheets/sheet2.xml", &two),
    ])
}

/// A workbook as `LibreOffice` writes it.
fn libre() -> Vec<u8> {
    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>d</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-03-01"><text:p>01.03.26</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
        ("META-INF/manifest.xml", manifest),
    ])
}

const FIRST: &str = r#"{"zip":"007","n":1.1,"day":"2025-10-13","at":"2025-10-13T12:59:02.4","took":"36:00:00","sum":42,"ok":true,"zip_2":"x"}
{"zip":null,"n":-3,"day":null,"at":null,"took":null,"sum":"#;

#[test]
fn cells_are_what_the_sheet_says() {
    let dir = Dir::new();
    dir.file("a.xlsx", excel());
    for block in ["1", "7", "64", "100000"] {
        let read = mytools(["process", "a.xlsx", "-f", "jsonl"]).env("MYTOOLS_TEST_BLOCK", block).dir(dir.path()).run();
        assert_eq!(read.text(), format!("{FIRST}\"#DIV/0!\",\"ok\":false,\"zip_2\":null}}\n"));
        assert!(read.errors().contains("1 cell holds an error, #DIV/0!; it is text"), "{}", read.errors());
        assert_eq!(read.code, 0);
    }
}

#[test]
fn columns_are_known_before_the_rows() {
    let dir = Dir::new();
    dir.file("a.xlsx", excel());
    let run = |args: &[&str]| mytools(["process", "a.xlsx"]).args(args).dir(dir.path()).run();
    assert_eq!(run(&["-c", "n,zip", "-f", "csv"]).text(), "n,zip\n1.1,007\n-3,\n");
    let unknown = run(&["-c", "sun", "-f", "csv"]);
    assert!(unknown.errors().contains("unknown column 'sun'; did you mean 'sum'?"), "{}", unknown.errors());
    assert_eq!(unknown.text(), "");
}

#[test]
fn sheets_have_names_and_numbers() {
    let dir = Dir::new();
    dir.file("a.xlsx", excel());
    let run =
        |sheet: &str| mytools(["process", "a.xlsx", "-f", "csv", "-n", "1", "--sheet", sheet]).dir(dir.path()).run();
    assert!(run("1").text().starts_with("zip,n,"));
    assert!(run("Sales").text().starts_with("zip,n,"));
    // A sheet whose name is a number wins over the number.
    assert_eq!(run("2").text(), "a\n1\n");
    let wrong = run("Sale");
    assert!(wrong.errors().contains("there is no sheet 'Sale'; did you mean 'Sales'?"), "{}", wrong.errors());
    assert_eq!(wrong.code, 2);
}

#[test]
fn open_documents_and_pipes() {
    let dir = Dir::new();
    dir.file("a.ods", libre());
    assert_eq!(mytools(["process", "a.ods", "-f", "csv"]).dir(dir.path()).ok(), "a,d\n2,2026-03-01\n");
    assert_eq!(mytools(["process", "-", "--sheet", "2", "-f", "csv"]).stdin(excel()).ok(), "a\n1\n");
    assert_eq!(mytools(["process", "-", "-f", "csv"]).stdin(libre()).ok(), "a,d\n2,2026-03-01\n");
}

#[test]
fn what_is_no_workbook_is_an_error() {
    let dir = Dir::new();
    dir.file("a.xlsx", b"a,b\n1,2\n");
    dir.file("b.xlsx", excel().get(..900).unwrap());
    for name in ["a.xlsx", "b.xlsx"] {
        let read = mytools(["process", name]).dir(dir.path()).run();
        assert!(read.errors().contains(&format!("{name}: no workbook that can be read")), "{}", read.errors());
        assert_eq!(read.code, 2);
    }
}

/// The records of one of the files in `tests/data/workbooks`, which other programs wrote: openpyxl `a.xlsm`, xlwt `a.xls`,
/// `XlsxWriter` `fx.xlsx` and `d1904.xlsx`, odfpy `a.ods`; `a.xlsb` was put together by hand after [MS-XLSB].
fn records(name: &str) -> (String, String) {
    let path = data("workbooks").join(name);
    let run = mytools([OsStr::new("process"), path.as_os_str(), OsStr::new("-f"), OsStr::new("jsonl")]).run();
    assert_eq!(run.code, 0, "{name}: {}", run.errors());
    let piped = mytools(["process", "-f", "jsonl"]).stdin(std::fs::read(&path).unwrap()).run();
    assert_eq!(run.text(), piped.text(), "{name}");
    (run.text(), run.errors())
}

#[test]
fn every_kind_of_workbook_says_the_same() {
    let first = r##"{"id":1,"name":"Ann","when":"2026-03-01T13:05:07","day":"2026-03-01","clock":"08:30:00","pct":0.125,"flag":true,"err":"#DIV/0!","empty":null,"formula":"##;
    for (name, more) in [("a.xls", r#""","neg":-0.5}"#), ("a.xlsb", "2}"), ("a.xlsm", r#"null,"big":12345678901,"#)] {
        let (text, errors) = records(name);
        assert!(text.starts_with(&format!("{first}{more}")), "{name}: {text}");
        assert!(errors.contains("2 cells hold errors, such as #DIV/0!; they are text"), "{name}: {errors}");
    }
    let (text, _) = records("a.ods");
    let (line, rest) = text.split_once('\n').unwrap();
    assert_eq!(
        line,
        r#"{"id":1,"when":"2026-03-01T13:05:07","day":"2026-03-01","clock":"08:30:00","pct":0.125,"flag":true,"formula":2,"empty":null,"err":"","money":1.1}"#
    );
    // Rows and cells that are only repeated emptiness are no records.
    assert_eq!(rest.lines().count(), 2);
}

#[test]
fn odd_cells_of_workbooks() {
    let (text, _) = records("a.xlsm");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with(
        r#"{"id":2,"name":"Büro \"x\"\nline","when":"1900-01-01","day":"1904-01-01","clock":"23:59:59.5","pct":1,"flag":false,"#
    ));
    // Of merged cells the first has the value.
    assert!(lines[2].starts_with(r#"{"id":3,"name":"merged","when":null,"day":null,"#));
    let (text, errors) = records("fx.xlsx");
    assert_eq!(
        text,
        concat!(
            r##"{"a":21,"b":42,"c":"x21","d":"#DIV/0!"}"##,
            "\n",
            r#"{"a":true,"b":true,"c":"2026-01-02T03:04:05.678","d":"abc"}"#,
            "\n",
            r#"{"a":"36:00:00","b":"2020-06-18T06:00:00","c":3,"d":"https://e.org"}"#,
            "\n"
        )
    );
    assert!(errors.contains("1 cell holds an error, #DIV/0!; it is text"), "{errors}");
    assert_eq!(records("d1904.xlsx").0, "{\"t\":\"2026-03-01\"}\n");
}
