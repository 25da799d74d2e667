//! Classes of land borders.

/// What kind of border a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundaryClass {
    /// An agreed border.
    International,
    /// One side or a third disputes it.
    Disputed,
    /// Not fully demarcated or agreed.
    Indefinite,
    /// A cease-fire or control line.
    LineOfControl,
    /// The limit of an area with overlaid rights.
    OverlayLimit,
    /// A frontier zone without a fixed line.
    IndeterminateFrontier,
    /// The limit of leased land.
    LeaseLimit,
    /// Not a border in this view: not to be drawn.
    Unrecognised,
    /// A border that one side claims.
    Claim,
    /// In this view the border of a division within one country.
    Division,
}

impl BoundaryClass {
    pub(super) fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Disputed,
            2 => Self::Indefinite,
            3 => Self::LineOfControl,
            4 => Self::OverlayLimit,
            5 => Self::IndeterminateFrontier,
            6 => Self::LeaseLimit,
            7 => Self::Unrecognised,
            8 => Self::Claim,
            _ => Self::International,
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "international boundary" => Self::International,
            "disputed" => Self::Disputed,
            "indefinite" => Self::Indefinite,
            "line of control" => Self::LineOfControl,
            "overlay limit" => Self::OverlayLimit,
            "indeterminant frontier" => Self::IndeterminateFrontier,
            "lease limit" => Self::LeaseLimit,
            "unrecognized" => Self::Unrecognised,
            "claim boundary" => Self::Claim,
            "admin-1 boundary" | "map unit boundary" => Self::Division,
            _ => return None,
        })
    }

    /// Whether the line should look unlike an agreed border: dashed.
    pub fn is_disputed(self) -> bool {
        !matches!(self, Self::International | Self::Unrecognised | Self::Division)
    }

    /// Whether the line is drawn at all as a border between countries.
    pub fn is_drawn(self) -> bool {
        !matches!(self, Self::Unrecognised | Self::Division)
    }
}
