//! The coordinate system in a `.prj` file beside a Shapefile: by its EPSG code, or where it has none, as ESRI's writers leave it out,
//! by its projection and parameters.
//!
//! WKT 1 (OGC 01-009). Datums that differ from WGS 84 by more than a metre or so cannot be told from their name alone; those are
//! refused by name rather than shifted wrongly.

use super::crs::of_epsg;
use super::format::FormatError;
use crate::geodesy::projection::Projection;

/// The projection of a `.prj`; `None` where coordinates are degrees.
///
/// # Errors
/// A system that is not known here; the error has its name.
pub(super) fn read(wkt: &str) -> Result<Option<Projection>, FormatError> {
    let geographic = wkt.trim_start().starts_with("GEOGCS");
    if !(geographic || wkt.trim_start().starts_with("PROJCS")) {
        return Ok(None);
    }
    let name = wkt.split('"').nth(1).unwrap_or("unknown").to_owned();
    let unsupported = || FormatError::Crs { name: name.clone() };
    // An authority after the last unit is that of the whole.
    let last = wkt.rsplit("UNIT[").next().unwrap_or_default();
    let code = last.rsplit("AUTHORITY[\"EPSG\",\"").next().filter(|t| t.len() < last.len());
    let code =
        code.and_then(|t| t.split('"').next()).and_then(|t| t.parse::<i64>().ok()).filter(|c| *c > 9_999 || *c < 9_000);
    if let Some(code) = code {
        return of_epsg(code);
    }
    if geographic {
        let known = word(wkt, "DATUM[").is_some_and(like_wgs) && word(wkt, "PRIMEM[").is_none_or(|p| p == "Greenwich");
        return if known { Ok(None) } else { Err(unsupported()) };
    }
    let definition = definition(wkt).ok_or_else(unsupported)?;
    Projection::from_definition(&definition).map(Some).map_err(|_| unsupported())
}

/// Words of PROJ for a projection and its parameters.
fn definition(wkt: &str) -> Option<String> {
    if !like_wgs(word(wkt, "DATUM[")?) {
        return None;
    }
    let projection = word(wkt, "PROJECTION[")?.to_ascii_lowercase();
    let kind = match projection.as_str() {
        "transverse_mercator" | "gauss_kruger" => "tmerc",
        "mercator_auxiliary_sphere" => "merc +a=6378137 +b=6378137",
        "mercator" | "mercator_1sp" | "mercator_2sp" => "merc",
        "lambert_conformal_conic" | "lambert_conformal_conic_2sp" | "lambert_conformal_conic_1sp" => "lcc",
        "albers" | "albers_conic_equal_area" => "aea",
        "lambert_azimuthal_equal_area" => "laea",
        "azimuthal_equidistant" => "aeqd",
        _ => return None,
    };
    let mut out = format!("+proj={kind}");
    let parameter = |names: &[&str]| names.iter().find_map(|n| number(wkt, n));
    let rows: [(&str, &[&str]); 7] = [
        ("lon_0", &["central_meridian", "longitude_of_center"]),
        ("lat_0", &["latitude_of_origin", "latitude_of_center"]),
        ("lat_1", &["standard_parallel_1"]),
        ("lat_2", &["standard_parallel_2"]),
        ("k_0", &["scale_factor"]),
        ("x_0", &["false_easting"]),
        ("y_0", &["false_northing"]),
    ];
    // The linear unit is the last one; false origins are in it too.
    let unit: f64 =
        wkt.rsplit("UNIT[").next()?.split(',').nth(1)?.trim_end_matches([']', ' ']).split(']').next()?.parse().ok()?;
    for (key, names) in rows {
        if let Some(v) = parameter(names) {
            let v = if key.ends_with("_0") && (key.starts_with('x') || key.starts_with('y')) { v * unit } else { v };
            let key = if kind == "merc" && key == "lat_1" { "lat_ts" } else { key };
            out.push_str(&format!(" +{key}={v}"));
        }
    }
    if !kind.contains("+a=") {
        out.push_str(" +datum=WGS84");
    }
    out.push_str(&format!(" +to_meter={unit} +no_defs"));
    Some(out)
}

/// Whether a datum is WGS 84 to within a metre or so.
fn like_wgs(datum: &str) -> bool {
    let datum = datum.to_ascii_uppercase().replace(' ', "_");
    let known = [
        "WGS_1984",
        "WORLD_GEODETIC_SYSTEM_1984",
        "WGS84",
        "WGS_84",
        "ETRS",
        "EUROPEAN_TERRESTRIAL",
        "RGF",
        "RESEAU_GEODESIQUE",
        "NORTH_AMERICAN_1983",
        "NORTH_AMERICAN_DATUM_1983",
        "NAD83",
        "GDA",
        "GEOCENTRIC_DATUM_OF_AUSTRALIA",
        "JGD_2",
        "ITRF",
    ];
    known.iter().any(|d| datum.contains(d))
}

/// The quoted word right after a keyword.
fn word<'w>(wkt: &'w str, keyword: &str) -> Option<&'w str> {
    wkt.split(keyword).nth(1)?.split('"').nth(1)
}

fn number(wkt: &str, parameter: &str) -> Option<f64> {
    let lower = wkt.to_ascii_lowercase();
    let rest = lower.split(&format!("parameter[\"{parameter}\",")).nth(1)?;
    rest.split(']').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UTM: &str = r#"PROJCS["WGS_1984_UTM_Zone_37N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",39.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn esri_names_a_zone_without_a_code() {
        let ours = read(UTM).expect("known").expect("projected");
        let code = of_epsg(32637).expect("known").expect("projected");
        let at = geo::Coord { x: 295_000.0, y: 3_889_000.0 };
        let (a, b) = (ours.inverse(at).expect("near"), code.inverse(at).expect("near"));
        assert!((a.x - b.x).abs() < 1e-9 && (a.y - b.y).abs() < 1e-9, "{a:?} {b:?}");
        assert!((35.0..36.0).contains(&a.y) && (36.0..38.0).contains(&a.x));
    }

    #[test]
    fn codes_degrees_and_refusals() {
        let with_code = UTM.replace(
            "UNIT[\"Meter\",1.0]]",
            "UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],AUTHORITY[\"EPSG\",\"32637\"]]",
        );
        assert!(read(&with_code).expect("known").is_some());
        let degrees = |datum: &str| read(&format!("GEOGCS[\"GCS\",DATUM[\"{datum}\",SPHEROID[\"x\",1,2]]]"));
        assert!(degrees("D_WGS_1984").expect("degrees").is_none());
        assert!(degrees("D_European_Terrestrial_Reference_System_1989").expect("degrees").is_none());
        assert!(degrees("D_OSGB_1936").is_err(), "a hundred metres off");
        let other = UTM.replace("D_WGS_1984", "D_Amersfoort");
        let error = read(&other).expect_err("another datum").to_string();
        assert!(error.contains("WGS_1984_UTM_Zone_37N") && error.contains("reproject"), "{error}");
        assert!(read(&UTM.replace("Transverse_Mercator", "Krovak")).is_err());
    }
}
