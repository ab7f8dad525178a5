import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of the motifs of an image.
public struct MotifSummary: Sendable, Encodable {
  /// One class of sites.
  public struct Class: Sendable, Encodable {
    /// Number of the class, from 1, by falling size.
    public var `class`: Int
    /// Name of the class, such as `motif 1`.
    public var name: String
    /// Number of sites in the class.
    public var count: Int
    /// Share of the sites with a class that are in this one, and mean confidence of its members; both 0 ... 1.
    public var fraction, confidence: Double
    /// Of 95 % for `count`.
    public var countLow, countHigh: Int
  }

  /// The lattice of the largest grain.
  public struct LatticeSummary: Sendable, Encodable {
    /// In pixels.
    public var u, v: [Double]
    /// In units of u and v.
    public var basis: [[Double]]
    /// Mean height of the columns at each place of the basis, in the image's units; null where none was measured.
    public var basisHeights: [Double?]
    /// Share of the columns that sit on a node, 0 ... 1.
    public var indexedShare: Double
    /// Root mean square distance of the columns from their nodes, in pixels.
    public var deviation: Double
    /// Absent where no wave runs through the lattice, or none was sought.
    public var modulation: ModulationSummary?

    enum CodingKeys: String, CodingKey {
      case u, v, basis, basisHeights, indexedShare, modulation
      case deviation = "deviation_px"
    }
  }

  /// Waves of displacement in a lattice.
  public struct ModulationSummary: Sendable, Encodable {
    /// One wave.
    public struct Wave: Sendable, Encodable {
      /// Frequency along u and v, in cycles per lattice vector.
      public var q: [Double]
      /// Frequency along x and y in cycles per pixel, and its standard error along the axis where it is largest.
      public var frequencyPerPx: [Double]
      /// Standard error of the frequency, in cycles per pixel.
      public var frequencyErrorPerPx: Double
      /// Period, largest displacement with its standard error, in pixels.
      public var periodPx, amplitudePx, amplitudeErrorPx: Double
      /// Largest displacement in nm; null without a calibration.
      @Explicit public var amplitudeNm: Double?
      /// Direction of the largest displacement from +x towards +y, in degrees, -90 ... 90.
      public var directionDegrees: Double
    }
    /// By falling displacement.
    public var waves: [Wave]
    /// Standard deviation along one axis of the columns from where lattice and waves put them, in pixels.
    public var residualPx: Double
  }

  /// The size of the patches and what the power spectrum said of it.
  public struct PatchSummary: Sendable, Encodable {
    /// In pixels.
    public var side: Int
    /// Spacing of the lattice planes in pixels, from the first dominant ring; absent where no ring stands out.
    public var planeSpacing: Double?
    /// Power of the ring over that of the spectrum around it, 1 for no ring; and how sure the ring is, 0 ... 1 (0.5 at
    /// the threshold).
    public var ringContrast, confidence: Double

    enum CodingKeys: String, CodingKey {
      case side, confidence, ringContrast
      case planeSpacing = "plane_spacing_px"
    }
  }

  /// Numbers of `sites`, `columns`, `added` (columns among these that only the lattice showed), `partial` (columns among these that hold less than their sublattice) with its range of 95 %,
  /// `partial_low` to `partial_high`, `vacant` and `undecided_nodes`, `classified` sites, `classes`, `outliers`, `cells`,
  /// `cell_types` and `hierarchy_nodes`.
  public var counts: [String: Int]
  /// By falling size.
  public var classes: [Class]
  /// A place that is like none of the classes.
  public struct Outlier: Sendable, Encodable {
    /// Row of `sites.csv`, and number of its nearest class.
    public var site, `class`: Int
    /// In pixels.
    public var x, y: Double
    /// By how many standard deviations the place is farther from its class than a typical member, and its false discovery rate.
    public var z, q: Double
    /// Height of the column over the median of its class; null of a vacant node.
    @Explicit public var heightRatio: Double?
    /// Number of outliers at this place, those around that show it among them.
    public var sites: Int
  }

  /// The farthest first.
  public var outliers: [Outlier]
  /// `discrete` or `continuous`.
  public var structure: String
  /// Why the structure is called so, as a sentence.
  public var structureReason: String
  /// Share of the variance between motifs (noise taken off) that the classes explain, 0 ... 1.
  public var structureExplained: Double
  /// Phases, grains and faults of unlike local symmetry; absent where the image is one pattern.
  public var patterns: [PatternShare]?
  /// Absent where the columns share no lattice.
  public var lattice: LatticeSummary?
  /// Size of the patches and how it was found.
  public var patch: PatchSummary
  /// Standard deviation of a Zernike moment from the noise of the pixels alone, in the image's units.
  public var momentNoise: Double
  /// By how much scan lines are shifted against one another all over the image, in pixels; 0 where both halves of the lines do not agree.
  public var lineJitterPx: Double
  /// Absent without a lattice.
  public var strain: StrainSummary?
}

extension MotifResult {
  /// The numbers of the result for `summary.json`, without the values of single sites.
  public var summary: MotifSummary {
    MotifSummary(
      counts: [
        "sites": sites.count - outsideCount, "columns": columnCount, "outside": outsideCount, "added": addedCount,
        "vacant": vacantNodes.count,
        "filling_known": judgedCount, "partial": partialCount, "partial_low": partialRange.lowerBound,
        "partial_high": partialRange.upperBound,
        "undecided_nodes": undecidedNodeCount,
        "classified": classes.labels.count { $0 > 0 }, "classes": classes.count, "cells": cells?.cells.count ?? 0,
        "outliers": outliers.places.count, "cell_types": cells?.types.count ?? 0,
        "hierarchy_nodes": hierarchy?.nodes.count ?? 0,
      ],
      classes: zip(classes.names, classCounts).enumerated().map { index, own in
        .init(
          class: index + 1, name: own.0, count: own.1.count, fraction: own.1.fraction, confidence: own.1.confidence,
          countLow: own.1.interval.lowerBound, countHigh: own.1.interval.upperBound)
      },
      outliers: outliers.places.map { place in
        let position = sites[place.site].position
        return .init(
          site: place.site, class: classes.labels[place.site], x: position.x, y: position.y, z: place.deviation,
          q: place.falseDiscoveryRate, heightRatio: place.heightRatio.isFinite ? place.heightRatio : nil,
          sites: place.members.count)
      },
      structure: structure.kind.rawValue, structureReason: structure.reason, structureExplained: structure.explained,
      patterns: patterns.isEmpty ? nil : patterns,
      lattice: lattice.map { lattice in
        .init(
          u: [lattice.grid.u.x, lattice.grid.u.y], v: [lattice.grid.v.x, lattice.grid.v.y],
          basis: lattice.basis.map { [$0.x, $0.y] }, basisHeights: lattice.basisHeights.map { $0.isFinite ? $0 : nil },
          indexedShare: lattice.indexedShare, deviation: lattice.deviation,
          modulation: modulation.map { Self.summary(of: $0, lattice.grid, micrograph.calibration) })
      },
      patch: .init(
        side: patchSize, planeSpacing: patchSizeEstimate.planeSpacing, ringContrast: patchSizeEstimate.contrast,
        confidence: patchSizeEstimate.confidence),
      momentNoise: momentNoise, lineJitterPx: lineJitter,
      strain: strain.map {
        StrainSummary(of: $0, reference: settings.strainReference, calibration: micrograph.calibration)
      })
  }

  private static func summary(of modulation: LatticeModulation, _ grid: CellGrid, _ calibration: Calibration?)
    -> MotifSummary.ModulationSummary
  {
    .init(
      waves: modulation.waves.map { wave in
        .init(
          q: [wave.frequency.dot(grid.u), wave.frequency.dot(grid.v)],
          frequencyPerPx: [wave.frequency.x, wave.frequency.y], frequencyErrorPerPx: wave.frequencyError,
          periodPx: wave.period, amplitudePx: wave.amplitude, amplitudeErrorPx: wave.error,
          amplitudeNm: calibration.map { wave.amplitude * $0.meanNanometresPerPixel },
          directionDegrees: wave.direction * 180 / .pi)
      }, residualPx: modulation.residual)
  }
}
