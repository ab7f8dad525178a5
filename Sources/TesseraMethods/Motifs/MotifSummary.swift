import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of the motifs of an image.
public struct MotifSummary: Sendable, Encodable {
  public struct Class: Sendable, Encodable {
    public var `class`: Int
    public var name: String
    public var count: Int
    public var fraction, confidence: Double
    /// Of 95 % for `count`.
    public var countLow, countHigh: Int
  }

  public struct LatticeSummary: Sendable, Encodable {
    /// In pixels.
    public var u, v: [Double]
    /// In units of u and v.
    public var basis: [[Double]]
    public var basisHeights: [Double?]
    public var indexedShare: Double
    public var deviation: Double

    enum CodingKeys: String, CodingKey {
      case u, v, basis, basisHeights, indexedShare
      case deviation = "deviation_px"
    }
  }

  public struct PatchSummary: Sendable, Encodable {
    /// In pixels.
    public var side: Int
    public var planeSpacing: Double?
    public var ringContrast, confidence: Double

    enum CodingKeys: String, CodingKey {
      case side, confidence, ringContrast
      case planeSpacing = "plane_spacing_px"
    }
  }

  public struct ImageSize: Sendable, Encodable {
    /// In pixels.
    public var width, height: Int
  }

  public var image: ImageSize
  public var counts: [String: Int]
  public var classes: [Class]
  /// `discrete` or `continuous`.
  public var structure: String
  public var structureReason: String
  public var structureExplained: Double
  /// Absent where the columns share no lattice.
  public var lattice: LatticeSummary?
  public var patch: PatchSummary
  /// Standard deviation of a Zernike moment from the noise of the pixels alone, in the image's units.
  public var momentNoise: Double
  /// Absent without a lattice.
  public var strain: StrainSummary?
}

extension MotifResult {
  public var summary: MotifSummary {
    MotifSummary(
      image: .init(width: record.prepared.image.width, height: record.prepared.image.height),
      counts: [
        "sites": sites.count, "columns": columnCount, "vacant": vacantNodes.count,
        "undecided_nodes": undecidedNodeCount,
        "classified": classes.labels.count { $0 > 0 }, "classes": classes.count, "cells": cells?.cells.count ?? 0,
        "cell_types": cells?.types.count ?? 0, "hierarchy_nodes": hierarchy?.nodes.count ?? 0,
      ],
      classes: zip(classes.names, classCounts).enumerated().map { index, own in
        .init(
          class: index + 1, name: own.0, count: own.1.count, fraction: own.1.fraction, confidence: own.1.confidence,
          countLow: own.1.interval.lowerBound, countHigh: own.1.interval.upperBound)
      },
      structure: structure.kind.rawValue, structureReason: structure.reason, structureExplained: structure.explained,
      lattice: lattice.map { lattice in
        .init(
          u: [lattice.grid.u.x, lattice.grid.u.y], v: [lattice.grid.v.x, lattice.grid.v.y],
          basis: lattice.basis.map { [$0.x, $0.y] }, basisHeights: lattice.basisHeights.map { $0.isFinite ? $0 : nil },
          indexedShare: lattice.indexedShare, deviation: lattice.deviation)
      },
      patch: .init(
        side: patchSize, planeSpacing: patchSizeEstimate.planeSpacing, ringContrast: patchSizeEstimate.contrast,
        confidence: patchSizeEstimate.confidence),
      momentNoise: momentNoise,
      strain: strain.map {
        StrainSummary(of: $0, reference: settings.strainReference, calibration: micrograph.calibration)
      })
  }
}
