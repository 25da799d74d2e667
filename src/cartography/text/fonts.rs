//! The fonts: the embedded Noto faces and the packs a user adds with `--fonts`.

use super::outline::{GlyphOutline, draw};
use super::{FontSpec, Shaped, Weight, shape};
use harfrust::{Direction, Feature, Language, Script, ShapePlan, ShapePlanKey};
use rustc_hash::FxHashMap;
use skrifa::raw::types::NameId;
use skrifa::{Font, Tag};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// A family of a font list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Family(pub(super) u16);

/// A face of a font list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub(super) u16);

/// Why a font pack could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FontError {
    /// The folder or a file in it cannot be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file that is not a font, or is broken.
    #[error("{}: not a TrueType or OpenType font", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
    },
    /// A folder without fonts.
    #[error("{}: no .ttf, .otf, .ttc or .otc file in it", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// Bytes of a font file, shared.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Where a face comes from.
#[derive(Clone)]
pub struct Source {
    /// The bytes of the font file.
    pub bytes: FontBytes,
    /// Which font of the file.
    pub index: u32,
    /// Position on the weight axis of a variable font.
    pub axis: Option<f32>,
}

/// One face: a family at a weight and slant.
pub struct Face {
    /// Its family's name, for instance `Noto Sans Arabic`.
    pub name: String,
    /// CSS weight.
    pub weight: u16,
    /// Whether it is slanted.
    pub italic: bool,
    /// Font units to the em.
    pub units_per_em: i32,
    /// Where it comes from.
    pub source: Source,
    pub(super) font: Font,
    pub(super) family: Family,
    pub(super) ascent: i32,
    pub(super) descent: i32,
    pub(super) cap_height: i32,
    pub(super) x_height: i32,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({} {}{})", self.name, self.weight, if self.italic { " italic" } else { "" })
    }
}

/// What a shaped text is kept under.
#[derive(PartialEq, Eq, Hash)]
struct ShapedKey {
    text: String,
    font: FontSpec,
    lang: String,
}

#[derive(Default)]
struct List {
    faces: Vec<Face>,
    families: Vec<String>,
    shaped: Mutex<FxHashMap<ShapedKey, Arc<Shaped>>>,
    outlines: Mutex<FxHashMap<(FaceId, u32), Arc<GlyphOutline>>>,
    plans: Mutex<Vec<(FaceId, Arc<ShapePlan>)>>,
}

/// A list of faces with a memory of what was shaped and drawn; clones share it.
#[derive(Clone)]
pub struct Fonts(Arc<List>);

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fonts").field(&self.0.families).finish()
    }
}

macro_rules! embedded {
    ($($name:literal $style:literal $weight:literal $italic:literal $file:literal;)+) => {
        &[$(Embedded {
            name: $name,
            weight: $weight,
            italic: $italic,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $file)),
        }),+]
    };
}

struct Embedded {
    name: &'static str,
    weight: u16,
    italic: bool,
    bytes: &'static [u8],
}

/// Noto Sans first: it is the default family.
const EMBEDDED: &[Embedded] = embedded! {
    "Noto Sans" "Regular" 400 false "NotoSans-Regular.ttf";
    "Noto Sans" "Bold" 700 false "NotoSans-Bold.ttf";
    "Noto Sans" "Italic" 400 true "NotoSans-Italic.ttf";
    "Noto Sans Arabic" "Regular" 400 false "NotoSansArabic-Regular.ttf";
    "Noto Sans Arabic" "Bold" 700 false "NotoSansArabic-Bold.ttf";
    "Noto Sans Hebrew" "Regular" 400 false "NotoSansHebrew-Regular.ttf";
    "Noto Sans Hebrew" "Bold" 700 false "NotoSansHebrew-Bold.ttf";
    "Noto Sans Armenian" "Regular" 400 false "NotoSansArmenian-Regular.ttf";
    "Noto Sans Armenian" "Bold" 700 false "NotoSansArmenian-Bold.ttf";
    "Noto Sans Georgian" "Regular" 400 false "NotoSansGeorgian-Regular.ttf";
    "Noto Sans Georgian" "Bold" 700 false "NotoSansGeorgian-Bold.ttf";
};

impl List {
    fn family(&mut self, name: &str) -> Family {
        let at = self.families.iter().position(|f| f.eq_ignore_ascii_case(name)).unwrap_or_else(|| {
            self.families.push(name.to_owned());
            self.families.len() - 1
        });
        Family(u16::try_from(at).unwrap_or(0))
    }

    fn push(&mut self, name: &str, weight: u16, italic: bool, font: Font, source: Source) {
        let family = self.family(name);
        let metrics = font.metrics();
        let round = |v: Option<skrifa::raw::types::F48Dot16>| v.map_or(0, |v| v.to_f64().round() as i32);
        let line = metrics.h_line();
        let face = Face {
            name: name.to_owned(),
            weight,
            italic,
            units_per_em: i32::from(metrics.units_per_em),
            ascent: round(line.map(|l| l.ascender)),
            descent: -round(line.map(|l| l.descender)),
            cap_height: round(metrics.cap_height),
            x_height: round(metrics.x_height),
            source,
            font,
            family,
        };
        self.faces.push(face);
    }

    fn push_file(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), FontError> {
        let bytes = Arc::new(bytes);
        let mut index = 0;
        while let Some(font) = Font::new(skrifa::raw::model::Blob::Shared(bytes.clone()), index) {
            let name = font.names().get(NameId::TYPOGRAPHIC_FAMILY_NAME).or(font.names().get(NameId::FAMILY_NAME));
            let name: String =
                name.and_then(|n| n.english_or_first()).map(|n| n.name().chars().collect()).unwrap_or_default();
            let name = if name.is_empty() {
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
            } else {
                name
            };
            let attributes = font.default_attributes();
            let italic = !matches!(attributes.style, skrifa::font::attribute::Style::Normal);
            let variable =
                (0..font.axes().len()).filter_map(|i| font.axes().get(i)).any(|a| a.tag() == Tag::new(b"wght"));
            let source = |axis| Source { bytes: bytes.clone(), index, axis };
            if variable {
                for weight in [400_u16, 700] {
                    let axis = f32::from(weight);
                    let instance = font.instance_builder().variations([("wght", axis)]).build();
                    self.push(&name, weight, italic, instance, source(Some(axis)));
                }
            } else {
                self.push(&name, attributes.weight.value() as u16, italic, font, source(None));
            }
            index += 1;
            if !bytes.starts_with(b"ttcf") {
                break;
            }
        }
        if index == 0 { Err(FontError::Broken { path: path.to_owned() }) } else { Ok(()) }
    }
}

impl Fonts {
    /// The fonts inside the program: Noto Sans for Latin, Greek and Cyrillic, Arabic, Hebrew, Armenian, Georgian.
    pub fn embedded() -> Self {
        static EMBEDDED_FONTS: OnceLock<Fonts> = OnceLock::new();
        EMBEDDED_FONTS.get_or_init(|| Self(Arc::new(Self::list()))).clone()
    }

    fn list() -> List {
        let mut list = List::default();
        for e in EMBEDDED {
            let font = Font::new(e.bytes, 0).expect("the embedded fonts are fonts; a test reads them");
            let source = Source { bytes: Arc::new(e.bytes), index: 0, axis: None };
            list.push(e.name, e.weight, e.italic, font, source);
        }
        list
    }

    /// The embedded fonts and those of folders or files, in the order of their names.
    ///
    /// # Errors
    /// A folder or file that cannot be read, is no font, or holds none.
    pub fn with_packs(packs: &[PathBuf]) -> Result<Self, FontError> {
        let mut list = Self::list();
        for pack in packs {
            let mut files = Vec::new();
            let read = |source| FontError::Read { path: pack.clone(), source };
            if pack.is_dir() {
                for entry in std::fs::read_dir(pack).map_err(read)? {
                    let path = entry.map_err(read)?.path();
                    let ext = path.extension().map(|e| e.to_ascii_lowercase());
                    if ext.is_some_and(|e| ["ttf", "otf", "ttc", "otc"].iter().any(|x| e == *x)) {
                        files.push(path);
                    }
                }
                files.sort();
                if files.is_empty() {
                    return Err(FontError::Empty { path: pack.clone() });
                }
            } else {
                files.push(pack.clone());
            }
            for path in files {
                let bytes = std::fs::read(&path).map_err(|source| FontError::Read { path: path.clone(), source })?;
                list.push_file(&path, bytes)?;
            }
        }
        Ok(Self(Arc::new(list)))
    }

    /// Whether two lists are one and the same, so that face numbers mean the same faces.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A family by its name, in any letter case.
    pub fn family(&self, name: &str) -> Option<Family> {
        self.0
            .families
            .iter()
            .position(|f| f.eq_ignore_ascii_case(name))
            .and_then(|at| u16::try_from(at).ok())
            .map(Family)
    }

    /// Names of all families in the order in which they are tried.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.0.families.iter().map(String::as_str)
    }

    /// A face.
    pub fn face(&self, id: FaceId) -> &Face {
        &self.0.faces[usize::from(id.0)]
    }

    /// Every face with its number.
    pub fn faces(&self) -> impl Iterator<Item = (FaceId, &Face)> {
        (0_u16..).map(FaceId).zip(&self.0.faces)
    }

    /// Whether a face has a character.
    pub fn covers(&self, id: FaceId, c: char) -> bool {
        self.face(id).font.charmap().map_unicode(c).is_some_and(|g| g.to_u32() != 0)
    }

    /// The face of a family nearest in style: same slant first, then weight, then the order of the list.
    pub fn nearest(&self, family: Family, weight: Weight, italic: bool) -> FaceId {
        let distance = |f: &Face| (f.italic != italic, f.weight.abs_diff(weight.css()));
        let bold_italic = italic && weight == Weight::Bold;
        self.faces()
            .filter(|(_, f)| f.family == family)
            // Bold italics that the family does not have are set bold: weight tells more on a map than slant.
            .min_by_key(|(id, f)| {
                let (slant, weight) = distance(f);
                if bold_italic {
                    (u16::from(weight > 150), u16::from(slant), weight, *id)
                } else {
                    (u16::from(slant), weight, 0, *id)
                }
            })
            .map_or(FaceId(0), |(id, _)| id)
    }

    /// Shapes a line of text for a language (`""` where unknown); remembered, so that asking again costs a look-up.
    pub fn shape(&self, text: &str, font: FontSpec, lang: &str) -> Arc<Shaped> {
        let key = ShapedKey { text: text.to_owned(), font, lang: lang.to_owned() };
        let lock = || self.0.shaped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let shaped = Arc::new(shape::shape(self, text, font, lang));
        lock().insert(key, shaped.clone());
        shaped
    }

    /// Which lookups of a face shape a script; working that out costs more than shaping a name, so it is remembered.
    pub(super) fn plan(
        &self,
        id: FaceId,
        direction: Direction,
        script: Option<Script>,
        language: Option<&Language>,
        features: &[Feature],
    ) -> Arc<ShapePlan> {
        let font = &self.face(id).font;
        let key = ShapePlanKey::new(font, script, direction).language(language).features(features);
        let mut plans = self.0.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, known)) = plans.iter().find(|(face, plan)| *face == id && key.matches(plan)) {
            return known.clone();
        }
        let plan = Arc::new(ShapePlan::new(font, direction, script, language, features));
        plans.push((id, plan.clone()));
        plan
    }

    /// The outline of a glyph in font units, y up; remembered.
    pub fn outline(&self, face: FaceId, glyph: u32) -> Arc<GlyphOutline> {
        let lock = || self.0.outlines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = lock().get(&(face, glyph)) {
            return known.clone();
        }
        let outline = Arc::new(draw(&self.face(face).font, glyph));
        lock().insert((face, glyph), outline.clone());
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_font_reads_under_its_name() {
        let fonts = Fonts::embedded();
        assert_eq!(fonts.faces().count(), EMBEDDED.len());
        for (_, face) in fonts.faces() {
            let names = face.font.names().get(NameId::FAMILY_NAME).and_then(|n| n.english_or_first());
            let name: String = names.map(|n| n.name().chars().collect()).unwrap_or_default();
            assert_eq!(name, face.name);
            assert_eq!(face.font.default_attributes().weight.value() as u16, face.weight);
            assert!(face.ascent > 0 && face.descent > 0 && face.units_per_em == 1000);
        }
    }

    #[test]
    fn the_nearest_face_keeps_weight_before_slant() {
        let fonts = Fonts::embedded();
        let style = |w, i| {
            let f = fonts.face(fonts.nearest(Family::default(), w, i));
            (f.weight, f.italic)
        };
        assert_eq!(style(Weight::Regular, false), (400, false));
        assert_eq!(style(Weight::Bold, false), (700, false));
        assert_eq!(style(Weight::Regular, true), (400, true));
        assert_eq!(style(Weight::Bold, true), (700, false));
    }

    #[test]
    fn the_manifest_names_every_font_with_its_checksum() {
        use sha2::Digest as _;
        let manifest: toml::Table = include_str!("../../../fonts/manifest.toml").parse().expect("TOML");
        let listed = manifest["font"].as_array().expect("fonts");
        assert_eq!(listed.len(), EMBEDDED.len());
        for (font, embedded) in listed.iter().zip(EMBEDDED) {
            let sum: String = sha2::Sha256::digest(embedded.bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(font["sha256"].as_str(), Some(sum.as_str()), "{}", font["file"]);
        }
    }
}
