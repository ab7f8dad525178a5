import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Measures the moire pattern of a twisted bilayer: twist angle, heterostrain, and which stacking lies where.
///
/// ```swift
/// let result = try MoireMethod().result(on: micrograph)
/// print(result.summary.twistDegrees, result.summary.twistError)
/// ```
public struct MoireMethod: Method {
  /// How the micrograph is prepared before the waves of the layers are sought.
  public var preparation = Preparation()
  /// Finds both layers in the spectrum and follows their stacking over the image.
  public var finder = MoireFinder()
  /// How columns are found and fitted.
  public var columns = ColumnFinder()
  /// Compares domains of one stacking by the surroundings of their columns.
  public var divergence = DomainDivergence()
  /// Measures the walls between domains.
  public var walls = DomainWalls()
  /// The defaults of `Preparation` and `MoireFinder`.
  public init() {}

  /// One label map, and two maps of four planes.
  public var bytesPerPixel: Int { 2 + 2 * 4 * 4 }

  /// The paper that shows motifs of twisted bilayers; the measurement of the twist is our own.
  public static let references = [
    "J. Dan, X. Zhao, S. Ning, J. Lu, K. P. Loh, Q. He, N. D. Loh and S. J. Pennycook: Learning motifs and their hierarchies "
      + "in atomic resolution microscopy. Science Advances 8 (2022) eabk1005."
  ]

  /// Fitting both lattices, in the image and in its windows, takes most of the time.
  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.1), (.lattice, 0.5), (.sites, 0.2), (.patches, 0.02), (.features, 0.08), (.cells, 0.1),
  ]

  /// - Throws: `DataError` where the image does not show two hexagonal layers.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> MoireResult {
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let pixel = Self.pixel(of: input.micrograph.calibration)
    let moire = try clock.run(.lattice) {
      do {
        return try finder.moire(in: prepared.image, pixel: pixel)
      } catch let error as DataError {
        throw DataError("\(input.micrograph.name): \(error.description)")
      }
    }
    var (domains, warnings): (MoireDomains?, [String]) = (nil, warnings(moire))
    if moire.status == .resolved {
      do {
        domains = try self.domains(of: moire, input: input, prepared: prepared, clock: &clock)
      } catch let error as DataError {
        // Twist and maps do not need the columns.
        let prefix = "\(input.micrograph.name): "
        let sentence =
          error.description.hasPrefix(prefix) ? "\(error.description.dropFirst(prefix.count))" : error.description
        warnings.append("the columns were not found, so walls and domains are not compared: \(sentence)")
      }
    }
    return MoireResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: firstLayerChoice(moire) + brightnessChoice(domains), clock: clock,
        warnings: warnings,
        isRandom: domains?.divergence != nil),
      moire: moire, domains: domains)
  }

  /// Width and height of a pixel in nm; (1, 1) without a calibration.
  static func pixel(of calibration: Calibration?) -> Point {
    calibration.map { Point($0.nanometresPerPixelX, $0.nanometresPerPixelY) } ?? Point(1, 1)
  }

  /// Which layer strain is measured against: with the other one its sign is the opposite.
  private func firstLayerChoice(_ moire: Moire) -> [RunRecord.Choice] {
    guard moire.layers.count == 2, case let strengths = moire.layers.map(\.strength), strengths[0] > 0 else {
      return []
    }
    let share = Number.percent(Moire.difference(ofStrengths: strengths[0], strengths[1]))
    let axes = "heterostrain is that of the second layer against the first, along the axes of the image"
    return [
      Moire.areAlike(strengths[0], strengths[1])
        ? .init(
          "first layer", "that from which the twist is positive",
          "the layers are alike, their strengths differ by \(share); \(axes), and has the other sign with the other layer as the first"
            + (moire.stackings.contains(.ab) ? ", which swaps AB and BA" : ""))
        : .init("first layer", "the stronger, by \(share)", axes)
    ]
  }

  /// Contrast that changes by less than this factor is levelled without a word.
  private static let leastRatio = 1.1

  /// That motifs were compared as if the contrast were the same everywhere.
  private func brightnessChoice(_ domains: MoireDomains?) -> [RunRecord.Choice] {
    guard let ratio = domains?.brightness?.ratio, ratio > Self.leastRatio else { return [] }
    return [
      .init(
        "brightness", "levelled",
        "the waves of both layers are up to \(Text.fixed(ratio, 2)) times as strong in one place as in another; a difference of domains that "
          + "changes slowly over the field would be levelled with it")
    ]
  }

  /// Anchors nearer to each other than this many lattice constants of a layer lie within one motif.
  private static let smallestDomain = 3.0

  private func warnings(_ moire: Moire) -> [String] {
    if let doubt = moire.doubt { return [doubt] }
    var warnings: [String] = []
    if !moire.presence.isWhole {
      let own = moire.presence.shares.map { Number.percent($0) }
      warnings.append(
        "both layers lie in \(Number.percent(moire.presence.sharedShare)) of the image only, the first in \(own[0]) and the second in \(own[1]): "
          + "twist, strain, stackings and maps are those of this part")
    }
    if moire.orientation == .unknown {
      warnings.append(
        "the columns do not show which way each layer points: whether the twist is near 0 or near 60 degrees is not known, and "
          + "which stackings are called AB and BA is a matter of choice")
    }
    let constants = moire.period.value / moire.layers[0].constant.value
    if constants < Self.smallestDomain {
      warnings.append(
        "the moire period is only \(Text.fixed(constants, 1)) lattice constants long: anchors lie within one motif, and domains "
          + "are no regions of one stacking")
    }
    return warnings
  }
}
