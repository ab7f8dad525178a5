import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

// What the stages of `MotifMethod` hand on: each holds what it added, and the reasons for what it chose.

/// The crystals that the columns form, and the nodes that lack a column.
struct CrystalStage {
  /// The columns, with those that the lattice and the pixels show together.
  var found: ColumnFinder.Found
  /// Nil where the columns share no lattice.
  var grains: Grains?
  var vacant: [VacantNode]
  /// Two layers that lie on each other, which share no lattice; nil without.
  var layers: LayerPair?
  /// How many more columns there are than were found without the lattice.
  var addedCount = 0
  /// How many further nodes have no column without being known to be vacant.
  var undecidedCount = 0
  /// Waves that run through the lattice; nil without any, or where none are sought.
  var modulation: LatticeModulation?
  /// Whether the cell is so large that the planes of the lattice say nothing of a column's surroundings.
  var hasLargeCell = false
  /// Columns, then vacant nodes.
  var sites: Sites
  /// What each of these holds of its sublattice; nil where that is not known.
  var occupancies: [NodeOccupancy?] = []
  var choices: [RunRecord.Choice]
  var warnings: [String]

  /// The lattice node of each site; nil off the lattice.
  var nodes: [Lattice.Node?] {
    (grains?.nodes ?? [Lattice.Node?](repeating: nil, count: sites.count - vacant.count)) + vacant.map(\.node)
  }
  /// The same with all columns taken for full ones.
  var withoutPartialNodes: CrystalStage {
    var stage = self
    for (site, occupancy) in occupancies.enumerated() where occupancy?.kind == .partial {
      stage.sites.sites[site].kind = .column
      stage.occupancies[site]?.kind = .column
      stage.occupancies[site]?.probability = 1 - (occupancy?.probability ?? 0)
    }
    return stage
  }

  /// A number for the sublattice of each site, -1 off the lattice.
  var sublattices: [Int] {
    grains?.sublattices(of: nodes, inGrains: grainOfSite) ?? [Int](repeating: -1, count: sites.count)
  }
  /// The number of each site's grain from 1; 0 for none.
  var grainOfSite: [Int] {
    (grains?.labels ?? [Int](repeating: 0, count: sites.count - vacant.count)) + vacant.map(\.grain)
  }
}

/// Two hexagonal layers that lie on each other.
struct LayerPair {
  /// Angle between them in radians, 0 ... π/6.
  var twist: Moire.Measured
  /// Whether both cover the image.
  var isWhole: Bool
}

/// The patches around the sites, cut from the image without its slow background, and what their size rests on.
struct PatchStage {
  var spectrum: PowerSpectrum
  var estimate: PatchSize.Estimate
  /// Side of the patches, in pixels; odd.
  var size: Int
  var patches: Patches
  /// Jumps of the scan, which the patches are without.
  var jumps: ScanJumps
  /// By which the patches were divided; nil where they were not.
  var brightness: BrightnessField?
  /// Of the size of the patches.
  var basis: ZernikeBasis
  var choices: [RunRecord.Choice]
  var warnings: [String]
}

/// Moments of the patches and the features that are formed of them, one row per site, NaN without a patch.
struct DescriptionStage {
  var moments: ZernikeMoments
  var features: Matrix<Float>
  var choices: [RunRecord.Choice]
}

/// The layout at the end of its first stage, which spreads the points, and at its own end. The last stage draws neighbours
/// together: that parts classes, and tears a continuum into clumps that are none.
struct LayoutStage {
  var spread, final: Layout
}

/// The sites, what describes each, and where like ones lie together.
struct ArrangedStage {
  var crystal: CrystalStage
  var patches: PatchStage
  var description: DescriptionStage
  var layouts: LayoutStage
}

/// Classes, whether there are any, and the layout that shows them.
struct SortingStage {
  var layout: Layout
  var classes: Classes
  var structure: StructureKind
  var choices: [RunRecord.Choice]
  /// What the scan has done.
  var warnings: [String]
}

/// How the sites were described, and the classes that they form so.
struct MotifAccount {
  /// The settings, with what they had left open.
  var method: MotifMethod
  /// Whether the motifs seem to change gradually by all that the patches show, brightness included.
  var seemsContinuous = false
  var patches: PatchStage
  var description: DescriptionStage
  /// Standard deviation of a moment from the noise of the pixels.
  var noise: Double
  /// By how much scan lines are shifted against one another all over the image, in pixels.
  var lineJitter: Double
  var sorting: SortingStage
}

/// Strain from the positions of the columns; no map where the columns share no lattice, or match it nowhere.
struct StrainStage {
  var map: StrainMap?
  var choices: [RunRecord.Choice]
  /// What was left out.
  var warnings: [String] = []
}
