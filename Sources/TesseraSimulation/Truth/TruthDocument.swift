import Foundation
import TesseraNumerics

/// Everything that was decided about a simulation: the contents of `NAME.truth.json`. Lengths in pixels unless the name
/// says otherwise, angles in radians.
public struct TruthDocument: Encodable {
  /// Name of the specimen, `Simulation.name`.
  public let specimen: String
  /// Seed of every random draw.
  public let seed: UInt64
  /// Size of the image in pixels, and of a pixel in nm.
  public let frame: Frame
  /// How the scene became an image.
  public let imaging: ImageModel
  /// Average counts of the brightest pixel; absent without shot noise.
  public let brightestPixelCounts: Double?
  /// The specimen's own parameters.
  public let parameters: any Specimen
  /// Lattices of the specimen, in the order of the region labels.
  public let lattices: [TrueLattice]
  /// Further numbers of the specimen, by name: see `Scene.facts`.
  public let facts: [String: Double]
  /// Numbers of sites, vacancies and defects inside the frame.
  public let counts: Counts
  /// How a series was scanned; absent for a single image.
  public var series: Series?

  /// A series of frames.
  public struct Series: Encodable {
    /// How the series was scanned.
    public let model: FrameSeriesModel
    /// How far the specimen had moved, frame by frame.
    public let frames: [Frame]

    /// One frame: direction of its fast scan in degrees, and how far the specimen had moved at its first, middle and last
    /// line, in pixels along its x and y.
    public struct Frame: Encodable {
      /// Direction of the fast scan in degrees, from +x towards +y: 0, 90, 180 or 270.
      public let scanAngle: Int
      /// Displacement of the specimen at the first, the middle and the last line, in pixels along its x and y.
      public let first, middle, last: Point
    }

    /// The scan of a simulated series, three lines per frame.
    public init(of series: SimulatedSeries) {
      model = series.model
      frames = series.displacements.enumerated().map { index, lines in
        Frame(
          scanAngle: 90 * series.model.quarterTurns(of: index), first: lines[0], middle: lines[lines.count / 2],
          last: lines[lines.count - 1])
      }
    }
  }

  /// How many rows the table of sites has, by what they hold.
  public struct Counts: Encodable {
    /// Rows of the table of sites.
    public let sites: Int
    /// Rows without a column.
    public let vacant: Int
    /// Rows with each defect.
    public let defects: [String: Int]
    /// Rows with each environment.
    public let environments: [String: Int]
  }

  /// The document of one simulated image; that of a series also needs `series`.
  public init(of result: SimulatedMicrograph) {
    let simulation = result.simulation
    specimen = simulation.name
    seed = simulation.seed
    frame = simulation.frame
    imaging = simulation.imaging
    brightestPixelCounts = imaging.brightestCounts(pixel: frame.nanometresPerPixel)
    parameters = simulation.specimen
    lattices = result.scene.lattices
    facts = result.scene.facts
    func tally(_ words: [String]) -> [String: Int] { words.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    counts = Counts(
      sites: result.sites.count, vacant: result.sites.count(where: \.isVacant),
      defects: tally(result.sites.map(\.defect).filter { !$0.isEmpty }),
      environments: tally(result.sites.map(\.environment)))
  }

  private enum CodingKeys: String, CodingKey {
    case specimen, seed, frame, imaging, brightestPixelCounts, parameters, lattices, facts, counts
    case series
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(specimen, forKey: .specimen)
    try container.encode(seed, forKey: .seed)
    try container.encode(frame, forKey: .frame)
    try container.encode(imaging, forKey: .imaging)
    try container.encodeIfPresent(brightestPixelCounts, forKey: .brightestPixelCounts)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(lattices, forKey: .lattices)
    try container.encode(facts, forKey: .facts)
    try container.encode(counts, forKey: .counts)
    try container.encodeIfPresent(series, forKey: .series)
  }

  /// The document as JSON, keys sorted and in snake case.
  public func json() throws -> Data { try JSONEncoder.forResults().encode(self) }
}
