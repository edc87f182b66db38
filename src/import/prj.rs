//! What the coordinates of a shapefile are, from its `.prj`: a reference system as text (OGC well-known text 1 and 2, and Esri's).

use super::shape::Scale;

/// Systems are not nested deeper.
const DEEPEST: usize = 32;
/// More text is no reference system.
const MOST_BYTES: usize = 64 << 10;
/// Projections that keep angles, and lengths to about a thousandth within their zone.
const TRUE_TO_SCALE: [&str; 9] = [
    "transverse mercator",
    "gauss kruger",
    "lambert conformal conic",
    "lambert conic conformal",
    "oblique mercator",
    "oblique stereographic",
    "double stereographic",
    "polar stereographic",
    "krovak",
];

/// A keyword with what stands in its brackets.
#[derive(Debug)]
struct Node<'t> {
    word: &'t str,
    texts: Vec<&'t str>,
    numbers: Vec<f64>,
    inner: Vec<Node<'t>>,
}

/// What coordinates of this system are, and what is assumed.
///
/// # Errors
/// Why they are not read.
pub(super) fn scale(text: &str) -> Result<(Scale, Option<String>), String> {
    if text.len() > MOST_BYTES {
        return Err(format!("has {} KB; a reference system has at most {}", text.len() >> 10, MOST_BYTES >> 10));
    }
    let (system, _) = node(text.trim_start_matches('\u{feff}').trim(), 0)?;
    let horizontal = ["COMPD_CS", "COMPOUNDCRS", "BOUNDCRS", "SOURCECRS"];
    let mut system = &system;
    while horizontal.contains(&system.word.to_ascii_uppercase().as_str()) {
        system = system.inner.first().ok_or("names no reference system")?;
    }
    match system.word.to_ascii_uppercase().as_str() {
        "GEOGCS" | "GEOGCRS" | "GEODCRS" | "GEOGRAPHICCRS" => Ok((Scale::Degrees, None)),
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" => projected(system),
        other => Err(format!("`{other}` is neither a geographic nor a projected reference system")),
    }
}

/// The planes of a projected system.
fn projected(system: &Node<'_>) -> Result<(Scale, Option<String>), String> {
    let name = system.texts.first().copied().unwrap_or_default();
    let words = |text: &str| text.to_ascii_lowercase().replace(['_', '-', '/', '(', ')'], " ");
    let projection = method(system).map(words).unwrap_or_default();
    let is_web = words(name).contains("pseudo mercator") || words(name).contains("web mercator");
    if is_web || projection.contains("auxiliary sphere") || projection.contains("pseudo mercator") {
        return Ok((Scale::WebMercator, Some(format!("`{name}` is the plane of web maps and is made degrees"))));
    }
    if !TRUE_TO_SCALE.iter().any(|known| projection.contains(known)) {
        let what = if projection.is_empty() { "that it does not name".to_owned() } else { format!("`{projection}`") };
        return Err(format!("`{name}` is a projection ({what}) whose lengths may be far from those on the ground"));
    }
    // Within brackets of their own units are those of parameters; the system's own stands last.
    let unit = system
        .inner
        .iter()
        .rev()
        .find(|inner| matches!(inner.word.to_ascii_uppercase().as_str(), "UNIT" | "LENGTHUNIT"));
    let in_axes =
        || system.inner.iter().flat_map(|axis| &axis.inner).find(|it| it.word.eq_ignore_ascii_case("LENGTHUNIT"));
    let metres = unit.or_else(in_axes).and_then(|unit| unit.numbers.first().copied());
    let metres = metres.filter(|metres| (1e-3..=1e4).contains(metres)).ok_or("says no unit of length")?;
    Ok((
        Scale::Plane(metres),
        Some(format!("lengths are those of `{name}`, to about a thousandth of those on the ground")),
    ))
}

/// The name of the projection.
fn method<'t>(system: &Node<'t>) -> Option<&'t str> {
    let own = |node: &Node<'t>| ["PROJECTION", "METHOD"].contains(&node.word.to_ascii_uppercase().as_str());
    let found = system.inner.iter().find(|node| own(node));
    let found = found.or_else(|| system.inner.iter().flat_map(|conversion| &conversion.inner).find(|node| own(node)));
    found.and_then(|node| node.texts.first().copied())
}

/// Reads a keyword with its brackets; and what stands behind.
fn node(text: &str, depth: usize) -> Result<(Node<'_>, &str), String> {
    let wrong = || "is no reference system as text".to_owned();
    if depth > DEEPEST {
        return Err(format!("is nested more than {DEEPEST} deep"));
    }
    let open = text.find(['[', '(']).ok_or_else(wrong)?;
    let word = text[..open].trim();
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(wrong());
    }
    let mut found = Node { word, texts: Vec::new(), numbers: Vec::new(), inner: Vec::new() };
    let mut rest = text[open + 1..].trim_start();
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or_else(wrong)?;
            found.texts.push(&quoted[..end]);
            rest = &quoted[end + 1..];
        } else {
            let end = rest.find([',', '[', ']', '(', ')']).ok_or_else(wrong)?;
            if rest[end..].starts_with(['[', '(']) {
                let (inner, behind) = node(rest, depth + 1)?;
                found.inner.push(inner);
                rest = behind;
            } else {
                found.numbers.extend(rest[..end].trim().parse::<f64>().ok());
                rest = &rest[end..];
            }
        }
        rest = rest.trim_start();
        match rest.chars().next() {
            Some(',') => rest = rest[1..].trim_start(),
            Some(']' | ')') => return Ok((found, &rest[1..])),
            _ => return Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Contract: degrees, planes in metres and feet, and web maps are told apart; what would make lengths wrong is refused.

    use super::*;

    const UTM: &str = r#"PROJCS["WGS_1984_UTM_Zone_11N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn systems_are_told_apart() {
        assert_eq!(scale(UTM).unwrap().0, Scale::Plane(1.0));
        let state = UTM
            .replace("Transverse_Mercator", "Lambert_Conformal_Conic")
            .replace(r#""Meter",1.0"#, r#""Foot_US",0.3048006096012192"#);
        assert_eq!(scale(&state).unwrap().0, Scale::Plane(0.304_800_609_601_219_2));
        assert_eq!(
            scale(r#"GEOGCS["GCS_North_American_1983",UNIT["Degree",0.0174532925199433]]"#).unwrap().0,
            Scale::Degrees
        );
        let web = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984"],PROJECTION["Mercator_Auxiliary_Sphere"],UNIT["Meter",1.0]]"#;
        assert_eq!(scale(web).unwrap().0, Scale::WebMercator);
        let new = r#"PROJCRS["WGS 84 / UTM zone 11N",BASEGEOGCRS["WGS 84"],CONVERSION["UTM zone 11N",METHOD["Transverse Mercator",ID["EPSG",9807]]],CS[Cartesian,2],AXIS["(E)",east,ORDER[1],LENGTHUNIT["metre",1]],ID["EPSG",32611]]"#;
        assert_eq!(scale(new).unwrap().0, Scale::Plane(1.0));
        assert!(scale(&UTM.replace("Transverse_Mercator", "Albers")).unwrap_err().contains("far from those"));
        for wrong in ["", "x", "[", "PROJCS[", "PROJCS[\"a\"", "LOCAL_CS[\"a\"]", &"A[".repeat(60), "COMPD_CS[\"a\"]"] {
            assert!(scale(wrong).is_err(), "{wrong}");
        }
    }
}
