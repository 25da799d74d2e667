//! The binary file: a header, a table of sections, and columns that are read where they lie.
//!
//! Every integer is little-endian and unaligned, so the bytes can stand anywhere, in the program or in a mapped file.
//! Opening checks the length, the version and the checksum, and that every section has the size its neighbours imply.

use super::GazetteerError;
use super::hash::{Checksum, checksum};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// First bytes of every gazetteer file.
pub(super) const MAGIC: [u8; 8] = *b"MDGAZET\n";
/// Raised with every change of the layout.
pub(super) const VERSION: u32 = 2;
/// Places whose names are counted from one start.
pub(super) const NAME_RUN: usize = 64;

/// Start of the file.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct Header {
    pub magic: [u8; 8],
    pub version: U32,
    /// Number of sections; their ends follow as `U64` each, counted from the start of the file.
    pub sections: U32,
    /// Length of the whole file in bytes.
    pub length: U64,
    /// Of everything after the header.
    pub checksum: U64,
}

/// One place; what all have.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(super) struct PlaceRow {
    /// Where it is and where its names start.
    pub start: PackedStart,
    /// GeoNames id, 0 where it has none.
    pub id: U32,
    pub population: U32,
    /// Ordinal among the first-order divisions, from 1.
    pub admin1: U16,
    /// Ordinal among the second-order divisions, from 1.
    pub admin2: U16,
    /// Ordinal in the list of country codes, from 1.
    pub country: u8,
    /// Ordinal in the list of kinds and feature codes.
    pub feature: u8,
    pub flags: u8,
}

/// Where a place is, in 1e-5 degrees, and how far behind the start of its run its names begin: 26, 25 and 21 bits.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(super) struct PackedStart {
    /// Longitude from the west, latitude from the south, the lower 13 bits of the names.
    low: U64,
    /// The upper 8 bits of the names.
    high: u8,
}

impl PackedStart {
    /// `None` where the names begin too far behind.
    pub fn new(lon: i32, lat: i32, names: u32) -> Option<Self> {
        let (lon, lat) = ((lon + WEST) as u64, (lat + SOUTH) as u64);
        let high = u8::try_from(names >> 13).ok()?;
        Some(Self { low: (lon | lat << 26 | u64::from(names) << 51).into(), high })
    }

    pub fn lon(self) -> i32 {
        (self.low.get() & ((1 << 26) - 1)) as i32 - WEST
    }

    pub fn lat(self) -> i32 {
        (self.low.get() >> 26 & ((1 << 25) - 1)) as i32 - SOUTH
    }

    pub fn names(self) -> u32 {
        (self.low.get() >> 51) as u32 | u32::from(self.high) << 13
    }
}

const WEST: i32 = 18_000_000;
const SOUTH: i32 = 9_000_000;

/// The sections, in file order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Section {
    /// Text, `key=value` lines: sources, counts.
    About,
    Places,
    /// Where the names of each run of places start in the names.
    NameStarts,
    Names,
    Symbols,
    /// Names' tags, a line each.
    Tags,
    /// Kinds with feature codes, `city PPLC`, a line each.
    Features,
    /// Country codes, two bytes each.
    Countries,
    /// Bucket starts of the key index.
    KeyBuckets,
    KeyEntries,
    SkeletonBuckets,
    SkeletonEntries,
    /// A nibble a slot: how many tokens the names that start with a token have.
    FirstTokens,
    /// Radius in km of each place that is an area.
    Radii,
    /// Text, `key TAB place` lines.
    Demonyms,
}

pub(super) const SECTIONS: usize = 15;

/// Where the sections lie, and the counts that follow from them.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    ranges: [Range<usize>; SECTIONS],
}

impl Layout {
    /// Reads and checks the header and the table of sections; `verify` also checks the contents against the checksum.
    pub fn read(bytes: &[u8], verify: bool) -> Result<Self, GazetteerError> {
        let (header, rest) = Header::ref_from_prefix(bytes).map_err(|_| GazetteerError::NotAGazetteer)?;
        if header.magic != MAGIC {
            return Err(GazetteerError::NotAGazetteer);
        }
        if header.version.get() != VERSION || header.sections.get() as usize != SECTIONS {
            return Err(GazetteerError::Version { found: header.version.get(), wanted: VERSION });
        }
        if header.length.get() != bytes.len() as u64 {
            return Err(GazetteerError::Truncated { wanted: header.length.get(), found: bytes.len() as u64 });
        }
        if verify && header.checksum.get() != checksum(rest) {
            return Err(GazetteerError::Checksum);
        }
        let (ends, _) = <[U64]>::ref_from_prefix_with_elems(rest, SECTIONS)
            .map_err(|_| GazetteerError::Corrupt("table of sections"))?;
        let mut start = size_of::<Header>() + SECTIONS * 8;
        let mut ranges: [Range<usize>; SECTIONS] = std::array::from_fn(|_| 0..0);
        for (range, end) in ranges.iter_mut().zip(ends) {
            let end = usize::try_from(end.get()).unwrap_or(usize::MAX);
            if end < start || end > bytes.len() {
                return Err(GazetteerError::Corrupt("table of sections"));
            }
            *range = start..end;
            start = end;
        }
        Ok(Self { ranges })
    }

    /// The bytes of a section.
    pub fn bytes<'a>(&self, file: &'a [u8], section: Section) -> &'a [u8] {
        &file[self.ranges[section as usize].clone()]
    }

    /// A section as a column; a tail shorter than one value is not seen.
    pub fn column<'a, T: FromBytes + Immutable + Unaligned + KnownLayout>(
        &self,
        file: &'a [u8],
        section: Section,
    ) -> &'a [T] {
        let bytes = self.bytes(file, section);
        let whole = bytes.len() / size_of::<T>() * size_of::<T>();
        <[T]>::ref_from_bytes(&bytes[..whole]).unwrap_or(&[])
    }
}

/// Puts the sections together as a file; each is read from its start.
pub(super) fn assemble<S: Read + Seek>(sections: &mut [S; SECTIONS], out: &mut impl Write) -> std::io::Result<()> {
    let start = (size_of::<Header>() + SECTIONS * 8) as u64;
    let mut ends = Vec::with_capacity(SECTIONS * 8);
    let mut end = start;
    for section in sections.iter_mut() {
        end += section.seek(SeekFrom::End(0))?;
        ends.extend(end.to_le_bytes());
    }
    let mut sum = Checksum::default();
    sum.update(&ends);
    each_block(sections, |block| {
        sum.update(block);
        Ok(())
    })?;
    let header = Header {
        magic: MAGIC,
        version: VERSION.into(),
        sections: (SECTIONS as u32).into(),
        length: end.into(),
        checksum: sum.finish().into(),
    };
    out.write_all(header.as_bytes())?;
    out.write_all(&ends)?;
    each_block(sections, |block| out.write_all(block))
}

fn each_block<S: Read + Seek>(
    sections: &mut [S],
    mut f: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut block = vec![0; 1 << 16];
    for section in sections {
        section.seek(SeekFrom::Start(0))?;
        loop {
            let n = section.read(&mut block)?;
            if n == 0 {
                break;
            }
            f(&block[..n])?;
        }
    }
    Ok(())
}
