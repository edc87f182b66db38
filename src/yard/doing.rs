//! What machines of a yard do.

/// What a machine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Nothing: no work.
    Idle,
    /// Its crew rests.
    Break,
    /// Drives without a container.
    EmptyWay,
    /// Drives with one.
    LoadedWay,
    /// Waits for a crane.
    CraneWait,
    /// Is served by a crane.
    AtCrane,
    /// Waits for a machine at a block.
    BlockWait,
    /// Is served there; a block machine: handles a container.
    AtBlock,
    /// Drives to a charging lot.
    LotWay,
    /// Is at the lot: waits for a plug, is plugged in, charges, waits to be unplugged.
    AtLot,
    /// Stands with an empty battery or tank until it is towed, and is towed to the end of its way.
    Towed,
}

impl Doing {
    /// Does a machine that does it work, or is it on its way to a lot?
    pub(crate) fn is_busy(self) -> bool {
        !matches!(self, Self::Idle | Self::Break | Self::AtLot | Self::Towed)
    }

    /// Does a machine that does it drive by itself?
    pub(crate) fn is_way(self) -> bool {
        matches!(self, Self::EmptyWay | Self::LoadedWay | Self::LotWay)
    }

    /// All of them, in their order.
    pub const ALL: [Self; 11] = [
        Self::Idle,
        Self::Break,
        Self::EmptyWay,
        Self::LoadedWay,
        Self::CraneWait,
        Self::AtCrane,
        Self::BlockWait,
        Self::AtBlock,
        Self::LotWay,
        Self::AtLot,
        Self::Towed,
    ];
}
