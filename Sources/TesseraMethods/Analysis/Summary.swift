import Foundation
import TesseraImaging
import TesseraNumerics

/// An optional that is encoded as null, not left out.
@propertyWrapper
public struct Explicit<Value: Sendable & Encodable>: Sendable, Encodable {
  public var wrappedValue: Value?
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

/// `summary.json`: everything a script wants of one analysis.
public struct Summary: Sendable, Encodable {
  public struct PixelSize: Sendable, Encodable {
    public var x, y: Double
  }
  public struct Class: Sendable, Encodable {
    public var `class`: Int
    public var name: String
    public var count: Int
    public var fraction, confidence: Double
  }
  public struct LatticeSummary: Sendable, Encodable {
    public var u, v: [Double]
    public var basis: [[Double]]
    public var basisHeights: [Double?]
    public var indexedShare, deviation: Double

    enum CodingKeys: String, CodingKey {
      case u, v, basis
      case basisHeights = "basis_heights"
      case indexedShare = "indexed_share"
      case deviation = "deviation_px"
    }
  }
  public struct PatchSummary: Sendable, Encodable {
    public var side: Int
    public var planeSpacing: Double?
    public var ringContrast, confidence: Double

    enum CodingKeys: String, CodingKey {
      case side, confidence
      case planeSpacing = "plane_spacing_px"
      case ringContrast = "ring_contrast"
    }
  }
  public struct Parameter: Sendable, Encodable {
    public var value, reason: String
  }

  public struct RegistrationSummary: Sendable, Encodable {
    public var mode: String
    public var frames, framesUsed, mendedPairs, droppedPairs: Int
    public var origin, drift: [Double]
    public var largestShift, jitter, sharedJitter: Double

    enum CodingKeys: String, CodingKey {
      case mode, frames
      case framesUsed = "frames_used"
      case mendedPairs = "mended_pairs"
      case droppedPairs = "dropped_pairs"
      case origin = "origin_px"
      case drift = "drift_px"
      case largestShift = "largest_shift_px"
      case jitter = "jitter_px"
      case sharedJitter = "shared_jitter_px"
    }

    public init(_ record: RegistrationRecord) {
      (mode, frames, framesUsed) = (record.mode.rawValue, record.frames.count, record.usedCount)
      (mendedPairs, droppedPairs) = (record.mendedPairs, record.droppedPairs)
      origin = [record.origin.x, record.origin.y]
      drift = [record.drift.x, record.drift.y]
      (largestShift, jitter, sharedJitter) = (record.largestShift, record.jitter, record.sharedJitter)
    }
  }

  /// As the user typed it.
  public var input: String
  /// nm per pixel; null where unknown.
  @Explicit public var calibration: PixelSize?
  public var parameters: [String: Parameter]
  public var settings: Analysis
  public var counts: [String: Int]
  public var classes: [Class]
  /// `discrete` or `continuous`.
  public var structure: String
  public var structureReason: String
  public var structureExplained: Double
  public var lattice: LatticeSummary?
  public var patch: PatchSummary
  /// Absent without a lattice.
  public var strain: StrainSummary?
  /// Absent unless frames were registered.
  public var registration: RegistrationSummary?
  public var seed: UInt64
  /// Seconds a stage.
  public var timings: [String: Double]
  public var version: String
  public var warnings: [String]

  enum CodingKeys: String, CodingKey {
    case input, calibration, parameters, settings, counts, classes, structure, lattice, patch, registration, seed,
      strain
    case timings, version, warnings
    case structureReason = "structure_reason"
    case structureExplained = "structure_explained"
  }

  public init(of result: AnalysisResult, settings: Analysis, input: String, version: String) {
    self.input = input
    self.settings = settings
    self.version = version
    calibration = result.micrograph.calibration.map { PixelSize(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY) }
    parameters = Dictionary(
      result.choices.map { ($0.name, Parameter(value: $0.value, reason: $0.reason)) }, uniquingKeysWith: { $1 })
    let vacant = result.sites.sites.count { $0.kind == .vacant }
    counts = [
      "sites": result.sites.count, "columns": result.sites.count - vacant, "vacant": vacant,
      "classified": result.classes.labels.count { $0 > 0 }, "classes": result.classes.count,
      "cells": result.cells?.cells.count ?? 0, "cell_types": result.cells?.types.count ?? 0,
      "hierarchy_nodes": result.hierarchy?.nodes.count ?? 0,
    ]
    classes = result.classRows.map {
      Class(class: $0.label, name: $0.name, count: $0.count, fraction: $0.fraction, confidence: $0.confidence)
    }
    structure = result.structure.kind.rawValue
    structureReason = result.structure.reason
    structureExplained = result.structure.explained
    lattice = result.lattice.map { lattice in
      LatticeSummary(
        u: [lattice.grid.u.x, lattice.grid.u.y], v: [lattice.grid.v.x, lattice.grid.v.y],
        basis: lattice.basis.map { [$0.x, $0.y] }, basisHeights: lattice.basisHeights.map { $0.isFinite ? $0 : nil },
        indexedShare: lattice.indexedShare, deviation: lattice.deviation)
    }
    patch = PatchSummary(
      side: result.patchSide, planeSpacing: result.patchSize.planeSpacing, ringContrast: result.patchSize.contrast,
      confidence: result.patchSize.confidence)
    strain = result.strain.map {
      StrainSummary(of: $0, reference: settings.strainReference, calibration: result.micrograph.calibration)
    }
    registration = result.micrograph.registration.map(RegistrationSummary.init)
    seed = result.seed
    timings = Dictionary(result.timings.map { ($0.stage, $0.seconds) }, uniquingKeysWith: +)
    warnings = result.warnings
  }

  /// The file's bytes: sorted keys, so that equal results are equal bytes.
  public func json() throws -> Data { try JSONEncoder.forResults().document(self) }
}

extension AnalysisResult {
  /// What `classes.csv` says of one class.
  struct ClassRow {
    var label: Int
    var name: String
    var count: Int
    /// Share of the classified sites, 0 ... 1.
    var fraction: Double
    /// Mean confidence of the members, 0 ... 1.
    var confidence: Double
  }

  var classRows: [ClassRow] {
    let total = max(1, classes.labels.count { $0 > 0 })
    var sums = [Double](repeating: 0, count: classes.count)
    for (label, sure) in zip(classes.labels, classes.confidence) where label > 0 { sums[label - 1] += sure }
    return classes.sizes.enumerated().map { index, size in
      ClassRow(
        label: index + 1, name: classes.names[index], count: size, fraction: Double(size) / Double(total),
        confidence: size > 0 ? sums[index] / Double(size) : 0)
    }
  }
}
